from cs_retention.cs_retention.record import Record


class CustomerRetentionState(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		as_of: DF.Date | None
		breadth_points: DF.Float
		cadence_before: DF.Literal[
			"", "Key Account", "Five Star", "Four Star", "Three Star", "Two Star", "One Star", "New"
		]
		cadence_changed_on: DF.Date | None
		card: DF.Literal["", "Free Buyer", "Contract Customer"]
		churn_policy: DF.Data | None
		customer: DF.Link
		frequency_points: DF.Float
		health: DF.Int
		health_as_of: DF.Date | None
		health_band: DF.Literal["", "Healthy", "Watch", "At Risk", "Critical", "Prospect"]
		health_mark: DF.Data | None
		health_parts: DF.LongText | None
		health_reasons: DF.LongText | None
		interim_below: DF.Int
		is_key_account: DF.Check
		key_account_reason: DF.SmallText | None
		known_since: DF.Date | None
		last_contact: DF.Date | None
		main_reason: DF.SmallText | None
		met_in_period: DF.Int
		next_callback: DF.Date | None
		next_level: DF.Literal["", "Five Star", "Four Star", "Three Star", "Two Star", "One Star", "New"]
		next_level_gap: DF.Float
		overdue_amount: DF.Currency
		overdue_before: DF.Currency
		overdue_before_on: DF.Date | None
		overdue_mark: DF.Currency
		overdue_mark_on: DF.Date | None
		owed_in_period: DF.Int
		own_level: DF.Literal["", "Five Star", "Four Star", "Three Star", "Two Star", "One Star", "New"]
		payment_points: DF.Float
		plan_fingerprint: DF.Data | None
		plan_look_on: DF.Date | None
		plan_shortfall: DF.LongText | None
		plan_standing: DF.Data | None
		plan_valid_until: DF.Date | None
		rated_on: DF.Date | None
		rating_reasons: DF.LongText | None
		rating_valid_until: DF.Date | None
		revenue_points: DF.Float
		reviewed_on: DF.Date | None
		score: DF.Float
		service_points: DF.Float
		star_level: DF.Literal["", "Five Star", "Four Star", "Three Star", "Two Star", "One Star", "New"]
		star_policy: DF.Data | None
		steady_mark: DF.Data | None
		tenure_points: DF.Float
		value_at_risk: DF.Currency
	# end: auto-generated types

	pass

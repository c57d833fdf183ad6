"""A customer whose state says everything that the Customer form shows of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

POINTS = (
	("revenue", 36.91),
	("frequency", 15),
	("tenure", 10),
	("payment", 10),
	("service", 6),
	("breadth", 4),
)
HEALTH = {
	**{"card": "Free Buyer", "health": 62, "health_band": "Watch", "health_as_of": "2026-11-15"},
	"health_parts": '{"parts":{"recency":40,"lateness":14,"repeats":18},"deductions":{"unreached":10},"deducted":10}',
}
PLAN = {"next_callback": "2026-11-24", "met_in_period": 1, "owed_in_period": 3}
RATED = {"rated_on": "2026-11-15", "reviewed_on": "2026-11-15", "rating_valid_until": "2027-11-15"}


def make_rated_customer(frappe: Any, name: str, approver: str) -> None:
	"""Insert a customer with a full state, its mirrors, and somebody who may approve an override."""
	from cs_retention.cs_retention.states import clear_customers, ensure_state, open_store
	from cs_retention.nightly.mirrors import copy_mirrors

	customer = {
		**{"doctype": "Customer", "customer_name": name, "customer_type": "Company"},
		"retention_key_account": 1,
		"retention_key_account_reason": "head of the street's trade <i>since 1990</i>",
	}
	made = frappe.get_doc(customer).insert().name
	frappe.db.set_value("Customer Retention State", ensure_state(made), state_fields(frappe))
	copy_mirrors(open_store(), [made])
	clear_customers([made])
	roles = [{"role": "Retention Manager"}]
	account = {"doctype": "User", "email": approver, "first_name": "Approver", "send_welcome_email": 0}
	frappe.get_doc({**account, "roles": roles}).insert()


def state_fields(frappe: Any) -> dict[str, Any]:
	"""Return a Four Star key account that drifts a little and is called this month."""
	from cs_retention.nightly.reason_json import dump_reasons

	return {
		**{"star_level": "Four Star", "own_level": "Four Star", "score": 81.91, **RATED, **HEALTH, **PLAN},
		**{"next_level": "Five Star", "next_level_gap": 3.09},
		**{"is_key_account": 1, "key_account_reason": "key_account_named"},
		**{f"{factor}_points": points for factor, points in POINTS},
		"star_policy": frappe.db.get_value("Star Policy", {"status": "Active"}),
		"rating_reasons": dump_reasons(rating_reasons()),
		"health_reasons": dump_reasons(health_reasons()),
	}


def rating_reasons() -> list[Any]:
	from cs_retention.engine.reasons import Reason

	first_purchase = date(2019, 4, 1)
	return [
		Reason.of(
			"revenue_share", company="East", revenue=412300.0, rank=9, customers=120, share=Decimal("0.93")
		),
		Reason.of("purchase_days", days=14),
		Reason.of("years_since_first_purchase", years=7, first_purchase=first_purchase),
		Reason.of("overdue_share", overdue=12500.0, share=0.03),
		Reason.of("service_12m", complaints=1, serious=0, satisfaction=4),
		Reason.of("item_groups", groups=4),
		Reason.of("more_revenue", amount=18200, company="East", revenue=430500),
		Reason("key_account_named"),
		Reason.of("confirmed", level="Four Star", valid_until=date(2027, 11, 15)),
	]


def health_reasons() -> list[Any]:
	from cs_retention.engine.reasons import Reason

	return [
		Reason.of("unreached_in_a_row", times=3),
		Reason.of("days_against_own_gap", days=47, usual=31),
		Reason.of("repeat_purchases", repeats=13),
	]

from frappe.model.document import Document

from cs_retention.cs_retention.refusals import refuse, validate_policy
from cs_retention.cs_retention.settings import night_policy, settings_mapping, work_policy
from cs_retention.engine.reasons import PolicyError


class CSRetentionSettings(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from cs_retention.cs_retention.doctype.customer_fact.customer_fact import CustomerFact

		attempts_limit: DF.Int
		capacity: DF.Int
		catch_up_days: DF.Int
		complaint_issue_types: DF.SmallText | None
		customer_facts: DF.Table[CustomerFact]
		grace_days: DF.Int
		horizon_days: DF.Int
		new_customer_level: DF.Literal["Five Star", "Four Star", "Three Star", "Two Star", "One Star"]
		night_chunk: DF.Int
		night_hour: DF.Int
		night_workers: DF.Int
		reminder_hour: DF.Int
		reserve: DF.Int
		run_nightly: DF.Check
		serious_priorities: DF.SmallText | None
		summary_minimum: DF.Int

	# end: auto-generated types
	def validate(self) -> None:
		validate_policy(settings_mapping(self), self)
		self.validate_night()
		self.validate_work()

	def validate_night(self) -> None:
		"""Refuse an hour, or a number of days, workers or customers, that no night could run with."""
		try:
			night_policy(self)
		except PolicyError as error:
			refuse(error, self)

	def validate_work(self) -> None:
		"""Refuse a number of attempts, a length or an hour that no call could be logged with."""
		try:
			work_policy(self)
		except PolicyError as error:
			refuse(error, self)

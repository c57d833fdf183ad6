from collections import Counter

import frappe
from frappe import _
from frappe.utils import escape_html

from cs_retention.cs_retention.obligation_settings import festival_names
from cs_retention.cs_retention.record import Record
from cs_retention.cs_retention.refusals import refuse, validate_policy
from cs_retention.cs_retention.settings import (
	case_policy,
	file_policy,
	lines,
	night_policy,
	offer_policy,
	release_policy,
	reminder_policy,
	settings_mapping,
	verification_policy,
	work_policy,
	year_start,
)
from cs_retention.engine.reasons import PolicyError


class CSRetentionSettings(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from cs_retention.cs_retention.doctype.customer_fact.customer_fact import CustomerFact
		from cs_retention.cs_retention.doctype.customer_file_requirement.customer_file_requirement import (
			CustomerFileRequirement,
		)
		from cs_retention.cs_retention.doctype.retention_obligation_source.retention_obligation_source import (
			RetentionObligationSource,
		)
		from cs_retention.cs_retention.doctype.retention_report_recipient.retention_report_recipient import (
			RetentionReportRecipient,
		)

		approval_percent: DF.Percent
		attempts_limit: DF.Int
		audit_percent: DF.Int
		call_seconds: DF.Int
		capacity: DF.Int
		catch_up_days: DF.Int
		complaint_issue_types: DF.SmallText | None
		count_call_logs: DF.Check
		count_communications: DF.Check
		count_events: DF.Check
		count_maintenance_visits: DF.Check
		customer_facts: DF.Table[CustomerFact]
		digest_hour: DF.Int
		escalation_days: DF.Int
		downgraded_percent: DF.Percent
		festivals_country: DF.Link | None
		festivals_names: DF.SmallText | None
		festivals_own: DF.SmallText | None
		file_requirements: DF.Table[CustomerFileRequirement]
		first_contact_days: DF.Int
		first_contact_days_top: DF.Int
		follow_up_days: DF.Int
		follow_up_months: DF.Int
		grace_days: DF.Int
		horizon_days: DF.Int
		leaver_days: DF.Int
		new_customer_level: DF.Literal["Five Star", "Four Star", "Three Star", "Two Star", "One Star"]
		mail_quarterly_report: DF.Check
		make_quarterly_report: DF.Check
		night_chunk: DF.Int
		night_hour: DF.Int
		night_workers: DF.Int
		nudge_minutes: DF.Int
		obligation_sources: DF.Table[RetentionObligationSource]
		offers_per_year: DF.Int
		phone_format: DF.Data | None
		proof_megabytes: DF.Int
		quarters_begin: DF.Data | None
		reminder_hour: DF.Int
		reserve: DF.Int
		report_recipients: DF.Table[RetentionReportRecipient]
		run_nightly: DF.Check
		send_digests: DF.Check
		send_messages: DF.Check
		send_weekly_digest: DF.Check
		serious_priorities: DF.SmallText | None
		summary_minimum: DF.Int
		win_back_days: DF.Int

	# end: auto-generated types
	def validate(self) -> None:
		self.validate_sources()
		validate_policy(settings_mapping(self), self)
		self.validate_night()
		self.validate_work()
		self.validate_reminders()
		self.validate_cases()
		self.validate_file()
		self.validate_quarters()

	def validate_sources(self) -> None:
		"""Refuse a source that stands twice, and a festival that is no public holiday of its country."""
		for source, times in Counter(row.source for row in self.obligation_sources).items():
			if times > 1:
				frappe.throw(
					_("Sources: {0} stands twice. Keep one row of it.").format(frappe.bold(_(source))),
					title=_("Invalid Policy"),
				)
		if names := lines(self.festivals_names):
			known = festival_names(self.festivals_country)
			for name in names:
				if name.casefold() not in map(str.casefold, known):
					frappe.throw(
						_("{0}: {1} cannot be used; {2}.").format(
							frappe.bold(_(self.meta.get_label("festivals_names"))),
							frappe.bold(escape_html(name)),
							_("give one of {allowed}").format(allowed=", ".join(known)),
						),
						title=_("Invalid Policy"),
					)

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

	def validate_reminders(self) -> None:
		"""Refuse an hour, minutes or days that nobody could be reminded by."""
		try:
			reminder_policy(self)
		except PolicyError as error:
			refuse(error, self)

	def validate_cases(self) -> None:
		"""Refuse a clock, a share or a number that no retention case could be worked on with."""
		try:
			case_policy(self), offer_policy(self), release_policy(self), verification_policy(self)
		except PolicyError as error:
			refuse(error, self)

	def validate_file(self) -> None:
		"""Refuse a part of the customer file that stands twice, and a format that no number could be compared with."""
		for part, times in Counter(row.part for row in self.file_requirements).items():
			if times > 1:
				frappe.throw(
					_("Required in the Customer File: {0} stands twice. Keep one row of it.").format(
						frappe.bold(_(part, context="Customer File Requirement"))
					),
					title=_("Invalid Policy"),
				)
		try:
			file_policy(self)
		except PolicyError as error:
			refuse(error, self)

	def validate_quarters(self) -> None:
		"""Refuse a day that no year of quarters could begin on."""
		try:
			year_start(self)
		except ValueError:
			frappe.throw(
				_("{0}: {1} cannot be used; write month and day as 04-01, the day 28 at most.").format(
					frappe.bold(_(self.meta.get_label("quarters_begin"))),
					frappe.bold(escape_html(self.quarters_begin)),
				),
				title=_("Invalid Policy"),
			)

from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate, nowdate
from redis.exceptions import RedisError

from cs_retention.cs_retention.night_progress import read_progress
from cs_retention.cs_retention.record import Record
from cs_retention.cs_retention.retention_night import see_to
from cs_retention.cs_retention.settings import SETTINGS


class RetentionRun(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		attempts: DF.Int
		basis: DF.LongText | None
		callbacks_written: DF.Int
		changed_by_day: DF.Int
		customers: DF.Int
		customers_spared: DF.Int
		error: DF.SmallText | None
		finished_on: DF.Datetime | None
		job: DF.Data
		looked_at: DF.Int
		looked_until: DF.Datetime | None
		overflow: DF.Int
		plan_frame: DF.SmallText | None
		phase: DF.Literal["Basis", "Rate", "Plan", "Snapshot", "Say"]
		policy: DF.LongText | None
		policy_version: DF.Data | None
		ratings_written: DF.Int
		reasons: DF.LongText | None
		site_date: DF.Date
		started_on: DF.Datetime | None
		states_written: DF.Int
		status: DF.Literal["Running", "Done", "Skipped", "Failed"]
	# end: auto-generated types

	pass


@frappe.whitelist(methods=["GET"])
def get_progress(name: str) -> dict[str, Any]:
	"""Return how far a night is: its status, its phases with their chunks, the customers left out."""
	run = frappe.get_doc("Retention Run", name)
	run.check_permission("read")
	return read_progress(run)


def begin(day: date) -> str | None:
	"""See to the night of a date on somebody's behalf; without the queue it waits for the next wake-up."""
	try:
		return see_to(day, by_person=True)
	except RedisError:
		frappe.throw(
			_(
				"The queue of background jobs cannot be reached. The night is on record and goes on once it can."
			),
			title=_("No Queue"),
		)


@frappe.whitelist(methods=["POST"])
def run_now() -> dict[str, Any]:
	"""Open tonight's run now, or go on with it; a date that is done stays done, and what changed since is looked at.

	Return its name and status.
	"""
	frappe.has_permission(SETTINGS, "write", throw=True)
	name = begin(getdate(nowdate()))
	if name is None:
		frappe.throw(
			_("A later date is on record already. Check the time zone of the site."),
			title=_("Not Possible Now"),
		)
	return frappe.db.get_value("Retention Run", name, ["name", "status"], as_dict=True)


@frappe.whitelist(methods=["POST"])
def retry(name: str) -> None:
	"""Begin a failed night again where it stopped; refused once a later date is on record."""
	run = frappe.get_doc("Retention Run", name)
	run.check_permission("read")
	frappe.has_permission(SETTINGS, "write", throw=True)
	begin(run.site_date)
	if frappe.db.get_value("Retention Run", name, "status") == "Failed":
		frappe.throw(
			_("The night of {0} cannot be run again: a later date is on record.").format(
				frappe.bold(frappe.format(run.site_date, "Date"))
			),
			title=_("Not Possible Now"),
		)

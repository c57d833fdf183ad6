"""What retention managers are told of a night: that it failed, or whom it left out."""

import frappe
from frappe import _
from frappe.utils import format_date

from cs_retention.cs_retention.bells import for_each, managers, ring
from cs_retention.engine.vocabulary import RunStatus
from cs_retention.nightly.ledger import RUN


def tell_managers(run: str, status: RunStatus, left_out: int) -> None:
	"""Alert every retention manager in the transaction that closes a run; a night without trouble says nothing."""
	if status is not RunStatus.FAILED and not left_out:
		return
	day, attempts = frappe.db.get_value(RUN, run, ["site_date", "attempts"])
	ring(
		for_each(
			managers(),
			f"night|{run}|{status.value}|{attempts}",
			lambda language: subject(status, left_out, day, language),
			f"/app/retention-run/{run}",
			RUN,
			run,
		)
	)


def subject(status: RunStatus, left_out: int, day: object, language: str | None) -> str:
	"""Return what happened, in a language."""
	if status is RunStatus.FAILED:
		return _("The night of {0} failed. Open it to see why.", language).format(format_date(day))
	return _("The night of {0} left out {1} customers. Open it to see why.", language).format(
		format_date(day), left_out
	)

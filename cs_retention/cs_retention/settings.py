"""The settings as the engine takes them."""

from typing import Any

from frappe.model.document import Document
from frappe.utils import cint

from cs_retention.engine.callback_work import WorkPolicy
from cs_retention.engine.night import NightPolicy

SETTINGS = "CS Retention Settings"
WORK_FIELDS = ("attempts_limit", "summary_minimum", "reminder_hour")


def settings_mapping(doc: Document) -> dict[str, Any]:
	"""Return the settings as the engine's mappings `planning` and `complaints`."""
	return {
		"planning": {
			"capacity": cint(doc.capacity),
			"reserve": cint(doc.reserve),
			"horizon_days": cint(doc.horizon_days),
			"new_customer_level": doc.new_customer_level,
		},
		"complaints": {
			"issue_types": lines(doc.complaint_issue_types),
			"serious_priorities": lines(doc.serious_priorities),
		},
	}


def night_policy(doc: Document) -> NightPolicy:
	"""Return when and how the night runs, as the engine takes it."""
	return NightPolicy(
		cint(doc.night_hour), cint(doc.catch_up_days), cint(doc.night_workers), cint(doc.night_chunk)
	)


def work_policy(doc: Document) -> WorkPolicy:
	"""Return what is asked of logged calls; a figure that was never entered is the engine's own."""
	entered = {field: doc.get(field) for field in WORK_FIELDS}
	return WorkPolicy(**{field: cint(value) for field, value in entered.items() if value is not None})


def lines(text: str | None) -> list[str]:
	"""Return the lines of a text that are not blank."""
	return [line.strip() for line in (text or "").splitlines() if line.strip()]

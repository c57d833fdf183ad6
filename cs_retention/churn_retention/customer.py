"""What becomes of signals and of the history of health when customers are merged or deleted."""

import frappe
from frappe.model.document import Document

from cs_retention.callbacks.working_days import today
from cs_retention.cs_retention.merging import states_to_fold
from cs_retention.cs_retention.states import look_anew
from cs_retention.engine.health_policy import NIGHT_RULES
from cs_retention.engine.vocabulary import SignalClosing, SignalRule, SignalStatus
from cs_retention.nightly.signals import open_key

SIGNAL, CHANGE = "Churn Signal", "Customer Health Change"


def fold_signals(doc: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""Hand the loser's signals and history to the winner; where both have one of a rule, the winner's stands."""
	states = states_to_fold(old, new, merge)
	if not states:
		return
	loser, winner = states
	kept = set(frappe.get_all(SIGNAL, {"state": winner, "open_key": ("is", "set")}, pluck="rule"))
	held = {"state": loser, "open_key": ("is", "set")}
	for row in frappe.get_all(SIGNAL, held, ["name", "rule", "night_key"]):
		key = None if row.rule in kept else open_key(winner, SignalRule(row.rule))
		fields = {"open_key": key, "night_key": key if row.night_key else None}
		frappe.db.set_value(SIGNAL, row.name, fields)
	merged = {
		"status": SignalStatus.CLOSED.value,
		"closed_as": SignalClosing.MERGED.value,
		"closed_on": today(),
	}
	still_open = {"state": loser, "open_key": ("is", "not set"), "status": ("!=", SignalStatus.CLOSED.value)}
	frappe.db.set_value(SIGNAL, still_open, merged)
	for doctype in (SIGNAL, CHANGE):
		frappe.db.set_value(doctype, {"state": loser}, "state", winner)
	look_anew(winner)


def delete_signals(doc: Document, method: str | None = None) -> None:
	"""Delete what the night found; a signal that a person entered, silenced, acted on or closed keeps the customer."""
	frappe.db.delete(CHANGE, {"customer": doc.name})
	untouched = {"customer": doc.name, "rule": ("in", [rule.value for rule in NIGHT_RULES])}
	for field in ("acted_by", "closed_by", "snoozed_by"):
		untouched[field] = ("is", "not set")
	frappe.db.delete(SIGNAL, untouched)

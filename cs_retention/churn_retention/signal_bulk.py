"""Many signals at once, from their list: all in a handful of statements, each one that the user may change."""

from datetime import date
from typing import Any

import frappe
from frappe import _

from cs_retention.churn_retention import signal_calls
from cs_retention.churn_retention.doctype.churn_signal.churn_signal import validate_snooze
from cs_retention.churn_retention.signal_calls import SIGNAL, changeable
from cs_retention.cs_retention.inputs import read_date, read_names
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.vocabulary import SignalStatus


@frappe.whitelist(methods=["POST"])
def make_callbacks(signals: list | str) -> dict[str, Any]:
	"""Plan a callback for every customer of the signals."""
	frappe.has_permission(SIGNAL, "write", throw=True)
	return signal_calls.make_callbacks(read_names(signals, _("Signals")))


@frappe.whitelist(methods=["POST"])
def snooze(signals: list | str, until: date | str, reason: str) -> dict[str, Any]:
	"""Silence signals until a date, with one reason."""
	frappe.has_permission(SIGNAL, "write", throw=True)
	names, day = read_names(signals, _("Signals")), read_date(until, _("Silent Until"))
	validate_snooze(day, reason)
	rows = changeable(names)
	fields = ("name", "status", "snoozed_until", "snooze_reason", "snoozed_by")
	told = (SignalStatus.SNOOZED.value, day, reason.strip(), frappe.session.user)
	open_store().update_rows(SIGNAL, fields, [(row.name, *told) for row in rows], still="night_key")
	return {"signals": len(rows), "left": len(set(names)) - len(rows)}

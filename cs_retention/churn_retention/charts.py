"""Charts of signals and cases, in the reader's language, of the customers that the reader sees."""

from typing import Any

import frappe

from cs_retention.churn_retention.case_rules import CASE
from cs_retention.cs_retention.charts import counted, drawn
from cs_retention.cs_retention.states import STATE
from cs_retention.engine.backtest import BAND_ORDER
from cs_retention.engine.retention_case import CaseStatus, is_open
from cs_retention.engine.vocabulary import SignalRule, SignalStatus

SIGNAL = "Churn Signal"


@frappe.whitelist(methods=["POST"])
def value_at_risk_by_band() -> dict[str, Any]:
	"""Return the value at risk of the customers of each band."""
	frappe.has_permission(STATE, "read", throw=True)
	bands = [band.value for band in BAND_ORDER]
	fields = ["health_band", "sum(value_at_risk) as value"]
	rows = frappe.get_list(STATE, {"health_band": ("in", bands)}, fields, group_by="health_band", limit=0)
	values = {row.health_band: row.value for row in rows}
	return drawn({band: float(values.get(band) or 0) for band in bands}, STATE)


@frappe.whitelist(methods=["POST"])
def signals_by_rule() -> dict[str, Any]:
	"""Return how many signals of each rule speak, the most frequent rule first."""
	frappe.has_permission(SIGNAL, "read", throw=True)
	speaking = {"status": SignalStatus.OPEN.value}
	counts = counted(SIGNAL, "rule", [rule.value for rule in SignalRule], speaking)
	found = sorted((rule for rule in counts if counts[rule]), key=lambda rule: -counts[rule])
	return drawn({rule: counts[rule] for rule in found}, SIGNAL)


@frappe.whitelist(methods=["POST"])
def open_cases_by_exit_type() -> dict[str, Any]:
	"""Return how many cases at work there are of each way to leave."""
	frappe.has_permission(CASE, "read", throw=True)
	types = frappe.get_all("Retention Exit Rule", pluck="name", order_by="name")
	at_work = {"status": ("in", [status.value for status in CaseStatus if is_open(status)])}
	return drawn(counted(CASE, "exit_type", types, at_work), "Retention Exit Rule")

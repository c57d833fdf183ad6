"""A customer who turned At Risk, with a history of health and signals, for the screens."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

CUSTOMER = "Lantern Street Guest House"
PARTS = {"bill_trend": 6, "commitment": 6, "arrears": 9, "service": 4, "tenure": 7, "contact": 6}
HISTORY = (
	("Healthy", 74, "Watch", 55, 120),
	("Watch", 55, "Healthy", 68, 70),
	("Healthy", 68, "At Risk", 38, 12),
)


ASIDE = ("Lantern Guest Hse", "Harbour Bakehouse", "Station Kiosk")
"""Names as another system writes them; no customer bears them."""


def make_warnings(frappe: Any, batch: str) -> None:
	"""Insert a list of warnings of another system of which no customer is known, and a competitor to be named."""
	for name in ASIDE:
		warning = {"doctype": "External Warning", "customer_given": name, "source": "Billing watch"}
		note = "pays by another bank since September"
		frappe.get_doc({**warning, "batch": batch, "warned_on": "2026-11-20", "note": note}).insert()
	if not frappe.db.exists("Competitor", "Northern Line"):
		frappe.get_doc({"doctype": "Competitor", "competitor_name": "Northern Line"}).insert()


def make_bills(frappe: Any, today: date) -> None:
	"""Write the bills of six months into the customer's tables, falling, unless they are there."""
	for month in range(6):
		name, day = f"LANTERN-{month}", today - timedelta(days=15 + 30 * month)
		if frappe.db.exists("Sales Invoice", name):
			continue
		bill = {"doctype": "Sales Invoice", "name": name, "customer": CUSTOMER, "company": "Wind Power LLC"}
		bill |= {"docstatus": 1, "posting_date": day, "due_date": day, "is_return": 0, "is_opening": "No"}
		frappe.get_doc({**bill, "base_net_total": 1200 if month < 3 else 1800}).db_insert()


def make_warned_customer(frappe: Any) -> None:
	"""Insert the customer unless it is there, and give it signals that stand, whatever became of those before."""
	from frappe.utils import getdate, nowdate

	from cs_retention.churn_retention.signal_evidence import keep_evidence
	from cs_retention.cs_retention.states import ensure_state, open_store
	from cs_retention.engine.reasons import Reason
	from cs_retention.engine.vocabulary import SignalRule
	from cs_retention.nightly.outcomes import CHANGE_FIELDS, HEALTH_CHANGE
	from cs_retention.nightly.reason_json import dump_reasons, to_json
	from cs_retention.nightly.signals import DOCTYPE, NEW_FIELDS, open_key

	today = getdate(nowdate())
	if not frappe.db.exists("Customer", CUSTOMER):
		document = {"doctype": "Customer", "customer_name": CUSTOMER, "customer_type": "Company"}
		frappe.get_doc({**document, "account_manager": "Administrator"}).insert()
	make_bills(frappe, today)
	state = ensure_state(CUSTOMER)
	trend = Reason.of("bill_trend", bills=3600.0, before=5400.0, trend=0.667)
	ending = Reason.of("contract_days_left", contract_end=today + timedelta(days=40), days=40)
	known = {"card": "Contract Customer", "health": 38, "health_band": "At Risk", "health_as_of": today}
	known |= {"health_parts": to_json({"parts": PARTS, "deductions": {}, "deducted": 0})}
	known |= {"health_reasons": dump_reasons([trend, ending]), "main_reason": "bill_trend"}
	known |= {"value_at_risk": 12276, "known_since": today - timedelta(days=400)}
	frappe.db.set_value("Customer Retention State", state, known)
	for doctype in (DOCTYPE, HEALTH_CHANGE):
		frappe.db.delete(doctype, {"customer": CUSTOMER})
	changes = [
		(
			*(CUSTOMER, state, today - timedelta(days=ago), before, was, "bill_trend"),
			*(band, health, "bill_trend", dump_reasons([trend]), int(band == "At Risk"), 1),
		)
		for before, was, band, health, ago in HISTORY
	]
	store = open_store()
	store.insert_rows(HEALTH_CHANGE, CHANGE_FIELDS, changes)
	found = {
		SignalRule.BILL_TREND: trend,
		SignalRule.CONTRACT_ENDING: ending,
		SignalRule.COMPLAINTS: Reason.of("complaints_90d", complaints=1, open=1),
	}
	rows = []
	for rule, reason in found.items():
		key = open_key(state, rule)
		why = dump_reasons([reason])
		rows.append((CUSTOMER, state, rule.value, "Open", today, why, today, key, key, 12276))
	store.insert_rows(DOCTYPE, NEW_FIELDS, rows)
	keep_evidence(today)
	fields = ("customer", "state", "rule", "status", "raised_on", "closed_on", "closed_as", "reasons")
	closed = [
		("Unreached", 90, 20, "True Warning"),
		("Unreached", 150, 100, "False Alarm"),
		("Bill Trend", 60, 30, "Known Cause"),
	]
	store.insert_rows(
		DOCTYPE,
		fields,
		[
			(
				*(CUSTOMER, state, rule, "Closed", today - timedelta(days=raised)),
				*(today - timedelta(days=ended), closing, "[]"),
			)
			for rule, raised, ended, closing in closed
		],
	)

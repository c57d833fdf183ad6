"""Merchants of the alliance on a site: candidates, admitted ones, their contracts and reviews."""

from __future__ import annotations

from typing import Any

from personas import user

MANAGER, ACCOUNTS = user("alliance"), user("east")
MERCHANT, REVIEW, SANCTION = "Alliance Merchant", "Alliance Review", "Alliance Sanction"


def contract(frappe: Any, customer: str, end: str = "2099-12-31") -> str:
	doc = frappe.get_doc(
		{
			**{"doctype": "Contract", "party_type": "Customer", "party_name": customer},
			**{"start_date": "2020-01-01", "end_date": end, "contract_terms": "joins the alliance"},
		}
	).insert()
	doc.submit()
	return doc.name


def candidate(frappe: Any, customer: str = "Corner Optics", **fields: Any) -> Any:
	checklist = [
		{"item": "Business licence", "weight": 60, "is_required": 1, "is_met": 1},
		{"item": "Shop inspected", "weight": 40, "is_met": 1},
	]
	document = {
		"doctype": MERCHANT,
		"customer": customer,
		"category": "Food",
		"contract": frappe.db.get_value("Contract", {"party_name": customer}),
		"checklist": checklist,
	}
	return frappe.get_doc({**document, **fields}).insert()


def act(doc: Any, action: str, reason: str | None = "decided in the meeting of the board") -> dict[str, Any]:
	from cs_retention.merchant_alliance.doctype.alliance_merchant.alliance_merchant import take_action

	found = take_action(doc.name, action, reason)
	doc.reload()
	return found


def admitted(frappe: Any, customer: str = "Corner Optics", since: str = "2024-01-01", **fields: Any) -> Any:
	doc = candidate(frappe, customer, **fields)
	act(doc, "Admit")
	frappe.db.set_value(MERCHANT, doc.name, "admitted_on", since)
	return doc.reload()


def review(frappe: Any, merchant: Any, quarter: str, *scores: float, **fields: Any) -> Any:
	year, _, part = quarter.partition("-")
	rows = [
		{"criterion": criterion, "part": "shop floor", "weight": 1, "score": score, "evidence": "inspection"}
		for criterion, score in zip(("Quality", "Price", "Cooperation", "Satisfaction"), scores, strict=True)
	]
	document = {"doctype": REVIEW, "merchant": merchant.name, "year": int(year), "quarter": part}
	return frappe.get_doc({**document, "scores": rows, **fields}).insert()


def judged(frappe: Any, merchant: Any, quarter: str, *scores: float, **fields: Any) -> Any:
	doc = review(frappe, merchant, quarter, *scores, **fields)
	doc.submit()
	merchant.reload()
	return doc

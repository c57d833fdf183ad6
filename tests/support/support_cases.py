"""Retention cases of the site and browser tiers: customers who want to leave, offers, invoices and release files."""

from __future__ import annotations

import base64
from typing import Any

CASE = "Retention Case"
PICTURE = base64.b64decode(
	"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A picture of one dot; what follows it tells files apart."""


def make_invoice(frappe: Any, customer: str, amount: float, posting_date: str = "2026-10-05") -> None:
	"""Insert a submitted invoice with its row in the payment ledger, without ERPNext's accounting."""
	company = frappe.get_all("Company", pluck="name")[0]
	name = f"{customer}-{posting_date}"
	invoice = frappe.new_doc("Sales Invoice")
	invoice.update(
		{
			"name": name,
			"customer": customer,
			"company": company,
			"docstatus": 1,
			"posting_date": posting_date,
			"due_date": "2026-12-31",
			"base_net_total": amount,
			"outstanding_amount": amount,
		}
	)
	invoice.db_insert()
	entry = frappe.new_doc("Payment Ledger Entry")
	entry.update(
		{
			"name": f"PLE-{name}",
			"company": company,
			"party_type": "Customer",
			"party": customer,
			"posting_date": posting_date,
			"amount": amount,
			"voucher_type": "Sales Invoice",
			"voucher_no": name,
			"against_voucher_type": "Sales Invoice",
			"against_voucher_no": name,
		}
	)
	entry.db_insert()


def make_offer_of(frappe: Any, name: str, cost: float, conditions: list[dict] | None = None) -> None:
	"""Insert an offer of the ladder."""
	document = {
		"doctype": "Retention Offer",
		"offer_name": name,
		"cost": cost,
		"conditions": conditions or [],
	}
	frappe.get_doc(document).insert()


def open_at_desk(frappe: Any, customer: str, **given: Any) -> dict[str, Any]:
	"""Open a case as the dialog at the desk does."""
	from cs_retention.churn_retention.case_actions import open_and_talk

	talk = {
		"exit_type": "Cancellation",
		"reasons": [{"reason": "Too Expensive", "words": "pays less elsewhere"}],
		"asked_by": "Ms Lin",
		"identity_check": "ID Document",
		"words": "has an offer from elsewhere",
	}
	return open_and_talk(customer, **{**talk, **given})


def in_contact(frappe: Any, customer: str, **fields: Any) -> Any:
	"""Insert a case and log a first talk."""
	document = {
		"doctype": CASE,
		"customer": customer,
		"exit_type": "Cancellation",
		"reasons": [{"reason": "Too Expensive"}],
	}
	case = frappe.get_doc({**document, **fields}).insert()
	case.append("contacts", {"is_reached": 1, "words": "thinks of leaving"})
	return case.save()


def answer(case: str, said: str) -> dict[str, Any]:
	"""Note the answer to the open offer."""
	from cs_retention.churn_retention.case_actions import answer_offer

	return answer_offer(case, said)


def lost(frappe: Any, customer: str) -> Any:
	"""Return a case whose customer leaves."""
	from cs_retention.churn_retention.case_actions import customer_leaves

	case = in_contact(frappe, customer)
	customer_leaves(case.name, "moves abroad")
	return case.reload()


def release_file(frappe: Any, case: Any, with_proof: bool = True, **fields: Any) -> Any:
	"""Insert a complete release file of a lost case."""
	document = {
		"doctype": "Release File",
		"retention_case": case.name,
		"consent_on": "2026-11-24",
		"consent_by": "Ms Lin",
		"identity_check": "ID Document",
		"settled_how": "paid in cash",
	}
	file = frappe.get_doc({**document, **fields}).insert()
	if with_proof:
		file.proof = attach(frappe, file, "consent.png", 1)
		file.save()
	return file


def attach(frappe: Any, doc: Any, name: str, is_private: int) -> str:
	"""Attach a file to a document and return its address."""
	file = {
		"doctype": "File",
		"file_name": name,
		"attached_to_doctype": doc.doctype,
		"attached_to_name": doc.name,
		"is_private": is_private,
		"content": PICTURE + f"{name} {is_private}".encode(),
	}
	return frappe.get_doc(file).insert().file_url

"""A need heard in a call, as an Opportunity of ERPNext in the customer's own words."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, now_datetime

TITLE_LENGTH = 140


def make_opportunity(callback: Document) -> str | None:
	"""Insert the Opportunity of a need and link it; return why there is none, in the reader's language."""
	if not frappe.has_permission("Opportunity", "create"):
		return _(
			"The need is kept with the callback. You have no right to create an Opportunity; ask for the role {0}."
		).format(_("Sales User"))
	company = frappe.defaults.get_user_default("Company") or frappe.defaults.get_global_default("company")
	if not company:
		return _(
			"The need is kept with the callback. Set a default Company to have an Opportunity made of it."
		)
	callback.opportunity = opportunity(callback, company).insert().name
	return None


def opportunity(callback: Document, company: str) -> Document:
	"""Return the Opportunity: the need as its title and, in full, as its first note."""
	note = {
		"note": escape_html(callback.need).replace("\n", "<br>"),
		"added_by": frappe.session.user,
		"added_on": now_datetime(),
	}
	return frappe.get_doc(
		{
			"doctype": "Opportunity",
			"opportunity_from": "Customer",
			"party_name": callback.customer,
			"company": company,
			"contact_person": callback.contact,
			"opportunity_owner": frappe.session.user,
			"title": callback.need.strip().splitlines()[0][:TITLE_LENGTH],
			"notes": [note],
		}
	)

"""What the app asks of ERPNext's Customer."""

import frappe
from frappe.model.document import Document

MIRRORS = ("retention_star_level", "retention_health_band")


def keep_mirrors(doc: Document, method: str | None = None) -> None:
	"""Put the mirrors back to the database's values, which only the set writers change.

	Frappe does not enforce read-only fields on the server: a form opened yesterday, an import or REST would otherwise
	overwrite what the night has written.
	"""
	stored = None if doc.is_new() else frappe.db.get_value("Customer", doc.name, MIRRORS, as_dict=True)
	doc.update(stored or dict.fromkeys(MIRRORS))

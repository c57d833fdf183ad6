"""Documents of ERPNext that tell of a contact, noted the moment they are written; what this misses the night notes.

A document is never refused for it: what goes wrong here is undone, logged, and left to the night.
"""

from collections.abc import Callable, Iterable, Iterator

import frappe
from frappe.model.document import Document

from cs_retention.callbacks.replanning import replan
from cs_retention.callbacks.working_days import today
from cs_retention.cs_retention.settings import SETTINGS, contact_policy
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.vocabulary import ContactDocument
from cs_retention.facts.contact_documents import read_customers_of_contacts
from cs_retention.nightly.contacts import forget_document, gathering_now, note_contacts_of

CUSTOMER, CONTACT = "Customer", "Contact"
SAVEPOINT = "before_noting_a_contact"
Parties = Iterator[tuple[str | None, str | None]]


def note(doc: Document, method: str | None = None) -> None:
	"""Note what a document says of contacts with customers, or no longer says, and plan these customers anew."""
	if is_bulk():
		return
	kind, versions = ContactDocument(doc.doctype), (doc, doc.get_doc_before_save())
	named = {party for version in versions if version for party in PARTIES[kind](version) if all(party)}
	if not any(doctype in (CUSTOMER, CONTACT) for doctype, _name in named):
		return
	policy = contact_policy(frappe.get_cached_doc(SETTINGS))
	if kind in policy.documents:
		guarded(lambda: note_and_replan(kind, customers_of(named)))


def note_and_replan(kind: ContactDocument, customers: list[str]) -> None:
	"""Bring the ledger of customers in line with their documents of a kind; where that changed it, the plan follows."""
	policy = contact_policy(frappe.get_cached_doc(SETTINGS))
	if customers and note_contacts_of(open_store(), customers, gathering_now([kind], today()), policy):
		replan(customers)


def withdraw(doc: Document, method: str | None = None) -> None:
	"""Let a document that is being deleted count no longer, and let go of it, so that it can be deleted."""

	def forget() -> None:
		if customers := forget_document(open_store(), ContactDocument(doc.doctype), doc.name):
			replan(customers)

	guarded(forget)


def guarded(work: Callable[[], None]) -> None:
	"""Do what must not refuse the document; only a deadlock, which undoes all, is raised."""
	frappe.db.savepoint(SAVEPOINT)
	said = len(frappe.local.message_log)
	try:
		work()
	except frappe.QueryDeadlockError:
		raise
	except Exception:
		frappe.db.rollback(save_point=SAVEPOINT)
		del frappe.local.message_log[said:]
		frappe.log_error(title="A contact could not be noted")


def is_bulk() -> bool:
	"""Tell whether documents come in numbers, which the night notes together."""
	flags = frappe.flags
	return bool(flags.in_import or flags.in_install or flags.in_migrate or flags.in_patch)


def customers_of(parties: Iterable[tuple[str, str]]) -> list[str]:
	"""Return the customers among parties and those of the contacts among them, in order."""
	customers = {name for doctype, name in parties if doctype == CUSTOMER}
	if contacts := [name for doctype, name in parties if doctype == CONTACT]:
		# Whom a contact belongs to is asked for the house's own ledger.
		customers.update(read_customers_of_contacts(open_store(), sorted(contacts)))
	return sorted(customers)


def of_call(doc: Document) -> Parties:
	"""Yield whom a call names."""
	yield CUSTOMER, doc.customer
	yield from ((row.link_doctype, row.link_name) for row in doc.links)


def of_communication(doc: Document) -> Parties:
	"""Yield whom a phone communication names; any other names nobody."""
	if doc.communication_medium == "Phone" and doc.reference_doctype != ContactDocument.EVENT.value:
		yield doc.reference_doctype, doc.reference_name
		yield from ((row.link_doctype, row.link_name) for row in doc.timeline_links)


def of_visit(doc: Document) -> Parties:
	"""Yield the customer of a maintenance visit that was submitted; a draft names nobody."""
	if doc.docstatus:
		yield CUSTOMER, doc.customer


def of_event(doc: Document) -> Parties:
	"""Yield who took part in a call or meeting; any other event names nobody."""
	if doc.event_category in ("Call", "Meeting"):
		yield from ((row.reference_doctype, row.reference_docname) for row in doc.event_participants)


PARTIES: dict[ContactDocument, Callable[[Document], Parties]] = {
	ContactDocument.CALL_LOG: of_call,
	ContactDocument.COMMUNICATION: of_communication,
	ContactDocument.MAINTENANCE_VISIT: of_visit,
	ContactDocument.EVENT: of_event,
}

"""A book of documents that tell of contacts, beside some that tell of none; the same for every database."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from support_book import add

from cs_retention.engine.vocabulary import ContactDocument
from cs_retention.facts.contact_documents import DocumentContact, read_document_contacts
from cs_retention.facts.selection import Selection
from cs_retention.store.base import Store

SINCE, AS_OF = date(2026, 10, 1), date(2026, 11, 15)
EVERYBODY = Selection.between("", "\uffff")
EAST = "east@branch.example"


def at(day: int, hour: int = 10, month: int = 11) -> datetime:
	return datetime(2026, month, day, hour, 30)


def add_customers(store: Store, *names: str) -> None:
	add(store, "Customer", [{"name": name, "customer_name": name, "account_manager": EAST} for name in names])


def add_links(store: Store, parent: str, parenttype: str, *parties: tuple[str, str]) -> None:
	for doctype, name in parties:
		row = {"parent": parent, "parenttype": parenttype, "link_doctype": doctype, "link_name": name}
		add(store, "Dynamic Link", [row])


def add_call(store: Store, name: str, *parties: tuple[str, str], **given: Any) -> None:
	usual = {"name": name, "status": "Completed", "duration": 95, "start_time": at(5), "owner": "Guest"}
	add(store, "Call Log", [{**usual, **given}])
	add_links(store, name, "Call Log", *parties)


def add_communication(store: Store, name: str, *parties: tuple[str, str], **given: Any) -> None:
	usual = {
		"name": name,
		"communication_type": "Communication",
		"communication_medium": "Phone",
		"communication_date": at(6),
		"owner": EAST,
	}
	add(store, "Communication", [{**usual, **given}])
	for doctype, linked in parties:
		add(store, "Communication Link", [{"parent": name, "link_doctype": doctype, "link_name": linked}])


def add_visit(store: Store, name: str, customer: str, **given: Any) -> None:
	usual = {"name": name, "customer": customer, "docstatus": 1, "mntc_date": date(2026, 11, 7)}
	add(store, "Maintenance Visit", [{**usual, "owner": EAST, **given}])


def add_event(store: Store, name: str, *parties: tuple[str, str], **given: Any) -> None:
	usual = {"name": name, "event_category": "Meeting", "status": "Closed", "starts_on": at(8), "owner": EAST}
	add(store, "Event", [{**usual, **given}])
	for doctype, linked in parties:
		add(
			store,
			"Event Participants",
			[{"parent": name, "reference_doctype": doctype, "reference_docname": linked}],
		)


ACME, BOLT, CORE = ("Customer", "Acme"), ("Customer", "Bolt"), ("Customer", "Core")
LIN = ("Contact", "Lin")
"""The contact of two customers, Acme and Bolt."""


def fill_documents(store: Store) -> None:
	"""Add customers Acme, Bolt and Core, the contact of the first two, and documents of every kind."""
	add_customers(store, "Acme", "Bolt", "Core")
	add_links(store, "Lin", "Contact", ACME, BOLT)
	add_links(store, "Main Street", "Address", CORE)
	add_call(
		store, "by-field", customer="Acme", summary="second line", employee_user_id="west@branch.example"
	)
	add_call(store, "by-link", ACME, CORE, owner="Administrator")
	add_call(store, "by-contact", LIN, ACME, start_time=None, creation=at(4))
	add_call(store, "by-lead", ("Lead", "Acme"))
	add_call(store, "unanswered", ACME, status="No Answer")
	add_call(store, "short", CORE, duration=9)
	add_call(store, "nothing said", CORE, duration=0)
	add_call(store, "long ago", ACME, start_time=at(30, month=9))
	add_call(store, "first day", CORE, start_time=at(1, 0, month=10))
	add_call(store, "last day", CORE, start_time=at(15, 23))
	add_call(store, "tomorrow", CORE, start_time=at(16, 0))
	add_communication(store, "refers", reference_doctype="Customer", reference_name="Bolt", subject="asked")
	add_communication(store, "of the contact", reference_doctype="Contact", reference_name="Lin")
	add_communication(store, "linked", CORE, LIN, user="west@branch.example")
	add_communication(store, "mail", CORE, communication_medium="Email")
	add_communication(store, "comment", CORE, communication_type="Comment")
	add_communication(store, "of an event", CORE, reference_doctype="Event", reference_name="met")
	add_visit(store, "by an engineer", "Acme", customer_feedback="content")
	add(store, "Maintenance Visit Purpose", [{"parent": "by an engineer", "idx": 1, "service_person": "S"}])
	add(store, "Maintenance Visit Purpose", [{"parent": "by an engineer", "idx": 2, "service_person": "T"}])
	add(store, "Sales Person", [{"name": "S", "employee": "E-1"}, {"name": "T"}])
	add(store, "Employee", [{"name": "E-1", "user_id": "engineer@branch.example"}])
	add_visit(store, "by nobody known", "Bolt")
	add_visit(store, "draft", "Core", docstatus=0)
	add_visit(store, "cancelled", "Core", docstatus=2)
	add_event(store, "met", BOLT, LIN)
	add_event(store, "called", CORE, event_category="Call", status="Completed")
	add_event(store, "over", CORE, status="Open", starts_on=at(14), ends_on=at(14, 12))
	add_event(store, "over today", CORE, status="Open", starts_on=at(15, 0))
	add_event(store, "runs on", CORE, status="Open", starts_on=at(13), ends_on=at(15))
	add_event(store, "called off", CORE, status="Cancelled")
	add_event(store, "lunch", CORE, event_category="Other")
	store.commit()


WEST, ENGINEER = "west@branch.example", "engineer@branch.example"
EXPECTED = {
	ContactDocument.CALL_LOG: {
		("Acme", "by-field", 5, "Phone", WEST),
		("Acme", "by-link", 5, "Phone", None),
		("Core", "by-link", 5, "Phone", None),
		("Acme", "by-contact", 4, "Phone", None),
		("Bolt", "by-contact", 4, "Phone", None),
		("Core", "first day", 1, "Phone", None),
		("Core", "last day", 15, "Phone", None),
	},
	ContactDocument.COMMUNICATION: {
		("Bolt", "refers", 6, "Phone", EAST),
		("Acme", "of the contact", 6, "Phone", EAST),
		("Bolt", "of the contact", 6, "Phone", EAST),
		("Core", "linked", 6, "Phone", WEST),
		("Acme", "linked", 6, "Phone", WEST),
		("Bolt", "linked", 6, "Phone", WEST),
	},
	ContactDocument.MAINTENANCE_VISIT: {
		("Acme", "by an engineer", 7, "Visit", ENGINEER),
		("Bolt", "by nobody known", 7, "Visit", EAST),
	},
	ContactDocument.EVENT: {
		("Acme", "met", 8, "Visit", EAST),
		("Bolt", "met", 8, "Visit", EAST),
		("Core", "called", 8, "Phone", EAST),
		("Core", "over", 14, "Visit", EAST),
	},
}
"""Customer, document, day of the month, channel and person, by kind, when a call lasts ten seconds at least."""


def shown(contact: DocumentContact) -> tuple[str, str, int, str, str | None]:
	return (
		contact.customer,
		contact.document_name,
		contact.day.day,
		contact.channel.value,
		contact.person,
	)


def contacts_of(
	store: Store, kind: ContactDocument, policy: Any, selection: Selection = EVERYBODY
) -> list[Any]:
	return list(read_document_contacts(store, selection, kind, policy, (SINCE, AS_OF)))


def ledger(store: Store) -> list[tuple[Any, ...]]:
	"""Return what the ledger holds of documents, in order."""
	columns = "customer, source_doctype, source_name, touch_date, channel, outcome, person, summary"
	rows = store.rows(f"SELECT {columns} FROM `tabCustomer Touch` WHERE source_name > ''")
	return sorted(tuple(str(value) for value in row) for row in rows)

"""Contacts that ERPNext's own documents tell of, in the ledger of Customer Touch: one row per document and customer.

The night and a request note them with the same code. A document that no longer tells of a contact withdraws its row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import md5

from cs_retention.engine.policy import ContactDocumentPolicy, Policy
from cs_retention.engine.vocabulary import ContactDocument, Outcome, PeriodKind
from cs_retention.engine.workdays import period_of
from cs_retention.facts.book import read_states_of
from cs_retention.facts.contact_documents import DocumentContact, kept_documents, read_document_contacts
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection
from cs_retention.facts.touches import NotedContact, has_noted, read_noted, read_noted_of
from cs_retention.nightly.plan_inputs import contacts_since, period_before
from cs_retention.nightly.reopening import reopen
from cs_retention.nightly.states import DOCTYPE as STATE
from cs_retention.store.base import Row, Store

TOUCH = "Customer Touch"
NEW_FIELDS = (
	*("source_key", "customer", "touch_date", "touch_time", "person", "channel", "outcome"),
	*("summary", "source", "source_doctype", "source_name"),
)
CHANGED_FIELDS = ("name", "touch_date", "touch_time", "channel", "outcome")
ONE_YEAR = timedelta(days=366)
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Gathering:
	"""Which documents are looked for, and on which days: of all others nothing is noted and nothing withdrawn."""

	documents: tuple[ContactDocument, ...]
	since: date
	until: date


@dataclass(frozen=True, slots=True)
class Differences:
	"""How documents and ledger differ: contacts not noted yet, noted ones that are another, and those that are none."""

	new: list[DocumentContact] = field(default_factory=list)
	changed: list[tuple[NotedContact, DocumentContact]] = field(default_factory=list)
	gone: list[NotedContact] = field(default_factory=list)

	def customers(self) -> list[str]:
		"""Return the customers concerned, in order."""
		noted = (*(row for row, _ in self.changed), *self.gone)
		return sorted({*(row.customer for row in self.new), *(row.customer for row in noted)})


def gathering_of(store: Store, policy: Policy, as_of: date) -> Gathering:
	"""Return what a night looks for: from the period before the current one on, at first from the longest open span on."""
	documents = kept_documents(store, policy.contacts)
	first = min(period_of(as_of, kind)[0] for kind in PeriodKind)
	if documents and not has_noted(store):
		first = contacts_since(policy, as_of)
	return Gathering(documents, period_before(first, as_of), as_of)


def gathering_now(documents: Sequence[ContactDocument], today: date) -> Gathering:
	"""Return what a request looks for of the few customers it is about: a year's documents."""
	return Gathering(tuple(documents), today - ONE_YEAR, today)


def note_contacts(
	store: Store, selection: Selection, gathering: Gathering, policy: ContactDocumentPolicy
) -> int:
	"""Bring the ledger of the selected customers in line with the documents; return how many rows were written.

	It begins a transaction, in which nothing may be written yet: where something differs, the customers are held and
	everything is read once more, so that what a request noted meanwhile is seen. Nothing is committed.
	"""
	if not gathering.documents:
		return 0
	customers = differences(store, selection, gathering, policy).customers()
	if not customers:
		return 0
	store.rollback()
	return note_contacts_of(store, customers, gathering, policy)


def note_contacts_of(
	store: Store, customers: Sequence[str], gathering: Gathering, policy: ContactDocumentPolicy
) -> int:
	"""Hold customers and bring their ledger in line with the documents; return how many rows were written."""
	selection = Selection.of(customers)
	states = hold_states(store, customers)
	found = differences(store, selection, gathering, policy)
	contacts = [(row, states[fold(row.customer)]) for row in found.new if fold(row.customer) in states]
	store.upsert_rows(TOUCH, NEW_FIELDS, (new_touch(row, *names) for row, names in contacts))
	store.update_rows(TOUCH, CHANGED_FIELDS, (changed_touch(*pair) for pair in found.changed))
	withdraw(store, selection, [*found.gone, *(noted for noted, _ in found.changed)], found.gone)
	return len(contacts) + len(found.changed) + len(found.gone)


def withdraw(
	store: Store, selection: Selection, moved: Iterable[NotedContact], gone: Iterable[NotedContact]
) -> None:
	"""Let contacts that are none any more count no longer; what these, or others that moved, had met is planned again."""
	store.update_rows(TOUCH, ("name", "outcome"), ((row.name, Outcome.WITHDRAWN.value) for row in gone))
	reopen(store, selection, {row.name: row for row in moved if row.outcome is not Outcome.WITHDRAWN})


def forget_document(store: Store, document: ContactDocument, name: str) -> list[str]:
	"""Withdraw what a document that is deleted told of, and name it no more; return the customers concerned."""
	noted = read_noted_of(store, document, name)
	customers = sorted({row.customer for row in noted})
	if not noted:
		return []
	hold_states(store, customers)
	gone = [row for row in noted if row.outcome is not Outcome.WITHDRAWN]
	withdraw(store, Selection.of(customers), gone, gone)
	let_go = ((row.name, f"{document.value} {name}", None, None, None) for row in noted)
	store.update_rows(TOUCH, ("name", "source", "source_doctype", "source_name", "source_key"), let_go)
	return customers


def fold_contacts(store: Store, loser: str, winner: str, state: str) -> None:
	"""Hand what documents tell of one customer to another's state; what was noted of both is withdrawn from the first."""
	days = date.min, date.max
	theirs, ours = (
		list(read_noted(store, Selection.of([name]), tuple(ContactDocument), *days))
		for name in (loser, winner)
	)
	noted = {_key(row)[:2] for row in ours}
	rows = ((row.name, *folded(row, state, _key(row)[:2] in noted)) for row in theirs)
	store.update_rows(TOUCH, ("name", "outcome", "source_doctype", "source_name", "source_key"), rows)


def folded(row: NotedContact, state: str, is_noted: bool) -> Row:
	"""Return outcome, document and key of a contact that is handed to another state."""
	if is_noted:
		return Outcome.WITHDRAWN.value, None, None, None
	doctype, name = row.document.value, row.document_name
	return row.outcome.value, doctype, name, source_key(doctype, name, state)


def differences(
	store: Store, selection: Selection, gathering: Gathering, policy: ContactDocumentPolicy
) -> Differences:
	"""Compare the documents of the selected customers with what is noted of them."""
	days = gathering.since, gathering.until
	noted = {_key(row): row for row in read_noted(store, selection, gathering.documents, *days)}
	found = Differences()
	for contact in _contacts(store, selection, gathering, policy):
		known = noted.pop(_key(contact), None)
		if known is None:
			found.new.append(contact)
		elif is_another(known, contact):
			found.changed.append((known, contact))
	found.gone.extend(row for row in noted.values() if row.outcome is not Outcome.WITHDRAWN)
	return found


def is_another(noted: NotedContact, contact: DocumentContact) -> bool:
	"""Tell whether a document says another day or channel than noted, or tells again of a contact once withdrawn.

	The outcome is people's to correct.
	"""
	same = (noted.day, noted.channel) == (contact.day, contact.channel)
	return not same or noted.outcome is Outcome.WITHDRAWN


def hold_states(store: Store, customers: Sequence[str]) -> dict[str, tuple[str, str]]:
	"""Hold customers by their states, which are made where there are none; return their names and states, folded."""
	selection = Selection.of(customers)
	store.hold(STATE, "customer", customers)
	known = dict(read_states_of(store, selection))
	if missing := [customer for customer, state in known.items() if not state]:
		store.add_missing(STATE, ("customer",), ([customer] for customer in missing))
		known = dict(read_states_of(store, selection))
	return {fold(customer): (customer, state) for customer, state in known.items() if state}


def source_key(doctype: str, name: str, state: str) -> str:
	"""Return what a touch of a document holds in its unique key; the customer stands in it by its state."""
	return md5(f"{doctype}|{name}|{state}".encode(), usedforsecurity=False).hexdigest()


def new_touch(contact: DocumentContact, customer: str, state: str) -> Row:
	"""Return the row of a contact that is noted for the first time."""
	doctype = contact.document.value
	return (
		source_key(doctype, contact.document_name, state),
		customer,
		contact.day,
		hour_of(contact),
		contact.person,
		contact.channel.value,
		contact.outcome.value,
		contact.subject,
		doctype,
		doctype,
		contact.document_name,
	)


def changed_touch(noted: NotedContact, contact: DocumentContact) -> Row:
	"""Return what a noted contact becomes."""
	return noted.name, contact.day, hour_of(contact), contact.channel.value, contact.outcome.value


def hour_of(contact: DocumentContact) -> str | None:
	"""Return the time of day as it is stored."""
	return contact.at.isoformat() if contact.at else None


def _contacts(
	store: Store, selection: Selection, gathering: Gathering, policy: ContactDocumentPolicy
) -> Iterator[DocumentContact]:
	"""Yield each document once per customer, however many ways lead from one to the other."""
	seen: set[Key] = set()
	for kind in gathering.documents:
		days = gathering.since, gathering.until
		for contact in read_document_contacts(store, selection, kind, policy, days):
			if (key := _key(contact)) not in seen:
				seen.add(key)
				yield contact


def _key(row: DocumentContact | NotedContact) -> Key:
	return row.document.value, fold(row.document_name), fold(row.customer)

"""A book handed over: tried first, then moved in the background, customer by customer in sets, and logged row by row.

Each row of the log (Book Handover Row) is what became of one customer in one role. What belongs to a customer and moves
along is registered in the hook `retention_handover`: a provider has `count(customers, person)`, which returns numbers by
customer, and `move(customers, before, after)`. It is asked of none whose backup goes while they stay account manager.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder.functions import Count, Sum
from frappe.utils import now_datetime

from cs_retention.callbacks.working_days import today
from cs_retention.cs_retention.bells import Bell, languages_of, ring
from cs_retention.cs_retention.states import clear_customers, open_store
from cs_retention.engine.handover import (
	Book,
	HandoverRole,
	HandoverStatus,
	Left,
	RowStatus,
	Share,
	SplitRule,
	split,
)

HANDOVER, ROW = "Book Handover", "Book Handover Row"
CHUNK = 500
"""Customers moved in one transaction."""
YEAR = timedelta(days=365)
FIELDS: Mapping[str, str] = {
	HandoverRole.ACCOUNT_MANAGER.value: "account_manager",
	HandoverRole.BACKUP.value: "retention_backup_manager",
}
"""The field of Customer behind a role."""
MOVING = ("callbacks", "promises", "cases")
"""The columns that count what moves along."""
COLUMNS = ("handover", "customer", "role", "before", "after", "status", "reason", *MOVING)


@dataclass(frozen=True, slots=True)
class Mover:
	"""One kind of record that follows its customer: the column that counts it, and the two functions of the hook."""

	column: str
	count: Callable[[Sequence[str], str], Mapping[str, int]]
	move: Callable[[Sequence[str], str, str], None]


def movers() -> list[Mover]:
	"""Return what moves along, as the modules registered it."""
	return [Mover(*frappe.get_attr(path)()) for path in frappe.get_hooks("retention_handover")]


def roles_of(role: str) -> tuple[str, ...]:
	"""Return the roles that a hand-over is about."""
	return tuple(FIELDS) if role == HandoverRole.BOTH.value else (role,)


def find_rows(doc: Document) -> list[tuple[Any, ...]]:
	"""Return the rows that a hand-over would have, without what moves along."""
	if doc.hands_back:
		return list(rows_back(doc))
	rows: list[tuple[Any, ...]] = []
	for role in roles_of(doc.role):
		rows += rows_of_role(doc, role, {row[1]: row[4] for row in rows})
	return rows


def rows_of_role(
	doc: Document, role: str, taken_before: Mapping[str, str | None]
) -> Iterator[tuple[Any, ...]]:
	"""Yield the customers of a role with those who are to have them; nobody takes both roles of a customer."""
	shares = [
		replace(share, other=taken_before[share.customer]) if share.customer in taken_before else share
		for share in shares_of(doc, role)
	]
	taken = split(shares, books_of(doc, role), SplitRule(doc.split or SplitRule.FEWEST_CUSTOMERS.value))
	for share in shares:
		after = taken[share.customer]
		status, reason = (RowStatus.PROPOSED, None) if after else (RowStatus.LEFT, Left.NOBODY_ELSE)
		yield (doc.name, share.customer, role, doc.from_person, after, status.value, reason and reason.value)


def shares_of(doc: Document, role: str) -> list[Share]:
	"""Return the customers that somebody is to give away in a role; a manager's hand-over is about all of them."""
	customer = frappe.qb.DocType("Customer")
	other = next(field for name, field in FIELDS.items() if name != role)
	query = frappe.qb.from_(customer).select(customer.name, customer[other])
	query = query.where(customer[FIELDS[role]] == doc.from_person)
	for fieldname, values in chosen(doc).items():
		query = query.where(customer[fieldname].isin(values))
	found = dict(query.orderby(customer.name).run())
	# With both roles at once, who has the other one loses it too.
	kept = {name: None if person == doc.from_person else person for name, person in found.items()}
	revenue = revenues(customer[FIELDS[role]] == doc.from_person)
	return [Share(name, revenue.get(name, 0.0), person) for name, person in kept.items()]


def chosen(doc: Document) -> dict[str, list[str]]:
	"""Return the values of Customer's fields to which a hand-over is limited; a node of a tree stands for all below it."""
	trees = {
		"territory": ("Territory", doc.of_territory),
		"customer_group": ("Customer Group", doc.of_customer_group),
	}
	found = {
		fieldname: [node, *frappe.db.get_descendants(tree, node)]
		for fieldname, (tree, node) in trees.items()
		if node
	}
	return {**found, **({"retention_star_level": [doc.star_level]} if doc.star_level else {})}


def revenues(condition: Any) -> dict[str, float]:
	"""Return the net revenue of twelve months by customer, of those customers that meet a condition."""
	customer, invoice = frappe.qb.DocType("Customer"), frappe.qb.DocType("Sales Invoice")
	query = (
		frappe.qb.from_(customer)
		.join(invoice)
		.on(invoice.customer == customer.name)
		.select(customer.name, Sum(invoice.base_net_total))
		.where(condition & (invoice.docstatus == 1) & (invoice.posting_date > today() - YEAR))
		.groupby(customer.name)
	)
	return {name: float(amount or 0) for name, amount in query.run()}


def books_of(doc: Document, role: str) -> list[Book]:
	"""Return what the people named have in the role already."""
	customer, people = frappe.qb.DocType("Customer"), [row.person for row in doc.targets]
	field = customer[FIELDS[role]]
	query = frappe.qb.from_(customer).select(field, Count("*")).where(field.isin(people)).groupby(field)
	numbers = dict(query.run())
	amounts: defaultdict[str, float] = defaultdict(float)
	if doc.split == SplitRule.LEAST_REVENUE.value:
		for person in people:
			amounts[person] = sum(revenues(field == person).values())
	return [Book(person, numbers.get(person, 0), amounts[person]) for person in people]


def rows_back(doc: Document) -> Iterator[tuple[Any, ...]]:
	"""Yield the rows that give back what another hand-over moved; a customer who changed since is left."""
	moved = {"handover": doc.hands_back, "status": RowStatus.MOVED.value}
	# The log of a hand-over that the user was found to read.
	rows = frappe.get_all(ROW, moved, ["customer", "role", "before", "after"], order_by="customer")
	for role in FIELDS:
		of_role = [row for row in rows if row.role == role]
		now = holders([row.customer for row in of_role], role)
		for row in of_role:
			is_kept = now.get(row.customer) == row.after
			status, reason = (RowStatus.PROPOSED, None) if is_kept else (RowStatus.LEFT, Left.CHANGED)
			yield (doc.name, row.customer, role, row.after, row.before, status.value, reason and reason.value)


def holders(customers: Sequence[str], role: str) -> dict[str, str | None]:
	"""Return who stands in a role of customers."""
	customer = frappe.qb.DocType("Customer")
	query = frappe.qb.from_(customer).select(customer.name, customer[FIELDS[role]])
	return dict(query.where(customer.name.isin(customers or [""])).run())


def try_out(doc: Document) -> dict[str, int]:
	"""Write what a hand-over would do in place of what was tried before, and return its figures."""
	rows = find_rows(doc)
	counted = count_along(rows)
	frappe.db.delete(ROW, {"handover": doc.name})
	filled = [(*row, *(counted[column][row[1:4]] for column in MOVING)) for row in rows]
	open_store().insert_rows(ROW, COLUMNS, filled)
	left = sum(row[5] == RowStatus.LEFT.value for row in rows)
	return {"customers": len(rows) - left, "left_over": left}


def count_along(rows: Sequence[tuple[Any, ...]]) -> dict[str, defaultdict[tuple[str, ...], int]]:
	"""Return by column how many records of a customer, in a role of a person, would move along."""
	found: dict[str, defaultdict[tuple[str, ...], int]] = {column: defaultdict(int) for column in MOVING}
	for role, person in sorted({row[2:4] for row in rows}):
		customers = followed([row[1] for row in rows if row[2:4] == (role, person)], role, person)
		for mover in movers() if customers else ():
			for customer, number in mover.count(customers, person).items():
				found[mover.column][customer, role, person] = number
	return found


def followed(customers: Sequence[str], role: str, person: str) -> list[str]:
	"""Return the customers whose records follow a role: who goes as backup and is account manager too keeps them."""
	if role != HandoverRole.BACKUP.value:
		return list(customers)
	managers = holders(customers, HandoverRole.ACCOUNT_MANAGER.value)
	return [customer for customer in customers if managers.get(customer) != person]


def is_stale(doc: Document) -> bool:
	"""Tell whether customers have come, gone or changed hands since a hand-over was tried."""
	tried = frappe.get_all(ROW, {"handover": doc.name}, ["customer", "role", "before"], as_list=True)
	return {(row[1], row[2], row[3]) for row in find_rows(doc)} != {tuple(row) for row in tried}


def move_all(name: str) -> None:
	"""Move what is still proposed, chunk by chunk, each in one transaction; a run that was cut off goes on here."""
	doc = frappe.get_doc(HANDOVER, name)
	while doc.status == HandoverStatus.MOVING.value and move_chunk(doc):
		# A chunk is a transaction: a job that dies is resumed after its last one.
		frappe.db.commit()  # nosemgrep: frappe-manual-commit
		tell_progress(doc)
	finish(doc)


def move_chunk(doc: Document) -> int:
	"""Move the next customers of a hand-over and return how many rows were looked at."""
	proposed = {"handover": doc.name, "status": RowStatus.PROPOSED.value}
	fields = ["name", "customer", "role", "before", "after"]
	# The job's own log, locked so that a second job waits and then finds it done.
	rows = frappe.db.get_values(
		ROW, proposed, fields, as_dict=True, order_by="name", limit=CHUNK, for_update=True
	)
	for role in FIELDS:
		of_role = [row for row in rows if row.role == role]
		now = holders([row.customer for row in of_role], role)
		kept = [row for row in of_role if now.get(row.customer) == row.before]
		close_rows([row.name for row in of_role if row not in kept], RowStatus.LEFT, Left.CHANGED.value)
		for pair in sorted({(row.before, row.after) for row in kept}):
			move_customers([row for row in kept if (row.before, row.after) == pair], role, *pair)
	return len(rows)


def move_customers(rows: Sequence[Any], role: str, before: str, after: str) -> None:
	"""Give customers of one person to another in a role, with all that moves along, in one statement per table."""
	names, customer = [row.customer for row in rows], frappe.qb.DocType("Customer")
	(
		frappe.qb.update(customer)
		.set(customer[FIELDS[role]], after)
		.set(customer.modified, now_datetime())
		.set(customer.modified_by, frappe.session.user)
		.where(customer.name.isin(names))
		.run()
	)
	if following := followed(names, role, before):
		for mover in movers():
			mover.move(following, before, after)
	close_rows([row.name for row in rows], RowStatus.MOVED)
	clear_customers(names)


def close_rows(names: Sequence[str], status: RowStatus, reason: str | None = None) -> None:
	"""Write down what became of rows."""
	if names:
		frappe.db.set_value(ROW, {"name": ("in", names)}, {"status": status.value, "reason": reason})


def finish(doc: Document) -> None:
	"""Close a hand-over of which nothing is proposed any more, and tell the people it is about."""
	numbers = {
		status: frappe.db.count(ROW, {"handover": doc.name, "status": status.value}) for status in RowStatus
	}
	if (
		numbers[RowStatus.PROPOSED]
		or frappe.db.get_value(HANDOVER, doc.name, "status") != HandoverStatus.MOVING.value
	):
		return
	figures = {"moved": numbers[RowStatus.MOVED], "left_over": numbers[RowStatus.LEFT]}
	frappe.db.set_value(HANDOVER, doc.name, {"status": HandoverStatus.DONE.value, **figures})
	tell_people(doc)


def tell_progress(doc: Document) -> None:
	"""Keep how many customers have moved where the form reads it."""
	moved = frappe.db.count(ROW, {"handover": doc.name, "status": RowStatus.MOVED.value})
	frappe.db.set_value(HANDOVER, doc.name, "moved", moved, update_modified=False)


def tell_people(doc: Document) -> None:
	"""Tell everybody who gave or got customers, each in their own language."""
	moved = {"handover": doc.name, "status": RowStatus.MOVED.value}
	rows = frappe.get_all(ROW, moved, ["before", "after"])
	gave, got = (Counter(row[side] for row in rows) for side in ("before", "after"))
	# Managers alone may open the hand-over; the others are told what it came to.
	ring(
		Bell(
			f"book-handover|{doc.name}|{person}",
			person,
			_("{0} customers were handed over to you, {1} to others.", language).format(
				got[person], gave[person]
			),
			"/app/customer",
		)
		for person, language in languages_of({*gave, *got}).items()
	)

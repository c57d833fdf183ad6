"""The Callback Desk: whom a person is to call today and why, in sections of bounded length.

The number of queries is the same at any size of the book, and none reads more than the person's own work.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import frappe
from frappe import _
from frappe.query_builder import Case, Criterion
from frappe.query_builder.functions import Sum

from cs_retention.callbacks import desk_rows
from cs_retention.callbacks.cover import absent_people
from cs_retention.callbacks.working_days import today
from cs_retention.cs_retention.permissions import sees_all
from cs_retention.engine.vocabulary import CallbackStatus, PromiseStatus, RunStatus
from cs_retention.nightly.ledger import RUN

CALLBACK, PROMISE = "Customer Callback", "Customer Callback Promise"
PLANNED = CallbackStatus.PLANNED.value
PAGE = 25
"""Rows of a section that are sent at a time."""
SECTIONS = ("overdue", "today", "week", "covering")

callback = frappe.qb.DocType(CALLBACK)
customer = frappe.qb.DocType("Customer")


@frappe.whitelist(methods=["GET"])
def get_desk(person: str | None = None) -> dict[str, Any]:
	"""Return a person's desk: sections of rows with their counts, promises due, when the next call comes if none is due."""
	frappe.has_permission(CALLBACK, "read", throw=True)
	person = whose(person)
	away = away_today()
	counts = count_sections(person, away)
	sections = {name: read_section(name, person, away) if counts[name] else [] for name in SECTIONS}
	rows = [row for found in sections.values() for row in found]
	promises = promises_due(person)
	shown = desk_rows.complete(rows, promises)
	return {
		"person": person,
		"person_name": frappe.utils.get_fullname(person),
		"today": today(),
		"is_away": person in away,
		"people": people() if sees_all(None) else [],
		"sections": [
			{"name": name, "count": counts[name], "rows": [shown[row.name] for row in sections[name]]}
			for name in SECTIONS
		],
		"promises": promises,
		"next_due": None if rows else next_due(person),
		"has_run": bool(frappe.db.exists(RUN, {"status": RunStatus.DONE.value})),
	}


@frappe.whitelist(methods=["GET"])
def get_more(section: str, start: int, person: str | None = None) -> list[dict[str, Any]]:
	"""Return the rows of a section from `start` on."""
	frappe.has_permission(CALLBACK, "read", throw=True)
	if section not in SECTIONS:
		frappe.throw(
			_("{0} is no section of the desk.").format(frappe.bold(frappe.utils.escape_html(section)))
		)
	rows = read_section(section, whose(person), away_today(), max(0, start))
	shown = desk_rows.complete(rows, [])
	return [shown[row.name] for row in rows]


@frappe.whitelist(methods=["GET"])
def get_row(name: str) -> dict[str, Any] | None:
	"""Return a callback as the desk shows it; None when it has ended."""
	doc = frappe.get_doc(CALLBACK, name)
	doc.check_permission("read")
	row = frappe._dict({field: doc.get(field) for field in desk_rows.FIELDS})
	return desk_rows.complete([row], [])[name] if doc.status == PLANNED else None


def whose(person: str | None) -> str:
	"""Return whose desk is asked for; that of others is for those who see every customer."""
	if not person or person == frappe.session.user:
		return frappe.session.user
	if not sees_all(None):
		frappe.throw(_("The desk of {0} is not yours to see.").format(person), frappe.PermissionError)
	return person


def people() -> list[dict[str, str]]:
	"""Return who has planned calls, for those who may choose; of everybody, as they see every customer."""
	user = frappe.qb.DocType("User")
	with_calls = frappe.qb.from_(callback).select(callback.responsible).where(callback.status == PLANNED)
	query = frappe.qb.from_(user).select(user.name.as_("value"), user.full_name.as_("label"))
	return query.where(user.name.isin(with_calls.distinct())).orderby(user.full_name).run(as_dict=True)


def away_today() -> list[str]:
	"""Return who is away today, as entered up to now."""
	return sorted(absent_people(today()))


def week_end() -> date:
	"""Return the Sunday of this week."""
	return today() + timedelta(days=6 - today().weekday())


def condition(section: str, person: str, away: list[str]) -> Criterion:
	"""Return which planned callbacks a section holds; every row of them belongs to a customer the person answers for."""
	is_own = (callback.responsible == person) & (
		callback.account_manager.isnull() | (callback.account_manager == person)
	)
	dates: Mapping[str, Criterion] = {
		"overdue": is_own & (callback.due_date < today()),
		"today": is_own & (callback.due_date == today()),
		"week": is_own & (callback.due_date > today()) & (callback.due_date <= week_end()),
		"covering": covers(person, away),
	}
	return (callback.status == PLANNED) & answers_for(person) & dates[section]


def covers(person: str, away: list[str]) -> Criterion:
	"""Return the condition on calls that are the person's for somebody else.

	Those the night gave to the backup, and those due of people who are away today, which the night did not know.
	"""
	given = (callback.responsible == person) & (callback.account_manager != person)
	if not away or person in away:
		return given & (callback.due_date <= week_end())
	live = callback.responsible.isin(away) & (customer.retention_backup_manager == person)
	return (given & (callback.due_date <= week_end())) | (live & (callback.due_date <= today()))


def answers_for(person: str) -> Criterion:
	"""Return the condition that a person still answers for the customer; who left the customer has no call there."""
	return (customer.account_manager == person) | (customer.retention_backup_manager == person)


def count_sections(person: str, away: list[str]) -> dict[str, int]:
	"""Return how many calls each section has, in one query over the work of the person and of those covered."""
	counted = [Sum(Case().when(condition(name, person, away), 1).else_(0)).as_(name) for name in SECTIONS]
	found = joined().select(*counted).where(is_near(person, away)).run(as_dict=True)[0]
	return {name: int(found[name] or 0) for name in SECTIONS}


def is_near(person: str, away: list[str]) -> Criterion:
	"""Return the condition that finds the rows of all sections by the index of responsible, status and date."""
	return (
		callback.responsible.isin([person, *away])
		& (callback.status == PLANNED)
		& (callback.due_date <= week_end())
	)


def read_section(section: str, person: str, away: list[str], start: int = 0) -> list[Any]:
	"""Return rows of a section in order of date, of time, then of the customer's weight."""
	rows = (
		joined()
		.select(*(callback[field] for field in desk_rows.FIELDS))
		.where(is_near(person, away) & condition(section, person, away))
		.orderby(callback.due_date)
		.orderby(callback.due_time)
		.orderby(callback.name)
		.limit(PAGE)
		.offset(start)
	)
	return rows.run(as_dict=True)


def joined() -> Any:
	"""Return the query over callbacks with their customers."""
	return frappe.qb.from_(callback).join(customer).on(customer.name == callback.customer)


def next_due(person: str) -> date | None:
	"""Return the date of the person's next call after this week."""
	later = {"responsible": person, "status": PLANNED, "due_date": (">", week_end())}
	found = frappe.get_list(CALLBACK, later, pluck="due_date", order_by="due_date", limit=1)
	return found[0] if found else None


def promises_due(person: str) -> list[dict[str, Any]]:
	"""Return the open promises that a person gave, or that were given to the person's customers, due by Sunday."""
	promise = frappe.qb.DocType(PROMISE)
	is_due = (promise.status == PromiseStatus.OPEN.value) & (promise.due_date <= week_end())
	is_theirs = (promise.promised_by == person) | (customer.account_manager == person)
	query = (
		joined()
		.join(promise)
		.on(promise.parent == callback.name)
		.select(promise.name, promise.promise, promise.promised_by, promise.due_date, promise.parent)
		.select(callback.customer, customer.customer_name)
		.where(is_due & is_theirs & answers_for(person))
		.orderby(promise.due_date)
		.limit(PAGE)
	)
	return [{**row, "is_overdue": row.due_date < today()} for row in query.run(as_dict=True)]

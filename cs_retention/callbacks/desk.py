"""The Callback Desk: whom a person is to call today and why, in sections of bounded length.

The number of queries is the same at any size of the book, and none reads more than the person's own work.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import frappe
from frappe import _
from frappe.desk.reportview import build_match_conditions
from frappe.query_builder import Case, Criterion
from frappe.query_builder.functions import Sum

from cs_retention.callbacks import desk_rows
from cs_retention.callbacks.cover import absent_people
from cs_retention.callbacks.working_days import today
from cs_retention.cs_retention.inputs import read_date, read_name, refuse_value
from cs_retention.cs_retention.permissions import sees_all
from cs_retention.engine.vocabulary import CallbackStatus, PromiseStatus, RunStatus
from cs_retention.facts.sql import table
from cs_retention.nightly.ledger import RUN

CALLBACK, PROMISE = "Customer Callback", "Customer Callback Promise"
PLANNED = CallbackStatus.PLANNED.value
PAGE = 25
"""Rows of a section that are sent at a time."""
FEW = 100
"""Promises that are sent and counted at most."""
CALLING_ROLES = ("Customer Account Manager", "Retention Manager")
SECTIONS = ("overdue", "today", "week", "covering")

callback, customer = table(CALLBACK), table("Customer")


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
def get_more(
	section: str, after_date: date | str, after_name: str, person: str | None = None
) -> list[dict[str, Any]]:
	"""Return the rows of a section that follow a row, whatever became of that row and those before it."""
	frappe.has_permission(CALLBACK, "read", throw=True)
	if section not in SECTIONS:
		frappe.throw(
			_("{0} is no section of the desk.").format(frappe.bold(frappe.utils.escape_html(section)))
		)
	rows = read_section(section, whose(person), away_today(), (read_date(after_date, _("Date")), after_name))
	shown = desk_rows.complete(rows, [])
	return [shown[row.name] for row in rows]


@frappe.whitelist(methods=["GET"])
def get_row(name: str, person: str | None = None) -> dict[str, Any] | None:
	"""Return a callback as a person's desk shows it, with its section; None when the desk has it no more."""
	frappe.get_doc(CALLBACK, name).check_permission("read")
	person, away = whose(person), away_today()
	found = [Case().when(condition(each, person, away), 1).else_(0).as_(each) for each in SECTIONS]
	query = joined().select(*(callback[field] for field in desk_rows.FIELDS)).select(*found)
	(row,) = query.where(callback.name == name).run(as_dict=True)
	section = next((section for section in SECTIONS if row[section]), None)
	return {**desk_rows.complete([row], [])[name], "section": section} if section else None


def whose(person: str | None) -> str:
	"""Return whose desk is asked for; that of others is for those who see every customer."""
	if not person or person == frappe.session.user:
		return frappe.session.user
	if not sees_all(None):
		frappe.throw(
			_("The desk of {0} is not yours to see.").format(frappe.utils.escape_html(person)),
			frappe.PermissionError,
		)
	# Frappe writes a value within SUM(CASE ...) into the statement itself: it must be a name that Frappe gave.
	if not frappe.db.exists("User", read_name(person, _("Person"))):
		refuse_value(_("Person"), person, _("name a user that there is"))
	return person


def people() -> list[dict[str, str]]:
	"""Return whose desk may be chosen by those who see every customer: of account managers and their managers.

	Asked of the roles, for what stands in the plan grows with the book. The team leads to the desk of anybody else.
	"""
	user, role = frappe.qb.DocType("User"), frappe.qb.DocType("Has Role")
	holders = frappe.qb.from_(role).select(role.parent).where(role.role.isin(CALLING_ROLES))
	query = frappe.qb.from_(user).select(user.name.as_("value"), user.full_name.as_("label"))
	query = query.where((user.enabled == 1) & user.name.isin(holders.where(role.parenttype == "User")))
	return query.orderby(user.full_name).run(as_dict=True)


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

	Those the night gave to the backup, and those due of people who are away today, which the night did not know: account
	manager and backup stand in for each other.
	"""
	given = (callback.responsible == person) & (callback.account_manager != person)
	if not away or person in away:
		return given & (callback.due_date <= week_end())
	stands_in = (customer.retention_backup_manager == person) | (
		(customer.account_manager == person) & (customer.retention_backup_manager == callback.responsible)
	)
	live = callback.responsible.isin(away) & stands_in
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


def read_section(
	section: str, person: str, away: list[str], after: tuple[date, str] | None = None
) -> list[Any]:
	"""Return rows of a section in order of date, those after a row or the first."""
	rows = (
		joined()
		.select(*(callback[field] for field in desk_rows.FIELDS))
		.where(is_near(person, away) & condition(section, person, away))
		.orderby(callback.due_date)
		.orderby(callback.name)
		.limit(PAGE)
	)
	if after:
		day, name = after
		rows = rows.where((callback.due_date > day) | ((callback.due_date == day) & (callback.name > name)))
	return rows.run(as_dict=True)


def joined() -> Any:
	"""Return the query over callbacks with their customers, narrowed to what User Permissions leave the reader."""
	query = frappe.qb.from_(callback).join(customer).on(customer.name == callback.customer)
	return query.where(Criterion.all(user_permissions()))


def user_permissions() -> list[Criterion]:
	"""Return the conditions of the reader's User Permissions on callbacks; who answers for a customer is asked elsewhere."""
	meta = frappe.get_meta(CALLBACK)
	allowed = build_match_conditions(CALLBACK, as_condition=False)
	return [
		callback[field.fieldname].isin(names) | callback[field.fieldname].isnull()
		for permitted in allowed
		for doctype, names in permitted.items()
		for field in meta.get_link_fields()
		if field.options == doctype and not field.ignore_user_permissions
	]


def next_due(person: str) -> date | None:
	"""Return the date of the person's next call after this week."""
	later = {"responsible": person, "status": PLANNED, "due_date": (">", week_end())}
	found = frappe.get_list(CALLBACK, later, pluck="due_date", order_by="due_date", limit=1)
	return found[0] if found else None


def promises_due(person: str) -> list[dict[str, Any]]:
	"""Return the open promises that a person gave, or that were given to the person's customers, due by Sunday.

	A promise to a customer of others is followed by its ToDo.
	"""
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
		.orderby(promise.name)
		.limit(FEW)
	)
	return [{**row, "is_overdue": row.due_date < today()} for row in query.run(as_dict=True)]

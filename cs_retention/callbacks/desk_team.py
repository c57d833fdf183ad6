"""The manager's side of the desk: load against capacity, what finds no day with proposals, customers of nobody."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import cint, escape_html

from cs_retention.callbacks.desk import CALLBACK, PLANNED, callback
from cs_retention.callbacks.replanning import lock_states, replan
from cs_retention.callbacks.working_days import team_of, today
from cs_retention.cs_retention.people import full_names
from cs_retention.cs_retention.permissions import may_see
from cs_retention.cs_retention.reader import language
from cs_retention.cs_retention.settings import SETTINGS
from cs_retention.cs_retention.states import STATE, open_store
from cs_retention.engine.desk import STAR_RANK
from cs_retention.engine.plan import PersonInputs, cover_days
from cs_retention.engine.vocabulary import Channel
from cs_retention.facts.calendars import Calendars, read_calendars
from cs_retention.nightly.reason_json import load_reasons
from cs_retention.render import formats
from cs_retention.render.wording import sentence

MANAGERS = {"Retention Manager", "System Manager"}
DAYS = 14
MOST = 25
"""Customers without room, and without anybody, that are listed."""
PROPOSALS = 3


@dataclass(frozen=True, slots=True)
class Loads:
	"""Planned calls per person and day of the coming two weeks, with everybody's working days."""

	first: date
	planned: Mapping[str, Mapping[date, int]]
	overdue: Mapping[str, int]
	calendars: Calendars
	capacity: int
	reserve: int
	days: list[date] = field(default_factory=list)


@frappe.whitelist(methods=["GET"])
def get_team() -> dict[str, Any]:
	"""Return load by person and day, overflow with proposals, and the customers whom nobody answers for."""
	validate_manager()
	loads = read_loads()
	people = sorted({*loads.planned, *loads.overdue})
	called = full_names({*people})
	return {
		"days": [
			{
				"date": day,
				"label": formats.short_day(day, language()),
				"is_off": not loads.calendars.of_company().is_working(day),
			}
			for day in loads.days
		],
		"capacity": loads.capacity,
		"people": [person_row(person, called, loads) for person in people],
		"overflow": overflow(loads),
		"unmanaged": unmanaged(),
	}


@frappe.whitelist(methods=["POST"])
def give_to(customer: str, person: str, day: date | str) -> dict[str, Any]:
	"""Plan a call that found no room with account manager or backup, on a day that was proposed; the callback says why."""
	validate_manager()
	frappe.has_permission("Customer", "read", customer, throw=True)
	validate_team(customer, person)
	made = frappe.get_doc(
		{
			"doctype": CALLBACK,
			"customer": customer,
			"responsible": person,
			"due_date": day,
			"channel": Channel.PHONE.value,
		}
	).insert()
	made.add_comment("Info", _("planned by hand, as the plan found no day for what is owed"))
	return {"name": made.name, "responsible": made.responsible, "due_date": made.due_date}


@frappe.whitelist(methods=["POST"])
def assign_manager(customer: str, person: str) -> str:
	"""Make a person the account manager of a customer who has none; the rules of Customer decide who may."""
	doc = frappe.get_doc("Customer", customer)
	doc.check_permission("write")
	lock_states([doc.name])
	if doc.account_manager or doc.retention_backup_manager:
		frappe.throw(
			_("{0} has somebody by now. Hand the customer over instead.").format(
				frappe.bold(escape_html(doc.customer_name))
			)
		)
	doc.account_manager = person
	doc.save()
	replan([doc.name])
	return doc.account_manager


def validate_team(customer: str, person: str) -> None:
	"""Refuse a person who does not answer for the customer and would not see the call."""
	if person not in team_of(customer):
		frappe.throw(
			_("{0} is neither account manager nor backup of {1}. Hand the customer over first.").format(
				frappe.bold(escape_html(person)), frappe.bold(escape_html(customer))
			),
			title=_("Not Possible"),
		)


def validate_manager() -> None:
	"""Refuse everybody but those who manage the team."""
	if not MANAGERS & set(frappe.get_roles()):
		frappe.throw(_("The team is for retention managers."), frappe.PermissionError)


def read_loads() -> Loads:
	"""Return what stands per person and day, in one query over the calls of two weeks and those overdue."""
	settings, first = frappe.get_cached_doc(SETTINGS), today()
	days = [first + timedelta(days=number) for number in range(DAYS)]
	query = (
		frappe.qb.from_(callback)
		.select(callback.responsible, callback.due_date, Count("*"))
		.where((callback.status == PLANNED) & (callback.due_date <= days[-1]))
		.where((callback.responsible > "") & (callback.channel != Channel.MESSAGE.value))
		.groupby(callback.responsible, callback.due_date)
	)
	planned: defaultdict[str, dict[date, int]] = defaultdict(dict)
	overdue: defaultdict[str, int] = defaultdict(int)
	for person, day, count in query.run():
		if day < first:
			overdue[person] += count
		else:
			planned[person][day] = count
	calendars = read_calendars(open_store(), first, days[-1] + timedelta(days=31))
	return Loads(first, planned, overdue, calendars, cint(settings.capacity), cint(settings.reserve), days)


def person_row(person: str, called: Mapping[str, str], loads: Loads) -> dict[str, Any]:
	"""Return one person's load by day; on a day without work there is none."""
	calendar, planned = loads.calendars.of_person(person), loads.planned.get(person, {})
	return {
		"person": person,
		"name": called.get(person, person),
		"overdue": loads.overdue.get(person, 0),
		"loads": [
			{"calls": planned.get(day, 0), "is_off": not calendar.is_working(day)} for day in loads.days
		],
	}


def overflow(loads: Loads) -> dict[str, Any]:
	"""Return how many customers that the manager may see have a contact that found no day, and what to do about the first."""
	state, customer = frappe.qb.DocType(STATE), frappe.qb.DocType("Customer")
	unmet = frappe.qb.from_(state).join(customer).on(customer.name == state.customer)
	unmet = unmet.where(state.plan_shortfall.isnotnull() & (state.plan_shortfall != ""))
	unmet = unmet.where(may_see("Customer"))
	((count,),) = unmet.select(Count("*")).run()
	rows = (
		unmet.select(state.customer, state.star_level, state.is_key_account, state.plan_shortfall)
		.select(customer.customer_name, customer.account_manager, customer.retention_backup_manager)
		.orderby(state.is_key_account, order=frappe.qb.desc)
		.orderby(state.score, order=frappe.qb.desc)
		.orderby(state.name)
		.limit(MOST)
		.run(as_dict=True)
	)
	called = full_names(
		{row[field] for row in rows for field in ("account_manager", "retention_backup_manager")}
	)
	return {"count": count, "rows": [overflow_row(row, called, loads) for row in rows]}


def overflow_row(row: Mapping[str, Any], called: Mapping[str, str], loads: Loads) -> dict[str, Any]:
	"""Return one customer without room: why, and on which days whom to ask."""
	lang, unmet = language(), json.loads(row["plan_shortfall"])
	until = max(date.fromisoformat(each["to"]) for each in unmet)
	return {
		"customer": row["customer"],
		"customer_name": row["customer_name"],
		"stars": formats.stars(row["star_level"], lang) if row["star_level"] else "",
		"is_key_account": bool(row["is_key_account"]),
		"why": [sentence(reason, lang) for each in unmet for reason in load_reasons(each["reason"])],
		"proposals": list(proposals(row, until, called, loads)),
	}


def proposals(
	row: Mapping[str, Any], until: date, called: Mapping[str, str], loads: Loads
) -> Iterator[dict[str, Any]]:
	"""Yield days on which backup, or account manager, has room for one more call before the period is over."""
	last = min(until, loads.days[-1])
	for person in filter(None, (row["retention_backup_manager"], row["account_manager"])):
		inputs = PersonInputs(person, loads.calendars.of_person(person), loads.capacity, loads.reserve)
		free = cover_days(loads.first, last, inputs, loads.planned.get(person, {}))
		for day in free[:PROPOSALS]:
			yield {
				"person": person,
				"name": called.get(person, person),
				"date": day,
				"label": formats.short_day(day, language()),
			}


def unmanaged() -> dict[str, Any]:
	"""Return how many customers nobody answers for, and the first of them, whom the manager may see as customers."""
	nobody = {
		"account_manager": ("is", "not set"),
		"retention_backup_manager": ("is", "not set"),
		"disabled": 0,
		"is_internal_customer": 0,
	}
	rows: list[Any] = []
	for level in of_levels():
		if len(rows) <= MOST:
			rows += frappe.get_list(
				"Customer",
				{**nobody, "retention_star_level": level},
				["name", "customer_name", "territory", "retention_star_level"],
				order_by="name",
				limit=MOST + 1 - len(rows),
			)
	if len(rows) <= MOST:
		return {"count": len(rows), "rows": rows}
	((count,),) = frappe.get_list("Customer", nobody, ["count(name)"], order_by=None, as_list=True)
	return {"count": count, "rows": rows[:MOST]}


def of_levels() -> Iterator[tuple[str, Any]]:
	"""Yield the conditions on the star level from the highest on; the last one is for whoever has none of them."""
	levels = [level.value for level in sorted(STAR_RANK, key=STAR_RANK.__getitem__)]
	yield from (("=", level) for level in levels)
	yield "not in", levels

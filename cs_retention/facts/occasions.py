"""What makes dated obligations: resolved complaints, deliveries and maintenance, birthdays; one query per source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from pypika import MySQLQuery
from pypika.queries import QueryBuilder
from pypika.terms import Field

from cs_retention.engine.obligation_sources import Occasion
from cs_retention.engine.vocabulary import ObligationSource
from cs_retention.facts.cases import Found
from cs_retention.facts.issues import CLOSED, issue
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import contact, contacts_of_customers, link, parameter, table
from cs_retention.facts.values import as_date

delivery = table("Delivery Note")
maintenance_visit = table("Maintenance Visit")
schedule = table("Maintenance Schedule")
planned_visit = table("Maintenance Schedule Detail")
todo = table("ToDo")

BORN = "retention_date_of_birth"
DONE = "Fully Completed"


def read_resolved_complaints(
	source: Source, selection: Selection, since: date, until: date, issue_types: Sequence[str]
) -> Found:
	"""Return the complaints resolved within the days, with who handled them, by folded customer.

	Who handled one is whoever it was assigned to, else who changed it last. Where no day of resolution is on record the
	last change stands for it.
	"""
	complaints = set(map(fold, issue_types))
	values = {"since": since, "after": until + timedelta(days=1)}
	known: dict[str, tuple[str, date, date | None]] = {}
	assigned: defaultdict[str, set[str]] = defaultdict(set)
	changed: dict[str, set[str]] = {}
	for customer, name, kind, opened, resolved, last_change, changed_by, handler in selection.rows(
		source, complaints_query(), values
	):
		if fold(kind or "") not in complaints:
			continue
		day = as_date(opened) or as_date(resolved) or as_date(last_change)
		if day is None:
			continue
		known[name] = fold(customer), day, as_date(resolved)
		changed[name] = {changed_by} if changed_by else set()
		if handler:
			assigned[name].add(handler)
	return _by_customer(
		(
			customer,
			Occasion(
				ObligationSource.COMPLAINT_VERIFICATION,
				name,
				opened,
				resolved,
				frozenset(assigned.get(name) or changed[name]),
			),
		)
		for name, (customer, opened, resolved) in known.items()
	)


def read_deliveries(source: Source, selection: Selection, since: date, until: date) -> Found:
	"""Return the submitted delivery notes of the days, returns left out, by folded customer."""
	return _read(source, selection, ObligationSource.AFTER_DELIVERY, deliveries_query(), since, until)


def read_maintenance_visits(source: Source, selection: Selection, since: date, until: date) -> Found:
	"""Return the submitted maintenance visits of the days, by folded customer."""
	kind = ObligationSource.AFTER_MAINTENANCE_VISIT
	return _read(source, selection, kind, maintenance_visits_query(), since, until)


def read_maintenance_ahead(source: Source, selection: Selection, since: date, until: date) -> Found:
	"""Return the maintenance that submitted schedules plan for the days and that is not completed, by folded customer."""
	return _read(source, selection, ObligationSource.MAINTENANCE_REMINDER, planned_query(), since, until)


def read_birthdays(source: Source, selection: Selection) -> Found:
	"""Return when the contacts of the selected customers were born, by folded customer.

	A contact is named by the row that links it to the customer: an obligation's key must not tell a person's name.
	"""
	rows = selection.rows(source, birthdays_query())
	return _occasions(ObligationSource.BIRTHDAY, rows)


@cache
def complaints_query() -> str:
	"""Return the query of resolved issues, one row per person an issue was assigned to (None: to nobody)."""
	resolved = issue.sla_resolution_date
	within = (resolved >= parameter("since")) & (resolved < parameter("after"))
	changed = (issue.modified >= parameter("since")) & (issue.modified < parameter("after"))
	return str(
		MySQLQuery.from_(issue)
		.left_join(todo)
		.on(
			(todo.reference_type == "Issue")
			& (todo.reference_name == issue.name)
			& (todo.status != "Cancelled")
		)
		.select(
			issue.customer,
			issue.name,
			issue.issue_type,
			issue.opening_date,
			resolved,
			issue.modified,
			issue.modified_by,
			todo.allocated_to,
		)
		.where(
			selected(issue.customer) & issue.status.isin(CLOSED) & (within | (resolved.isnull() & changed))
		)
	)


@cache
def deliveries_query() -> str:
	"""Return the query of customer, name and day of the deliveries."""
	is_delivery = (delivery.docstatus == 1) & (delivery.is_return == 0)
	return str(_dated(delivery.customer, delivery.name, delivery.posting_date).where(is_delivery))


@cache
def maintenance_visits_query() -> str:
	"""Return the query of customer, name and day of the maintenance visits."""
	visit = maintenance_visit
	return str(_dated(visit.customer, visit.name, visit.mntc_date).where(visit.docstatus == 1))


@cache
def planned_query() -> str:
	"""Return the query of customer, name and day of planned maintenance."""
	is_open = planned_visit.completion_status.isnull() | (planned_visit.completion_status != DONE)
	return str(
		MySQLQuery.from_(schedule)
		.join(planned_visit)
		.on((planned_visit.parent == schedule.name) & (planned_visit.parenttype == "Maintenance Schedule"))
		.select(schedule.customer, planned_visit.name, planned_visit.scheduled_date)
		.where(selected(schedule.customer) & (schedule.docstatus == 1) & is_open)
		.where(planned_visit.scheduled_date[parameter("since") : parameter("until")])
	)


@cache
def birthdays_query() -> str:
	"""Return the query of customer, linking row and day of birth of the contacts."""
	return str(
		contacts_of_customers()
		.select(link.link_name, link.name, contact[BORN])
		.where(selected(link.link_name) & contact[BORN].isnotnull())
	)


def _dated(customer: Field, name: Field, day: Field) -> QueryBuilder:
	within = day[parameter("since") : parameter("until")]
	return MySQLQuery.from_(day.table).select(customer, name, day).where(selected(customer) & within)


def _read(
	source: Source, selection: Selection, kind: ObligationSource, query: str, since: date, until: date
) -> Found:
	return _occasions(kind, selection.rows(source, query, {"since": since, "until": until}))


def _occasions(kind: ObligationSource, rows: Iterable[Sequence[Any]]) -> Found:
	dated = ((fold(customer), name, as_date(day)) for customer, name, day in rows)
	return _by_customer((customer, Occasion(kind, name, day)) for customer, name, day in dated if day)


def _by_customer(pairs: Iterable[tuple[str, Occasion]]) -> Found:
	found: Found = defaultdict(list)
	for customer, occasion in pairs:
		found[customer].append(occasion)
	return found

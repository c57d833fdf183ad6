from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, formatdate

from cs_retention.callbacks.customer import CALLBACK
from cs_retention.callbacks.report_rows import column, inert, percent, seen
from cs_retention.callbacks.working_days import today
from cs_retention.cs_retention.inputs import report_filters
from cs_retention.cs_retention.people import full_names
from cs_retention.cs_retention.settings import SETTINGS
from cs_retention.cs_retention.states import STATE, open_store
from cs_retention.engine.book_load import WEEKS, BookLoad, Relief, reliefs
from cs_retention.engine.vocabulary import LADDER, Band
from cs_retention.facts.book_of_business import (
	BookCustomer,
	read_book_customers,
	read_book_groups,
	read_book_revenue,
	read_planned_calls,
	read_planned_loads,
)
from cs_retention.facts.calendars import Calendars, read_calendars
from cs_retention.facts.invoices import read_revenue_by_company
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection
from cs_retention.retention_reports.report.targets_and_results.targets_and_results import get_company
from cs_retention.store.site import SiteStore

Row = dict[str, Any]
NOBODY = "-"
"""Stands in the filter for customers whom nobody answers for."""
BANDS = tuple(band.value for band in Band)
CAPACITY = "Capacity"
CALLS: Mapping[str, Callable[[date, date], bool]] = {
	"Planned": lambda day, first: day >= first,
	"Overdue": lambda day, first: day < first,
}
CUSTOMERS: Mapping[str, Callable[[BookCustomer], bool]] = {
	"Customers": lambda _one: True,
	"Revenue": lambda _one: True,
	"Owed": lambda one: one.owed > 0,
	"Made": lambda one: one.made > 0,
	"Value at Risk": lambda one: one.value_at_risk > 0,
	"No Day": lambda one: one.without_day > 0,
	**{level: lambda one, level=level: one.level == level for level in LADDER},
	**{band: lambda one, band=band: one.band == band for band in BANDS},
}


@dataclass
class Book:
	"""What is counted of one person's book."""

	levels: Counter = field(default_factory=Counter)
	bands: Counter = field(default_factory=Counter)
	figures: Counter = field(default_factory=Counter)
	calls: Counter = field(default_factory=Counter)
	revenue: float = 0.0


def execute(filters: dict[str, Any] | None = None) -> tuple[Any, ...]:
	"""Return every person's book beside the others', or the customers, calls or weeks that a figure counted."""
	filters = report_filters(filters)
	company = get_company(filters)
	if filters.figure in CUSTOMERS:
		return customer_columns(), list(customer_rows(filters, company))
	if filters.figure in CALLS:
		return call_columns(), list(call_rows(filters))
	if filters.figure == CAPACITY:
		return week_columns(), week_rows(filters.row or "")
	rows = read_rows(company)
	return columns(), rows, None, chart(rows), summary(rows)


def read_rows(company: str) -> list[Row]:
	"""Return a row per person whose customers or calls the reader sees, the largest book first."""
	books, calendars = read_books(company), read_working_days()
	capacities = {
		person: sum(weekly_capacity(person, calendars).values()) if person else 0 for person in books
	}
	loads = [
		BookLoad(
			person,
			book.calls["Planned"] + book.calls["Overdue"],
			capacities[person],
			book.figures["without_day"],
		)
		for person, book in books.items()
		if person
	]
	relief = reliefs(loads)
	currency = frappe.get_cached_value("Company", company, "default_currency")
	called = full_names({person for person in books if person})
	rows = [
		as_row(person, book, capacities[person], proposal(person, book, relief.get(person), called))
		| {"label": inert(called.get(person, person)) or _("Nobody"), "currency": currency}
		for person, book in books.items()
	]
	return sorted(rows, key=lambda row: (row["key"] == NOBODY, -row["customers"], row["label"]))


def read_books(company: str) -> dict[str, Book]:
	"""Return what is counted by person, an empty one for nobody: four queries, however many people there are."""
	store, customers = open_store(), seen(STATE, "customer")
	books: defaultdict[str, Book] = defaultdict(Book)
	for group in read_book_groups(store, customers):
		book = books[group.person]
		book.levels[group.level] += group.customers
		book.bands[group.band] += group.customers
		for name in ("customers", "value_at_risk", "owed", "made", "without_day"):
			book.figures[name] += getattr(group, name)
	for person, revenue in read_book_revenue(store, customers, company, today()).items():
		books[person].revenue = revenue
	for person, day, calls in read_planned_loads(store, seen(CALLBACK, "name"), horizon()):
		books[person].calls["Planned" if day >= today() else "Overdue"] += calls
	return dict(books)


def horizon() -> date:
	"""Return the last of the coming eight weeks' days."""
	return today() + timedelta(weeks=WEEKS) - timedelta(days=1)


def read_working_days() -> Calendars:
	"""Return on which of the coming days everybody works."""
	return read_calendars(open_store(), today(), horizon())


def weekly_capacity(person: str, calendars: Calendars) -> dict[date, int]:
	"""Return how many calls a person can make in each of the coming weeks, by its first day."""
	capacity, calendar = cint(frappe.get_cached_doc(SETTINGS).capacity), calendars.of_person(person)
	starts = [today() + timedelta(weeks=week) for week in range(WEEKS)]
	return {
		start: capacity * sum(calendar.is_working(start + timedelta(days=day)) for day in range(7))
		for start in starts
	}


def as_row(person: str, book: Book, capacity: int, proposed: str) -> Row:
	"""Return one person's book; `key` names it in links."""
	planned, overdue = book.calls["Planned"], book.calls["Overdue"]
	return {
		"key": person or NOBODY,
		"customers": book.figures["customers"],
		**{frappe.scrub(level): book.levels[level] for level in LADDER},
		**{frappe.scrub(band): book.bands[band] for band in BANDS},
		"revenue": book.revenue,
		"value_at_risk": book.figures["value_at_risk"],
		"owed": book.figures["owed"],
		"made": book.figures["made"],
		"planned": planned,
		"overdue": overdue,
		"capacity": capacity,
		"used": round(100 * (planned + overdue) / capacity, 1) if capacity else None,
		"no_day": book.figures["without_day"],
		"proposal": inert(proposed),
	}


def proposal(person: str, book: Book, relief: Sequence[Relief] | None, called: Mapping[str, str]) -> str:
	"""Return what could be done about a book with more calls than room; `relief` is None where there is room."""
	if not person:
		return _("Name account managers") if book.figures["customers"] else ""
	if relief is None:
		return ""
	told = [_("{0} calls to {1}").format(each.calls, called.get(each.to, each.to)) for each in relief]
	return ", ".join(told) or _("Nobody has room")


def columns() -> list[Row]:
	"""Return the columns: who, customers by level and health, value, contacts, load and proposals."""
	money = {"options": "currency"}
	return [
		column("label", _("Account Manager"), "Data", 150),
		column("customers", _("Customers", context="Book of Business"), width=100),
		*(column(frappe.scrub(name), _(name, context=STATE), width=112) for name in LADDER),
		*(column(frappe.scrub(name), _(name, context=STATE), width=90) for name in BANDS),
		column("revenue", _("Revenue, 12 Months"), "Currency", 140, **money),
		column("value_at_risk", _("Value at Risk"), "Currency", 130, **money),
		column("owed", _("Contacts Owed"), width=120),
		column("made", _("Contacts Made"), width=120),
		column("overdue", _("Calls Overdue"), width=120),
		column("planned", _("Planned, 8 Weeks"), width=130),
		column("capacity", _("Capacity, 8 Weeks"), width=130),
		percent("used", _("Used", context="Book of Business")),
		column("no_day", _("Found No Day"), width=120),
		column("proposal", _("Proposal"), "Data", 260),
		column("currency", _("Currency"), "Link", options="Currency", hidden=1),
	]


def chart(rows: Sequence[Row]) -> Row | None:
	"""Return planned calls beside capacity, person by person."""
	people = [row for row in rows if row["key"] != NOBODY]
	if not people:
		return None
	datasets = [
		{"name": _("Planned, 8 Weeks"), "values": [row["planned"] + row["overdue"] for row in people]},
		{"name": _("Capacity, 8 Weeks"), "values": [row["capacity"] for row in people]},
	]
	return {"data": {"labels": [row["label"] for row in people], "datasets": datasets}, "type": "bar"}


def summary(rows: Sequence[Row]) -> list[Row]:
	"""Return the figures of all rows."""
	told = (
		("customers", _("Customers", context="Book of Business"), "Blue"),
		("overdue", _("Calls Overdue"), "Red"),
		("planned", _("Planned, 8 Weeks"), "Blue"),
		("no_day", _("Found No Day"), "Orange"),
	)
	return [
		{"label": label, "value": sum(row[name] for row in rows), "indicator": colour, "datatype": "Int"}
		for name, label, colour in told
	]


def customer_rows(filters: frappe._dict, company: str) -> Iterator[Row]:
	"""Yield the customers that a figure counted, each with its revenue of twelve months in the company."""
	counts, store = CUSTOMERS[filters.figure], open_store()
	person = "" if filters.row == NOBODY else filters.row or ""
	found = [one for one in read_book_customers(store, seen(STATE, "customer"), person) if counts(one)]
	revenues = read_revenues(store, [one.customer for one in found], company)
	currency = frappe.get_cached_value("Company", company, "default_currency")
	for one in found:
		yield {
			**one._asdict(),
			"customer_name": inert(one.customer_name),
			"level": _(one.level, context=STATE),
			"band": _(one.band, context=STATE) if one.band else "",
			"revenue": revenues.get(fold(one.customer), 0.0),
			"currency": currency,
		}


def read_revenues(store: SiteStore, customers: Sequence[str], company: str) -> dict[str, float]:
	"""Return the revenue of customers in a company, by folded customer."""
	if not customers:
		return {}
	found = read_revenue_by_company(store, Selection.of(customers), today())
	return {customer: dict(companies).get(company, 0.0) for customer, companies in found.items()}


def customer_columns() -> list[Row]:
	"""Return the columns of a list of customers."""
	return [
		column("customer", _("Customer"), "Link", 190, options="Customer"),
		column("customer_name", _("Customer Name"), "Data", 190),
		column("level", _("Star Level"), "Data"),
		column("band", _("Health Band"), "Data"),
		column("health", _("Health")),
		column("revenue", _("Revenue, 12 Months"), "Currency", 140, options="currency"),
		column("value_at_risk", _("Value at Risk"), "Currency", 130, options="currency"),
		column("owed", _("Contacts Owed"), width=120),
		column("made", _("Contacts Made"), width=120),
		column("next_callback", _("Next Callback"), "Date"),
		column("last_contact", _("Last Contact"), "Date"),
		column("currency", _("Currency"), "Link", options="Currency", hidden=1),
	]


def call_rows(filters: frappe._dict) -> Iterator[Row]:
	"""Yield the planned calls that a figure counted."""
	counts, store = CALLS[filters.figure], open_store()
	person = "" if filters.row == NOBODY else filters.row or ""
	for call in read_planned_calls(store, seen(CALLBACK, "name"), person, horizon()):
		if counts(call.due_date, today()):
			yield {
				"callback": call.name,
				"customer": call.customer,
				"customer_name": inert(call.customer_name),
				"due_date": call.due_date,
			}


def call_columns() -> list[Row]:
	"""Return the columns of a list of calls."""
	return [
		column("callback", _("Customer Callback"), "Link", 130, options=CALLBACK),
		column("customer", _("Customer"), "Link", 190, options="Customer"),
		column("customer_name", _("Customer Name"), "Data", 190),
		column("due_date", _("Due Date", context="Customer Callback"), "Date"),
	]


def week_rows(person: str) -> list[Row]:
	"""Return the coming weeks of a person: what is possible, what is planned, what is free; what is overdue comes first."""
	capacities = weekly_capacity(person, read_working_days())
	planned: Counter = Counter()
	calls = read_planned_calls(
		open_store(), seen(CALLBACK, "name"), "" if person == NOBODY else person, horizon()
	)
	for call in calls:
		planned[max((call.due_date - today()).days // 7, 0)] += 1
	return [
		{
			"week": f"{formatdate(start)} – {formatdate(start + timedelta(days=6))}",
			"capacity": capacity,
			"planned": planned[number],
			"free": capacity - planned[number],
		}
		for number, (start, capacity) in enumerate(capacities.items())
	]


def week_columns() -> list[Row]:
	"""Return the columns of the coming weeks."""
	return [
		column("week", _("Week"), "Data", 220),
		column("capacity", _("Capacity", context="Book of Business")),
		column("planned", _("Planned", context="Book of Business")),
		column("free", _("Free", context="Book of Business")),
	]

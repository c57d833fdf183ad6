"""A seeded book with everything that can go wrong in one: drafts, returns, opening invoices, names in other spellings."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

from support_book import AS_OF

from cs_retention.store.base import Store

Rows = list[tuple[object, ...]]
Book = dict[str, tuple[tuple[str, ...], Rows]]

NAMES = ("Acme {}", "Café {}", "Straße {}", "客户 {}", "łódź {}", "O'Neil {}", "100% {}", "İstanbul {}")
OTHER_SPELLINGS: tuple[Callable[[str], str], ...] = (
	str,
	str,
	str,
	str.upper,
	str.lower,
	lambda name: name + "  ",
)
OUTCOMES = ("Reached", "Visited", "Not Reached", "Refused")
CHANNELS = ("Phone", "Visit", "WeChat")
ISSUE_TYPES = ("Complaint", "COMPLAINT", "投诉", "Question", None)
PRIORITIES = ("Serious", "urgent", "Low", None, "严重")
SUBSCRIPTION_STATUS = ("Active", "Cancelled", "Completed", "Past Due Date", None)
PEOPLE = tuple(f"manager.{number}@branch.example" for number in range(6))


def random_book(seed: int, customers: int, spell: bool) -> Book:
	"""Return the rows of every table by DocType, with fieldnames; `spell` refers to customers in other spellings.

	The same seed gives the same book in either spelling: dates spread over three years around AS_OF.
	"""
	draw = random.Random(seed)
	names = [NAMES[number % len(NAMES)].format(number) for number in range(customers)]

	def refer(name: str) -> str:
		other = draw.choice(OTHER_SPELLINGS)(name)
		return other if spell else name

	buyers = names[: -customers // 16]
	references = [refer(name) for name in buyers for _ in range(draw.randrange(20))]
	return {
		"Company": (("name", "default_currency", "default_holiday_list"), COMPANIES),
		"Account": (("name", "company", "account_type", "account_currency"), ACCOUNTS),
		**_customers(draw, names),
		**_invoices(draw, references),
		**_agreements(draw, [refer(draw.choice(names)) for _ in range(customers)]),
		**_contacts(draw, [refer(draw.choice(names)) for _ in range(6 * customers)]),
		**_calendars(draw),
	}


def fill(store: Store, book: Book) -> None:
	"""Write a book into a store."""
	for doctype, (fieldnames, rows) in book.items():
		store.insert_rows(doctype, fieldnames, rows)
	store.commit()


COMPANIES: Rows = [("East", "CNY", "East 2026"), ("West", "CNY", None)]
ACCOUNTS: Rows = [("Debtors", "East", "Receivable", "CNY"), ("Debtors USD", "West", "Receivable", "USD")]


def _day(draw: random.Random, before: int = 1000, after: int = 60) -> date:
	return AS_OF + timedelta(days=draw.randint(-before, after))


def _cents(draw: random.Random) -> float:
	return draw.randint(1, 2_000_000) / 100


def _customers(draw: random.Random, names: list[str]) -> Book:
	flags = {
		"retention_key_account": 0.05,
		"retention_billed": 0.1,
		"disabled": 0.05,
		"is_internal_customer": 0.03,
	}
	rows: Rows = [
		(name, draw.choice((*PEOPLE, None)), *(int(draw.random() < share) for share in flags.values()))
		for name in names
	]
	return {"Customer": (("name", "account_manager", *flags), rows)}


def _invoices(draw: random.Random, references: list[str]) -> Book:
	fieldnames = (
		"name",
		"customer",
		"company",
		"docstatus",
		"posting_date",
		"due_date",
		"is_return",
		"is_opening",
		"base_net_total",
		"outstanding_amount",
		"party_account_currency",
		"conversion_rate",
	)
	invoices, items = [], []
	for number, customer in enumerate(references):
		is_return = draw.random() < 0.06
		amount = -_cents(draw) / 20 if is_return else draw.choice((_cents(draw), _cents(draw), 0))
		posted = _day(draw)
		owed = draw.choice((0, 0, 0, amount))
		name = f"INV-{number:06d}"
		invoices.append(
			(
				name,
				customer,
				draw.choice(("East", "East", "West")),
				draw.choice((0, 1, 1, 1, 1, 1, 1, 1, 2)),
				posted,
				draw.choice((posted + timedelta(days=30), posted, None)),
				is_return,
				draw.choice(("No", "No", "No", "No", "Yes", None)),
				amount,
				owed,
				draw.choice(("CNY", "USD")),
				7.123456789,
			)
		)
		items += [
			(name, draw.choice(("Phones", "Plans", "Cables", "", None))) for _ in range(draw.randrange(3))
		]
	return {
		"Sales Invoice": (fieldnames, invoices),
		"Sales Invoice Item": (("parent", "item_group"), items),
	}


def _agreements(draw: random.Random, references: list[str]) -> Book:
	contracts: Rows = []
	subscriptions: Rows = []
	for customer in references:
		start = draw.choice((_day(draw), _day(draw), None))
		end = draw.choice((_day(draw, 400, 400), None))
		if draw.random() < 0.5:
			contracts.append((customer, "Customer", draw.choice((0, 1, 1, 2)), start, end))
		else:
			subscriptions.append((customer, "Customer", draw.choice(SUBSCRIPTION_STATUS), start, end))
	return {
		"Contract": (("party_name", "party_type", "docstatus", "start_date", "end_date"), contracts),
		"Subscription": (("party", "party_type", "status", "start_date", "end_date"), subscriptions),
	}


def _contacts(draw: random.Random, references: list[str]) -> Book:
	touches: Rows = []
	issues: Rows = []
	for customer in references:
		if draw.random() < 0.8:
			asked = draw.choice((0, 0, 1, 3, 5))
			touches.append((customer, _day(draw, 90, 5), draw.choice(OUTCOMES), draw.choice(CHANNELS), asked))
		else:
			kinds = (
				draw.choice(ISSUE_TYPES),
				draw.choice(PRIORITIES),
				draw.choice(("Open", "Closed", "Resolved")),
			)
			issues.append((customer, _day(draw, 400, 5), *kinds))
	return {
		"Customer Touch": (("customer", "touch_date", "outcome", "channel", "satisfaction"), touches),
		"Issue": (("customer", "opening_date", "issue_type", "priority", "status"), issues),
	}


def _calendars(draw: random.Random) -> Book:
	lists: Rows = [(f"East {year}", date(year, 1, 1), date(year, 12, 31)) for year in (2026, 2027)]
	days: Rows = []
	for year in (2026, 2027):
		whole_year = (date(year, 1, 1) + timedelta(days=day) for day in range(365))
		off = (day for day in whole_year if day.weekday() > 4 or draw.random() < 0.05)
		days += [(f"East {year}", day) for day in off if draw.random() < 0.97]
	employees: Rows = [
		(person, "East", draw.choice(("Active", "Left")), draw.choice(("East 2027", None)))
		for person in PEOPLE[1:]
	]
	absences: Rows = []
	for person in PEOPLE:
		away = _day(draw, 20, 60)
		absences.append((person, away, away + timedelta(days=draw.randrange(20))))
	return {
		"Holiday List": (("name", "from_date", "to_date"), lists),
		"Holiday": (("parent", "holiday_date"), days),
		"Employee": (("user_id", "company", "status", "holiday_list"), employees),
		"Owner Absence": (("person", "from_date", "to_date"), absences),
	}

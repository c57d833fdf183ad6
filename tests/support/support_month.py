"""A month of a branch, played on a site day by day: nights, calls made and missed, people away, a make-up Saturday."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from statistics import mean
from typing import Any

from support_book import all_tables

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
FESTIVAL = [FIRST + timedelta(days=day) for day in range(7)]
MAKE_UP = date(2026, 10, 10)
PLANNED_ABSENCE = (date(2026, 10, 14), date(2026, 10, 20))
"""Days of the second person, entered before the month begins."""
SICK = (date(2026, 10, 22), date(2026, 10, 23))
"""Days of the fourth person, entered on the first morning of them."""

CALLBACK, TOUCH, STATE = "Customer Callback", "Customer Touch", "Customer Retention State"
KEY_OF_100, WITHOUT_MANAGER_OF_100 = 3, 1
REACHED_OF_100, AGREED_OF_100 = 92, 6

SetClock = Callable[[datetime], None]


@dataclass
class Month:
	"""What happened: calls made per person and day, what was planned each morning, dates that moved with their reasons."""

	frappe: Any
	people: Sequence[str]
	calls: Counter[tuple[str, date]] = field(default_factory=Counter)
	planned: dict[tuple[str, date], int] = field(default_factory=dict)
	covered: Counter[str] = field(default_factory=Counter)
	tried_in_vain: int = 0
	moved: Counter[str] = field(default_factory=Counter)
	unexplained: list[tuple[Any, ...]] = field(default_factory=list)
	shown: dict[str, tuple[date, str]] = field(default_factory=dict)


def person_name(number: int) -> str:
	return f"person.{number:02d}@branch.example"


def make_branch(frappe: Any, customers: int, people: int) -> list[str]:
	"""Insert people, holidays, absences and a book of customers of every level; return the people."""
	staff = [make_person(frappe, person_name(number)) for number in range(people)]
	make_holidays(frappe)
	frappe.get_doc(
		{
			"doctype": "Owner Absence",
			"person": staff[1],
			**dict(zip(("from_date", "to_date"), PLANNED_ABSENCE, strict=True)),
		}
	).insert()
	fill_month(frappe, customers, staff)
	frappe.db.commit()
	return staff


def make_person(frappe: Any, user: str) -> str:
	roles = [{"role": role} for role in ("Customer Account Manager", "Sales User")]
	doc = {
		"doctype": "User",
		"email": user,
		"first_name": user.partition("@")[0],
		"send_welcome_email": 0,
		"roles": roles,
	}
	return frappe.get_doc(doc).insert().name


def make_holidays(frappe: Any) -> None:
	"""Give the company a list of the year's weekends and the festival, in which one Saturday is worked."""
	days = (date(2026, 1, 1) + timedelta(days=day) for day in range(730))
	off = [day for day in days if day in FESTIVAL or (day.weekday() > 4 and day != MAKE_UP)]
	doc = frappe.get_doc(
		{
			**{"doctype": "Holiday List", "holiday_list_name": "Branch", "from_date": date(2026, 1, 1)},
			"to_date": date(2027, 12, 31),
			"holidays": [{"holiday_date": day, "description": "off"} for day in off],
		}
	).insert()
	for company in frappe.get_all("Company", pluck="name"):
		frappe.db.set_value("Company", company, "default_holiday_list", doc.name)


def fill_month(frappe: Any, customers: int, staff: Sequence[str]) -> None:
	"""Write customers and their invoices in sets; each has an account manager and a backup, a few only the backup."""
	from cs_retention.store.base import Authorship
	from cs_retention.store.site import SiteStore

	store = SiteStore(frappe.db, Authorship(now=frappe.utils.now_datetime), all_tables())
	company = frappe.get_all("Company", pluck="name")[0]
	names = [f"Shop {number:05d}" for number in range(customers)]
	fieldnames = ("name", "customer_name", "account_manager", "retention_backup_manager")
	keys = ("retention_key_account", "retention_key_account_reason")
	store.insert_rows(
		"Customer", (*fieldnames, *keys), (customer_row(*pair, staff) for pair in enumerate(names))
	)
	invoice = (
		"customer",
		"company",
		"docstatus",
		"posting_date",
		"is_return",
		"is_opening",
		"base_net_total",
	)
	rows = (row for pair in enumerate(names) for row in invoice_rows(*pair, company))
	store.insert_rows("Sales Invoice", invoice, rows)
	store.commit()


def customer_row(number: int, name: str, staff: Sequence[str]) -> tuple[Any, ...]:
	manager = None if draw(number, 1) < WITHOUT_MANAGER_OF_100 else staff[number % len(staff)]
	is_key = draw(number, 2) < KEY_OF_100
	return (
		name,
		name,
		manager,
		staff[(number + 1) % len(staff)],
		int(is_key),
		"largest of its street" if is_key else None,
	)


def invoice_rows(number: int, name: str, company: str) -> Iterator[tuple[Any, ...]]:
	"""Yield a customer's purchases of two years, of very different size and number; some have bought nothing for a year."""
	every = 25 + draw(number, 3) * 4
	amount = 50 * (1 + draw(number, 4)) ** 2
	latest = 400 if draw(number, 8) < 10 else 5
	for back in range(latest + draw(number, 5) % 25, 720, every):
		yield (name, company, 1, FIRST - timedelta(days=back), 0, "No", amount)


def draw(number: int, salt: int) -> int:
	"""Return 0 to 99, the same for the same numbers on any machine."""
	mixed = (number * 7919 + salt * 104_729) * 31_337 % 999_983
	return mixed * mixed * 17 % 999_983 % 100


def play_month(frappe: Any, staff: Sequence[str], set_clock: SetClock, until: date = LAST) -> Month:
	"""Play every day from the first: the night, then the calls of everybody who is there."""
	month, day = Month(frappe, staff), FIRST
	while day <= until:
		set_clock(datetime.combine(day, time(5, 7)))
		run_night(frappe, day)
		note_moves(month, day)
		if day == SICK[0]:
			absence = {
				"doctype": "Owner Absence",
				"person": staff[3],
				"from_date": SICK[0],
				"to_date": SICK[1],
			}
			frappe.get_doc(absence).insert()
			frappe.db.commit()
		set_clock(datetime.combine(day, time(10, 0)))
		make_calls(month, day)
		day += timedelta(days=1)
	frappe.set_user("Administrator")
	return month


def run_night(frappe: Any, day: date) -> None:
	from cs_retention.cs_retention import retention_night

	frappe.set_user("Administrator")
	retention_night.wake()
	frappe.db.commit()
	name = f"Night:{day.isoformat()}"
	retention_night.work(name, "1")
	frappe.db.commit()
	status = frappe.db.get_value("Retention Run", name, "status")
	spared = frappe.get_all(
		"Retention Run Chunk", {"run": name, "customers_spared": (">", 0)}, pluck="spared"
	)
	assert (status, spared) == ("Done", []), (name, status, spared)


def is_away(staff: Sequence[str], person: str, day: date) -> bool:
	planned, sick = person == staff[1], person == staff[3]
	return (planned and PLANNED_ABSENCE[0] <= day <= PLANNED_ABSENCE[1]) or (
		sick and SICK[0] <= day <= SICK[1]
	)


def is_working(day: date) -> bool:
	return day == MAKE_UP or (day.weekday() < 5 and day not in FESTIVAL)


def note_moves(month: Month, day: date) -> None:
	"""Compare what people were shown yesterday with this morning: whatever has another date or person says why."""
	month.frappe.set_user("Administrator")
	fields = ("name", "due_date", "responsible", "reasons")
	rows = month.frappe.get_all(CALLBACK, {"status": "Planned", "is_committed": 1}, fields)
	for row in rows:
		before = month.shown.get(row.name)
		if before and before != (row.due_date, row.responsible):
			why = explanation(month.frappe, row, before[0])
			month.moved.update([why])
			if why == "nothing":
				month.unexplained.append((day, row.name, before, row.due_date, row.responsible, row.reasons))
	month.shown = {row.name: (row.due_date, row.responsible) for row in rows}
	for row in rows:
		if row.due_date == day:
			key = row.responsible, day
			month.planned[key] = month.planned.get(key, 0) + 1


def explanation(frappe: Any, row: Mapping[str, Any], was: date) -> str:
	"""Return what on a callback explains its other date or person: a reason of the plan, an attempt, a person's move."""
	codes = [code for code in MOVES if f'"{code}"' in (row["reasons"] or "")]
	if codes:
		return codes[0]
	recorded = {"parent": row["name"], "attempted_on": (">=", was)}
	if frappe.db.exists("Customer Callback Attempt", recorded):
		return "attempt"
	moved = {"parent": row["name"], "was": was, "due_date": row["due_date"]}
	return "rescheduled" if frappe.db.exists("Customer Callback Reschedule", moved) else "nothing"


MOVES = ("moved", "handed_over", "displaced_by", "covered")
"""Codes of the reasons that explain another date or person."""


def make_calls(month: Month, day: date) -> None:
	"""Let everybody who is there make the calls that are due, of those who are away the backup."""
	frappe = month.frappe
	if not is_working(day):
		return
	fields = ("name", "customer", "responsible", "channel")
	due = frappe.get_all(
		CALLBACK, {"status": "Planned", "due_date": ("<=", day)}, fields, order_by="due_date, name"
	)
	backups = dict(frappe.get_all("Customer", fields=["name", "retention_backup_manager"], as_list=True))
	for row in due:
		caller = row.responsible
		if is_away(month.people, caller, day):
			caller = backups[row.customer]
			month.covered[row.responsible] += 1
		if not is_away(month.people, caller, day):
			call(month, row, caller, day)
	frappe.set_user("Administrator")


def call(month: Month, row: Mapping[str, Any], caller: str, day: date) -> None:
	"""Make one call as the caller: most reach the customer, some of whom want the next call on a day they name."""
	frappe = month.frappe
	frappe.set_user(caller)
	number = int(row["customer"].rpartition(" ")[2])
	doc = frappe.get_doc(CALLBACK, row["name"])
	if draw(number + 31 * day.day, 6) >= REACHED_OF_100:
		doc.add_attempt(note="No answer, line busy")
		month.tried_in_vain += 1
	else:
		outcome = "Visited" if row["channel"] == "Visit" else "Reached"
		doc.complete(outcome, "Satisfied with the new plan", "the owner", **next_step(row, number, day))
		month.calls[caller, day] += 1
	frappe.db.commit()


def next_step(row: Mapping[str, Any], number: int, day: date) -> dict[str, Any]:
	"""Return the next step of a call: the date proposed, for some customers one of their own, a reason where nothing is owed."""
	from cs_retention.callbacks.replanning import propose_next

	proposed = propose_next(row["customer"], day, row["name"])
	if proposed is None:
		return {"no_next_reason": "nothing is owed at present"}
	wished = proposed.due_date
	if draw(number + 17 * day.day, 7) < AGREED_OF_100:
		wished += timedelta(days=2)
		while not is_working(wished) or is_anybody_away(wished):
			wished += timedelta(days=1)
	return {"next_date": wished}


def is_anybody_away(day: date) -> bool:
	return any(first <= day <= last for first, last in (PLANNED_ABSENCE, SICK))


@dataclass(frozen=True)
class Figures:
	"""What the month gave: shares of customers with their minimum, most contacts of a five-star customer, loads."""

	customers: Mapping[str, int]
	fulfilled: Mapping[str, float]
	never_tried: int
	"""Customers without their minimum whom nobody even tried to reach."""
	five_star_most: int
	calls: int
	covered: int
	tried_in_vain: int
	moved: Mapping[str, int]
	unexplained: int
	spread: Mapping[str, tuple[int, float, int]]
	"""By person: least, mean and most calls of a working day that the person was there."""


def figures(month: Month, until: date = LAST) -> Figures:
	"""Read the figures from the ledger of touches, as an outsider would count them."""
	frappe = month.frappe
	levels = levels_of(frappe)
	contacts: defaultdict[str, set[date]] = defaultdict(set)
	reached = {"outcome": ("in", ("Reached", "Visited")), "touch_date": ("between", (FIRST, until))}
	for customer, day in frappe.get_all(TOUCH, reached, ["customer", "touch_date"], as_list=True):
		contacts[customer].add(day)
	in_vain = {"outcome": "Not Reached", "touch_date": ("between", (FIRST, until))}
	tried = set(frappe.get_all(TOUCH, in_vain, pluck="customer"))
	kept = {customer: has_minimum(level, contacts[customer], until) for customer, level in levels.items()}
	five = [len(contacts[customer]) for customer, level in levels.items() if level == "Five Star"]
	return Figures(
		customers=dict(Counter(levels.values())),
		fulfilled={
			level: mean(kept[customer] for customer in levels if levels[customer] == level)
			for level in sorted(set(levels.values()))
		},
		never_tried=sum(not kept[customer] and customer not in tried for customer in levels),
		five_star_most=max(five, default=0),
		calls=sum(month.calls.values()),
		covered=sum(month.covered.values()),
		tried_in_vain=month.tried_in_vain,
		moved=dict(month.moved),
		unexplained=len(month.unexplained),
		spread={person: spread_of(month, person, until) for person in month.people},
	)


def levels_of(frappe: Any) -> dict[str, str]:
	"""Return the level whose cadence each customer has had the whole month."""
	fields = ["customer", "star_level", "is_key_account"]
	return {
		row.customer: "Key Account" if row.is_key_account else row.star_level
		for row in frappe.get_all(STATE, fields=fields)
	}


def has_minimum(level: str, days: set[date], until: date) -> bool:
	"""Whether a customer was reached in every whole ISO week (key accounts), else in the month."""
	if level != "Key Account":
		return bool(days)
	monday = FIRST + timedelta(days=-FIRST.weekday() % 7)
	weeks = [monday + timedelta(days=7 * week) for week in range((until - monday).days // 7 + 1)]
	whole = [week for week in weeks if week + timedelta(days=6) <= until]
	return all(any(week <= day <= week + timedelta(days=6) for day in days) for week in whole)


def spread_of(month: Month, person: str, until: date) -> tuple[int, float, int]:
	days = [FIRST + timedelta(days=day) for day in range((until - FIRST).days + 1)]
	there = [day for day in days if is_working(day) and not is_away(month.people, person, day)]
	loads = [month.calls[person, day] for day in there]
	return min(loads), round(mean(loads), 1), max(loads)

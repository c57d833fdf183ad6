"""A quarter's work of known truth: calls, touches, signals, cases, complaints and absences, written down row by row."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from support_book import add, open_sqlite_book

from cs_retention.engine.quarter_periods import QuarterPeriod
from cs_retention.store.base import Store

Q3, AFTER = QuarterPeriod(2026, 3), date(2026, 10, 15)
FIRST, LAST = Q3.start, Q3.end
PEOPLE = ("a@branch.example", "b@branch.example", "c@branch.example")
CUSTOMERS = [f"Customer {number:02d}" for number in range(12)]
REACHED = ("Reached", "Visited")
LEVELS = ("Key Account", "Five Star", "Two Star")
EXIT_TYPES, REASONS = ("Ending", "Port Out"), ("Price", "Service", "Moved")
COMPETITORS, RULES = ("Rival", "Other"), ("Bill Trend", "Lateness", "Unreached")
CLOSINGS = ("True Warning", "Known Cause", "False Alarm", "Customer Lost", "Fact Gone", None)
LEVEL_OF = {name: LEVELS[number % 3] for number, name in enumerate(CUSTOMERS)}
Told = list[dict[str, Any]]


def a_day(dice: Random, before: int = 40, after: int = 110) -> date:
	return FIRST + timedelta(days=dice.randint(-before, after))


def make_work(dice: Random) -> dict[str, Told]:
	"""Return a quarter's work, and some of before and after it, by DocType."""
	calls, touches = [], []
	for number in range(120):
		due = a_day(dice)
		status = dice.choice(["Done", "Done", "Done", "Planned", "Unreached", "Missed", "Skipped"])
		is_done = status == "Done"
		calls.append(
			{
				"name": f"CALL-{number:03d}",
				"customer": dice.choice(CUSTOMERS),
				"status": status,
				"due_date": due,
				"account_manager": dice.choice(PEOPLE),
				"responsible": dice.choice([*PEOPLE, None]),
				"done_by": dice.choice(PEOPLE) if is_done else None,
				"done_on": due + timedelta(days=dice.choice([-1, 0, 3])) if is_done else None,
				"outcome": dice.choice([*REACHED, "Not Reached"]) if is_done else None,
				"satisfaction": dice.choice([0, 0, 2, 4, 5]) if is_done else 0,
			}
		)
		kind = dice.choice(["people", "Sent", "Held", "Merged", "Skipped"])
		is_people = kind == "people"
		touches.append(
			{
				"name": f"TOUCH-{number:03d}",
				"customer": dice.choice(CUSTOMERS),
				"touch_date": a_day(dice),
				"outcome": dice.choice([*REACHED, "Not Reached"]) if is_people else None,
				"decision": None if is_people else kind,
				"message_class": None if is_people else dice.choice(["Retention", "Legal and Service"]),
				"message_channel": None if is_people else "Email",
				"was_held": int(not is_people and dice.random() < 0.3),
			}
		)
	cases, offers, reasons = [], [], []
	for number in range(40):
		status = dice.choice(["Saved", "Saved", "Lost", "Released", "Open"])
		verification = dice.choice(["Pending", "Verified", "Relapsed"]) if status == "Saved" else None
		made = verification == "Verified" and dice.random() < 0.6
		cases.append(
			{
				"name": f"CASE-{number:02d}",
				"customer": dice.choice(CUSTOMERS),
				"status": status,
				"closed_on": None if status == "Open" else a_day(dice),
				"verification": verification,
				"next_check_on": None if made or verification != "Verified" else AFTER,
				"exit_type": dice.choice([*EXIT_TYPES, None]),
				"competitor": dice.choice([*COMPETITORS, None]),
			}
		)
		for place in range(dice.randint(0, 3)):
			# The same reason may be given twice, in two people's words.
			reason = {"name": f"REASON-{number}-{place}", "idx": place, "reason": dice.choice(REASONS)}
			reasons.append({**reason, "parent": f"CASE-{number:02d}"})
		for place in range(dice.randint(0, 2)):
			offer = {"name": f"OFFER-{number}-{place}", "parent": f"CASE-{number:02d}"}
			answer = dice.choice(["Accepted", "Declined"])
			offers.append({**offer, "answer": answer, "cost": dice.choice([50, 120])})
	issues = [
		{
			"name": f"ISS-{number:03d}",
			"customer": dice.choice(CUSTOMERS[:4]),
			"issue_type": dice.choice(["Complaint", "投诉", "Question"]),
			"opening_date": a_day(dice),
			"status": "Open",
		}
		for number in range(60)
	]
	absences = [
		{
			"name": f"ABS-{number}",
			"person": dice.choice(PEOPLE),
			"from_date": first,
			"to_date": first + timedelta(days=9),
		}
		for number in range(5)
		for first in [a_day(dice)]
	]
	signals = []
	for number in range(60):
		raised, closed_as = a_day(dice), dice.choice(CLOSINGS)
		signals.append(
			{
				"name": f"SIGNAL-{number:02d}",
				"customer": dice.choice(CUSTOMERS),
				"rule": dice.choice(RULES),
				"raised_on": raised,
				"closed_on": raised + timedelta(days=dice.randint(0, 40)) if closed_as else None,
				"closed_as": closed_as,
				"callback": dice.choice(["CALL-001", None]),
			}
		)
	return {
		**{"Customer Callback": calls, "Customer Touch": touches, "Retention Case": cases},
		**{"Retention Case Offer": offers, "Issue": issues, "Owner Absence": absences},
		**{"Retention Case Reason": reasons, "Churn Signal": signals},
	}


def written(work: dict[str, Told]) -> Store:
	store = open_sqlite_book()
	add(store, "Company", [{"name": "East", "default_currency": "CNY"}])
	add(store, "Customer", [{"name": name, "disabled": 0, "is_internal_customer": 0} for name in CUSTOMERS])
	add(
		store,
		"Customer Retention State",
		[
			{"customer": name, "star_level": level if level != "Key Account" else "Two Star"}
			| {"is_key_account": int(level == "Key Account")}
			for name, level in LEVEL_OF.items()
		],
	)
	for doctype, rows in work.items():
		add(store, doctype, rows)
	store.commit()
	return store


def within(day: date | None) -> bool:
	return day is not None and FIRST <= day <= LAST

"""A quarter's work of known truth: calls, touches, signals, cases, complaints and absences, written down row by row."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
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
TOUCHED = [*CUSTOMERS, *CUSTOMERS[2:4] * 4]
Told = list[dict[str, Any]]


def a_day(dice: Random, before: int = 40, after: int = 110) -> date:
	return FIRST + timedelta(days=dice.randint(-before, after))


def make_work(dice: Random) -> dict[str, Told]:
	"""Return a quarter's work, and some of before and after it, by DocType."""
	issues = make_issues(dice)
	return {
		**make_cases(dice),
		**make_signals(dice),
		**make_reminders(dice),
		**issues,
		"Customer Touch": make_touches(dice),
		"Customer Callback": make_calls(dice) + issues["Customer Callback"],
		"Owner Absence": make_absences(dice),
	}


def make_calls(dice: Random) -> Told:
	"""Return callbacks that were due."""
	calls = []
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
	return calls


def make_touches(dice: Random) -> Told:
	"""Return touches of people and messages; some customers have more than their cap."""
	touches = []
	for number in range(220):
		kind = dice.choice(["people", "Sent", "Held", "Merged", "Skipped"])
		is_people = kind == "people"
		touches.append(
			{
				"name": f"TOUCH-{number:03d}",
				"customer": dice.choice(TOUCHED),
				"touch_date": a_day(dice),
				"outcome": dice.choice([*REACHED, "Not Reached"]) if is_people else None,
				"decision": None if is_people else kind,
				"message_class": None if is_people else dice.choice(["Retention", "Legal and Service"]),
				"message_channel": None if is_people else "Email",
				"was_held": int(not is_people and dice.random() < 0.3),
				"satisfaction": dice.choice([0, 1, 2, 3, 5]) if is_people else 0,
				"person": dice.choice(PEOPLE) if is_people else None,
			}
		)
	return touches


def make_cases(dice: Random) -> dict[str, Told]:
	"""Return cases with reasons and offers."""
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
	return {"Retention Case": cases, "Retention Case Offer": offers, "Retention Case Reason": reasons}


def make_issues(dice: Random) -> dict[str, Told]:
	"""Return what customers asked for, and calls that confirm it or do not."""
	calls, issues, purposes = [], [], []
	for number in range(90):
		opened, status = a_day(dice), dice.choice(["Open", "Closed", "Resolved", "Closed"])
		closed = None if status == "Open" else opened + timedelta(days=dice.choice([0, 0, 1, 3, 4]))
		name = f"ISS-{number:03d}"
		issues.append(
			{
				"name": name,
				"customer": dice.choice(CUSTOMERS[:4]),
				"issue_type": dice.choice(["Complaint", "投诉", "Question"]),
				"opening_date": opened,
				"status": status,
				"sla_resolution_date": datetime.combine(closed, time(11)) if closed else None,
			}
		)
		for place in range(dice.randint(0, 2)):
			is_done = dice.random() < 0.8
			calls.append(
				{
					"name": f"CALL-{name}-{place}",
					"customer": issues[-1]["customer"],
					"status": "Done" if is_done else "Planned",
					# Far from the quarter's days: these calls are there for what they confirm.
					"due_date": date(2024, 1, 1),
					"done_on": opened + timedelta(days=dice.randint(0, 5)) if is_done else None,
					"outcome": dice.choice([*REACHED, "Not Reached"]) if is_done else None,
					"satisfaction": 0,
				}
			)
			key = dice.choice([f"complaint|state|{name}", f"complaint|state|{name}|{closed}"])
			purpose = {"parent": calls[-1]["name"], "kind": dice.choice(["Complaint", "Complaint", "Quota"])}
			purposes.append({**purpose, "obligation_key": key})
	return {"Issue": issues, "Customer Callback": calls, "Customer Callback Purpose": purposes}


def make_absences(dice: Random) -> Told:
	"""Return who was away when."""
	return [
		{
			"name": f"ABS-{number}",
			"person": dice.choice(PEOPLE),
			"from_date": first,
			"to_date": first + timedelta(days=9),
		}
		for number in range(5)
		for first in [a_day(dice)]
	]


def make_signals(dice: Random) -> dict[str, Told]:
	"""Return signals and what they were closed as."""
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
	return {"Churn Signal": signals}


def make_reminders(dice: Random) -> dict[str, Told]:
	"""Return reminders of overdue invoices, and what was paid when."""
	reminders, overdue, payments = [], [], []
	for number in range(40):
		sent, customer = a_day(dice), dice.choice(CUSTOMERS)
		reminder = {
			"name": f"DUNN-{number:02d}",
			"customer": customer,
			"docstatus": dice.choice([1, 1, 1, 2]),
		}
		company = dice.choice(["East", "East", "West"])
		reminders.append({**reminder, "company": company, "posting_date": sent})
		for place in range(dice.randint(1, 2)):
			invoice = f"SINV-{number}-{place}"
			overdue.append({"parent": reminder["name"], "sales_invoice": invoice})
			posting = {
				"party_type": "Customer",
				"party": customer,
				"delinked": 0,
				"against_voucher_no": invoice,
			}
			posting["against_voucher_type"] = "Sales Invoice"
			charged = sent - timedelta(days=40)
			payments.append({**posting, "posting_date": charged, "amount": 100})
			for share in dice.choice([[100], [60, 40], [60], []]):
				paid = sent + timedelta(days=dice.choice([-2, 0, 5, 7, 8, 30]))
				payments.append({**posting, "posting_date": paid, "amount": -share})
	return {"Dunning": reminders, "Overdue Payment": overdue, "Payment Ledger Entry": payments}


def written(work: dict[str, Told]) -> Store:
	"""Return a book in memory that tells of some work."""
	store = open_sqlite_book()
	write_work(store, work)
	return store


def write_work(store: Store, work: dict[str, Told]) -> None:
	"""Write into an empty book of one company what a site would tell of some work."""
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


def within(day: date | None) -> bool:
	return day is not None and FIRST <= day <= LAST


def is_over_cap(touch: dict[str, Any], work: dict[str, Told]) -> bool:
	"""Tell whether a touch is beyond what its level may have in the thirty days that it ends."""
	cap = {"Key Account": 8, "Five Star": 6}.get(LEVEL_OF[touch["customer"]], 4)
	before = [
		row
		for row in work["Customer Touch"]
		if row["customer"] == touch["customer"]
		and takes_a_place(row)
		and touch["touch_date"] - timedelta(days=29) <= row["touch_date"]
		and (row["touch_date"], row["name"]) <= (touch["touch_date"], touch["name"])
	]
	return takes_a_place(touch) and len(before) > cap


def takes_a_place(touch: dict[str, Any]) -> bool:
	is_sent = touch["decision"] == "Sent" and touch["message_class"] != "Legal and Service"
	return is_sent or bool(touch["outcome"])

"""A book with three years around a past date: bills with their payments, complaints with their closings, agreements."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from support_book import add, add_invoices

from cs_retention.store.base import Store

PAST = date(2025, 11, 15)


def filled(store: Store, seed: int = 3, customers: int = 40) -> None:
	"""Fill a book with three years of everything health reads, payments and closings on record."""
	dice = random.Random(seed)
	some_day = lambda: PAST + timedelta(days=dice.randint(-700, 360))  # noqa: E731
	for number in range(customers):
		name = f"Customer {number:02d}"
		add(store, "Customer", [{"name": name, "is_internal_customer": int(number == 0), "disabled": 0}])
		for place in range(dice.randint(0, 9)):
			add_bill(store, dice, name, f"{number}-{place}", some_day())
		for place in range(dice.randint(0, 2)):
			opened = some_day()
			closed = datetime(opened.year, opened.month, opened.day, 12) + timedelta(
				days=dice.randint(0, 200)
			)
			issue = {"name": f"I-{number}-{place}", "customer": name, "opening_date": opened}
			is_open = dice.random() < 0.3
			state = {"status": "Open"} if is_open else {"status": "Closed", "sla_resolution_date": closed}
			add(store, "Issue", [{**issue, **state, "issue_type": "Complaint", "priority": "Serious"}])
			outcome = dice.choice(["Reached", "Not Reached", "Refused"])
			touch = {"customer": name, "touch_date": opened, "channel": "Phone", "outcome": outcome}
			add(store, "Customer Touch", [{**touch, "satisfaction": dice.randint(0, 5)}])
		if dice.random() < 0.4:
			bound = {"party_type": "Customer", "party": name, "start_date": some_day(), "status": "Active"}
			add(
				store,
				"Subscription",
				[{**bound, "name": f"S-{number}", "end_date": dice.choice([None, some_day()])}],
			)
		if dice.random() < 0.6:
			bound = {"party_type": "Customer", "party_name": name, "docstatus": 1, "start_date": some_day()}
			add(store, "Contract", [{**bound, "name": f"C-{number}", "end_date": some_day()}])
	store.commit()


def add_bill(store: Store, dice: random.Random, customer: str, name: str, posted: date) -> None:
	"""Add an invoice with its ledger entries: paid, or not, before or after the past date."""
	due = posted + timedelta(days=20)
	add_invoices(store, customer, {"name": name, "posting_date": posted, "due_date": due})
	entry = {"party_type": "Customer", "party": customer, "against_voucher_no": name}
	entry |= {"against_voucher_type": "Sales Invoice", "delinked": 0}
	add(
		store, "Payment Ledger Entry", [{**entry, "name": f"P-{name}", "posting_date": posted, "amount": 100}]
	)
	if dice.random() < 0.7:
		paid = posted + timedelta(days=dice.randint(1, 300))
		add(
			store,
			"Payment Ledger Entry",
			[{**entry, "name": f"Q-{name}", "posting_date": paid, "amount": -100}],
		)

"""The branch that faults are tried on: 20 agents in pairs who cover each other, a year of invoices, a seed that is fixed.

Written as exports for the oracle and as rows for MariaDB, so that both read the same branch.
"""

import random
from datetime import date, timedelta
from pathlib import Path

import random_exports as exports

from cs_retention.preview.book import book_tables, fill_book
from cs_retention.store.base import Authorship
from cs_retention.store.sqlite import SQLiteStore

SEED = 20261102
CUSTOMERS = 1000
FRIDAY, MONDAY = date(2026, 10, 30), date(2026, 11, 2)
"""The night that stands when a trial begins, and the night that is tried: the first of a month, when all are reviewed."""

AGENTS = [f"agent{number:02d}@branch.example" for number in range(20)]
COMPANIES = ("Branch North", "Branch South")


def write_branch(folder):
	"""Write the exports into the folder and return it."""
	folder = Path(folder)
	folder.mkdir(parents=True)
	dice = random.Random(SEED)
	names = [f"Customer {number:04d}" for number in range(CUSTOMERS)]
	for kind, rows in {
		"customers": _customers(dice, names),
		"invoices": _invoices(dice, names),
		"contracts": exports._contracts(dice, names, MONDAY),
		"contacts": exports._contacts(dice, names, MONDAY),
		"issues": exports._issues(dice, names, MONDAY),
		"holidays": exports._holidays(MONDAY),
		"absences": _absences(dice),
	}.items():
		exports._write(folder / f"{kind}.csv", list(rows))
	return folder


def _customers(dice, names):
	for number, name in enumerate(names):
		agent = number * 7 % len(AGENTS)
		yield {
			"name": name,
			"customer_name": name.upper(),
			"customer_group": "Commercial",
			"territory": "East",
			"account_manager": "" if number % 97 == 0 else AGENTS[agent],
			"retention_backup_manager": "" if number % 11 == 0 else AGENTS[agent ^ 1],
			"retention_key_account": int(number % 17 == 0),
			"creation": "2024-01-01",
			"disabled": int(number % 61 == 0),
			"retention_billed": int(number % 19 == 0),
		}


def _invoices(dice, names):
	number = 0
	for name in names:
		if dice.random() < 0.05:
			continue
		gap, size = dice.choice((28, 30, 31, 45, 60, 90)), round(dice.lognormvariate(5.5, 1.2), 2)
		day = MONDAY - timedelta(days=dice.choice((100, 183, 184, 185, 250, 370, 395)))
		stop = MONDAY - timedelta(days=dice.choice((0, 0, 0, 20, 60, 120)))
		while day <= stop:
			number += 1
			is_return, is_late = dice.random() < 0.04, dice.random() < 0.1
			net = round(size * dice.uniform(0.4, 1.6), 2)
			yield {
				"name": f"INV-{number:06d}",
				"customer": name,
				"company": dice.choice(COMPANIES),
				"posting_date": day,
				"due_date": day + timedelta(days=15),
				"base_net_total": -net if is_return else net,
				"outstanding_amount": net if is_late and not is_return else 0,
				"is_return": int(is_return),
				"docstatus": dice.choice((1,) * 20 + (0, 2)),
			}
			day += timedelta(days=max(1, round(gap * dice.choice((1, 1, 0.8, 1.3)))))


def _absences(dice):
	for agent in AGENTS[::3]:
		start = MONDAY + timedelta(days=dice.randrange(-3, 20))
		yield {"owner": agent, "from_date": start, "to_date": start + timedelta(days=dice.choice((0, 4, 11)))}


def overrides():
	"""Yield customer, level and last day of the overrides: in force, ended, and ending between the two nights."""
	ends = (date(2027, 1, 31), date(2026, 10, 1), date(2026, 10, 31))
	for number in range(5, CUSTOMERS, 40):
		yield f"Customer {number:04d}", "Five Star" if number % 80 == 5 else "Two Star", ends[number % 3]


def fill_store(store, folder):
	"""Write the branch into the empty tables of a store."""
	path = folder / "book.sqlite"
	fill_book(path, {path.stem: path for path in folder.glob("*.csv")}, {}, lambda _read: None)
	book = SQLiteStore(path, Authorship(lambda: None), book_tables())
	for doctype, table in book_tables().items():
		columns = [column.name for column in table.columns]
		listed = ", ".join(f"`{column}`" for column in columns)
		rows = list(book.rows(f"SELECT {listed} FROM `tab{doctype}`"))
		store.insert_rows(doctype, columns, rows)
	book.close()
	_add_wishes(store)
	store.commit()


def _add_wishes(store):
	given = [
		(f"OVERRIDE-{number:03d}", customer, level, "agreed", AGENTS[0], date(2026, 9, 1), until, 1)
		for number, (customer, level, until) in enumerate(overrides())
	]
	fields = ("name", "customer", "level", "reason", "approver", "approved_on", "until", "docstatus")
	store.insert_rows("Star Override", fields, given)
	wishes = [
		(f"Customer {number:04d}", ("Phone", "WeChat")[number % 2], int(number % 3 == 0), 1)
		for number in range(3, CUSTOMERS, 25)
	]
	store.insert_rows("Callback Schedule", ("customer", "preferred_channel", "monday", "wednesday"), wishes)

"""A seeded random branch as CSV exports: subscribers and shops, returns, drafts, arrears, complaints, absences."""

import csv
import random
from datetime import timedelta
from pathlib import Path

KINDS = ("customers", "invoices", "items", "contracts", "contacts", "issues", "holidays", "absences")
MANAGERS = [f"manager{n}@branch.example" for n in range(1, 7)]


def write_exports(folder, seed, count, as_of, items=True):
	"""Write the files of a book of `count` customers into the folder and return it."""
	folder = Path(folder)
	folder.mkdir(parents=True, exist_ok=True)
	dice = random.Random(seed)
	names = [f"Customer {n:05d}" for n in range(count)]
	_write(folder / "customers.csv", list(_customers(dice, names)))
	invoices = list(_invoices(dice, names, as_of))
	_write(folder / "invoices.csv", invoices)
	if items:
		groups = [f"Group {n}" for n in range(8)]
		_write(
			folder / "items.csv",
			[
				{
					"parent": row["name"],
					"item_group": dice.choice(groups[: 1 + len(row["customer"]) % 8 + dice.randrange(2)]),
				}
				for row in invoices
				for _ in range(dice.choice((1, 1, 2)))
			],
		)
	_write(folder / "contracts.csv", list(_contracts(dice, names, as_of)))
	_write(folder / "contacts.csv", list(_contacts(dice, names, as_of)))
	_write(folder / "issues.csv", list(_issues(dice, names, as_of)))
	_write(folder / "holidays.csv", list(_holidays(as_of)))
	_write(folder / "absences.csv", list(_absences(dice, as_of)))
	return folder


def _write(path, rows):
	with open(path, "w", encoding="utf-8", newline="") as file:
		writer = csv.DictWriter(file, list(rows[0]))
		writer.writeheader()
		writer.writerows(rows)


def _customers(dice, names):
	for name in names:
		a = dice.choice(MANAGERS)
		yield {
			"name": name,
			"customer_name": name.upper(),
			"customer_group": "Commercial",
			"territory": "East",
			"account_manager": a,
			"retention_backup_manager": dice.choice([m for m in MANAGERS if m != a])
			if dice.random() < 0.9
			else "",
			"retention_key_account": int(dice.random() < 0.06),
			"creation": "2024-01-01",
			"disabled": int(dice.random() < 0.02),
			"retention_billed": int(dice.random() < 0.05),
		}


def _invoices(dice, names, as_of):
	number = 0
	for name in names:
		kind = dice.random()
		if kind < 0.04:
			continue
		day = as_of - timedelta(
			days=dice.choice((40, 150, 183, 184, 185, 400, 700, 1300, 2000)) + dice.randrange(30)
		)
		gap = dice.choice((7, 14, 28, 30, 31, 45, 90, 160)) if kind > 0.4 else 30
		size = round(dice.lognormvariate(5.5, 1.2), 2)
		stop = as_of - timedelta(days=dice.choice((0, 0, 0, 0, 20, 60, 120, 300)))
		while day <= stop + timedelta(days=12):
			number += 1
			net = round(size * dice.uniform(0.4, 1.6), 2)
			late = (as_of - day).days < 150 and dice.random() < 0.12
			row = {
				"name": f"INV-{number:06d}",
				"customer": name,
				"company": dice.choice(("Branch North", "Branch South"))
				if len(name) % 2 and dice.random() < 0.3
				else "Branch North",
				"posting_date": day,
				"due_date": day + timedelta(days=15),
				"base_net_total": net,
				"outstanding_amount": round(net * dice.choice((0.3, 1)), 2) if late else 0,
				"is_return": 0,
				"docstatus": dice.choice((1,) * 20 + (0, 2)),
			}
			yield row
			if dice.random() < 0.04:
				number += 1
				yield row | {
					"name": f"INV-{number:06d}",
					"posting_date": min(as_of, day + timedelta(days=3)),
					"base_net_total": -net,
					"outstanding_amount": 0,
					"is_return": 1,
				}
			day += timedelta(days=max(1, round(gap * dice.choice((1, 1, 1, 0.8, 1.3, 2)))))


def _contracts(dice, names, as_of):
	for name in names:
		if dice.random() < 0.35:
			start = as_of - timedelta(days=dice.choice((30, 170, 200, 370, 800, 1200)))
			end = as_of + timedelta(days=dice.choice((-200, -20, 0, 1, 40, 60, 61, 180, 181, 182, 370, 700)))
			yield {
				"customer": name,
				"start_date": start,
				"end_date": "" if dice.random() < 0.1 else max(start, end),
			}


def _contacts(dice, names, as_of):
	for name in names:
		for _ in range(dice.choice((0, 0, 1, 2, 3, 5))):
			outcome = dice.choice(
				("Reached", "Reached", "Reached", "Visited", "Not Reached", "Not Reached", "Refused")
			)
			told = outcome in ("Reached", "Visited") and dice.random() < 0.5
			yield {
				"customer": name,
				"date": as_of - timedelta(days=dice.choice((1, 2, 3, 5, 9, 15, 20, 35, 80, 200))),
				"channel": "Visit" if outcome == "Visited" else dice.choice(("Phone", "WeChat")),
				"outcome": outcome,
				"satisfaction": dice.randint(1, 5) if told else "",
			}


def _issues(dice, names, as_of):
	for name in names:
		for _ in range(dice.choice((0,) * 12 + (1, 1, 2, 3))):
			yield {
				"customer": name,
				"opening_date": as_of
				- timedelta(days=dice.choice((1, 10, 29, 30, 31, 60, 89, 90, 91, 200, 364, 365, 366))),
				"status": dice.choice(("Open", "Closed", "Resolved", "Replied")),
				"severity": dice.choice(("Normal", "Normal", "Normal", "Serious")),
			}


def _holidays(as_of):
	festival = as_of + timedelta(days=10)
	for n in range(7):
		yield {"date": festival + timedelta(days=n), "description": "Festival", "type": "off"}
	days = [festival + timedelta(days=n) for n in range(7, 21)]
	saturday = next(day for day in days if day.weekday() == 5)
	yield {"date": saturday, "description": "Make-up day", "type": "work"}


def _absences(dice, as_of):
	for person in MANAGERS[:3]:
		start = as_of + timedelta(days=dice.randrange(-3, 20))
		yield {
			"owner": person,
			"from_date": start,
			"to_date": start + timedelta(days=dice.choice((0, 4, 11))),
		}

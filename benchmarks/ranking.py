"""How well health tells who leaves, on books it was not made for: python -m benchmarks.ranking [PURCHASES.csv].

Without a file on simulated books, by the laws of buying that were fitted to a music shop's customers of 1997 (Fader, Hardie
and Lee, Marketing Science 24, 2005, table 2): how often a customer buys, and after which purchase or when it leaves, differ
from customer to customer. With a file on a book of your own: columns customer, date and amount, one line per purchase.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from benchmarks.server import AUTHORSHIP
from cs_retention.engine.backtest import BacktestPolicy, CardResult
from cs_retention.engine.policy import Policy
from cs_retention.engine.workdays import add_months
from cs_retention.facts.past import read_knowledge
from cs_retention.nightly.backtest import judge_date
from cs_retention.nightly.run import rate_book
from cs_retention.preview.book import book_tables
from cs_retention.store.sqlite import SQLiteStore

Purchases = Mapping[str, Sequence[tuple[date, float]]]
UNTIL = date(2026, 11, 15)
YEARS = 2
INVOICE = (
	*("customer", "company", "docstatus", "posting_date", "due_date", "is_return", "is_opening"),
	*("base_net_total", "outstanding_amount"),
)


def leaves_after_a_purchase(dice: random.Random, days: int) -> Iterator[int]:
	"""Yield the days of purchases after the first: BG/NBD, time in weeks."""
	rate, left = dice.gammavariate(0.243, 1 / 4.414), dice.betavariate(0.793, 2.426)
	at = 0.0
	while dice.random() > left and (at := at + dice.expovariate(rate or 1e-12)) * 7 < days:
		yield int(at * 7)


def leaves_at_any_time(dice: random.Random, days: int) -> Iterator[int]:
	"""Yield the days of purchases after the first: Pareto/NBD, time in weeks."""
	rate, leaving = dice.gammavariate(0.553, 1 / 10.578), dice.gammavariate(0.606, 1 / 11.669)
	end, at = min(days / 7, dice.expovariate(leaving or 1e-12)), 0.0
	while (at := at + dice.expovariate(rate or 1e-12)) < end:
		yield int(at * 7)


LAWS: Mapping[str, Callable[[random.Random, int], Iterator[int]]] = {
	"BG/NBD": leaves_after_a_purchase,
	"Pareto/NBD": leaves_at_any_time,
}


def simulated(law: str, seed: int, customers: int) -> Purchases:
	"""Return a book of customers who came at any time of two years and buy and leave by a law."""
	dice = random.Random(seed)
	book = {}
	for number in range(customers):
		age = dice.randint(1, 365 * YEARS)
		days = {0, *LAWS[law](dice, age)}
		first = UNTIL - timedelta(days=age)
		book[f"Customer {number:06d}"] = [
			(first + timedelta(days=day), round(dice.lognormvariate(4, 0.7), 2)) for day in sorted(days)
		]
	return book


def read_purchases(path: Path) -> Purchases:
	"""Return the purchases of a file with the columns customer, date and amount."""
	book: dict[str, list[tuple[date, float]]] = {}
	with path.open(encoding="utf-8", newline="") as file:
		for row in csv.DictReader(file):
			bought = (date.fromisoformat(row["date"]), float(row["amount"]))
			book.setdefault(row["customer"], []).append(bought)
	return book


def open_book(book: Purchases) -> SQLiteStore:
	"""Return the purchases as a book in memory."""
	store = SQLiteStore(":memory:", AUTHORSHIP, book_tables())
	store.create_tables()
	store.create_indexes()
	store.insert_rows("Company", ("name", "default_currency"), [("East", "CNY")])
	store.insert_rows("Customer", ("name", "customer_name"), [(name, name) for name in book])
	rows = (
		(name, "East", 1, day, day, 0, "No", amount, 0)
		for name, bought in book.items()
		for day, amount in bought
	)
	store.insert_rows("Sales Invoice", INVOICE, rows)
	store.commit()
	return store


def judge_book(store: SQLiteStore, as_of: date, until: date) -> CardResult:
	"""Return what the free buyers' card was worth as of a date, by what came until another."""
	known = read_knowledge(store)
	result = judge_date(store, Policy(), as_of, until, known, lambda day, done: None, BacktestPolicy())
	return result.cards[0]


def signal_rates(store: SQLiteStore, as_of: date) -> Counter[str]:
	"""Return how many signals of each rule a first night raises."""
	rate_book(store, Policy(), as_of, lambda phase, done: None)
	counted = store.rows("SELECT rule, COUNT(*) FROM `tabChurn Signal` GROUP BY rule")
	return Counter({str(rule): int(count) for rule, count in counted})


def told(name: str, store: SQLiteStore, until: date, months: Iterable[int] = (9, 6)) -> None:
	"""Print what the card was worth some months before, and the signals of the last day."""
	for before in months:
		as_of = add_months(until, -before)
		card = judge_book(store, as_of, until)
		if card.ranking is None:
			print(f"{name}, {as_of}: {card.customers} customers, nothing to rank")
			continue
		low, high = card.ranking.interval
		print(
			f"{name}, {as_of} to {until}: {card.customers:,} customers, {card.stayed:,} bought again, "
			f"area {float(card.ranking.auc):.3f} ({low:.3f} to {high:.3f})"
		)
	(bought,) = next(iter(store.rows("SELECT COUNT(DISTINCT customer) FROM `tabSales Invoice`")))
	rates = signal_rates(store, until)
	shown = ", ".join(f"{rule} {100 * count / bought:.1f} %" for rule, count in rates.most_common())
	print(f"  signals on {until}, of {bought:,} customers: {shown}")


def main() -> None:
	"""Judge a file, or simulated books."""
	parser = argparse.ArgumentParser(description="How well health tells who leaves.")
	parser.add_argument("purchases", nargs="?", type=Path)
	parser.add_argument("--customers", type=int, default=5000)
	parser.add_argument("--seeds", type=int, default=3)
	options = parser.parse_args()
	if options.purchases:
		book = read_purchases(options.purchases)
		until = max(day for bought in book.values() for day, _ in bought)
		told(options.purchases.name, open_book(book), until)
		return
	for law in LAWS:
		for seed in range(options.seeds):
			told(f"{law} {seed}", open_book(simulated(law, seed, options.customers)), UNTIL)


if __name__ == "__main__":
	main()

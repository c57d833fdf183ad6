"""The alliance over a quarter: the same on MariaDB and SQLite, in as many statements for many merchants as for one."""

from __future__ import annotations

from support_book import add, open_sqlite_book
from support_quarter_alliance import SINCE, fill

from cs_retention.engine.quarter_periods import QuarterPeriod
from cs_retention.nightly.quarter_alliance import read_alliance

Q2 = QuarterPeriod(2026, 2)


def test_both_databases_count_the_same(store) -> None:
	preview = open_sqlite_book()
	for book in (store, preview):
		fill(book)
	ours, theirs = (read_alliance(book, Q2, Q2.end, ["Complaint"]) for book in (store, preview))
	preview.close()
	assert ours == theirs
	assert (ours.exchanges_due, ours.exchanges_made, ours.sanctioned, len(ours.campaigns)) == (4, 1, 1, 1)


def test_more_merchants_take_no_more_statements(store, monkeypatch) -> None:
	fill(store)
	counts, rows = [], store.rows

	def counting(*args, **kwargs):
		counts[-1] += 1
		return rows(*args, **kwargs)

	monkeypatch.setattr(store, "rows", counting)
	for wave in range(2):
		counts.append(0)
		assert read_alliance(store, Q2, Q2.end, [])
		names = [f"Shop {wave}-{number}" for number in range(30)]
		add(store, "Customer", [{"name": name, "customer_name": name} for name in names])
		usual = {"status": "Admitted", "admitted_on": SINCE}
		add(store, "Alliance Merchant", [{**usual, "name": f"AM-{name}", "customer": name} for name in names])
		store.commit()
	assert counts[0] == counts[1] <= 20, counts

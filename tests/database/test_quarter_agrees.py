"""The rows of a quarter are the same from MariaDB as from SQLite."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random

from support_book import add, open_sqlite_book
from support_quarter import make_truths, play_night, write_into
from support_quarter_work import make_work, write_work
from support_sellers import purchases_of, sold_by_several, write_sales

from cs_retention.engine.policy import Policy
from cs_retention.engine.quarter_periods import QuarterPeriod
from cs_retention.engine.vocabulary import EvidenceKind
from cs_retention.facts.quarter_purchases import Counted, read_purchases_of
from cs_retention.facts.selection import Selection
from cs_retention.nightly.cohort import read_cohort
from cs_retention.nightly.quarter import read_quarter

AFTER = date(2026, 10, 15)
TOUCHES = [
	{"customer": f"Customer {number:03d}", "touch_date": date(2026, 7 + number % 3, 9), "outcome": "Reached"}
	for number in range(30)
]


def test_the_rows_of_a_quarter_are_the_same_on_both(store):
	preview, truths = open_sqlite_book(), make_truths(7, 60, AFTER)
	found = []
	for book in (store, preview):
		write_into(book, truths)
		add(book, "Customer Touch", TOUCHES)
		states = [
			{"customer": truth.name, "star_level": "Three Star", "is_key_account": 0} for truth in truths
		]
		add(book, "Customer Retention State", states)
		book.commit()
		found.append(read_quarter(book, Policy(), QuarterPeriod(2026, 3), AFTER, "East"))
	preview.close()
	ours, theirs = found
	assert ours == theirs
	assert ours.cohort and ours.by_kind[EvidenceKind.CONTACT] and ours.by_kind[EvidenceKind.QUOTA]
	assert len({each.row.level_before for each in ours.cohort}) > 2


def test_the_work_of_a_quarter_is_the_same_on_both(store):
	preview, work = open_sqlite_book(), make_work(Random(3))
	found = []
	for book in (store, preview):
		write_work(book, work)
		found.append(read_quarter(book, Policy(), QuarterPeriod(2026, 3), AFTER, "East", has_levels=False))
	preview.close()
	ours, theirs = found
	# Names of rows without one of their own differ; of one day, rows may come in another order.
	alike = [
		{kind: Counter(each.row for each in rows) for kind, rows in book.by_kind.items()} for book in found
	]
	assert alike[0] == alike[1] and all(alike[0][kind] for kind in EvidenceKind)
	assert ours.figures() == theirs.figures() and ours.summary() == theirs.summary()


def test_the_snapshot_of_a_quarter_is_the_same_on_both_and_written_once(store):
	preview, truths = open_sqlite_book(), make_truths(8, 60, AFTER)
	quarter, found = QuarterPeriod(2026, 3), []
	listed = "customer, company, account_manager, star_level, was_active, had_agreement, revenue_before"
	for book in (store, preview):
		write_into(book, truths)
		for day in (quarter.start, quarter.start + timedelta(days=1)):
			play_night(book, day)
		rows = book.rows(f"SELECT {listed} FROM `tabQuarterly Cohort Customer` ORDER BY customer")
		found.append([(*row[:-1], float(row[-1])) for row in rows])
		found.append([each.row for each in read_cohort(book, Policy(), quarter, AFTER)])
	preview.close()
	assert found[0] == found[2] and found[1] == found[3]
	assert len(found[0]) == 60 and any(row[-1] for row in found[0])


def test_purchases_of_eight_quarters_are_counted_of_every_company(store):
	sales, quarter = sold_by_several(5, 60, AFTER), QuarterPeriod(2026, 3)
	write_sales(store, sales)
	counted = [Counted(quarter.moved(-back), quarter.moved(-back).end) for back in range(8)]
	found = read_purchases_of(store, Selection.between("Customer", "Customer z"), counted)
	assert found == [purchases_of(sales, each) for each in counted]
	assert any(len(rows) > 1 for rows in found[0].values()) and any(
		len(rows) == 1 for rows in found[0].values()
	)

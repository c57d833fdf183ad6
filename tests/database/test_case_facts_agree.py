"""What a case is measured by, by hand on MariaDB and SQLite: bought day by day, owed or paid in advance."""

from __future__ import annotations

from datetime import date

import pytest
from support_book import open_sqlite_book

from cs_retention.engine.vocabulary import Channel
from cs_retention.facts.keys import fold
from cs_retention.facts.saves import read_bought, read_owed
from cs_retention.facts.selection import Selection
from cs_retention.facts.touches import read_names

AFTER, UNTIL = date(2026, 10, 1), date(2026, 10, 31)
INVOICES = (
	("ACME", date(2026, 10, 1), 1, 500.0),
	("ACME", date(2026, 10, 2), 1, 100.0),
	("ACME", date(2026, 10, 2), 1, -30.5),
	("ACME", date(2026, 10, 3), 0, 70.0),
	("ACME", date(2026, 10, 31), 1, 10.0),
	("ACME", date(2026, 11, 1), 1, 20.0),
	("Bolt", date(2026, 10, 9), 1, 5.0),
	("Other", date(2026, 10, 9), 1, 5.0),
)
OPENING = ("ACME", date(2026, 10, 5), 1, 900.0, "Yes")
CALLS = (("08:00:00", "early"), ("09:30:00", "before ten"), ("10:00:00", "last"))
LEDGER = (("ACME", "Customer", 100.0, 0), ("ACME", "Customer", -130.25, 0), ("ACME", "Customer", 99.0, 1))
LEDGER += (("Bolt", "Customer", 7.0, 0), ("Bolt", "Supplier", 3.0, 0), ("Other", "Customer", 1.0, 0))


@pytest.fixture
def books(store):
	preview = open_sqlite_book()
	for book in (store, preview):
		book.insert_rows(
			"Sales Invoice", ("customer", "posting_date", "docstatus", "base_net_total"), INVOICES
		)
		book.insert_rows(
			"Sales Invoice",
			("customer", "posting_date", "docstatus", "base_net_total", "is_opening"),
			[OPENING],
		)
		book.insert_rows("Payment Ledger Entry", ("party", "party_type", "amount", "delinked"), LEDGER)
	yield store, preview
	preview.close()


def test_what_was_bought_is_summed_up_by_day_and_nothing_of_an_opening_invoice(books) -> None:
	for book in books:
		assert read_bought(book, Selection.of(["ACME", "Bolt"]), AFTER, UNTIL) == {
			fold("ACME"): {date(2026, 10, 2): 69.5, date(2026, 10, 31): 10.0},
			fold("Bolt"): {date(2026, 10, 9): 5.0},
		}


def test_what_is_owed_counts_what_stands_in_the_ledger(books) -> None:
	for book in books:
		assert read_owed(book, Selection.of(["ACME", "Bolt"])) == {fold("ACME"): -30.25, fold("Bolt"): 7.0}


def test_of_several_contacts_of_a_day_the_last_by_the_clock_is_named(books) -> None:
	fields = ("name", "customer", "touch_date", "touch_time", "channel", "outcome", "docstatus")
	for book in books:
		rows = [(name, "ACME", UNTIL, at, "Phone", "Reached", 1) for at, name in CALLS]
		book.insert_rows("Customer Touch", fields, rows)
		assert read_names(book, Selection.of(["ACME"]), AFTER, UNTIL) == {
			(fold("ACME"), UNTIL, Channel.PHONE): "last"
		}

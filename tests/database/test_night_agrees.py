"""One night, two databases: states, ratings and callbacks are the same rows, and a second night writes none."""

from datetime import timedelta

import pytest
from support_book import AS_OF, open_sqlite_book
from support_random_book import fill, random_book

from cs_retention.engine.policy import Policy
from cs_retention.facts.keys import fold
from cs_retention.facts.values import as_amount, as_count, as_date, as_text
from cs_retention.nightly.run import run_night
from cs_retention.nightly.states import READERS
from cs_retention.nightly.steady import DIGEST

CUSTOMERS = 400
STATE = {**READERS, "steady_mark": lambda mark: mark and mark[:DIGEST]}
"""Both databases say of the same customers for how long they are steady; the digest is of what each of them gave."""
STAR_RATING = {
	"as_of": as_date,
	"kind": as_text,
	"previous_level": as_text,
	"level": as_text,
	"score": as_amount,
	"reasons": as_text,
}
CHURN_SIGNAL = {
	"rule": as_text,
	"status": as_text,
	"closed_as": as_text,
	"raised_on": as_date,
	"closed_on": as_date,
	"reasons": as_text,
	"value_at_risk": as_amount,
}
HISTORY = "Customer Health Change"
HEALTH_CHANGE = {
	"as_of": as_date,
	"band_before": as_text,
	"health_before": as_count,
	"band": as_text,
	"health": as_count,
	"reasons": as_text,
	"is_worse": as_count,
}
LATER = ("Churn Signal", HISTORY)
"""What only some customers have, or what comes with later nights."""
CALLBACK = {
	"status": as_text,
	"responsible": as_text,
	"account_manager": as_text,
	"due_date": as_date,
	"window_start": as_date,
	"window_end": as_date,
	"channel": as_text,
	"is_committed": as_count,
	"reasons": as_text,
}


@pytest.fixture
def books(store):
	preview = open_sqlite_book()
	fill(store, random_book(11, CUSTOMERS, spell=True))
	fill(preview, random_book(11, CUSTOMERS, spell=False))
	yield store, preview
	preview.close()


def stored(store, doctype, columns):
	"""Rows of a DocType by customer, sorted, names left out: both databases choose their own."""
	query = f"SELECT customer, {', '.join(columns)} FROM `tab{doctype}`"
	return sorted(
		(fold(customer), *(str(read(value)) for read, value in zip(columns.values(), values, strict=True)))
		for customer, *values in store.rows(query)
	)


def test_first_and_next_nights_store_the_same_on_mariadb_and_sqlite(books):
	for number in (0, 1, 30):
		day = AS_OF + timedelta(days=number)
		ours, theirs = (run_night(book, Policy(), day) for book in books)
		assert ours.rate == theirs.rate
		assert ours.plan.counts == theirs.plan.counts
		for doctype, columns in (
			("Customer Retention State", STATE),
			("Star Rating", STAR_RATING),
			("Customer Callback", CALLBACK),
			("Churn Signal", CHURN_SIGNAL),
			(HISTORY, HEALTH_CHANGE),
		):
			found, expected = (stored(book, doctype, columns) for book in books)
			assert found == expected, (day, doctype)
			assert len(found) > CUSTOMERS / 3 or doctype in LATER
		assert [bool(stored(book, HISTORY, HEALTH_CHANGE)) for book in books] == [number > 0] * 2
		assert [run_night(book, Policy(), day).rows_written for book in books] == [0, 0]

"""One night, two databases: states, ratings and callbacks are the same rows, and a second night writes none.

The look by day over both too: who changed is found through indexes.
"""

from contextlib import closing
from datetime import datetime, time, timedelta

import pytest
from support_book import AS_OF, add, open_sqlite_book
from support_random_book import fill, random_book

from cs_retention.engine.night import NightPolicy
from cs_retention.engine.policy import Policy
from cs_retention.facts.changes import NAMED_BY, changed_query, read_changed
from cs_retention.facts.keys import fold
from cs_retention.facts.values import as_amount, as_count, as_date, as_text
from cs_retention.nightly.daytime import look_by_day
from cs_retention.nightly.ledger import Ledger
from cs_retention.nightly.phases import Night
from cs_retention.nightly.run import run_night
from cs_retention.nightly.states import READERS
from cs_retention.nightly.steady import DIGEST
from cs_retention.nightly.worker import Worker

CUSTOMERS = 400
LOOKED_OVER = 200
COMPLAINT = {"opening_date": AS_OF, "issue_type": "Complaint", "priority": "Serious", "status": "Open"}
MOMENT = datetime.combine(AS_OF, time(4))
"""Before the moment at which every row of a test is stamped."""
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


def night_over(ledger):
	return lambda run: Night(
		ledger.store, ledger.rules_of(run.name), run.as_of, lambda: ledger.basis_of(run.name)
	)


def test_a_look_stores_the_same_on_mariadb_and_sqlite(store):
	with closing(open_sqlite_book()) as preview:
		looked = []
		for book in (store, preview):
			fill(book, random_book(12, LOOKED_OVER, spell=book is store))
			ledger = Ledger(book, lambda: MOMENT - timedelta(days=1))
			name = ledger.open_dates(AS_OF, NightPolicy(), Policy)
			Worker(ledger, name, night_over(ledger), sleep=lambda _seconds: None).work()
			names = [name for (name,) in book.rows("SELECT name FROM `tabCustomer` ORDER BY name LIMIT 20")]
			add(book, "Issue", [{"customer": name.upper(), **COMPLAINT} for name in names])
			book.commit()
			looked.append(look_by_day(ledger, name, night_over(ledger)))
		assert looked[0] == looked[1]
		assert looked[0].states_written > 5
		for doctype, columns in (
			("Customer Retention State", STATE),
			("Churn Signal", CHURN_SIGNAL),
			(HISTORY, HEALTH_CHANGE),
		):
			assert stored(store, doctype, columns) == stored(preview, doctype, columns)


def test_who_changed_is_found_through_the_index_of_every_table(store):
	fill(store, random_book(12, LOOKED_OVER, spell=True))
	later = MOMENT + timedelta(days=400)
	assert read_changed(store, later) == set()
	plan = list(store.rows(f"EXPLAIN {changed_query()}", {"since": later}))
	found = {row[2]: row[5] for row in plan if row[2] and not row[2].startswith("<union")}
	assert found == {f"tab{doctype}": "modified" for doctype in NAMED_BY}

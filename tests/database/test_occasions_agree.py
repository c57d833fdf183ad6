"""What makes a dated obligation is the same on MariaDB, where names fold, and on SQLite."""

from contextlib import closing

from support_book import AS_OF, open_sqlite_book
from support_occasions import EXPECTED, fill_occasions, read_all

from cs_retention.engine.policy import Policy
from cs_retention.nightly.run import run_night

PURPOSES = """SELECT p.kind, p.period_start, p.period_end, c.due_date, c.responsible
	FROM `tabCustomer Callback` c JOIN `tabCustomer Callback Purpose` p ON p.parent = c.name
	WHERE p.kind IN ('Complaint', 'After Service', 'Care', 'Case')"""


def test_every_source_finds_the_same_documents(store):
	fill_occasions(store, spelling="ACME ")
	assert read_all(store) == EXPECTED


def test_a_night_plans_the_same_calls_for_them(store):
	with closing(open_sqlite_book()) as other:
		plans = []
		for book, spelling in ((store, "ACME "), (other, "Acme")):
			fill_occasions(book, spelling)
			run_night(book, Policy(), AS_OF)
			plans.append(sorted(tuple(map(str, row)) for row in book.rows(PURPOSES)))
	assert plans[0] == plans[1]
	assert len(plans[0]) == 19

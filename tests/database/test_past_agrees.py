"""The book of a past date is the same on MariaDB and SQLite, payments and closings included."""

from datetime import date

from support_book import add, open_sqlite_book
from support_past_book import PAST, filled

from cs_retention.engine.backtest import BacktestPolicy
from cs_retention.engine.policy import ComplaintPolicy, Policy
from cs_retention.facts.past import past_pages, read_knowledge, read_past_customers, read_past_spans
from cs_retention.nightly.backtest import run_backtest

POLICY = Policy(complaints=ComplaintPolicy(issue_types=("Complaint",), serious_priorities=("Serious",)))
SMALL = BacktestPolicy(least_customers=1, least_events=1, least_alike=1)
TODAY = date(2026, 11, 15)


def past_of(book, size):
	known = read_knowledge(book)
	facts = [
		row
		for page in past_pages(book, size)
		for row in read_past_customers(book, page, POLICY.complaints, PAST, known)
	]
	spans = sorted(read_past_spans(book, PAST))
	return known, facts, spans, list(run_backtest(book, POLICY, TODAY, least=SMALL))


def test_the_past_is_the_same_on_both(store):
	preview = open_sqlite_book()
	for book in (store, preview):
		add(book, "Company", [{"name": "East", "default_currency": "CNY"}])
		filled(book, customers=120)
	ours, theirs = past_of(store, 50), past_of(preview, 33)
	preview.close()
	assert ours == theirs
	known, facts, *_ = ours
	assert known.arrears and known.closings
	assert any(row.overdue_amount for row in facts) and any(row.open_complaints_90d for row in facts)

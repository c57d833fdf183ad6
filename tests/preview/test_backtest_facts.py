"""The book of a past date: nothing after the date is known, whatever happens to the rows that came before it."""

import random
from datetime import date, timedelta

import pytest
from support_book import add, add_invoices, open_sqlite_book
from support_past_book import PAST as AS_OF
from support_past_book import add_bill, filled

from cs_retention.engine.backtest import BacktestPolicy
from cs_retention.engine.backtest_signs import Afterwards, Knowledge
from cs_retention.engine.policy import ComplaintPolicy, Policy
from cs_retention.engine.ranking import Verdict
from cs_retention.engine.vocabulary import Card
from cs_retention.engine.workdays import add_months
from cs_retention.facts.book import page_of
from cs_retention.facts.past import (
	past_pages,
	read_afterwards,
	read_knowledge,
	read_past_customers,
	read_past_spans,
)
from cs_retention.nightly.backtest import judge_date, past_dates, run_backtest

TODAY = date(2026, 11, 15)
POLICY = Policy(complaints=ComplaintPolicy(issue_types=("Complaint",), serious_priorities=("Serious",)))
SMALL = BacktestPolicy(least_customers=1, least_events=1, least_alike=1)


@pytest.fixture
def book():
	store = open_sqlite_book()
	add(store, "Company", [{"name": "East", "default_currency": "CNY"}])
	yield store
	store.close()


def known_of(store):
	"""Return every fact of the past date, the rhythm of the book included."""
	known = read_knowledge(store)
	facts = [
		row
		for page in past_pages(store, 7)
		for row in read_past_customers(store, page, POLICY.complaints, AS_OF, known)
	]
	return known, facts, sorted(read_past_spans(store, AS_OF))


def scores_of(store):
	"""Return how many customers of each card had each band and rule."""
	result = judge_date(store, POLICY, AS_OF, TODAY, read_knowledge(store), lambda as_of, done: None, SMALL)
	return [
		(
			card.card,
			card.customers,
			[(row.band, row.customers) for row in card.bands],
			sorted((row.rule, row.fired) for row in card.rules),
		)
		for card in result.cards
	]


FUTURES = {
	"invoices gone": "DELETE FROM `tabSales Invoice` WHERE posting_date > '2025-11-15'",
	"amounts changed": "UPDATE `tabSales Invoice` SET base_net_total = 9999 WHERE posting_date > '2025-11-15'",
	"handed to others": (
		"UPDATE `tabSales Invoice` SET customer = 'Customer 07' WHERE posting_date > '2025-11-15'"
	),
	"everything paid": "UPDATE `tabSales Invoice` SET outstanding_amount = 0",
	"nothing paid": "UPDATE `tabSales Invoice` SET outstanding_amount = 100",
	"payments gone": "DELETE FROM `tabPayment Ledger Entry` WHERE posting_date > '2025-11-15'",
	"payments changed": "UPDATE `tabPayment Ledger Entry` SET amount = 5 WHERE posting_date > '2025-11-15'",
	"issues gone": "DELETE FROM `tabIssue` WHERE opening_date > '2025-11-15'",
	"issues closed": (
		"UPDATE `tabIssue` SET status = 'Closed', sla_resolution_date = '2026-03-01 09:00:00' "
		"WHERE sla_resolution_date IS NULL"
	),
	"issues opened again": (
		"UPDATE `tabIssue` SET status = 'Open', sla_resolution_date = NULL "
		"WHERE sla_resolution_date > '2025-11-16'"
	),
	"touches gone": "DELETE FROM `tabCustomer Touch` WHERE touch_date > '2025-11-15'",
	"touches turned": "UPDATE `tabCustomer Touch` SET outcome = 'Refused' WHERE touch_date > '2025-11-15'",
	"subscriptions cancelled": (
		"UPDATE `tabSubscription` SET status = 'Cancelled', cancelation_date = '2026-02-01'"
	),
	"contracts cancelled": "UPDATE `tabContract` SET docstatus = 2",
	"contracts begun": "DELETE FROM `tabContract` WHERE start_date > '2025-11-15'",
	"customers disabled": "UPDATE `tabCustomer` SET disabled = 1",
}


@pytest.mark.parametrize("future", FUTURES)
def test_whatever_comes_after_the_date_the_facts_and_scores_are_the_same(book, future):
	filled(book)
	before, scores = known_of(book), scores_of(book)
	assert book.change(FUTURES[future], {}) > 0
	assert known_of(book) == before
	assert scores_of(book) == scores


def test_the_futures_would_show_in_a_book_read_for_today(book):
	filled(book)
	known = read_knowledge(book)

	def today():
		pages = past_pages(book)
		return [read_past_customers(book, page, POLICY.complaints, TODAY, known) for page in pages]

	before = today()
	book.change(FUTURES["invoices gone"], {})
	assert today() != before


def test_the_sample_has_something_of_everything(book):
	filled(book)
	known, facts, _ = known_of(book)
	assert known == Knowledge(arrears=True, closings=True)
	assert {card: count > 0 for card, count, *_ in scores_of(book)} == dict.fromkeys(Card, True)
	for field in (
		"overdue_amount",
		"overdue_before",
		"open_complaints_90d",
		"unreached_in_a_row",
		"has_refused",
	):
		assert any(getattr(row, field) for row in facts), field
	assert not any(row.customer == "Customer 00" for row in facts)


def test_without_payments_and_closing_dates_both_are_unknown_and_said_so(book):
	add(book, "Customer", [{"name": "Acme", "retention_billed": 1}])
	add_invoices(
		book, "Acme", {"posting_date": AS_OF - timedelta(days=99), "due_date": AS_OF - timedelta(days=80)}
	)
	add_invoices(book, "Acme", {"posting_date": AS_OF - timedelta(days=9), "outstanding_amount": 50})
	issue = {"customer": "Acme", "issue_type": "Complaint", "opening_date": AS_OF - timedelta(days=9)}
	add(book, "Issue", [{**issue, "status": "Open"}, {**issue, "status": "Closed"}])
	known, (facts,), _ = known_of(book)
	assert known == Knowledge(arrears=False, closings=False, billed=1)
	assert (facts.overdue_amount, facts.oldest_overdue, facts.overdue_before) == (0.0, None, None)
	assert (facts.complaints_90d, facts.open_complaints_90d) == (2, 0)
	codes = [reason.code for reason in next(run_backtest(book, POLICY, TODAY)).limits]
	assert codes == ["arrears_unknown", "closing_dates_unknown", "billed_as_of_today"]


def test_overdue_is_what_the_payments_had_not_settled_by_the_date(book):
	add(book, "Customer", [{"name": "Acme"}])
	dice = random.Random(1)
	dice.random = lambda: 1.0
	add_bill(book, dice, "Acme", "old", AS_OF - timedelta(days=90))
	add_bill(book, dice, "Acme", "new", AS_OF - timedelta(days=30))
	entry = {
		"party_type": "Customer",
		"party": "Acme",
		"against_voucher_type": "Sales Invoice",
		"delinked": 0,
	}
	part = {**entry, "against_voucher_no": "old", "amount": -40}
	add(book, "Payment Ledger Entry", [{**part, "posting_date": AS_OF - timedelta(days=5)}])
	add(book, "Payment Ledger Entry", [{**part, "posting_date": AS_OF + timedelta(days=5)}])
	_, (facts,), _ = known_of(book)
	assert (facts.overdue_amount, facts.oldest_overdue) == (160.0, AS_OF - timedelta(days=70))
	assert facts.overdue_before == 100.0


def test_what_came_after_is_the_last_purchase_within_the_window(book):
	add(book, "Customer", [{"name": "Acme"}, {"name": "Beta"}])
	for days in (-3, 0, 20, 40, 91):
		add_invoices(book, "Acme", {"posting_date": AS_OF + timedelta(days=days)})
	add_invoices(
		book, "Acme", {"posting_date": AS_OF + timedelta(days=80), "is_return": 1, "base_net_total": -100}
	)
	add_invoices(book, "Beta", {"posting_date": AS_OF})
	(page,) = past_pages(book)
	came = read_afterwards(book, page_of(page), AS_OF, AS_OF + timedelta(days=90))
	assert came == {"acme": Afterwards(AS_OF + timedelta(days=40))}


def simulated(store, is_true, customers=240):
	"""Fill a book in which rhythm tells who leaves, or in which it tells nothing."""
	dice = random.Random(11)
	for number in range(customers):
		name = f"Customer {number:03d}"
		add(store, "Customer", [{"name": name}])
		age = dice.randint(5, 400)
		days = [AS_OF - timedelta(days=age + 30 * place) for place in range(dice.randint(2, 12))]
		chance = 0.95 - age / 430 if is_true else 0.5
		if dice.random() < chance:
			days.append(AS_OF + timedelta(days=dice.randint(1, 300)))
		add_invoices(store, name, *({"posting_date": day} for day in days))


def test_a_book_of_known_truth_is_found_out_and_a_book_of_noise_is_worth_nothing(book):
	simulated(book, is_true=True)
	free, contract = next(run_backtest(book, POLICY, TODAY)).cards
	assert free.verdict is Verdict.RANKS
	assert float(free.ranking.auc) > 0.75
	assert contract.verdict is Verdict.TOO_LITTLE
	healthy, *_, critical = (row.share for row in free.bands)
	assert healthy > critical
	noise = open_sqlite_book()
	add(noise, "Company", [{"name": "East", "default_currency": "CNY"}])
	simulated(noise, is_true=False)
	assert next(run_backtest(noise, POLICY, TODAY)).cards[0].verdict is Verdict.CHANCE


def test_the_dates_look_back_by_quarters_of_a_year_and_each_is_told(book):
	filled(book, customers=12)
	told = []
	results = list(run_backtest(book, POLICY, TODAY, lambda as_of, done: told.append((as_of, done)), SMALL))
	dates = [date(2025, 11, 15), date(2026, 2, 15), date(2026, 5, 15), date(2026, 8, 15)]
	assert list(past_dates(TODAY)) == dates == [add_months(TODAY, -months) for months in (12, 9, 6, 3)]
	assert [result.span.as_of for result in results] == dates
	assert told == [(day, 11) for day in dates]


def count_statements(store, monkeypatch):
	"""Return a list that gets an entry for every statement the store runs."""
	ran = []

	def counted(run):
		def told(*given, **named):
			ran.append(given[0])
			return run(*given, **named)

		return told

	for name in ("lines", "rows"):
		monkeypatch.setattr(store, name, counted(getattr(store, name)))
	return ran


def test_the_number_of_statements_does_not_grow_with_the_customers(monkeypatch):
	counts = []
	for customers in (10, 40):
		store = open_sqlite_book()
		filled(store, customers=customers)
		ran = count_statements(store, monkeypatch)
		scores_of(store)
		counts.append(len(ran))
		store.close()
	assert counts[0] == counts[1] > 0

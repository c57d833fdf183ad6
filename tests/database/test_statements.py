"""How many statements a night sends: as many as a page of customers has facts, and none for a customer."""

from datetime import timedelta

import pytest
from support_book import AS_OF
from support_random_book import fill, random_book

from cs_retention.engine.policy import Policy
from cs_retention.facts.book import PAGE
from cs_retention.nightly.plan import plan_book_of
from cs_retention.nightly.run import rate_book
from cs_retention.store.mariadb import MariaDBStore

CUSTOMERS = 2000
MOST_OF_RATING = 24
"""For a page of 10,000 customers, so that 12 fall on 5,000; ledger and planning left out."""
MOST_OF_PLANNING = 44
"""For a group of people who have as many; two for each kind of document are asked once a night, whatever its size."""


@pytest.fixture
def counted(monkeypatch):
	"""Statements sent to the server."""
	sent = []
	execute, run = MariaDBStore._ask, MariaDBStore._run

	def counting(store, statement, values=None):
		sent.append(statement)
		return execute(store, statement, values)

	def counting_run(store, statement):
		sent.append(statement)
		return run(store, statement)

	monkeypatch.setattr(MariaDBStore, "_ask", counting)
	monkeypatch.setattr(MariaDBStore, "_run", counting_run)
	return sent


def told(phase, done):
	pass


def statements(store, counted, number):
	"""Return how many statements rating and planning of a day take."""
	day, taken = AS_OF + timedelta(days=number), []
	for work in (rate_book, plan_book_of):
		counted.clear()
		work(store, Policy(), day, told)
		taken.append(len(counted))
	return taken


def test_a_night_sends_a_dozen_statements_for_five_thousand_customers(store, counted):
	always = statements(store, counted, 0)
	fill(store, random_book(7, CUSTOMERS, spell=False))
	assert CUSTOMERS < PAGE
	for number in range(4):
		rating, planning = (
			taken - fixed for taken, fixed in zip(statements(store, counted, number), always, strict=True)
		)
		assert 10 < rating <= MOST_OF_RATING
		assert 10 < planning <= MOST_OF_PLANNING

"""A call that is logged while the night plans its customer: one waits for the other, and nothing of the call is lost."""

from datetime import timedelta
from threading import Event, Thread

import pymysql
import pytest
from support_book import AS_OF, all_tables, numbered_authorship
from support_random_book import fill, random_book

from cs_retention.engine.policy import Policy
from cs_retention.engine.vocabulary import Phase
from cs_retention.nightly.ledger import Chunk
from cs_retention.nightly.phases import Night
from cs_retention.nightly.run import run_night
from cs_retention.nightly.states import DOCTYPE as STATE
from cs_retention.store.mariadb import MariaDBStore

CALLBACK, PURPOSE = "Customer Callback", "Customer Callback Purpose"
NEXT_NIGHT = AS_OF + timedelta(days=45)
"""So late that every callback of the first night has ended or moves."""

DUE = f"""SELECT name, customer FROM `tab{CALLBACK}`
	WHERE status = 'Planned' AND responsible > '' AND is_committed = 1 ORDER BY due_date, name LIMIT 1"""
FOUND = f"SELECT status, open_key, summary, modified FROM `tab{CALLBACK}` WHERE name = %(name)s"
PURPOSES = f"SELECT open_key, met FROM `tab{PURPOSE}` WHERE parent = %(name)s"
WAITING = "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'"


@pytest.fixture
def book(store):
	fill(store, random_book(11, 60, spell=False))
	run_night(store, Policy(), AS_OF)
	return store


@pytest.fixture
def person(book, address):
	"""A request: a connection of its own."""
	opened = MariaDBStore(address, numbered_authorship(), all_tables())
	yield opened
	opened.close()


@pytest.fixture
def watcher(book, address):
	opened = MariaDBStore(address, numbered_authorship(), all_tables())
	yield opened
	opened.close()


def night_and_chunk(store):
	night = Night(store, Policy(), NEXT_NIGHT, str)
	people = tuple(person for group in night.planner.groups(1000) for person in group)
	store.rollback()
	fresh = Night(store, Policy(), NEXT_NIGHT, str)
	return fresh, Chunk("chunk", "run", Phase.PLAN, "", "", {"people": people}, "token")


def log_call(person, name):
	"""Close a callback as an action does, without the commit."""
	person.update_rows(CALLBACK, ("name", "status", "open_key", "summary"), [(name, "Done", None, "agreed")])
	person.change(
		f"UPDATE `tab{PURPOSE}` SET open_key = NULL, met = 1 WHERE parent = %(name)s", {"name": name}
	)


def wait_until_it_waits(planning, watcher):
	pause = Event()
	while planning.is_alive() and list(watcher.rows(WAITING)) == [(0,)]:
		watcher.rollback()
		# InnoDB tells the same again to who asks within a tenth of a second.
		pause.wait(0.2)


def test_the_night_waits_for_a_call_being_logged_and_leaves_it_as_logged(book, person, watcher):
	((name, customer),) = book.rows(DUE)
	night, chunk = night_and_chunk(book)
	assert person.hold(STATE, "customer", [customer]) == [customer]
	planning = Thread(target=night.work, args=(chunk,), daemon=True)
	planning.start()
	wait_until_it_waits(planning, watcher)
	log_call(person, name)
	person.commit()
	planning.join()
	book.commit()
	logged = list(person.rows(FOUND, {"name": name}))
	assert logged[0][:3] == ("Done", None, "agreed")
	assert set(person.rows(PURPOSES, {"name": name})) == {(None, 1)}


def test_a_call_waits_for_the_night_and_finds_what_it_planned(book, person):
	((name, customer),) = book.rows(DUE)
	night, chunk = night_and_chunk(book)
	before = list(book.rows(FOUND, {"name": name}))
	book.rollback()
	night.work(chunk)
	list(person.rows("SET SESSION innodb_lock_wait_timeout = 0"))
	with pytest.raises(pymysql.err.OperationalError) as refused:
		person.hold(STATE, "customer", [customer])
	assert person.is_passing(refused.value)
	person.rollback()
	book.commit()
	assert person.hold(STATE, "customer", [customer]) == [customer]
	assert list(person.rows(FOUND, {"name": name})) != before


def test_an_end_that_people_wrote_stands_even_against_a_plan_that_has_not_seen_it(book, person, monkeypatch):
	((name, _customer),) = book.rows(DUE)
	night, chunk = night_and_chunk(book)
	held = book.hold

	def hold_and_be_overtaken(*keys):
		found = held(*keys)
		assert next(iter(book.rows(FOUND, {"name": name})))[0] == "Planned"
		log_call(person, name)
		person.commit()
		return found

	monkeypatch.setattr(book, "hold", hold_and_be_overtaken)
	night.work(chunk)
	book.commit()
	assert next(iter(person.rows(FOUND, {"name": name})))[:3] == ("Done", None, "agreed")
	assert set(person.rows(PURPOSES, {"name": name})) == {(None, 1)}


def test_a_customer_that_comes_to_the_people_meanwhile_is_left_to_the_next_night(book, person, monkeypatch):
	((name, customer),) = book.rows(DUE)
	night, chunk = night_and_chunk(book)
	held = book.hold
	monkeypatch.setattr(book, "hold", lambda *keys: [key for key in held(*keys) if key != customer])
	before = list(person.rows(FOUND, {"name": name}))
	person.rollback()
	night.work(chunk)
	book.commit()
	assert [row[0] for row in person.rows(FOUND, {"name": name})] == [row[0] for row in before]

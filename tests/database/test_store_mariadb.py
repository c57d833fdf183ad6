from datetime import date, datetime
from decimal import Decimal

import pymysql
import pytest
from support_book import all_tables, numbered_authorship

from cs_retention.engine.vocabulary import Level
from cs_retention.store import one_cell
from cs_retention.store.mariadb import MariaDBStore

STATE = "Customer Retention State"


def read(store, *fieldnames, doctype=STATE):
	listed = ", ".join(f"`{name}`" for name in fieldnames)
	return list(store.rows(f"SELECT {listed} FROM `tab{doctype}` ORDER BY `name`"))


def test_an_inserted_row_is_named_and_stamped_and_numbers_are_never_null(store):
	assert store.insert_rows(STATE, ("customer", "as_of", "score"), [("Acme", date(2026, 11, 1), None)]) == 1
	assert read(store, "name", "customer", "as_of", "creation", "owner", "score", "rated_on") == [
		(
			"row-000001",
			"Acme",
			date(2026, 11, 1),
			datetime(2026, 11, 15, 1),
			"Administrator",
			Decimal(0),
			None,
		)
	]


def test_a_table_is_known_to_be_there_or_not(store):
	assert store.has_table(STATE)
	assert not store.has_table("Leave Application")


def test_updating_sets_only_the_fields_given_and_passes_over_unknown_names(store):
	store.insert_rows(STATE, ("name", "customer", "score"), [("s1", "Acme", Decimal("71.25"))])
	assert store.update_rows(STATE, ("name", "star_level"), [("s1", "Four Star"), ("s9", "One Star")]) == 2
	assert read(store, "name", "score", "star_level") == [("s1", Decimal("71.25"), "Four Star")]


def test_updating_twice_in_a_transaction_does_not_repeat_the_first_update(store):
	store.insert_rows(STATE, ("name", "customer"), [("s1", "Acme"), ("s2", "Bolt")])
	store.update_rows(STATE, ("name", "health"), [("s1", 40)])
	store.update_rows(STATE, ("name", "health"), [("s2", 60)])
	assert read(store, "health") == [(40,), (60,)]


def test_rolling_back_an_update_leaves_nothing_for_the_next_one(store):
	store.insert_rows(STATE, ("name", "customer"), [("s1", "Acme")])
	store.commit()
	store.update_rows(STATE, ("name", "health"), [("s1", 40)])
	store.rollback()
	assert read(store, "health") == [(0,)]
	store.update_rows(STATE, ("name", "star_level"), [("s1", "Four Star")])
	assert read(store, "health", "star_level") == [(0, "Four Star")]


def test_upserting_inserts_the_unknown_and_keeps_name_and_creation_of_the_known(store):
	store.insert_rows(STATE, ("name", "customer", "creation"), [("s1", "Acme", datetime(2020, 1, 1))])
	store.upsert_rows(STATE, ("customer", "health"), [("Acme", 40), ("Bolt", 60)])
	assert read(store, "name", "customer", "health", "creation") == [
		("row-000002", "Bolt", 60, datetime(2026, 11, 15, 1)),
		("s1", "Acme", 40, datetime(2020, 1, 1)),
	]


def test_more_rows_than_one_batch_are_all_written_updated_and_deleted(store):
	names = [f"s{number:05d}" for number in range(2500)]
	assert store.insert_rows(STATE, ("name", "customer"), ((name, name) for name in names)) == 2500
	assert store.update_rows(STATE, ("name", "health"), ((name, 7) for name in names)) == 2500
	assert list(store.rows(f"SELECT SUM(health) FROM `tab{STATE}`")) == [(17500,)]
	assert store.delete_rows(STATE, iter(names[:2400])) == 2400
	assert list(store.rows(f"SELECT COUNT(*) FROM `tab{STATE}`")) == [(100,)]


def test_a_customer_has_one_state_whatever_the_case_of_its_name(store):
	store.insert_rows(STATE, ("customer",), [("Acme",)])
	with pytest.raises(pymysql.err.IntegrityError, match="Duplicate entry 'ACME '"):
		store.insert_rows(STATE, ("customer",), [("ACME ",)])


def test_any_number_of_rows_may_have_no_open_key(store):
	fields = ("customer", "open_key")
	store.insert_rows("Customer Callback", fields, [("Acme", None), ("Acme", None), ("Acme", "Quota|s1")])
	with pytest.raises(pymysql.err.IntegrityError, match=r"Duplicate entry .* for key 'open_key'"):
		store.insert_rows("Customer Callback", fields, [("Acme", "Quota|s1")])


def test_a_rating_is_unique_per_state_date_policy_and_review(store):
	rating = ("state", "as_of", "policy_version", "review", "customer")
	by_the_night = ("s1", date(2026, 11, 1), "v1", "", "Acme")
	store.insert_rows("Star Rating", rating, [by_the_night])
	with pytest.raises(pymysql.err.IntegrityError, match="unique_star_rating"):
		store.insert_rows("Star Rating", rating, [by_the_night])


def test_parameters_are_named_and_a_doubled_percent_sign_is_one(store):
	store.insert_rows(STATE, ("customer", "next_callback"), [("Acme", date(2026, 11, 9))])
	query = f"SELECT customer FROM `tab{STATE}` WHERE customer LIKE 'A%%' AND next_callback <= %(day)s"
	assert list(store.rows(query, {"day": date(2026, 11, 9)})) == [("Acme",)]
	assert list(store.rows(f"SELECT customer FROM `tab{STATE}` WHERE customer LIKE 'A%%'")) == [("Acme",)]


def test_text_is_stored_as_it_is_whatever_stands_in_it(store):
	odd = ["100 % of %(x)s %s %%", "it's", "a \\ b", "IfNull(a, b)", '"\n\t\r\x00\x1a"', "☎ 投诉 😀", "", " "]
	store.insert_rows(
		STATE, ("name", "customer", "main_reason"), [(f"s{n}", f"c{n}", text) for n, text in enumerate(odd)]
	)
	assert read(store, "main_reason") == [(text,) for text in odd]
	store.update_rows(STATE, ("name", "key_account_reason"), [(f"s{n}", text) for n, text in enumerate(odd)])
	assert read(store, "key_account_reason") == [(text,) for text in odd]


def test_text_is_stored_as_it_is_in_a_mode_without_backslash_escapes(store):
	list(store.rows("SET SESSION sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES')"))
	store.insert_rows(STATE, ("name", "customer"), [("s1", "a \\ 'b'")])
	assert read(store, "customer") == [("a \\ 'b'",)]


def test_a_percent_sign_of_a_number_and_an_enumeration_are_written_as_their_values(store):
	fields = ("name", "customer", "score", "health", "star_level", "is_key_account", "overdue_amount")
	store.insert_rows(STATE, fields, [("s1", "Acme", Decimal("1E+1"), 7, Level.FIVE_STAR, True, 0.1)])
	assert read(store, *fields[2:]) == [(Decimal(10), 7, "Five Star", 1, Decimal("0.1"))]


def test_copies_take_the_other_fields_from_the_row_they_name(store):
	states = [
		("s1", "Acme", "Four Star", Decimal("71.25"), None),
		("s2", "Bolt", "New", None, date(2026, 11, 1)),
	]
	store.insert_rows(STATE, ("name", "customer", "star_level", "score", "rated_on"), states)
	fields, copied = (
		("state", "kind", "customer"),
		{"level": "star_level", "score": "score", "rated_on": "rated_on"},
	)
	rows = [("s1", "Initial", "Acme"), ("s2", "Annual", "Bolt's"), ("s9", "Annual", None)]
	assert store.insert_copies("Star Rating", fields, rows, STATE, copied) == 3
	assert read(
		store, "state", "kind", "customer", "level", "score", "rated_on", "owner", doctype="Star Rating"
	) == [
		("s1", "Initial", "Acme", "Four Star", Decimal("71.25"), None, "Administrator"),
		("s2", "Annual", "Bolt's", "New", Decimal(0), date(2026, 11, 1), "Administrator"),
	]


def test_one_copy_and_a_copy_of_an_oddly_named_row_are_no_exception(store):
	store.insert_rows(STATE, ("name", "customer"), [("it's (odd) \\", "Acme")])
	store.insert_copies("Star Rating", ("state",), [("it's (odd) \\",)], STATE, {"customer": "customer"})
	assert read(store, "state", "customer", doctype="Star Rating") == [("it's (odd) \\", "Acme")]


class TestLines:
	QUERY = f"SELECT customer, rated_on, score, health FROM `tab{STATE}` WHERE customer LIKE %(like)s ORDER BY customer LIMIT 9"

	def lines(self, store):
		return [tuple(row) for row in store.lines(self.QUERY, 4, {"like": "%"}, in_order=True)]

	def test_every_cell_is_its_text_and_nothing_is_empty_text(self, store):
		assert self.lines(store) == []
		rows = [("b", date(2026, 11, 1), Decimal("1.5"), 7), ("A", None, 0, -1), ("投诉", None, 0, 0)]
		store.insert_rows(STATE, ("customer", "rated_on", "score", "health"), rows)
		assert self.lines(store) == [
			("A", "", "0.00", "-1"),
			("b", "2026-11-01", "1.50", "7"),
			("投诉", "", "0.00", "0"),
		]

	@pytest.mark.parametrize("mark", ["\x1e", "\x1f", "\x1f\x1e"])
	def test_a_mark_within_a_cell_does_not_cut_it(self, store, mark):
		store.insert_rows(STATE, ("customer", "health"), [(f"a{mark}b", 7), ("c", 8)])
		assert [(row[0], int(row[3])) for row in self.lines(store)] == [(f"a{mark}b", 7), ("c", 8)]

	def test_what_is_too_long_for_one_cell_comes_in_rows(self, store, monkeypatch):
		monkeypatch.setattr(one_cell, "MOST_BYTES", 1024)
		names = [f"customer {number:04d}" for number in range(200)]
		store.insert_rows(STATE, ("customer",), ([name] for name in names))
		assert [name for (name,) in store.lines(f"SELECT customer FROM `tab{STATE}`", 1)] == names


class TestTwoConnections:
	@pytest.fixture
	def other(self, store, address):
		opened = MariaDBStore(address, numbered_authorship(), all_tables())
		yield opened
		opened.close()

	def test_nothing_is_seen_before_it_is_committed(self, store, other):
		store.insert_rows(STATE, ("customer",), [("Acme",)])
		assert read(other, "customer") == []
		store.commit()
		other.rollback()
		assert read(other, "customer") == [("Acme",)]

	def test_one_transaction_reads_one_state_of_the_book(self, store, other):
		assert read(other, "customer") == []
		store.insert_rows(STATE, ("customer",), [("Acme",)])
		store.commit()
		assert read(other, "customer") == []

	def test_only_the_first_of_two_claimants_gets_a_row(self, store, other):
		store.insert_rows(STATE, ("name", "customer"), [("s1", "Acme")])
		store.commit()
		found = {"plan_fingerprint": None}
		assert read(other, "plan_fingerprint") == [(None,)]
		assert store.claim(STATE, "s1", found, {"plan_fingerprint": "first"}) is True
		store.commit()
		assert other.claim(STATE, "s1", found, {"plan_fingerprint": "second"}) is False

from datetime import date, datetime
from decimal import Decimal

import pymysql
import pytest
from support_book import all_tables, numbered_authorship

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

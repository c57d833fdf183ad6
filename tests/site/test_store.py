"""The store over frappe.db keeps the contract that the plain connection keeps."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from itertools import count

import pytest

from cs_retention.store.base import Authorship
from cs_retention.store.schema import own_tables
from cs_retention.store.site import SiteStore

STATE = "Customer Retention State"
TOUCHES = "Customer Touch"


@pytest.fixture
def store(frappe):
	numbers = count(1)
	authorship = Authorship(
		now=lambda: datetime(2026, 11, 15, 1), new_name=lambda: f"row-{next(numbers):06d}"
	)
	frappe.db.rollback()
	opened = SiteStore(frappe.db, authorship, own_tables())
	frappe.db.delete(STATE)
	return opened


def read(store, *fieldnames, doctype=STATE):
	listed = ", ".join(f"`{name}`" for name in fieldnames)
	return list(store.rows(f"SELECT {listed} FROM `tab{doctype}` ORDER BY `name`"))


def test_an_inserted_row_is_named_and_stamped_and_numbers_are_never_null(store):
	assert store.insert_rows(STATE, ("customer", "as_of", "score"), [("Acme", date(2026, 11, 1), None)]) == 1
	stamped = ("row-000001", "Acme", date(2026, 11, 1), datetime(2026, 11, 15, 1), "Administrator")
	fields = ("name", "customer", "as_of", "creation", "owner", "score", "rated_on")
	assert read(store, *fields) == [(*stamped, Decimal(0), None)]


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
	store.insert_rows(TOUCHES, ("name", "customer"), [("t1", "Acme")])
	store.update_rows(TOUCHES, ("name", "satisfaction"), [("t1", 4)])
	store.rollback()
	assert read(store, "name", doctype=TOUCHES) == []
	store.insert_rows(TOUCHES, ("name", "customer"), [("t1", "Acme")])
	store.update_rows(TOUCHES, ("name", "summary"), [("t1", "called")])
	assert read(store, "satisfaction", "summary", doctype=TOUCHES) == [(0, "called")]


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


def test_only_the_first_of_two_claimants_gets_a_row(store):
	store.insert_rows(STATE, ("name", "customer"), [("s1", "Acme")])
	found, taken = {"plan_fingerprint": None}, {"plan_fingerprint": "token"}
	assert store.claim(STATE, "s1", found, taken) is True
	assert store.claim(STATE, "s1", found, taken) is False


def test_parameters_are_named_and_a_doubled_percent_sign_is_one(store):
	store.insert_rows(STATE, ("customer", "next_callback"), [("Acme", date(2026, 11, 9))])
	query = f"SELECT customer FROM `tab{STATE}` WHERE customer LIKE 'A%%' AND next_callback <= %(day)s"
	assert list(store.rows(query, {"day": date(2026, 11, 9)})) == [("Acme",)]
	assert list(store.rows(f"SELECT customer FROM `tab{STATE}` WHERE customer LIKE 'A%%'")) == [("Acme",)]


def test_text_with_percent_signs_quotes_and_backslashes_is_stored_as_it_is(store):
	odd = "100 % of \\ 'quoted' %(x)s %s IFNULL(a, b) ifnull( ☎"
	store.insert_rows(STATE, ("name", "customer", "main_reason"), [("s1", "Acme", odd)])
	store.update_rows(STATE, ("name", "key_account_reason"), [("s1", odd)])
	assert read(store, "main_reason", "key_account_reason") == [(odd, odd)]


def test_copies_take_the_other_fields_from_the_row_they_name(store):
	odd = "it's (odd), 100 % IFNULL("
	states = [("s1", "Acme", "Four Star", odd), ("s2", "Bolt", "New", None)]
	store.insert_rows(STATE, ("name", "customer", "star_level", "rating_reasons"), states)
	rows = [("s1", "Initial"), ("s2", "Annual"), ("s9", "Annual")]
	copied = {"customer": "customer", "level": "star_level", "reasons": "rating_reasons"}
	assert store.insert_copies("Star Rating", ("state", "kind"), rows, STATE, copied) == 3
	query = "SELECT state, kind, customer, level, reasons FROM `tabStar Rating` WHERE state IN ('s1', 's2') ORDER BY state"
	assert list(store.rows(query)) == [
		("s1", "Initial", "Acme", "Four Star", odd),
		("s2", "Annual", "Bolt", "New", None),
	]


def test_lines_are_the_rows_as_text(store):
	rows = [("s1", "Bolt %", date(2026, 11, 1), 7), ("s2", "Acme\x1e", None, 5)]
	store.insert_rows(STATE, ("name", "customer", "rated_on", "health"), rows)
	query = (
		f"SELECT customer, rated_on, health FROM `tab{STATE}` WHERE name = %(name)s AND customer LIKE '%%'"
	)
	assert list(store.lines(query, 3, {"name": "s1"})) == [["Bolt %", "2026-11-01", "7"]]
	assert list(store.lines(query, 3, {"name": "s2"})) == [("Acme\x1e", None, 5)]


def test_a_customer_has_one_state_whatever_the_case_of_its_name(frappe, store):
	store.insert_rows(STATE, ("customer",), [("Acme",)])
	with pytest.raises(Exception, match="Duplicate entry 'ACME '"):
		store.insert_rows(STATE, ("customer",), [("ACME ",)])


def test_a_hundred_thousand_rows_stay_far_below_the_writes_frappe_allows(frappe, store):
	before = frappe.db.transaction_writes
	store.insert_rows(STATE, ("name", "customer"), ((f"s{n}", f"s{n}") for n in range(20_000)))
	store.update_rows(STATE, ("name", "health"), ((f"s{n}", 5) for n in range(20_000)))
	assert frappe.db.transaction_writes - before <= 4


def test_rows_are_kept_once_the_transaction_is_committed(frappe, store):
	frappe.db.rollback()
	store.insert_rows(STATE, ("customer",), [("Kept by commit",)])
	store.commit()
	store.rollback()
	assert frappe.db.exists(STATE, {"customer": "Kept by commit"})
	frappe.db.delete(STATE, {"customer": "Kept by commit"})
	store.commit()

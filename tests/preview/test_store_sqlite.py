import sqlite3
from datetime import date, datetime
from decimal import Decimal
from itertools import count

import pytest

from cs_retention.store.base import Authorship
from cs_retention.store.schema import own_tables
from cs_retention.store.sqlite import SQLiteStore

STATE = "Customer Retention State"


@pytest.fixture
def store():
	numbers = count(1)
	authorship = Authorship(
		now=lambda: datetime(2026, 11, 2, 1, 0), new_name=lambda: f"name-{next(numbers):04d}"
	)
	opened = SQLiteStore(":memory:", authorship, own_tables())
	opened.create_tables()
	opened.create_indexes()
	opened.commit()
	yield opened
	opened.close()


def read(store, *fieldnames, doctype=STATE):
	listed = ", ".join(f"`{name}`" for name in fieldnames)
	return list(store.rows(f"SELECT {listed} FROM `tab{doctype}` ORDER BY `name`"))


def test_an_inserted_row_is_named_and_stamped(store):
	assert store.insert_rows(STATE, ("customer", "as_of"), [("Acme", date(2026, 11, 1))]) == 1
	assert read(store, "name", "customer", "as_of", "creation", "owner", "docstatus") == [
		("name-0001", "Acme", "2026-11-01", "2026-11-02 01:00:00.000000", "Administrator", 0)
	]


def test_none_in_a_number_column_is_stored_as_its_default_and_in_a_date_column_as_null(store):
	store.insert_rows(STATE, ("customer", "score", "rated_on"), [("Acme", None, None)])
	assert read(store, "score", "rated_on") == [(0, None)]


def test_a_table_is_known_to_be_there_or_not(store):
	assert store.has_table(STATE)
	assert not store.has_table("Leave Application")


def test_updating_sets_only_the_fields_given_and_passes_over_unknown_names(store):
	store.insert_rows(STATE, ("name", "customer", "score"), [("s1", "Acme", Decimal("71.25"))])
	store.update_rows(STATE, ("name", "star_level"), [("s1", "Four Star"), ("s9", "One Star")])
	assert read(store, "name", "score", "star_level") == [("s1", 71.25, "Four Star")]


def test_updating_by_another_field_than_name_is_refused(store):
	with pytest.raises(ValueError, match="the first fieldname is 'customer', not 'name'"):
		store.update_rows(STATE, ("customer", "score"), [("Acme", 1)])


def test_upserting_inserts_the_unknown_and_keeps_name_and_creation_of_the_known(store):
	store.insert_rows(STATE, ("name", "customer", "creation"), [("s1", "Acme", datetime(2020, 1, 1))])
	store.upsert_rows(STATE, ("customer", "health"), [("Acme", 40), ("Bolt", 60)])
	assert read(store, "name", "customer", "health", "creation") == [
		("name-0002", "Bolt", 60, "2026-11-02 01:00:00.000000"),
		("s1", "Acme", 40, "2020-01-01 00:00:00.000000"),
	]


def test_more_rows_than_one_batch_are_all_written_and_deleted(store):
	names = [f"s{number:05d}" for number in range(2500)]
	assert store.insert_rows(STATE, ("name", "customer"), ((name, name) for name in names)) == 2500
	assert store.delete_rows(STATE, names[:2400]) == 2400
	assert list(store.rows(f"SELECT COUNT(*) FROM `tab{STATE}`")) == [(100,)]


def test_copies_take_the_other_fields_from_the_row_they_name(store):
	states = [("s1", "Acme", "Four Star", 71.25), ("s2", "Bolt", "New", None)]
	store.insert_rows(STATE, ("name", "customer", "star_level", "score"), states)
	rows = [("s1", "Initial"), ("s2", "Annual"), ("s9", "Annual")]
	copied = {"customer": "customer", "level": "star_level", "score": "score"}
	assert store.insert_copies("Star Rating", ("state", "kind"), rows, STATE, copied) == 3
	assert read(store, "state", "kind", "customer", "level", "score", "owner", doctype="Star Rating") == [
		("s1", "Initial", "Acme", "Four Star", 71.25, "Administrator"),
		("s2", "Annual", "Bolt", "New", 0, "Administrator"),
	]


def test_lines_are_the_rows(store):
	store.insert_rows(STATE, ("customer", "health"), [("Bolt", 7), ("Acme", 5)])
	query = f"SELECT customer, health FROM `tab{STATE}` WHERE health > %(least)s ORDER BY customer"
	assert list(store.lines(query, 2, {"least": 4}, in_order=True)) == [("Acme", 5), ("Bolt", 7)]


def test_names_count_on_and_two_sources_do_not_meet():
	first, second = (Authorship(now=datetime.now) for _source in range(2))
	names = [first.new_name() for _name in range(1000)]
	assert names == sorted(set(names))
	assert not {second.new_name() for _name in range(1000)} & set(names)


def test_rolling_back_forgets_and_committing_keeps(store):
	store.insert_rows(STATE, ("customer",), [("Acme",)])
	store.commit()
	store.insert_rows(STATE, ("customer",), [("Bolt",)])
	store.rollback()
	assert read(store, "customer") == [("Acme",)]


def test_only_the_first_of_two_claimants_gets_a_row(store):
	store.insert_rows(STATE, ("name", "customer"), [("s1", "Acme")])
	found, taken = {"plan_fingerprint": None}, {"plan_fingerprint": "token"}
	assert store.claim(STATE, "s1", found, taken) is True
	assert store.claim(STATE, "s1", found, taken) is False


def test_parameters_are_named_and_a_doubled_percent_sign_is_one(store):
	store.insert_rows(STATE, ("customer", "next_callback"), [("Acme", date(2026, 11, 9))])
	query = f"SELECT customer FROM `tab{STATE}` WHERE customer LIKE 'A%%' AND next_callback <= %(day)s"
	assert list(store.rows(query, {"day": date(2026, 11, 9)})) == [("Acme",)]
	assert list(store.rows(query, {"day": date(2026, 11, 8)})) == []


def test_a_key_over_several_columns_is_unique(store):
	rating = ("state", "as_of", "policy_version", "review", "customer")
	row = ("s1", date(2026, 11, 1), "v1", "", "Acme")
	store.insert_rows("Star Rating", rating, [row])
	with pytest.raises(Exception, match="UNIQUE constraint failed"):
		store.insert_rows("Star Rating", rating, [row])
	store.insert_rows("Star Rating", rating, [("s1", date(2026, 11, 1), "v2", "", "Acme")])


def test_any_number_of_rows_may_have_no_open_key(store):
	fields = ("customer", "open_key")
	store.insert_rows("Customer Callback", fields, [("Acme", None), ("Acme", None), ("Acme", "Quota|s1")])
	with pytest.raises(Exception, match=r"UNIQUE .*: tabCustomer Callback\.open_key"):
		store.insert_rows("Customer Callback", fields, [("Acme", "Quota|s1")])


CHUNK = "Retention Run Chunk"
KEYS = ("run", "phase", "first_key", "status")


def test_only_rows_whose_key_nobody_has_are_added(store):
	row = ("Night:2026-11-02", "Rate", "a", "Open")
	assert store.add_missing(CHUNK, KEYS, [row]) == 1
	assert store.add_missing(CHUNK, KEYS, [row, (*row[:2], "b", "Open")]) == 1
	assert store.add_missing("Retention Run", ("name", "status"), [("n", "Running"), ("n", "Done")]) == 1
	assert read(store, "first_key", "status", doctype=CHUNK) == [("a", "Open"), ("b", "Open")]
	assert read(store, "status", doctype="Retention Run") == [("Running",)]


def test_what_is_wrong_but_no_known_key_is_not_passed_over(store):
	with pytest.raises(Exception, match="NOT NULL"):
		store.add_missing("Retention Run", ("name", "status"), [(None, "Running")])


def test_the_next_row_is_the_first_in_order_and_none_where_there_is_none(store):
	store.insert_rows(
		STATE, ("customer", "as_of"), [("Bolt", date(2026, 11, 2)), ("Acme", date(2026, 11, 1))]
	)
	query = f"SELECT customer FROM `tab{STATE}` WHERE as_of >= %(day)s ORDER BY customer"
	assert store.lock_next(query, {"day": date(2026, 11, 1)}) == ("Acme",)
	assert store.lock_next(query, {"day": date(2026, 11, 3)}) is None


def test_rows_to_hold_are_found_by_their_key(store):
	store.insert_rows(STATE, ("name", "customer"), [("s1", "Acme"), ("s2", "Bolt")])
	assert store.hold(STATE, "customer", ["Bolt", "Unknown"]) == ["Bolt"]


def test_a_row_that_has_ended_is_not_written(store):
	store.insert_rows(STATE, ("name", "customer", "card"), [("s1", "Acme", "open"), ("s2", "Bolt", None)])
	store.update_rows(STATE, ("name", "health"), [("s1", 7), ("s2", 7)], still="card")
	assert list(store.rows(f"SELECT name, health FROM `tab{STATE}` ORDER BY name")) == [("s1", 7), ("s2", 0)]


def test_a_held_row_keeps_other_writers_out_until_the_transaction_ends(tmp_path):
	authorship = Authorship(now=lambda: datetime(2026, 11, 2))
	one, other = (SQLiteStore(tmp_path / "book.sqlite", authorship, own_tables()) for _ in range(2))
	one.create_tables()
	one.commit()
	other._connection.execute("PRAGMA busy_timeout = 1")
	one.lock_next(f"SELECT name FROM `tab{STATE}`", {})
	with pytest.raises(sqlite3.OperationalError) as refused:
		other.insert_rows(STATE, ("customer",), [("Acme",)])
	assert other.is_passing(refused.value)
	other.recover()
	one.rollback()
	assert other.insert_rows(STATE, ("customer",), [("Acme",)]) == 1
	one.close()
	other.close()


def test_a_change_tells_how_many_rows_it_was_and_stamps_nothing(store):
	store.insert_rows(STATE, ("customer", "modified"), [("Acme", "long ago"), ("Bolt", "long ago")])
	statement = f"UPDATE `tab{STATE}` SET next_callback = %(day)s WHERE customer = %(customer)s"
	assert store.change(statement, {"day": date(2026, 11, 9), "customer": "Acme"}) == 1
	assert store.change(f"DELETE FROM `tab{STATE}` WHERE customer LIKE 'B%%'", {}) == 1
	assert read(store, "next_callback", "modified") == [("2026-11-09", "long ago")]


@pytest.mark.parametrize("back", ["recover", "reconnect"])
def test_recovering_forgets_what_was_written(store, back):
	store.insert_rows(STATE, ("customer",), [("Acme",)])
	getattr(store, back)()
	assert read(store, "customer") == []


@pytest.mark.parametrize(
	"error", [sqlite3.OperationalError("no such table: x"), ValueError("locked"), KeyError(1213)]
)
def test_no_other_error_passes(store, error):
	assert not store.is_passing(error)


def test_a_claim_of_what_is_held_already_is_held(store):
	store.insert_rows(STATE, ("name", "customer"), [("s1", "Acme")])
	assert store.claim(STATE, "s1", {"customer": "Acme"}, {"customer": "Acme"}) is True


def test_fields_are_copied_from_the_row_whose_link_names_a_row_and_nothing_is_stamped(store):
	long_ago = datetime(2020, 1, 1)
	store.insert_rows(
		STATE, ("customer", "star_level"), [("s1", "Four Star"), ("s2", "Two Star"), ("s3", "New")]
	)
	rows = [("s1", "old", long_ago), ("s2", "old", long_ago), ("s3", "old", long_ago)]
	store.insert_rows("Star Rating", ("name", "level", "modified"), rows)
	store.copy_fields("Star Rating", {"level": "star_level"}, STATE, "customer", ["s1", "s3", "nobody"])
	assert read(store, "name", "level", "modified", doctype="Star Rating") == [
		("s1", "Four Star", "2020-01-01 00:00:00.000000"),
		("s2", "old", "2020-01-01 00:00:00.000000"),
		("s3", "New", "2020-01-01 00:00:00.000000"),
	]

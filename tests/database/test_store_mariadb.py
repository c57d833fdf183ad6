from datetime import date, datetime
from decimal import Decimal
from threading import Thread

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


def test_oddly_named_rows_among_others_are_updated_copied_to_and_deleted(store):
	names = ["it's (odd)", "a \\ b", "投诉 (1)", "plain", "left alone"]
	store.insert_rows(STATE, ("name", "customer", "star_level"), ((name, name, "New") for name in names))
	store.insert_rows("Star Rating", ("name",), ((name,) for name in names))
	odd = names[:4]
	store.update_rows(STATE, ("name", "health", "main_reason"), ((name, 7, name) for name in odd))
	assert dict(read(store, "name", "main_reason")) == {
		**dict(zip(odd, odd, strict=True)),
		"left alone": None,
	}
	store.copy_fields("Star Rating", {"level": "star_level"}, STATE, "customer", odd)
	assert dict(read(store, "name", "level", doctype="Star Rating")) == {
		**dict.fromkeys(odd, "New"),
		"left alone": None,
	}
	assert store.delete_rows(STATE, odd) == 4
	assert read(store, "name") == [("left alone",)]


def test_a_column_of_an_update_may_hold_nothing_and_every_kind_of_value(store):
	store.insert_rows(STATE, ("name", "customer"), (("s1", "a"), ("s2", "b"), ("s3", "c")))
	fields = ("name", "rated_on", "score", "health", "overdue_amount", "rating_reasons")
	rows = [
		("s1", None, None, 0, 0.1, None),
		("s2", date(2026, 11, 1), Decimal("71.25"), 100, Decimal("123456789012.123456"), "long " * 20_000),
		("s3", date(2024, 2, 29), 3, -1, 1e-6, ""),
	]
	store.update_rows(STATE, fields, rows)
	amounts = [Decimal("0.1"), Decimal("123456789012.123456"), Decimal("0.000001")]
	assert read(store, *fields) == [
		(*row[:2], Decimal(str(row[2] or 0)), row[3], amount, row[5])
		for row, amount in zip(rows, amounts, strict=True)
	]


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


CHUNK = "Retention Run Chunk"
KEYS = ("run", "phase", "first_key", "status")


def test_only_rows_whose_key_nobody_has_are_added(store):
	row = ("Night:2026-11-02", "Rate", "a", "Open")
	assert store.add_missing(CHUNK, KEYS, [row]) == 1
	assert store.add_missing(CHUNK, KEYS, [row, (*row[:2], "b", "Open")]) == 1
	assert store.add_missing("Retention Run", ("name", "status"), [("n", "Running"), ("n", "Done")]) == 1
	assert sorted(read(store, "first_key", "status", doctype=CHUNK)) == [("a", "Open"), ("b", "Open")]
	assert read(store, "status", doctype="Retention Run") == [("Running",)]
	many = [(*row[:2], f"{number:04d}", "Open") for number in range(2500)]
	assert store.add_missing(CHUNK, KEYS, many) == 2500
	assert store.add_missing(CHUNK, KEYS, many) == 0


def test_what_its_column_does_not_hold_is_not_cut_off(store):
	row = ("Night:2026-11-02", "Rate", "a", "Open")
	with pytest.raises(Exception, match="Data too long"):
		store.add_missing(CHUNK, KEYS, [row, (*row[:2], "b" * 141, "Open")])
	store.rollback()
	assert read(store, "first_key", doctype=CHUNK) == []


def test_a_change_tells_how_many_rows_it_was_and_stamps_nothing(store):
	long_ago = datetime(2020, 1, 1)
	store.insert_rows(STATE, ("customer", "modified"), [("Acme", long_ago), ("Bolt", long_ago)])
	statement = f"UPDATE `tab{STATE}` SET next_callback = %(day)s WHERE customer = %(customer)s"
	assert store.change(statement, {"day": date(2026, 11, 9), "customer": "Acme"}) == 1
	assert store.change(f"DELETE FROM `tab{STATE}` WHERE customer LIKE 'B%%'", {}) == 1
	assert read(store, "next_callback", "modified") == [(date(2026, 11, 9), long_ago)]


def test_a_claim_of_what_is_held_already_is_held(store):
	"""MariaDB counts no row that already holds what it is set to: a clock that stands must not look like a thief."""
	store.insert_rows(STATE, ("name", "customer", "health"), [("s1", "Acme", 7)])
	assert store.claim(STATE, "s1", {"customer": "Acme"}, {"health": 7}) is True
	assert store.claim(STATE, "s1", {"customer": "Bolt"}, {"health": 7}) is False
	assert store.claim(STATE, "s1", {"customer": "Acme"}, {"customer": "Bolt"}) is True
	assert store.claim(STATE, "s1", {"customer": "Acme"}, {"customer": "Bolt"}) is False


class Wrapped(Exception):
	"""As Frappe raises a deadlock: from the driver's error, which it carries."""


@pytest.mark.parametrize("number", [0, 1020, 1205, 1213, 2006, 2013])
def test_what_the_server_may_refuse_only_once_passes(store, number):
	error = pymysql.err.OperationalError(number, "said")
	assert store.is_passing(error)
	assert store.is_passing(Wrapped(error))
	raised = Wrapped("deadlock")
	raised.__cause__ = error
	assert store.is_passing(raised)


@pytest.mark.parametrize(
	"error",
	[
		pymysql.err.IntegrityError(1062, "Duplicate entry"),
		pymysql.err.DataError(1406, "Data too long"),
		KeyError(1213),
		KeyError(0),
		OSError(1205, "no such device"),
		ValueError(),
		ValueError(ValueError(2013)),
	],
)
def test_what_it_refuses_always_and_numbers_of_others_do_not_pass(store, error):
	assert not store.is_passing(error)


class TestLostConnection:
	def kill(self, server, store):
		with server.connect() as root:
			root.cursor().execute(f"KILL {store._connection.thread_id()}")

	def test_a_killed_connection_passes_and_is_opened_anew(self, server, store):
		store.insert_rows(STATE, ("name", "customer"), [("s1", "Acme")])
		store.commit()
		store.update_rows(STATE, ("name", "health"), [("s1", 40)])
		self.kill(server, store)
		with pytest.raises(pymysql.err.Error) as lost:
			read(store, "health")
		assert store.is_passing(lost.value)
		store.recover()
		assert read(store, "health") == [(0,)]
		assert store.update_rows(STATE, ("name", "health"), [("s1", 60)]) == 1
		store.commit()
		assert read(store, "health") == [(60,)]

	def test_recovering_from_a_loss_nobody_has_noticed_yet(self, server, store):
		self.kill(server, store)
		store.recover()
		assert read(store, "name") == []

	def test_recovering_while_the_connection_holds_only_rolls_back(self, store):
		connection = store._connection.thread_id()
		store.insert_rows(STATE, ("customer",), [("Acme",)])
		store.recover()
		assert (read(store, "name"), store._connection.thread_id()) == ([], connection)

	def test_after_an_exception_between_a_statement_and_its_answer_no_answer_is_taken_for_another(
		self, store
	):
		store.insert_rows(STATE, ("customer",), [("Acme",)])
		store.commit()
		store._connection._execute_command(3, f"UPDATE `tab{STATE}` SET health = 9")
		store.reconnect()
		assert read(store, "customer", "health") == [("Acme", 0)]
		assert store.change(f"UPDATE `tab{STATE}` SET health = 5", {}) == 1

	def test_a_server_that_is_away_passes(self, store, address):
		nowhere = {**address, "port": 1}
		with pytest.raises(pymysql.err.OperationalError) as refused:
			MariaDBStore(nowhere, numbered_authorship(), all_tables())
		assert store.is_passing(refused.value)


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

	def test_rows_that_others_hold_are_passed_over(self, store, other):
		store.insert_rows(STATE, ("name", "customer"), [("s1", "Acme"), ("s2", "Bolt")])
		store.commit()
		query = f"SELECT name FROM `tab{STATE}` WHERE name > %(last)s ORDER BY name"
		assert store.lock_next(query, {"last": ""}) == ("s1",)
		assert other.lock_next(query, {"last": ""}) == ("s2",)
		store.rollback()
		assert store.lock_next(f"{query}", {"last": "s2"}) is None

	def test_rows_held_are_waited_for_and_no_others(self, store, other):
		store.insert_rows(STATE, ("name", "customer"), [("s1", "Acme 100%"), ("s2", "Bolt"), ("s3", "Cord")])
		store.commit()
		assert store.hold(STATE, "customer", ["ACME 100%", "Cord", "Unknown"]) == ["Acme 100%", "Cord"]
		list(other.rows("SET SESSION innodb_lock_wait_timeout = 0"))
		assert other.hold(STATE, "customer", ["Bolt"]) == ["Bolt"]
		with pytest.raises(pymysql.err.OperationalError) as refused:
			other.hold(STATE, "customer", ["acme 100%"])
		assert other.is_passing(refused.value)
		assert store.hold(STATE, "customer", []) == []

	def test_what_is_read_after_rows_are_held_is_what_stands_then(self, store, other):
		store.insert_rows(STATE, ("name", "customer", "health"), [("s1", "Acme", 40)])
		store.commit()
		store.hold(STATE, "customer", ["Acme"])
		other.rollback()
		waiting = Thread(target=other.hold, args=(STATE, "customer", ["Acme"]))
		waiting.start()
		store.update_rows(STATE, ("name", "health"), [("s1", 60)])
		store.commit()
		waiting.join()
		assert read(other, "health") == [(60,)]

	def test_a_row_that_another_has_ended_since_it_was_read_is_not_written(self, store, other):
		store.insert_rows(
			STATE, ("name", "customer", "card"), [("s1", "Acme", "open"), ("s2", "Bolt", "open")]
		)
		store.commit()
		assert len(read(other, "card")) == 2
		store.update_rows(STATE, ("name", "card"), [("s1", None)])
		store.commit()
		other.update_rows(STATE, ("name", "health"), [("s1", 7), ("s2", 7)], still="card")
		other.commit()
		assert read(other, "customer", "health") == [("Acme", 0), ("Bolt", 7)]

	def test_a_real_deadlock_passes_for_one_and_the_other_goes_on(self, store, other):
		store.insert_rows(STATE, ("name", "customer"), [("s1", "Acme"), ("s2", "Bolt")])
		store.commit()
		set_health = f"UPDATE `tab{STATE}` SET health = %(health)s WHERE name = %(name)s"
		store.change(set_health, {"health": 1, "name": "s1"})
		other.change(set_health, {"health": 2, "name": "s2"})
		waiting = Thread(target=lambda: outcome.append(_error_of(store, set_health, "s2")))
		outcome: list[Exception | None] = []
		waiting.start()
		outcome.append(_error_of(other, set_health, "s1"))
		waiting.join()
		(refused,) = [error for error in outcome if error]
		assert refused.args[0] == 1213
		assert store.is_passing(refused)

	def test_a_lock_that_is_held_too_long_passes(self, store, other):
		store.insert_rows(STATE, ("name", "customer"), [("s1", "Acme")])
		store.commit()
		store.lock_next(f"SELECT name FROM `tab{STATE}`", {})
		list(other.rows("SET SESSION innodb_lock_wait_timeout = 0"))
		refused = _error_of(other, f"UPDATE `tab{STATE}` SET health = %(health)s WHERE name = %(name)s", "s1")
		assert refused.args[0] == 1205
		assert other.is_passing(refused)
		other.recover()


def _error_of(store, statement, name):
	try:
		store.change(statement, {"health": 3, "name": name})
	except pymysql.err.Error as error:
		return error
	return None


def test_fields_are_copied_from_the_row_whose_link_names_a_row_and_nothing_is_stamped(store):
	long_ago = datetime(2020, 1, 1)
	store.insert_rows(
		STATE, ("customer", "star_level"), [("s1", "Four Star"), ("s2", "Two Star"), ("s3", "New")]
	)
	rows = [("s1", "old", long_ago), ("s2", "old", long_ago), ("s3", "old", long_ago)]
	store.insert_rows("Star Rating", ("name", "level", "modified"), rows)
	store.copy_fields("Star Rating", {"level": "star_level"}, STATE, "customer", ["s1", "s3", "nobody"])
	assert read(store, "name", "level", "modified", doctype="Star Rating") == [
		("s1", "Four Star", long_ago),
		("s2", "old", long_ago),
		("s3", "New", long_ago),
	]

"""The look by day: who changed since the night is looked at again on its date, and nobody else."""

import json
from contextlib import ExitStack, closing
from datetime import datetime, time, timedelta
from itertools import count

import pytest
from poison import JobTimeout, poison
from support_book import AS_OF, add, all_tables
from support_random_book import fill, random_book

from cs_retention.engine.night import NightPolicy
from cs_retention.engine.policy import Policy
from cs_retention.facts.changes import DELETED, NAMED_BY, read_changed
from cs_retention.facts.erpnext_schema import FRAPPE
from cs_retention.nightly import daytime, rate
from cs_retention.nightly.basis import load_basis
from cs_retention.nightly.daytime import OVERLAP, DayLook, look_by_day
from cs_retention.nightly.ledger import RUN, Ledger, name_of
from cs_retention.nightly.phases import Night
from cs_retention.nightly.run import rate_book
from cs_retention.nightly.worker import Worker
from cs_retention.store.base import Authorship
from cs_retention.store.schema import host_table
from cs_retention.store.sqlite import SQLiteStore

CUSTOMERS = 60
NIGHT = name_of(AS_OF)
FOUR = datetime.combine(AS_OF, time(4))
NOON = FOUR + timedelta(hours=8)
COMPLAINT = {"opening_date": AS_OF, "issue_type": "Complaint", "priority": "Serious", "status": "Open"}
KEPT = {
	"Customer Retention State": ("health", "health_band", "star_level", "health_reasons", "overdue_amount"),
	"Churn Signal": ("rule", "status", "raised_on", "reasons"),
	"Customer Health Change": ("band_before", "band", "main_reason"),
	"Star Rating": ("as_of", "kind", "level", "score"),
	"Customer": ("retention_star_level", "retention_health_band"),
}


class Clock:
	"""The site's clock, which stamps every row too."""

	def __init__(self):
		self.now = FOUR

	def __call__(self):
		return self.now


@pytest.fixture
def clock():
	return Clock()


@pytest.fixture
def books(clock):
	"""Two books that are the same; both have had the night of the date."""
	tables = {**all_tables(), DELETED: host_table(DELETED, FRAPPE[DELETED], {})}
	with ExitStack() as stack:
		stores = []
		for _ in range(2):
			numbers = count(1)
			names = lambda numbers=numbers: f"row-{next(numbers):06d}"  # noqa: E731
			store = stack.enter_context(
				closing(SQLiteStore(":memory:", Authorship(clock, "Administrator", names), tables))
			)
			store.create_tables()
			store.create_indexes()
			clock.now = FOUR - timedelta(days=1)
			fill(store, random_book(6, CUSTOMERS, spell=False))
			clock.now = FOUR
			run_night(Ledger(store, clock), AS_OF)
			stores.append(store)
		clock.now = NOON
		yield stores


def night_over(ledger):
	return lambda run: Night(
		ledger.store, ledger.rules_of(run.name), run.as_of, lambda: ledger.basis_of(run.name)
	)


def run_night(ledger, day):
	name = ledger.open_dates(day, NightPolicy(), Policy)
	Worker(ledger, name, night_over(ledger), sleep=lambda _seconds: None).work()
	return name


def look(store, clock, **options):
	ledger = Ledger(store, clock)
	return look_by_day(ledger, NIGHT, night_over(ledger), **options)


def stored(store):
	rows = {}
	for doctype, fields in KEPT.items():
		customer = "name" if doctype == "Customer" else "customer"
		found = store.rows(f"SELECT {customer}, {', '.join(fields)} FROM `tab{doctype}`")
		rows[doctype] = sorted(map(repr, found))
	return rows


def healthy_customer(store):
	query = """SELECT customer FROM `tabCustomer Retention State`
		WHERE health_band = 'Healthy' AND card = 'Free Buyer' ORDER BY customer LIMIT 1"""
	((name,),) = store.rows(query)
	return name


def band_of(store, customer):
	query = "SELECT health_band FROM `tabCustomer Retention State` WHERE customer = %(customer)s"
	((band,),) = store.rows(query, {"customer": customer})
	return band


def day_of(store):
	query = f"SELECT looked_until, looked_at, changed_by_day FROM `tab{RUN}` WHERE name = %(name)s"
	((until, looked_at, changed),) = store.rows(query, {"name": NIGHT})
	return str(until)[:19], looked_at, changed


def change_something(store, clock):
	"""Let a few customers complain, buy and sign; one is new and one is warned of by a person."""
	names = [name for (name,) in store.rows("SELECT name FROM `tabCustomer` ORDER BY name LIMIT 7")]
	add(store, "Issue", [{"customer": healthy_customer(store), **COMPLAINT}])
	sold = {"company": "East", "docstatus": 1, "is_return": 0, "is_opening": "No", "posting_date": AS_OF}
	add(store, "Customer", [{"name": "New shop"}])
	for name in (*names[:3], "New shop"):
		add(store, "Sales Invoice", [{"customer": name, **sold, "base_net_total": 80.0}])
	ends = {"docstatus": 1, "start_date": AS_OF, "end_date": AS_OF + timedelta(days=30)}
	add(store, "Contract", [{"party_name": names[4], "party_type": "Customer", **ends}])
	query = "SELECT name FROM `tabCustomer Retention State` WHERE customer = %(customer)s"
	((state,),) = store.rows(query, {"customer": names[5]})
	asked = {
		"rule": "Cancellation Asked",
		"status": "Open",
		"raised_on": AS_OF,
		"open_key": f"{state}|Cancellation Asked",
	}
	add(store, "Churn Signal", [{"customer": names[5], "state": state, **asked}])
	store.commit()


def test_a_look_stores_what_looking_at_everybody_would(books, clock):
	looked, everybody = books
	for store in books:
		change_something(store, clock)
	done = look(looked, clock)
	everybody.change("UPDATE `tabCustomer Retention State` SET steady_mark = NULL WHERE 1 = 1", {})
	basis = load_basis(Ledger(everybody, clock).basis_of(NIGHT))
	rate_book(everybody, Policy(), AS_OF, lambda phase, customers: None, basis)
	assert stored(looked) == stored(everybody)
	assert 5 <= done.customers <= 7
	assert done.states_written >= 5
	assert day_of(looked) == (str(NOON), done.customers, done.states_written)


def test_a_complaint_at_noon_is_known_at_noon(books, clock):
	store, _ = books
	customer = healthy_customer(store)
	told = []
	add(store, "Issue", [{"customer": customer, **COMPLAINT}] * 1)
	add(store, "Customer", [{"name": "Internal", "is_internal_customer": 1}])
	store.commit()
	assert look(store, clock, moved=told.extend) == DayLook(1, 1)
	query = "SELECT rule FROM `tabChurn Signal` WHERE customer = %(customer)s AND status = 'Open' AND raised_on = %(day)s"
	assert ("Complaints",) in list(store.rows(query, {"customer": customer, "day": AS_OF}))
	assert told == ([customer] if band_of(store, customer) != "Healthy" else [])


def test_who_did_not_change_is_not_looked_at_and_a_second_look_writes_nothing(books, clock, monkeypatch):
	store, _ = books
	assert look(store, clock) == DayLook(0, 0)
	assert day_of(store) == (str(NOON), 0, 0)
	change_something(store, clock)
	first = look(store, clock)
	before = stored(store)
	clock.now = NOON + timedelta(minutes=5)
	looked_at, as_before = [], rate.PageRating.rate
	monkeypatch.setattr(rate.PageRating, "rate", lambda *given: (looked_at.append(given), as_before(*given)))
	assert look(store, clock) == DayLook(first.customers, 0)
	assert (stored(store), looked_at) == (before, [])
	assert day_of(store) == (str(clock.now), 2 * first.customers, first.states_written)
	clock.now += OVERLAP + timedelta(minutes=1)
	assert look(store, clock) == DayLook(first.customers, 0)
	assert look(store, clock) == DayLook(0, 0)


def test_the_next_night_finds_nothing_that_the_day_left(books, clock):
	"""The looks of a day and a night leave what the night alone leaves."""
	looked, alone = books
	for store in books:
		change_something(store, clock)
	look(looked, clock)
	clock.now = FOUR + timedelta(days=1)
	for store in books:
		run_night(Ledger(store, clock), AS_OF + timedelta(days=1))
	fields = ("health", "health_band", "star_level", "main_reason", "overdue_amount", "value_at_risk")
	query = f"SELECT customer, {', '.join(fields)} FROM `tabCustomer Retention State` ORDER BY customer"
	assert list(looked.rows(query)) == list(alone.rows(query))


@pytest.mark.parametrize(("doctype", "field"), NAMED_BY.items())
@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_a_document_that_changed_names_its_customer(books, clock, doctype, field, seconds):
	store, _ = books
	row = {field: "Somebody"} | ({"party_type": "Customer"} if field.startswith("party") else {})
	row |= {"rule": "Port-Out Asked"} if doctype == "Churn Signal" else {}
	clock.now = NOON + timedelta(seconds=seconds)
	add(store, doctype, [row])
	assert read_changed(store, NOON) == ({"Somebody"} if seconds >= 0 else set())


@pytest.mark.parametrize(("doctype", "field"), NAMED_BY.items())
def test_a_document_that_was_deleted_names_its_customer(books, clock, doctype, field):
	store, _ = books
	kept = {"deleted_doctype": doctype, "data": json.dumps({field: "Somebody"})}
	add(store, DELETED, [kept, {"deleted_doctype": doctype, "data": None}])
	add(store, DELETED, [{"deleted_doctype": "ToDo", "data": json.dumps({field: "Another"})}])
	assert read_changed(store, NOON) == {"Somebody"}
	assert read_changed(store, NOON + timedelta(seconds=1)) == set()


@pytest.mark.parametrize(
	("status", "open_key", "is_looked_at"),
	[("Open", "key", False), ("Snoozed", "key", True), ("Closed", "key", True), ("Closed", None, False)],
)
def test_a_signal_of_the_nights_names_its_customer_once_a_person_treated_it(
	books, clock, status, open_key, is_looked_at
):
	store, _ = books
	raised = {"customer": "Somebody", "rule": "Lateness", "status": status, "open_key": open_key}
	add(store, "Churn Signal", [raised])
	assert read_changed(store, NOON) == ({"Somebody"} if is_looked_at else set())


def test_a_party_that_is_no_customer_is_not_looked_at(books, clock):
	store, _ = books
	add(store, "Contract", [{"party_name": "Supplier", "party_type": "Supplier"}])
	add(store, "Subscription", [{"party": "Supplier", "party_type": "Supplier"}])
	assert read_changed(store, NOON) == set()


@pytest.mark.parametrize("status", ["Running", "Failed", "Skipped"])
def test_a_night_that_is_not_done_looks_at_nobody_by_day(books, clock, status):
	store, _ = books
	change_something(store, clock)
	before = stored(store)
	store.update_rows(RUN, ("name", "status"), [(NIGHT, status)])
	store.commit()
	assert look(store, clock) is None
	assert (stored(store), day_of(store)) == (before, ("None", 0, 0))


def test_a_later_night_on_record_ends_the_looks(books, clock):
	store, _ = books
	change_something(store, clock)
	clock.now = FOUR + timedelta(days=1)
	run_night(Ledger(store, clock), AS_OF + timedelta(days=1))
	before = stored(store)
	assert look(store, clock) is None
	assert stored(store) == before


def test_a_night_that_opens_between_two_pages_ends_the_look(books, clock, monkeypatch):
	store, _ = books
	change_something(store, clock)
	monkeypatch.setattr(daytime, "TOGETHER", 2)
	ledger = Ledger(store, clock)
	told = []

	def open_the_next(customers):
		told.append(customers)
		later = AS_OF + timedelta(days=1)
		store.insert_rows(
			RUN, ("name", "job", "site_date", "status"), [(name_of(later), "Night", later, "Running")]
		)

	assert look_by_day(ledger, NIGHT, night_over(ledger), open_the_next) is None
	assert len(told) == 1
	assert day_of(store)[0] == "None"


def test_the_level_given_to_one_who_cannot_be_rated_follows_with_the_night(books, clock):
	store, _ = books
	((customer,), *_) = store.rows(
		"SELECT customer FROM `tabCustomer Retention State` WHERE star_level = 'New' ORDER BY customer"
	)
	level = "SELECT star_level FROM `tabCustomer Retention State` WHERE customer = %(customer)s"
	given = {"level": "Four Star", "reason": "branch", "docstatus": 1, "approver": "m@branch.example"}
	days = {"approved_on": AS_OF, "until": AS_OF + timedelta(days=9)}

	def toggle(docstatus):
		store.update_rows("Star Override", ("name", "docstatus"), [("o1", docstatus)])
		store.commit()
		assert look(store, clock).customers == 1
		return next(iter(store.rows(level, {"customer": customer})))[0]

	add(store, "Star Override", [{"name": "o1", "customer": customer, **given, **days}])
	assert [toggle(docstatus) for docstatus in (1, 2, 1)] == ["New", "New", "New"]
	clock.now = FOUR + timedelta(days=1)
	run_night(Ledger(store, clock), AS_OF + timedelta(days=1))
	assert next(iter(store.rows(level, {"customer": customer})))[0] == "Four Star"
	clock.now = NOON + timedelta(days=1)
	store.update_rows("Star Override", ("name", "docstatus"), [("o1", 2)])
	store.commit()
	later = name_of(AS_OF + timedelta(days=1))
	ledger = Ledger(store, clock)
	assert look_by_day(ledger, later, night_over(ledger)).customers == 1
	assert next(iter(store.rows(level, {"customer": customer})))[0] == "Four Star"


def test_a_level_given_by_day_to_a_rated_customer_holds_by_day(books, clock):
	store, _ = books
	query = "SELECT customer FROM `tabCustomer Retention State` WHERE rated_on < %(day)s ORDER BY customer"
	store.change(
		"UPDATE `tabCustomer Retention State` SET rated_on = '2026-11-01', reviewed_on = '2026-11-01' WHERE rated_on > ''",
		{},
	)
	((customer,), *_) = store.rows(query, {"day": AS_OF})
	given = {"level": "One Star", "reason": "branch", "docstatus": 1, "approver": "m@branch.example"}
	store.change("UPDATE `tabStar Rating` SET as_of = '2026-11-01' WHERE 1 = 1", {})
	for number, level in enumerate(("One Star", "Two Star")):
		days = {"approved_on": AS_OF, "until": AS_OF + timedelta(days=9)}
		add(
			store,
			"Star Override",
			[{"name": f"o{number}", "customer": customer, **given, **days, "level": level}],
		)
		store.commit()
		look(store, clock)
	level = "SELECT star_level FROM `tabCustomer Retention State` WHERE customer = %(customer)s"
	assert list(store.rows(level, {"customer": customer})) == [("One Star",)], (
		"the second waits for the night"
	)


def test_a_customer_that_cannot_be_rated_is_left_to_the_night(books, clock):
	store, _ = books
	customer = healthy_customer(store)
	change_something(store, clock)
	with poison({customer}, set(), lambda: ValueError("no such band")):
		done = look(store, clock)
	assert band_of(store, customer) == "Healthy"
	assert done.states_written >= 4


def test_what_ends_a_worker_ends_a_look_and_the_next_one_does_it_all(books, clock):
	store, _ = books
	customer = healthy_customer(store)
	add(store, "Issue", [{"customer": customer, **COMPLAINT}])
	store.commit()
	ledger = Ledger(store, clock)

	def night(run):
		return Night(store, Policy(), run.as_of, lambda: ledger.basis_of(run.name), stops=(JobTimeout,))

	with poison({customer}, set(), lambda: JobTimeout("time is over")), pytest.raises(JobTimeout):
		look_by_day(ledger, NIGHT, night)
	store.rollback()
	assert day_of(store) == ("None", 0, 0)
	assert look_by_day(ledger, NIGHT, night) == DayLook(1, 1)


def test_a_run_that_there_is_not_looks_at_nobody(books, clock):
	ledger = Ledger(books[0], clock)
	assert look_by_day(ledger, "Night:1999-01-01", night_over(ledger)) is None

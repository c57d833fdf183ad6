"""What makes a dated obligation, read from a book and planned by a night."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from support_book import AS_OF, add, open_sqlite_book
from support_occasions import EXPECTED, A, B, fill_occasions, read_all

from cs_retention.engine.obligation_policy import FestivalPolicy, ObligationPolicy
from cs_retention.engine.policy import Policy
from cs_retention.engine.vocabulary import KEY_ACCOUNT, ObligationKind, ObligationSource
from cs_retention.facts.cases import read_saves
from cs_retention.facts.festivals import festival_days, names_of
from cs_retention.facts.selection import Selection
from cs_retention.nightly.duties import READERS
from cs_retention.nightly.reason_json import load_reasons
from cs_retention.nightly.run import run_night

RULES = ObligationPolicy()
MONDAY = date(2026, 11, 16)


@pytest.fixture
def book():
	with closing(open_sqlite_book()) as store:
		fill_occasions(store)
		yield store


def night(book, as_of=AS_OF, **rules):
	book.commit()
	policy = Policy(obligations=replace(RULES, **rules))
	run_night(book, policy, as_of)
	return standing(book)


def standing(book):
	"""Key without state, person, day and last reasons of every standing purpose beside the cadence."""
	query = """SELECT p.obligation_key, c.responsible, c.due_date, p.kind, c.reasons
		FROM `tabCustomer Callback` c JOIN `tabCustomer Callback Purpose` p ON p.parent = c.name
		WHERE c.status = 'Planned' AND p.kind != 'Quota' ORDER BY 1"""
	return {
		(key.split("|")[0], *key.split("|")[2:]): (person, date.fromisoformat(due), kind, reasons)
		for key, person, due, kind, reasons in book.rows(query)
	}


def off(source):
	return {source: replace(RULES.rule(ObligationSource[source.upper()]), is_on=False)}


def test_every_source_finds_its_documents_and_no_others(book):
	assert read_all(book) == EXPECTED


def test_the_last_case_of_a_customer_is_the_one_opened_last(book):
	saved = {"customer": "Yew", "status": "Saved", "verification": "Pending", "closed_on": AS_OF}
	day = date(2026, 11, 1)
	cases = (
		{"name": "CASE-2026-99999", "opened_on": day, "closed_on": day},
		{"name": "CASE-2026-100000", "opened_on": day + timedelta(days=1)},
		{"name": "CASE-0", "closed_on": day},
	)
	add(book, "Retention Case", [{**saved, **case} for case in cases])
	found = read_saves(book, Selection.of(["Yew"]), day - timedelta(days=1))
	assert [occasion.document for occasion in found["yew"]] == ["CASE-2026-100000"]


def test_a_night_plans_what_documents_make_owed(book):
	found = night(book)
	# Nobody is a key account, whose birthdays count; the maintenance visit was a contact after the earlier deliveries.
	assert {key[:2] for key in found} == {
		("complaint", "ISS-1"),
		("complaint", "ISS-2"),
		("complaint", "ISS-3"),
		("complaint", "EARLIER"),
		("complaint", "UNDATED-EARLIER"),
		("delivery", "DN-2"),
		("maintenance", "after"),
		("maintenance", "row-1"),
		("maintenance", "row-2"),
		("maintenance_visit", "MV-1"),
		("save", "CASE-2"),
		("leaving", "FILE-7"),
		("exchange", "AM-1"),
		("exchange", "AM-2"),
		("invitation", "V-1"),
	}
	person, due, kind, reasons = found["complaint", "ISS-1", "2026-11-15"]
	assert (person, due, kind) == (B, MONDAY, ObligationKind.COMPLAINT.value)
	assert "complaint_to_verify" in {reason.code for reason in load_reasons(reasons)}
	assert found["complaint", "ISS-2"][:2] == (A, MONDAY + timedelta(days=1))


def test_a_second_night_writes_nothing_and_switching_off_withdraws(book):
	before = night(book)
	assert run_night(book, Policy(), AS_OF).rows_written == 0
	after = night(book, AS_OF + timedelta(days=1), **off("after_delivery"), **off("maintenance_reminder"))
	assert {key[0] for key in before} - {key[0] for key in after} == {"delivery", "maintenance"}


def test_a_document_that_is_cancelled_takes_its_call_away(book):
	assert ("delivery", "DN-2") in night(book)
	book.update_rows("Delivery Note", ("name", "docstatus"), [("DN-2", 2)])
	assert ("delivery", "DN-2") not in night(book, MONDAY)


def test_a_call_made_for_a_duty_ends_it_and_any_contact_asks_about_a_service(book):
	others = [name for (name,) in book.rows("SELECT name FROM `tabIssue`") if name != "ISS-1"]
	book.delete_rows("Issue", others)
	night(book)
	add(
		book,
		"Customer Touch",
		[{"customer": "Acme", "touch_date": MONDAY, "channel": "Phone", "outcome": "Reached"}],
	)
	found = night(book, MONDAY + timedelta(days=1))
	assert ("maintenance_visit", "MV-1") not in found
	assert ("complaint", "ISS-1", "2026-11-15") in found
	purposes = """SELECT p.name, p.parent FROM `tabCustomer Callback Purpose` p
		WHERE p.obligation_key LIKE 'complaint|%' AND p.open_key IS NOT NULL"""
	rows = list(book.rows(purposes))
	book.update_rows(
		"Customer Callback Purpose", ("name", "met", "open_key"), [(name, 1, None) for name, _ in rows]
	)
	callbacks = sorted({(parent, "Done", None) for _, parent in rows})
	book.update_rows("Customer Callback", ("name", "status", "open_key"), callbacks)
	assert not {key for key in night(book, MONDAY + timedelta(days=2)) if key[0] == "complaint"}


def test_nothing_is_read_of_what_is_switched_off(book):
	night(book)
	asked = []
	rows = book.rows
	book.rows = lambda query, values=None: asked.append(query) or rows(query, values)
	everything_off = {
		source.name.lower(): replace(RULES.rule(source), is_on=False) for source in ObligationSource
	}
	night(book, MONDAY, **everything_off)
	tables = (
		"tabIssue` LEFT JOIN",
		"tabDelivery Note",
		"tabMaintenance Schedule",
		"tabContact",
	)
	assert not [query for query in asked if any(table in query for table in tables)]
	of_cases = [query for query in asked if "tabRetention Case`" in query]
	assert all("`tabSales Invoice`" in query for query in of_cases), (
		"who was let go is asked for all the same"
	)
	asked.clear()
	night(book, MONDAY + timedelta(days=1))
	# The book is planned in two groups at most; a source costs one statement in each.
	for table in tables[:3]:
		assert 1 <= len([query for query in asked if f"`{table}" in query]) <= 2, table
	assert len(READERS) == 9


def test_a_key_account_is_greeted_on_birthdays_and_festivals(book):
	book.update_rows("Customer", ("name", "retention_key_account"), [("Acme", 1)])
	festivals = FestivalPolicy("CN", ("new year's day",), ("2026-11-27 Anniversary",))
	greetings = replace(RULES.festival, is_on=True)
	found = night(book, festival=greetings, festivals=festivals)
	assert found["birthday", "link-1", "2026"][1:3] == (date(2026, 12, 1), ObligationKind.CARE.value)
	assert date(2026, 11, 23) <= found["festival", "2026-11-27"][1] <= date(2026, 11, 27)
	assert ("festival", "2027-01-01") not in found
	assert {key[0] for key in night(book, MONDAY)} & {"birthday", "festival"} == {"birthday"}


def test_a_sample_of_visits_is_planned_as_visits(book):
	rule = replace(RULES.sampled_visit, is_on=True, share=Decimal(100), levels=("New", KEY_ACCOUNT))
	assert ("sampled_visit", "2026-12") in night(book, sampled_visit=rule)
	channels = set(
		book.rows("SELECT channel FROM `tabCustomer Callback` WHERE status = 'Planned' AND channel = 'Visit'")
	)
	assert channels == {("Visit",)}


def test_a_festival_of_several_days_is_its_first_day_and_of_an_unknown_country_there_is_none():
	policy = FestivalPolicy("CN", ("National Day", "Dragon Boat Festival"))
	assert festival_days(policy, date(2026, 6, 1), date(2027, 6, 1)) == (
		(date(2026, 6, 19), "Dragon Boat Festival"),
		(date(2026, 10, 1), "National Day"),
	)
	assert "National Day" in names_of("CN", 2026)
	assert names_of("XX", 2026) == names_of("", 2026) == []

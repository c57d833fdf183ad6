"""Who is away: absences as they are entered, and leave of HRMS where a site has it."""

from __future__ import annotations

from datetime import date

import pytest
from personas import make_personas, user
from support_book import ON_LEAVE, add_leaves, days_off, tables_with_hrms

from cs_retention.cs_retention.states import open_store
from cs_retention.facts.calendars import read_calendars
from cs_retention.store.schema import mariadb_tables

NOVEMBER = date(2026, 11, 1), date(2026, 11, 30)
LEAVE = "Leave Application"


def absence(frappe, persona="east", first="2026-11-16", last="2026-11-17"):
	fields = {"person": user(persona), "from_date": first, "to_date": last}
	return frappe.get_doc({"doctype": "Owner Absence", **fields})


@pytest.fixture
def people(frappe):
	make_personas()


@pytest.fixture
def store_with_hrms(frappe):
	"""A store on the site while it has HRMS's table, and employees on leave; making and dropping a table commits."""
	from cs_retention.store.base import Authorship
	from cs_retention.store.site import SiteStore

	tables = tables_with_hrms()
	frappe.db.sql_ddl(next(mariadb_tables([tables[LEAVE]])))
	make_personas()
	store = SiteStore(frappe.db, Authorship(now=frappe.utils.now_datetime), tables)
	add_leaves(store, user("east"))
	yield store
	frappe.db.rollback()
	frappe.db.sql_ddl(f"DROP TABLE `tab{LEAVE}`")


def test_a_person_is_away_once_however_often_it_was_entered(frappe, people) -> None:
	absence(frappe).insert()
	absence(frappe, first="2026-11-17", last="2026-11-18").insert()
	assert days_off(read_calendars(open_store(), *NOVEMBER), user("east")) == {16, 17, 18}


def test_an_absence_that_ends_before_it_begins_is_refused(frappe, people) -> None:
	with pytest.raises(frappe.ValidationError, match=r"To Date .* must not be before From Date"):
		absence(frappe, first="2026-11-18").insert()


def test_only_who_can_log_in_can_be_away_and_what_was_entered_before_stays(frappe, people) -> None:
	entered = absence(frappe).insert()
	frappe.db.set_value("User", user("east"), "enabled", 0)
	with pytest.raises(frappe.ValidationError, match=r"east@.* is disabled\. Name a person who can log in"):
		absence(frappe, first="2026-11-25", last="2026-11-26").insert()
	entered.update({"to_date": "2026-11-19"}).save()
	assert entered.to_date == "2026-11-19"


def test_a_site_without_hrms_has_no_leave_to_read(frappe, people) -> None:
	assert not open_store().has_table(LEAVE)
	assert days_off(read_calendars(open_store(), *NOVEMBER), user("east")) == set()


def test_approved_leave_is_read_on_a_site_with_hrms(store_with_hrms) -> None:
	assert days_off(read_calendars(store_with_hrms, *NOVEMBER), user("east")) == ON_LEAVE

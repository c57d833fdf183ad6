"""Documents of ERPNext make contacts due: document, night, callback with its purpose and reason; switched off, it goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from personas import make_customer, user
from private_bench import PrivateBench
from support_calls import TODAY, branch_at_work
from support_cases import in_contact, lost, release_file
from support_service_documents import (
	make_birthday,
	make_complaint,
	make_delivery,
	make_maintenance_schedule,
	make_maintenance_visit,
)

from cs_retention.engine.obligation_policy import ObligationPolicy
from cs_retention.engine.vocabulary import ObligationSource

SITE = "sources.localhost"
SETTINGS = "CS Retention Settings"
TEAM = {"account_manager": "east", "retention_backup_manager": "west"}


@pytest.fixture(scope="module")
def branch(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	"""Frappe on a site with a planned branch, after a night that knows a document of every source."""
	with branch_at_work(bench, installed_dump, SITE) as frappe:
		for shop in ("Complaint shop", "Delivery shop", "Service shop", "Schedule shop"):
			make_customer(shop, **TEAM)
		make_complaint("Complaint shop", "2026-11-23", user("east"))
		make_delivery("Delivery shop", "2026-11-23")
		make_maintenance_visit("Service shop", "2026-11-23")
		make_maintenance_schedule("Schedule shop", "2026-12-10")
		make_birthday("Key shop", "1970-12-02")
		make_birthday("Corner shop", "1970-12-02")
		make_cases(frappe)
		night(frappe)
		frappe.db.commit()
		yield frappe


def make_cases(frappe: Any) -> None:
	"""Keep a customer, and release two of whom one may be called."""
	from cs_retention.churn_retention.case_actions import customer_stays

	for shop in ("Kept shop", "Left shop", "Quiet shop"):
		make_customer(shop, **TEAM)
	frappe.set_user(user("manager"))
	customer_stays(in_contact(frappe, "Kept shop").name, "the bill is explained")
	for shop, may_be_called in (("Left shop", 1), ("Quiet shop", 0)):
		release_file(frappe, lost(frappe, shop), may_be_called=may_be_called).submit()
	frappe.set_user("Administrator")


@pytest.fixture
def frappe(branch: Any) -> Iterator[Any]:
	"""Frappe as it stands after that night; what a test writes is rolled back."""
	yield branch
	branch.set_user("Administrator")
	branch.db.rollback()
	branch.local.message_log = []
	branch.clear_document_cache(SETTINGS, SETTINGS)


def night(frappe: Any) -> None:
	"""Rate and plan the book as a night does; nothing is committed that a test wrote."""
	from cs_retention.cs_retention.states import ensure_states, open_store
	from cs_retention.nightly.run import run_night
	from cs_retention.star_levels.policies import load_policy

	ensure_states()
	store = open_store()
	store.commit = store.rollback = lambda: None
	run_night(store, load_policy(), frappe.utils.getdate(TODAY))


def due(frappe: Any, customer: str, prefix: str) -> list[Any]:
	"""Return the planned callbacks of a customer for a source, with the purpose and the words of their reasons."""
	from cs_retention.nightly.reason_json import load_reasons
	from cs_retention.render.wording import sentence

	rows = frappe.get_all(
		"Customer Callback",
		{"customer": customer, "status": "Planned", "obligation_key": ("like", f"{prefix}|%")},
		["name", "due_date", "responsible", "channel", "reasons", "purposes.kind", "purposes.obligation_key"],
		order_by="due_date",
	)
	for row in rows:
		row.due, row.why = str(row.due_date), [sentence(reason, "en") for reason in load_reasons(row.reasons)]
	return rows


def switch(frappe: Any, source: str, **figures: Any) -> None:
	settings = frappe.get_doc(SETTINGS)
	next(row for row in settings.obligation_sources if row.source == source).update(figures)
	settings.save()


def test_the_table_begins_with_the_rules_and_a_row_that_was_deleted_stays_away(frappe) -> None:
	from cs_retention.setup.install import after_migrate

	settings, rules = frappe.get_doc(SETTINGS), ObligationPolicy()
	on = {row.source for row in settings.obligation_sources if row.is_on}
	assert on == {source.value for source in rules.sources_on()}
	assert [row.source for row in settings.obligation_sources] == [
		source.value for source in ObligationSource
	]
	settings.remove(settings.obligation_sources[0])
	settings.obligation_sources[0].days = 5
	settings.save()
	after_migrate()
	again = frappe.get_doc(SETTINGS).obligation_sources
	assert (len(again), again[0].days) == (len(ObligationSource) - 1, 5)


def test_a_complaint_is_verified_by_who_did_not_handle_it(frappe) -> None:
	(row,) = due(frappe, "Complaint shop", "complaint")
	assert (row.responsible, row.kind) == (user("west"), "Complaint")
	assert "2026-11-24" <= row.due <= "2026-11-26"
	assert row.why[0] == "complaint of 23 Nov 2026 to be verified by 26 Nov 2026"
	assert f"{user('east')} handled the complaint and does not verify it" in row.why


def test_a_verification_is_neither_given_nor_passed_to_who_handled_the_complaint(frappe) -> None:
	from cs_retention.callbacks.work import log_attempt, reassign

	(row,) = due(frappe, "Complaint shop", "complaint")
	with pytest.raises(frappe.ValidationError, match="handled the complaint that this call verifies"):
		reassign(row.name, user("east"), "she knows the shop")
	state = frappe.db.get_value("Customer Callback", row.name, "state")
	frappe.db.set_value("Customer Retention State", state, "health_band", "At Risk")
	frappe.set_user(user("west"))
	log_attempt(row.name, note="no answer", channel="Phone")
	assert frappe.db.get_value("Customer Callback", row.name, "responsible") == user("west")
	frappe.db.rollback()
	frappe.set_user("Administrator")


def test_a_delivery_and_a_maintenance_visit_are_asked_about_within_three_working_days(frappe) -> None:
	for shop, prefix in (("Delivery shop", "delivery"), ("Service shop", "maintenance_visit")):
		(row,) = due(frappe, shop, prefix)
		assert (row.responsible, row.kind) == (user("east"), "After Service")
		assert "2026-11-24" <= row.due <= "2026-11-26"


def test_planned_maintenance_is_announced_fourteen_days_and_one_day_before(frappe) -> None:
	rows = due(frappe, "Schedule shop", "maintenance")
	assert [row.due for row in rows] == ["2026-11-26", "2026-12-09"]
	assert {row.kind for row in rows} == {"After Service"}
	assert "maintenance planned for 10 Dec 2026, to be announced by 9 Dec 2026" in rows[1].why


def test_the_birthday_of_a_key_account_is_called_and_of_nobody_else(frappe) -> None:
	(row,) = due(frappe, "Key shop", "birthday")
	assert (row.due, row.kind) == ("2026-12-02", "Care")
	assert "birthday on 2 Dec 2026" in row.why
	assert due(frappe, "Corner shop", "birthday") == []


def test_a_kept_customer_is_called_after_a_week_and_then_monthly(frappe) -> None:
	rows = due(frappe, "Kept shop", "save")
	assert [row.due[:7] for row in rows] == ["2026-12", "2026-12"]
	assert "2026-12-01" <= rows[0].due <= "2026-12-03" and "2026-12-24" <= rows[1].due <= "2026-12-28"
	assert {row.kind for row in rows} == {"Case"}
	assert "kept on 24 Nov 2026, to be asked by 3 Dec 2026 whether it holds" in rows[0].why
	kept = {"customer": "Kept shop", "status": "Saved"}
	frappe.db.set_value("Retention Case", kept, "verification", "Relapsed")
	night(frappe)
	assert due(frappe, "Kept shop", "save") == []


def test_a_leaver_is_called_after_a_month_only_with_consent(frappe) -> None:
	(row,) = due(frappe, "Left shop", "leaving")
	assert "2026-12-24" <= row.due <= "2026-12-30"
	assert row.kind == "Case"
	assert due(frappe, "Quiet shop", "leaving") == []


def quota(frappe: Any, customer: str) -> int:
	"""Return how many planned calls a customer's cadence has."""
	calls = {"customer": customer, "status": "Planned", "obligation_key": ("like", "quota|%")}
	return len(frappe.get_all("Customer Callback", calls, pluck="name"))


def test_who_was_let_go_is_owed_no_quota_until_it_comes_back(frappe) -> None:
	from support_cases import make_invoice

	assert (quota(frappe, "Left shop"), quota(frappe, "Quiet shop")) == (0, 0)
	assert quota(frappe, "Kept shop") > 0
	state = {"customer": "Left shop"}
	assert frappe.db.get_value("Customer Retention State", state, "owed_in_period") == 0
	make_invoice(frappe, "Quiet shop", 100, "2026-11-25")
	frappe.get_doc(
		{"doctype": "Retention Case", "customer": "Left shop", "exit_type": "Cancellation"}
	).insert()
	night(frappe)
	assert quota(frappe, "Quiet shop") > 0 and quota(frappe, "Left shop") > 0
	assert due(frappe, "Left shop", "leaving") == [], "a later case goes before the release"


def test_a_call_that_was_shown_ends_with_the_release(frappe) -> None:
	(shown, *_rest) = frappe.get_all(
		"Customer Callback", {"customer": "Corner shop", "status": "Planned"}, ["name", "due_date"]
	)
	frappe.db.set_value(
		"Customer Callback", {"customer": "Corner shop", "status": "Planned"}, "is_committed", 1
	)
	frappe.set_user(user("manager"))
	release_file(frappe, lost(frappe, "Corner shop"), may_be_called=0).submit()
	calls = {"customer": "Corner shop", "status": "Planned"}
	assert frappe.get_all("Customer Callback", calls, pluck="name") == []
	assert frappe.db.get_value("Customer Callback", shown.name, "status") == "Met"


def test_the_report_on_quotas_leaves_out_who_was_let_go(frappe) -> None:
	from cs_retention.callbacks.report.quota_fulfilment.quota_fulfilment import execute

	filters = {"from_date": "2026-11-01", "to_date": "2026-11-30"}
	lines = execute({**filters, "figure": "Customers", "row": "New|2026-11-01"})[1]
	shops = {line.get("customer") for line in lines}
	assert "Kept shop" in shops and not {"Left shop", "Quiet shop"} & shops


def test_a_festival_is_called_by_the_public_holidays_and_by_own_dates(frappe) -> None:
	settings = frappe.get_doc(SETTINGS)
	settings.update({"festivals_country": "China", "festivals_names": "New Year's Day"})
	settings.update({"festivals_own": "2026-12-04 Anniversary of the branch"})
	settings.save()
	night(frappe)
	assert due(frappe, "Key shop", "festival") == []
	switch(frappe, "Festival", is_on=1)
	night(frappe)
	(row,) = due(frappe, "Key shop", "festival")
	assert "2026-11-30" <= row.due <= "2026-12-04"
	assert "Anniversary of the branch on 4 Dec 2026, to be greeted by 4 Dec 2026" in row.why


def test_a_sample_of_visits_is_planned_when_it_is_switched_on(frappe) -> None:
	assert due(frappe, "Corner shop", "sampled_visit") == []
	switch(frappe, "Sampled Visit", is_on=1, share=100)
	night(frappe)
	rows = due(frappe, "Corner shop", "sampled_visit")
	assert {row.channel for row in rows} == {"Visit"}
	assert {row.kind for row in rows} == {"Visit"}


def test_a_source_switched_off_withdraws_its_calls_and_switched_on_again_brings_them_back(frappe) -> None:
	(before,) = due(frappe, "Complaint shop", "complaint")
	switch(frappe, "Complaint Verification", is_on=0)
	night(frappe)
	assert due(frappe, "Complaint shop", "complaint") == []
	switch(frappe, "Complaint Verification", is_on=1)
	night(frappe)
	(after,) = due(frappe, "Complaint shop", "complaint")
	assert after.obligation_key == before.obligation_key


def test_a_verification_that_was_made_is_not_owed_again(frappe) -> None:
	from cs_retention.callbacks.work import log_done, prepare

	(row,) = due(frappe, "Complaint shop", "complaint")
	frappe.set_user(user("west"))
	facts = prepare(row.name)
	log_done(
		row.name,
		outcome="Reached",
		summary="the line is quiet now, satisfied",
		spoken_to="Ms Lin",
		next_date=facts["proposed"]["date"],
	)
	frappe.set_user("Administrator")
	night(frappe)
	assert due(frappe, "Complaint shop", "complaint") == []


def test_a_complaint_opened_again_needs_no_verification_until_it_is_resolved(frappe) -> None:
	issue = frappe.get_doc("Issue", {"customer": "Complaint shop"})
	issue.status = "Open"
	issue.save()
	night(frappe)
	assert due(frappe, "Complaint shop", "complaint") == []


@pytest.mark.parametrize(
	("change", "words"),
	[
		({"days": 0}, "After Delivery: Days.*0.*give 1 to 366 days"),
		({"notice": "soon"}, "After Delivery: Notice.*soon.*give a whole number"),
		({"lapse_days": 400}, "After Delivery: Lapse Days.*400.*give 0 to 366 days"),
	],
)
def test_figures_that_no_source_could_work_with_are_refused(frappe, change, words) -> None:
	with pytest.raises(frappe.ValidationError, match=words):
		switch(frappe, "After Delivery", **change)


def test_a_source_twice_and_a_festival_that_is_none_are_refused(frappe) -> None:
	settings = frappe.get_doc(SETTINGS)
	settings.append("obligation_sources", {"source": "Birthday", "days": 1, "channel": "Phone"})
	with pytest.raises(frappe.ValidationError, match=r"Sources: .*Birthday.* stands twice"):
		settings.save()
	settings = frappe.get_doc(SETTINGS)
	settings.update({"festivals_country": "China", "festivals_names": "Harvest Home"})
	with pytest.raises(
		frappe.ValidationError, match=r"Harvest Home.* cannot be used; give one of .*National Day"
	):
		settings.save()


class TestTryOut:
	def test_a_source_would_add_what_a_night_then_plans(self, frappe) -> None:
		from cs_retention.cs_retention.obligation_tryout import try_settings

		frappe.set_user(user("manager"))
		tried = {row["source"]: row for row in try_settings()["sources"]}
		assert tried["Sampled Visit"]["is_on"] is False
		assert tried["Complaint Verification"]["duties"] == 1
		frappe.set_user("Administrator")
		switch(frappe, "Sampled Visit", share=100)
		tried = {row["source"]: row for row in try_settings()["sources"]}
		before = frappe.db.count("Customer Callback", {"status": "Planned"})
		switch(frappe, "Sampled Visit", is_on=1)
		night(frappe)
		added = frappe.db.count("Customer Callback", {"status": "Planned"}) - before
		sampled = tried["Sampled Visit"]
		assert sampled["calls"] == added > 0
		assert sampled["words"].startswith("would add ")
		assert {person["person"] for person in sampled["people"]} >= {user("east"), user("west")}
		(again,) = (row for row in try_settings()["sources"] if row["source"] == "Sampled Visit")
		assert (again["is_on"], again["calls"]) == (True, sampled["calls"])
		assert again["words"].startswith("adds ")

	def test_it_writes_nothing(self, frappe) -> None:
		from cs_retention.cs_retention.obligation_tryout import try_settings

		written = frappe.db.transaction_writes
		try_settings()
		assert frappe.db.transaction_writes == written

	@pytest.mark.parametrize("persona", ["east", "auditor", "desk", "clerk"])
	def test_it_is_for_who_may_change_the_settings(self, frappe, persona) -> None:
		from cs_retention.cs_retention.obligation_tryout import try_settings

		frappe.set_user(user(persona))
		with pytest.raises(frappe.PermissionError):
			try_settings()

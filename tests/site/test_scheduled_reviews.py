"""Reviews of the calendar: one a month opens by itself and waits, computed, for a manager."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from personas import make_personas, user
from private_bench import PrivateBench
from support_book import AS_OF
from support_reviews import connected, fill_book, keep, mirrors, new_review, play, put_back, run_job, states

SITE = "scheduled.localhost"
NOVEMBER, DECEMBER, LATER_IN_DECEMBER, JANUARY = (
	*(date(2026, 11, 20), date(2026, 12, 1), date(2026, 12, 9)),
	date(2027, 1, 2),
)


@pytest.fixture(scope="module")
def book(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	"""Frappe on a site with a user per persona and a generated book that was rated in November."""
	with connected(bench, installed_dump, SITE) as frappe:
		fill_book(frappe, 60)
		make_personas()
		frappe.db.commit()
		play(frappe, new_review(frappe, kind="Initial").name, "Compute", "Submit")
		keep(frappe, "rated")
		yield frappe


@pytest.fixture
def rated(book: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
	"""The site as it was rated, on a day in January."""
	from cs_retention.star_levels import scheduled
	from cs_retention.star_levels.doctype.star_review import star_review

	put_back(book, "rated")
	book.db.delete("Notification Log")
	book.defaults.clear_default(scheduled.REGISTER, parent="__global")
	book.db.commit()
	monkeypatch.setattr(star_review, "nowdate", lambda: "2027-01-31")
	yield book


def open_as_of(frappe: Any, as_of: date) -> str | None:
	"""Do what the night does, its commit included."""
	from cs_retention.star_levels.scheduled import open_scheduled_review

	name = open_scheduled_review(as_of)
	frappe.db.commit()
	return name


def alerts(frappe: Any) -> list[tuple[str, str]]:
	return sorted(
		frappe.get_all("Notification Log", {"type": "Alert"}, ["for_user", "document_name"], as_list=True)
	)


def test_a_month_opens_one_interim_review_and_january_the_annual_one(rated) -> None:
	interim, annual = open_as_of(rated, DECEMBER), open_as_of(rated, JANUARY)
	assert rated.db.get_value("Star Review", interim, ["as_of", "kind"]) == (DECEMBER, "Interim")
	assert rated.db.get_value("Star Review", annual, ["as_of", "kind"]) == (JANUARY, "Annual")


def test_it_waits_computed_and_moves_nobody_until_a_manager_submits_it(rated) -> None:
	before, shown = states(rated), mirrors(rated)
	name = open_as_of(rated, DECEMBER)
	review = run_job(rated, name)
	assert (review.status, review.docstatus, review.error) == ("Computed", 0, None)
	assert (states(rated), mirrors(rated)) == (before, shown)
	rated.set_user(user("manager"))
	play(rated, name, "Submit")
	rated.set_user("Administrator")
	assert {state["reviewed_on"] for state in states(rated).values() if state["rated_on"]} == {DECEMBER}


def test_opened_again_in_a_month_it_is_the_same_one_and_managers_hear_of_it_once(rated) -> None:
	name = open_as_of(rated, DECEMBER)
	assert {open_as_of(rated, day) for day in (DECEMBER, LATER_IN_DECEMBER)} == {name}
	assert rated.db.count("Star Review", {"scheduled_key": ("is", "set")}) == 1
	assert alerts(rated) == [(user("manager"), name), (user("second-manager"), name)]


def test_an_alert_speaks_its_readers_language(rated) -> None:
	rated.db.set_value("User", user("manager"), "language", "zh")
	open_as_of(rated, DECEMBER)
	subjects = dict(rated.get_all("Notification Log", fields=["for_user", "subject"], as_list=True))
	assert "请查看星级变动后提交" in subjects[user("manager")]
	assert "Look at what moves, then submit it" in subjects[user("second-manager")]
	rated.db.set_value("User", user("manager"), "language", "en")


def test_one_that_a_manager_deleted_does_not_come_back_in_its_month(rated) -> None:
	name = open_as_of(rated, DECEMBER)
	run_job(rated, name)
	rated.delete_doc("Star Review", name)
	assert open_as_of(rated, LATER_IN_DECEMBER) is None
	assert open_as_of(rated, JANUARY)


def test_a_month_before_one_that_was_opened_is_not_opened_any_more(rated) -> None:
	open_as_of(rated, JANUARY)
	assert open_as_of(rated, DECEMBER) is None


def test_nothing_is_due_before_anybody_was_rated_in_an_earlier_month(rated) -> None:
	assert open_as_of(rated, NOVEMBER) is None
	rated.db.delete("Customer Retention State")
	assert open_as_of(rated, DECEMBER) is None


def test_nothing_is_opened_where_the_policy_applies_reviews_automatically(rated) -> None:
	rated.db.set_value("Star Policy", {"status": "Active"}, "scheduled_reviews", "Automatic")
	assert open_as_of(rated, DECEMBER) is None


def test_a_computation_that_was_lost_is_started_again_and_one_that_runs_is_left_alone(
	rated, monkeypatch
) -> None:
	from cs_retention.star_levels import review_jobs

	name = open_as_of(rated, DECEMBER)
	token = rated.db.get_value("Star Review", name, "job_token")
	monkeypatch.setattr(review_jobs, "is_job_enqueued", lambda job: True)
	open_as_of(rated, LATER_IN_DECEMBER)
	assert rated.db.get_value("Star Review", name, "job_token") == token
	monkeypatch.setattr(review_jobs, "is_job_enqueued", lambda job: False)
	open_as_of(rated, LATER_IN_DECEMBER)
	assert rated.db.get_value("Star Review", name, "job_token") != token
	assert run_job(rated, name).status == "Computed"
	open_as_of(rated, LATER_IN_DECEMBER)
	assert rated.db.get_value("Star Review", name, "status") == "Computed"
	assert len(alerts(rated)) == 2


def test_one_that_a_crash_took_back_is_opened_again(rated) -> None:
	from cs_retention.star_levels.scheduled import open_scheduled_review

	lost = open_scheduled_review(DECEMBER)
	rated.db.get_global("anything")
	rated.db.rollback()
	assert not rated.db.exists("Star Review", lost)
	assert open_as_of(rated, DECEMBER)
	assert len(alerts(rated)) == 2


def test_of_two_that_open_it_at_once_one_gets_through(rated) -> None:
	from cs_retention.star_levels import scheduled

	name = open_as_of(rated, DECEMBER)
	key = rated.db.get_value("Star Review", name, "scheduled_key")
	assert scheduled.open_review(DECEMBER, scheduled.ReviewKind.INTERIM, key) is None
	rated.db.commit()
	assert rated.db.count("Star Review", {"scheduled_key": ("is", "set")}) == 1
	assert len(alerts(rated)) == 2


def test_no_request_makes_a_scheduled_review_or_takes_one_over(rated) -> None:
	forged = new_review(rated, scheduled_key="Interim 2026-12")
	assert forged.scheduled_key is None
	name = open_as_of(rated, DECEMBER)
	run_job(rated, name)
	review = rated.get_doc("Star Review", name)
	review.update({"scheduled_key": None, "near_points": 3}).save()
	assert review.scheduled_key == "Interim 2026-12"
	assert rated.copy_doc(review).insert().scheduled_key is None


def test_who_was_rated_as_of_a_later_date_keeps_that_rating(rated) -> None:
	name = open_as_of(rated, DECEMBER)
	customer = rated.get_all("Customer Retention State", {"rated_on": ("is", "set")}, pluck="customer")[0]
	rated.db.set_value("Customer Retention State", {"customer": customer}, "reviewed_on", LATER_IN_DECEMBER)
	rated.db.commit()
	run_job(rated, name)
	proposed = rated.get_all("Star Rating", {"review": name}, pluck="customer")
	assert customer not in proposed
	assert proposed


def test_an_override_that_ended_is_settled_by_the_night_and_shows_on_the_customer(rated) -> None:
	from cs_retention.cs_retention.states import STATE, open_store
	from cs_retention.nightly.reviews import STAR_RATING
	from cs_retention.nightly.run import rate_book
	from cs_retention.star_levels.policies import load_policy

	customer, own = rated.get_all(
		STATE, {"star_level": ("!=", "New")}, ["customer", "star_level"], as_list=1
	)[0]
	given = "One Star" if own != "One Star" else "Two Star"
	days = {"approved_on": AS_OF, "until": NOVEMBER}
	told = {"reason": "new branch", "approver": user("manager"), "docstatus": 1}
	override = rated.get_doc(
		{"doctype": "Star Override", "customer": customer, "level": given, **days, **told}
	)
	override.name = "approved"
	override.db_insert()
	rated.db.commit()
	seen = []
	for day in (16, 20, 21, 22):
		store = open_store()
		rate_book(store, load_policy(), date(2026, 11, day), lambda phase, done: None)
		rated.db.commit()
		seen.append(rated.db.get_value("Customer", customer, "retention_star_level"))
	assert seen == [given, given, own, own]
	kinds = rated.get_all(STAR_RATING, {"customer": customer}, ["as_of", "kind"], order_by="as_of", as_list=1)
	assert kinds[1:] == ((date(2026, 11, 16), "Given Level"), (date(2026, 11, 21), "Given Level"))

"""What the Customer form says of a customer's standing: to whom, in which language, and that it adds up."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from personas import SEES, make_branch, user
from private_bench import PrivateBench
from support_book import AS_OF
from support_reviews import connected, fill_book

SITE = "standing.localhost"
CUSTOMERS = 150


@pytest.fixture(scope="module")
def book(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	"""Frappe on a site with a generated book that a night has rated and planned, and the personas' customers."""
	with connected(bench, installed_dump, SITE) as frappe:
		from cs_retention.cs_retention.states import open_store
		from cs_retention.nightly.run import run_night
		from cs_retention.star_levels.policies import load_policy

		make_branch()
		fill_book(frappe, CUSTOMERS)
		run_night(open_store(), load_policy(), AS_OF)
		yield frappe


@pytest.fixture
def frappe(book: Any) -> Iterator[Any]:
	"""Frappe on that site; language, user and what a test writes are put back."""
	yield book
	book.db.rollback()
	book.set_user("Administrator")
	book.local.lang = "en"


def standing(customer: str) -> dict[str, Any] | None:
	from cs_retention.star_levels.standing import get_standing

	return get_standing(customer)


def state_of(frappe: Any, customer: str) -> Any:
	return frappe.get_doc("Customer Retention State", {"customer": customer})


def a_customer(frappe: Any, **filters: Any) -> str:
	"""Return the first customer whose state is as the filters say."""
	return frappe.get_all("Customer Retention State", filters, pluck="customer", order_by="customer")[0]


def test_the_standing_follows_the_visibility_of_the_state(frappe) -> None:
	for persona, customers in SEES.items():
		frappe.set_user(user(persona))
		assert {shop for shop in SEES["manager"] if standing(shop) is not None} == customers, persona


def test_without_a_role_of_ours_a_customer_has_no_standing(frappe) -> None:
	frappe.set_user(user("clerk"))
	assert standing("East shop") is None


def test_who_may_not_read_the_customer_is_refused(frappe) -> None:
	permission = {
		"doctype": "User Permission",
		"user": user("manager"),
		"allow": "Customer",
		"for_value": "West shop",
	}
	frappe.get_doc(permission).insert()
	frappe.clear_cache(user=user("manager"))
	frappe.set_user(user("manager"))
	with pytest.raises(frappe.PermissionError):
		standing("East shop")
	frappe.db.rollback()
	frappe.clear_cache(user=user("manager"))


def test_a_customer_without_a_state_is_shown_to_those_who_would_see_it(frappe) -> None:
	frappe.db.delete("Customer Retention State", {"customer": "East shop"})
	assert standing("East shop")["headline"] == []
	frappe.set_user(user("team"))
	assert standing("East shop") is None


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_customer_of_a_book_has_a_standing_whose_points_add_up(frappe, lang: str) -> None:
	frappe.local.lang = lang
	rated = 0
	for state in frappe.get_all("Customer Retention State", fields=["customer", "rated_on", "next_level"]):
		found = standing(state.customer)
		assert bool(found["factors"]) == bool(state.rated_on)
		assert bool(found["lacking"]) == bool(state.next_level)
		if not state.rated_on:
			continue
		rated += 1
		points = sum(Decimal(points) for _name, points, _sentence in found["factors"])
		assert points == Decimal(found["score"]), state.customer
		assert all(text for row in found["factors"] for text in row)
	assert rated > CUSTOMERS / 3


def test_the_headline_says_stars_designation_score_health_and_the_plan(frappe) -> None:
	customer = a_customer(frappe, star_level="Four Star")
	written = {
		**{"is_key_account": 1, "key_account_reason": "key_account_named", "score": 81.5, "health": 62},
		**{"health_band": "Watch", "next_callback": "2026-11-24", "met_in_period": 1, "owed_in_period": 3},
	}
	frappe.db.set_value("Customer Retention State", {"customer": customer}, written)
	frappe.db.set_value("Customer", customer, "retention_key_account_reason", "head of the street's trade")
	assert standing(customer)["headline"] == [
		*("★★★★☆", "key account", "score 81.5", "health 62 Watch", "last contact Sat 24 Oct"),
		*("next call Tue 24 Nov", "1 of 3 this period"),
	]
	assert standing(customer)["key_account"] == "named a key account: head of the street's trade"
	frappe.local.lang = "zh"
	assert standing(customer)["headline"] == [
		*("★★★★☆", "重点客户", "得分 81.5", "健康分 62（关注）", "上次联系 10月24日 周六"),
		*("下次回访 11月24日 周二", "本期 1/3 次"),
	]


def test_a_language_with_a_country_is_that_language(frappe) -> None:
	customer = a_customer(frappe, star_level="New")
	frappe.local.lang = "zh-CN"
	assert standing(customer)["headline"][0] == "新客户"


def test_the_next_level_is_named_with_what_it_takes(frappe) -> None:
	state = state_of(frappe, a_customer(frappe, next_level="Four Star"))
	found = standing(state.customer)["lacking"]
	assert found.startswith(f"{round(state.next_level_gap, 2):g} points short of Four Star: ")


def test_policy_and_dates_of_the_review_are_named(frappe) -> None:
	found = standing(a_customer(frappe, rated_on=AS_OF))
	assert found["policy"] == frappe.db.get_value("Star Policy", {"status": "Active"})
	assert found["reviewed"] == "reviewed on 15 Nov 2026, valid until 15 Nov 2027"


def test_a_prospect_has_a_band_and_no_figure(frappe) -> None:
	found = standing(a_customer(frappe, health_band="Prospect"))
	assert (found["health"]["summary"], found["health"]["parts"]) == ("Prospect", [])


def test_days_in_the_reasons_of_health_grow_while_nothing_else_happens(frappe) -> None:
	from frappe.utils import add_days, nowdate

	from cs_retention.engine.reasons import Reason
	from cs_retention.nightly.reason_json import dump_reasons

	customer = a_customer(frappe, card="Free Buyer", health_band="Watch")
	reason = Reason.of("days_against_own_gap", days=97, usual=31)
	written = {"health_reasons": dump_reasons([reason]), "health_as_of": add_days(nowdate(), -3)}
	frappe.db.set_value("Customer Retention State", {"customer": customer}, written)
	assert standing(customer)["health"]["reasons"] == ["last purchase 100 days ago, usually every 31"]


def test_approvers_are_offered_to_those_who_may_ask_and_never_include_them(frappe) -> None:
	frappe.set_user(user("east"))
	assert standing("East shop")["approvers"] == [user("manager"), user("second-manager")]
	frappe.set_user(user("manager"))
	assert standing("East shop")["approvers"] == [user("second-manager")]
	frappe.set_user(user("auditor"))
	assert standing("East shop")["approvers"] == []


def test_our_records_stand_among_the_connections_of_a_customer(frappe) -> None:
	from frappe.desk.notifications import get_open_count

	frappe.set_user(user("east"))
	found = get_open_count("Customer", "East shop")["count"]["external_links_found"]
	counts = {row["doctype"]: row["count"] for row in found}
	ours = ("Star Rating", "Star Override", "Customer Callback", "Customer Touch")
	assert all(counts[doctype] >= 1 for doctype in ours)

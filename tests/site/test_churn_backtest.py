"""A Churn Backtest on a site: who may run it, what its job leaves, once a quarter, and the sentence on the Customer form."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from personas import make_personas, user
from private_bench import PrivateBench
from support_book import add, all_tables
from support_reviews import connected

SITE = "backtests.localhost"
UNTIL = date(2026, 10, 1)
YEAR_BEFORE = date(2025, 10, 1)
CUSTOMERS = 300
MODULE = "cs_retention.churn_retention.doctype.churn_backtest.churn_backtest"


def fill_with_known_truth(frappe: Any) -> None:
	"""Write customers whose rhythm tells who leaves, one of them disabled since, into the site's tables."""
	from cs_retention.store.base import Authorship
	from cs_retention.store.site import SiteStore

	store = SiteStore(frappe.db, Authorship(now=frappe.utils.now_datetime), all_tables())
	dice = random.Random(5)
	names = [f"Customer {number:03d}" for number in range(CUSTOMERS)]
	add(
		store,
		"Customer",
		[{"name": name, "customer_name": name, "disabled": int(name.endswith("7"))} for name in names],
	)
	fields = (
		"customer",
		"company",
		"docstatus",
		"posting_date",
		"due_date",
		"is_return",
		"is_opening",
		"base_net_total",
	)
	rows = []
	for name in names:
		age = dice.randint(5, 400)
		days = [YEAR_BEFORE - timedelta(days=age + 30 * place) for place in range(dice.randint(2, 12))]
		if dice.random() < 0.95 - age / 430:
			days.append(YEAR_BEFORE + timedelta(days=dice.randint(1, 300)))
		rows += [(name, "Wind Power LLC", 1, day, day, 0, "No", 100) for day in days]
	store.insert_rows("Sales Invoice", fields, rows)


@pytest.fixture(scope="module")
def book(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	"""Frappe on a site with such a book and a user per persona."""
	with connected(bench, installed_dump, SITE) as frappe:
		make_personas()
		fill_with_known_truth(frappe)
		frappe.db.commit()
		yield frappe


@pytest.fixture
def frappe(book: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
	"""Frappe on that site; what a test writes is put back."""
	monkeypatch.setattr(book.local.db, "commit", lambda *given, **named: None)
	yield book
	book.db.rollback()
	book.set_user("Administrator")
	book.local.lang = "en"


def new_backtest(frappe: Any, **fields: Any) -> Any:
	return frappe.get_doc({"doctype": "Churn Backtest", "until": UNTIL, **fields}).insert()


def done(frappe: Any, language: str = "en", **fields: Any) -> Any:
	"""Return a back-test after its job has run, here and now."""
	from cs_retention.churn_retention.backtest_job import run_job

	backtest = new_backtest(frappe, **fields)
	run_job(backtest.name, language)
	return frappe.get_doc("Churn Backtest", backtest.name)


def result_of(frappe: Any, backtest: Any, lang: str = "en") -> dict[str, Any]:
	from cs_retention.churn_retention.doctype.churn_backtest.churn_backtest import get_result

	frappe.local.lang = lang
	return get_result(backtest.name)


def test_the_truth_of_the_book_is_found_and_kept_by_card_band_and_rule(frappe) -> None:
	backtest = done(frappe)
	assert (backtest.status, backtest.error) == ("Computed", None)
	assert len(backtest.cards) == 8 and len(backtest.bands) == 32
	card = backtest.cards[0]
	assert (str(card.as_of), card.card, card.customers, card.verdict) == (
		str(YEAR_BEFORE),
		"Free Buyer",
		CUSTOMERS,
		"Ranks",
	)
	assert 0.5 < card.auc_low < card.auc < card.auc_high
	healthy, *_, critical = (row.share for row in backtest.bands[:4])
	assert healthy > critical
	assert {"warned", "days_against_own_gap"} <= {row.rule for row in backtest.rules}
	assert all(row.lost <= row.fired for row in backtest.rules)


def test_the_result_is_told_in_the_language_of_the_reader(frappe) -> None:
	backtest = done(frappe)
	english, chinese = result_of(frappe, backtest), result_of(frappe, backtest, "zh")
	assert len(english["dates"]) == len(chinese["dates"]) == 4
	card = english["dates"][0]["cards"][0]
	assert card["is_worth"] and card["verdict"] == "tells who leaves"
	assert "customers who looked like this a year ago" in card["bands"][0]["said"]
	assert "一年前情况相同的" in chinese["dates"][0]["cards"][0]["bands"][0]["said"]
	assert any(text.startswith("payments are not on record") for text in english["limits"])


def test_a_job_that_fails_says_why_and_may_be_run_again(frappe, monkeypatch) -> None:
	from cs_retention.churn_retention import backtest_job

	backtest = new_backtest(frappe)
	monkeypatch.setattr(frappe.local.db, "rollback", lambda *given, **named: None)

	def broken(*given: Any) -> Any:
		raise RuntimeError("the disk is full")

	with monkeypatch.context() as patched:
		patched.setattr(backtest_job, "run_backtest", broken)
		with pytest.raises(RuntimeError):
			backtest_job.run_job(backtest.name, "en")
	backtest.reload()
	assert backtest.status == "Failed"
	assert backtest.error == "the disk is full. The Error Log says more; once that is solved, run it again."
	backtest_job.run_job(backtest.name, "en")
	backtest.reload()
	assert (backtest.status, backtest.error) == ("Computed", None)


def test_managers_run_it_auditors_read_it_and_nobody_else_sees_it(frappe) -> None:
	backtest = done(frappe)
	run = frappe.get_attr(f"{MODULE}.run_backtest")
	for persona in ("auditor", "east", "clerk"):
		frappe.set_user(user(persona))
		with pytest.raises(frappe.PermissionError):
			run(backtest.name)
	frappe.set_user(user("auditor"))
	assert result_of(frappe, backtest)["dates"]
	frappe.set_user(user("east"))
	for name in ("get_result", "get_progress"):
		with pytest.raises(frappe.PermissionError):
			frappe.get_attr(f"{MODULE}.{name}")(backtest.name)
	frappe.set_user(user("manager"))
	started: list[Any] = []
	frappe_enqueue = frappe.enqueue
	try:
		frappe.enqueue = lambda *given, **named: started.append(named)
		run(backtest.name)
	finally:
		frappe.enqueue = frappe_enqueue
	assert [job["name"] for job in started] == [backtest.name]
	assert frappe.db.get_value("Churn Backtest", backtest.name, "status") == "Running"


def test_a_request_cannot_write_results_and_another_date_makes_a_draft(frappe) -> None:
	forged = new_backtest(
		frappe, status="Computed", cards=[{"card": "Free Buyer", "auc": 1}], scheduled_key="2026-Q4"
	)
	forged.reload()
	assert (forged.status, forged.cards, forged.scheduled_key) == ("Draft", [], None)
	backtest = done(frappe)
	backtest.cards[0].auc = 1
	backtest.save()
	backtest.reload()
	assert len(backtest.cards) == 8 and backtest.cards[0].auc < 1
	backtest.until = date(2026, 9, 1)
	backtest.save()
	backtest.reload()
	assert (backtest.status, backtest.cards, backtest.computed_on) == ("Draft", [], None)


def test_a_day_in_the_future_is_refused(frappe) -> None:
	with pytest.raises(frappe.ValidationError, match=r"lies in the future\. Give today or an earlier date"):
		new_backtest(frappe, until="2099-01-01")


def test_the_night_begins_one_in_every_quarter(frappe, monkeypatch) -> None:
	from cs_retention.churn_retention.scheduled import open_quarterly_backtest

	started: list[Any] = []
	# Deleting enqueues jobs of Frappe's own.
	monkeypatch.setattr(frappe, "enqueue", lambda *given, **named: started.append(named.get("job_id")))
	name = open_quarterly_backtest("2026-11-15")
	begun = f"churn_backtest::{name}"
	assert name and started == [begun]
	assert str(frappe.db.get_value("Churn Backtest", name, "until")) == "2026-10-01"
	assert open_quarterly_backtest("2026-11-16") is None
	frappe.db.delete("Churn Backtest", {"name": name})
	assert open_quarterly_backtest("2026-12-31") is None
	assert open_quarterly_backtest("2026-08-01") is None
	assert [job for job in started if job] == [begun]


def test_no_quarter_is_begun_in_a_book_without_history(frappe, monkeypatch) -> None:
	from cs_retention.churn_retention.scheduled import open_quarterly_backtest

	frappe.db.delete("Sales Invoice")
	assert open_quarterly_backtest("2026-11-15") is None


def test_the_customer_form_says_what_became_of_customers_like_this(frappe) -> None:
	from cs_retention.churn_retention.backtest_words import say_health
	from cs_retention.star_levels.standing import get_standing

	customer = "Customer 001"
	state = frappe.get_doc(
		{"doctype": "Customer Retention State", "customer": customer, "card": "Free Buyer"}
	)
	state.update({"health_band": "Critical", "health": 10}).db_insert()
	assert get_standing(customer)["health"]["words"] == []
	backtest = done(frappe)
	(row,) = (
		row
		for row in backtest.bands
		if (row.card, row.band, str(row.as_of)) == ("Free Buyer", "Critical", str(YEAR_BEFORE))
	)
	expected = f"of {row.customers} customers who looked like this a year ago, {round(row.share)}\u00a0% bought again"
	assert get_standing(customer)["health"]["words"] == [expected]
	frappe.local.lang = "zh"
	assert get_standing(customer)["health"]["words"] == [
		f"一年前情况相同的 {row.customers} 位客户中，{round(row.share)}% 再次购买"
	]
	assert say_health("Free Buyer", "Prospect", "en") is None


def test_too_little_says_so_on_the_customer_form(frappe) -> None:
	from cs_retention.churn_retention.backtest_words import say_health

	assert say_health("Contract Customer", "Healthy", "en") is None
	backtest = done(frappe)
	assert say_health("Contract Customer", "Healthy", "en").startswith(
		"too little to judge: 0 customers in all, at least 100 are needed"
	)
	for lang, expected in (
		(
			"en",
			"only 3 customers looked like this at that time, at least 20 are needed to say what became of them",
		),
		("zh", "当时情况相同的客户只有 3 位，至少需要 20 位才能说明其后续情况"),
	):
		few = {"parent": backtest.name, "card": "Free Buyer", "band": "Watch", "as_of": YEAR_BEFORE}
		frappe.db.set_value("Churn Backtest Band", few, {"customers": 3, "stayed": 1})
		assert say_health("Free Buyer", "Watch", lang) == expected

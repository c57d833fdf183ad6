"""A Churn Policy on a site: seeded, tried by its back-test, activated, read-only, and what the night makes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from personas import make_personas, user
from private_bench import PrivateBench
from support_book import AS_OF
from support_reviews import connected, fill_book

from cs_retention.engine.health_policy import HealthPolicy

SITE = "churnpolicies.localhost"
FIRST = "Standard v1"
MODULE = "cs_retention.churn_retention.doctype.churn_policy.churn_policy"


@pytest.fixture(scope="module")
def book(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	with connected(bench, installed_dump, SITE) as frappe:
		make_personas()
		fill_book(frappe, 80)
		frappe.db.commit()
		yield frappe


@pytest.fixture
def frappe(book: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
	"""Frappe as the manager; what a test writes is put back."""
	monkeypatch.setattr(book.local.db, "commit", lambda *given, **named: None)
	book.set_user(user("manager"))
	yield book
	book.set_user("Administrator")
	book.db.rollback()
	book.local.lang = "en"


def policy_of(frappe: Any, name: str | None = None) -> Any:
	from cs_retention.churn_retention.policies import load_policy

	return load_policy(name)


def draft(frappe: Any, **fields: Any) -> Any:
	doc = frappe.get_doc("Churn Policy", frappe.get_doc("Churn Policy", FIRST).new_version())
	doc.update(fields)
	return doc.save()


def tried(frappe: Any, doc: Any, language: str = "en") -> Any:
	from cs_retention.churn_retention.policy_trial import run_trial

	run_trial(doc.name, str(AS_OF), language)
	return frappe.get_doc("Churn Policy", doc.name)


def test_the_seeded_policy_is_the_rules_and_in_force(frappe) -> None:
	policy = policy_of(frappe)
	assert policy.health == HealthPolicy()
	assert (policy.version, policy.churn_version) == (FIRST, FIRST)
	assert frappe.get_attr(frappe.get_hooks("retention_policy")[-1])() == policy


def test_an_active_policy_is_read_only_and_a_new_version_is_a_draft(frappe) -> None:
	active = frappe.get_doc("Churn Policy", FIRST)
	active.healthy = 70
	with pytest.raises(frappe.ValidationError, match="is Active and read-only"):
		active.save()
	with pytest.raises(frappe.ValidationError, match="healths were assessed with it"):
		frappe.delete_doc("Churn Policy", FIRST)
	doc = draft(frappe, healthy=70)
	assert (doc.name, doc.status, doc.copied_from) == ("Standard v2", "Draft", FIRST)
	assert policy_of(frappe, doc.name).health.bands.healthy == 70


@pytest.mark.parametrize(
	("fields", "words"),
	[
		({"watch": 60}, "Watch from Health.*60.*give less than 60"),
		({"deductions_most": 101}, "Less at Most, All Together"),
		({"missing_bill_days": 15}, "Days Until It Caps Further"),
		({"steps": []}, "Recency"),
	],
)
def test_figures_that_no_health_can_be_assessed_by_are_refused(frappe, fields, words) -> None:
	with pytest.raises(frappe.ValidationError, match=words):
		draft(frappe, **fields)


def test_a_rule_without_a_mark_raises_no_signal(frappe) -> None:
	doc = draft(frappe)
	doc.rules[0].raises_signal = 0
	doc.save()
	assert policy_of(frappe, doc.name).health.signals.silent == (doc.rules[0].rule,)


def test_a_draft_is_held_against_the_policy_in_force_and_then_activated(frappe) -> None:
	from cs_retention.cs_retention.states import open_store
	from cs_retention.nightly.run import rate_book

	doc = draft(frappe, healthy=95, watch=90)
	with pytest.raises(frappe.ValidationError, match="Try it first, then activate it"):
		doc.activate()
	before = frappe.db.count("Churn Signal"), frappe.db.count("Customer Retention State")
	doc = tried(frappe, doc)
	assert (doc.status, doc.trial_error) == ("Tried", None)
	assert (frappe.db.count("Churn Signal"), frappe.db.count("Customer Retention State")) == before
	shown = json.loads(doc.trial_figures)
	moved = sum(count for was, now, count in shown["bands"] if was != now)
	assert moved > 0 and doc.trial_summary.startswith(f"{moved} of ")
	assert shown["in_force"] == FIRST
	assert {row["card"] for row in shown["backtests"]} <= {"Free Buyer", "Contract Customer"}
	assert all(row["before"]["auc"] == row["after"]["auc"] for row in shown["backtests"])
	doc.activate()
	assert frappe.db.get_value("Churn Policy", FIRST, ["status", "active_key"]) == ("Retired", None)
	assert policy_of(frappe).churn_version == doc.name
	frappe.set_user("Administrator")
	rate_book(open_store(), policy_of(frappe), AS_OF, lambda *told: None)
	assert set(
		frappe.get_all("Customer Retention State", {"health_band": ("is", "set")}, pluck="churn_policy")
	) == {doc.name}


def test_other_figures_have_to_be_tried_again(frappe) -> None:
	from cs_retention.cs_retention import policy_life

	doc = draft(frappe)
	policy_life.record_trial(doc, "nobody moves", "{}")
	doc.healthy = 61
	doc.save()
	assert (doc.status, doc.trial_summary) == ("Draft", None)


def test_the_trial_speaks_the_language_of_who_tried(frappe) -> None:
	assert "变更等级" in tried(frappe, draft(frappe), "zh").trial_summary


def test_a_trial_that_fails_says_why(frappe, monkeypatch) -> None:
	from cs_retention.churn_retention import policy_trial

	def broken(*_given: Any) -> None:
		raise RuntimeError("the disk is full")

	doc = draft(frappe)
	monkeypatch.setattr(frappe.local.db, "rollback", lambda *given, **named: None)
	with monkeypatch.context() as patched:
		patched.setattr(policy_trial, "try_churn_policy", broken)
		with pytest.raises(RuntimeError):
			policy_trial.run_trial(doc.name, str(AS_OF), "en")
	assert frappe.db.get_value("Churn Policy", doc.name, "trial_error").startswith("the disk is full.")


def test_only_managers_try_and_activate(frappe) -> None:
	doc = draft(frappe)
	for persona in ("auditor", "east"):
		frappe.set_user(user(persona))
		with pytest.raises(frappe.PermissionError):
			frappe.get_attr(f"{MODULE}.try_policy")(doc.name)
		with pytest.raises(frappe.PermissionError):
			frappe.get_doc("Churn Policy", doc.name).activate()
		assert frappe.get_attr(f"{MODULE}.get_trial_progress")(doc.name)["is_running"] is False
	frappe.set_user(user("clerk"))
	with pytest.raises(frappe.PermissionError):
		frappe.get_attr(f"{MODULE}.get_trial_progress")(doc.name)

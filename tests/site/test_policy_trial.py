"""A Star Policy is tried by a job: the book is rated with it, and nothing is written but what that showed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from personas import make_personas, user
from private_bench import PrivateBench
from support_book import AS_OF
from support_reviews import connected, fill_book, keep, mirrors, new_review, play, put_back, states

CUSTOMERS = 400
SITE = "trials.localhost"
FIRST = "Standard v1"
LADDER = ["Key Account", "Five Star", "Four Star", "Three Star", "Two Star", "One Star", "New"]


@pytest.fixture(scope="module")
def book(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	"""Frappe on a site with a generated book and a user per persona, kept after its first review."""
	with connected(bench, installed_dump, SITE) as frappe:
		fill_book(frappe, CUSTOMERS)
		make_personas()
		frappe.db.commit()
		play(frappe, new_review(frappe, kind="Initial").name, "Compute", "Submit")
		keep(frappe, "reviewed")
		yield frappe


@pytest.fixture
def reviewed(book: Any) -> Any:
	"""Frappe on a site after its first review."""
	put_back(book, "reviewed")
	return book


@pytest.fixture
def draft(reviewed: Any) -> Any:
	"""A second version of the active policy, stored."""
	return stored(reviewed, reviewed.get_doc("Star Policy", FIRST).new_version())


def stored(frappe: Any, policy: str) -> Any:
	frappe.db.commit()
	return frappe.get_doc("Star Policy", policy)


def tried(frappe: Any, policy: Any, language: str = "en") -> Any:
	"""Return the policy after its job has run, here and now."""
	from cs_retention.star_levels.policy_trial import run_trial

	spoken = frappe.local.lang
	try:
		run_trial(policy.name, str(AS_OF), language)
	finally:
		frappe.local.lang = spoken
	return stored(frappe, policy.name)


def moves(policy: Any) -> Counter[tuple[str, str]]:
	return Counter({(before, after): n for before, after, n in json.loads(policy.trial_figures)["levels"]})


def refusal(frappe: Any, policy: str) -> str:
	"""Return the sentence that starting a trial is refused with."""
	from cs_retention.star_levels.doctype.star_policy.star_policy import try_policy

	with pytest.raises(frappe.ValidationError) as caught:
		try_policy(policy)
	return frappe.utils.strip_html(str(caught.value))


def test_the_same_figures_move_nobody_and_ask_for_as_many_calls(reviewed, draft) -> None:
	policy = tried(reviewed, draft)
	assert (policy.status, policy.trial_error) == ("Tried", None)
	assert all(before == after for before, after in moves(policy))
	assert sum(moves(policy).values()) == reviewed.db.count(
		"Customer", {"disabled": 0, "is_internal_customer": 0}
	)
	assert policy.trial_summary.startswith("0 customers move (0 up, 0 down, 0 rated for the first time); ")
	people = json.loads(policy.trial_figures)["people"]
	assert any(before > 0 for _person, _customers, before, _after in people)
	assert all(before == after for _person, _customers, before, after in people)


def test_other_bands_move_exactly_those_whom_an_annual_review_would_move(reviewed, draft) -> None:
	raise_bands(draft)
	policy = tried(reviewed, stored(reviewed, draft.name))
	shown = moves(policy)
	places = {level: place for place, level in enumerate(LADDER)}
	up, down = (
		sum(n for (a, b), n in shown.items() if sign * (places[a] - places[b]) > 0 and a != "New")
		for sign in (1, -1)
	)
	assert down > 50
	assert policy.trial_summary.startswith(f"{up + down} customers move ({up} up, {down} down, 0 rated for")
	before = rungs(reviewed)
	reviewed.get_doc("Star Policy", draft.name).activate()
	play(reviewed, new_review(reviewed, kind="Annual").name, "Compute", "Submit")
	after = rungs(reviewed)
	assert Counter((before[name], after[name]) for name in before) == shown


def raise_bands(draft: Any) -> None:
	"""Let every star ask for ten points more."""
	for band in draft.bands:
		band.lower_bound = min(99, band.lower_bound + 10) if band.lower_bound else 0
	draft.save()


def rungs(frappe: Any) -> dict[str, str]:
	"""Return where every customer of the book stands."""
	names = frappe.get_all("Customer", {"disabled": 0, "is_internal_customer": 0}, pluck="name")
	found = states(frappe)
	return {
		name: "Key Account" if found[name]["is_key_account"] else found[name]["star_level"] or "New"
		for name in names
		if name in found
	}


def test_a_trial_writes_nothing_but_what_it_showed(reviewed, draft) -> None:
	raise_bands(draft)
	reviewed.db.commit()
	before = states(reviewed), mirrors(reviewed), reviewed.db.count("Star Rating")
	tried(reviewed, draft)
	assert (states(reviewed), mirrors(reviewed), reviewed.db.count("Star Rating")) == before


def test_the_summary_is_in_the_language_of_who_tried(reviewed, draft) -> None:
	policy = tried(reviewed, draft, "zh")
	assert policy.trial_summary.startswith("0 户变动（上升 0，下降 0，首次评定 0）；")


def test_a_change_while_it_is_tried_undoes_the_trial_and_the_form_says_so(
	reviewed, draft, monkeypatch
) -> None:
	from cs_retention.star_levels import policy_trial

	def change(policy: str, percent: float) -> None:
		later = reviewed.utils.add_days(draft.modified, 1)
		reviewed.db.set_value("Star Policy", policy, "modified", later, update_modified=False)

	monkeypatch.setattr(policy_trial, "remember", change)
	policy = tried(reviewed, draft)
	assert (policy.status, policy.trial_summary) == ("Draft", None)
	assert policy.trial_error == "Standard v2 was changed while it was tried. Try it again."
	monkeypatch.undo()
	assert tried(reviewed, draft).trial_error is None


def test_an_unknown_failure_is_told_and_raised(reviewed, draft, monkeypatch) -> None:
	from cs_retention.star_levels import policy_trial

	def fail(*_arguments: Any) -> None:
		raise RuntimeError("the disk is full")

	monkeypatch.setattr(policy_trial, "try_policy", fail)
	with pytest.raises(RuntimeError, match="the disk is full"):
		tried(reviewed, draft)
	told = reviewed.db.get_value("Star Policy", draft.name, "trial_error")
	assert told == "the disk is full. The Error Log says more; once that is solved, try it again."


def test_one_job_of_a_policy_is_enqueued_and_a_second_start_is_refused(reviewed, draft) -> None:
	from frappe.utils.background_jobs import get_job

	from cs_retention.cs_retention.trials import job_id
	from cs_retention.star_levels.doctype.star_policy.star_policy import get_trial_progress, try_policy

	assert get_trial_progress(draft.name)["is_running"] is False
	try_policy(draft.name)
	reviewed.db.commit()
	job = get_job(job_id("Star Policy", draft.name))
	try:
		assert get_trial_progress(draft.name) == {"is_running": True, "progress": 0}
		assert (job.origin.rpartition(":")[2], job.kwargs["kwargs"]["policy"]) == ("long", draft.name)
		assert refusal(reviewed, draft.name) == (
			"Standard v2 is being tried at this moment. Wait until that has ended."
		)
	finally:
		job.delete()


def test_a_policy_in_force_is_not_tried_and_only_who_may_change_it_tries_one(reviewed, draft) -> None:
	from cs_retention.star_levels.doctype.star_policy.star_policy import get_trial_progress, try_policy

	assert refusal(reviewed, FIRST) == (
		"Standard v1 is Active and read-only. Make a new version of it and change that one."
	)
	for persona in ("east", "auditor"):
		reviewed.set_user(user(persona))
		with pytest.raises(reviewed.PermissionError):
			try_policy(draft.name)
		assert get_trial_progress(draft.name)["is_running"] is False
	reviewed.set_user(user("desk"))
	with pytest.raises(reviewed.PermissionError):
		get_trial_progress(draft.name)

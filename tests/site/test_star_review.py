"""A Star Review is computed, submitted and cancelled; what stood before stands again, and nobody loses anything."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from personas import make_personas, user
from private_bench import PrivateBench
from support_book import AS_OF
from support_reviews import (
	connected,
	fill_book,
	keep,
	mirrors,
	new_review,
	play,
	put_back,
	run_job,
	shake,
	start,
	states,
)
from support_workers import forget_jobs

CUSTOMERS = 400
SITE = "reviews.localhost"
STARS = ["Five Star", "Four Star", "Three Star", "Two Star", "One Star"]


@pytest.fixture(scope="module")
def book(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	"""Frappe on a site with a generated book and a user per persona, kept before and after its first review."""
	with connected(bench, installed_dump, SITE) as frappe:
		fill_book(frappe, CUSTOMERS)
		make_personas()
		frappe.db.commit()
		keep(frappe, "filled")
		play(frappe, new_review(frappe, kind="Initial").name, "Compute", "Submit")
		keep(frappe, "reviewed")
		yield frappe


@pytest.fixture
def filled(book: Any) -> Any:
	"""Frappe on a site whose book nobody has reviewed."""
	put_back(book, "filled")
	return book


@pytest.fixture
def reviewed(book: Any) -> Any:
	"""Frappe on a site after its first review."""
	put_back(book, "reviewed")
	return book


def levels(frappe: Any) -> dict[str, str | None]:
	return {customer: state["star_level"] for customer, state in states(frappe).items()}


def first_review(frappe: Any) -> str:
	return frappe.get_all("Star Review", {"docstatus": 1}, pluck="name", order_by="applied_on")[0]


def somebody(frappe: Any) -> str:
	"""Return a customer of the book."""
	return frappe.get_all("Customer", {"disabled": 0, "is_internal_customer": 0}, pluck="name", limit=1)[0]


def assert_chained(frappe: Any) -> None:
	"""Every change of a level has one rating, whose previous level is the level of the rating before."""
	rows = frappe.get_all(
		"Star Rating",
		{"status": "Applied"},
		["state", "previous_level", "level"],
		order_by="status_since, creation",
	)
	last: dict[str, str | None] = defaultdict(lambda: None)
	for row in rows:
		assert (row.previous_level or None) == last[row.state]
		last[row.state] = row.level
	stored = frappe.get_all("Customer Retention State", ["name", "star_level"])
	assert {row.name: row.star_level for row in stored if row.star_level} == dict(last)


def test_what_is_computed_is_submitted_and_cancelling_puts_everything_back(filled) -> None:
	review = play(filled, new_review(filled, kind="Initial").name, "Compute")
	assert (review.status, review.docstatus) == ("Computed", 0)
	assert set(mirrors(filled).values()) == {None}
	before = states(filled)
	review = play(filled, review.name, "Submit")
	assert (review.status, review.docstatus) == ("Submitted", 1)
	shown = {name: level for name, level in mirrors(filled).items() if level}
	assert shown == levels(filled)
	assert review.rated == sum(level != "New" for level in shown.values()) == review.first_rated > 100
	assert_chained(filled)
	review = play(filled, review.name, "Cancel")
	assert (review.status, review.docstatus, review.rated_since) == ("Cancelled", 2, 0)
	assert states(filled) == before
	assert set(mirrors(filled).values()) == {None}
	assert set(filled.get_all("Star Rating", pluck="status")) == {"Reverted"}


def test_a_second_review_moves_levels_counts_its_moves_and_is_undone_alone(reviewed) -> None:
	before, stood = levels(reviewed), states(reviewed)
	shake(reviewed)
	review = play(reviewed, new_review(reviewed, kind="Annual").name, "Compute", "Submit")
	after = levels(reviewed)
	pairs = [(before[name], after[name]) for name in after if {before[name], after[name]} <= set(STARS)]
	place = {level: rank for rank, level in enumerate(STARS)}
	assert review.up == sum(place[now] < place[then] for then, now in pairs) > 10
	assert review.down == sum(place[now] > place[then] for then, now in pairs) > 10
	assert review.same == sum(then == now for then, now in pairs)
	assert {name: level for name, level in mirrors(reviewed).items() if level} == after
	assert_chained(reviewed)
	play(reviewed, review.name, "Cancel")
	assert states(reviewed) == stood
	assert {name: level for name, level in mirrors(reviewed).items() if level} == before
	assert_chained(reviewed)


def test_ratings_of_a_page_are_found_by_their_index_beside_those_of_an_earlier_review(reviewed) -> None:
	from cs_retention.star_levels import review_steps as steps

	review = play(reviewed, new_review(reviewed).name, "Compute").name
	values = {"review": review, "status": "Proposed", "closed": "Applied", **steps.stamps()}
	values |= steps.next_page(review, "Proposed", "")
	for statement in (
		*(steps.MOVED_SINCE, steps.APPLY_TO_STATES, steps.FIND_MIRRORS, steps.APPLY_TO_MIRRORS),
		*(steps.CLOSE_RATINGS, steps.STANDING_RATINGS),
	):
		plan = reviewed.db.sql(f"EXPLAIN {statement}", values, as_dict=True)
		(ratings,) = (row for row in plan if row.table == "rating")
		assert ratings.key == "states_of_review", statement


def test_a_review_under_a_later_one_cannot_be_cancelled(reviewed) -> None:
	later = play(reviewed, new_review(reviewed).name, "Compute", "Submit")
	with pytest.raises(reviewed.ValidationError, match=f"{later.name}.* was submitted after this one"):
		start(reviewed, first_review(reviewed), "Cancel")
	reviewed.db.rollback()
	play(reviewed, later.name, "Cancel")
	assert play(reviewed, first_review(reviewed), "Cancel").status == "Cancelled"


def test_of_two_reviews_submitted_at_once_the_second_is_refused_with_a_sentence(reviewed) -> None:
	one, other = (play(reviewed, new_review(reviewed).name, "Compute").name for _ in range(2))
	start(reviewed, one, "Submit")
	with pytest.raises(reviewed.ValidationError, match=f"{one}.* is changing ratings at this moment"):
		start(reviewed, other, "Submit")
	reviewed.db.rollback()
	run_job(reviewed, one)
	with pytest.raises(reviewed.ValidationError, match=f"{one}.* was submitted after this one was computed"):
		start(reviewed, other, "Submit")


def test_a_submission_that_lost_a_deadlock_to_another_is_refused_with_the_same_sentence(
	reviewed, monkeypatch
) -> None:
	from cs_retention.star_levels import review_jobs

	one, other = (play(reviewed, new_review(reviewed).name, "Compute").name for _ in range(2))
	start(reviewed, one, "Submit")

	def lose(*claimed: object) -> None:
		raise reviewed.QueryDeadlockError

	monkeypatch.setattr(review_jobs, "claim", lose)
	with pytest.raises(reviewed.ValidationError, match=f"{one}.* is changing ratings at this moment"):
		start(reviewed, other, "Submit")
	with pytest.raises(reviewed.QueryDeadlockError):
		start(reviewed, other, "Compute")


SUBMITTER = """
import sys, time, frappe
site, review, at = sys.argv[1:]
frappe.init(site=site); frappe.connect()
frappe.db.sql("SELECT COUNT(*) FROM `tabStar Review`")
time.sleep(max(0, float(at) - time.time()))
from cs_retention.star_levels.doctype.star_review.star_review import submit_review
try:
	submit_review(review)
	frappe.db.commit()
	print("CLAIMED")
except frappe.ValidationError as error:
	print("REFUSED", error)
"""


def test_processes_that_submit_two_reviews_in_the_same_instant_get_one_through(
	reviewed, bench: PrivateBench
) -> None:
	import subprocess
	import time

	names = [play(reviewed, new_review(reviewed).name, "Compute").name for _ in range(2)]
	reviewed.db.commit()
	at = str(time.time() + 6)
	python = str(bench.source / "env/bin/python")
	said = [
		subprocess.Popen(
			[python, "-c", SUBMITTER, SITE, name, at],
			**{"cwd": bench.sites, "env": bench.environment, "stdout": subprocess.PIPE, "text": True},
		)
		for name in names
	]
	answers = sorted(process.communicate(timeout=60)[0].split()[0] for process in said)
	assert answers == ["CLAIMED", "REFUSED"]
	assert sorted(reviewed.get_all("Star Review", {"name": ("in", names)}, pluck="status")) == [
		"Computed",
		"Submitting",
	]


def test_a_customer_form_opened_before_a_review_and_saved_after_loses_nothing(filled) -> None:
	play(filled, new_review(filled, kind="Initial").name, "Compute")
	name = somebody(filled)
	complete = {"customer_name": name, "customer_type": "Company", "account_manager": None}
	filled.db.set_value("Customer", name, complete, update_modified=False)
	filled.db.commit()
	form = filled.get_doc("Customer", name)
	play(filled, filled.get_all("Star Review", pluck="name")[0], "Submit")
	assert not form.retention_star_level
	form.website = "https://shop.example"
	form.save()
	saved = filled.get_doc("Customer", name)
	assert saved.website == "https://shop.example"
	assert saved.retention_star_level == levels(filled)[name]


def test_the_cached_document_of_a_changed_customer_is_dropped(filled) -> None:
	name = somebody(filled)
	assert filled.get_cached_value("Customer", name, "retention_star_level") is None
	play(filled, new_review(filled, kind="Initial").name, "Compute", "Submit")
	assert filled.get_cached_value("Customer", name, "retention_star_level") == levels(filled)[name]


def test_a_job_that_breaks_half_way_says_so_and_is_resumed(reviewed, monkeypatch) -> None:
	from cs_retention.star_levels import review_steps

	shake(reviewed)
	monkeypatch.setattr(review_steps, "PAGE", 50)
	review = play(reviewed, new_review(reviewed, kind="Annual").name, "Compute").name
	waiting = play(reviewed, new_review(reviewed, kind="Annual").name, "Compute").name
	start(reviewed, review, "Submit")
	apply_page, pages = review_steps.apply_page, iter(range(3))

	def breaking(*arguments: Any) -> None:
		apply_page(*arguments)
		if next(pages) == 2:
			raise OSError("the disk is full")

	monkeypatch.setattr(review_steps, "apply_page", breaking)
	with pytest.raises(OSError, match="the disk is full"):
		run_job(reviewed, review)
	monkeypatch.setattr(review_steps, "apply_page", apply_page)
	broken = reviewed.get_doc("Star Review", review)
	assert (broken.status, broken.docstatus) == ("Failed", 0)
	assert broken.error.startswith("the disk is full. The Error Log says more")
	assert reviewed.db.count("Star Rating", {"review": review, "status": "Applied"}) == 100
	with pytest.raises(reviewed.ValidationError, match=f"{review}.* is changing ratings"):
		start(reviewed, waiting, "Submit")
	reviewed.db.rollback()
	with pytest.raises(reviewed.ValidationError, match="cannot be changed"):
		reviewed.delete_doc("Star Review", review)
	reviewed.db.rollback()
	assert play(reviewed, review, "Submit").status == "Submitted"
	assert reviewed.db.count("Star Rating", {"review": review, "status": "Proposed"}) == 0
	assert_chained(reviewed)


def test_an_attempt_that_was_given_up_writes_nothing_when_it_wakes(reviewed) -> None:
	from cs_retention.star_levels.review_jobs import run_step

	review = play(reviewed, new_review(reviewed).name, "Compute").name
	start(reviewed, review, "Submit")
	given_up = reviewed.db.get_value("Star Review", review, "job_token")
	reviewed.db.set_value("Star Review", review, "heartbeat", "2026-01-01")
	start(reviewed, review, "Submit")
	run_step(review, "Submit", given_up)
	assert reviewed.db.count("Star Rating", {"review": review, "status": "Applied"}) == 0
	assert run_job(reviewed, review).status == "Submitted"


def test_the_order_of_reviews_is_that_of_the_dates_that_stand(reviewed) -> None:
	one, other = (play(reviewed, new_review(reviewed).name, "Compute").name for _ in range(2))
	play(reviewed, one, "Submit")
	asked = {**reviewed.get_doc("Star Review", other).as_dict(), "computed_on": "2099-01-01 00:00:00"}
	with pytest.raises(reviewed.ValidationError, match=f"{one}.* was submitted after this one was computed"):
		reviewed.get_doc(asked).submit()


def test_a_job_says_what_went_wrong_in_the_language_of_the_screen(reviewed) -> None:
	review = play(reviewed, new_review(reviewed).name, "Compute").name
	rated = reviewed.get_all("Customer Retention State", {"star_level": "Three Star"}, pluck="name")[0]
	reviewed.db.set_value("Customer Retention State", rated, "reviewed_on", "2026-11-20")
	start(reviewed, review, "Submit")
	try:
		assert "重新计算" in run_job(reviewed, review, "zh").error
	finally:
		reviewed.local.lang = "en"


def test_a_review_computed_before_the_night_rated_somebody_must_be_computed_again(reviewed) -> None:
	review = play(reviewed, new_review(reviewed).name, "Compute").name
	rated = reviewed.get_all("Customer Retention State", {"star_level": "Three Star"}, pluck="name")[0]
	reviewed.db.set_value("Customer Retention State", rated, "reviewed_on", "2026-11-20")
	start(reviewed, review, "Submit")
	failed = run_job(reviewed, review)
	assert failed.error == ("1 customers were rated again since this review was computed. Compute it again.")
	assert (failed.status, failed.open_key) == ("Failed", None)
	assert play(reviewed, review, "Compute", "Submit").status == "Submitted"


def test_who_was_rated_again_since_keeps_that_rating_when_a_review_is_cancelled(reviewed) -> None:
	row = reviewed.get_all("Star Rating", {"level": "Two Star"}, ["state", "customer", "as_of"], limit=1)[0]
	night = {"doctype": "Star Rating", "kind": "Interim", "status": "Applied", "policy_version": "night"}
	reviewed.get_doc({**night, **row, "previous_level": "Two Star", "level": "One Star"}).insert()
	reviewed.db.set_value("Customer Retention State", row.state, "star_level", "One Star")
	reviewed.db.commit()
	review = play(reviewed, first_review(reviewed), "Cancel")
	assert review.rated_since == 1
	assert {name for name, level in levels(reviewed).items() if level} == {row.customer}


def test_overrides_win_levels_of_head_office_come_next_and_both_are_counted(reviewed) -> None:
	rated = [name for name, level in levels(reviewed).items() if level in STARS[2:]]
	overridden, imported, agreed, both = rated[:4]
	approved = {"approved_on": "2026-11-01", "docstatus": 1, "reason": "opens a second shop"}
	for customer in (overridden, both):
		document = {"doctype": "Star Override", "customer": customer, "level": "Five Star", **approved}
		reviewed.get_doc({**document, "until": "2026-12-31", "approver": "Administrator"}).db_insert()
	ours = {customer: states(reviewed)[customer]["own_level"] for customer in rated[:4]}
	handed_down = {imported: "Four Star", agreed: ours[agreed], both: "Four Star"}
	for customer, level in handed_down.items():
		document = {"doctype": "Head Office Level", "customer": customer, "level": level}
		reviewed.get_doc({**document, "decided_on": "2026-11-02", "source": "Circular 12"}).insert()
	reviewed.db.commit()
	review = play(reviewed, new_review(reviewed).name, "Compute", "Submit")
	now = levels(reviewed)
	assert [now[customer] for customer in rated[:4]] == ["Five Star", "Four Star", ours[agreed], "Five Star"]
	assert (review.overrides_kept, review.imported, review.imported_differ) == (2, 3, 2)
	differing = moves(review.name, "imported_differ")
	assert {row["customer"]: row["own_level"] for row in differing["rows"]} == {
		customer: ours[customer] for customer in (imported, both)
	}
	assert_chained(reviewed)


def moves(review: str, group: str, at: int = 0) -> dict[str, Any]:
	from cs_retention.star_levels.doctype.star_review.star_review import list_moves

	return list_moves(review, group, at)


def test_every_group_lists_as_many_customers_as_its_figure_says_page_by_page(reviewed) -> None:
	shake(reviewed)
	review = play(reviewed, new_review(reviewed, kind="Annual").name, "Compute")
	for group in ("up", "down", "first_rated", "same", "near_next_level"):
		listed: list[str] = []
		while len(listed) < (page := moves(review.name, group, len(listed)))["total"]:
			listed += [row["customer"] for row in page["rows"]]
		assert len(set(listed)) == len(listed) == review.get(group), group
	with pytest.raises(reviewed.ValidationError, match=r"A review has no group .*sideways"):
		moves(review.name, "sideways")


def test_only_who_may_changes_ratings_and_the_auditor_reads(reviewed) -> None:
	review = play(reviewed, new_review(reviewed).name, "Compute").name
	for persona in ("east", "desk", "alliance", "clerk"):
		reviewed.set_user(user(persona))
		for action in (lambda: start(reviewed, review, "Compute"), lambda: moves(review, "same")):
			with pytest.raises(reviewed.PermissionError):
				action()
	reviewed.set_user(user("auditor"))
	assert moves(review, "same")["total"] > 100
	for step in ("Compute", "Submit", "Cancel"):
		with pytest.raises(reviewed.PermissionError):
			start(reviewed, review, step)
	reviewed.set_user(user("manager"))
	assert play(reviewed, review, "Submit", "Cancel").status == "Cancelled"
	reviewed.set_user("Administrator")


@pytest.mark.parametrize("status", ["Submitted", "Computed"])
def test_status_and_figures_are_not_taken_from_a_request(reviewed, status: str) -> None:
	review = reviewed.get_doc("Star Review", new_review(reviewed, status=status, up=99).name)
	assert (review.status, review.up) == ("Draft", 0)
	review.update({"status": status, "up": 99})
	review.save()
	assert (review.status, review.up) == ("Draft", 0)
	review.docstatus = 1
	with pytest.raises(reviewed.ValidationError, match="is submitted and cancelled by its buttons"):
		review.save()


def test_what_cannot_be_reviewed_is_refused_with_a_sentence(reviewed) -> None:
	with pytest.raises(reviewed.ValidationError, match=r"lies in the future. Give today or an earlier date"):
		new_review(reviewed, as_of="2126-01-01")
	draft = reviewed.copy_doc(reviewed.get_doc("Star Policy", {"status": "Active"}))
	draft.update({"status": "Draft", "active_key": None, "title": "Another", "version": 1})
	draft.insert()
	with pytest.raises(reviewed.ValidationError, match=r"is .*Draft.*. Choose the active one"):
		new_review(reviewed, policy=draft.name)
	earlier = play(reviewed, new_review(reviewed, as_of="2026-10-01").name, "Compute").name
	with pytest.raises(
		reviewed.ValidationError, match=r"is submitted already. Give a date that is not earlier"
	):
		start(reviewed, earlier, "Submit")
	reviewed.db.rollback()
	with pytest.raises(reviewed.ValidationError, match=f"{earlier}.* is .*Computed"):
		start(reviewed, earlier, "Cancel")


def test_a_changed_date_makes_a_draft_again_and_deleting_a_review_deletes_its_proposals(reviewed) -> None:
	review = play(reviewed, new_review(reviewed).name, "Compute")
	review.near_points = 1
	review.save()
	assert review.status == "Draft"
	reviewed.delete_doc("Star Review", review.name)
	assert reviewed.db.count("Star Rating", {"review": review.name}) == 0


def test_a_worker_computes_a_review_and_keeps_how_far_it_is(reviewed, bench: PrivateBench) -> None:
	review = new_review(reviewed).name
	reviewed.db.commit()
	forget_jobs(bench)
	start(reviewed, review, "Compute")
	assert reviewed.db.get_value("Star Review", review, "status") == "Computing"
	bench.python(
		"-m", "frappe.utils.bench_helper", "frappe", "worker", "--queue", "long", "--burst", "--quiet"
	)
	reviewed.db.commit()
	assert reviewed.db.get_value("Star Review", review, ("status", "progress")) == ("Computed", 100)


def test_what_a_review_says_of_a_customer_is_what_the_engine_says(reviewed) -> None:
	"""The rating of the site and the rating of the night over the same rows are one computation."""
	from cs_retention.cs_retention.states import open_store
	from cs_retention.engine.star_rating import rate
	from cs_retention.facts.book import pages, read_customers
	from cs_retention.nightly.basis import read_basis
	from cs_retention.star_levels.policies import load_policy

	store, policy = open_store(), load_policy()
	basis = read_basis(store, policy, AS_OF)
	stored = states(reviewed)
	for page in pages(store):
		for facts in read_customers(store, page, basis.shape, policy.complaints, AS_OF):
			rating = rate(facts, policy.stars, basis.standing, AS_OF)
			state = stored[facts.customer]
			assert state["star_level"] == rating.level.value
			assert state["score"] == float(rating.score or 0)
			codes = [reason["code"] for reason in json.loads(state["rating_reasons"])]
			assert codes[: len(rating.points)] == [row.reason.code for row in rating.points]

"""Policies are drafted, tried and activated; the engine refuses what cannot work, in the words of the form."""

from __future__ import annotations

import re

import pytest
from personas import make_personas, user

from cs_retention.engine.policy import Policy
from cs_retention.engine.star_policy import StarPolicy
from cs_retention.engine.vocabulary import Level, ScheduledReviews

FIRST = "Standard v1"


@pytest.fixture
def draft(frappe):
	"""A second version of the seeded policy."""
	name = frappe.get_doc("Star Policy", FIRST).new_version()
	return frappe.get_doc("Star Policy", name)


def test_the_seeded_policy_levels_and_settings_are_the_rules(frappe) -> None:
	from cs_retention.star_levels.policies import load_policy

	stars = StarPolicy(scheduled_reviews=ScheduledReviews.PROPOSED)
	assert load_policy() == Policy(stars=stars, version=FIRST)


def test_what_a_manager_changes_reaches_the_engine(frappe, draft) -> None:
	from cs_retention.star_levels.policies import load_policy

	draft.months_before_rating, draft.key_account_minimum_score, draft.bands[0].lower_bound = 3, 95, 90
	draft.save()
	level = frappe.get_doc("Star Level", "Two Star")
	level.update({"contacts_max": 2, "visit_months": 12}).save()
	settings = frappe.get_doc("CS Retention Settings")
	settings.update({"capacity": 12, "complaint_issue_types": "Grievance\n\n  投诉 "}).save()
	policy = load_policy(draft.name)
	assert policy.stars.months_before_rating == 3
	assert policy.stars.key_account.minimum_score == 95
	assert policy.stars.lower_bounds.of(Level.FIVE_STAR) == 90
	assert policy.planning.by_level()["Two Star"].visit_months == 12
	assert (policy.planning.capacity, policy.version) == (12, "Standard v2")
	assert policy.complaints.issue_types == ("Grievance", "投诉")


@pytest.mark.parametrize(
	("change", "message"),
	[
		(lambda doc: doc.factors[0].update({"weight": 50}), r"Factors.*: .*110.* add to 100"),
		(lambda doc: doc.factors.append(doc.factors[0]), r"Factors.*: .*Revenue.* stands twice"),
		(lambda doc: doc.bands[1].update({"lower_bound": 85}), r"Bands: Four Star.*: .*85.* less than 85"),
		(
			lambda doc: doc.bands.pop(2),
			r"Bands: Three Star.*: .*an empty value.* cannot be used; give a number",
		),
		(lambda doc: doc.update({"service": 0}), r"Service Points.*: .*0.* from 1 to 100"),
		(lambda doc: doc.update({"valid_months": 0}), r"Months a Rating Is Valid.*: .*0.* from 1 to 120"),
		(lambda doc: doc.update({"key_account_minimum_score": 101}), r"Key Account from Score.*: .*101"),
		(
			lambda doc: doc.update({"steps": doc.steps[:6]}),
			r"Steps: Commitment Months.*: .*at least one pair",
		),
	],
)
def test_a_policy_that_cannot_work_names_field_value_and_remedy(frappe, draft, change, message) -> None:
	change(draft)
	with pytest.raises(frappe.ValidationError, match=message):
		draft.save()


def test_a_level_that_cannot_work_names_field_value_and_remedy(frappe) -> None:
	level = frappe.get_doc("Star Level", "Five Star")
	level.contacts_max = 0
	with pytest.raises(frappe.ValidationError, match=r"Contacts per Period, at Most.*: .*0.* give 1 or more"):
		level.save()


def test_settings_that_cannot_work_name_field_value_and_remedy(frappe) -> None:
	settings = frappe.get_doc("CS Retention Settings")
	settings.reserve = 30
	with pytest.raises(
		frappe.ValidationError, match=r"Of These Kept Free.*: .*30.* give 0 to 20, the capacity"
	):
		settings.save()


@pytest.mark.parametrize(
	("change", "message"),
	[
		(
			lambda doc: doc.factors[0].update({"weight": 50}),
			r"因素.*：.*110.* 不可用；六项权重之和须为 100。",
		),
		(
			lambda doc: doc.bands[1].update({"lower_bound": 85}),
			r"四星.*：.*85.* 不可用；请填小于上一星级下限 85",
		),
		(lambda doc: doc.bands.pop(2), r"三星.*：.*空值.* 不可用；请填数字。"),
		(
			lambda doc: doc.update({"valid_months": 0}),
			r"评定有效月数.*：.*0.* 不可用；请填 1 至 120 的整数。",
		),
		(
			lambda doc: doc.steps[1].update({"points": 30}),
			r"购买日数：.*8.* 不可用；更好的指标",
		),
	],
)
def test_a_refusal_speaks_the_language_of_the_form(frappe, draft, monkeypatch, change, message) -> None:
	monkeypatch.setattr(frappe.local, "lang", "zh")
	change(draft)
	with pytest.raises(frappe.ValidationError) as caught:
		draft.save()
	told = frappe.utils.strip_html(str(caught.value))
	assert re.search(message, told), told
	assert not re.search("[A-Za-z]", told), told


def test_a_level_cannot_be_deleted(frappe) -> None:
	with pytest.raises(frappe.ValidationError, match=r"Star Level .*One Star.* cannot be deleted"):
		frappe.delete_doc("Star Level", "One Star")


def test_an_active_policy_is_read_only_and_stays(frappe) -> None:
	active = frappe.get_doc("Star Policy", FIRST)
	active.valid_months = 6
	with pytest.raises(
		frappe.ValidationError, match=r"Standard v1.* is Active and read-only\. Make a new version"
	):
		active.save()
	with pytest.raises(frappe.ValidationError, match=r"Standard v1.* is Active: ratings were made with it"):
		frappe.delete_doc("Star Policy", FIRST)


def test_a_new_version_is_a_draft_with_the_same_figures(frappe, draft) -> None:
	from cs_retention.star_levels.policies import star_mapping

	first = frappe.get_doc("Star Policy", FIRST)
	assert (draft.name, draft.version, draft.status, draft.copied_from) == ("Standard v2", 2, "Draft", FIRST)
	assert (draft.active_key, draft.activated_on) == (None, None)
	assert star_mapping(draft) == star_mapping(first)


def test_a_policy_is_tried_before_it_is_activated_and_one_is_active(frappe, draft) -> None:
	from cs_retention.cs_retention.policy_life import record_trial

	with pytest.raises(frappe.ValidationError, match=r"Standard v2.* is Draft\. Try it first"):
		draft.activate()
	record_trial(draft, "132 customers move")
	draft.activate()
	assert (draft.status, draft.activated_by) == ("Active", "Administrator")
	assert frappe.get_all("Star Policy", {"status": "Active"}, pluck="name") == [draft.name]
	assert frappe.db.get_value("Star Policy", FIRST, ["status", "active_key"]) == ("Retired", None)


def test_a_change_of_figures_undoes_the_trial_and_a_save_without_does_not(frappe, draft) -> None:
	from cs_retention.cs_retention.policy_life import record_trial

	record_trial(draft, "132 customers move")
	draft.save()
	assert (draft.status, draft.trial_summary) == ("Tried", "132 customers move")
	draft.low_satisfaction = 1
	draft.save()
	assert (draft.status, draft.tried_on, draft.trial_summary) == ("Draft", None, None)


def test_no_request_sets_the_standing_of_a_policy(frappe, draft) -> None:
	draft.update({"status": "Active", "active_key": "mine", "tried_on": "2026-01-01"})
	draft.save()
	assert (draft.status, draft.active_key, draft.tried_on) == ("Draft", None, None)
	forged = frappe.copy_doc(draft, ignore_no_copy=False).update(
		{"status": "Active", "version": 99, "active_key": "x"}
	)
	forged.insert()
	assert (forged.name, forged.status, forged.active_key) == ("Standard v3", "Draft", None)


def test_only_who_may_change_policies_activates_or_copies_one(frappe, draft) -> None:
	from cs_retention.cs_retention.policy_life import record_trial

	record_trial(draft, "nobody moves")
	make_personas()
	for persona in ("east", "auditor", "desk"):
		frappe.set_user(user(persona))
		for act in (draft.activate, draft.new_version):
			with pytest.raises(frappe.PermissionError):
				act()
	frappe.set_user(user("manager"))
	draft.activate()
	assert draft.activated_by == user("manager")


def test_without_an_active_policy_the_loader_says_so(frappe) -> None:
	from cs_retention.star_levels.policies import load_policy

	frappe.db.set_value("Star Policy", FIRST, "active_key", None)
	with pytest.raises(frappe.ValidationError, match="No Star Policy is active"):
		load_policy()

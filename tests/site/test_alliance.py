"""The alliance on a site: admission, reviews that give and take back tiers, sanctions, who sees what, the report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from personas import as_person, make_customer, make_personas
from private_bench import PrivateBench
from support_alliance import (
	ACCOUNTS,
	MANAGER,
	MERCHANT,
	REVIEW,
	SANCTION,
	act,
	admitted,
	candidate,
	contract,
	judged,
	review,
)
from support_reviews import connected

SITE = "alliance.localhost"


@pytest.fixture(scope="module")
def branch(site: str, bench: PrivateBench, installed_dump: Any) -> Iterator[Any]:
	with connected(bench, installed_dump, SITE) as frappe:
		make_personas()
		for name in ("Corner Optics", "Harbour Bakery", "Ring Road Tyres"):
			make_customer(name)
		for name in ("Food", "Motor"):
			if not frappe.db.exists("Industry Type", name):
				frappe.get_doc({"doctype": "Industry Type", "industry": name}).insert()
		for name in ("Corner Optics", "Harbour Bakery"):
			contract(frappe, name)
		frappe.db.commit()
		yield frappe


@pytest.fixture
def frappe(branch: Any) -> Iterator[Any]:
	with as_person(branch, "alliance", "Alliance Settings") as frappe:
		yield frappe


def test_a_candidate_is_admitted_with_the_bar_the_required_and_a_contract(frappe) -> None:
	doc = candidate(frappe)
	assert (doc.status, doc.admission_points, doc.merchant_name) == ("Candidate", 100, "Corner Optics")
	act(doc, "Admit", None)
	assert (doc.status, str(doc.admitted_on)) == ("Admitted", frappe.utils.nowdate())


@pytest.mark.parametrize(
	("fields", "said"),
	[
		({"contract": None}, "name the contract with the merchant"),
		({"checklist": [{"item": "Licence", "weight": 1, "is_required": 1}]}, "it is required for admission"),
		(
			{"checklist": [{"item": "A", "weight": 6, "is_met": 1}, {"item": "B", "weight": 4}]},
			"admission asks for 70.00 of 100 points",
		),
	],
)
def test_nobody_is_admitted_without(frappe, fields, said) -> None:
	doc = candidate(frappe, **fields)
	with pytest.raises(frappe.ValidationError, match=said):
		act(doc, "Admit")
	assert doc.reload().status == "Candidate"


def test_what_a_merchant_does_not_allow_is_refused_with_what_it_does(frappe) -> None:
	doc = candidate(frappe)
	with pytest.raises(frappe.ValidationError, match=r"Possible now: .*Admit"):
		act(doc, "Eliminate")
	act(doc, "Admit")
	with pytest.raises(frappe.ValidationError, match=r"say why, in a few words"):
		act(doc, "Suspend", " ")
	with pytest.raises(frappe.ValidationError, match=r"is no action"):
		act(doc, "<b>Sell</b>")


def test_whoever_was_eliminated_comes_back_only_through_admission(frappe) -> None:
	doc = admitted(frappe, category="Motor")
	judged(frappe, doc, "2026-Q1", 2, 3, 3, 3)
	other = candidate(frappe, "Ring Road Tyres", category="Motor")
	assert other.territory == doc.territory
	assert act(doc, "Eliminate")["replacements"] == [
		{"name": other.name, "points": 100, "merchant_name": "Ring Road Tyres"}
	]
	assert (doc.status, doc.tier, doc.reviews_in_probation) == ("Eliminated", "Probation", 1)
	act(doc, "Apply Again")
	assert (doc.status, doc.tier, doc.reviews_in_probation, doc.eliminated_on) == ("Candidate", None, 0, None)


def test_no_request_writes_status_or_tier(frappe) -> None:
	doc = candidate(frappe, status="Admitted", tier="Strategic", admitted_on="2020-01-01")
	assert (doc.status, doc.tier, doc.admitted_on) == ("Candidate", None, None)
	doc.update(
		{"status": "Admitted", "tier": "Strategic", "reviews_in_probation": 7, "benefits": "ten percent"}
	)
	doc.save()
	assert (doc.status, doc.tier, doc.reviews_in_probation) == ("Candidate", None, 0)
	assert doc.benefits == "ten percent"


def test_a_review_gives_the_tier_and_cancelling_takes_it_back(frappe) -> None:
	doc = admitted(frappe)
	first = judged(frappe, doc, "2026-Q1", 4.2, 4.1, 3.9, 3.8)
	assert (first.tier, doc.tier) == ("Preferred", "Preferred")
	second = judged(frappe, doc, "2026-Q2", 4.2, 4.1, 4.0, 4.3)
	assert (second.tier_before, second.tier, doc.tier) == ("Preferred", "Strategic", "Strategic")
	with pytest.raises(frappe.ValidationError, match=r"was submitted for a later quarter"):
		frappe.get_doc(REVIEW, first.name).cancel()
	second.reload().cancel()
	assert doc.reload().tier == "Preferred"
	again = judged(frappe, doc, "2026-Q2", 3, 3, 3, 3)
	assert (again.tier, doc.tier) == ("Standard", "Standard")


def test_two_reviews_in_probation_propose_the_elimination(frappe) -> None:
	doc = admitted(frappe)
	first, second = (judged(frappe, doc, f"2026-Q{number}", 2, 3, 3, 3) for number in (1, 2))
	assert (first.is_elimination_proposed, second.is_elimination_proposed) == (0, 1)
	assert (doc.status, doc.tier, doc.reviews_in_probation) == ("Admitted", "Probation", 2)
	second.reload().cancel()
	assert doc.reload().reviews_in_probation == 1


def test_a_new_merchant_is_spared_probation_and_told_so(frappe) -> None:
	from cs_retention.merchant_alliance.doctype.alliance_review.alliance_review import tell

	doc = admitted(frappe, since="2026-03-01")
	found = judged(frappe, doc, "2026-Q1", 2.2, 3, 3, 3)
	assert (found.tier, found.earned_tier) == ("Standard", "Probation")
	told = tell(found.name)
	assert told["reasons"][0] == "Quality 2.2 is below 2.5"
	assert told["reasons"][1] == "spared probation until 30 May 2026, admitted on 1 Mar 2026"
	assert told["short"] == "0.3 more of Quality short of Standard"


def test_a_tier_by_decision_says_until_when_by_whom_and_why(frappe) -> None:
	doc = admitted(frappe)
	with pytest.raises(frappe.ValidationError, match=r"Say until when and why"):
		review(frappe, doc, "2026-Q2", 2, 3, 3, 3, override_tier="Preferred")
	decision = {
		"override_tier": "Preferred",
		"override_until": "2026-12-31",
		"override_reason": "moves its shop",
	}
	found = judged(frappe, doc, "2026-Q2", 2, 3, 3, 3, **decision)
	assert (doc.tier, found.decided_by, doc.reviews_in_probation) == ("Preferred", MANAGER, 0)


def test_a_tier_by_decision_ends_with_its_day(frappe) -> None:
	from frappe.desk.form.load import get_versions

	from cs_retention.merchant_alliance.retention_alliance import look_after

	doc, other = admitted(frappe), admitted(frappe, "Harbour Bakery")
	today = frappe.utils.nowdate()
	decision = {"override_tier": "Preferred", "override_reason": "moves its shop"}
	found = judged(frappe, doc, "2026-Q2", 2, 3, 3, 3, **decision, override_until=today)
	judged(frappe, other, "2026-Q1", 2, 3, 3, 3, **decision, override_until="2026-06-30")
	judged(frappe, other, "2026-Q2", 4, 4, 3, 3)
	look_after()
	assert (doc.reload().tier, other.reload().tier) == ("Preferred", "Preferred")
	frappe.db.set_value(REVIEW, found.name, "override_until", frappe.utils.add_days(today, -1))
	look_after()
	assert (doc.reload().tier, doc.reviews_in_probation) == ("Probation", 1)
	assert other.reload().tier == "Preferred", "a later review stands"
	history = [frappe.parse_json(row.data)["changed"] for row in get_versions(doc)]
	assert [["tier", "Preferred", "Probation"]] in history
	found.reload().cancel()
	assert (doc.reload().tier, doc.reviews_in_probation) == (None, 0)


def test_a_sanction_lets_nobody_rise_one_by_one_or_in_sets(frappe) -> None:
	from cs_retention.merchant_alliance.board import submit_reviews

	doc, other = admitted(frappe), admitted(frappe, "Harbour Bakery")
	for merchant in (doc, other):
		breach = {
			"kind": "Other",
			"breach": "false prices",
			"evidence": "receipt",
			"decided_on": "2026-08-03",
		}
		frappe.get_doc({"doctype": SANCTION, "merchant": merchant.name, **breach}).insert().submit()
	single = judged(frappe, doc, "2026-Q2", 5, 5, 5, 5)
	review(frappe, other, "2026-Q2", 5, 5, 5, 5)
	assert submit_reviews(2026, "Q2") == 1
	in_sets = frappe.get_doc(REVIEW, {"merchant": other.name})
	assert (doc.tier, other.reload().tier) == ("Standard", "Standard")
	assert (single.earned_tier, single.reasons) == ("Strategic", in_sets.reasons)
	assert "not above Standard: a sanction holds until 3 Aug 2027" in single.told()["reasons"]


def test_one_review_stands_per_quarter_and_later_ones_hold_earlier_ones_back(frappe) -> None:
	doc = admitted(frappe)
	held = review(frappe, doc, "2026-Q2", 3, 3, 3, 3)
	early = review(frappe, doc, "2026-Q1", 3, 3, 3, 3)
	first = judged(frappe, doc, "2026-Q2", 4, 4, 4, 4)
	with pytest.raises(frappe.ValidationError, match=rf"{first.name}.* is submitted for Q2 2026 already"):
		held.submit()
	with pytest.raises(frappe.ValidationError, match=r"was submitted for a later quarter"):
		early.reload().submit()
	assert doc.reload().tier == "Strategic"


@pytest.mark.parametrize(
	("quarter", "scores", "said"),
	[
		("2026-Q2", (5.5, 3, 3, 3), "give a score from 1 to 5"),
		("2026-Q2", (0, 3, 3, 3), "give a score from 1 to 5"),
		("2099-Q1", (3, 3, 3, 3), "has not begun"),
		("26-Q1", (3, 3, 3, 3), "Year .*26.* cannot be used"),
	],
)
def test_reviews_that_cannot_be_are_refused(frappe, quarter, scores, said) -> None:
	doc = admitted(frappe)
	with pytest.raises(frappe.ValidationError, match=said):
		review(frappe, doc, quarter, *scores)


def test_a_candidate_is_not_judged_and_every_criterion_has_evidence(frappe) -> None:
	doc = candidate(frappe)
	with pytest.raises(frappe.ValidationError, match=r"is not judged. Admit it first"):
		review(frappe, doc, "2026-Q2", 3, 3, 3, 3)
	act(doc, "Admit")
	bare = {"scores": [{"criterion": "Quality", "part": "shop", "weight": 1, "score": 3, "evidence": "seen"}]}
	with pytest.raises(frappe.ValidationError, match=r"it has no score; give it one part at least"):
		review(frappe, doc, "2026-Q2", 3, 3, 3, 3, **bare)
	unproven = [
		{"criterion": criterion, "part": "shop", "weight": 1, "score": 3, "evidence": " "}
		for criterion in ("Quality", "Price", "Cooperation", "Satisfaction")
	]
	with pytest.raises(frappe.ValidationError, match=r"say what the score of shop rests on"):
		review(frappe, doc, "2026-Q2", 3, 3, 3, 3, scores=unproven)


def test_a_sanction_lasts_a_year_and_is_lifted_only_with_a_reason(frappe) -> None:
	from cs_retention.merchant_alliance.doctype.alliance_merchant.alliance_merchant import get_standing
	from cs_retention.merchant_alliance.doctype.alliance_sanction.alliance_sanction import lift

	doc, today = admitted(frappe), frappe.utils.nowdate()
	breach = {"kind": "Benefit Refused", "breach": "refused a member", "evidence": "receipt of 2 May"}
	sanction = frappe.get_doc(
		{"doctype": SANCTION, "merchant": doc.name, "decided_on": today, **breach}
	).insert()
	assert get_standing(doc.name)["sanctioned_until"] is None
	sanction.submit()
	end = frappe.utils.getdate(frappe.utils.add_months(today, 12))
	assert get_standing(doc.name)["sanctioned_until"] == end == frappe.utils.getdate(sanction.ends_on)
	with pytest.raises(frappe.ValidationError, match=r"say why"):
		lift(sanction.name, " ")
	lift(sanction.name, "the member was made whole")
	assert get_standing(doc.name)["sanctioned_until"] is None
	with pytest.raises(frappe.ValidationError, match=r"Only a sanction in force is lifted"):
		lift(sanction.name, "once more")


@pytest.mark.parametrize(
	("fields", "said"),
	[
		({"evidence": " ."}, None),
		({"evidence": "  "}, "evidence|Evidence"),
		({"decided_on": "2099-01-01"}, "give today or an earlier date"),
		({"tip_from": "ITSELF"}, "cannot have given the tip about itself"),
	],
)
def test_sanctions_that_cannot_be_are_refused(frappe, fields, said) -> None:
	doc = admitted(frappe)
	values = {
		"kind": "Other",
		"breach": "false prices",
		"evidence": "receipt",
		"decided_on": "2026-05-02",
		**fields,
	}
	values = {key: doc.name if value == "ITSELF" else value for key, value in values.items()}
	sanction = frappe.get_doc({"doctype": SANCTION, "merchant": doc.name, **values})
	if said is None:
		assert sanction.insert().ends_on
		return
	with pytest.raises(frappe.ValidationError, match=said):
		sanction.insert()


def test_merchants_make_no_circle_and_a_contract_is_the_merchants_own(frappe) -> None:
	upper, lower = candidate(frappe), candidate(frappe, "Harbour Bakery")
	lower.update({"parent_merchant": upper.name})
	lower.save()
	upper.parent_merchant = lower.name
	with pytest.raises(frappe.ValidationError, match=r"it belongs to .* itself; name another"):
		upper.save()
	upper.reload().contract = lower.contract
	with pytest.raises(frappe.ValidationError, match=r"is a contract with .*Harbour Bakery"):
		upper.save()


def test_a_customer_is_a_merchant_once_and_two_merchants_are_not_merged(frappe) -> None:
	candidate(frappe), candidate(frappe, "Harbour Bakery")
	with pytest.raises(frappe.UniqueValidationError):
		candidate(frappe)
	frappe.set_user("Administrator")
	with pytest.raises(frappe.ValidationError, match=r"are both merchants of the alliance"):
		frappe.rename_doc("Customer", "Corner Optics", "Harbour Bakery", merge=True)


def test_a_merchant_that_belonged_stays_on_record(frappe) -> None:
	doc = candidate(frappe, "Ring Road Tyres")
	doc.delete()
	doc = admitted(frappe)
	with pytest.raises(frappe.ValidationError, match=r"stays on record. Eliminate it instead"):
		doc.delete()


def test_an_account_manager_sees_benefits_and_no_appraisal(frappe) -> None:
	from cs_retention.merchant_alliance.doctype.alliance_merchant.alliance_merchant import get_standing

	doc = admitted(frappe, benefits="ten percent for five stars")
	found = judged(frappe, doc, "2026-Q2", 2, 3, 3, 3)
	frappe.set_user(ACCOUNTS)
	assert frappe.get_list(MERCHANT, {"name": doc.name}, pluck="benefits") == ["ten percent for five stars"]
	judged_by = ("reviews_in_probation", "status_reason", "checklist", "admission_points")
	shown = frappe.get_doc(MERCHANT, doc.name)
	shown.apply_fieldlevel_read_permissions()
	assert (shown.benefits, *(shown.get(field) for field in judged_by)) == (
		"ten percent for five stars",
		*[None] * 4,
	)
	assert get_standing(doc.name) == {}
	for doctype, name in ((REVIEW, found.name), (SANCTION, None)):
		assert not frappe.has_permission(doctype, "read", doc=name)
	with pytest.raises(frappe.PermissionError):
		act(doc, "Suspend")
	from cs_retention.merchant_alliance.doctype.alliance_review.alliance_review import tell

	with pytest.raises(frappe.PermissionError):
		tell(found.name)


def test_an_alliance_manager_sees_the_merchants_and_no_churn_notes_of_their_customers(frappe) -> None:
	from cs_retention.cs_retention.states import ensure_state

	admitted(frappe)
	frappe.set_user("Administrator")
	customer = {"customer": "Corner Optics", "state": ensure_state("Corner Optics")}
	signal = frappe.get_doc(
		{"doctype": "Churn Signal", **customer, "rule": "Competitor Named", "note": "asked for the fee"}
	)
	# Whatever rule it is of: what is tested is who sees it.
	signal.db_insert()
	case = frappe.get_doc({"doctype": "Retention Case", "name": "RC-X", **customer, "status": "Open"})
	case.db_insert()
	frappe.set_user(MANAGER)
	for doctype, name in (("Churn Signal", signal.name), ("Retention Case", case.name)):
		assert not frappe.has_permission(doctype, "read", doc=frappe.get_doc(doctype, name)), doctype
		if frappe.has_permission(doctype, "read"):
			assert frappe.get_list(doctype, pluck="name") == []


def test_a_tip_that_was_proven_is_noted_as_merit(frappe) -> None:
	from cs_retention.merchant_alliance.doctype.alliance_merchant.alliance_merchant import get_standing

	doc, other = admitted(frappe), admitted(frappe, "Harbour Bakery")
	breach = {"kind": "Other", "breach": "false prices", "evidence": "receipt", "decided_on": "2026-08-03"}
	found = frappe.get_doc(
		{"doctype": SANCTION, "merchant": other.name, "tip_from": doc.name, **breach}
	).insert()
	assert get_standing(doc.name)["proven_tips"] == 0
	found.submit()
	assert (get_standing(doc.name)["proven_tips"], get_standing(other.name)["proven_tips"]) == (1, 0)


def test_the_report_shows_how_everybody_stands(frappe) -> None:
	from frappe.desk.query_report import run

	best, worst = admitted(frappe), admitted(frappe, "Harbour Bakery")
	judged(frappe, best, "2026-Q2", 4.5, 4.4, 4.3, 4.2)
	judged(frappe, worst, "2026-Q1", 2, 3, 3, 3)
	judged(frappe, worst, "2026-Q2", 2.1, 3, 3, 3)
	candidate(frappe, "Ring Road Tyres")
	result = run("Alliance Standing", {})
	rows = [row for row in result["result"] if isinstance(row, dict)]
	assert [(row["merchant_name"], row["tier"]) for row in rows] == [
		("Corner Optics", "Strategic"),
		("Harbour Bakery", "Probation"),
		("Ring Road Tyres", None),
	]
	assert [row["quarter"] for row in rows] == ["2026-Q2", "2026-Q2", None]
	assert (rows[0]["quality"], rows[1]["reviews_in_probation"], rows[1]["is_elimination_proposed"]) == (
		4.5,
		2,
		1,
	)
	assert rows[0]["exchange_due"] and not rows[2]["exchange_due"]
	assert [row["value"] for row in result["report_summary"]] == [2, 1, 1, 2]
	assert result["chart"]["data"]["datasets"][0]["values"] == [1, 0, 0, 1]
	only = run("Alliance Standing", {"tier": "Probation"})["result"]
	assert [row["merchant_name"] for row in only if isinstance(row, dict)] == ["Harbour Bakery"]


def test_figures_that_make_no_sense_are_refused_and_others_count_at_once(frappe) -> None:
	settings = frappe.get_doc("Alliance Settings")
	assert (settings.earned_at, settings.grace_days, settings.sanction_months) == (4, 90, 12)
	settings.probation_below = 4.5
	with pytest.raises(frappe.ValidationError, match=r"give a score above 1, 4.00 at most"):
		settings.save()
	settings.reload().update({"probation_below": 3.5})
	settings.save()
	assert judged(frappe, admitted(frappe), "2026-Q2", 3.4, 4, 4, 4).tier == "Probation"

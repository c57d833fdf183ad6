"""Inspections of merchants on a site, and what is on record about a merchant as parts of its review."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from personas import as_person, make_customer, make_personas, user
from private_bench import PrivateBench
from support_alliance import MANAGER, admitted, contract, judged, review
from support_reviews import connected

SITE = "alliance-inspections.localhost"
INSPECTION, REVIEW = "Alliance Inspection", "Alliance Review"
DAY = "2026-05-11"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
"""The smallest picture there is, as base64."""


@pytest.fixture(scope="module")
def branch(site: str, bench: PrivateBench, installed_dump: Any) -> Iterator[Any]:
	with connected(bench, installed_dump, SITE) as frappe:
		make_personas()
		for name in ("Corner Optics", "Harbour Bakery", "Member"):
			make_customer(name)
		for doctype, field, name in (
			("Industry Type", "industry", "Food"),
			("Issue Type", None, "Complaint"),
		):
			if not frappe.db.exists(doctype, name):
				frappe.get_doc(
					{"doctype": doctype, "name": name, **({field: name} if field else {})}
				).insert()
		contract(frappe, "Corner Optics")
		contract(frappe, "Harbour Bakery")
		settings = frappe.get_doc("CS Retention Settings")
		settings.complaint_issue_types = "Complaint"
		settings.save()
		frappe.db.commit()
		yield frappe


@pytest.fixture
def frappe(branch: Any) -> Iterator[Any]:
	with as_person(branch, "alliance", "Alliance Settings") as frappe:
		yield frappe


def visit(frappe: Any, merchant: Any, answers: str = "YYYYYY", day: str = DAY, **fields: Any) -> Any:
	doc = frappe.get_doc({"doctype": INSPECTION, "merchant": merchant.name, "inspected_on": day, **fields})
	doc.insert()
	words = {"Y": "Yes", "P": "Partly", "N": "No", "-": ""}
	for row, answer in zip(doc.items, answers, strict=True):
		row.answer = words[answer]
		row.note = "" if answer in "Y-" else "seen on the spot"
	return doc.save()


def parts(doc: Any) -> dict[tuple[str, str], tuple[float, list[str]]]:
	"""Return score and records by source and criterion of the rows that are computed."""
	rows = [row for row in doc.scores if row.source]
	return {(row.source, row.criterion): (row.score, json.loads(row.documents)) for row in rows}


def gathered(merchant: Any, quarter: str = "2026-Q2") -> list[dict[str, Any]]:
	from cs_retention.merchant_alliance.doctype.alliance_review.alliance_review import gather

	year, _, part = quarter.partition("-")
	return gather(merchant.name, int(year), part)


def test_an_inspection_asks_the_questions_of_the_settings_and_scores_the_answers(frappe) -> None:
	doc = visit(frappe, admitted(frappe), "------")
	assert [row.question for row in doc.items][:2] == [
		"Shop is clean and open at the agreed hours",
		"Goods and services are as agreed",
	]
	assert (doc.result, doc.inspected_by) == (None, MANAGER)
	with pytest.raises(frappe.ValidationError, match="answer the question: Shop is clean"):
		doc.submit()
	for note in ("", "two goods missing"):
		for row in doc.reload().items:
			row.answer = "Yes"
		doc.items[1].update({"answer": "Partly", "note": note})
		if not note:
			with pytest.raises(frappe.ValidationError, match="say what was seen for the question: Goods and"):
				doc.save()
	doc.save()
	doc.submit()
	assert (doc.result, doc.quality, doc.cooperation) == ("With Defects", 4.0, 5.0)


@pytest.mark.parametrize(
	("fields", "said"),
	[
		({"inspected_on": "2099-01-01"}, "give today or an earlier date"),
		({"items": [{"criterion": "Quality", "question": "a", "weight": 0}]}, "give a weight above 0"),
	],
)
def test_inspections_that_cannot_be_are_refused(frappe, fields, said) -> None:
	doc = frappe.get_doc(
		{"doctype": INSPECTION, "merchant": admitted(frappe).name, "inspected_on": DAY, **fields}
	)
	for row in doc.items:
		row.answer = "Yes"
	with pytest.raises(frappe.ValidationError, match=said):
		doc.insert()


def test_questions_asked_twice_are_refused_in_the_settings(frappe) -> None:
	settings = frappe.get_doc("Alliance Settings")
	assert len(settings.inspection_questions) == 6
	settings.append("inspection_questions", settings.inspection_questions[0].as_dict(no_default_fields=True))
	with pytest.raises(frappe.ValidationError, match="ask it once"):
		settings.save()


def test_what_is_on_record_becomes_parts_of_the_review_and_is_reckoned_anew(frappe) -> None:
	merchant = admitted(frappe)
	first, second = visit(frappe, merchant), visit(frappe, merchant, "NNYYYY")
	first.submit(), second.submit()
	visit(frappe, merchant, "NNNNNN", "2026-02-11").submit()
	visit(frappe, merchant, "NNNNNN")
	complaint = complain(frappe, merchant)
	rows = gathered(merchant)
	assert [(row["criterion"], row["part"], row["score"]) for row in rows] == [
		("Quality", "Inspections", 3.5),
		("Cooperation", "Inspections", 5.0),
		("Satisfaction", "Complaints", 4.0),
	]
	assert rows[0]["evidence"] == "inspections: 2, 3.5 on average"
	price = {"criterion": "Price", "part": "shelf", "weight": 1, "score": 4, "evidence": "prices compared"}
	forged = [{**row, "score": 5, "documents": '["x"]'} for row in rows]
	doc = judged(frappe, merchant, "2026-Q2", 4, 4, 4, 4, scores=[*forged, price])
	assert parts(doc) == {
		("Inspections", "Quality"): (3.5, [first.name, second.name]),
		("Inspections", "Cooperation"): (5.0, [first.name, second.name]),
		("Complaints", "Satisfaction"): (4.0, [complaint]),
	}
	assert (doc.quality, doc.tier) == (3.5, "Preferred")


def test_parts_that_people_judge_point_to_no_records(frappe) -> None:
	merchant = admitted(frappe)
	part = {"part": "seen", "weight": 1, "score": 4, "evidence": "seen on the spot", "documents": '["x"]'}
	rows = [{"criterion": name, **part} for name in ("Quality", "Price", "Cooperation", "Satisfaction")]
	doc = judged(frappe, merchant, "2026-Q2", 4, 4, 4, 4, scores=rows)
	assert {row.documents for row in doc.scores} == {None}


def test_a_supplier_is_judged_by_what_it_delivered_late_and_what_went_back(frappe) -> None:
	frappe.set_user("Administrator")
	supplier = frappe.get_doc(
		{
			"doctype": "Supplier",
			"supplier_name": "Corner Optics Supply",
			"supplier_group": frappe.get_all("Supplier Group", {"is_group": 0}, pluck="name")[0],
		}
	).insert()
	frappe.set_user(MANAGER)
	merchant = admitted(frappe, supplier=supplier.name)
	receive(frappe, supplier.name, "PR-1", 900, "2026-05-12")
	receive(frappe, supplier.name, "PR-2", 100, "2026-05-10")
	receive(frappe, supplier.name, "PR-3", -50, "2026-05-12", is_return=1)
	receive(frappe, supplier.name, "PR-4", 500, "2026-05-10", posting_date="2026-02-11")
	rows = {(row["part"], row["criterion"]): row for row in gathered(merchant)}
	late, back = rows["Deliveries", "Cooperation"], rows["Returns", "Quality"]
	assert (late["score"], json.loads(late["documents"])) == (3.0, ["PR-1", "PR-2"])
	assert (back["score"], json.loads(back["documents"])) == (3.0, ["PR-1", "PR-2", "PR-3"])
	assert ("Deliveries", "Cooperation") not in {
		(row["part"], row["criterion"]) for row in gathered(admitted(frappe, "Harbour Bakery"))
	}


def receive(frappe: Any, supplier: str, name: str, amount: float, asked_for: str, **fields: Any) -> None:
	"""Write a Purchase Receipt as it stands on record; nothing is put into stock."""
	receipt = {"doctype": "Purchase Receipt", "name": name, "supplier": supplier, "docstatus": 1}
	values = {"posting_date": "2026-05-11", "base_net_total": amount, **fields}
	frappe.get_doc({**receipt, **values}).db_insert()
	item = {"doctype": "Purchase Receipt Item", "name": f"{name}-1", "parent": name, "docstatus": 1}
	place = {"parenttype": "Purchase Receipt", "parentfield": "items", "idx": 1}
	frappe.get_doc({**item, **place, "schedule_date": asked_for}).db_insert()


def test_a_photo_taken_in_the_shop_stays_with_the_inspection(frappe) -> None:
	doc = visit(frappe, admitted(frappe))
	photo = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": "shop.png",
			"is_private": 1,
			"content": PIXEL,
			"decode": True,
			"attached_to_doctype": INSPECTION,
			"attached_to_name": doc.name,
			"attached_to_field": "photo",
		}
	).insert()
	doc.photo = photo.file_url
	doc.submit()
	kept = frappe.get_doc(INSPECTION, doc.name)
	assert (kept.docstatus, kept.photo) == (1, photo.file_url)
	frappe.set_user(user("east"))
	assert not photo.has_permission("read")


def complain(frappe: Any, merchant: Any) -> str:
	"""Insert a complaint of a member about the merchant, and an issue that is none."""
	frappe.set_user("Administrator")
	found = []
	for kind in ("Complaint", None):
		issue = {"doctype": "Issue", "subject": "refused me the benefit", "customer": "Member"}
		doc = frappe.get_doc({**issue, "issue_type": kind, "retention_merchant": merchant.name}).insert()
		doc.db_set("opening_date", DAY)
		found.append(doc.name)
	frappe.set_user(MANAGER)
	return found[0]


def test_a_part_whose_records_are_gone_is_refused_with_its_row(frappe) -> None:
	merchant = admitted(frappe)
	inspection = visit(frappe, merchant)
	inspection.submit()
	doc = review(frappe, merchant, "2026-Q2", 4, 4, 4, 4)
	doc.append("scores", gathered(merchant)[0])
	doc.save()
	inspection.cancel()
	with pytest.raises(frappe.ValidationError, match=r"Row 5: there are no records of .*Inspections"):
		doc.submit()


def test_who_may_not_judge_sees_no_inspection_and_gathers_nothing(frappe) -> None:
	merchant = admitted(frappe)
	inspection = visit(frappe, merchant)
	frappe.set_user(user("east"))
	assert not frappe.has_permission(INSPECTION, "read", doc=inspection.name)
	with pytest.raises(frappe.PermissionError):
		gathered(merchant)
	frappe.set_user(MANAGER)
	with pytest.raises(frappe.ValidationError, match="is no quarter"):
		gathered(merchant, "2026-<b>")


def test_the_report_says_who_is_to_be_inspected(frappe) -> None:
	from frappe.desk.query_report import run

	seen, unseen = admitted(frappe), admitted(frappe, "Harbour Bakery")
	visit(frappe, seen).submit()
	rows = {
		row["merchant_name"]: row for row in run("Alliance Standing", {})["result"] if isinstance(row, dict)
	}
	assert [str(rows["Corner Optics"][field]) for field in ("inspected_on", "inspection_due")] == [
		DAY,
		"2026-08-11",
	]
	assert str(rows["Harbour Bakery"]["inspection_due"]) == "2024-04-01"
	assert unseen.status == "Admitted"

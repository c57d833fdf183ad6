"""Figures of calls, touches, cases, complaints and absences against what was written down, counted row by row."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from support_book import add
from support_quarter_work import (
	AFTER,
	CUSTOMERS,
	FIRST,
	LAST,
	Q3,
	REACHED,
	Told,
	is_over_cap,
	make_work,
	within,
	written,
)

from cs_retention.engine.policy import Policy
from cs_retention.engine.vocabulary import Kpi
from cs_retention.nightly.quarter import KPIS, read_quarter
from cs_retention.nightly.quarter_rows import counted_in, listed, write_rows


def expected(work: dict[str, Told]) -> dict[Kpi, tuple]:
	"""Return numerator and denominator of every figure, by looking at every row."""
	due = [call for call in work["Customer Callback"] if within(call["due_date"])]
	answers = [call["satisfaction"] for call in due if call["satisfaction"]]
	touched = [touch for touch in work["Customer Touch"] if within(touch["touch_date"])]
	made = [touch for touch in touched if touch["outcome"] or touch["decision"] == "Sent"]
	kept = [touch for touch in touched if touch["was_held"]]
	kept += [touch for touch in touched if touch["decision"] == "Merged"]
	closed = [case for case in work["Retention Case"] if within(case["closed_on"])]
	holds = [case for case in closed if case["status"] == "Saved" and case["verification"] != "Relapsed"]
	checked = [case for case in holds if case["verification"] == "Verified" and not case["next_check_on"]]
	decided = [case for case in closed if case not in holds] + checked
	paid = sum(
		offer["cost"]
		for offer in work["Retention Case Offer"]
		if offer["answer"] == "Accepted" and offer["parent"] in {case["name"] for case in closed}
	)
	complaints = [row for row in work["Issue"] if row["issue_type"] != "Question"]
	came = [row for row in complaints if within(row["opening_date"])]
	away = [call for call in due if is_away(work, call)]
	covered = [
		call for call in away if call["outcome"] in REACHED and call["done_by"] != call["account_manager"]
	]
	days = (LAST - FIRST).days + 1
	return {
		Kpi.CALLBACK_SATISFACTION: (sum(answers), len(answers)),
		Kpi.CONTACT_PRESSURE: (30 * len(made), days * len(CUSTOMERS)),
		Kpi.TOUCHES_KEPT_BACK: (len(kept), len(kept) + len(made)),
		Kpi.STRICT_SAVES: (len(holds), len(closed)),
		Kpi.VERIFIED_SAVES: (len(checked), len(decided)),
		Kpi.COST_PER_SAVE: (paid, len(checked)),
		Kpi.REPEAT_COMPLAINTS: (sum(is_repeat(row, complaints) for row in came), len(came)),
		Kpi.COVER: (len(covered), len(away)),
		Kpi.TOUCHES_OVER_CAP: (sum(is_over_cap(touch, work) for touch in touched), len(made)),
		**of_service(work, complaints),
	}


def of_service(work: dict[str, Told], complaints: Told) -> dict[Kpi, tuple]:
	"""Return the figures of complaints closed, first contacts, answers and reminders."""
	to_close = [row for row in complaints if within(row["opening_date"] + timedelta(days=3))]
	firsts = [
		row
		for row in work["Issue"]
		if within(row["opening_date"] + timedelta(days=7)) and not asked_before(row, work["Issue"])
	]
	solved = [
		row for row in firsts if closed_on(row) == row["opening_date"] and not came_back(row, work["Issue"])
	]
	answers = sorted(
		(
			touch
			for touch in work["Customer Touch"]
			if touch["satisfaction"] and FIRST <= touch["touch_date"] <= AFTER
		),
		key=lambda touch: (touch["touch_date"], touch["name"]),
	)
	asked = [touch for touch in answers if within(touch["touch_date"])]
	low = [touch for touch in asked if touch["satisfaction"] <= 2]
	last = {touch["customer"]: touch for touch in answers}
	repaired = [touch for touch in low if last[touch["customer"]]["satisfaction"] > 2]
	reminded = [
		row
		for row in work["Dunning"]
		if row["docstatus"] == 1
		and row["company"] == "East"
		and within(row["posting_date"] + timedelta(days=7))
	]
	return {
		Kpi.CLOSED_IN_TIME: (sum(is_closed_in_time(row, work) for row in to_close), len(to_close)),
		Kpi.FIRST_CONTACT_RESOLUTION: (len(solved), len(firsts)),
		Kpi.SATISFACTION: (len(asked) - len(low), len(asked)),
		Kpi.SATISFACTION_REPAIRED: (len(repaired), len(low)),
		Kpi.ARREARS_CURED: (sum(is_cured(row, work) for row in reminded), len(reminded)),
	}


def closed_on(row: dict[str, Any]) -> date | None:
	return row["sla_resolution_date"].date() if row["sla_resolution_date"] else None


def is_closed_in_time(row: dict[str, Any], work: dict[str, Told]) -> bool:
	by, calls = (
		row["opening_date"] + timedelta(days=3),
		{call["name"]: call for call in work["Customer Callback"]},
	)
	confirming = [
		calls[purpose["parent"]]
		for purpose in work["Customer Callback Purpose"]
		if purpose["kind"] == "Complaint" and row["name"] in purpose["obligation_key"].split("|")
	]
	is_confirmed = any(call["outcome"] in REACHED and call["done_on"] <= by for call in confirming)
	return bool(is_confirmed and closed_on(row) and closed_on(row) <= by)


def neighbours(row: dict[str, Any], issues: Told) -> Told:
	"""Return what else the customer asked of the same matter, in the order of days."""
	alike = [each for each in issues if each is not row and matter(each) == matter(row)]
	return sorted(alike, key=lambda each: (each["opening_date"], each["name"]))


def matter(row: dict[str, Any]) -> tuple[str, str]:
	return row["customer"], row["issue_type"]


def asked_before(row: dict[str, Any], issues: Told) -> bool:
	place = row["opening_date"], row["name"]
	return any(
		(each["opening_date"], each["name"]) < place
		and row["opening_date"] - each["opening_date"] <= timedelta(days=7)
		for each in neighbours(row, issues)
	)


def came_back(row: dict[str, Any], issues: Told) -> bool:
	place = row["opening_date"], row["name"]
	return any(
		(each["opening_date"], each["name"]) > place
		and each["opening_date"] - row["opening_date"] <= timedelta(days=7)
		for each in neighbours(row, issues)
	)


def is_cured(row: dict[str, Any], work: dict[str, Told]) -> bool:
	by = row["posting_date"] + timedelta(days=7)
	invoices = [each["sales_invoice"] for each in work["Overdue Payment"] if each["parent"] == row["name"]]
	owed = [
		sum(
			posting["amount"]
			for posting in work["Payment Ledger Entry"]
			if posting["against_voucher_no"] == invoice and posting["posting_date"] <= by
		)
		for invoice in invoices
	]
	return all(amount <= 0 for amount in owed)


def is_away(work: dict[str, Told], call: dict[str, Any]) -> bool:
	return any(
		row["person"] == call["account_manager"] and row["from_date"] <= call["due_date"] <= row["to_date"]
		for row in work["Owner Absence"]
	)


def is_repeat(row: dict[str, Any], complaints: Told) -> bool:
	"""Tell whether another of the same customer and matter came within the 30 days before; on one day the first is none."""
	earlier = [
		other
		for other in complaints
		if (other["customer"], other["issue_type"]) == (row["customer"], row["issue_type"])
		and other is not row
		and timedelta(0) <= row["opening_date"] - other["opening_date"] <= timedelta(days=30)
	]
	same_day = [other for other in earlier if other["opening_date"] == row["opening_date"]]
	older = [other for other in earlier if other not in same_day]
	# Of several on one day all but one are repeated.
	return bool(older) or any(other["name"] < row["name"] for other in same_day)


@pytest.mark.parametrize("seed", range(4))
def test_every_figure_of_the_work_equals_a_count_of_the_rows(seed: int) -> None:
	work = make_work(Random(seed))
	figures = read_quarter(written(work), Policy(), Q3, AFTER, "East", has_levels=False).figures()
	truth = expected(work)
	assert {kpi: tuple(map(Decimal, figures[kpi].ratio)) for kpi in truth} == {
		kpi: tuple(map(Decimal, pair)) for kpi, pair in truth.items()
	}
	assert all(any(pair) for pair in truth.values())


def test_the_rows_that_are_kept_count_in_what_they_say() -> None:
	store = written(make_work(Random(5)))
	found = read_quarter(store, Policy(), Q3, AFTER, "East", has_levels=False)
	told: list[int] = []
	count = write_rows(store, "QRR", found, told.append)
	assert count == told[-1] > 100
	for kind, rows in found.by_kind.items():
		for kpi in KPIS[kind]:
			kept = (
				"SELECT COUNT(*) FROM `tabQuarterly Report Row` WHERE kind = %(kind)s AND {} LIKE %(wanted)s"
			)
			values = {"kind": kind.value, "wanted": f"%|{kpi.name}|%"}
			figure = found.figures()[kpi]
			(counted,) = next(store.rows(kept.format("counted_in"), values))
			assert counted == figure.rows, kpi
			(reached,) = next(store.rows(kept.format("reached_in"), values))
			assert reached == sum(kpi in counted_in(kind, each.row)[1] for each in rows), kpi
	documents = "SELECT DISTINCT document_type FROM `tabQuarterly Report Row` WHERE document IS NOT NULL"
	of_ours = {"Customer Callback", "Customer Touch", "Retention Case", "Churn Signal"}
	assert {name for (name,) in store.rows(documents)} == {*of_ours, "Issue", "Dunning"}


def test_where_nobody_calls_about_complaints_it_is_not_told_whether_they_were_closed_in_time() -> None:
	work = make_work(Random(6))
	del work["Customer Callback Purpose"]
	store = written(work)
	read = lambda: read_quarter(store, Policy(), Q3, AFTER, "East", has_levels=False).figures()  # noqa: E731
	figures = read()
	assert figures[Kpi.CLOSED_IN_TIME].value is None and figures[Kpi.REPEAT_COMPLAINTS].ratio.denominator
	missed = {"name": "CALL-X", "customer": CUSTOMERS[0], "status": "Missed", "due_date": FIRST}
	add(store, "Customer Callback", [missed])
	purpose = {"parent": "CALL-X", "kind": "Complaint", "obligation_key": "complaint|state|ISS-000"}
	add(store, "Customer Callback Purpose", [purpose])
	assert read()[Kpi.CLOSED_IN_TIME].value == 0


def test_first_contacts_are_told_where_every_closing_has_its_day() -> None:
	work = make_work(Random(6))
	closed = next(row for row in work["Issue"] if row["status"] == "Closed")
	closed["sla_resolution_date"] = None
	store = written(work)
	found = read_quarter(store, Policy(), Q3, AFTER, "East", has_levels=False).figures()
	assert found[Kpi.FIRST_CONTACT_RESOLUTION].value is None


def test_a_quarter_without_work_keeps_no_row() -> None:
	store = written({})
	found = read_quarter(store, Policy(), Q3, AFTER, "East", has_levels=False)
	assert listed([]) == "" and write_rows(store, "QRR", found, lambda _: None) == 0

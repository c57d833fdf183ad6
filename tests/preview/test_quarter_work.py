"""Figures of calls, touches, cases, complaints and absences against what was written down, counted row by row."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from support_quarter_work import AFTER, CUSTOMERS, FIRST, LAST, Q3, REACHED, Told, make_work, within, written

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
	}


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
	of_ours = {"Customer Callback", "Retention Case", "Churn Signal"}
	assert {name for (name,) in store.rows(documents)} == {*of_ours, "Issue"}


def test_a_quarter_without_work_keeps_no_row() -> None:
	store = written({})
	found = read_quarter(store, Policy(), Q3, AFTER, "East", has_levels=False)
	assert listed([]) == "" and write_rows(store, "QRR", found, lambda _: None) == 0

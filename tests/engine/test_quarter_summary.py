"""What a report says beside its key figures, against a count of every row; and kept as plain values it says the same."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest

from cs_retention.engine.kpi import CallResult
from cs_retention.engine.kpi_evidence import (
	CohortCustomer,
	CountedCall,
	CountedComplaint,
	ServedCustomer,
	cohort_loss,
)
from cs_retention.engine.kpis import Quotient
from cs_retention.engine.quarter_sections import section_rows
from cs_retention.engine.quarter_summary import QuarterSummary, summarise
from cs_retention.engine.retention_verification import Verification
from cs_retention.engine.save_rates import ClosedCase
from cs_retention.engine.signal_quality import JudgedSignals
from cs_retention.engine.vocabulary import LADDER, Loss, ReportSection, SignalClosing, SignalRule

DAY = date(2026, 8, 3)
PEOPLE, PLACES = ("a@branch.example", "b@branch.example", ""), ("North", "South")


def customers(seed: int, count: int = 60) -> list[CohortCustomer]:
	random, rows = Random(seed), []
	for number in range(count):
		was, now = random.random() < 0.6, random.random() < 0.6
		rows.append(
			CohortCustomer(
				f"Customer {number:02d}",
				"East",
				"CNY",
				random.choice(PEOPLE),
				random.choice(PLACES),
				random.choice((*LADDER, "")),
				random.choice(LADDER),
				was,
				now,
				not was and random.random() < 0.5,
				cohort_loss(was, now, random.choice((Loss.LEFT, None))),
				Decimal(random.choice((0, 100, 250))),
				Decimal(random.choice((0, 80, "12.5"))),
			)
		)
	return rows


@pytest.mark.parametrize("seed", range(4))
def test_customers_are_counted_from_the_beginning_to_the_end(seed: int) -> None:
	rows = customers(seed)
	found = summarise(rows, [])
	assert found.began + found.new + found.back - sum(found.lost.values()) == found.ended
	assert found.began == len([row for row in rows if row.was_active])
	for heading, name in {"By person": "account_manager", "By territory": "territory"}.items():
		groups = found.groups[heading]
		names = [group.name for group in groups]
		assert names == sorted(set(names), key=lambda name: (not name, name))
		for group in groups:
			own = [row for row in rows if getattr(row, name) == group.name]
			began = [row for row in own if row.was_active]
			assert (group.began, group.ended) == (len(began), len([row for row in own if row.is_active]))
			assert group.retained == Quotient(len([row for row in began if row.is_active]), len(began))
			then = sum((row.revenue_before for row in began), Decimal(0))
			assert group.revenue == Quotient(sum((row.revenue_within for row in began), Decimal(0)), then)
		assert sum(group.lost for group in groups) == sum(found.lost.values())
	levels = [group.name for group in found.groups["By star level"]]
	assert levels == [level for level in (*LADDER, "") if level in levels]


def test_moves_are_those_of_stars_and_new_is_no_star() -> None:
	pairs = [
		*(("Two Star", "Four Star"), ("One Star", "Key Account"), ("Five Star", "Four Star")),
		*(("New", "Five Star"), ("Two Star", "New"), ("Two Star", "Two Star"), ("", "Two Star")),
	]
	rows = [
		CohortCustomer("C", level_before=before, level_at_end=after, was_active=True, is_active=True)
		for before, after in pairs
	]
	gone = CohortCustomer("D", level_before="One Star", level_at_end="Five Star", was_active=True)
	back = CohortCustomer("E", level_before="One Star", level_at_end="Five Star", is_active=True)
	found = summarise([*rows, gone, back], [])
	assert (found.up, found.down) == (2, 1)
	assert ("One Star", "Five Star") not in found.migration, "who came back is in neither count"
	assert found.migration["One Star", ""] == (1, Decimal(0))
	assert found.levels == ["Key Account", "Five Star", "Four Star", "Two Star", "One Star", "New"]


def test_kept_as_plain_values_it_says_the_same() -> None:
	calls = [CountedCall(CallResult.IN_TIME), CountedCall(CallResult.LATE), CountedCall(CallResult.IN_TIME)]
	found = summarise(customers(9), calls, tables())
	assert found.calls == {CallResult.IN_TIME: 2, CallResult.LATE: 1}
	kept = QuarterSummary.from_mapping(json.loads(json.dumps(found.to_mapping())))
	assert kept == found and kept.sections == tables()
	assert summarise([], []).to_mapping()["groups"] == {
		"By star level": [],
		"By person": [],
		"By territory": [],
		"By customer group": [],
	}


def tables() -> dict[ReportSection, tuple]:
	saved = ClosedCase(True, Verification.VERIFIED, True, 12.5)
	warned = JudgedSignals(SignalRule.LATENESS, SignalClosing.TRUE_WARNING, True, 9)
	also = JudgedSignals(SignalRule.LATENESS, SignalClosing.CUSTOMER_LOST, False, 12)
	bound = CohortCustomer("A", is_active=True, has_agreement=True, has_soft_tie=True)
	tied = CohortCustomer("B", is_active=True, has_soft_tie=True)
	came = CountedComplaint("A", "Line", DAY, DAY, DAY, is_repeat=True, is_due=False)
	due = CountedComplaint("A", "Line", DAY, DAY, DAY, has_come=False)
	served = ServedCustomer(2, touches=9, days=90, over_cap=1, held=2, merged=1)
	return {
		ReportSection.COMMITMENT: section_rows(
			ReportSection.COMMITMENT, [("One Star", bound), ("One Star", tied)]
		),
		ReportSection.COMPLAINT_TYPES: section_rows(
			ReportSection.COMPLAINT_TYPES, [("Line", came), ("Line", due)]
		),
		ReportSection.PRESSURE: section_rows(
			ReportSection.PRESSURE, [("New", served), ("New", ServedCustomer(0, days=90))]
		),
		ReportSection.CASES: section_rows(
			ReportSection.CASES, [("", ClosedCase(False)), ("Ending", saved), ("Ending", ClosedCase(True))]
		),
		ReportSection.WARNINGS: section_rows(
			ReportSection.WARNINGS, [("Lateness", warned), ("Lateness", also)]
		),
		ReportSection.CALLS: section_rows(
			ReportSection.CALLS, [("b", CountedCall(CallResult.LATE))], {"a": {"capacity": 40}}
		),
	}


def test_a_table_sums_up_what_is_counted_under_each_name() -> None:
	found = tables()
	ending, nothing = found[ReportSection.CASES]
	assert (ending.name, nothing.name) == ("Ending", "")
	assert (ending.sums["closed"], ending.sums["verified"], ending.sums["cost"]) == (2, 1, Decimal("12.5"))
	assert (nothing.sums["gone"], nothing.sums["decided"]) == (1, 1)
	(lateness,) = found[ReportSection.WARNINGS]
	assert lateness.sums == {"raised": 2, "acted": 1, "judged": 2, "right": 2, "lead": Decimal("10.5")}
	(committed,) = found[ReportSection.COMMITMENT]
	assert committed.sums == {"active": 2, "hard": 1, "soft": 2, "overall": 2}
	(line,) = found[ReportSection.COMPLAINT_TYPES]
	assert line.sums == {"came": 1, "repeated": 1, "due": 1, "in_time": 1}
	(new,) = found[ReportSection.PRESSURE]
	assert (new.sums["customers"], new.sums["contacted"], new.sums["touches"]) == (2, 1, 9)
	assert (new.sums["kept_back"], new.sums["wanted"], new.sums["over_cap"]) == (3, 12, 1)
	assert (new.sums["touched"], new.sums["days"]) == (270, 180)
	idle, late = found[ReportSection.CALLS]
	assert (idle.name, idle.sums["due"], idle.sums["capacity"]) == ("a", 0, 40)
	assert (late.sums["late"], late.sums["in_time"], "capacity" in late.sums) == (1, 0, False)


def test_a_report_that_was_frozen_without_tables_is_read() -> None:
	found = summarise(customers(9), [], tables())
	plain = found.to_mapping()
	del plain["sections"], plain["groups"]["By customer group"]
	kept = QuarterSummary.from_mapping(plain)
	groups = {heading: rows for heading, rows in found.groups.items() if heading != "By customer group"}
	assert kept == replace(found, sections={}, groups=groups)

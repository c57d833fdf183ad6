"""The counted tables of a quarter against what was written down, counted row by row; what each number says it opens is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from statistics import median
from typing import Any

import pytest
from support_book import add
from support_quarter import MANAGERS, expected, make_truths, write_down
from support_quarter_work import (
	AFTER,
	CUSTOMERS,
	FIRST,
	LAST,
	LEVEL_OF,
	PEOPLE,
	Q3,
	REACHED,
	Told,
	is_over_cap,
	make_work,
	within,
	written,
)

from cs_retention.engine.policy import Policy
from cs_retention.engine.quarter_periods import QuarterPeriod, YearStart
from cs_retention.engine.quarter_sections import SectionRow
from cs_retention.engine.quarter_summary import QuarterSummary
from cs_retention.engine.vocabulary import Kpi, ReportSection
from cs_retention.nightly.quarter import read_quarter
from cs_retention.nightly.quarter_rows import write_rows
from cs_retention.render.quarter_sections import GROUP_COLUMNS, TOLD, filters_of, group_filters

SEEDS = pytest.mark.parametrize("seed", range(4))
RIGHT = ("True Warning", "Customer Lost")
JUDGED = (*RIGHT, "Known Cause", "False Alarm")


def summary_of(work: dict[str, Told]) -> QuarterSummary:
	return read_quarter(written(work), Policy(), Q3, AFTER, "East", has_levels=False).summary()


def told(rows: Iterable[SectionRow]) -> dict[str, dict[str, Decimal]]:
	return {row.name: {name: Decimal(number) for name, number in row.sums.items()} for row in rows}


def by_name(rows: Told, names: Callable[[dict], Iterable[str | None]], count: Callable[[Told], dict]) -> dict:
	"""Return what is counted of the rows of each name."""
	found = {name or "" for row in rows for name in names(row)}
	grouped = {
		name: [row for row in rows if name in {each or "" for each in names(row)}] for name in sorted(found)
	}
	return {
		name: {key: Decimal(number) for key, number in count(own).items()} for name, own in grouped.items()
	}


def closed(work: dict[str, Told]) -> Told:
	return [case for case in work["Retention Case"] if within(case["closed_on"])]


def count_cases(work: dict[str, Told]) -> Callable[[Told], dict[str, Any]]:
	def count(cases: Told) -> dict[str, Any]:
		kept = [case for case in cases if case["status"] == "Saved"]
		holds = [case for case in kept if case["verification"] != "Relapsed"]
		verified = [
			case for case in holds if case["verification"] == "Verified" and not case["next_check_on"]
		]
		names = {case["name"] for case in cases}
		return {
			"closed": len(cases),
			"holds": len(holds),
			"relapsed": len(kept) - len(holds),
			"gone": len(cases) - len(kept),
			"verified": len(verified),
			"decided": len(verified) + len(cases) - len(holds),
			"cost": sum(
				offer["cost"]
				for offer in work["Retention Case Offer"]
				if offer["answer"] == "Accepted" and offer["parent"] in names
			),
		}

	return count


@SEEDS
def test_cases_are_counted_by_exit_type_reason_and_competitor(seed: int) -> None:
	work = make_work(Random(seed))
	found, count = summary_of(work).sections, count_cases(work)
	reasons = {
		case["name"]: {
			row["reason"] for row in work["Retention Case Reason"] if row["parent"] == case["name"]
		}
		for case in work["Retention Case"]
	}
	names: dict[ReportSection, Callable[[dict], Iterable[str | None]]] = {
		ReportSection.CASES: lambda case: [case["exit_type"]],
		ReportSection.COMPETITORS: lambda case: [case["competitor"]],
		ReportSection.REASONS: lambda case: reasons[case["name"]] or [""],
	}
	for section, of in names.items():
		assert told(found[section]) == by_name(closed(work), of, count), section
		assert len(found[section]) > 2 and found[section][-1].name == "", "nothing named comes last"


@SEEDS
def test_warnings_are_judged_by_rule(seed: int) -> None:
	def count(signals: Told) -> dict[str, Any]:
		right = [row for row in signals if row["closed_as"] in RIGHT]
		days = [(row["closed_on"] - row["raised_on"]).days for row in right]
		return {
			"raised": len(signals),
			"acted": sum(row["callback"] is not None for row in signals),
			"judged": sum(row["closed_as"] in JUDGED for row in signals),
			"right": len(right),
			**({"lead": median(days)} if days else {}),
		}

	work = make_work(Random(seed))
	raised = [row for row in work["Churn Signal"] if within(row["raised_on"])]
	found = summary_of(work).sections[ReportSection.WARNINGS]
	assert told(found) == by_name(raised, lambda row: [row["rule"]], count) and len(found) == 3


@SEEDS
def test_complaints_are_counted_by_type(seed: int) -> None:
	work = make_work(Random(seed))
	came = [row for row in work["Issue"] if row["issue_type"] != "Question" and within(row["opening_date"])]
	found = told(summary_of(work).sections[ReportSection.COMPLAINT_TYPES])
	assert {name: sums["came"] for name, sums in found.items()} == {
		kind: sum(row["issue_type"] == kind for row in came) for kind in ("Complaint", "投诉")
	}
	assert all(0 < sums["repeated"] < sums["came"] for sums in found.values())


@SEEDS
def test_contacts_are_counted_by_level(seed: int) -> None:
	work = make_work(Random(seed))
	touched = [row for row in work["Customer Touch"] if within(row["touch_date"])]

	def count(customers: Told) -> dict[str, Any]:
		names = [row["name"] for row in customers]
		own = [row for row in touched if row["customer"] in names]
		made = [row for row in own if row["outcome"] or row["decision"] == "Sent"]
		kept = sum(row["was_held"] for row in own) + sum(row["decision"] == "Merged" for row in own)
		return {
			"customers": len(names),
			"contacted": len({row["customer"] for row in own if row["outcome"] in REACHED}),
			"touches": len(made),
			"kept_back": kept,
			"wanted": kept + len(made),
			"over_cap": sum(is_over_cap(row, work) for row in own),
			"touched": 30 * len(made),
			"days": len(names) * ((LAST - FIRST).days + 1),
		}

	customers = [{"name": name} for name in CUSTOMERS]
	found = summary_of(work).sections[ReportSection.PRESSURE]
	assert told(found) == by_name(customers, lambda row: [LEVEL_OF[row["name"]]], count)
	assert [row.name for row in found] == ["Key Account", "Five Star", "Two Star"]


@SEEDS
def test_calls_are_counted_by_person_beside_what_was_possible(seed: int) -> None:
	work = make_work(Random(seed))
	found = told(summary_of(work).sections[ReportSection.CALLS])
	due = [row for row in work["Customer Callback"] if within(row["due_date"])]
	assert {name: sums["due"] for name, sums in found.items()} == {
		person or "": sum(row["responsible"] == person for row in due) for person in (*PEOPLE, None)
	}
	for name, sums in found.items():
		own = [row for row in due if (row["responsible"] or "") == name]
		tried = [row for row in own if row["status"] == "Unreached" or row["outcome"] == "Not Reached"]
		assert sums["attempted"] == len(tried)
		assert sums["skipped"] == sum(row["status"] == "Skipped" for row in own)
		assert sums["in_time"] + sums["late"] == sum(row["outcome"] in REACHED for row in own)
		assert sums["not_called"] == sum(row["status"] in ("Planned", "Missed") for row in own)
		assert sums.get("capacity") == (worked(work, name) * 20 if name else None)


def worked(work: dict[str, Told], person: str) -> int:
	"""Return the days of the quarter from Monday to Friday on which somebody was not away."""
	away = [(row["from_date"], row["to_date"]) for row in work["Owner Absence"] if row["person"] == person]
	days = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
	return sum(day.weekday() < 5 and not any(first <= day <= last for first, last in away) for day in days)


def test_who_has_customers_and_no_call_is_in_the_table_of_capacity_once_calls_are_made() -> None:
	store = write_down(make_truths(1, 20, AFTER))
	read = lambda: read_quarter(store, Policy(), Q3, AFTER, "East", has_levels=False).summary()  # noqa: E731
	assert read().sections[ReportSection.CALLS] == ()
	call = {"customer": "Customer 001", "status": "Missed", "due_date": FIRST, "responsible": MANAGERS[0]}
	add(store, "Customer Callback", [call])
	first, second = read().sections[ReportSection.CALLS]
	assert [(row.name, row.sums["due"]) for row in (first, second)] == [(MANAGERS[0], 1), (MANAGERS[1], 0)]
	assert first.sums["capacity"] == second.sums["capacity"] == 66 * 20


@pytest.mark.parametrize(
	"quarter", [Q3, QuarterPeriod(2026, 2, YearStart(4, 6))], ids=lambda each: each.label
)
def test_eight_quarters_are_those_of_eight_reports(quarter: QuarterPeriod) -> None:
	truths = make_truths(2, 60, AFTER)
	as_of = quarter.end + timedelta(days=1)
	rows = read_quarter(write_down(truths), Policy(), quarter, as_of, "East").summary()
	found = rows.sections[ReportSection.TREND]
	assert [row.name for row in found] == [quarter.moved(-back).label for back in reversed(range(8))]
	for row, back in zip(found, reversed(range(8)), strict=True):
		truth = expected(truths, quarter.moved(-back))
		assert (row.sums["kept"], row.sums["began"]) == truth[Kpi.COHORT_RETENTION]
		assert (row.sums["within"], row.sums["before"]) == truth[Kpi.NET_REVENUE_RETENTION]
	assert all(row.sums["began"] for row in found[-5:])


@pytest.mark.parametrize("seed", range(2))
def test_commitment_and_groups_count_the_active(seed: int) -> None:
	truths = make_truths(seed, 60, AFTER)
	rows = read_quarter(write_down(truths), Policy(), Q3, AFTER, "East")
	summary, ends = rows.summary(), [truth for truth in truths if truth.is_active(Q3.end)]
	bound = [truth for truth in ends if truth.contract and binds(truth.contract)]
	found = summary.sections[ReportSection.COMMITMENT]
	assert sum(row.sums["active"] for row in found) == len(ends)
	assert sum(row.sums["hard"] for row in found) == len(bound) > 0
	level = {each.row.customer: each.row.level_at_end for each in rows.cohort}
	assert {row.name: (row.sums["active"], row.sums["hard"]) for row in found} == {
		name: tuple(sum(level[truth.name] == name for truth in of) for of in (ends, bound))
		for name in {level[truth.name] for truth in ends}
	}
	groups = {group.name: (group.began, group.ended) for group in summary.groups["By customer group"]}
	began = [truth for truth in truths if truth.is_active(Q3.eve)]
	assert groups == {
		name: tuple(sum(truth.group == name for truth in of) for of in (began, ends))
		for name in {truth.group for truth in truths}
	}


def binds(contract: tuple[date, date | None]) -> bool:
	return contract[0] <= Q3.end and (contract[1] is None or contract[1] >= Q3.end)


def opened(store: Any, filters: dict[str, Any]) -> int:
	"""Return how many kept rows the filters of an address find."""
	conditions, values = [], {}
	for field, wanted in filters.items():
		sign, value = wanted if isinstance(wanted, tuple) else ("=", wanted)
		if sign == "is":
			conditions.append(f"COALESCE({field}, '') {'<>' if value == 'set' else '='} ''")
		else:
			conditions.append(f"COALESCE({field}, '') {sign} %({field})s")
			values[field] = value
	query = f"SELECT COUNT(*) FROM `tabQuarterly Report Row` WHERE {' AND '.join(conditions)}"
	return next(iter(store.rows(query, values)))[0]


def test_every_number_of_a_table_opens_as_many_rows_as_it_says() -> None:
	work = make_work(Random(7))
	store, checked = written(work), set()
	found = read_quarter(store, Policy(), Q3, AFTER, "East", has_levels=False)
	write_rows(store, "QRR", found, lambda _: None)
	for section, how in TOLD.items():
		for row in found.summary().sections[section]:
			for column in how.columns:
				if column.opens is not None:
					assert opened(store, filters_of(column, row.name, how)) == row.sums[column.sum], (
						section,
						column,
						row.name,
					)
					checked.add(section)
	assert checked == set(TOLD) - {ReportSection.COMMITMENT, ReportSection.TREND}


def test_every_number_of_a_group_opens_as_many_rows_as_it_says() -> None:
	store = write_down(make_truths(3, 60, AFTER))
	found = read_quarter(store, Policy(), Q3, AFTER, "East")
	write_rows(store, "QRR", found, lambda _: None)
	summary = found.summary()
	for heading, groups in summary.groups.items():
		for group in groups:
			for _label, name, opens in GROUP_COLUMNS:
				filters = group_filters(heading, group.name, opens)
				assert opened(store, filters) == getattr(group, name), (heading, group, name)
	how = TOLD[ReportSection.COMMITMENT]
	for row in summary.sections[ReportSection.COMMITMENT]:
		for column in (column for column in how.columns if column.opens is not None):
			assert opened(store, filters_of(column, row.name, how)) == row.sums[column.sum]

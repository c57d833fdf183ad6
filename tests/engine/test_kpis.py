"""Key figures of a quarter: every worked example of their docstrings, and random books against another way of counting."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.kpi import CallResult
from cs_retention.engine.kpi_evidence import (
	AbsentDuty,
	CohortCustomer,
	CountedCall,
	CountedComplaint,
	Customership,
	FirstContact,
	RemindedCustomer,
	SatisfactionAnswer,
	ServedCustomer,
	close_by,
	cohort_loss,
	is_active,
	mark_repeats,
	star_migration,
)
from cs_retention.engine.kpis import DEFINITIONS, KeyFigure, MixedCurrencies, Quotient, Unit, measure
from cs_retention.engine.retention_verification import Verification
from cs_retention.engine.save_rates import ClosedCase
from cs_retention.engine.signal_quality import JudgedSignals
from cs_retention.engine.vocabulary import Kpi, Loss, SignalClosing, SignalRule

DAY = date(2026, 9, 30)
STAYED = CohortCustomer("A", was_active=True, is_active=True)
LOST = CohortCustomer("B", was_active=True, loss=Loss.DORMANT)
NEW = CohortCustomer("C", is_active=True, is_new=True)
BACK = CohortCustomer("D", is_active=True)
COHORT = [
	*[STAYED] * 79,
	*[replace(STAYED, has_agreement=True, has_soft_tie=True, complaints=1)] * 6,
	*[LOST] * 10,
	*[replace(LOST, loss=Loss.LEFT)] * 4,
	replace(LOST, loss=Loss.TRANSFERRED, complaints=1, escalated=1, upheld=2),
	*[NEW] * 8,
	*[BACK] * 3,
]
"""100 at the start, 85 of them at the end, 8 new ones and 3 that came back: 96 active."""

GREW, SHRANK = (
	replace(STAYED, revenue_before=Decimal(50), revenue_within=Decimal(90)),
	replace(STAYED, revenue_before=Decimal(100), revenue_within=Decimal(80)),
)
CALLS = [
	*[CountedCall(CallResult.IN_TIME)] * 42,
	*(CountedCall(CallResult.IN_TIME, answer) for answer in (5, 4, 4)),
	*[CountedCall(CallResult.LATE)] * 2,
	*[CountedCall(CallResult.ATTEMPTED)] * 2,
	CountedCall(CallResult.NOT_CALLED),
]
SERVED = [
	*[ServedCustomer(2, 1)] * 70,
	*[ServedCustomer(1, 2)] * 5,
	*[ServedCustomer(0, 1)] * 5,
	*[ServedCustomer(0)] * 0,
]
SAVED = ClosedCase(True, Verification.VERIFIED, True, 250.0)
SAVES = [*[SAVED] * 4, *[ClosedCase(True)] * 2, *[ClosedCase(False)] * 4]
COMPLAINT = CountedComplaint("A", "Line", DAY, DAY + timedelta(days=3), DAY + timedelta(days=3))
RIGHT, WRONG = (
	JudgedSignals(SignalRule.LATENESS, closed, False, 9)
	for closed in (SignalClosing.TRUE_WARNING, SignalClosing.FALSE_ALARM)
)

EXAMPLES = [
	(Kpi.CUSTOMER_RETENTION, COHORT, (88, 100), "88.0"),
	(Kpi.COHORT_RETENTION, COHORT, (85, 100), "85.0"),
	(Kpi.GROSS_REVENUE_RETENTION, [GREW, SHRANK, NEW], (130, 150), "86.7"),
	(Kpi.NET_REVENUE_RETENTION, [GREW, SHRANK, NEW], (170, 150), "113.3"),
	(Kpi.CUSTOMER_CHURN, COHORT, (15, 100), "15.0"),
	(Kpi.CHURN_LEFT, COHORT, (4, 100), "4.0"),
	(Kpi.CHURN_TRANSFERRED, COHORT, (1, 100), "1.0"),
	(Kpi.CHURN_DORMANT, COHORT, (10, 100), "10.0"),
	(
		Kpi.REVENUE_CHURN,
		[replace(LOST, revenue_before=Decimal(900)), replace(STAYED, revenue_before=Decimal(11_100))],
		(900, 12_000),
		"7.5",
	),
	(Kpi.HARD_COMMITMENT, COHORT, (6, 96), "6.3"),
	(Kpi.SOFT_COMMITMENT, COHORT, (6, 96), "6.3"),
	(Kpi.OVERALL_COMMITMENT, [*COHORT, replace(NEW, has_soft_tie=True)], (7, 97), "7.2"),
	(Kpi.STRICT_SAVES, SAVES, (6, 10), "60.0"),
	(Kpi.VERIFIED_SAVES, SAVES, (4, 8), "50.0"),
	(Kpi.COST_PER_SAVE, SAVES, (1000, 4), "250.00"),
	(Kpi.CALLBACK_COMPLETION, CALLS, (45, 50), "90.0"),
	(Kpi.CALLBACKS_ATTEMPTED, CALLS, (49, 50), "98.0"),
	(Kpi.CALLBACKS_REACHED, CALLS, (47, 50), "94.0"),
	(Kpi.CALLBACKS_LATE, CALLS, (2, 50), "4.0"),
	(Kpi.CALLBACK_SATISFACTION, CALLS, (13, 3), "4.33"),
	(Kpi.QUOTA_FULFILMENT, [*SERVED, ServedCustomer(3)], (70, 80), "87.5"),
	(Kpi.CONTACT_COVERAGE, SERVED, (75, 80), "93.8"),
	(
		Kpi.CONTACT_PRESSURE,
		[ServedCustomer(0, touches=9, days=90), ServedCustomer(0, touches=3, days=90)],
		(360, 180),
		"2.00",
	),
	(Kpi.TOUCHES_KEPT_BACK, [ServedCustomer(0, touches=15, held=3, merged=2)], (5, 20), "25.0"),
	(Kpi.TOUCHES_OVER_CAP, [ServedCustomer(0, touches=15)], (0, 15), "0.0"),
	(Kpi.COMPLAINTS, COHORT, (7, 98), "714.3"),
	(Kpi.ESCALATED_COMPLAINTS, COHORT, (1, 98), "102.0"),
	(Kpi.UPHELD_COMPLAINTS, COHORT, (2, 98), "204.1"),
	(
		Kpi.CLOSED_IN_TIME,
		[*[COMPLAINT] * 8, replace(COMPLAINT, confirmed_on=None), replace(COMPLAINT, closed_on=date.max)],
		(8, 10),
		"80.0",
	),
	(Kpi.REPEAT_COMPLAINTS, [*[COMPLAINT] * 9, replace(COMPLAINT, is_repeat=True)], (1, 10), "10.0"),
	(
		Kpi.FIRST_CONTACT_RESOLUTION,
		[*[FirstContact(True)] * 16, *[FirstContact(True, True)] * 2, *[FirstContact(False)] * 2],
		(16, 20),
		"80.0",
	),
	(
		Kpi.SATISFACTION,
		[*[SatisfactionAnswer(True)] * 18, SatisfactionAnswer(False), SatisfactionAnswer(False, True)],
		(18, 20),
		"90.0",
	),
	(
		Kpi.SATISFACTION_REPAIRED,
		[*[SatisfactionAnswer(True)] * 18, SatisfactionAnswer(False), SatisfactionAnswer(False, True)],
		(1, 2),
		"50.0",
	),
	(Kpi.WARNING_PRECISION, [*[RIGHT] * 6, *[WRONG] * 2], (6, 8), "75.0"),
	(
		Kpi.ARREARS_CURED,
		[*[RemindedCustomer(7)] * 12, *[RemindedCustomer(8)] * 4, *[RemindedCustomer()] * 4],
		(12, 20),
		"60.0",
	),
	(Kpi.COVER, [*[AbsentDuty(True)] * 9, AbsentDuty(False)], (9, 10), "90.0"),
]


@pytest.mark.parametrize(
	("kpi", "rows", "ratio", "value"), EXAMPLES, ids=lambda each: getattr(each, "name", "")
)
def test_the_worked_example_of_every_key_figure(kpi: Kpi, rows: list, ratio: tuple, value: str) -> None:
	figure = measure(kpi, rows)
	assert (figure.ratio.numerator, figure.ratio.denominator) == ratio
	assert figure.value == Decimal(value)
	assert figure.version == 1 and figure.rows == sum(any(DEFINITIONS[kpi].adds(row)) for row in rows)


def test_every_key_figure_has_a_definition_and_an_example() -> None:
	assert set(DEFINITIONS) == set(Kpi) == {kpi for kpi, *_ in EXAMPLES}


@pytest.mark.parametrize("kpi", Kpi)
def test_a_figure_of_nothing_is_no_figure(kpi: Kpi) -> None:
	assert measure(kpi, []) == KeyFigure(kpi, 1, Quotient(0, 0), 0, DEFINITIONS[kpi].unit)
	assert measure(kpi, []).value is None


@given(st.integers(0, 2**32), st.integers(0, 60))
def test_figures_of_a_random_cohort_equal_those_counted_by_sets(seed: int, size: int) -> None:
	rows = [random_customer(Random(seed + place), f"C{place}") for place in range(size)]
	start = {row.customer for row in rows if row.was_active}
	end = {row.customer for row in rows if row.is_active}
	new = {row.customer for row in rows if row.is_new}
	bound = {row.customer for row in rows if row.has_agreement}
	tied = {row.customer for row in rows if row.has_soft_tie}
	then = {row.customer: row.revenue_before for row in rows if row.customer in start}
	now = {row.customer: row.revenue_within for row in rows if row.customer in start}
	kinds = defaultdict(set)
	for row in rows:
		kinds[row.loss].add(row.customer)
	expected = {
		Kpi.CUSTOMER_RETENTION: (len(end) - len(end & new), len(start)),
		Kpi.COHORT_RETENTION: (len(start & end), len(start)),
		Kpi.GROSS_REVENUE_RETENTION: (sum(min(then[c], now[c]) for c in start), sum(then.values())),
		Kpi.NET_REVENUE_RETENTION: (sum(now.values()), sum(then.values())),
		Kpi.CUSTOMER_CHURN: (len(start) - len(start & end), len(start)),
		Kpi.CHURN_LEFT: (len(kinds[Loss.LEFT]), len(start)),
		Kpi.CHURN_TRANSFERRED: (len(kinds[Loss.TRANSFERRED]), len(start)),
		Kpi.CHURN_DORMANT: (len(kinds[Loss.DORMANT]), len(start)),
		Kpi.REVENUE_CHURN: (sum(then[c] for c in start - end), sum(then.values())),
		Kpi.HARD_COMMITMENT: (len(end & bound), len(end)),
		Kpi.SOFT_COMMITMENT: (len(end & tied), len(end)),
		Kpi.OVERALL_COMMITMENT: (len(end & (bound | tied)), len(end)),
		Kpi.COMPLAINTS: (sum(row.complaints for row in rows), Decimal(len(start) + len(end)) / 2),
	}
	found = {kpi: measure(kpi, rows).ratio for kpi in expected}
	assert {kpi: (ratio.numerator, ratio.denominator) for kpi, ratio in found.items()} == expected
	cells = star_migration(rows)
	assert sum(count for count, _ in cells.values()) == len(start)
	assert sum(revenue for _, revenue in cells.values()) == sum(now.values())
	assert sum(count for (_, after), (count, _) in cells.items() if not after) == len(start - end)


@given(st.integers(0, 2**32), st.integers(0, 40), st.integers(0, 40))
def test_figures_add_up_over_groups_and_over_the_rows_they_open(seed: int, size: int, cut: int) -> None:
	rows = [random_customer(Random(seed + place), f"C{place}") for place in range(size)]
	for kpi in (Kpi.CUSTOMER_RETENTION, Kpi.REVENUE_CHURN, Kpi.OVERALL_COMMITMENT, Kpi.COMPLAINTS):
		whole, first, rest = (measure(kpi, part).ratio for part in (rows, rows[:cut], rows[cut:]))
		assert whole.numerator == first.numerator + rest.numerator
		assert whole.denominator == first.denominator + rest.denominator
		opened = [row for row in rows if any(DEFINITIONS[kpi].adds(row))]
		assert measure(kpi, opened) == measure(kpi, rows)


def random_customer(random: Random, name: str) -> CohortCustomer:
	was, now = random.random() < 0.7, random.random() < 0.7
	left = random.choice([None, Loss.LEFT, Loss.TRANSFERRED]) if not now else None
	return CohortCustomer(
		name,
		currency="CNY",
		level_before=random.choice(["Five Star", "One Star"]),
		level_at_end=random.choice(["Five Star", "One Star"]),
		was_active=was,
		is_active=now,
		is_new=now and not was and random.random() < 0.5,
		loss=cohort_loss(was, now, left),
		revenue_before=Decimal(random.randint(-5, 50)),
		revenue_within=Decimal(random.randint(-5, 50)),
		has_agreement=random.random() < 0.3,
		has_soft_tie=random.random() < 0.3,
		complaints=random.randint(0, 3),
	)


def test_amounts_of_two_currencies_are_not_added_up() -> None:
	rows = [replace(GREW, currency="CNY"), replace(GREW, currency="USD")]
	with pytest.raises(MixedCurrencies, match="CNY, USD"):
		measure(Kpi.NET_REVENUE_RETENTION, rows)
	assert measure(Kpi.NET_REVENUE_RETENTION, rows[:1]).currency == "CNY"
	assert measure(Kpi.CUSTOMER_RETENTION, rows).value == 100


def test_a_figure_that_rounds_to_nothing_has_no_sign() -> None:
	figure = KeyFigure(Kpi.REVENUE_CHURN, 1, Quotient(-1, 10_000), 1)
	assert str(figure.value) == "0.0"


def test_a_unit_says_what_a_quotient_is_told_as() -> None:
	assert [unit.value[0] for unit in (Unit.PERCENT, Unit.PER_10000, Unit.EACH)] == [100, 10_000, 1]


@pytest.mark.parametrize(
	("known", "active"),
	[
		(Customership(), False),
		(Customership(last_purchase=DAY - timedelta(days=364)), True),
		(Customership(last_purchase=DAY - timedelta(days=365)), False),
		(Customership(has_agreement=True), True),
		(Customership(last_purchase=DAY, has_agreement=True, left=Loss.LEFT), False),
	],
)
def test_who_is_active(known: Customership, active: bool) -> None:
	assert is_active(known, DAY) is active


@pytest.mark.parametrize(
	("was", "now", "left", "loss"),
	[
		(True, False, None, Loss.DORMANT),
		(True, False, Loss.LEFT, Loss.LEFT),
		(True, True, None, None),
		(False, False, Loss.LEFT, None),
	],
)
def test_how_a_customer_was_lost(was: bool, now: bool, left: Loss | None, loss: Loss | None) -> None:
	assert cohort_loss(was, now, left) is loss


def test_a_complaint_repeats_the_one_before_of_the_same_matter_within_thirty_days() -> None:
	first = CountedComplaint("A", "Line", DAY)
	others = [
		replace(first, opened_on=DAY + timedelta(days=days), category=category)
		for days, category in ((30, "Line"), (61, "Line"), (30, "Bill"))
	]
	marked = mark_repeats([*reversed(others), first])
	assert [row.is_repeat for row in marked] == [False, False, True, False]


def test_a_complaint_is_due_on_its_third_day() -> None:
	assert close_by(DAY) == DAY + timedelta(days=3)

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.night import (
	MOST_ATTEMPTS,
	REASONS,
	NightPolicy,
	Target,
	keeps_figures,
	may_begin_again,
	next_phase,
	night_of,
	superseded,
	targets,
)
from cs_retention.engine.reasons import PolicyError
from cs_retention.engine.vocabulary import Phase, RunStatus

NEWEST = date(2026, 10, 30)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def later(days):
	return NEWEST + timedelta(days=days)


class TestNightOf:
	@pytest.mark.parametrize(
		("hour", "minute", "day"), [(0, 0, 1), (3, 59, 1), (4, 0, 2), (4, 1, 2), (23, 59, 2)]
	)
	def test_before_its_hour_the_night_of_the_day_before_is_due(self, hour, minute, day):
		assert night_of(datetime(2026, 11, 2, hour, minute), NightPolicy()) == date(2026, 11, day)

	def test_at_midnight_a_night_may_be_due_at_once(self):
		assert night_of(datetime(2026, 11, 2), NightPolicy(hour=0)) == date(2026, 11, 2)

	@given(moment=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), hour=st.integers(0, 23))
	def test_a_day_has_one_night_and_it_comes_at_its_hour(self, moment, hour):
		policy = NightPolicy(hour=hour)
		assert night_of(moment + timedelta(days=1), policy) == night_of(moment, policy) + timedelta(days=1)
		began = datetime.combine(night_of(moment, policy), datetime.min.time()) + timedelta(hours=hour)
		assert began <= moment < began + timedelta(days=1)


class TestTargets:
	def test_the_first_run_ever_looks_at_no_date_before(self):
		assert targets(None, NEWEST, NightPolicy()) == [Target(NEWEST)]

	@pytest.mark.parametrize("days", [0, -1, -400])
	def test_the_same_date_again_and_a_clock_that_goes_back_open_nothing(self, days):
		assert targets(NEWEST, later(days), NightPolicy()) == []

	def test_the_next_day_is_run_and_nothing_is_skipped(self):
		assert targets(NEWEST, later(1), NightPolicy()) == [Target(later(1))]

	@pytest.mark.parametrize(
		("days", "too_old"), [(2, 0), (29, 0), (30, 0), (31, 0), (32, 1), (33, 2), (400, 369)]
	)
	def test_missed_dates_are_superseded_within_the_window_and_too_old_before_it(self, days, too_old):
		*skipped, run = targets(NEWEST, later(days), NightPolicy())
		assert run == Target(later(days))
		assert [target.reason.code for target in skipped] == (
			["older_than_window"] * too_old + ["superseded"] * (days - 1 - too_old)
		)

	def test_reasons_carry_what_their_sentences_need(self):
		first, *_, last, _run = targets(NEWEST, later(9), NightPolicy(catch_up_days=3))
		assert first.reason.figures == (("days", 3),)
		assert last.reason == superseded(later(9))
		for target in (first, last):
			assert tuple(target.reason.as_mapping()) == REASONS[target.reason.code]

	@given(newest=DAYS, due=DAYS, window=st.integers(1, 100))
	def test_every_date_after_the_newest_is_there_once_and_only_the_last_is_run(self, newest, due, window):
		found = targets(newest, due, NightPolicy(catch_up_days=window))
		assert [target.day for target in found] == [
			newest + timedelta(days=number) for number in range(1, (due - newest).days + 1)
		]
		assert [target.status for target in found[:-1]] == [RunStatus.SKIPPED] * (len(found) - 1)
		assert [target.status for target in found[-1:]] == [RunStatus.RUNNING] * bool(found)

	@given(newest=DAYS, steps=st.lists(st.integers(-40, 60), max_size=8))
	def test_however_the_clock_jumps_no_date_is_lost_or_there_twice(self, newest, steps):
		clock, known = newest, [newest]
		for step in steps:
			clock += timedelta(days=step)
			known += [target.day for target in targets(known[-1], clock, NightPolicy())]
		assert known == [newest + timedelta(days=number) for number in range(len(known))]


class TestBeginningAgain:
	@pytest.mark.parametrize("status", [RunStatus.RUNNING, RunStatus.DONE, RunStatus.SKIPPED])
	def test_only_a_failed_run_may_be_begun_again(self, status):
		assert not may_begin_again(status, 1, is_newest=True, by_person=True)

	def test_a_run_before_the_newest_never(self):
		assert not may_begin_again(RunStatus.FAILED, 1, is_newest=False, by_person=True)

	def test_by_itself_a_few_times_and_by_a_person_always(self):
		by_itself = [may_begin_again(RunStatus.FAILED, attempts, True, False) for attempts in range(1, 6)]
		assert by_itself == [True] * (MOST_ATTEMPTS - 1) + [False] * (6 - MOST_ATTEMPTS)
		assert may_begin_again(RunStatus.FAILED, 99, is_newest=True, by_person=True)


MONDAY = date(2026, 9, 28)
"""The first day of a week in which a month ends."""


@pytest.mark.parametrize(
	("days", "customers", "kept"),
	[
		(0, 1000, True),
		(2, 1000, True),
		(3, 1000, False),
		(-1, 1000, False),
		(1, 1049, True),
		(1, 1050, False),
		(1, 951, True),
		(1, 950, False),
	],
)
def test_figures_of_a_book_hold_within_a_week_and_a_month_while_the_book_is_the_same(days, customers, kept):
	assert keeps_figures(MONDAY, MONDAY + timedelta(days=days), 1000, customers) is kept


@pytest.mark.parametrize("days", range(1, 8))
def test_the_first_day_of_a_week_reads_them_anew(days):
	monday = date(2026, 11, 9)
	assert keeps_figures(monday, monday + timedelta(days=days), 1000, 1000) is (days < 7)
	assert not keeps_figures(date(2025, 11, 10), monday + timedelta(days=days), 1000, 1000)


def test_phases_follow_each_other_to_the_last():
	assert [next_phase(phase) for phase in Phase] == [*list(Phase)[1:], None]


@pytest.mark.parametrize(
	("field", "value"),
	[
		*(("hour", -1), ("hour", 24), ("catch_up_days", 0), ("catch_up_days", -3)),
		*(("workers", 0), ("workers", 17), ("chunk", 0)),
	],
)
def test_a_policy_that_cannot_be_is_refused(field, value):
	with pytest.raises(PolicyError) as refused:
		NightPolicy(**{field: value})
	assert refused.value.value == value
	assert refused.value.field.endswith(field)


@pytest.mark.parametrize(
	"values", [{"hour": 0}, {"hour": 23}, {"catch_up_days": 1}, {"workers": 16}, {"chunk": 1}]
)
def test_the_edges_of_a_policy_are_allowed(values):
	NightPolicy(**values)

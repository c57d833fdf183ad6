"""The table of sources, passed windows, and the right a change of level leaves."""

from datetime import date

import pytest
from plan_cases import CADENCES, customer

from cs_retention.engine.obligations import SOURCES, current_window, larger_right
from cs_retention.engine.vocabulary import KEY_ACCOUNT, Band, Channel, Level, ObligationKind
from cs_retention.engine.windows import grow, runs
from cs_retention.engine.workdays import WorkCalendar

KEY, FIVE, ONE = (CADENCES[name] for name in (KEY_ACCOUNT, Level.FIVE_STAR.value, Level.ONE_STAR.value))


def test_every_source_names_its_span():
	day = date(2026, 11, 25)
	named = {
		kind: (source.prefix, source.label(day, KEY), source.span(day, KEY))
		for kind, source in SOURCES.items()
	}
	assert named == {
		ObligationKind.QUOTA: ("quota", "2026-W48", (date(2026, 11, 23), date(2026, 11, 29))),
		ObligationKind.VISIT: ("visit", "2026-Q4", (date(2026, 10, 1), date(2026, 12, 31))),
	}


def test_visit_stands_in_every_set_that_has_the_telephone():
	sets = [source.channels for source in SOURCES.values()]
	assert all(Channel.VISIT in channels for channels in sets if Channel.PHONE in channels)


@pytest.mark.parametrize(
	("before", "now", "band", "kept"),
	[
		(ONE, KEY, Band.HEALTHY, KEY),
		(KEY, FIVE, Band.CRITICAL, KEY),
		(FIVE, ONE, Band.WATCH, FIVE),
		(ONE, FIVE, Band.WATCH, FIVE),
		(FIVE, ONE, Band.HEALTHY, FIVE),
		(ONE, FIVE, Band.HEALTHY, ONE),
	],
)
def test_larger_right_is_kept_until_the_period_ends(before, now, band, kept):
	assert larger_right(before, now, band) is kept


@pytest.mark.parametrize(
	("as_of", "window"),
	[
		(date(2026, 11, 3), (date(2026, 11, 4), date(2026, 11, 6), False)),
		(date(2026, 11, 6), (date(2026, 11, 4), date(2026, 11, 6), False)),
		(date(2026, 11, 7), (date(2026, 11, 9), date(2026, 11, 11), True)),
		(date(2026, 11, 12), (date(2026, 11, 12), date(2026, 11, 16), True)),
	],
)
def test_passed_window_is_followed_by_another_of_as_many_working_days(as_of, window):
	assert current_window(date(2026, 11, 4), date(2026, 11, 6), as_of, WorkCalendar()) == window


def test_desk_of_a_customer_is_a_or_b():
	assert customer(account_manager="a").owner == "a"
	assert customer(account_manager=None, backup_manager="b").owner == "b"


def test_free_day_does_not_end_a_run_but_a_forbidden_working_day_does():
	assert runs(0b1110111, 0b1100111) == ((0, 1, 2), (5, 6))
	assert runs(0b1, 0) == ()


def test_windows_that_do_not_fit_are_refused():
	with pytest.raises(ValueError, match="2 windows do not fit"):
		grow([((0, 1),), ((0, 1),)], [0, 5])
	with pytest.raises(ValueError, match="1 windows do not fit"):
		grow([()], [0])

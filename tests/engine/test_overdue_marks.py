"""What was overdue before, and when a day's amount takes the place of what is remembered."""

from datetime import date, timedelta

import pytest

from cs_retention.engine.overdue_marks import MARK_DAYS, OverdueMarks

TODAY = date(2026, 11, 20)
OLD, YOUNG = TODAY - timedelta(days=MARK_DAYS), TODAY - timedelta(days=MARK_DAYS - 1)
LONG_AGO = TODAY - timedelta(days=90)


@pytest.mark.parametrize(
	("marks", "before"),
	[
		(OverdueMarks(5, OLD, 0, None), 5),
		(OverdueMarks(5, OLD, 7, LONG_AGO), 5),
		(OverdueMarks(0, OLD, 7, LONG_AGO), 0),
		(OverdueMarks(5, YOUNG, 7, LONG_AGO), 7),
		(OverdueMarks(5, YOUNG, 0, None), None),
		(OverdueMarks(0, None, 7, LONG_AGO), 7),
		(OverdueMarks(0, None, 0, None), None),
	],
)
def test_the_amount_before_is_one_of_thirty_days_ago_or_earlier(marks, before):
	assert marks.before(TODAY) == before


@pytest.mark.parametrize(
	("mark_on", "now", "gives_way"),
	[(None, 5, True), (None, 0, True), (YOUNG, 9, False), (OLD, 5, False), (OLD, 9, True), (OLD, 0, True)],
)
def test_a_mark_gives_way_when_it_is_old_and_the_amount_moved(mark_on, now, gives_way):
	assert OverdueMarks(5, mark_on, 0, None).gives_way(now, TODAY) is gives_way

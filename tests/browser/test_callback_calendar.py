"""The calendar of calls: each in the colour of its day; one that is dragged asks why, and goes back without an answer."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest
from bench_fixtures import SITE
from private_bench import PrivateBench
from support_call_screens import agreed_calls

BACKUP = "backup.calendar@branch.example"
REASON = {"en": "The owner is at the fair on Tuesday.", "zh": "负责人周二参加展会。"}


@pytest.fixture
def agreed(bench: PrivateBench, url: str, desk) -> tuple[str, str, date]:
	"""A call that was agreed for a Tuesday: its customer, name and day."""
	customer = f"Fair Street {desk.name} {time.time_ns() % 10**6}"
	((name, day),) = agreed_calls(bench, customer, BACKUP, 1)
	return customer, name, date.fromisoformat(day)


def show(desk, customer: str, day: date) -> None:
	"""Open the calendar at the month of a day."""
	desk.open("/app/customer-callback/view/calendar/default", ".fc-view-container")
	desk.page.wait_for_function("!!window.cur_list?.calendar?.$cal")
	desk.page.evaluate(
		"day => cur_list.calendar.$cal.fullCalendar('changeView', 'basicWeek', day)", day.isoformat()
	)
	event_of(desk, customer).wait_for(state="visible")
	desk.page.wait_for_timeout(500)


def event_of(desk, customer: str):
	return desk.page.locator(".fc-event", has_text=customer)


def drag(desk, customer: str, day: date) -> None:
	"""Drag a call with the mouse to the column of a day, until the dialog asks."""
	event = event_of(desk, customer)
	event.scroll_into_view_if_needed()
	begin = event.bounding_box()
	column = desk.page.locator(f".fc-day[data-date='{day.isoformat()}']").bounding_box()
	mouse = desk.page.mouse
	y = begin["y"] + begin["height"] / 2
	mouse.move(begin["x"] + begin["width"] / 2, y)
	mouse.down()
	mouse.move(begin["x"] + begin["width"] / 2 + 8, y, steps=3)
	mouse.move(column["x"] + column["width"] / 2, y, steps=12)
	mouse.up()
	desk.page.wait_for_function("window.cur_dialog && cur_dialog.display")
	desk.page.wait_for_timeout(600)


def stored(bench: PrivateBench, call: str) -> tuple[date, int]:
	moves = f"SELECT COUNT(*) FROM `tabCustomer Callback Reschedule` WHERE parent = '{call}'"
	((day,),) = bench.sql(SITE, f"SELECT due_date FROM `tabCustomer Callback` WHERE name = '{call}'")
	((count,),) = bench.sql(SITE, moves)
	return day, count


def test_a_call_that_is_dragged_asks_for_the_reason_and_moves(
	desk, language: str, bench: PrivateBench, agreed
) -> None:
	customer, call, day = agreed
	wednesday = day + timedelta(days=1)
	show(desk, customer, day)
	desk.screenshot("callback-calendar")
	drag(desk, customer, wednesday)
	assert desk.page.evaluate("cur_dialog.get_value('due_date')") == wednesday.isoformat()
	desk.page.locator(".modal.show [data-fieldname=reason] textarea").fill(REASON[language])
	desk.screenshot("callback-calendar-reason")
	assert desk.overflow() <= 0
	desk.agree()
	desk.page.locator(".modal.show").wait_for(state="hidden")
	assert stored(bench, call) == (wednesday, 1)
	reason = f"SELECT reason FROM `tabCustomer Callback Reschedule` WHERE parent = '{call}'"
	assert bench.sql(SITE, reason) == [(REASON[language],)]
	event_of(desk, customer).wait_for(state="visible")


def test_a_call_that_is_dragged_goes_back_when_no_reason_is_given(desk, bench: PrivateBench, agreed) -> None:
	customer, call, day = agreed
	show(desk, customer, day)
	before = event_of(desk, customer).bounding_box()
	drag(desk, customer, day + timedelta(days=2))
	desk.page.locator(
		".modal.show .btn-modal-close:visible, .modal.show .modal-header .close:visible"
	).first.click()
	desk.page.locator(".modal.show").wait_for(state="hidden")
	desk.page.wait_for_timeout(500)
	assert stored(bench, call) == (day, 0)
	assert abs(event_of(desk, customer).bounding_box()["x"] - before["x"]) < 5

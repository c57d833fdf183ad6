"""A call logged in one dialog: the proposed date accepted, an attempt, a move; the form and its reasons."""

from __future__ import annotations

import time

import pytest
from bench_fixtures import SITE
from private_bench import PrivateBench
from support_call_screens import calls_of

SAID = {
	"en": "Satisfied; asks about a second line for the workshop.",
	"zh": "客户满意，咨询车间再装一条专线。",
}
BUTTONS = {"en": ("Log Call", "Not Reached", "Skip Call"), "zh": ("登记回访", "未接通", "跳过此次回访")}
MOST_FIELDS = 6


@pytest.fixture
def call(bench: PrivateBench, url: str, desk) -> str:
	"""Name of a planned call of a customer of this test's own."""
	(name,) = calls_of(bench, f"Harbour Bakery {desk.name} {time.time_ns() % 10**6}")
	return name


def open_form(desk, call: str) -> None:
	desk.open(f"/app/customer-callback/{call}", ".form-message:visible, .form-intro:visible")
	desk.page.wait_for_load_state("networkidle")


def press(desk, label: str) -> None:
	desk.page.evaluate(
		"label => { const all = $(cur_frm.page.wrapper).find('button, .dropdown-item, .menu-item-label');"
		"all.filter((_i, each) => $(each).text().trim() === label)[0].click(); }",
		label,
	)
	desk.page.wait_for_function("window.cur_dialog && cur_dialog.display")
	desk.page.wait_for_timeout(600)


def promise(desk) -> None:
	"""Enter a promise: a row of the table, or on a phone the fields of one."""
	soon = "frappe.datetime.add_days(frappe.datetime.get_today(), 7)"
	if desk.name.endswith("-390"):
		desk.page.evaluate(f"cur_dialog.set_values({{ promise: 'offer by mail', due_date: {soon} }})")
		return
	desk.page.locator(".modal.show [data-fieldname=promises] .grid-add-row").click()
	desk.page.wait_for_timeout(500)
	desk.page.evaluate(
		"() => { const grid = cur_dialog.fields_dict.promises.grid;"
		f"Object.assign(grid.get_data()[0], {{ promise: 'offer by mail', due_date: {soon} }}); grid.refresh(); }}"
	)


def stored(bench: PrivateBench, call: str, *fields: str) -> tuple:
	((*found,),) = bench.sql(
		SITE, f"SELECT {', '.join(fields)} FROM `tabCustomer Callback` WHERE name = '{call}'"
	)
	return tuple(found)


def test_a_call_is_logged_and_the_proposed_date_accepted(
	desk, language: str, bench: PrivateBench, call: str
) -> None:
	open_form(desk, call)
	desk.screenshot("callback-form")
	assert desk.overflow() <= 0
	begun = time.monotonic()
	press(desk, BUTTONS[language][0])
	dialog = desk.page.locator(".modal.show")
	shown = dialog.locator(".frappe-control:visible:not([data-fieldtype=HTML])")
	captions = [each for each in shown.evaluate_all("all => all.map(each => each.dataset.fieldname)") if each]
	assert (
		len({"outcome and channel" if each in ("outcome", "channel") else each for each in captions})
		<= MOST_FIELDS
	)
	assert dialog.locator("[data-fieldname=spoken_to] input").input_value() == "Lin Mei"
	proposed = desk.page.evaluate("cur_dialog.get_value('next_date')")
	assert proposed
	dialog.locator("[data-fieldname=summary] textarea").fill(SAID[language])
	desk.screenshot("callback-log")
	assert desk.overflow() <= 0
	desk.page.keyboard.press("Control+Enter")
	dialog.wait_for(state="hidden")
	print(f"logged in {time.monotonic() - begun:.1f} s without the thinking")
	assert stored(bench, call, "status", "done_by", "next_date", "summary") == (
		*("Done", "Administrator"),
		*stored(bench, call, "next_date"),
		SAID[language],
	)
	assert str(stored(bench, call, "next_date")[0]) == proposed
	desk.page.wait_for_timeout(800)
	desk.screenshot("callback-form-done")


def test_more_takes_promises_and_a_need(desk, language: str, bench: PrivateBench, call: str) -> None:
	open_form(desk, call)
	press(desk, BUTTONS[language][0])
	desk.page.locator(".modal.show .section-head:visible").last.click()
	desk.page.locator(".modal.show [data-fieldname=need] textarea").fill(SAID[language])
	desk.page.locator(".modal.show [data-fieldname=summary] textarea").fill(SAID[language])
	desk.page.locator(".modal.show [data-fieldname=summary] textarea").blur()
	promise(desk)
	desk.page.wait_for_timeout(400)
	desk.page.locator(".modal.show [data-fieldname=due_date]:visible").last.scroll_into_view_if_needed()
	desk.screenshot("callback-log-more")
	assert desk.overflow() <= 0
	desk.agree()
	desk.page.locator(".modal.show").wait_for(state="hidden")
	count = (
		f"SELECT COUNT(*) FROM `tabCustomer Callback Promise` WHERE parent = '{call}' AND todo IS NOT NULL"
	)
	assert bench.sql(SITE, count) == [(1,)]
	assert stored(bench, call, "need")[0] == SAID[language]


def test_an_attempt_proposes_another_day(desk, language: str, bench: PrivateBench, call: str) -> None:
	open_form(desk, call)
	press(desk, BUTTONS[language][1])
	assert desk.page.evaluate("cur_dialog.get_value('next_date')") > desk.page.evaluate(
		"frappe.datetime.get_today()"
	)
	desk.screenshot("callback-attempt")
	assert desk.overflow() <= 0
	desk.agree()
	desk.page.locator(".modal.show").wait_for(state="hidden")
	assert stored(bench, call, "status") == ("Planned",)
	attempts = f"SELECT COUNT(*) FROM `tabCustomer Callback Attempt` WHERE parent = '{call}'"
	assert bench.sql(SITE, attempts) == [(1,)]
	desk.page.wait_for_timeout(800)
	desk.screenshot("callback-form-attempted")


def test_a_skip_asks_for_its_reason(desk, language: str, bench: PrivateBench, call: str) -> None:
	open_form(desk, call)
	press(desk, BUTTONS[language][2])
	desk.agree()
	desk.page.wait_for_timeout(600)
	assert stored(bench, call, "status") == ("Planned",)
	desk.page.evaluate("frappe.msg_dialog && frappe.msg_dialog.hide()")
	desk.page.wait_for_timeout(600)
	desk.page.locator(".modal.show [data-fieldname=reason] textarea").fill(SAID[language])
	desk.agree()
	desk.page.locator(".modal.show").wait_for(state="hidden")
	assert stored(bench, call, "status", "skip_reason") == ("Skipped", SAID[language])

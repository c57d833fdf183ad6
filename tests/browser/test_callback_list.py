"""The list of calls: red, amber or green by the day, and many reassigned, moved or logged at once."""

from __future__ import annotations

import time
from datetime import date, timedelta
from urllib.parse import quote

import pytest
from bench_fixtures import SITE
from private_bench import PrivateBench
from support_call_screens import agreed_calls

BACKUP = "backup.list@branch.example"
REASON = {"en": "The owner is away until then.", "zh": "负责人在此之前不在。"}
SAID = {"en": "Satisfied; the second line works.", "zh": "客户满意，第二条专线运行正常。"}
ACTIONS = {
	"en": {"reassign": "Reassign", "reschedule": "Reschedule", "complete": "Log as Done"},
	"zh": {"reassign": "转派", "reschedule": "改期", "complete": "登记为已完成"},
}


@pytest.fixture
def agreed(bench: PrivateBench, url: str, desk) -> tuple[str, list[str], date]:
	"""A customer with two agreed calls: its name, those of the calls, the day of the first."""
	customer = f"Mill Lane {desk.name} {time.time_ns() % 10**6}"
	rows = agreed_calls(bench, customer, BACKUP, 2)
	return customer, [name for name, _day in rows], date.fromisoformat(rows[0][1])


def show(desk, customer: str) -> None:
	"""Open the list of a customer's planned calls."""
	desk.open(f"/app/customer-callback?customer={quote(customer)}&status=Planned", ".list-row:visible")
	desk.page.wait_for_load_state("networkidle")


def choose(desk, language: str, customer: str, calls: list[str], action: str) -> None:
	"""Open the list of a customer's calls, check some of them, and choose an action for them."""
	show(desk, customer)
	for call in calls:
		box = desk.page.locator(f".list-row-checkbox[data-name='{call}']:visible")
		box.wait_for()
		box.check()
	desk.page.wait_for_function(
		"calls => { const found = cur_list.get_checked_items(true);"
		" return found.length === calls.length && calls.every((name) => found.includes(name)); }",
		arg=calls,
	)
	desk.page.evaluate(
		"label => cur_list.page.wrapper.find('.actions-btn-group .dropdown-item')"
		".filter((_i, each) => $(each).text().trim() === label)[0].click()",
		ACTIONS[language][action],
	)
	desk.page.wait_for_function("window.cur_dialog && cur_dialog.display")
	desk.page.wait_for_timeout(600)


def go(desk, **values: str) -> None:
	"""Fill in the dialog and send it."""
	desk.page.evaluate("values => cur_dialog.set_values(values)", values)
	# The list of suggestions below the first field, which has the focus, closes with it.
	desk.page.evaluate("document.activeElement.blur()")
	desk.page.locator(".modal.show .awesomplete > ul:visible").wait_for(state="hidden")
	desk.page.wait_for_timeout(500)
	assert desk.overflow() <= 0


def send(desk) -> None:
	desk.agree()
	desk.page.locator(".modal.show .btn-modal-primary").wait_for(state="hidden")
	desk.page.wait_for_load_state("networkidle")


def stored(bench: PrivateBench, calls: list[str], *fields: str) -> list[tuple]:
	names = ", ".join(f"'{name}'" for name in calls)
	return bench.sql(
		SITE,
		f"SELECT {', '.join(fields)} FROM `tabCustomer Callback` WHERE name IN ({names}) ORDER BY due_date",
	)


def test_a_call_is_red_when_it_is_late_amber_today_and_green_later(
	desk, language: str, bench: PrivateBench, url: str
) -> None:
	customer = f"Quay Street {desk.name} {time.time_ns() % 10**6}"
	(late, _), (now, _), _later = agreed_calls(bench, customer, BACKUP, 3)
	desk.open("/app/customer-callback", ".page-head:visible")
	today = date.fromisoformat(desk.page.evaluate("frappe.datetime.get_today()"))
	for call, due in ((late, today - timedelta(days=3)), (now, today)):
		bench.sql(SITE, f"UPDATE `tabCustomer Callback` SET due_date = '{due}' WHERE name = '{call}'")
	show(desk, customer)
	pills = desk.page.locator(".list-row .indicator-pill:visible")
	colours = pills.evaluate_all(
		"all => all.map((pill) => ['red', 'orange', 'green'].find((each) => pill.classList.contains(each)))"
	)
	assert sorted(colours) == ["green", "orange", "red"]
	assert desk.overflow() <= 0
	desk.screenshot("callback-list")


def test_many_calls_are_given_to_another_person_at_once(
	desk, language: str, bench: PrivateBench, agreed
) -> None:
	customer, calls, _day = agreed
	choose(desk, language, customer, calls, "reassign")
	go(desk, person=BACKUP, reason=REASON[language])
	desk.screenshot("callback-list-reassign")
	send(desk)
	assert stored(bench, calls, "responsible") == [(BACKUP,)] * 2


def test_calls_are_moved_at_once_and_one_that_cannot_be_says_why(
	desk, language: str, bench: PrivateBench, agreed
) -> None:
	customer, calls, day = agreed
	thursday = day + timedelta(days=2)
	choose(desk, language, customer, calls[:1], "reschedule")
	go(desk, due_date=thursday.isoformat(), reason=REASON[language])
	desk.screenshot("callback-list-reschedule")
	send(desk)
	assert stored(bench, calls[:1], "due_date") == [(thursday,)]
	choose(desk, language, customer, calls[:1], "reschedule")
	go(desk, due_date=thursday.isoformat(), reason=REASON[language])
	send(desk)
	message = desk.page.locator(".msgprint:visible")
	message.wait_for()
	assert customer in message.inner_text()
	desk.page.wait_for_timeout(500)
	desk.screenshot("callback-list-refused")
	assert stored(bench, calls[:1], "due_date") == [(thursday,)]


def test_calls_are_logged_as_done_at_once(desk, language: str, bench: PrivateBench, agreed) -> None:
	customer, calls, _day = agreed
	choose(desk, language, customer, calls, "complete")
	go(desk, outcome="Reached", spoken_to="Lin Mei", summary=SAID[language])
	desk.screenshot("callback-list-complete")
	send(desk)
	assert stored(bench, calls, "status", "summary") == [("Done", SAID[language])] * 2

"""The Callback Desk as people open it in the morning: the account manager, the backup of one who is away, the manager."""

from __future__ import annotations

import time

from bench_fixtures import SITE
from private_bench import PrivateBench
from support_browser import As, Desk

TITLES = {
	"en": {
		"overdue": "Overdue",
		"today": "Today",
		"covering": "Covering For",
		"team": "Team",
		"nobody": "No Account Manager",
	},
	"zh": {
		"overdue": "已逾期",
		"today": "今日",
		"covering": "代岗回访",
		"team": "团队",
		"nobody": "无客户经理",
	},
}
COMES = {"en": "The next call is on", "zh": "下次回访"}
SAID = {"en": "Satisfied; wants a quote for a second line.", "zh": "客户满意，希望报价第二条专线。"}


def open_desk(desk: Desk) -> None:
	desk.open("/app/callback-desk", ".desk-row:visible")
	desk.page.wait_for_load_state("networkidle")


def headings(desk: Desk) -> list[str]:
	return desk.page.locator(".desk-heading span:first-child").all_inner_texts()


def test_an_account_manager_s_morning(desk_as: As, language: str, branch: dict[str, str]) -> None:
	with desk_as("east") as desk:
		open_desk(desk)
		assert {TITLES[language]["overdue"], TITLES[language]["today"]} <= set(headings(desk))
		first = desk.page.locator(".desk-row").first
		assert branch["first"] in first.inner_text()
		assert first.locator(".desk-tel").get_attribute("href") == "tel:13800000000"
		assert desk.overflow() <= 0
		desk.screenshot("desk-morning")


def test_keys_move_and_open_the_dialogs(desk_as: As) -> None:
	with desk_as("east") as desk:
		open_desk(desk)
		rows = desk.page.locator(".desk-row")
		names = rows.evaluate_all("all => all.map(each => each.dataset.name)")
		selected = lambda: desk.page.locator(".desk-row.is-selected").get_attribute("data-name")  # noqa: E731
		assert selected() == names[0]
		desk.page.keyboard.press("j")
		assert selected() == names[1]
		desk.page.keyboard.press("k")
		assert selected() == names[0]
		desk.page.keyboard.press("j")
		for name in names[:2]:
			desk.page.evaluate("name => frappe.pages['callback-desk'].desk.refresh_row(name)", name)
		assert selected() == names[1]
		desk.page.keyboard.press("r")
		desk.page.locator(".modal.show").wait_for(state="visible")


def test_the_backup_covers_who_is_away(
	desk_as: As, language: str, branch: dict[str, str], bench: PrivateBench
) -> None:
	absence = f"'away-{language}', '{branch['east']}', CURDATE() - INTERVAL 1 DAY, CURDATE() + INTERVAL 1 DAY"
	bench.sql(SITE, f"REPLACE INTO `tabOwner Absence` (name, person, from_date, to_date) VALUES ({absence})")
	try:
		with desk_as("backup") as desk:
			open_desk(desk)
			assert TITLES[language]["covering"] in headings(desk)
			desk.screenshot("desk-covering")
			card = (
				desk.page.locator("[data-section=covering] .desk-row")
				.first.locator(".desk-buttons button")
				.last
			)
			card.click()
			desk.page.locator(".modal.show .modal-body ul").first.wait_for(state="visible")
			desk.page.wait_for_timeout(400)
			desk.screenshot("desk-hand-over-card")
			assert desk.overflow() <= 0
	finally:
		bench.sql(SITE, f"DELETE FROM `tabOwner Absence` WHERE name = 'away-{language}'")


def test_a_name_with_markup_stays_inert(desk_as: As) -> None:
	"""Before a question about a customer, the manager's screen shows its name as a title."""
	with desk_as("manager") as desk:
		desk.open("/app/callback-desk", ".callback-desk:visible")
		desk.page.wait_for_load_state("networkidle")
		desk.page.evaluate(
			"cur_page.page.desk.ask_for_manager("
			"{ name: 'x', customer_name: '<img src=x onerror=\"window.was_run = 1\">' })"
		)
		title = desk.page.locator(".modal.show .modal-title")
		title.wait_for(state="visible")
		assert "<img" in title.inner_text()
		assert desk.page.evaluate("window.was_run === undefined")


def test_the_manager_sees_the_team(desk_as: As, language: str) -> None:
	with desk_as("manager") as desk:
		desk.open("/app/callback-desk", ".callback-desk:visible")
		desk.page.wait_for_load_state("networkidle")
		desk.page.evaluate("cur_page.page.desk.open('team')")
		desk.page.locator(".desk-loads tbody tr").first.wait_for(state="visible")
		assert TITLES[language]["nobody"] in " ".join(headings(desk))
		assert desk.overflow() <= 0
		desk.screenshot("desk-manager")


def log_the_selected_call(desk: Desk, language: str) -> None:
	desk.page.keyboard.press("d")
	dialog = desk.page.locator(".modal.show")
	dialog.locator("[data-fieldname=summary] textarea").wait_for(state="visible")
	dialog.locator("[data-fieldname=spoken_to] input").fill("owner")
	dialog.locator("[data-fieldname=summary] textarea").fill(SAID[language])
	if not dialog.locator("[data-fieldname=next_date] input").input_value():
		dialog.locator("[data-fieldname=no_next_reason] input").fill(SAID[language])
	desk.page.keyboard.press("Control+Enter")


def test_a_call_is_logged_from_the_keyboard(desk_as: As, language: str, branch: dict[str, str]) -> None:
	"""Among the last, for it takes the call away."""
	with desk_as("east") as desk:
		open_desk(desk)
		rows = desk.page.locator(".desk-row")
		count, name = rows.count(), rows.first.get_attribute("data-name")
		begun = time.monotonic()
		log_the_selected_call(desk, language)
		desk.page.wait_for_function(f"!document.querySelector('.desk-row[data-name=\"{name}\"]')")
		print(f"logged in {time.monotonic() - begun:.1f} s")
		assert rows.count() == count - 1
		assert desk.page.locator(".desk-row.is-selected").count() == 1


def test_after_the_last_call_the_desk_says_what_comes(
	desk_as: As, language: str, branch: dict[str, str], bench: PrivateBench
) -> None:
	planned = (
		"UPDATE `tabCustomer Callback` SET responsible = {} WHERE status = 'Planned' AND responsible = {}"
	)
	with desk_as("east") as desk:
		open_desk(desk)
		last = desk.page.locator(".desk-row").first.get_attribute("data-name")
		mine, away = f"'{branch['east']}'", "'put away'"
		bench.sql(SITE, f"{planned.format(away, mine)} AND name != '{last}'")
		night = "(name, job, site_date, status) VALUES ('a night', 'Night', '2026-01-01', 'Done')"
		bench.sql(SITE, f"INSERT INTO `tabRetention Run` {night}")
		try:
			open_desk(desk)
			assert desk.page.locator(".desk-row").count() == 1
			log_the_selected_call(desk, language)
			said = desk.page.locator(".desk-empty")
			said.wait_for(state="visible")
			assert COMES[language] in said.inner_text()
			desk.page.wait_for_timeout(500)
			desk.screenshot("desk-done")
		finally:
			bench.sql(SITE, planned.format(mine, away))
			bench.sql(SITE, "DELETE FROM `tabRetention Run` WHERE name = 'a night'")

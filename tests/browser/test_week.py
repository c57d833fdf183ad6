"""A week as people see it: digests, a nudge, an escalation, a message held overnight, one merged, one skipped."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect
from private_bench import PrivateBench
from support_browser import Desk, window_of
from support_week_screens import STREET, week

SAID = {
	"en": {
		"agent": ("Today: 1 overdue, 1 to call", "Today: 2 overdue, 1 to call", "at 10:30"),
		"manager": ("Callbacks of week", "Calls that nobody made: 1"),
		"late": "Overdue for more than 2 working days: 1",
		"tab": "Retention",
		"decisions": ("Sent", "Merged", "Skipped", "Held"),
	},
	"zh": {
		"agent": ("今日：1 项逾期，1 项待访", "今日：2 项逾期，1 项待访", "10:30"),
		"manager": ("周回访", "无人完成的回访：1"),
		"late": "逾期超过 2 个工作日：1",
		"tab": "挽留",
		"decisions": ("已发送", "已合并", "已跳过", "已暂缓"),
	},
}


@pytest.fixture
def made(bench: PrivateBench, url: str, language: str) -> dict[str, Any]:
	return week(bench, language)


def ring(desk: Desk, subjects: tuple[str, ...], picture: str) -> None:
	"""Open the bell and find what it tells."""
	desk.open("/app/callback-desk", ".page-head:visible")
	desk.page.wait_for_load_state("networkidle")
	desk.page.locator(".dropdown-notifications .notifications-icon").first.click()
	for subject in subjects:
		desk.page.locator(".recent-item", has_text=subject).first.wait_for(state="visible")
	desk.page.wait_for_timeout(400)
	desk.screenshot(picture)


def test_a_week_of_reminders_and_messages(
	browser: Browser, url: str, language: str, made: dict[str, Any]
) -> None:
	words = SAID[language]
	with window_of(browser, url, made["agent"], made["password"], language) as desk:
		ring(desk, words["agent"], "week-bell-account-manager")
	with window_of(browser, url, made["manager"], made["password"], language) as desk:
		ring(desk, words["manager"], "week-bell-manager")
		desk.open(f"/app/message-outbox/{made['escalation']}", ".form-layout:visible")
		text = desk.page.locator("[data-fieldname=body]:visible").first
		expect(text).to_contain_text(words["late"])
		expect(text).to_contain_text(STREET[language])
		desk.screenshot("week-escalation-mail")
		desk.open(f"/app/customer/{quote(made['customer'])}", ".form-tabs .nav-link")
		desk.page.locator(".form-tabs .nav-link", has_text=words["tab"]).first.click()
		panel = desk.page.locator("[data-fieldname=retention_touches]:visible")
		for decision in words["decisions"]:
			expect(panel).to_contain_text(decision)
		desk.page.evaluate("frappe.utils.scroll_to($('[data-fieldname=retention_touches]'), false, 160)")
		desk.page.wait_for_timeout(500)
		desk.screenshot("week-touches")
		desk.open("/app/cs-retention-settings", ".form-layout:visible")
		desk.page.wait_for_load_state("networkidle")
		desk.press("Try the Reminders")
		trial = desk.page.locator(".modal.show .reminder-trial")
		trial.locator("details").first.wait_for()
		trial.locator("summary", has_text=made["agent_name"]).first.click()
		desk.page.wait_for_timeout(500)
		assert desk.overflow() <= 0
		desk.screenshot("week-reminders-tried")

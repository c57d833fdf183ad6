"""The workspace as a manager and an account manager see it, wide and on a phone: counts, cards that open lists, charts."""

from __future__ import annotations

import re

from bench_fixtures import SITE
from private_bench import PrivateBench
from support_browser import As, Desk

LANDED = {"en": ("Overdue Callbacks", "Callbacks Due"), "zh": ("逾期回访", "到期回访")}


def open_workspace(desk: Desk) -> None:
	desk.open("/app/customer-retention", ".number-widget-box .number:visible")
	desk.page.wait_for_load_state("networkidle")
	desk.page.wait_for_timeout(1500)
	assert desk.overflow() <= 0


def follow_the_last_step(desk: Desk) -> None:
	"""Open the first callback list from the onboarding, which Frappe shows on no telephone."""
	steps = desk.page.locator(".onboarding-step")
	assert steps.count() in ((0,) if desk.page.viewport_size["width"] < 500 else (7,))
	if steps.count():
		steps.last.scroll_into_view_if_needed()
		steps.last.click()
		desk.page.locator(".onboarding-step-footer .btn").click()
		desk.page.wait_for_url("**/app/callback-desk")


OVERDUE = """UPDATE `tabCustomer Callback` SET status = 'Planned', due_date = CURDATE() - INTERVAL 2 DAY
	WHERE responsible = '{0}' ORDER BY due_date DESC LIMIT 1"""


def test_a_manager_and_an_account_manager_at_their_workspace(
	desk_as: As, language: str, bench: PrivateBench, branch: dict[str, str]
) -> None:
	card, shortcut = LANDED[language]
	bench.sql(SITE, OVERDUE.format(branch["east"]))
	with desk_as("manager") as desk:
		open_workspace(desk)
		desk.screenshot("workspace-manager")
		count = desk.page.locator(".shortcut-widget-box", has_text=shortcut).locator(".indicator-pill")
		assert int("".join(filter(str.isdigit, count.inner_text()))) > 0
		desk.page.locator(".links-widget-box").first.scroll_into_view_if_needed()
		desk.page.wait_for_timeout(500)
		desk.screenshot("workspace-links")
		desk.page.locator(".dashboard-widget-box").first.scroll_into_view_if_needed()
		desk.page.wait_for_timeout(500)
		desk.screenshot("workspace-charts")
		follow_the_last_step(desk)
	with desk_as("east") as desk:
		open_workspace(desk)
		assert desk.page.locator(".onboarding-step").count() == 0
		desk.screenshot("workspace-account-manager")
		found = desk.page.locator(".number-widget-box", has_text=card)
		overdue = int(found.locator(".number").inner_text())
		assert overdue > 0
		found.locator(".widget-body").click()
		desk.page.wait_for_url(re.compile("/app/customer-callback"))
		listed = "count => cur_list?.doctype === 'Customer Callback' && cur_list.data.length === count"
		desk.page.wait_for_function(listed, arg=overdue)

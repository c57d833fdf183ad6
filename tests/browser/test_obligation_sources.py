"""The table of sources on the settings, and its try-out: what each source adds, by person, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from private_bench import PrivateBench
from support_source_screens import PEOPLE, busy_branch

from cs_retention.engine.vocabulary import ObligationSource

SOURCES = len(ObligationSource)


@pytest.fixture(scope="session")
def busy(bench: PrivateBench, url: str, language: str) -> str:
	"""A branch with documents of the past days; the language it is in."""
	busy_branch(bench, language)
	return language


def test_the_settings_try_what_each_source_adds(desk, busy) -> None:
	desk.open("/app/cs-retention-settings", "[data-fieldname=obligation_sources] .grid-row")
	rows = desk.page.locator("[data-fieldname=obligation_sources] .grid-body .grid-row")
	expect(rows).to_have_count(SOURCES)
	desk.page.evaluate("frappe.utils.scroll_to($('[data-fieldname=obligations_section]'), false, 120)")
	desk.page.wait_for_timeout(500)
	assert desk.overflow() <= 0
	desk.screenshot("obligation-sources")
	desk.press("Try the Sources")
	table = desk.page.locator(".modal.show .source-trial")
	table.wait_for()
	for word in ("Complaint Verification", "Sampled Visit", "Birthday"):
		expect(table).to_contain_text(desk.page.evaluate("word => __(word)", word))
	for name in PEOPLE[busy]:
		expect(table).to_contain_text(name)
	would = desk.page.evaluate("__('would add {0} calls a week').split('{0}')[0]")
	expect(table).to_contain_text(would)
	assert desk.overflow() <= 0
	desk.page.wait_for_timeout(500)
	desk.screenshot("obligation-sources-tried")

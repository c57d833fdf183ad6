"""The settings offer to load demo data, in both languages and on a narrow window."""

from __future__ import annotations


def test_the_settings_offer_to_load_demo_data(desk) -> None:
	desk.open("/app/cs-retention-settings", "[data-fieldname=capacity]")
	words = desk.page.evaluate("__('Load Demo Data')")
	desk.page.locator(".page-actions button, .page-actions .dropdown-item", has_text=words).first.wait_for(
		state="attached"
	)
	assert desk.overflow() <= 0
	desk.screenshot("settings-demo-data")

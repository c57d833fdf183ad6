"""The desk of a site with the app opens, and so does the list of each of its records, in both languages."""

from __future__ import annotations

import csv

import pytest
from app_files import APP, doctypes


def listed_doctypes() -> list[str]:
	"""Return the DocTypes that have a list of their own."""
	return [name for name, doc in doctypes().items() if not doc.get("istable") and not doc.get("issingle")]


def in_language(text: str, language: str) -> str:
	"""Return the text as the app's own translations give it."""
	file = APP / "translations" / f"{language}.csv"
	if language == "en":
		return text
	with file.open(encoding="utf-8", newline="") as rows:
		return {row[0]: row[1] for row in csv.reader(rows) if len(row) > 1}[text]


def test_the_desk_opens_with_the_app_installed(desk) -> None:
	desk.open("/app", ".shortcut-widget-box:visible, .links-widget-box:visible")
	assert "/app/setup-wizard" not in desk.page.url
	desk.screenshot("desk")


@pytest.mark.parametrize("doctype", listed_doctypes())
def test_the_list_of_every_record_opens_under_its_translated_name(desk, language: str, doctype: str) -> None:
	slug = doctype.lower().replace(" ", "-")
	desk.open(f"/app/{slug}", ".no-result:visible, .list-row-container .list-row")
	assert desk.page.locator(".page-head .title-text:visible").first.inner_text() == in_language(
		doctype, language
	)
	assert desk.overflow() <= 0
	desk.screenshot(slug)


def test_a_customer_shows_the_retention_tab(desk, language: str) -> None:
	desk.open("/app/customer/new", ".form-tabs .nav-link")
	tab = desk.page.locator(".form-tabs .nav-link", has_text=in_language("Retention", language)).first
	tab.click()
	check = desk.page.locator(".frappe-control[data-fieldname=retention_key_account]:visible")
	check.wait_for(timeout=20_000)
	assert in_language("Key Account", language) in check.inner_text()
	desk.screenshot("customer-retention")


def test_absences_show_in_a_calendar(desk, language: str) -> None:
	desk.open("/app/owner-absence/view/calendar/default", ".fc-view-container .fc-day:visible")
	assert desk.overflow() <= 0

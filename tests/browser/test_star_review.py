"""A review of ten thousand customers is tried, submitted, read in the report and cancelled on the screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

REPORT = "/app/query-report/Star%20Level%20Distribution%20and%20Migration"
PATIENCE = 300_000
"""Milliseconds: another tier is at work beside this one, on two cores."""
PRIMARY = ".page-actions .primary-action:visible"


pytestmark = pytest.mark.usefixtures("at_work")


def wait_for(desk, status: str) -> None:
	"""Wait until the form has heard that a step has ended."""
	desk.page.wait_for_function(f"['{status}', 'Failed'].includes(cur_frm.doc.status)", timeout=PATIENCE)
	assert desk.page.evaluate("[cur_frm.doc.status, cur_frm.doc.error || null]") == [status, None]
	expect(desk.page.locator(".progress-bar:visible")).to_have_count(0)


def confirm(desk) -> None:
	desk.agree()


def test_a_review_is_tried_submitted_read_and_cancelled(desk, book) -> None:
	desk.open("/app/star-review/new", ".frappe-control[data-fieldname=kind]:visible")
	desk.page.evaluate("cur_frm.set_value({as_of: '2026-11-15', kind: 'Initial'})")
	desk.page.wait_for_function("cur_frm.doc.policy && cur_frm.doc.kind === 'Initial'")
	desk.page.evaluate("cur_frm.save()")
	desk.page.wait_for_function("!cur_frm.is_new() && !cur_frm.is_dirty()")
	name = desk.page.evaluate("cur_frm.doc.name")
	desk.page.locator(PRIMARY).click()
	desk.page.wait_for_function("cur_frm.doc.status === 'Computing'")
	desk.screenshot("star-review-computing")
	wait_for(desk, "Computed")
	desk.page.locator("[data-group=first_rated]").click()
	expect(desk.page.locator(".review-moves-body tbody tr")).to_have_count(20)
	desk.page.locator("[data-group=near_next_level]").click()
	desk.page.locator(".review-moves-body th").nth(5).wait_for()
	assert desk.overflow() <= 0
	desk.page.evaluate("frappe.utils.scroll_to($('.review-moves-body'), false, 160)")
	desk.page.wait_for_timeout(500)
	desk.screenshot("star-review-moves")
	desk.page.evaluate("window.scrollTo(0, 0)")
	desk.page.locator(PRIMARY).click()
	confirm(desk)
	wait_for(desk, "Submitted")
	desk.screenshot("star-review-submitted")
	read_report(desk)
	try_policy(desk)
	desk.open(f"/app/star-review/{name}", ".review-moves-body tbody tr")
	desk.page.locator(PRIMARY).click()
	confirm(desk)
	wait_for(desk, "Cancelled")
	desk.screenshot("star-review-cancelled")


def try_policy(desk) -> None:
	"""Make a stricter version of the policy, try it, activate it and find it read-only."""
	desk.open("/app/star-policy/Standard%20v1", "[data-fieldname=bands] .grid-row")
	assert desk.page.evaluate("cur_frm.save_disabled")
	desk.press("New Version")
	desk.page.wait_for_function("cur_frm.doc.copied_from === 'Standard v1' && !cur_frm.save_disabled")
	desk.page.evaluate("cur_frm.doc.bands.forEach(row => row.lower_bound && (row.lower_bound += 8))")
	desk.page.evaluate("cur_frm.dirty(); cur_frm.save()")
	desk.page.wait_for_function("!cur_frm.is_dirty()")
	desk.press("Try")
	desk.page.wait_for_function("cur_frm.doc.status === 'Tried' || cur_frm.doc.trial_error", timeout=120_000)
	assert desk.page.evaluate("cur_frm.doc.trial_error || null") is None
	desk.page.locator("[data-fieldname=trial_tables] tbody tr").nth(7).wait_for()
	assert desk.overflow() <= 0
	desk.screenshot("star-policy-tried")
	desk.press("Activate")
	confirm(desk)
	desk.page.wait_for_function("cur_frm.doc.status === 'Active' && cur_frm.save_disabled")
	desk.screenshot("star-policy-active")


def read_report(desk) -> None:
	"""Open the migration of levels and the customers of one of its cells."""
	desk.open(f"{REPORT}?company=East&from_date=2026-11-01&to_date=2026-11-15", ".star-level-cell")
	desk.page.locator(".chart-container svg .bar").first.wait_for(state="attached")
	desk.page.wait_for_timeout(1500)
	desk.screenshot("star-migration")
	cell = desk.page.locator(".star-level-cell").first
	count = int(cell.inner_text().replace(",", ""))
	cell.click()
	desk.page.locator("[data-fieldname=level_at_end] option:checked:not([value=''])").first.wait_for(
		state="attached"
	)
	desk.page.wait_for_function(
		f"frappe.query_report.data.length === {count} && !frappe.query_report.data[0].start"
	)
	desk.screenshot("star-migration-customers")

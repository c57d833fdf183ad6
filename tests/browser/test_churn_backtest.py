"""A back-test is run on the screen; a policy of other weights is compared by its back-test and put in force."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.usefixtures("at_work")


def test_a_backtest_is_run_and_read(desk, book) -> None:
	desk.open("/app/churn-backtest/new", ".frappe-control[data-fieldname=until]:visible")
	desk.page.evaluate("cur_frm.set_value({until: '2026-11-15'})")
	desk.page.evaluate("cur_frm.save()")
	desk.page.wait_for_function("!cur_frm.is_new() && !cur_frm.is_dirty()")
	expect(desk.page.locator(".form-message:visible")).to_have_count(1)
	desk.page.locator(".page-actions .primary-action:visible").click()
	desk.page.wait_for_function("['Computed', 'Failed'].includes(cur_frm.doc.status)", timeout=180_000)
	assert desk.page.evaluate("[cur_frm.doc.status, cur_frm.doc.error || null]") == ["Computed", None]
	desk.page.locator(".backtest-card table").first.wait_for()
	assert desk.page.locator(".backtest-band:visible .progress-bar").count() > 3
	expect(desk.page.locator("details")).to_have_count(4)
	assert desk.overflow() <= 0
	desk.screenshot("churn-backtest")
	desk.page.evaluate(
		"$('details').first().attr('open', true); frappe.utils.scroll_to($('details').first(), false, 120)"
	)
	desk.page.wait_for_timeout(400)
	desk.screenshot("churn-backtest-rules")


MOVED = {"en-1280": 3, "en-390": 4, "zh-1280": 5, "zh-390": 6}
"""Points of weight that each window moves: every policy is another than the one that the last window put in force."""
OTHER_WEIGHTS = """
	const steps = (scale) => cur_frm.doc.steps.filter((row) => row.scale === scale);
	steps("Recency")[0].points -= moved;
	steps("Repeats").at(-1).points += moved;
	cur_frm.dirty();
	cur_frm.save();
"""


def test_other_weights_are_compared_by_their_back_test_and_put_in_force(desk, book) -> None:
	desk.open("/app/churn-policy/Standard%20v1", "[data-fieldname=steps] .grid-row")
	desk.press("New Version")
	desk.page.wait_for_function("cur_frm.doc.copied_from === 'Standard v1' && cur_frm.doc.status === 'Draft'")
	desk.page.evaluate(f"(moved) => {{ {OTHER_WEIGHTS} }}", MOVED[desk.name])
	desk.page.wait_for_function("!cur_frm.is_dirty()")
	desk.press("Try")
	desk.page.wait_for_function("cur_frm.doc.status === 'Tried' || cur_frm.doc.trial_error", timeout=180_000)
	assert desk.page.evaluate("cur_frm.doc.trial_error || null") is None
	expect(desk.page.locator(".churn-comparison tbody tr")).to_have_count(8)
	desk.page.wait_for_timeout(400)
	assert desk.overflow() <= 0
	desk.screenshot("churn-policy-tried")
	desk.page.evaluate("frappe.utils.scroll_to($('[data-fieldname=trial_tables]'), false, 120)")
	desk.page.wait_for_timeout(500)
	desk.screenshot("churn-policy-compared")
	desk.press("Activate")
	desk.page.locator(
		".modal.show .btn-modal-primary:visible, .modal.show .btn-primary:visible"
	).first.click()
	desk.page.wait_for_function("cur_frm.doc.status === 'Active' && cur_frm.save_disabled")

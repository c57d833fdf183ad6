"""A back-test is run on the screen, and the customer's form says what became of customers like this one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from support_browser import Workers


@pytest.fixture(autouse=True)
def at_work(workers: Workers) -> Iterator[None]:
	"""A worker for the job of a back-test."""
	workers.start()
	yield
	workers.kill()


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

"""Early warning on the screen: the Customer form, the list's bulk actions, other systems' warnings, what signals were worth."""

from __future__ import annotations

import time
from urllib.parse import quote

import pytest
from bench_fixtures import SITE
from playwright.sync_api import expect
from private_bench import CHECKOUT, PrivateBench
from support_call_screens import calls_of
from support_signals import ASIDE, CUSTOMER

MAKE = """
import sys
sys.path.insert(0, sys.argv[2])
import frappe
frappe.init(site=sys.argv[1]); frappe.connect()
from support_signals import make_warned_customer
make_warned_customer(frappe)
frappe.db.commit()
"""
WARN = """
import sys
sys.path.insert(0, sys.argv[2])
import frappe
frappe.init(site=sys.argv[1]); frappe.connect()
from support_signals import make_warnings
make_warnings(frappe, sys.argv[3])
frappe.db.commit()
"""
SAID = {"en": "bill down 33", "zh": "账单下降"}
RETENTION = {"en": "Retention", "zh": "挽留"}
SILENCE = {"en": "Silence", "zh": "静默"}
MAKE_CALLBACKS = {"en": "Make Callbacks", "zh": "安排回访"}
LOOK_AGAIN = {"en": "Look for the Customers Again", "zh": "重新查找客户"}
LOG_CALL = {"en": "Log Call", "zh": "登记回访"}
LISTED = f"/app/churn-signal?status=Open&customer={quote(CUSTOMER)}"


@pytest.fixture(autouse=True)
def warned(bench: PrivateBench, url: str) -> None:
	"""The customer as it stands before every test."""
	bench.play(MAKE, SITE, str(CHECKOUT / "tests/support"))


def test_the_form_draws_gauge_trend_and_signals(desk, language: str) -> None:
	desk.open(f"/app/customer/{quote(CUSTOMER)}", ".retention-headline:visible")
	desk.page.locator(".form-tabs .nav-link", has_text=RETENTION[language]).first.click()
	panel = desk.page.locator(".retention-health:visible")
	panel.locator(".health-gauge").wait_for()
	assert panel.locator(".health-part").count() == 6
	assert panel.locator(".health-trend .health-mark").count() == 4
	assert panel.locator(".health-signals .indicator-pill").count() == 3
	assert SAID[language] in panel.inner_text()
	assert desk.overflow() <= 0
	desk.page.evaluate("frappe.utils.scroll_to($('.retention-health'), false, 160)")
	desk.page.wait_for_timeout(500)
	desk.screenshot("customer-health")


def choose_action(desk, label: str) -> None:
	"""Mark every row of the list and choose an action; on a phone the menu of actions stands behind another one."""
	desk.page.evaluate("$('.list-row-checkbox').prop('checked', true); cur_list.on_row_checked()")
	chosen = desk.page.evaluate(
		"(text) => $('.actions-btn-group .dropdown-item').filter((_, item) => $(item).text().trim() === text)"
		".click().length",
		label,
	)
	assert chosen


def test_callbacks_are_made_for_many_signals(desk, language: str) -> None:
	desk.open(LISTED, ".list-row-container .indicator-pill:visible")
	# A list that was drawn within the last three seconds is not read anew.
	desk.page.wait_for_timeout(3200)
	choose_action(desk, MAKE_CALLBACKS[language])
	desk.page.locator(".desk-alert").first.wait_for()
	expect(desk.page.locator(".list-row-container .indicator-pill.blue:visible")).to_have_count(3)
	desk.page.wait_for_timeout(400)
	desk.screenshot("churn-signals-called")
	assert desk.overflow() <= 0
	rows = desk.page.evaluate(
		"(customer) => frappe.db.get_list('Churn Signal', {filters: {customer, status: 'Open'}, fields: ['callback', 'acted_on']})",
		CUSTOMER,
	)
	assert len({row["callback"] for row in rows}) == 1 and all(row["acted_on"] for row in rows)


def test_many_signals_are_silenced_from_the_list(desk, language: str) -> None:
	desk.open(LISTED, ".list-row-container .indicator-pill:visible")
	expect(desk.page.locator(".list-row-container:visible")).to_have_count(3)
	desk.screenshot("churn-signals")
	choose_action(desk, SILENCE[language])
	dialog = desk.page.locator(".modal-dialog:visible")
	dialog.locator("textarea").fill("new price list")
	desk.page.wait_for_timeout(300)
	desk.screenshot("churn-signals-silenced")
	dialog.locator(".btn-primary:visible").click()
	dialog.wait_for(state="hidden")
	query = {"doctype": "Churn Signal", "filters": {"customer": CUSTOMER, "status": "Snoozed"}}
	desk.page.wait_for_function(
		"(query) => frappe.db.count(query.doctype, {filters: query.filters}).then((count) => count === 3)",
		arg=query,
	)
	assert desk.overflow() <= 0


def test_a_signal_says_why_and_is_closed_with_a_word(desk, language: str) -> None:
	desk.open(LISTED, ".list-row-container .indicator-pill:visible")
	name = desk.page.evaluate(
		"(customer) => frappe.db.get_value('Churn Signal', {customer, rule: 'Bill Trend', status: 'Open'}, 'name')"
		".then(({ message }) => message.name)",
		CUSTOMER,
	)
	desk.open(f"/app/churn-signal/{name}", "[data-fieldname=why] .bold:visible")
	assert SAID[language] in desk.page.locator("[data-fieldname=why]:visible").first.inner_text()
	expect(desk.page.locator(".signal-evidence tbody tr")).to_have_count(6)
	desk.screenshot("churn-signal")
	desk.page.evaluate("cur_frm.call({method: 'close', doc: cur_frm.doc, args: {closed_as: 'True Warning'}})")
	desk.page.wait_for_function("cur_frm.doc.status === 'Closed'")
	assert desk.overflow() <= 0


def test_what_signals_were_worth_opens_its_rows(desk) -> None:
	desk.open("/app/query-report/Warning%20Quality", ".dt-row .signal-figure")
	desk.page.wait_for_timeout(1500)
	desk.screenshot("warning-quality")
	assert desk.overflow() <= 0
	desk.page.locator(".dt-row .signal-figure").first.click()
	desk.page.wait_for_function("frappe.query_report.get_filter_value('figure')")
	desk.page.locator(".dt-row a[href*='churn-signal']").first.wait_for()


def test_a_dashboard_shows_value_at_risk(desk) -> None:
	desk.open("/app/dashboard-view/Early%20Warning", ".number-widget-box .widget-content:visible")
	desk.page.locator(".dashboard-widget-box svg, .dashboard-widget-box .chart-container").first.wait_for()
	desk.page.wait_for_timeout(1500)
	desk.screenshot("early-warning")
	assert desk.overflow() <= 0


def test_the_policy_in_force_is_read_and_copied(desk) -> None:
	desk.open("/app/churn-policy", ".page-title:visible")
	name = desk.page.evaluate(
		"frappe.db.get_value('Churn Policy', {status: 'Active'}, 'name').then(({ message }) => message.name)"
	)
	desk.open(f"/app/churn-policy/{quote(name)}", ".frappe-control[data-fieldname=healthy]:visible")
	desk.screenshot("churn-policy")
	assert desk.page.evaluate("cur_frm.doc.rules.length") == 10
	assert desk.overflow() <= 0


def test_warnings_kept_aside_are_seen_mended_and_taken(desk, language: str, bench: PrivateBench) -> None:
	batch = f"{desk.name} {time.time_ns() % 10**6}"
	bench.play(WARN, SITE, str(CHECKOUT / "tests/support"), batch)
	listed = f"/app/external-warning?batch={quote(batch)}"
	desk.open(listed, ".list-row-container .indicator-pill.orange:visible")
	expect(desk.page.locator(".list-row-container .indicator-pill.orange:visible")).to_have_count(len(ASIDE))
	desk.screenshot("external-warnings")
	assert desk.overflow() <= 0
	choose_action(desk, LOOK_AGAIN[language])
	desk.page.locator(".desk-alert").first.wait_for()
	name = desk.page.evaluate(f"cur_list.data.find((row) => row.customer_given === '{ASIDE[0]}').name")
	desk.open(f"/app/external-warning/{name}", ".form-message:visible")
	desk.page.wait_for_load_state("networkidle")
	desk.screenshot("external-warning-aside")
	assert desk.overflow() <= 0
	desk.page.evaluate("(customer) => cur_frm.set_value('customer_given', customer)", CUSTOMER)
	desk.page.evaluate("cur_frm.save()")
	desk.page.wait_for_function("cur_frm.doc.status === 'Taken' && cur_frm.doc.signal")
	desk.page.wait_for_timeout(600)
	desk.screenshot("external-warning-taken")
	assert desk.page.evaluate("cur_frm.doc.customer") == CUSTOMER


def test_a_warning_heard_in_a_call_becomes_a_signal(desk, language: str, bench: PrivateBench) -> None:
	bench.play(WARN, SITE, str(CHECKOUT / "tests/support"), f"heard {time.time_ns()}")
	name = f"Harbour Bakery {desk.name} {time.time_ns() % 10**6}"
	(call,) = calls_of(bench, name)
	desk.open(f"/app/customer-callback/{call}", ".form-message:visible, .form-intro:visible")
	desk.page.wait_for_load_state("networkidle")
	desk.page.evaluate(
		"label => { const all = $(cur_frm.page.wrapper).find('button, .dropdown-item, .menu-item-label');"
		"all.filter((_i, each) => $(each).text().trim() === label)[0].click(); }",
		LOG_CALL[language],
	)
	desk.page.wait_for_function("window.cur_dialog && cur_dialog.display")
	desk.page.wait_for_timeout(600)
	desk.page.locator(".modal.show .section-head:visible").last.click()
	entered = {"summary": "Northern Line offers half a year free", "heard": "Competitor Named"}
	desk.page.evaluate("(values) => cur_dialog.set_values(values)", entered)
	desk.page.locator(".modal.show .frappe-control[data-fieldname=competitor]:visible").wait_for()
	desk.page.evaluate("cur_dialog.set_value('competitor', 'Northern Line')")
	desk.page.locator(".modal.show .frappe-control[data-fieldname=heard]").scroll_into_view_if_needed()
	desk.page.wait_for_timeout(400)
	desk.screenshot("callback-log-heard")
	assert desk.overflow() <= 0
	desk.page.keyboard.press("Control+Enter")
	desk.page.locator(".modal.show").wait_for(state="hidden")
	rows = desk.page.evaluate(
		"(customer) => frappe.db.get_list('Churn Signal', {filters: {customer}, fields: ['rule', 'competitor', 'status']})",
		name,
	)
	assert rows == [{"rule": "Competitor Named", "competitor": "Northern Line", "status": "Open"}]

"""The contact policy on the screen: tried, a customer with its touches, a message with its outcome, the report."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from bench_fixtures import SITE
from private_bench import CHECKOUT, PrivateBench

CUSTOMER = "Harbour Machine Works"
MAKE = """
import sys
sys.path.insert(0, sys.argv[2])
import frappe
frappe.init(site=sys.argv[1]); frappe.connect()
from make_messages import make_book, make_messages
make_messages(frappe, sys.argv[3])
make_book(frappe)
"""
NEW_VERSION = """
import sys
import frappe
frappe.init(site=sys.argv[1]); frappe.connect()
print(frappe.get_doc("Contact Policy", "Standard v1").new_version())
frappe.db.commit()
"""
TAB = {"en": "Retention", "zh": "挽留"}
DECISIONS = {"en": ("Held", "Sent", "Merged", "Skipped"), "zh": ("已暂缓", "已发送", "已合并", "已跳过")}
SEND = {"en": "Send a Message", "zh": "发送消息"}


@pytest.fixture(scope="session")
def customer(bench: PrivateBench, url: str) -> str:
	"""Name of a customer with automatic touches of every kind, made once."""
	bench.play(MAKE, SITE, str(CHECKOUT / "tests/support"), CUSTOMER)
	return CUSTOMER


def test_the_form_shows_the_last_touches_with_the_decision_and_why(
	desk, language: str, customer: str
) -> None:
	desk.open(f"/app/customer/{quote(customer)}", ".form-tabs .nav-link")
	desk.page.locator(".form-tabs .nav-link", has_text=TAB[language]).first.click()
	panel = desk.page.locator("[data-fieldname=retention_touches]:visible")
	panel.locator(".retention-touch").first.wait_for()
	pills = panel.locator(".indicator-pill").all_inner_texts()
	assert sorted(text.split(" ")[0] for text in pills) == sorted(DECISIONS[language])
	assert "harbour@shop.example" not in panel.inner_text()
	assert "by telephone" in panel.inner_text()
	assert desk.overflow() <= 0
	desk.page.evaluate("frappe.utils.scroll_to($('[data-fieldname=retention_touches]'), false, 160)")
	desk.page.wait_for_timeout(500)
	desk.screenshot("customer-touches")


def test_a_message_shows_its_outcome_before_it_is_sent(
	desk, language: str, bench: PrivateBench, customer: str
) -> None:
	desk.open(f"/app/customer/{quote(customer)}", ".form-tabs .nav-link")
	desk.page.wait_for_load_state("networkidle")
	desk.page.wait_for_function(
		"text => cur_frm.page.inner_toolbar.find('.dropdown-item').filter((_i, e) => $(e).text().trim() === text).length",
		arg=SEND[language],
	)
	desk.page.evaluate(
		"text => cur_frm.page.inner_toolbar.find('.dropdown-item').filter((_i, e) => $(e).text().trim() === text)[0].click()",
		SEND[language],
	)
	dialog = desk.page.locator(".modal.show")
	desk.page.wait_for_function("window.cur_dialog && cur_dialog.fields_dict.outcome")
	values = {
		"message_class": "Care",
		"channel": "Email",
		"subject": "Winter",
		"text": "The winter check begins.",
	}
	desk.page.evaluate(f"cur_dialog.set_values({json.dumps(values)})")
	desk.page.wait_for_timeout(700)
	dialog.locator(".btn-modal-primary:visible").click()
	dialog.locator("[data-fieldname=outcome] table").wait_for()
	desk.page.wait_for_timeout(400)
	desk.screenshot("send-a-message")
	assert DECISIONS[language][0] in dialog.inner_text()
	count = "SELECT COUNT(*) FROM `tabCustomer Touch` WHERE source = 'Send a Message' AND summary = 'Winter'"
	((before,),) = bench.sql(SITE, count)
	dialog.locator(".btn-modal-primary:visible").click()
	dialog.wait_for(state="hidden")
	assert bench.sql(SITE, count) == [(before + 1,)]
	bench.sql(SITE, "DELETE FROM `tabCustomer Touch` WHERE summary = 'Winter'")


@pytest.mark.usefixtures("at_work")
def test_a_policy_is_tried_on_the_book(desk, bench: PrivateBench, customer: str) -> None:
	name = bench.play(NEW_VERSION, SITE).strip().split("\n")[-1]
	desk.open(f"/app/contact-policy/{quote(name)}", ".form-message, .form-dashboard")
	desk.page.wait_for_load_state("networkidle")
	desk.press("Try")
	desk.agree()
	figures = desk.page.locator(".trial-figure")
	figures.first.wait_for(timeout=120_000)
	counts = [int(text.replace(",", "")) for text in figures.all_inner_texts()]
	assert counts[:2] == [42, 3]
	figures.nth(1).click()
	desk.page.wait_for_timeout(500)
	assert desk.overflow() <= 0
	desk.page.evaluate("window.scrollTo(0, 0)")
	desk.screenshot("contact-policy-tried")
	for child in ("Cap", "Class"):
		bench.sql(SITE, f"DELETE FROM `tabContact Policy {child}` WHERE parent = '{name}'")
	bench.sql(SITE, f"DELETE FROM `tabContact Policy` WHERE name = '{name}'")


def test_another_grouping_is_shown_at_once(desk, customer: str) -> None:
	desk.open("/app/query-report/Contact%20Pressure?group_by=Level", ".dt-row .pressure-figure")
	desk.page.wait_for_timeout(800)
	keys = "frappe.query_report.data.map(row => row.key).join()"
	for value in ("Class", "Level"):
		before = desk.page.evaluate(keys)
		desk.page.locator(".page-form [data-fieldname=group_by] select").select_option(value)
		desk.page.wait_for_function(f"before => {keys} !== before", arg=before)


def test_the_report_opens_the_rows_of_a_figure(desk, customer: str) -> None:
	desk.open("/app/query-report/Contact%20Pressure?group_by=Level", ".dt-row .pressure-figure")
	desk.page.wait_for_timeout(1500)
	desk.screenshot("report-contact-pressure")
	assert desk.overflow() <= 0
	link = desk.page.locator(".dt-row .pressure-figure[data-figure=Sent]").first
	count = int(link.inner_text().replace(",", ""))
	link.click()
	desk.page.wait_for_function(
		"count => frappe.query_report.data?.length === count && frappe.query_report.data[0].touch", arg=count
	)
	desk.page.wait_for_timeout(800)
	desk.screenshot("report-contact-pressure-rows")

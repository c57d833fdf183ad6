"""A customer with a rating: headline, the panel that says why, stars in the list, an override asked for."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from bench_fixtures import SITE
from private_bench import CHECKOUT, PrivateBench

CUSTOMER = "Harbour Street Chandler's & Sons"
APPROVER = "approver.east@branch.example"
MAKE = """
import sys
sys.path.insert(0, sys.argv[2])
import frappe
frappe.init(site=sys.argv[1]); frappe.connect()
from support_standing import make_rated_customer
make_rated_customer(frappe, sys.argv[3], sys.argv[4])
frappe.db.commit()
"""
HEADLINES = {
	"en": "★★★★☆ · key account · score 81.91 · health 62 Watch · next call Tue 24 Nov · 1 of 3 this period",
	"zh": "★★★★☆ · 重点客户 · 得分 81.91 · 健康分 62（关注） · 下次回访 11月24日 周二 · 本期 1/3 次",
}
LACKING = {
	"en": "3.09 points short of Five Star: 18,200 more in 12-month net revenue",
	"zh": "18,200",
}
MENU = {"en": ("Retention", "Override Star Level"), "zh": ("挽留", "调整星级")}


@pytest.fixture(scope="session")
def customer(bench: PrivateBench, url: str) -> str:
	"""Name of a customer that was rated, assessed and planned, made once."""
	support = str(CHECKOUT / "tests/support")
	bench.play(MAKE, SITE, support, CUSTOMER, APPROVER)
	return CUSTOMER


def open_form(desk, customer: str) -> None:
	desk.open(f"/app/customer/{quote(customer)}", ".retention-headline:visible")


def test_the_headline_and_the_panel_say_why(desk, language: str, customer: str) -> None:
	open_form(desk, customer)
	headlines = desk.page.locator(".retention-headline")
	assert headlines.all_inner_texts() == [HEADLINES[language]]
	desk.screenshot("customer-headline")
	desk.page.locator(".form-tabs .nav-link", has_text=MENU[language][0]).first.click()
	panel = desk.page.locator("[data-fieldname=retention_standing]:visible")
	panel.wait_for()
	assert panel.locator(".row:not(.retention-health .row)").count() == 7
	assert LACKING[language] in panel.inner_text()
	assert "head of the street's trade <i>since 1990</i>" in panel.inner_text()
	assert panel.locator("a:not(.retention-health a)").count() == 1
	assert desk.overflow() <= 0
	desk.page.evaluate("frappe.utils.scroll_to($('[data-fieldname=retention_standing]'), false, 160)")
	desk.page.wait_for_timeout(500)
	desk.screenshot("customer-standing")
	panel.locator("a:not(.retention-health a)").click()
	desk.page.wait_for_function(
		"customer => window.cur_list?.doctype === 'Star Rating' && "
		"cur_list.filter_area?.get().some((filter) => filter[1] === 'customer' && filter[3] === customer)",
		arg=customer,
	)


def test_a_save_leaves_one_headline_and_a_new_customer_has_none(desk, customer: str) -> None:
	open_form(desk, customer)
	desk.page.evaluate("cur_frm.reload_doc()")
	desk.page.wait_for_load_state("networkidle")
	assert desk.page.locator(".retention-headline").count() == 1
	desk.open("/app/customer/new", ".form-tabs .nav-link")
	assert desk.page.locator(".retention-headline").count() == 0


def test_the_list_shows_stars_and_filters_by_them(desk, language: str, customer: str) -> None:
	of_name = f"customer_name={quote(customer)}"
	desk.open(
		f"/app/customer?retention_star_level=Four%20Star&{of_name}", ".list-row .indicator-pill:visible"
	)
	pills = desk.page.locator(".list-row .indicator-pill:visible")
	assert pills.all_inner_texts() == [{"en": "4★ · Watch", "zh": "4★ · 关注"}[language]]
	assert desk.overflow() <= 0
	desk.screenshot("customer-list")
	desk.open(f"/app/customer?retention_star_level=Two%20Star&{of_name}", ".no-result:visible")


def test_an_override_is_asked_for_on_the_form(
	desk, language: str, bench: PrivateBench, customer: str
) -> None:
	open_form(desk, customer)
	desk.page.wait_for_load_state("networkidle")
	desk.page.evaluate(
		"text => cur_frm.page.inner_toolbar.find('.dropdown-item').filter((_i, e) => $(e).text().trim() === text)[0].click()",
		MENU[language][1],
	)
	dialog = desk.page.locator(".modal.show")
	desk.page.wait_for_function("window.cur_dialog && cur_dialog.fields_dict.until")
	values = {"level": "Five Star", "reason": "opens a branch", "approver": APPROVER, "until": "2099-12-31"}
	desk.page.evaluate(f"cur_dialog.set_values({json.dumps(values)})")
	desk.page.wait_for_timeout(700)
	desk.screenshot("customer-override")
	count = "SELECT COUNT(*) FROM `tabStar Override` WHERE docstatus = 0"
	((before,),) = bench.sql(SITE, count)
	dialog.locator(".btn-modal-primary:visible").click()
	dialog.wait_for(state="hidden")
	assert bench.sql(SITE, count) == [(before + 1,)]

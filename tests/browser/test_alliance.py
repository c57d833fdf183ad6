"""The alliance on the screen: its list, a merchant that is to go, one admitted, why a tier, how everybody stands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bench_fixtures import SITE
from playwright.sync_api import expect
from private_bench import PrivateBench
from support_alliance_screens import (
	CAMPAIGNS,
	ELIMINATED,
	MEMBERS,
	SANCTIONED,
	SHOPS,
	TO_GO,
	invite,
	make_alliance,
	take_consents,
)
from support_browser import Workers

SAID = {
	"en": {
		"admit": "Admit",
		"eliminate": "Eliminate",
		"kept_out": "No campaigns until",
		"replaces": "Could take its place: Ring Road Tyres",
		"low": "Quality 2.1 is below 2.5",
	},
	"zh": {
		"admit": "准入",
		"eliminate": "淘汰",
		"kept_out": "前不得参加活动",
		"replaces": "可替补：Ring Road Tyres",
		"low": "质量 2.1，低于 2.5",
	},
}
STAYING = len(SHOPS) - len(ELIMINATED)
INSPECTED = {
	"en": {"shop": "East Quay Cinema", "seen": "one of two did not know them"},
	"zh": {"shop": "Sunrise Pharmacy", "seen": "两名店员中一名不了解"},
}

TOLD = {
	"en": {
		"held": "held by cap",
		"used": "was honoured already",
		"benefit": "What Members of the Alliance Get",
	},
	"zh": {"held": "达到上限", "used": "只能核销一次", "benefit": "联盟会员权益"},
}


@pytest.fixture(scope="module")
def merchants(bench: PrivateBench, url: str, language: str) -> Iterator[dict[str, str]]:
	"""Names of the merchants by customer; their members agree to mails while the alliance is looked at."""
	make_alliance(bench)
	yield dict(bench.sql(SITE, "SELECT customer, name FROM `tabAlliance Merchant`"))
	take_consents(bench)


def test_the_list_shows_tiers(desk, merchants) -> None:
	desk.open("/app/alliance-merchant", ".list-row")
	expect(desk.page.locator(".list-row .indicator-pill:visible").first).to_be_visible()
	assert desk.overflow() <= 0
	desk.screenshot("alliance-merchants")


def test_a_merchant_on_probation_names_who_could_take_its_place(desk, merchants, language) -> None:
	desk.open(f"/app/alliance-merchant/{merchants[TO_GO]}", ".form-message:visible")
	expect(desk.page.locator(".form-message:visible")).to_contain_text(SAID[language]["replaces"])
	assert desk.overflow() <= 0
	desk.screenshot("alliance-merchant")
	desk.open(f"/app/alliance-merchant/{merchants[SANCTIONED]}", ".form-message:visible")
	expect(desk.page.locator(".form-message:visible")).to_contain_text(SAID[language]["kept_out"])
	desk.screenshot("alliance-sanctioned")


def test_a_candidate_is_admitted(desk, merchants, language) -> None:
	desk.open(f"/app/alliance-merchant/{merchants[desk.name]}", ".form-page:visible")
	desk.page.wait_for_function("cur_frm && cur_frm.doc.status === 'Candidate'")
	desk.page.evaluate(f"cur_frm.custom_buttons[{SAID[language]['admit']!r}].click()")
	desk.page.locator(".modal.show textarea").fill("the board agreed")
	desk.agree()
	desk.page.wait_for_function("cur_frm.doc.status === 'Admitted' && cur_frm.doc.admitted_on")


@pytest.mark.parametrize("desk", [1280], indirect=True, ids=["wide"])
def test_a_merchant_is_eliminated_and_a_replacement_named(desk, merchants, language) -> None:
	page, name = desk.page, merchants[ELIMINATED[language]]
	desk.open(f"/app/alliance-merchant/{name}", ".form-message:visible")
	page.evaluate(f"cur_frm.custom_buttons[{SAID[language]['eliminate']!r}].click()")
	page.locator(".modal.show textarea").fill("two reviews in probation; the board agreed")
	page.locator(".modal.show .btn-modal-primary").click()
	page.locator(".msgprint a", has_text="Ring Road Tyres").wait_for()
	desk.screenshot("alliance-eliminated")
	page.wait_for_function("cur_frm.doc.status === 'Eliminated' && cur_frm.doc.eliminated_on")


def test_a_review_says_why(desk, merchants, language, bench) -> None:
	query = f"SELECT name FROM `tabAlliance Review` WHERE merchant = '{merchants[TO_GO]}' AND quarter = 'Q2'"
	((review,),) = bench.sql(SITE, query)
	desk.open(f"/app/alliance-review/{review}", ".frappe-control[data-fieldname=why] li")
	expect(desk.page.locator(".frappe-control[data-fieldname=why]")).to_contain_text(SAID[language]["low"])
	desk.page.locator(".frappe-control[data-fieldname=why]").scroll_into_view_if_needed()
	assert desk.overflow() <= 0
	desk.screenshot("alliance-review")


def test_the_report_shows_how_everybody_stands(desk, merchants) -> None:
	desk.open("/app/query-report/Alliance Standing", ".dt-row .dt-cell")
	desk.page.wait_for_function(f"frappe.query_report.data && frappe.query_report.data.length >= {STAYING}")
	desk.page.locator(".report-summary .summary-item").first.wait_for()
	desk.screenshot("alliance-standing")


@pytest.mark.parametrize("desk", [390], indirect=True, ids=["narrow"])
def test_an_inspection_is_made_in_the_shop_and_counts_in_the_review(desk, merchants, language) -> None:
	page, words = desk.page, INSPECTED[language]
	desk.open("/app/alliance-inspection/new", ".inspection-question")
	page.evaluate("name => void cur_frm.set_value('merchant', name)", merchants[words["shop"]])
	page.wait_for_function("cur_frm.doc.merchant_name")
	cards = page.locator(".inspection-question")
	expect(cards).to_have_count(6)
	for number in range(6):
		cards.nth(number).locator("button").first.click()
	cards.nth(4).locator("button").nth(1).click()
	page.locator(".inspection-question textarea:visible").fill(words["seen"])
	assert desk.overflow() <= 0
	expect(page.locator("[data-fieldname=photo] .btn-attach:visible")).to_have_count(1)
	cards.nth(4).scroll_into_view_if_needed()
	desk.screenshot("alliance-inspection")
	page.evaluate("document.activeElement.blur()")
	page.evaluate("void cur_frm.save()")
	page.wait_for_function("!cur_frm.is_new() && cur_frm.doc.result === 'With Defects'")
	page.evaluate("void cur_frm.savesubmit()")
	page.locator(".modal.show .btn-modal-primary, .modal.show .btn-primary").first.click()
	page.wait_for_function("cur_frm.doc.docstatus === 1")
	inspection = page.evaluate("cur_frm.doc.name")
	desk.open("/app/alliance-review/new", ".frappe-control[data-fieldname=scores]")
	page.evaluate("name => void cur_frm.set_value('merchant', name)", merchants[words["shop"]])
	page.locator(".review-records").first.wait_for()
	expect(page.locator(".review-records", has_text=inspection).first).to_be_visible()
	rows = page.evaluate(
		"cur_frm.doc.scores.filter((row) => row.source).map((row) => [row.source, row.criterion, row.score])"
	)
	assert rows == [
		["Inspections", "Quality", 5],
		["Inspections", "Cooperation", 4],
		["Complaints", "Satisfaction", 5],
	]
	page.locator(".review-records").first.scroll_into_view_if_needed()
	desk.screenshot("alliance-review-records")


@pytest.mark.parametrize("desk", [1280], indirect=True, ids=["wide"])
def test_a_campaign_is_tried_and_sent_and_a_voucher_honoured_once(
	desk, merchants, language, bench, workers: Workers
) -> None:
	page, words = desk.page, TOLD[language]
	see_the_board(desk)
	((campaign,),) = bench.sql(
		SITE, f"SELECT name FROM `tabAlliance Campaign` WHERE title = '{CAMPAIGNS[language]}'"
	)
	desk.open(f"/app/alliance-campaign/{campaign}", ".campaign-count .h3")
	expect(page.locator(".campaign-count .h3")).to_have_text(str(len(MEMBERS)))
	desk.press("Try the Invitations")
	page.locator(".progress-chart:visible, .form-dashboard .progress:visible").first.wait_for()
	desk.screenshot("alliance-campaign-being-tried")
	workers.start()
	page.locator(".campaign-trial").wait_for(timeout=120_000)
	workers.kill()
	expect(page.locator(".frappe-control[data-fieldname=trial_summary]")).to_contain_text(words["held"])
	page.locator(".frappe-control[data-fieldname=trial_summary]").scroll_into_view_if_needed()
	desk.screenshot("alliance-campaign-tried")
	page.evaluate("cur_frm.custom_buttons[__('Invite', null, 'Alliance Campaign')].click()")
	page.locator(".modal.show .btn-modal-primary").click()
	page.wait_for_function("cur_frm.doc.status === 'Inviting'")
	invite(bench, campaign)
	page.wait_for_function("cur_frm.doc.status === 'Running'", timeout=60_000)
	code, customer = redeem_twice_at_once(desk, merchants, bench, campaign)
	desk.press("Redeem a Voucher")
	dialog = page.locator(".modal.show")
	expect(dialog.locator("[data-fieldname=code] .link-btn")).to_have_count(1)
	dialog.locator("[data-fieldname=code] input").fill(code)
	dialog.locator("[data-fieldname=merchant] select").select_option(label="East Quay Cinema")
	dialog.locator(".btn-modal-primary").click()
	refusal = page.locator(".msgprint", has_text=words["used"])
	refusal.wait_for()
	desk.screenshot("alliance-voucher-refused")
	desk.problems[:] = [problem for problem in desk.problems if "417" not in problem]
	desk.open(f"/app/alliance-campaign/{campaign}", ".campaign-result")
	page.locator(".campaign-result").scroll_into_view_if_needed()
	desk.screenshot("alliance-campaign-result")
	other = next(name for name in MEMBERS[:3] if name != customer)
	desk.open(f"/app/customer/{other}", ".page-head:visible")
	page.locator("#customer-retention_tab-tab").click()
	page.locator(".alliance-benefits .alliance-voucher").first.wait_for()
	expect(page.locator(".alliance-benefits")).to_contain_text(words["benefit"])
	page.evaluate("document.querySelector('.alliance-benefits').scrollIntoView({block: 'center'})")
	desk.screenshot("alliance-benefits")


def see_the_board(desk) -> None:
	"""Look at tiers and quadrant; nothing on the board can be dragged."""
	desk.open("/app/alliance-board", ".quadrant .quadrant-dot")
	assert desk.page.locator(".merchant-card").count() >= STAYING
	assert desk.page.locator(".alliance-board [draggable=true]").count() == 0
	assert desk.overflow() <= 0
	desk.screenshot("alliance-board")
	desk.page.locator(".quadrant").scroll_into_view_if_needed()
	desk.screenshot("alliance-quadrant")


def redeem_twice_at_once(desk, merchants, bench, campaign: str) -> tuple[str, str]:
	"""Send two requests for one voucher at the same moment, of which one is honoured; return its code and customer."""
	query = f"SELECT code, customer FROM `tabAlliance Voucher` WHERE campaign = '{campaign}' AND way = 'Message' ORDER BY customer"
	code, customer = bench.sql(SITE, query)[0]
	method = "cs_retention.merchant_alliance.doctype.alliance_voucher.alliance_voucher.redeem"
	answers = desk.page.evaluate(
		"""([method, code, merchant]) => {
			const headers = {"Content-Type": "application/json", "X-Frappe-CSRF-Token": frappe.csrf_token};
			const body = JSON.stringify({code, merchant, amount: 40, satisfaction: 5});
			const ask = () => fetch(`/api/method/${method}`, {method: "POST", headers, body}).then((answer) => answer.status);
			return Promise.all([ask(), ask()]);
		}""",
		[method, code, merchants["East Quay Cinema"]],
	)
	assert sorted(answers) == [200, 417]
	return code, customer

"""Messages on the desk: the digest in the bell and its mail, the outbox and what a manager does in it, a template tried."""

from __future__ import annotations

import json

import pytest
from bench_fixtures import SITE
from private_bench import CHECKOUT, PrivateBench

MAKE = """
import json, sys
sys.path.insert(0, sys.argv[2])
import frappe
frappe.init(site=sys.argv[1]); frappe.connect()
from support_message_screens import make_messages
print(json.dumps(make_messages(frappe, sys.argv[3])))
frappe.db.commit()
"""
WORDS = {
	"en": {
		"digest": "Today: 1 overdue, 2 to call",
		"overdue": "Overdue calls: 1",
		"review": "On Review",
		"send": "Send",
		"try": "Try on a Customer",
		"letter": "tried to call you and did not reach you",
		"unknown": "Nothing is known for {account_manager_phone}",
	},
	"zh": {
		"digest": "今日：1 项逾期，2 项待访",
		"overdue": "逾期回访：1",
		"review": "待审核",
		"send": "发送",
		"try": "在客户上试用",
		"letter": "曾致电给您，未能接通",
		"unknown": "{account_manager_phone} 没有已知内容",
	},
}


@pytest.fixture
def made(bench: PrivateBench, url: str, language: str) -> dict[str, str]:
	"""The morning, made anew."""
	printed = bench.play(MAKE, SITE, str(CHECKOUT / "tests/support"), language)
	return json.loads(printed.splitlines()[-1])


def test_the_digest_stands_in_the_bell_and_in_its_mail(desk, language: str, made: dict[str, str]) -> None:
	words = WORDS[language]
	desk.open("/app/message-outbox", ".list-row")
	bell = desk.page.locator(".dropdown-notifications .notifications-icon").first
	bell.click()
	item = desk.page.locator(".recent-item", has_text=words["digest"]).first
	item.wait_for(state="visible")
	desk.screenshot("digest-bell")
	assert "/app/callback-desk" in (item.get_attribute("href") or "")
	desk.open(f"/app/message-outbox/{made['digest']}", ".form-layout:visible")
	text = desk.page.locator("[data-fieldname=body]:visible").first
	text.wait_for(state="visible")
	assert words["overdue"] in text.inner_text()
	desk.screenshot("digest-mail")
	assert desk.overflow() <= 0


def test_a_manager_sends_what_is_held_for_review(desk, language: str, made: dict[str, str]) -> None:
	words = WORDS[language]
	desk.open("/app/message-outbox", ".list-row")
	row = desk.page.locator(".list-row", has_text=words["review"]).first
	row.wait_for(state="visible")
	desk.page.wait_for_load_state("networkidle")
	desk.screenshot("message-outbox")
	if desk.page.viewport_size["width"] < 500:
		return
	row.locator(".list-row-checkbox").check()
	desk.page.locator(".actions-btn-group:visible button").first.click()
	desk.page.locator(".actions-btn-group .dropdown-menu:visible").get_by_text(
		words["send"], exact=True
	).click()
	desk.agree()
	row.wait_for(state="detached")


def test_a_template_is_tried_on_a_customer(desk, language: str, made: dict[str, str]) -> None:
	words = WORDS[language]
	desk.open("/app/message-template/We Could Not Reach You", ".form-layout:visible")
	desk.page.wait_for_load_state("networkidle")
	if desk.page.viewport_size["width"] < 500:
		desk.page.evaluate(f"cur_frm.custom_buttons[{json.dumps(words['try'])}].trigger('click')")
	else:
		desk.page.get_by_text(words["try"], exact=True).first.click()
	desk.page.wait_for_function("window.cur_dialog && cur_dialog.fields_dict.customer")
	desk.page.evaluate(f"cur_dialog.set_value('customer', {json.dumps(made['customer'])})")
	letter = desk.page.locator(".modal.show [data-fieldname=letter]")
	letter.get_by_text(words["letter"]).wait_for(state="visible")
	assert words["unknown"] in letter.inner_text()
	assert "bakery@example.com" in letter.inner_text()
	desk.screenshot("message-template-tried")
	assert desk.overflow() <= 0

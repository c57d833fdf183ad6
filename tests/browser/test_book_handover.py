"""A book handed over on the form: tried, what is not moved acknowledged, submitted, followed to its end."""

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
from support_handover_screens import make_book
print(json.dumps(make_book(frappe, sys.argv[3])))
frappe.db.commit()
"""
WORK = """
import sys
import frappe
frappe.init(site=sys.argv[1]); frappe.connect()
from cs_retention.callbacks.handover import move_all
move_all(sys.argv[2])
frappe.db.commit()
"""
WORDS = {
	"en": {
		"try": "Try",
		"moved": "Moved",
		"left": "everybody named stands in the other role of this customer",
	},
	"zh": {"try": "试算", "moved": "已移交", "left": "所指定的人员均已是该客户的另一角色"},
}


@pytest.fixture
def handover(bench: PrivateBench, url: str, desk) -> str:
	"""Name of a draft hand-over of a person of this test's own."""
	printed = bench.play(MAKE, SITE, str(CHECKOUT / "tests/support"), desk.name)
	return json.loads(printed.splitlines()[-1])


def test_a_book_is_tried_acknowledged_and_moved(
	desk, language: str, bench: PrivateBench, handover: str
) -> None:
	words = WORDS[language]
	desk.open(f"/app/book-handover/{handover}", ".form-layout:visible")
	desk.page.wait_for_load_state("networkidle")
	desk.page.locator(".page-actions .primary-action:visible", has_text=words["try"]).click()
	rows = desk.page.locator("[data-fieldname=rows_shown] tbody tr")
	rows.first.wait_for(state="visible")
	assert rows.count() == 3
	assert words["left"] in rows.first.inner_text()
	desk.page.wait_for_load_state("networkidle")
	rows.first.scroll_into_view_if_needed()
	desk.screenshot("book-handover")
	assert desk.overflow() <= 0
	desk.page.evaluate("cur_frm.set_value('is_acknowledged', 1).then(() => cur_frm.save())")
	desk.page.wait_for_function("!cur_frm.is_dirty() && cur_frm.doc.is_acknowledged")
	desk.page.evaluate(
		"cur_frm.call({doc: cur_frm.doc, method: 'submit', freeze: true}).then(() => cur_frm.reload_doc())"
	)
	desk.page.wait_for_function("cur_frm.doc.docstatus === 1 && cur_frm.doc.status === 'Moving'")
	bench.play(WORK, SITE, handover)
	desk.page.wait_for_function("cur_frm.doc.status === 'Done'", timeout=40_000)
	desk.page.locator("[data-fieldname=rows_shown] .indicator-pill", has_text=words["moved"]).first.wait_for()
	rows.first.scroll_into_view_if_needed()
	desk.screenshot("book-handover-done")

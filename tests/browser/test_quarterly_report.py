"""A quarter is computed, agreed on, submitted and printed on the screen; a number opens the rows it counted."""

from __future__ import annotations

import re
import subprocess
from datetime import date, timedelta
from pathlib import Path

import pytest
from bench_fixtures import SITE
from playwright.sync_api import expect
from private_bench import PrivateBench
from support_browser import SCREENSHOTS

REPORT = "Quarterly Retention Report"
FRAME = ".frappe-control[data-fieldname=page] iframe"


pytestmark = pytest.mark.usefixtures("at_work")


@pytest.mark.parametrize("desk", [1280], ids=["wide"], indirect=True)
def test_a_quarter_is_computed_read_submitted_and_printed(
	desk, book, bench: PrivateBench, tmp_path: Path
) -> None:
	company = "East"
	fields = "name, company_name, abbr, default_currency"
	bench.sql(SITE, f"INSERT IGNORE INTO tabCompany ({fields}) VALUES ('{company}', '{company}', 'E', 'CNY')")
	desk.open("/app/quarterly-retention-report/new", ".frappe-control[data-fieldname=part]:visible")
	desk.page.wait_for_function("cur_frm.doc.year && cur_frm.doc.company")
	assert desk.page.evaluate("[cur_frm.doc.year, cur_frm.doc.part]") == last_quarter(date.today())
	values = {"company": company, "year": 2026, "part": "Q3"}
	desk.page.evaluate("values => cur_frm.set_value(values)", values)
	desk.page.evaluate("cur_frm.save()")
	desk.page.wait_for_function("!cur_frm.is_new() && !cur_frm.is_dirty()")
	desk.page.locator(".page-actions .primary-action:visible").click()
	desk.page.wait_for_function("['Computed', 'Failed'].includes(cur_frm.doc.status)", timeout=240_000)
	assert desk.page.evaluate("[cur_frm.doc.status, cur_frm.doc.error || null]") == ["Computed", None]
	frame = desk.page.frame_locator(FRAME)
	expect(frame.locator("table").first).to_be_visible(timeout=30_000)
	desk.page.wait_for_timeout(600)
	desk.screenshot("quarterly-report")
	add_action(desk)
	desk.page.evaluate("frappe.utils.scroll_to($('[data-fieldname=page]'), false, 100)")
	desk.page.wait_for_timeout(400)
	frame.locator("h2").nth(1).scroll_into_view_if_needed()
	desk.page.wait_for_timeout(400)
	desk.screenshot("quarterly-report-figures")
	heading = re.compile("Commitment, by star level|约束率，按星级")
	frame.get_by_role("heading", name=heading).scroll_into_view_if_needed()
	desk.page.wait_for_timeout(400)
	desk.screenshot("quarterly-report-tables")
	assert desk.overflow() <= 0
	name = desk.page.evaluate("cur_frm.doc.name")
	print_pages(desk, name, tmp_path)
	frame.locator("td a").first.click()
	desk.page.wait_for_function(
		"cur_list && cur_list.doctype === 'Quarterly Report Row' && cur_list.data.length"
	)
	desk.page.wait_for_timeout(600)
	desk.screenshot("quarterly-report-rows")
	listed = desk.page.evaluate("cur_list.filter_area.get().map((filter) => filter[1])")
	assert {"report", "reached_in"} <= set(listed)
	desk.open(f"/app/quarterly-retention-report/{name}", FRAME)
	desk.page.evaluate("void cur_frm.savesubmit()")
	desk.agree()
	desk.page.wait_for_function("cur_frm.doc.docstatus === 1", timeout=40_000)
	expect(desk.page.frame_locator(FRAME).locator(".eyebrow")).to_be_visible(timeout=30_000)
	desk.page.wait_for_timeout(500)
	desk.screenshot("quarterly-report-submitted")
	desk.page.evaluate("void cur_frm.savecancel()")
	desk.agree()
	desk.page.wait_for_function("cur_frm.doc.docstatus === 2", timeout=40_000)


def last_quarter(day: date) -> list[object]:
	"""Return year and name of the quarter that ended last."""
	ended = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1) - timedelta(days=1)
	return [ended.year, f"Q{ended.month // 3}"]


def add_action(desk) -> None:
	"""Agree on something, and save it; the report stays computed."""
	desk.page.evaluate(
		"""cur_frm.add_child("actions", {
			action: "Call whoever went silent", person: "Administrator", due_date: "2026-12-15", state: "Open"
		}); cur_frm.refresh_field("actions"); cur_frm.save()"""
	)
	desk.page.wait_for_function("!cur_frm.is_dirty() && cur_frm.doc.actions[0].name.length > 8")
	expect(desk.page.frame_locator(FRAME).get_by_text("Call whoever went silent")).to_be_visible(
		timeout=30_000
	)


def print_pages(desk, name: str, folder: Path) -> None:
	"""Keep a picture of the first two pages of the PDF."""
	method = "cs_retention.retention_reports.doctype.quarterly_retention_report.quarterly_retention_report"
	answer = desk.page.request.get(
		f"{desk.url}/api/method/{method}.download_pdf?name={name}", timeout=120_000
	)
	assert answer.ok and answer.body()[:4] == b"%PDF"
	file = folder / "report.pdf"
	file.write_bytes(answer.body())
	picture = SCREENSHOTS / f"quarterly-report-pdf-{desk.name}"
	subprocess.run(["pdftoppm", "-png", "-r", "70", "-l", "2", str(file), str(picture)], check=True)


@pytest.mark.parametrize("desk", [390], ids=["narrow"], indirect=True)
def test_a_report_is_read_on_a_phone(desk, book, bench: PrivateBench) -> None:
	((name,),) = bench.sql(SITE, f"SELECT name FROM `tab{REPORT}` ORDER BY creation DESC LIMIT 1")
	desk.open(f"/app/quarterly-retention-report/{name}", FRAME)
	expect(desk.page.frame_locator(FRAME).locator("table").first).to_be_visible(timeout=30_000)
	desk.page.wait_for_timeout(600)
	desk.page.evaluate("frappe.utils.scroll_to($('[data-fieldname=page]'), false, 100)")
	desk.page.wait_for_timeout(500)
	assert desk.overflow() <= 0
	desk.screenshot("quarterly-report")

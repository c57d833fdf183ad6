"""The callback reports on the screen: figures, chart, and the rows that a figure opens."""

from __future__ import annotations

import time
from urllib.parse import quote

import pytest
from bench_fixtures import SITE
from private_bench import PrivateBench
from support_call_screens import calls_of


@pytest.fixture
def call(bench: PrivateBench, url: str, desk) -> str:
	"""A callback that was due on the first of the month and was not made."""
	(name,) = calls_of(bench, f"Figures Bakery {desk.name} {time.time_ns() % 10**6}")
	bench.sql(
		SITE,
		"UPDATE `tabCustomer Callback` SET due_date = '2026-11-02', status = 'Missed', open_key = NULL"
		f" WHERE name = '{name}'",
	)
	bench.sql(SITE, f"UPDATE `tabCustomer Callback Purpose` SET open_key = NULL WHERE parent = '{name}'")
	return name


@pytest.mark.parametrize(
	("report", "figure"), [("Callback Compliance", "callback-figure"), ("Quota Fulfilment", "quota-figure")]
)
def test_a_figure_opens_its_rows(desk, call: str, report: str, figure: str) -> None:
	period = "from_date=2026-11-01&to_date=2026-11-30"
	desk.open(f"/app/query-report/{quote(report)}?{period}", f".dt-row .{figure}")
	desk.page.wait_for_timeout(1500)
	desk.screenshot(f"report-{report.lower().replace(' ', '-')}")
	assert desk.overflow() <= 0
	link = desk.page.locator(f".dt-row .{figure}").first
	count = int(link.inner_text().replace(",", ""))
	link.click()
	desk.page.wait_for_function(
		"count => frappe.query_report.data?.length === count && frappe.query_report.data[0].customer",
		arg=count,
	)
	desk.page.wait_for_timeout(800)
	desk.screenshot(f"report-{report.lower().replace(' ', '-')}-rows")

"""A target split in its dialog, and everybody's book beside the others', whose figures open their customers."""

from __future__ import annotations

from support_browser import As, Desk

TARGET = """
async () => {
	const company = frappe.defaults.get_user_default("Company");
	const fields = { kpi: "Callbacks in Time", measure: "Number", value: 1200, period: "Year", company };
	const name = await frappe.db.get_value("Retention Target", fields, "name");
	if (name.message?.name) return name.message.name;
	const made = await frappe.db.insert({ doctype: "Retention Target", from_date: "2026-01-01", ...fields });
	return made.name;
}
"""

RESULTS = "Targets%20and%20Results?period=Year&from_date=2026-01-01&by=Company"
PATIENCE = 150_000
"""Milliseconds: a year of a book of ten thousand is counted for it."""


def split(desk: Desk) -> None:
	"""Split a year of callbacks to quarters, after one of them was changed twice."""
	name = desk.page.evaluate(TARGET)
	desk.open(f"/app/retention-target/{name}", ".page-actions:visible")
	desk.page.wait_for_load_state("networkidle")
	desk.press("Split Target")
	desk.agree()
	parts = desk.page.locator(".target-split input")
	parts.first.wait_for(timeout=PATIENCE)
	assert parts.count() == 4
	proposed = [int(parts.nth(place).input_value()) for place in range(4)]
	assert sum(proposed) == 1200
	parts.first.fill(str(proposed[0] - 50))
	assert desk.page.locator(".target-sum .red").count() == 1
	parts.nth(1).fill(str(proposed[1] + 50))
	assert desk.page.locator(".target-sum .green").count() == 1
	desk.page.wait_for_timeout(400)
	desk.screenshot("target-split")
	desk.agree()
	desk.page.wait_for_function(
		"cur_list?.doctype === 'Retention Target' && cur_list.data.length === 4", timeout=PATIENCE
	)
	desk.page.wait_for_timeout(600)
	desk.screenshot("target-parts")


def test_a_manager_splits_a_target_and_compares_books(desk_as: As) -> None:
	with desk_as("manager") as desk:
		desk.open("/app/retention-target", ".page-head:visible")
		split(desk)
		assert desk.overflow() <= 0
		desk.page.goto(f"{desk.url}/app/query-report/{RESULTS}")
		desk.page.locator(".dt-row").first.wait_for(timeout=PATIENCE)
		desk.page.wait_for_timeout(1500)
		desk.screenshot("targets-and-results")
		desk.page.locator(".target-figure").first.click()
		rows = "frappe.query_report.data?.length && frappe.query_report.data[0].kpi === undefined"
		desk.page.wait_for_function(rows, timeout=PATIENCE)
		desk.page.wait_for_timeout(800)
		desk.screenshot("targets-and-results-rows")
		desk.open("/app/query-report/Book%20of%20Business", ".dt-row .book-figure")
		desk.page.wait_for_timeout(1500)
		desk.screenshot("book-of-business")
		assert desk.overflow() <= 0
		figure = desk.page.locator('.book-figure[data-figure="Customers"]').first
		count = int(figure.inner_text())
		figure.click()
		opened = "count => frappe.query_report.data?.length === count && frappe.query_report.data[0].health !== undefined"
		desk.page.wait_for_function(opened, arg=count)
		desk.page.wait_for_timeout(800)
		desk.screenshot("book-of-business-customers")

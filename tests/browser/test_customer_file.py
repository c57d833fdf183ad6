"""The customer file on the form and in the report of gaps, whose figures open their customers."""

from __future__ import annotations

from support_browser import As


def test_gaps_on_the_form_and_by_person(desk_as: As, branch: dict[str, str], language: str) -> None:
	missing = {"en": "missing: ", "zh": "缺少："}[language]
	with desk_as("east") as desk:
		desk.open(f"/app/customer/{branch['first']}", ".form-tabs:visible")
		tab = {"en": "Retention", "zh": "挽留"}[language]
		desk.page.locator(".form-tabs .nav-link", has_text=tab).first.click()
		line = desk.page.get_by_text(missing).first
		line.scroll_into_view_if_needed()
		desk.page.wait_for_timeout(500)
		desk.screenshot("customer-file")
		desk.open("/app/query-report/Customer%20File%20Completeness", ".dt-row .file-figure")
		desk.page.wait_for_timeout(1500)
		desk.screenshot("customer-file-completeness")
		assert desk.overflow() <= 0
		figure = desk.page.locator('.file-figure[data-figure="Incomplete"]').first
		count = int(figure.inner_text())
		figure.click()
		opened = "count => frappe.query_report.data?.length === count && frappe.query_report.data[0].missing"
		desk.page.wait_for_function(opened, arg=count)

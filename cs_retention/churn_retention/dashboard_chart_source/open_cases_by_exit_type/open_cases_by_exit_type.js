frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["Open Cases by Exit Type"] = {
	method: "cs_retention.churn_retention.charts.open_cases_by_exit_type",
	filters: [],
};

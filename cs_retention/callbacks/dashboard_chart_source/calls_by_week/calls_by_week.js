frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["Calls by Week"] = {
	method: "cs_retention.callbacks.charts.calls_by_week",
	filters: [],
};

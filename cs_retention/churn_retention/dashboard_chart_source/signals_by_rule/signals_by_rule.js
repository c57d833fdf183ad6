frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["Signals by Rule"] = {
	method: "cs_retention.churn_retention.charts.signals_by_rule",
	filters: [],
};

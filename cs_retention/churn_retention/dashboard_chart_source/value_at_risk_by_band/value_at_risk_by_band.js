frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["Value at Risk by Band"] = {
	method: "cs_retention.churn_retention.charts.value_at_risk_by_band",
	filters: [],
};

frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["Retention by Quarter"] = {
	method: "cs_retention.retention_reports.charts.retention_by_quarter",
	filters: [],
};

frappe.provide("frappe.dashboards.chart_sources");

frappe.dashboards.chart_sources["Customers by Star Level"] = {
	method: "cs_retention.cs_retention.charts.customers_by_level",
	filters: [],
};

(() => {
	const PARTS = ["Contact", "Phone Number", "Consent", "Birthday", "Account Manager", "Backup Manager", "Decision Maker"];
	const FIGURES = {
		...Object.fromEntries(PARTS.map((part) => [frappe.scrub(part), part])),
		customers: "Customers",
		complete: "Complete",
		incomplete: "Incomplete",
	};
	const figures = cs_retention.report_figures("Customer File Completeness", FIGURES, "file-figure");

	frappe.query_reports["Customer File Completeness"] = {
		filters: figures.filters,
		onload: figures.onload,
		formatter: figures.formatter,
	};
})();

(() => {
	const LEVELS = ["Key Account", "Five Star", "Four Star", "Three Star", "Two Star", "One Star", "New"];
	const BANDS = ["Healthy", "Watch", "At Risk", "Critical", "Prospect"];
	const FIGURES = {
		...Object.fromEntries([...LEVELS, ...BANDS].map((name) => [frappe.scrub(name), name])),
		customers: "Customers",
		revenue: "Revenue",
		value_at_risk: "Value at Risk",
		owed: "Owed",
		made: "Made",
		overdue: "Overdue",
		planned: "Planned",
		capacity: "Capacity",
		no_day: "No Day",
	};
	const figures = cs_retention.report_figures("Book of Business", FIGURES, "book-figure");

	frappe.query_reports["Book of Business"] = {
		filters: [
			{
				...{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company", reqd: 1 },
				default: frappe.defaults.get_user_default("Company"),
			},
			...figures.filters,
		],
		onload: figures.onload,
		formatter: figures.formatter,
	};
})();

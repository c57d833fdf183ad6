frappe.query_reports["Alliance Migration"] = {
	filters: [
		{ fieldname: "year", label: __("Year"), fieldtype: "Int" },
		{ fieldname: "quarter", label: __("Quarter"), fieldtype: "Select", options: ["", "Q1", "Q2", "Q3", "Q4"] },
		{ fieldname: "before", label: __("Tier Before"), fieldtype: "Data", hidden: 1 },
		{ fieldname: "after", label: __("Tier"), fieldtype: "Data", hidden: 1 },
	],

	onload(report) {
		const open = (before, after) => frappe.query_report.set_filter_value({ before, after });
		report.page.add_inner_button(__("Back to the Figures"), () => open(null, null));
		report.page.wrapper.on("click", ".migration-count", (event) => {
			event.preventDefault();
			open(event.currentTarget.dataset.before, event.currentTarget.dataset.after);
		});
	},

	formatter(value, row, column, data, format) {
		const tiers = { strategic: "Strategic", preferred: "Preferred", standard: "Standard", probation: "Probation" };
		const after = tiers[column.fieldname];
		if (after && value && data && "key" in data) {
			const link = document.createElement("a");
			Object.assign(link, { href: "#", className: "migration-count", textContent: value });
			Object.assign(link.dataset, { before: data.key, after });
			return link.outerHTML;
		}
		if (["tier", "tier_before"].includes(column.fieldname) && value) return frappe.utils.escape_html(__(value));
		return format(value, row, column, data);
	},
};

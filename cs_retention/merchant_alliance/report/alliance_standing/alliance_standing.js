frappe.query_reports["Alliance Standing"] = {
	filters: [
		{
			...{ fieldname: "status", label: __("Status"), fieldtype: "Select" },
			options: ["", "Candidate", "Admitted", "Suspended", "Eliminated"].map((value) => ({
				value,
				label: value && __(value, null, "Alliance Merchant"),
			})),
		},
		{
			...{ fieldname: "tier", label: __("Tier"), fieldtype: "Select" },
			options: ["", "Strategic", "Preferred", "Standard", "Probation"].map((value) => ({ value, label: value && __(value) })),
		},
		{ fieldname: "category", label: __("Category"), fieldtype: "Link", options: "Industry Type" },
		{ fieldname: "territory", label: __("Territory"), fieldtype: "Link", options: "Territory" },
	],

	formatter(value, row, column, data, format) {
		if (["status", "tier"].includes(column.fieldname) && data && data[column.fieldname]) {
			const colours = { Strategic: "green", Preferred: "green", Standard: "blue", Probation: "red", Suspended: "orange" };
			const text = frappe.utils.escape_html(__(data[column.fieldname], null, "Alliance Merchant"));
			return `<span class="indicator-pill ${colours[data[column.fieldname]] || "gray"}">${text}</span>`;
		}
		return format(value, row, column, data);
	},
};

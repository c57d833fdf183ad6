frappe.query_reports["Exchanges Due"] = {
	filters: [
		{
			...{ fieldname: "tier", label: __("Tier"), fieldtype: "Select" },
			options: ["", "Strategic", "Preferred", "Standard", "Probation"].map((value) => ({ value, label: value && __(value) })),
		},
		{ fieldname: "territory", label: __("Territory"), fieldtype: "Link", options: "Territory" },
		{ fieldname: "alliance_manager", label: __("Alliance Manager"), fieldtype: "Link", options: "User" },
		{ fieldname: "with_met", label: __("With Those Met Already"), fieldtype: "Check" },
	],

	formatter(value, row, column, data, format) {
		if (column.fieldname === "tier" && data?.tier) return frappe.utils.escape_html(__(data.tier));
		return format(value, row, column, data);
	},
};

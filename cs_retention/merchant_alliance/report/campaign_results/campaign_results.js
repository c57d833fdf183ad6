frappe.query_reports["Campaign Results"] = {
	filters: [
		{ fieldname: "from_date", label: __("From", null, "Alliance Campaign"), fieldtype: "Date" },
		{ fieldname: "to_date", label: __("To", null, "Alliance Campaign"), fieldtype: "Date" },
	],

	formatter(value, row, column, data, format) {
		if (column.fieldname === "status" && data?.status) {
			return frappe.utils.escape_html(__(data.status, null, "Alliance Campaign"));
		}
		if (column.fieldname === "came" && data?.came) {
			const route = `/app/alliance-voucher?campaign=${encodeURIComponent(data.name)}&status=Redeemed`;
			return `<a href="${route}">${data.came}</a>`;
		}
		return format(value, row, column, data);
	},
};

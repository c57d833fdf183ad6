frappe.listview_settings["Retention Target"] = {
	hide_name_column: true,
	add_fields: ["person", "in_territory", "from_date"],
	formatters: {
		/** What the target is of, in the reader's language, and for whom. */
		kpi(value, _field, doc) {
			const person = doc.person && frappe.user.full_name(doc.person);
			const since = frappe.is_mobile() && frappe.datetime.str_to_user(doc.from_date);
			return [__(value), person || doc.in_territory, since].filter(Boolean).map(frappe.utils.escape_html).join(" · ");
		},
	},

	onload(list) {
		list.page.add_inner_button(__("Targets and Results"), () => frappe.set_route("query-report", "Targets and Results"));
		if (frappe.model.can_create("Retention Bulletin")) {
			list.page.add_inner_button(__("Make Bulletin"), make_bulletin);
		}
	},
};

function make_bulletin() {
	frappe.prompt(
		[
			{
				...{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company", reqd: 1 },
				default: frappe.defaults.get_user_default("Company"),
			},
			{
				...{ fieldname: "month", label: __("A Day of the Month"), fieldtype: "Date", reqd: 1 },
				default: frappe.datetime.add_months(cs_retention.month_start(), -1),
			},
		],
		async (args) => {
			const method = "cs_retention.retention_reports.bulletin.make_bulletin";
			const { message } = await frappe.call({ method, args, freeze: true });
			frappe.set_route("Form", "Retention Bulletin", message);
		},
		__("Make Bulletin"),
		__("Make")
	);
}

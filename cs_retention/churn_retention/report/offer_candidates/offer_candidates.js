{
	const REPORT = "Offer Candidates";
	const METHOD = "cs_retention.churn_retention.recommendations.recommend_offer";

	frappe.query_reports[REPORT] = {
		filters: [
			{
				...{ fieldname: "offer", label: __("Retention Offer"), fieldtype: "Link", options: "Retention Offer", reqd: 1 },
				get_query: () => ({ filters: { disabled: 0 } }),
			},
			{ fieldname: "account_manager", label: __("Account Manager"), fieldtype: "Link", options: "User" },
			{
				...{ fieldname: "level", label: __("Star Level"), fieldtype: "Select" },
				options: ["", "Five Star", "Four Star", "Three Star", "Two Star", "One Star", "New"].map((value) => ({
					value,
					label: value && __(value, null, "Customer Retention State"),
				})),
			},
		],

		get_datatable_options: (options) => ({ ...options, checkboxColumn: true }),

		onload(report) {
			if (!frappe.model.can_create("Retention Recommendation")) return;
			report.page.add_inner_button(__("Recommend"), () => recommend(report));
		},
	};

	/** Recommend the offer for the rows that are ticked, or for all that are shown. */
	const recommend = (report) => {
		const ticked = report.get_checked_items().map((row) => row.customer);
		const customers = ticked.length ? ticked : report.data.map((row) => row.customer);
		if (!customers.length) return frappe.msgprint(__("There is no customer to recommend it for."));
		const label = (text) => __(text, null, "Retention Recommendation");
		const dialog = new frappe.ui.Dialog({
			title: `${__("Recommend")} (${customers.length})`,
			fields: [
				{
					...{ fieldname: "recommendation", fieldtype: "Small Text", reqd: 1, label: label("What to Do") },
					default: report.get_filter_value("offer"),
				},
				{ fieldname: "reason", fieldtype: "Small Text", reqd: 1, label: label("Why") },
				{
					...{ fieldname: "until", fieldtype: "Date", reqd: 1, label: label("Until") },
					default: frappe.datetime.add_days(cs_retention.today(), 30),
				},
				{ fieldname: "branch", fieldtype: "Link", options: "Branch", label: label("For the Branch") },
			],
			primary_action_label: __("Recommend"),
			primary_action: async (values) => {
				const args = { offer: report.get_filter_value("offer"), customers, ...values };
				const { message } = await frappe.call({ method: METHOD, type: "POST", args, freeze: true });
				dialog.hide();
				frappe.msgprint(message, __("Recommended"));
				report.refresh();
			},
		});
		dialog.show();
	};
}

frappe.listview_settings["Star Review"] = {
	has_indicator_for_draft: true,
	has_indicator_for_cancelled: true,
	get_indicator(doc) {
		const colours = { Draft: "orange", Computed: "blue", Submitted: "green", Cancelled: "gray", Failed: "red" };
		return [__(doc.status), colours[doc.status] || "yellow", `status,=,${doc.status}`];
	},
};

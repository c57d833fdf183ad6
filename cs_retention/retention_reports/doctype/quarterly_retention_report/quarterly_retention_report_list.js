frappe.listview_settings["Quarterly Retention Report"] = {
	has_indicator_for_draft: true,
	get_indicator(doc) {
		if (doc.docstatus === 1) return [__("Submitted"), "green", "docstatus,=,1"];
		const colours = { Draft: "orange", Running: "yellow", Computed: "blue", Failed: "red" };
		return [__(doc.status, null, "Quarterly Retention Report"), colours[doc.status], `status,=,${doc.status}`];
	},
};

frappe.listview_settings["Alliance Campaign"] = {
	get_indicator(doc) {
		const colours = { Draft: "orange", Tried: "blue", Inviting: "yellow", Running: "green", Closed: "gray" };
		return [__(doc.status, null, "Alliance Campaign"), colours[doc.status], `status,=,${doc.status}`];
	},
};

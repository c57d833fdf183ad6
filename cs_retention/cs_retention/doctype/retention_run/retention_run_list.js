frappe.listview_settings["Retention Run"] = {
	hide_name_column: true,

	get_indicator(doc) {
		const colours = { Running: "blue", Done: "green", Skipped: "gray", Failed: "red" };
		return [__(doc.status, null, "Retention Run"), colours[doc.status], `status,=,${doc.status}`];
	},

	/** Nobody makes a run by hand, so the list has no primary action of its own; it clears what stood there before. */
	refresh(list) {
		if (!frappe.model.can_write("CS Retention Settings")) return;
		list.page.set_primary_action(__("Run Now"), async () => {
			const method = "cs_retention.cs_retention.doctype.retention_run.retention_run.run_now";
			const { message } = await frappe.call({ method, freeze: true });
			if (message) frappe.set_route("Form", "Retention Run", message.name);
		});
	},
};

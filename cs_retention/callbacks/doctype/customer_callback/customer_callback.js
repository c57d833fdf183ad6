frappe.ui.form.on("Customer Callback", {
	async refresh(frm) {
		frm.set_intro("");
		frm.toggle_display("status", false);
		if (frm.is_new()) {
			frm.set_intro(__("A call agreed with the customer: it is due on its day and the plan keeps it."), "blue");
			return;
		}
		if (frm.doc.status === "Planned") {
			if (frm.perm[0].write) add_buttons(frm);
		} else if (!(frm.doc.promises || []).some((row) => row.status === "Open")) {
			frm.disable_save();
		}
		const name = frm.doc.name;
		const { why } = await cs_retention.callbacks.prepare(name);
		if (frm.doc.name !== name || !why.length) return;
		frm.set_intro(__("Why: {0}", [why.map(frappe.utils.escape_html).join("; ")]), "blue");
	},
});

function add_buttons(frm) {
	const act = (action) => () => cs_retention.callbacks[action](frm.doc.name, () => frm.reload_doc());
	// In place of Save, which has nothing to do on a planned call but for its channel: that appears with the first change.
	if (!frm.is_dirty()) frm.page.set_primary_action(__("Log Call"), act("log"));
	frm.add_custom_button(__("Not Reached"), act("attempt"));
	frm.add_custom_button(__("Reschedule"), act("reschedule"));
	frm.add_custom_button(__("Skip Call"), act("skip"));
}

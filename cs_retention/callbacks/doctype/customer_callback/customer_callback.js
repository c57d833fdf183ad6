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
			if (frm.doc.status === "Met" && frm.perm[0].write) add_log_button(frm);
		}
		const name = frm.doc.name;
		const { why, met_by } = await cs_retention.callbacks.prepare(name);
		if (frm.doc.name !== name) return;
		const said = [why.length && __("Why: {0}", [why.map(frappe.utils.escape_html).join("; ")])];
		said.push(met_by && __("Met by {0}", [link_to(met_by)]));
		if (said.some(Boolean)) frm.set_intro(said.filter(Boolean).join("<br>"), "blue");
	},
});

/** The contact that met the call is on record; what was talked about is not. */
function add_log_button(frm) {
	frm.add_custom_button(__("Log Call"), () => cs_retention.callbacks.log(frm.doc.name, () => frm.reload_doc()));
}

function link_to({ doctype, name }) {
	const words = `${__(doctype)} ${frappe.utils.escape_html(name)}`;
	return `<a href="${frappe.utils.get_form_link(doctype, name)}">${words}</a>`;
}

function add_buttons(frm) {
	const act = (action) => () => cs_retention.callbacks[action](frm.doc.name, () => frm.reload_doc());
	// In place of Save, which has nothing to do on a planned call but for its channel: that appears with the first change.
	if (!frm.is_dirty()) frm.page.set_primary_action(__("Log Call"), act("log"));
	frm.add_custom_button(__("Not Reached"), act("attempt"));
	frm.add_custom_button(__("Reschedule"), act("reschedule"));
	frm.add_custom_button(__("Skip Call"), act("skip"));
}

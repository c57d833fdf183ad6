frappe.ui.form.on("Customer Callback", {
	async refresh(frm) {
		frm.set_intro("");
		if (frm.is_new()) {
			frm.set_intro(__("A call agreed with the customer: it is due on its day and the plan keeps it."), "blue");
			return;
		}
		const name = frm.doc.name;
		const facts = await cs_retention.callbacks.prepare(name);
		if (frm.doc.name !== name) return;
		if (facts.why.length) {
			const why = facts.why.map(frappe.utils.escape_html).join("; ");
			frm.set_intro(__("Why: {0}", [why]), "blue");
		}
		if (frm.doc.status === "Planned" && frm.perm[0].write) add_buttons(frm);
	},
});

function add_buttons(frm) {
	const act = (action) => () => cs_retention.callbacks[action](frm.doc.name, () => frm.reload_doc());
	frm.page.set_primary_action(__("Log Call"), act("log"));
	frm.add_custom_button(__("Not Reached"), act("attempt"));
	frm.add_custom_button(__("Reschedule"), act("reschedule"));
	frm.add_custom_button(__("Skip"), act("skip"));
}

frappe.ui.form.on("Retention Recommendation", {
	refresh(frm) {
		if (frm.is_new()) return;
		frm.disable_save();
		if (frm.doc.status !== "Open" || !frm.perm[0].write) return;
		const done = () => frm.reload_doc();
		frm.page.set_primary_action(__("Used It"), () => cs_retention.cases.use_recommendation(frm.doc.name, done));
		frm.add_custom_button(__("Withdraw"), () => cs_retention.cases.withdraw_recommendation(frm.doc.name, done));
	},
});

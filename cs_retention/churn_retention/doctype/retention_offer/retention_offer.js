frappe.ui.form.on("Retention Offer", {
	refresh(frm) {
		if (frm.is_new() || frm.doc.disabled) return;
		const open = () => frappe.set_route("query-report", "Offer Candidates", { offer: frm.doc.name });
		frm.add_custom_button(__("Candidates", null, "Retention Offer"), open);
	},
});

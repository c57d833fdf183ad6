/** A complaint whose customer wants to leave is taken up in a case. */
frappe.ui.form.on("Issue", {
	refresh(frm) {
		if (frm.is_new() || !frm.doc.customer || !frappe.model.can_create("Retention Case")) return;
		frm.add_custom_button(__("Wants to Leave"), () => cs_retention.cases.open_from("Issue", frm.doc.name));
	},
});

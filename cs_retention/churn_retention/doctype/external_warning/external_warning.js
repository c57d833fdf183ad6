frappe.ui.form.on("External Warning", {
	refresh(frm) {
		if (frm.is_new()) return;
		const is_taken = frm.doc.status === "Taken";
		frm.page.set_indicator(__(frm.doc.status, null, "External Warning"), is_taken ? "green" : "orange");
		if (is_taken) return frm.disable_form();
		frm.dashboard.clear_headline();
		if (frm.doc.problem) {
			frm.dashboard.set_headline_alert(frappe.utils.escape_html(frm.doc.problem), "orange");
		};
		if (frm.is_dirty() || !frappe.perm.has_perm("External Warning", 0, "write")) return;
		frm.add_custom_button(__("Look for the Customer Again"), async () => {
			const method = "cs_retention.churn_retention.doctype.external_warning.external_warning.try_again";
			await frappe.call({ method, type: "POST", args: { warnings: [frm.doc.name] }, freeze: true });
			frm.reload_doc();
		});
	},
});

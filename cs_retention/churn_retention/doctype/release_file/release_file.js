frappe.ui.form.on("Release File", {
	setup(frm) {
		frm.set_query("retention_case", () => ({ filters: { status: "Lost" } }));
	},
	refresh(frm) {
		if (!frm.is_new()) return;
		frm.set_intro(__("Save the file, print it for signature, attach the signed consent, then submit it."), "blue");
	},
});

frappe.ui.form.on("Customer Touch", {
	refresh(frm) {
		if (!frm.doc.decision) return;
		frm.disable_form();
		const colours = { Sent: "green", Merged: "blue", Held: "orange", Skipped: "gray" };
		frm.page.set_indicator(__(frm.doc.decision, null, "Customer Touch"), colours[frm.doc.decision]);
		if (frm.doc.decision === "Held" && frappe.model.can_write("Customer Touch")) {
			frm.add_custom_button(__("Do Not Send"), () => call_off(frm));
		}
		const why = frm.doc.__onload?.why || [];
		if (why.length) frm.set_intro(__("Why: {0}", [why.map(frappe.utils.escape_html).join("; ")]), "blue");
	},
});

function call_off(frm) {
	const method = "cs_retention.callbacks.automatic_touches.call_off";
	frappe.confirm(__("Shall this message never be sent?"), async () => {
		await frappe.call({ method, type: "POST", args: { touch: frm.doc.name } });
		frm.reload_doc();
	});
}

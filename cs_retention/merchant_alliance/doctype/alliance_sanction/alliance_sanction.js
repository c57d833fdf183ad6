const SANCTIONS = "cs_retention.merchant_alliance.doctype.alliance_sanction.alliance_sanction";

frappe.ui.form.on("Alliance Sanction", {
	refresh(frm) {
		const is_in_force = frm.doc.docstatus === 1 && !frm.doc.lifted_on;
		if (!is_in_force || !frm.perm[0] || !frm.perm[0].submit) return;
		frm.add_custom_button(__("Lift"), () => {
			const reason = { fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 };
			frappe.prompt([reason], async ({ reason }) => {
				await frappe.call({ method: `${SANCTIONS}.lift`, args: { name: frm.doc.name, reason }, freeze: true });
				frm.reload_doc();
			}, __("Lift"), __("Confirm"));
		});
	},
});

frappe.ui.form.on("Message Outbox", {
	refresh(frm) {
		const { status, customer_state } = frm.doc;
		if (status === "Failed" && customer_state && frappe.model.can_create("Customer Consent")) {
			frm.add_custom_button(__("Address Came Back"), () => record_bounce(frm));
		}
		if (!frappe.model.can_write("CS Retention Settings")) return;
		if (["On Review", "Failed"].includes(status)) add(frm, __("Send", null, frm.doctype), "send");
		if (["On Review", "Failed", "Queued"].includes(status)) add(frm, __("Discard", null, frm.doctype), "discard");
	},
});

/** A server that does not say plainly whether there is such a mailbox leaves it to people. */
async function record_bounce(frm) {
	const { customer_state, channel, recipient, error } = frm.doc;
	const { message } = await frappe.db.get_value("Customer Retention State", customer_state, "customer");
	const values = { customer: message.customer, channel, address: recipient, status: "Bounced", evidence: error };
	frappe.new_doc("Customer Consent", values);
}

function add(frm, label, action) {
	frm.add_custom_button(label, async () => {
		const method = `cs_retention.cs_retention.doctype.message_outbox.message_outbox.${action}`;
		await frappe.call({ method, type: "POST", args: { messages: [frm.doc.name] }, freeze: true });
		frm.reload_doc();
	});
}

frappe.ui.form.on("Customer Health Change", {
	async refresh(frm) {
		const wrapper = frm.get_field("said").$wrapper.empty();
		if (frm.is_new()) return;
		const method = "cs_retention.churn_retention.doctype.customer_health_change.customer_health_change.get_words";
		const message = await cs_retention.of_shown(frm, { method, type: "GET", args: { name: frm.doc.name } });
		if (!message) return;
		wrapper.empty().append(message.map((text) => $("<p>").text(text)));
	},
});

frappe.listview_settings["Alliance Voucher"] = {
	hide_name_column: true,

	get_indicator(doc) {
		const colours = { Open: "blue", Redeemed: "green" };
		return [__(doc.status, null, "Alliance Voucher"), colours[doc.status], `status,=,${doc.status}`];
	},

	onload(list) {
		if (!frappe.model.can_write("Alliance Voucher")) return;
		list.page.add_inner_button(__("Redeem a Voucher"), () => cs_retention.redeem_voucher(() => list.refresh()));
	},
};

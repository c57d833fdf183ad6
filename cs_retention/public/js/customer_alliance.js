/** What the alliance adds to the Customer form: what the customer gets as a member. */
{
	frappe.ui.form.on("Customer", {
		refresh: (frm) => show_benefits(frm),
	});

	const show_benefits = async (frm) => {
		frm.layout.wrapper.find(".alliance-benefits").remove();
		const standing = frm.get_field("retention_standing");
		if (frm.is_new() || !standing || !frappe.model.can_read("Alliance Merchant")) return;
		const customer = frm.doc.name;
		const method = "cs_retention.merchant_alliance.benefits.get_benefits";
		const { message } = await frappe.call({ method, type: "GET", args: { customer } });
		frm.layout.wrapper.find(".alliance-benefits").remove();
		if (frm.doc.name !== customer || !(message.vouchers.length || message.merchants.length)) return;
		const box = $('<div class="alliance-benefits form-section card-section p-4">');
		box.append($('<div class="bold mb-2">').text(__("What Members of the Alliance Get")));
		message.vouchers.forEach(({ text }) => box.append($('<p class="mb-1 alliance-voucher">').text(text)));
		message.merchants.forEach((row) => box.append(draw(row)));
		standing.$wrapper.closest(".form-section").after(box);
	};

	const draw = ({ name, merchant_name, category, benefits }) => {
		const link = $("<a>").attr("href", frappe.utils.get_form_link("Alliance Merchant", name)).text(merchant_name);
		const kind = category ? $('<span class="text-muted">').text(` (${category})`) : "";
		return $('<p class="mb-1">').append(link, kind, $("<span>").text(`: ${benefits}`));
	};
}

frappe.provide("cs_retention");

{
	const METHODS = "cs_retention.merchant_alliance.doctype.alliance_voucher.alliance_voucher";

	/** Ask for a voucher, typed or scanned, and honour it; the dialog stays for the next one. */
	cs_retention.redeem_voucher = async (after) => {
		const { message: merchants } = await frappe.call({ method: `${METHODS}.list_merchants`, type: "GET" });
		if (!merchants.length) return frappe.msgprint(__("No campaign is running."));
		const dialog = new frappe.ui.Dialog({
			title: __("Redeem a Voucher"),
			fields: [
				{ fieldname: "code", fieldtype: "Data", options: "Barcode", label: __("Code"), reqd: 1 },
				{
					...{ fieldname: "merchant", fieldtype: "Select", label: __("Merchant"), reqd: 1 },
					options: merchants.length > 1 ? [{ value: "", label: "" }, ...merchants] : merchants,
				},
				{ fieldname: "amount", fieldtype: "Currency", label: __("Amount") },
				{
					...{ fieldname: "satisfaction", fieldtype: "Select", label: __("Satisfaction") },
					options: [{ value: "0", label: "" }, ...[5, 4, 3, 2, 1].map((value) => ({ value: String(value), label: String(value) }))],
				},
				{ fieldname: "answer", fieldtype: "HTML" },
			],
			primary_action_label: __("Redeem"),
			primary_action: (values) => redeem(dialog, values, after),
		});
		dialog.show();
	};

	const redeem = (dialog, { code, merchant, amount, satisfaction }, after) => {
		const args = { code, merchant, amount: amount || 0, satisfaction: Number(satisfaction) || 0 };
		const answer = dialog.fields_dict.answer.$wrapper.empty();
		const callback = ({ message }) => {
			const said = __("Honoured: {0}, {1}", [message.customer_name, message.campaign]);
			answer.append($('<p class="text-success mb-0 voucher-honoured">').text(said));
			dialog.set_values({ code: "", amount: 0, satisfaction: "0" });
			after?.();
		};
		// A refusal says by itself why; the dialog stays as it is.
		frappe.call({ method: `${METHODS}.redeem`, args, btn: dialog.get_primary_btn(), callback });
	};
}

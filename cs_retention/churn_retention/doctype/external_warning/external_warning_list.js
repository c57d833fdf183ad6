{
	const METHOD = "cs_retention.churn_retention.doctype.external_warning.external_warning.try_again";
	const COLOURS = { "Kept Aside": "orange", Taken: "green" };

	frappe.listview_settings["External Warning"] = {
		add_fields: ["status"],
		hide_name_column: true,

		get_indicator: ({ status }) => [__(status, null, "External Warning"), COLOURS[status], `status,=,${status}`],

		onload(list) {
			if (!frappe.model.can_write("External Warning")) return;
			list.page.add_actions_menu_item(__("Look for the Customers Again"), () => try_again(list), false);
		},
	};

	const try_again = async (list) => {
		const args = { warnings: list.get_checked_items(true) };
		const { message } = await frappe.call({ method: METHOD, type: "POST", args, freeze: true });
		list.clear_checked_items();
		list.refresh();
		const text = __("{0} taken, {1} kept aside", [message.taken, message.left]);
		frappe.show_alert({ message: text, indicator: message.left ? "orange" : "green" });
	};
}

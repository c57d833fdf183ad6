{
	const METHODS = "cs_retention.callbacks.bulk";
	const word = (text) => __(text, null, "Customer Callback");
	const ENDED = { Done: "blue", Met: "blue", Skipped: "gray", Missed: "red", Unreached: "orange", Merged: "gray" };

	frappe.listview_settings["Customer Callback"] = {
		add_fields: ["status", "due_date"],
		hide_name_column: true,

		/** Red for what is late, amber for today, green for later. */
		get_indicator({ status, due_date }) {
			const today = cs_retention.today();
			if (status !== "Planned") return [word(status), ENDED[status], `status,=,${status}`];
			if (due_date < today) return [__("Overdue", null, "Customer Callback"), "red", `status,=,Planned|due_date,<,${today}`];
			if (due_date === today) return [__("Due Today", null, "Customer Callback"), "orange", `status,=,Planned|due_date,=,${today}`];
			return [word("Planned"), "green", `status,=,Planned|due_date,>,${today}`];
		},

		onload(list) {
			if (!frappe.model.can_write("Customer Callback")) return;
			list.page.add_actions_menu_item(__("Reassign"), () => ask(list, "reassign", person_fields()), false);
			list.page.add_actions_menu_item(__("Reschedule"), () => ask(list, "reschedule", date_fields()), false);
			list.page.add_actions_menu_item(__("Log as Done"), () => ask(list, "complete", result_fields()), false);
		},
	};

	const REASON = () => ({ fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 });
	const person_fields = () => [
		{
			...{ fieldname: "person", fieldtype: "Link", options: "User", label: __("Person"), reqd: 1 },
			...{ description: __("Account manager or backup of each customer") },
		},
		REASON(),
	];
	const date_fields = () => [
		{ fieldname: "due_date", fieldtype: "Date", label: word("Due Date"), reqd: 1 },
		REASON(),
	];
	const result_fields = () => [
		{
			...{ fieldname: "outcome", fieldtype: "Select", label: word("Outcome"), reqd: 1, default: "Reached" },
			options: ["Reached", "Visited", "Refused"].map((value) => ({ value, label: word(value) })),
		},
		{ fieldname: "spoken_to", fieldtype: "Data", label: word("Spoken To"), reqd: 1 },
		{ fieldname: "summary", fieldtype: "Small Text", label: word("Summary"), reqd: 1 },
	];

	const ask = (list, method, fields) => {
		const callbacks = list.get_checked_items(true);
		const title = __("{0} Callbacks", [callbacks.length]);
		const dialog = new frappe.ui.Dialog({
			title,
			fields,
			primary_action_label: __("Go", null, "Customer Callback"),
			primary_action: async (values) => {
				dialog.disable_primary_action();
				try {
					const args = { callbacks, ...values };
					const { message } = await frappe.call({ method: `${METHODS}.${method}`, type: "POST", args, freeze: true });
					dialog.hide();
					tell(message);
					list.clear_checked_items();
					list.refresh();
				} finally {
					dialog.enable_primary_action();
				}
			},
		});
		dialog.show();
	};

	const tell = ({ is_enqueued, done, failed }) => {
		if (is_enqueued) {
			const message = __("This takes a while. You are told when it is done.");
			return frappe.show_alert({ message, indicator: "blue" });
		}
		if (!failed.length) return frappe.show_alert({ message: __("{0} done", [done]), indicator: "green" });
		const rows = failed.map(({ customer, why }) => $("<tr>").append($("<td>").html(customer), $("<td>").html(why)));
		frappe.msgprint({
			title: __("{0} done, {1} not", [done, failed.length]),
			message: $("<div>").append($('<table class="table">').append(rows)).html(),
			indicator: "orange",
		});
	};
}

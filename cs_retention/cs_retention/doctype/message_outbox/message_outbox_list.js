{
	const DOCTYPE = "Message Outbox";
	const METHODS = "cs_retention.cs_retention.doctype.message_outbox.message_outbox";
	const COLOURS = {
		...{ Queued: "blue", Sending: "blue", Sent: "green", Failed: "red" },
		...{ "On Review": "orange", Cancelled: "gray" },
	};

	frappe.listview_settings[DOCTYPE] = {
		hide_name_column: true,
		formatters: { reason: (value) => (value ? __(value, null, DOCTYPE) : "") },

		get_indicator: ({ status }) => [__(status, null, DOCTYPE), COLOURS[status], `status,=,${status}`],

		onload(list) {
			if (!frappe.model.can_write("CS Retention Settings")) return;
			list.page.add_actions_menu_item(__("Send", null, DOCTYPE), () => decide(list, "send"), false);
			list.page.add_actions_menu_item(__("Discard", null, DOCTYPE), () => decide(list, "discard"), false);
		},

		refresh: (list) => show_hold(list),
	};

	/** Say that messages are held after a restore, and how to end that. */
	const show_hold = async (list) => {
		const { message: until } = await frappe.call({ method: `${METHODS}.get_hold`, type: "GET" });
		list.page.main.find(".outbox-hold").remove();
		if (!until) return;
		const said = __("The database was restored. New messages are held for review until {0}.", [until]);
		const band = $('<div class="outbox-hold form-message orange">').text(said);
		if (frappe.model.can_write("CS Retention Settings")) {
			const end = $('<a href="#" class="ml-2">').text(__("End Holding"));
			end.on("click", (event) => {
				event.preventDefault();
				frappe.call({ method: `${METHODS}.end_hold`, type: "POST" }).then(() => list.refresh());
			});
			band.append(end);
		}
		list.page.main.prepend(band);
	};

	/** Only what is held, has failed or waits can be decided about; say how many of the chosen these were. */
	const decide = (list, method) => {
		const messages = list.get_checked_items(true);
		const question = {
			send: __("Send {0} messages now? What they say may have been sent before.", [messages.length]),
			discard: __("Never send these {0} messages?", [messages.length]),
		};
		frappe.confirm(question[method], async () => {
			const args = { messages };
			const { message } = await frappe.call({ method: `${METHODS}.${method}`, type: "POST", args, freeze: true });
			const said = __("{0} of {1} messages", [message, messages.length]);
			frappe.show_alert({ message: said, indicator: message ? "green" : "orange" });
			list.clear_checked_items();
			// The list would not ask again for what it was told within three seconds.
			list.last_args = null;
			list.refresh();
		});
	};
}

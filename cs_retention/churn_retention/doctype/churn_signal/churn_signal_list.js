{
	const METHODS = "cs_retention.churn_retention.signal_bulk";
	const word = (text) => __(text, null, "Churn Signal");
	const COLOURS = { Open: "red", Snoozed: "yellow", Closed: "gray" };

	frappe.listview_settings["Churn Signal"] = {
		add_fields: ["status", "closed_as", "callback", "rule"],
		hide_name_column: true,
		filters: [["status", "=", "Open"]],

		/**
		 * Red while it speaks, blue once somebody calls, yellow while it is silent, grey with a word on what it was.
		 * A phone shows no more than customer and indicator, which has the rule there.
		 */
		get_indicator({ status, closed_as, callback, rule }) {
			const say = (text) => (frappe.is_mobile() ? word(rule) : text);
			if (status === "Closed" && closed_as) return [say(word(closed_as)), "gray", `closed_as,=,${closed_as}`];
			if (status === "Open" && callback) return [say(__("Being Called")), "blue", "status,=,Open|callback,is,set"];
			return [say(word(status)), COLOURS[status], `status,=,${status}`];
		},

		onload(list) {
			if (!frappe.model.can_write("Churn Signal")) return;
			list.page.add_actions_menu_item(__("Make Callbacks"), () => make_callbacks(list), false);
			list.page.add_actions_menu_item(__("Silence"), () => ask_silence(list), false);
			if (!frappe.model.can_create("Retention Case")) return;
			list.page.add_actions_menu_item(__("Open Cases"), () => open_cases(list), false);
		},
	};

	const call = async (list, method, args) => {
		const signals = list.get_checked_items(true);
		const { message } = await frappe.call({
			...{ method: `${METHODS}.${method}`, type: "POST", args: { signals, ...args }, freeze: true },
		});
		list.clear_checked_items();
		list.refresh();
		return message;
	};

	const make_callbacks = async (list) => {
		const { made, left, said } = await call(list, "make_callbacks");
		const lines = [made === 1 ? __("1 callback made") : __("{0} callbacks made", [made])];
		if (left) lines.push(__("{0} signals left as they are", [left]));
		if (said) lines.push(said);
		frappe.show_alert({ message: lines.map(frappe.utils.escape_html).join("<br>"), indicator: "green" }, 7);
	};

	/** One case goes to its form, several to the list of them. */
	const open_cases = async (list) => {
		const signals = list.get_checked_items(true);
		const method = "cs_retention.churn_retention.case_sources.open_from_signals";
		const { message } = await frappe.call({ method, type: "POST", args: { signals }, freeze: true });
		const { cases, left } = message;
		if (left) {
			const text = __("{0} signals left as they are", [left]);
			frappe.show_alert({ message: frappe.utils.escape_html(text), indicator: "blue" });
		}
		list.clear_checked_items();
		if (cases.length === 1) return frappe.set_route("Form", "Retention Case", cases[0]);
		if (cases.length) return frappe.set_route("List", "Retention Case", "List", { name: ["in", cases] });
		return list.refresh();
	};

	const ask_silence = (list) => {
		const later = frappe.datetime.add_days(cs_retention.today(), 30);
		const dialog = new frappe.ui.Dialog({
			title: __("{0} Signals", [list.get_checked_items(true).length]),
			fields: [
				{ fieldname: "until", fieldtype: "Date", label: word("Silent Until"), reqd: 1, default: later },
				{ fieldname: "reason", fieldtype: "Small Text", label: word("Reason for Silence"), reqd: 1 },
			],
			primary_action_label: __("Silence"),
			primary_action: async (values) => {
				dialog.disable_primary_action();
				try {
					const { signals } = await call(list, "snooze", values);
					dialog.hide();
					frappe.show_alert({ message: __("{0} signals silent", [signals]), indicator: "green" });
				} finally {
					dialog.enable_primary_action();
				}
			},
		});
		dialog.show();
	};
}

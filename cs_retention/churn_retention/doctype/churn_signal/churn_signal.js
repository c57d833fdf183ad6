const FOUND_BY_THE_NIGHT = [
	...["Lateness", "Revenue Halved", "Bill Trend", "Missing Bill", "Overdue Growing", "Complaints"],
	...["Low Satisfaction", "Unreached", "Contract Ending", "Looks Billed"],
];

frappe.ui.form.on("Churn Signal", {
	setup(frm) {
		frm.set_df_property("rule", "options", rule_options(frm));
		frm.set_df_property("status", "formatter", word);
	},

	refresh(frm) {
		frm.get_field("why").$wrapper.empty();
		frm.set_df_property("rule", "options", rule_options(frm));
		frm.toggle_display("why_section", !frm.is_new());
		if (frm.is_new()) return;
		show_standing(frm);
		draw_why(frm);
		if (!frm.is_dirty() && frappe.perm.has_perm("Churn Signal", 0, "write")) add_buttons(frm);
	},
});

const word = (text) => __(text, null, "Churn Signal");

/** People enter what they heard; the rest is the night's and other systems'. */
function rule_options(frm) {
	const entered = ["Cancellation Asked", "Port-Out Asked", "Competitor Named"];
	const rules = frm.is_new() ? entered : [...FOUND_BY_THE_NIGHT, ...entered, "External Warning"];
	return rules.map((value) => ({ value, label: word(value) }));
}

function show_standing(frm) {
	const { status, rule } = frm.doc;
	const colours = { Open: "red", Snoozed: "yellow", Closed: "gray" };
	frm.page.set_indicator(word(status), colours[status]);
	frm.dashboard.clear_headline();
	if (status === "Closed" && FOUND_BY_THE_NIGHT.includes(rule) && frm.doc.night_key === null && frm.doc.open_key) {
		const text = __("Its rule stays silent for this customer until the fact is gone.");
		frm.dashboard.set_headline_alert(text, "blue");
	}
	if (status === "Snoozed") {
		const day = frappe.datetime.str_to_user(frm.doc.snoozed_until);
		frm.dashboard.set_headline_alert(__("Silent until {0}.", [day]), "yellow");
	}
}

async function draw_why(frm) {
	const { name } = frm.doc;
	const method = "cs_retention.churn_retention.doctype.churn_signal.churn_signal.get_words";
	const { message } = await frappe.call({ method, type: "GET", args: { name } });
	if (frm.doc.name !== name) return;
	const wrapper = frm.get_field("why").$wrapper.empty();
	wrapper.append($('<p class="bold">').text(message.said));
	if (message.evidence.length) wrapper.append(draw_evidence(message.evidence));
	if (!message.is_kept) return;
	const note = __("Kept as it stood when the signal was raised or closed, whatever became of the documents since.");
	wrapper.append($('<p class="text-muted small">').text(note));
}

function draw_evidence(rows) {
	const heads = [__("Document", null, "Churn Signal"), __("Date"), __("Figure", null, "Churn Signal")];
	const table = $('<table class="table table-bordered table-sm signal-evidence">');
	const head = $("<tr>").append(heads.map((text) => $("<th>").text(text)));
	const lines = rows.map(({ doctype, name, day, figure, is_gone }) => {
		const said = `${__(doctype)} ${name}`;
		const link = is_gone
			? $("<span>").text(`${said} · ${__("deleted since")}`)
			: $("<a>").attr("href", frappe.utils.get_form_link(doctype, name)).text(said);
		const decimals = Number.isInteger(figure) ? 0 : 2;
		const shown = typeof figure === "number" ? format_number(figure, null, decimals) : __(figure || "");
		return $("<tr>").append(
			$("<td>").append(link),
			$("<td>").text(day ? frappe.datetime.str_to_user(day) : ""),
			$('<td class="text-right">').text(shown)
		);
	});
	table.append($("<thead>").append(head), $("<tbody>").append(lines));
	return $('<div class="table-responsive">').append(table);
}

function add_buttons(frm) {
	const { status, rule, callback, retention_case } = frm.doc;
	if (status === "Closed") return;
	if (rule === "Looks Billed") frm.add_custom_button(__("Accept as Billed"), () => accept(frm));
	if (!callback && rule !== "Looks Billed") {
		frm.add_custom_button(__("Make Callback"), () => make_callback(frm));
	}
	if (rule !== "Looks Billed" && !retention_case && frappe.model.can_create("Retention Case")) {
		frm.add_custom_button(__("Open Case"), () => cs_retention.cases.open_from("Churn Signal", frm.doc.name));
	}
	frm.add_custom_button(__("Silence"), () => ask_silence(frm));
	if (status === "Snoozed") frm.add_custom_button(__("Speak Again"), () => act(frm, "wake"));
	frm.add_custom_button(__("Close Signal"), () => ask_closing(frm));
}

async function act(frm, method, args) {
	const { message } = await frm.call({ method, doc: frm.doc, args, freeze: true });
	await frm.reload_doc();
	return message;
}

function accept(frm) {
	const question = __("Treat {0} as billed? Its health then goes by the contract customers' card.", [
		frappe.utils.escape_html(frm.doc.customer).bold(),
	]);
	frappe.confirm(question, () => act(frm, "accept"));
}

async function make_callback(frm) {
	const message = await act(frm, "make_callback");
	if (message.said) frappe.show_alert({ message: frappe.utils.escape_html(message.said), indicator: "blue" });
}

function ask_silence(frm) {
	ask(__("Silence"), silence_fields(), (values) => act(frm, "snooze", values));
}

function silence_fields() {
	const tomorrow = frappe.datetime.add_days(cs_retention.today(), 1);
	const later = frappe.datetime.add_days(cs_retention.today(), 30);
	return [
		{ fieldname: "until", fieldtype: "Date", label: word("Silent Until"), reqd: 1, default: later, min_date: frappe.datetime.str_to_obj(tomorrow) },
		{ fieldname: "reason", fieldtype: "Small Text", label: word("Reason for Silence"), reqd: 1 },
	];
}

function ask_closing(frm) {
	const options = ["True Warning", "Known Cause", "False Alarm"].map((value) => ({ value, label: word(value) }));
	const fields = [
		{ fieldname: "closed_as", fieldtype: "Select", label: word("Closed As"), options, reqd: 1 },
		{
			...{ fieldname: "note", fieldtype: "Small Text", label: word("Closing Note") },
			mandatory_depends_on: "eval:doc.closed_as=='Known Cause'",
		},
	];
	ask(__("Close Signal"), fields, (values) => act(frm, "close", values));
}

function ask(title, fields, go) {
	const dialog = new frappe.ui.Dialog({
		title,
		fields,
		primary_action_label: __("Go", null, "Customer Callback"),
		primary_action: async (values) => {
			dialog.disable_primary_action();
			try {
				await go(values);
				dialog.hide();
			} finally {
				dialog.enable_primary_action();
			}
		},
	});
	dialog.show();
}

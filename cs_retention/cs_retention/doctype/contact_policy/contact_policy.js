const CLASSES = ["Complaint", "Retention", "Care", "Marketing"];

cs_retention.policy_form({
	doctype: "Contact Policy",
	methods: "cs_retention.callbacks.contact_trial",
	hints: () => ({
		Draft: __("Try this policy to see what it would send, hold and skip tomorrow. Nothing is sent by that."),
		Tried: __("Activate this policy when the figures are right. The active one is retired."),
	}),
	draw_trial,
	questions,
});

function questions() {
	const label = (text) => __(text, null, "Customer Touch");
	const options = (values) => values.map((value) => ({ value, label: label(value) }));
	return [
		{ fieldtype: "HTML", options: __("What would become of a message to every customer tomorrow?") },
		{
			...{ fieldname: "message_class", fieldtype: "Select", label: label("Class"), reqd: 1 },
			...{ options: options(CLASSES), default: "Marketing" },
		},
		{
			...{ fieldname: "channel", fieldtype: "Select", label: label("Sent By"), reqd: 1 },
			...{ options: options(["Email", "SMS"]), default: "Email" },
		},
	];
}

/** The figures of a trial, and the rows of the one that is chosen. */
function draw_trial(frm) {
	const wrapper = frm.get_field("trial_tables").$wrapper.empty();
	if (!frm.doc.trial_figures) return;
	const { groups, rows, rows_shown } = JSON.parse(frm.doc.trial_figures);
	const word = (text) => __(text, null, "Customer Touch");
	const shown = $("<div>");
	const show = (decision) => {
		const chosen = rows.filter((row) => row.decision === decision);
		shown.empty().append($('<h6 class="mt-3">').text(word(decision)), cs_retention.messages.table(chosen));
		shown.append($('<p class="text-muted">').text(__("{0} rows of each cause at most", [rows_shown])));
	};
	const lines = groups.map(([decision, cause, count]) => {
		const button = $('<button type="button" class="btn btn-default btn-xs trial-figure">').text(format_number(count, null, 0));
		button.on("click", () => show(decision));
		const pill = $('<span class="indicator-pill">').addClass(cs_retention.messages.colours[decision]);
		pill.text(word(decision));
		return $("<tr>").append($("<td>").append(pill), $("<td>").text(cause), $('<td class="text-right">').append(button));
	});
	const table = $('<table class="table table-bordered table-sm mb-2" style="max-width: 32rem">');
	wrapper.append(table.append($("<tbody>").append(lines)), shown);
	if (groups.length) show(groups[groups.length - 1][0]);
}

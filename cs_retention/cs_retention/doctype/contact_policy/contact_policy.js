const TRY = "cs_retention.callbacks.contact_trial.try_policy";
const CLASSES = ["Complaint", "Retention", "Care", "Marketing"];

frappe.ui.form.on("Contact Policy", {
	refresh(frm) {
		draw_trial(frm);
		if (frm.is_new()) return;
		const is_open = ["Draft", "Tried"].includes(frm.doc.status);
		if (!is_open) frm.disable_form();
		else if (frm.save_disabled) frm.enable_save();
		show_standing(frm);
		if (!frm.is_dirty()) add_buttons(frm, is_open);
	},
});

function may(right) {
	return frappe.perm.has_perm("Contact Policy", 0, right);
}

function show_standing(frm) {
	const colours = { Draft: "orange", Tried: "blue", Active: "green", Retired: "grey" };
	frm.page.set_indicator(__(frm.doc.status, null, "Contact Policy"), colours[frm.doc.status]);
	const hints = {
		Draft: __("Try this policy to see what it would send, hold and skip tomorrow. Nothing is sent by that."),
		Tried: __("Activate this policy when the figures are right. The active one is retired."),
	};
	if (hints[frm.doc.status]) frm.dashboard.set_headline_alert(hints[frm.doc.status], "blue");
}

function add_buttons(frm, is_open) {
	const is_tried = frm.doc.status === "Tried";
	if (is_open && may("write")) frm.add_custom_button(__("Try"), () => try_policy(frm));
	if (is_tried && may("write")) frm.add_custom_button(__("Activate"), () => activate(frm));
	if (may("create")) frm.add_custom_button(__("New Version"), () => make_new_version(frm));
	frm.change_custom_button_type(is_tried ? __("Activate") : __("Try"), null, "primary");
}

function try_policy(frm) {
	const label = (text) => __(text, null, "Customer Touch");
	const options = (values) => values.map((value) => ({ value, label: label(value) }));
	const fields = [
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
	const run = async (values) => {
		await frappe.call({ method: TRY, type: "POST", args: { name: frm.doc.name, ...values }, freeze: true });
		frm.reload_doc();
	};
	frappe.prompt(fields, run, __("Try"), __("Try"));
}

function activate(frm) {
	const question = __("Put {0} in force? {1}", [frm.doc.name, frm.doc.trial_summary].map(frappe.utils.escape_html));
	frappe.confirm(question, async () => {
		await frm.call("activate");
		frm.reload_doc();
	});
}

async function make_new_version(frm) {
	const { message } = await frm.call("new_version");
	frappe.set_route("Form", "Contact Policy", message);
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
		const link = $('<a href="#" class="trial-figure">').text(format_number(count, null, 0));
		link.on("click", (event) => {
			event.preventDefault();
			show(decision);
		});
		const pill = $('<span class="indicator-pill">').addClass(cs_retention.messages.colours[decision]);
		pill.text(word(decision));
		return $("<tr>").append($("<td>").append(pill), $("<td>").text(cause), $('<td class="text-right">').append(link));
	});
	const table = $('<table class="table table-bordered table-sm mb-2" style="max-width: 32rem">');
	wrapper.append(table.append($("<tbody>").append(lines)), shown);
	if (groups.length) show(groups[groups.length - 1][0]);
}

const METHODS = "cs_retention.star_levels.doctype.star_policy.star_policy";
const LADDER = ["Key Account", "Five Star", "Four Star", "Three Star", "Two Star", "One Star", "New"];
const SECONDS_BETWEEN_LOOKS = 2;

frappe.ui.form.on("Star Policy", {
	refresh(frm) {
		draw_trial(frm);
		if (frm.is_new()) return;
		const is_open = ["Draft", "Tried"].includes(frm.doc.status);
		if (!is_open) frm.disable_form();
		else if (frm.save_disabled) frm.enable_save();
		show_standing(frm);
		if (!frm.is_dirty()) add_buttons(frm, is_open);
		if (is_open) look(frm);
	},
});

function may(right) {
	return frappe.perm.has_perm("Star Policy", 0, right);
}

function show_standing(frm) {
	const colours = { Draft: "orange", Tried: "blue", Active: "green", Retired: "grey" };
	frm.page.set_indicator(__(frm.doc.status, null, "Star Policy"), colours[frm.doc.status]);
	const hints = {
		Draft: [__("Try this policy to see who would move. No level is changed by that."), "blue"],
		Tried: [__("Activate this policy when the moves are right. The active one is retired."), "blue"],
	};
	if (frm.doc.trial_error) frm.dashboard.set_headline_alert(frappe.utils.escape_html(frm.doc.trial_error), "red");
	else if (hints[frm.doc.status]) frm.dashboard.set_headline_alert(...hints[frm.doc.status]);
}

function add_buttons(frm, is_open) {
	const is_tried = frm.doc.status === "Tried";
	if (is_open && may("write")) frm.add_custom_button(__("Try"), () => try_policy(frm));
	if (is_tried && may("write")) frm.add_custom_button(__("Activate"), () => activate(frm));
	if (may("create")) frm.add_custom_button(__("New Version"), () => make_new_version(frm));
	frm.change_custom_button_type(is_tried ? __("Activate") : __("Try"), null, "primary");
}

async function try_policy(frm) {
	await frappe.call({ method: `${METHODS}.try_policy`, args: { name: frm.doc.name }, freeze: true });
	frm.was_running = true;
	look(frm);
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
	frappe.set_route("Form", "Star Policy", message);
}

/** Follow a running trial: the form may hear of no events, so it looks. */
async function look(frm) {
	clearTimeout(frm.next_look);
	const name = frm.doc.name;
	const { message } = await frappe.call({ method: `${METHODS}.get_trial_progress`, args: { name } });
	if (frm.doc.name !== name) return;
	const was_running = frm.was_running;
	frm.was_running = message.is_running;
	if (message.is_running) {
		const done = format_number(message.progress, null, 0);
		frm.dashboard.show_progress(__("Trial"), message.progress || 1, __("{0}: {1} %", [__("Trial"), done]));
		frm.next_look = setTimeout(() => $(frm.wrapper).is(":visible") && look(frm), SECONDS_BETWEEN_LOOKS * 1000);
	} else if (was_running) {
		frm.dashboard.hide_progress();
		frm.reload_doc();
	}
}

function draw_trial(frm) {
	const wrapper = frm.get_field("trial_tables").$wrapper.empty();
	if (!frm.doc.trial_figures) return;
	const { as_of, levels, people } = JSON.parse(frm.doc.trial_figures);
	const day = frappe.datetime.str_to_user(as_of);
	wrapper.append($('<p class="text-muted">').text(__("Rated as an annual review of {0} would.", [day])));
	wrapper.append(title(__("Customers from Level (Rows) to Level (Columns)")), draw_levels(levels));
	wrapper.append(title(__("Calls per Week and Person")), draw_people(people));
}

function title(text) {
	return $('<h6 class="mt-3">').text(text);
}

function draw_levels(levels) {
	const counts = Object.fromEntries(levels.map(([before, after, count]) => [`${before}|${after}`, count]));
	const words = LADDER.map((level) => (level === "New" ? __("New", null, "Star Rating") : __(level)));
	const lines = LADDER.map((before, place) => [
		words[place],
		...LADDER.map((after) => [counts[`${before}|${after}`] || 0, before === after]),
	]);
	return draw_table(["", ...words], lines);
}

function draw_people(people) {
	const widest = [...people].sort((a, b) => Math.abs(b[3] - b[2]) - Math.abs(a[3] - a[2]));
	const lines = widest.map(([person, customers, before, after]) => [
		person ? frappe.user.full_name(person) : __("nobody"),
		[customers],
		...[before, after, after - before].map((calls) => [calls, false, 1]),
	]);
	return draw_table([__("Person"), __("Customers", null, "Star Review"), __("Before"), __("After"), __("Change")], lines);
}

/** A cell is a text, or a list of number, whether it is muted, and decimals. */
function draw_table(heads, lines) {
	const cell = (value) => {
		if (!Array.isArray(value)) return $("<th>").text(value);
		const [number, is_muted, decimals] = value;
		const text = number ? format_number(number, null, decimals || 0) : "–";
		return $('<td class="text-right">').toggleClass("text-muted", Boolean(is_muted)).text(text);
	};
	const head = $("<tr>").append(heads.map((text) => $("<th>").text(text)));
	const rows = lines.map((line) => $("<tr>").append(line.map(cell)));
	const table = $('<table class="table table-bordered table-sm mb-2">');
	table.append($("<thead>").append(head), $("<tbody>").append(rows));
	return $('<div class="table-responsive" style="max-height: 24rem">').append(table);
}

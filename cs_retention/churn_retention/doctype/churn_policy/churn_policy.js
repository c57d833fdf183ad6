const BANDS = ["Healthy", "Watch", "At Risk", "Critical", "Prospect"];

cs_retention.policy_form({
	doctype: "Churn Policy",
	methods: "cs_retention.churn_retention.doctype.churn_policy.churn_policy",
	hints: () => ({
		Draft: __("Try this policy to see who would change band and what its back-test says. No health is changed by that."),
		Tried: __("Activate this policy when its back-test is better. The next night assesses everybody by it."),
	}),
	draw_trial,
});

function draw_trial(frm) {
	const wrapper = frm.get_field("trial_tables").$wrapper.empty();
	if (!frm.doc.trial_figures) return;
	const { as_of, in_force, bands, backtests } = JSON.parse(frm.doc.trial_figures);
	const said = __("Held against {0}, on the book of {1}.", [in_force, frappe.datetime.str_to_user(as_of)]);
	wrapper.append($('<p class="text-muted">').text(said));
	const title = (text) => $('<div class="bold mt-4 mb-2">').text(text);
	wrapper.append(title(__("Customers from Band (Rows) to Band (Columns)")), draw_bands(bands));
	wrapper.append(title(__("Back-Tests: in Force | This Policy")), draw_backtests(backtests));
}

function draw_bands(bands) {
	const counts = Object.fromEntries(bands.map(([before, after, count]) => [`${before}|${after}`, count]));
	const words = BANDS.map((band) => __(band, null, "Customer"));
	const lines = BANDS.map((before, place) => [
		words[place],
		...BANDS.map((after) => [counts[`${before}|${after}`] || 0, before === after]),
	]);
	return cs_retention.trial_table(["", ...words], lines);
}

/** Both figures in one cell, so that they are read side by side. */
function draw_backtests(rows) {
	const heads = [
		...[__("As Of", null, "Churn Policy"), __("Card", null, "Churn Policy"), __("Customers", null, "Star Review")],
		...[__("Area Under the Curve"), __("Lift", null, "Churn Policy"), __("Warned"), `${__("precision")} (%)`, __("lead in days")],
	].map((text) => text.charAt(0).toUpperCase() + text.slice(1));
	const table = $('<table class="table table-bordered table-sm mb-2 churn-comparison">');
	const shown = (figure, decimals) => (figure === null ? "–" : format_number(figure, null, decimals));
	const pair = (row, name, decimals, times = 1) => {
		const both = [row.before, row.after].map((worth) => worth[name] === null ? null : times * worth[name]);
		return both.map((figure) => shown(figure, decimals)).join(" | ");
	};
	const lines = rows.map((row) => [
		...[frappe.datetime.str_to_user(row.as_of), __(row.card), format_number(row.customers, null, 0)],
		...[pair(row, "auc", 3), pair(row, "lift", 1), pair(row, "warned", 0), pair(row, "precision", 0, 100), pair(row, "lead", 0)],
	]);
	const cell = (text, place) => $('<td class="text-nowrap">').toggleClass("text-right", place > 1).text(text);
	table.append($("<thead>").append($("<tr>").append(heads.map((text) => $('<th class="text-nowrap">').text(text)))));
	table.append($("<tbody>").append(lines.map((line) => $("<tr>").append(line.map(cell)))));
	return $('<div class="table-responsive">').append(table);
}

const LADDER = ["Key Account", "Five Star", "Four Star", "Three Star", "Two Star", "One Star", "New"];

cs_retention.policy_form({
	doctype: "Star Policy",
	methods: "cs_retention.star_levels.doctype.star_policy.star_policy",
	hints: () => ({
		Draft: __("Try this policy to see who would move. No level is changed by that."),
		Tried: __("Activate this policy when the moves are right. The active one is retired."),
	}),
	draw_trial,
});

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
	return $('<div class="bold mt-4 mb-2">').text(text);
}

function draw_levels(levels) {
	const counts = Object.fromEntries(levels.map(([before, after, count]) => [`${before}|${after}`, count]));
	const words = LADDER.map((level) => (level === "New" ? __("New", null, "Star Rating") : __(level)));
	const lines = LADDER.map((before, place) => [
		words[place],
		...LADDER.map((after) => [counts[`${before}|${after}`] || 0, before === after]),
	]);
	return cs_retention.trial_table(["", ...words], lines);
}

function draw_people(people) {
	const widest = [...people].sort((a, b) => Math.abs(b[3] - b[2]) - Math.abs(a[3] - a[2]));
	const lines = widest.map(([person, customers, before, after]) => [
		person ? frappe.user.full_name(person) : __("nobody"),
		[customers],
		...[before, after, after - before].map((calls) => [calls, false, 1]),
	]);
	const heads = [__("Person"), __("Customers", null, "Star Review"), __("Before"), __("After"), __("Change")];
	return cs_retention.trial_table(heads, lines);
}

const RUNNING = { Computing: "Compute", Submitting: "Submit", Cancelling: "Cancel" };
const METHODS = "cs_retention.star_levels.doctype.star_review.star_review";

frappe.ui.form.on("Star Review", {
	setup(frm) {
		frm.set_query("policy", () => ({ filters: { status: "Active" } }));
		frm.show_submit_message = () => show_hint(frm);
	},

	onload(frm) {
		if (frm.is_new() && !frm.doc.policy) set_active_policy(frm);
	},

	refresh(frm) {
		show_standing(frm);
		add_buttons(frm);
		frm.moves = frm.moves || new ReviewMoves(frm);
		frm.moves.refresh();
		if (is_running(frm)) look_again(frm);
	},
});

function is_running(frm) {
	return frm.doc.status in RUNNING;
}

async function set_active_policy(frm) {
	const { name } = frm.doc;
	const found = await frappe.db.get_value("Star Policy", { status: "Active" }, "name");
	if (frm.doc.name === name && found.message.name) frm.set_value("policy", found.message.name);
}

/** What to do next, in place of Frappe's "Submit this document to confirm". */
function show_hint(frm) {
	const hints = {
		Draft: [__("Compute to see who would move. Nothing is applied by that."), "blue"],
		Computed: [__("Nothing is applied yet. Submit when the moves are right."), "blue"],
		Failed: [frappe.utils.escape_html(frm.doc.error || ""), "red"],
	};
	if (frm.is_new() || !hints[frm.doc.status]) return;
	frm.dashboard.set_headline_alert(...hints[frm.doc.status]);
}

function show_standing(frm) {
	const colours = { Computed: "blue", Submitted: "green", Failed: "red", Cancelled: "gray", Draft: "orange" };
	frm.page.set_indicator(__(frm.doc.status), colours[frm.doc.status] || "yellow");
	frm.dashboard.hide_progress();
	if (is_running(frm)) show_progress(frm, frm.doc.progress);
}

function show_progress(frm, percent) {
	const done = format_number(percent || 0, null, 0);
	frm.dashboard.show_progress(__(frm.doc.status), percent || 1, __("{0}: {1} %", [__(frm.doc.status), done]));
}

/** Which steps may be started now; the server decides again. */
function open_steps(doc) {
	if (doc.status === "Failed") return [doc.step];
	return { Draft: ["Compute"], Computed: ["Compute", "Submit"], Submitted: ["Cancel"] }[doc.status] || [];
}

function add_buttons(frm) {
	if (frm.is_new() || frm.is_dirty()) return;
	frm.page.clear_primary_action();
	frm.page.clear_secondary_action();
	const labels = { Compute: __("Compute"), Submit: __("Submit"), Cancel: __("Cancel") };
	const rights = { Compute: "write", Submit: "submit", Cancel: "cancel" };
	const steps = open_steps(frm.doc).filter((step) => frm.perm[0]?.[rights[step]]);
	steps.forEach((step, place) => {
		const add = place === steps.length - 1 ? "set_primary_action" : "add_inner_button";
		frm.page[add](labels[step], () => confirm_step(frm, step));
	});
}

function confirm_step(frm, step) {
	const { rated, up, down } = frm.doc;
	const questions = {
		Submit: __("Apply {0} ratings: {1} up, {2} down?", [rated, up, down]),
		Cancel: __("Put every customer back to the level before this review?"),
	};
	if (!questions[step]) return start(frm, step);
	frappe.confirm(questions[step], () => start(frm, step));
}

async function start(frm, step) {
	const { name } = frm.doc;
	await frappe.call({ method: `${METHODS}.${step.toLowerCase()}_review`, args: { name }, freeze: true });
	if (frm.doc.name === name) frm.reload_doc();
}

/** Follow a running step: the form may hear of no events, so it looks. */
function look_again(frm) {
	cs_retention.look_later(frm, async () => {
		const args = { name: frm.doc.name };
		const message = await cs_retention.of_shown(frm, { method: `${METHODS}.get_progress`, args });
		if (!message) return;
		if (message.status !== frm.doc.status) return frm.reload_doc();
		show_progress(frm, message.progress);
		if (message.is_lost) offer_to_continue(frm);
		look_again(frm);
	});
}

function offer_to_continue(frm) {
	frm.page.set_primary_action(__("Continue"), () => start(frm, RUNNING[frm.doc.status]));
}

/** The panel of customers that a review moves: a tab per group, a page of links at a time. */
class ReviewMoves {
	constructor(frm) {
		this.frm = frm;
		this.start = 0;
	}

	groups() {
		return {
			up: __("Up", null, "Star Review"),
			down: __("Down"),
			first_rated: __("First Rating"),
			near_next_level: __("Near the Next Level"),
			overrides_kept: __("Overrides Kept"),
			imported: __("Levels of Head Office"),
			imported_differ: __("Different from Ours"),
		};
	}

	refresh() {
		this.wrapper = this.frm.get_field("moves").$wrapper.empty();
		if (this.frm.is_new() || !this.frm.doc.computed_on || is_running(this.frm)) return;
		const groups = Object.keys(this.groups());
		this.group = this.group || groups.find((group) => this.frm.doc[group]) || groups[0];
		this.draw_tabs();
		this.body = $('<div class="review-moves-body">').appendTo(this.wrapper);
		this.load();
	}

	draw_tabs() {
		const tabs = $('<div class="d-flex flex-wrap mb-3" role="tablist">').appendTo(this.wrapper);
		for (const [group, label] of Object.entries(this.groups())) {
			const tab = $('<button type="button" role="tab" class="btn btn-default btn-sm mr-2 mb-2">').attr("data-group", group);
			tab.text(`${label} · ${format_number(this.frm.doc[group] || 0, null, 0)}`);
			tab.on("click", () => this.show(group, 0)).appendTo(tabs);
		}
		this.tabs = tabs;
	}

	show(group, start) {
		Object.assign(this, { group, start });
		this.load();
	}

	async load() {
		this.tabs.children().each((_i, tab) => {
			const is_open = tab.dataset.group === this.group;
			$(tab).toggleClass("btn-primary", is_open).attr("aria-selected", is_open);
		});
		const asked = { name: this.frm.doc.name, group: this.group, start: this.start };
		const message = await cs_retention.of_shown(this.frm, { method: `${METHODS}.list_moves`, args: asked });
		if (message && asked.group === this.group && asked.start === this.start) this.draw(message);
	}

	draw({ rows, total, start, page }) {
		this.body.empty();
		if (!rows.length) {
			this.body.append($('<p class="text-muted">').text(__("No customer is in this group.")));
			return;
		}
		const table = $('<table class="table table-bordered table-sm mb-2">');
		const columns = this.columns();
		const head = $("<tr>").append(columns.map(([label]) => $("<th>").text(label)));
		table.append($("<thead>").append(head));
		const lines = rows.map((row) => $("<tr>").append(columns.map(([, cell]) => $("<td>").append(cell(row)))));
		table.append($("<tbody>").append(lines));
		this.body.append($('<div class="table-responsive">').append(table));
		this.draw_pages(start, rows.length, total, page);
	}

	columns() {
		const text = (value) => document.createTextNode(value || "–");
		const level = (fieldname) => (row) => text(row[fieldname] && __(row[fieldname]));
		const points = (value) => text(value ? format_number(value, null, 2) : "");
		const all = [
			[__("Customer"), (row) => customer_link(row)],
			[__("Previous Level"), level("previous_level")],
			[__("Level", null, "Star Rating"), level("level")],
			[__("Score", null, "Star Rating"), (row) => points(row.score)],
		];
		const more = {
			near_next_level: [
				[__("Next Level"), level("next_level")],
				[__("Points Short"), (row) => points(row.next_level_gap)],
			],
			overrides_kept: [
				[__("Ours"), level("own_level")],
				[__("Star Override"), (row) => override_link(row)],
			],
			imported: [
				[__("Level of Head Office"), level("head_office_level")],
				[__("Ours"), level("own_level")],
			],
		};
		return [...all, ...(more[this.group.replace("_differ", "")] || [])];
	}

	draw_pages(start, shown, total, page) {
		const bar = $('<div class="flex align-center justify-between">').appendTo(this.body);
		const counts = [start + 1, start + shown, total].map((count) => format_number(count, null, 0));
		bar.append($('<span class="text-muted">').text(__("{0} to {1} of {2}", counts)));
		const buttons = $("<div>").appendTo(bar);
		const add = (label, to, is_open) =>
			$('<button type="button" class="btn btn-default btn-xs ml-2">')
				.text(label)
				.prop("disabled", !is_open)
				.on("click", () => this.show(this.group, to))
				.appendTo(buttons);
		add(__("Previous Page"), Math.max(0, start - page), start > 0);
		add(__("Next Page"), start + page, start + shown < total);
	}
}

function customer_link(row) {
	const link = $('<a class="bold">').attr("href", `/app/customer/${encodeURIComponent(row.customer)}`);
	return link.text(row.customer_name || row.customer);
}

function override_link(row) {
	const link = $('<a class="bold">').attr("href", `/app/star-override/${encodeURIComponent(row.override)}`);
	return link.text(__("until {0}", [frappe.datetime.str_to_user(row.override_until)]));
}

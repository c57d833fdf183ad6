const METHODS = "cs_retention.churn_retention.doctype.churn_backtest.churn_backtest";

frappe.ui.form.on("Churn Backtest", {
	refresh(frm) {
		frm.get_field("worth").$wrapper.empty();
		if (frm.is_new()) return;
		show_standing(frm);
		if (!frm.is_dirty() && frappe.perm.has_perm("Churn Backtest", 0, "write")) add_button(frm);
		if (frm.doc.computed_on) draw(frm);
		if (frm.doc.status === "Running") look(frm);
	},
});

function show_standing(frm) {
	const colours = { Draft: "orange", Running: "yellow", Computed: "green", Failed: "red" };
	frm.dashboard.clear_headline();
	frm.page.set_indicator(__(frm.doc.status, null, "Churn Backtest"), colours[frm.doc.status]);
	const hints = {
		Draft: [__("Run it to see what the warning would have been worth. Nothing is changed by that."), "blue"],
		Failed: [frappe.utils.escape_html(frm.doc.error || ""), "red"],
	};
	if (hints[frm.doc.status]) frm.dashboard.set_headline_alert(...hints[frm.doc.status]);
}

function add_button(frm) {
	if (frm.doc.status === "Running") return;
	frm.page.clear_primary_action();
	frm.page.set_primary_action(__("Run Back-Test"), () => run(frm));
}

async function run(frm) {
	await frappe.call({ method: `${METHODS}.run_backtest`, args: { name: frm.doc.name }, freeze: true });
	frm.reload_doc();
}

/** Follow the running job: the form may hear of no events, so it looks. */
async function look(frm) {
	clearTimeout(frm.next_look);
	const name = frm.doc.name;
	const { message } = await frappe.call({ method: `${METHODS}.get_progress`, type: "GET", args: { name } });
	if (frm.doc.name !== name) return;
	if (message.is_running) {
		const done = format_number(message.progress, null, 0);
		frm.dashboard.show_progress(__("Back-Test"), message.progress || 1, __("{0}: {1} %", [__("Back-Test"), done]));
		look_again(frm);
		return;
	}
	frm.dashboard.hide_progress();
	const { message: stored } = await frappe.db.get_value("Churn Backtest", name, "status");
	if (stored.status !== "Running") return frm.reload_doc();
	frm.dashboard.set_headline_alert(__("The job is lost. Run it again."), "red");
	frm.page.set_primary_action(__("Run Back-Test"), () => run(frm));
	look_again(frm);
}

function look_again(frm) {
	cs_retention.look_later(frm, () => look(frm));
}

async function draw(frm) {
	const name = frm.doc.name;
	const { message } = await frappe.call({ method: `${METHODS}.get_result`, type: "GET", args: { name } });
	if (frm.doc.name !== name) return;
	const wrapper = frm.get_field("worth").$wrapper.empty();
	message.dates.forEach((date, place) => wrapper.append(draw_date(date, place === 0)));
	draw_limits(wrapper, message.limits);
}

/** One past date; only the furthest, whose words stand on the Customer form, is open. */
function draw_date({ as_of, cards }, is_open) {
	const details = $("<details>").addClass("mb-3").prop("open", is_open);
	details.append($('<summary class="bold mb-2">').text(__("The book as of {0}", [as_of])));
	return details.append(cards.filter((card) => card.customers).map(draw_card));
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

function draw_card({ card, customers, verdict, is_worth, said, bands, rules }) {
	const pill = $('<span class="indicator-pill ml-2">').addClass(is_worth ? "green" : "orange").text(verdict);
	const count = __("{0} customers", [format_number(customers, null, 0)]);
	const head = $('<p class="bold mt-3 mb-1">').text(`${card} · ${count}`).append(pill);
	const lines = said.map((text) => $('<p class="text-muted mb-2">').text(text));
	const heads = [__("Rule"), __("named"), __("left"), __("precision"), __("found"), __("lead in days")].map(capital);
	return $('<div class="backtest-card">').append(head, lines, bands.map(draw_band), draw_table(heads, rules));
}

/** A bar of those who stayed: bars that grow shorter from band to band are bands that mean something. */
function draw_band({ band, share, said }) {
	const bar = $('<div class="progress-bar">').css("width", `${share}%`);
	const track = $('<div class="progress my-1" style="height: 12px">').append(bar);
	return $('<div class="row py-1 backtest-band">').append(
		$('<div class="col-4 col-md-2 bold">').text(band),
		$('<div class="col-8 col-md-4">').append(track),
		$('<div class="col-12 col-md-6">').text(said)
	);
}

function draw_table(heads, rows) {
	if (!rows.length) return "";
	const table = $('<table class="table table-bordered table-sm mt-3 mb-2">');
	const cell = (value, place) =>
		$("<td>").toggleClass("text-right", place > 0).css("min-width", place ? "" : "8rem").text(value);
	table.append($("<thead>").append($("<tr>").append(heads.map((text) => $('<th class="text-nowrap">').text(text)))));
	table.append($("<tbody>").append(rows.map((row) => $("<tr>").append(row.map(cell)))));
	return $('<div class="table-responsive">').append(table);
}

function draw_limits(wrapper, limits) {
	if (!limits.length) return;
	const list = $("<ul>").append(limits.map((text) => $("<li>").text(text)));
	wrapper.append($('<p class="bold mb-1">').text(__("What the book does not know of the past")), list);
}

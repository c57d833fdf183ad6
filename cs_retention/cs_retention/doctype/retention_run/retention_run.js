const METHODS = "cs_retention.cs_retention.doctype.retention_run.retention_run";
const COLOURS = { Running: "blue", Done: "green", Skipped: "gray", Failed: "red" };
const SECONDS_BETWEEN_LOOKS = 3;

frappe.ui.form.on("Retention Run", {
	refresh(frm) {
		frm.disable_save();
		// The indicator and the table say both, in words of our own.
		frm.toggle_display(["status", "phase"], false);
		frm.page.set_indicator(__(frm.doc.status, null, "Retention Run"), COLOURS[frm.doc.status]);
		add_buttons(frm);
		look(frm);
	},
});

function add_buttons(frm) {
	const may_change = frappe.model.can_write("CS Retention Settings");
	if (frm.doc.status === "Failed" && may_change) {
		frm.page.set_primary_action(__("Run Again"), () => run_again(frm));
	}
	const open_chunks = () => frappe.set_route("List", "Retention Run Chunk", { run: frm.doc.name });
	frm.add_custom_button(__("Chunks"), open_chunks);
}

async function run_again(frm) {
	await frappe.call({ method: `${METHODS}.retry`, args: { name: frm.doc.name }, freeze: true });
	frm.reload_doc();
}

/** Show how far the night is; while it runs, look again: the form may hear of no events. */
async function look(frm) {
	clearTimeout(frm.next_look);
	const { name, status } = frm.doc;
	const { message } = await frappe.call({ type: "GET", method: `${METHODS}.get_progress`, args: { name } });
	if (frm.doc.name !== name) return;
	if (message.status !== status) return frm.reload_doc();
	frm.get_field("progress_panel").$wrapper.html(panel(message));
	if (status !== "Running") return;
	frm.next_look = setTimeout(() => $(frm.wrapper).is(":visible") && look(frm), SECONDS_BETWEEN_LOOKS * 1000);
}

function panel({ phases, left_out, reasons }) {
	const said = reasons.map((reason) => `<p>${frappe.utils.escape_html(reason)}</p>`).join("");
	return said || phases_table(phases) + customers_left_out(left_out);
}

function phases_table(phases) {
	const titles = [__("Phase"), __("How Far"), __("Chunks"), __("What Was Done")];
	const head = titles.map((title) => `<th>${title}</th>`).join("");
	return `<div class="table-responsive"><table class="table table-bordered table-sm" style="min-width: 34rem">
		<thead><tr>${head}</tr></thead><tbody>${phases.map(phase_row).join("")}</tbody></table></div>`;
}

function phase_row(phase) {
	const [state, colour] = state_of(phase);
	const chunks = phase.chunks ? `${phase.ended} / ${phase.chunks}` : "";
	return `<tr><td>${__(phase.phase, null, "Retention Run")}</td>
		<td><span class="indicator-pill ${colour}">${state}</span></td><td>${chunks}</td><td>${done_in(phase)}</td></tr>`;
}

function state_of(phase) {
	if (!phase.chunks) return [__("Waiting"), "gray"];
	if (phase.lost) return [__("Worker Lost"), "red"];
	if (phase.ended < phase.chunks) return phase.at_work ? [__("At Work"), "blue"] : [__("Waiting for a Worker"), "orange"];
	return phase.failed ? [__("Failed"), "red"] : [__("Done", null, "Retention Run"), "green"];
}

function done_in(phase) {
	const number = (value) => format_number(value, null, 0);
	const figures = [
		[phase.customers, __("{0} customers rated", [number(phase.customers)])],
		[phase.ratings_written, __("{0} ratings on record", [number(phase.ratings_written)])],
		[phase.callbacks_written, __("{0} callbacks written", [number(phase.callbacks_written)])],
		[phase.overflow, __("{0} without a day", [number(phase.overflow)])],
		[phase.customers_spared, __("{0} customers left out", [number(phase.customers_spared)])],
	];
	return figures.filter(([count]) => count).map(([, words]) => words).join(" · ");
}

function customers_left_out(rows) {
	if (!rows.length) return "";
	const row = ([customer, error]) =>
		`<tr><td>${frappe.utils.get_form_link("Customer", customer, true, frappe.utils.escape_html(customer))}</td>
		<td>${frappe.utils.escape_html(error)}</td></tr>`;
	return `<h6>${__("Customers Left Out")}</h6><div class="table-responsive"><table class="table table-sm">
		<tbody>${rows.map(row).join("")}</tbody></table></div>`;
}

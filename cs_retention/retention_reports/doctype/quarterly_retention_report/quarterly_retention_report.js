const REPORT_METHODS =
	"cs_retention.retention_reports.doctype.quarterly_retention_report.quarterly_retention_report";
const SECONDS_BETWEEN_LOOKS = 2;
/** What an address says of a field where it is not simply a value. */
const COMPARED = /^\["(like|is|!=)",/;

frappe.ui.form.on("Quarterly Retention Report", {
	setup(frm) {
		frm.show_submit_message = () => {};
	},

	onload(frm) {
		if (frm.is_new() && !frm.doc.year) propose_quarter(frm);
	},

	refresh(frm) {
		frm.get_field("page").$wrapper.empty();
		if (frm.is_new()) return;
		show_standing(frm);
		add_buttons(frm);
		if (frm.doc.computed_on) draw(frm);
		if (frm.doc.status === "Running") look(frm);
	},
});

/** The quarter that has ended last, of the calendar year. */
function propose_quarter(frm) {
	const [year, month] = cs_retention.today().split("-").map(Number);
	const running = Math.floor((month - 1) / 3);
	frm.set_value({ year: running ? year : year - 1, part: `Q${running || 4}` });
	if (!frm.doc.company) frm.set_value("company", frappe.defaults.get_user_default("Company"));
}

function is_draft(frm) {
	return frm.doc.docstatus === 0;
}

function is_complete(frm) {
	return frm.doc.status === "Computed" && frm.doc.until >= frm.doc.to_date;
}

function show_standing(frm) {
	frm.dashboard.clear_headline();
	if (!is_draft(frm)) return;
	const colours = { Draft: "orange", Running: "yellow", Computed: "blue", Failed: "red" };
	frm.page.set_indicator(__(frm.doc.status, null, "Quarterly Retention Report"), colours[frm.doc.status]);
	const until = frappe.datetime.str_to_user(frm.doc.until);
	const hints = {
		Draft: [__("Compute to see the quarter. Nothing is frozen by that."), "blue"],
		Failed: [frappe.utils.escape_html(frm.doc.error || ""), "red"],
		Computed: is_complete(frm)
			? [__("Submit to freeze figures and rows; until then computing counts anew."), "blue"]
			: [__("The quarter is still running: counted up to {0}.", [until]), "orange"],
	};
	if (hints[frm.doc.status]) frm.dashboard.set_headline_alert(...hints[frm.doc.status]);
}

function add_buttons(frm) {
	if (frm.is_dirty()) return;
	const may = (right) => frappe.perm.has_perm("Quarterly Retention Report", 0, right);
	if (is_draft(frm) && frm.doc.status !== "Running" && may("write")) {
		if (is_complete(frm)) frm.add_custom_button(__("Compute Again"), () => compute(frm));
		else {
			frm.page.clear_primary_action();
			frm.page.set_primary_action(__("Compute"), () => compute(frm));
		}
	}
	if (!frm.doc.computed_on || frm.doc.status === "Running") return;
	if (may("print")) frm.add_custom_button(__("PDF"), () => download(frm, "download_pdf"));
	if (may("export")) frm.add_custom_button(__("Workbook"), () => download(frm, "download_workbook"));
	if (may("write")) frm.add_custom_button(__("Mail"), () => mail(frm));
}

async function compute(frm) {
	await frappe.call({ method: `${REPORT_METHODS}.compute_report`, args: { name: frm.doc.name }, freeze: true });
	frm.reload_doc();
}

function download(frm, method) {
	window.open(`/api/method/${REPORT_METHODS}.${method}?name=${encodeURIComponent(frm.doc.name)}`);
}

function mail(frm) {
	const text = __("Mail the report to its recipients? Who was sent it before is not sent it again.");
	frappe.confirm(text, async () => {
		const args = { name: frm.doc.name };
		const { message } = await frappe.call({ method: `${REPORT_METHODS}.mail_report`, args, freeze: true });
		frappe.show_alert({ message: __("On its way to {0} recipients", [message]), indicator: "green" });
	});
}

/** Follow the running job: the form may hear of no events, so it looks. */
async function look(frm) {
	clearTimeout(frm.next_look);
	const name = frm.doc.name;
	const method = `${REPORT_METHODS}.get_progress`;
	const { message } = await frappe.call({ method, type: "GET", args: { name } });
	if (frm.doc.name !== name) return;
	if (message.is_running) {
		const title = __("Quarterly Retention Report");
		const done = format_number(message.progress, null, 0);
		frm.dashboard.show_progress(title, message.progress || 1, __("{0}: {1} %", [title, done]));
		look_again(frm);
		return;
	}
	frm.dashboard.hide_progress();
	const { message: stored } = await frappe.db.get_value("Quarterly Retention Report", name, "status");
	if (stored.status !== "Running") return frm.reload_doc();
	frm.dashboard.set_headline_alert(__("The job is lost. Compute again."), "red");
	frm.page.set_primary_action(__("Compute"), () => compute(frm));
	look_again(frm);
}

function look_again(frm) {
	frm.next_look = setTimeout(() => $(frm.wrapper).is(":visible") && look(frm), SECONDS_BETWEEN_LOOKS * 1000);
}

/** The page stands in a frame of its own: its style is that of the PDF and touches nothing of the desk. */
async function draw(frm) {
	const name = frm.doc.name;
	const method = `${REPORT_METHODS}.get_page`;
	const { message } = await frappe.call({ method, type: "GET", args: { name } });
	if (frm.doc.name !== name) return;
	const frame = $("<iframe>")
		.attr({ sandbox: "allow-same-origin", title: __("Report"), srcdoc: message })
		.css({ width: "100%", border: 0, display: "block", "min-height": "400px" })
		.appendTo(frm.get_field("page").$wrapper.empty());
	frame.on("load", () => settle(frame.get(0)));
}

/** The frame is as high as its page; a link opens its list in the desk. */
function settle(frame) {
	const page = frame.contentDocument;
	const fit = () => (frame.style.height = `${page.documentElement.scrollHeight}px`);
	new ResizeObserver(fit).observe(page.body);
	fit();
	page.addEventListener("click", (event) => {
		const link = event.target.closest("a[href]");
		if (!link) return;
		event.preventDefault();
		const address = new URL(link.getAttribute("href"), window.location.origin);
		for (const [field, value] of address.searchParams) {
			frappe.route_options = frappe.route_options || {};
			frappe.route_options[field] = COMPARED.test(value) ? JSON.parse(value) : value;
		}
		frappe.set_route("List", "Quarterly Report Row");
	});
}

const REVIEWS = "cs_retention.merchant_alliance.doctype.alliance_review.alliance_review";
const CRITERIA = ["Quality", "Price", "Cooperation", "Satisfaction"];

frappe.ui.form.on("Alliance Review", {
	setup(frm) {
		frm.set_query("merchant", () => ({ filters: { status: ["in", ["Admitted", "Suspended"]] } }));
	},

	onload(frm) {
		if (!frm.is_new()) return;
		const today = frappe.datetime.str_to_obj(cs_retention.today());
		if (!frm.doc.year) frm.set_value("year", today.getFullYear());
		if (!frm.doc.quarter) frm.set_value("quarter", `Q${Math.floor(today.getMonth() / 3) + 1}`);
		if (!(frm.doc.scores || []).length) {
			for (const criterion of CRITERIA) frm.add_child("scores", { criterion, part: __(criterion), weight: 1 });
			frm.refresh_field("scores");
		}
	},

	merchant: take_in,
	year: take_in,
	quarter: take_in,

	refresh(frm) {
		show_records(frm);
		const may_take = !frm.is_new() && frm.doc.docstatus === 0 && frm.perm[0] && frm.perm[0].write;
		if (may_take) frm.add_custom_button(__("Take In What Is on Record"), () => take_in(frm, true));
		const colours = { Strategic: "green", Preferred: "green", Standard: "blue", Probation: "red" };
		if (frm.doc.tier) frm.page.set_indicator(__(frm.doc.tier), colours[frm.doc.tier]);
		frm.get_field("why").$wrapper.empty();
		if (!frm.is_new() && !frm.is_dirty()) say_why(frm);
	},
});

async function say_why(frm) {
	const args = { name: frm.doc.name };
	const message = await cs_retention.of_shown(frm, { method: `${REVIEWS}.tell`, type: "GET", args });
	if (!message) return;
	const lines = message.reasons.concat(message.short ? [message.short] : []);
	const shown = lines.map((line) => `<li>${frappe.utils.escape_html(line)}</li>`);
	frm.get_field("why").$wrapper.html(`<ul class="small">${shown.join("")}</ul>`);
	if (frm.doc.is_elimination_proposed) {
		frm.dashboard.set_headline_alert(__("Elimination proposed: a person decides, on the merchant."), "red");
	}
}

const RECORDS = { Inspections: "Alliance Inspection", Complaints: "Issue", Returns: "Purchase Receipt", Deliveries: "Purchase Receipt", Campaigns: "Alliance Campaign", Members: "Alliance Campaign" };
const MOST_SHOWN = 10;

/** Put what is on record about the merchant in place of what was taken in before, and of rows that are still empty. */
async function take_in(frm, is_asked) {
	const { name, merchant, year, quarter } = frm.doc;
	if (!merchant || !year || !quarter || (!frm.is_new() && is_asked !== true)) return;
	const { message } = await frappe.call({ method: `${REVIEWS}.gather`, type: "GET", args: { merchant, year, quarter } });
	if (frm.doc.name !== name || frm.doc.merchant !== merchant || frm.doc.quarter !== quarter || frm.doc.year !== year) return;
	const covered = new Set(message.map((row) => row.criterion));
	const is_kept = (row) => !row.source && (row.evidence || row.score || !covered.has(row.criterion));
	const kept = (frm.doc.scores || []).filter(is_kept);
	frm.clear_table("scores");
	const rows = [...message, ...kept];
	for (const criterion of CRITERIA) {
		for (const row of rows.filter((each) => each.criterion === criterion)) {
			const { part, weight, score, evidence, source, documents } = row;
			frm.add_child("scores", { criterion, part, weight, score, evidence, source, documents });
		}
	}
	frm.refresh_field("scores");
	if (!frm.is_new()) frm.dirty();
	show_records(frm);
}

/** The records behind the computed scores, each a link. */
function show_records(frm) {
	const box = frm.get_field("records").$wrapper.empty();
	for (const row of frm.doc.scores || []) {
		const names = JSON.parse(row.documents || "[]");
		if (!names.length) continue;
		const link = (name) => frappe.utils.get_form_link(RECORDS[row.source], name, true, frappe.utils.escape_html(name));
		const links = names.slice(0, MOST_SHOWN).map(link);
		if (names.length > MOST_SHOWN) links.push(__("and {0} more", [names.length - MOST_SHOWN]));
		const label = `${frappe.utils.escape_html(row.part)} (${frappe.utils.escape_html(__(row.criterion))}): `;
		box.append($('<p class="small mb-1 review-records">').html(label + links.join(", ")));
	}
}

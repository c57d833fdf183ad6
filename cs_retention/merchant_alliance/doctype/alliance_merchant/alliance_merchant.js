const MERCHANTS = "cs_retention.merchant_alliance.doctype.alliance_merchant.alliance_merchant";
const ACTIONS = {
	Candidate: ["Admit"],
	Admitted: ["Suspend", "Eliminate"],
	Suspended: ["Resume", "Eliminate"],
	Eliminated: ["Apply Again"],
};

frappe.ui.form.on("Alliance Merchant", {
	setup(frm) {
		frm.set_query("contract", () => ({ filters: { docstatus: 1, party_name: frm.doc.customer } }));
		frm.set_query("parent_merchant", () => ({ filters: { name: ["!=", frm.doc.name] } }));
	},

	refresh(frm) {
		const colours = { Candidate: "blue", Admitted: "green", Suspended: "orange", Eliminated: "gray" };
		frm.page.set_indicator(__(frm.doc.status, null, "Alliance Merchant"), colours[frm.doc.status]);
		if (frm.is_new()) return;
		say_standing(frm);
		if (frm.perm[0] && frm.perm[0].write && !frm.is_dirty()) add_actions(frm);
	},
});

function add_actions(frm) {
	for (const action of ACTIONS[frm.doc.status]) {
		frm.add_custom_button(__(action, null, "Alliance Merchant"), () => ask(frm, action));
	}
	const [first] = ACTIONS[frm.doc.status];
	if (first === "Admit") frm.change_custom_button_type(__(first, null, "Alliance Merchant"), null, "primary");
	if (frappe.model.can_create("Alliance Inspection") && frm.doc.status !== "Eliminated") {
		frm.add_custom_button(__("Alliance Inspection"), () => frappe.new_doc("Alliance Inspection", { merchant: frm.doc.name }), __("Create"));
	}
	if (frappe.model.can_create("Alliance Review") && ["Admitted", "Suspended"].includes(frm.doc.status)) {
		frm.add_custom_button(__("Alliance Review"), () => frappe.new_doc("Alliance Review", { merchant: frm.doc.name }), __("Create"));
		frm.add_custom_button(__("Alliance Sanction"), () => frappe.new_doc("Alliance Sanction", { merchant: frm.doc.name }), __("Create"));
	}
}

function ask(frm, action) {
	const reason = { fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: action !== "Admit" };
	frappe.prompt([reason], ({ reason }) => take(frm, action, reason), __(action, null, "Alliance Merchant"), __("Confirm"));
}

async function take(frm, action, reason) {
	const args = { name: frm.doc.name, action, reason };
	const { message } = await frappe.call({ method: `${MERCHANTS}.take_action`, args, freeze: true });
	if (message.replacements.length) {
		const link = ({ name, merchant_name }) => frappe.utils.get_form_link("Alliance Merchant", name, true, frappe.utils.escape_html(merchant_name));
		const names = message.replacements.map(link);
		frappe.msgprint(__("Could take its place: {0}", [names.join(", ")]), __("Eliminated"));
	}
	if (frm.doc.name === args.name) frm.reload_doc();
}

/** Say above the form what a person would have to look up: the sanction, the contract's end, who could take its place. */
async function say_standing(frm) {
	const args = { name: frm.doc.name };
	const message = await cs_retention.of_shown(frm, { method: `${MERCHANTS}.get_standing`, type: "GET", args });
	if (!message) return;
	const lines = [];
	if (message.sanctioned_until) {
		lines.push(__("No campaigns until {0}.", [frappe.datetime.str_to_user(message.sanctioned_until)]));
	}
	if (message.contract_notice !== null && message.contract_notice !== undefined) {
		const day = frappe.datetime.str_to_user(message.contract_end);
		lines.push(message.contract_notice ? __("The contract ends on {0}.", [day]) : __("The contract ended on {0}.", [day]));
	}
	if (message.replacements?.length) {
		const shown = message.replacements.map((row) => `${frappe.utils.escape_html(row.merchant_name)} (${row.points})`);
		lines.push(__("Could take its place: {0}", [shown.join(", ")]));
	}
	if (message.proven_tips) lines.push(__("Merit: {0} tips of it were proven.", [message.proven_tips]));
	frm.dashboard.clear_headline();
	if (lines.length) frm.dashboard.set_headline_alert(lines.join(" "), "orange");
}

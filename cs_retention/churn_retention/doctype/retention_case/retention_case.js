frappe.ui.form.on("Retention Case", {
	setup(frm) {
		frm.set_query("reason", "reasons", () => ({ filters: { is_group: 0, disabled: 0 } }));
		frm.set_query("exit_type", () => ({ filters: { disabled: 0 } }));
		const answer = frappe.meta.get_docfield("Retention Case Offer", "answer");
		answer.formatter = (said) => (said ? __(said, null, "Retention Case Offer") : "");
	},

	refresh(frm) {
		frm.toggle_display("status", false);
		if (frm.is_new() || frm.is_dirty()) return;
		if (frm.doc.closed_on) keep_closed(frm);
		add_buttons(frm);
		if (frm.doc.checks?.length) show_checks(frm);
	},

	/** An action of the Workflow opens its dialog, which does it with the facts it needs. */
	before_workflow_action(frm) {
		const action = frm.selected_workflow_action;
		frm.selected_workflow_action = null;
		frappe.dom.unfreeze();
		act(frm, action);
		return new Promise(() => {});
	},
});

const DIALOGS = {
	"Reach Customer": "log_contact",
	"Make Offer": "make_offer",
	"Go On Talking": "answer_offer",
	"Customer Stays": "stays",
	"Customer Leaves": "leaves",
};

function act(frm, action) {
	if (action === "Release Customer") return write_release_file(frm);
	return cs_retention.cases[DIALOGS[action]](frm.doc.name, () => frm.reload_doc());
}

function add_buttons(frm) {
	const { status, offers } = frm.doc;
	const run = (action) => () => cs_retention.cases[action](frm.doc.name, () => frm.reload_doc());
	const pending = (offers || []).find((row) => row.answer === "Open");
	if (frm.perm[0].write && ["Open", "In Contact", "Offer Pending"].includes(status)) {
		frm.add_custom_button(__("Log Contact"), run("log_contact"));
		if (pending) frm.add_custom_button(__("Answer Offer"), run("answer_offer"));
	}
	if (pending && !pending.approved_by && frappe.user.has_role("Retention Manager")) {
		if (pending.made_by !== frappe.session.user) frm.add_custom_button(__("Approve Offer"), run("approve_offer"));
	}
	if ((offers || []).some((row) => row.answer === "Accepted") && frappe.model.can_create("Sales Invoice")) {
		frm.add_custom_button(__("Draft Credit Note"), () => draft_credit_note(frm));
	}
	if (status === "Lost" && frappe.model.can_create("Release File")) {
		frm.add_custom_button(__("Release File"), () => write_release_file(frm));
	}
}

/** A closed case stays as it was recorded, but for its notes. */
function keep_closed(frm) {
	const names = frm.meta.fields.map((field) => field.fieldname).filter((name) => name !== "churn_notes");
	names.forEach((name) => frm.set_df_property(name, "read_only", 1));
}

/** Say what the checks of a save found. */
async function show_checks(frm) {
	const args = { case: frm.doc.name };
	const method = "cs_retention.churn_retention.case_actions.get_checks";
	const { message } = await frappe.call({ method, type: "GET", args });
	if (frm.doc.name !== args.case) return;
	const lines = message.map((text) => $('<p class="mb-1">').text(text));
	frm.get_field("checks_words").$wrapper.empty().append(lines);
}

/** Go to the release file of a case, or begin one. */
async function write_release_file(frm) {
	const { message } = await frappe.db.get_value("Release File", { retention_case: frm.doc.name }, "name");
	if (message?.name) return frappe.set_route("Form", "Release File", message.name);
	frappe.new_doc("Release File", { retention_case: frm.doc.name, customer: frm.doc.customer });
}

/** Money is booked by people, in ERPNext's own form. */
function draft_credit_note(frm) {
	const names = frm.doc.offers.filter((row) => row.answer === "Accepted").map((row) => row.offer);
	const remarks = __("{0}, accepted in {1}", [names.join(", "), frm.doc.name]);
	frappe.new_doc("Sales Invoice", { customer: frm.doc.customer, is_return: 1, remarks });
}

const METHODS = "cs_retention.setup.demo";
const SECONDS_BETWEEN_LOOKS = 2;

frappe.ui.form.on("CS Retention Settings", {
	refresh(frm) {
		if (frappe.user.has_role("System Manager")) look(frm);
	},
});

/** Show the one button that applies; while a job runs, look again. */
async function look(frm) {
	clearTimeout(frm.next_look);
	const { message } = await frappe.call({ method: `${METHODS}.get_demo_status` });
	frm.remove_custom_button(__("Load Demo Data"));
	frm.remove_custom_button(__("Erase Demo Data"));
	frm.dashboard.clear_headline();
	if (message.is_running) {
		frm.dashboard.set_headline_alert(__("Demo data is being loaded or erased."), "blue");
		frm.next_look = setTimeout(() => $(frm.wrapper).is(":visible") && look(frm), SECONDS_BETWEEN_LOOKS * 1000);
		return;
	}
	if (message.error) frm.dashboard.set_headline_alert(frappe.utils.escape_html(message.error), "red");
	const [label, method, question] = message.is_loaded
		? [__("Erase Demo Data"), "erase_demo", __("Erase the demo data and all that was recorded for its customers?")]
		: [__("Load Demo Data"), "load_demo", __("Load a sample branch of 120 customers into this site?")];
	frm.add_custom_button(label, () => frappe.confirm(question, () => start(frm, method)));
}

async function start(frm, method) {
	await frappe.call({ method: `${METHODS}.${method}`, freeze: true });
	look(frm);
}

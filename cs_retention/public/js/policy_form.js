frappe.provide("cs_retention");

/**
 * What forms of policies have in common: a draft is tried in the background, then activated; an active one is read-only.
 * `methods` is the path of the whitelisted functions, `hints` say what to do with a draft and with a tried policy,
 * `questions` are the fields, if any, of what is chosen for a trial.
 */
cs_retention.policy_form = ({ doctype, methods, hints, draw_trial, questions }) => {
	const may = (right) => frappe.perm.has_perm(doctype, 0, right);

	frappe.ui.form.on(doctype, {
		setup(frm) {
			frm.set_df_property("status", "formatter", (value) => __(value, null, doctype));
		},

		refresh(frm) {
			draw_trial(frm);
			if (frm.is_new()) return;
			const is_open = ["Draft", "Tried"].includes(frm.doc.status);
			if (!is_open) frm.disable_form();
			else if (frm.save_disabled) frm.enable_save();
			show_standing(frm);
			if (!frm.is_dirty()) add_buttons(frm, is_open);
			if (is_open) look(frm);
		},
	});

	const show_standing = (frm) => {
		const colours = { Draft: "orange", Tried: "blue", Active: "green", Retired: "gray" };
		frm.page.set_indicator(__(frm.doc.status, null, doctype), colours[frm.doc.status]);
		const hint = hints()[frm.doc.status];
		if (frm.doc.trial_error) frm.dashboard.set_headline_alert(frappe.utils.escape_html(frm.doc.trial_error), "red");
		else if (hint) frm.dashboard.set_headline_alert(hint, "blue");
	};

	const add_buttons = (frm, is_open) => {
		const is_tried = frm.doc.status === "Tried";
		if (is_open && may("write")) frm.add_custom_button(__("Try"), () => try_policy(frm));
		if (is_tried && may("write")) frm.add_custom_button(__("Activate"), () => activate(frm));
		if (may("create")) frm.add_custom_button(__("New Version"), () => make_new_version(frm));
		frm.change_custom_button_type(is_tried ? __("Activate") : __("Try"), null, "primary");
	};

	const try_policy = (frm) => {
		if (!questions) return start(frm);
		frappe.prompt(questions(), (chosen) => start(frm, chosen), __("Try"), __("Try"));
	};

	const start = async (frm, chosen) => {
		await frappe.call({ method: `${methods}.try_policy`, args: { name: frm.doc.name, ...chosen }, freeze: true });
		frm.was_running = true;
		look(frm);
	};

	const activate = (frm) => {
		const question = __("Put {0} in force? {1}", [frm.doc.name, frm.doc.trial_summary].map(frappe.utils.escape_html));
		frappe.confirm(question, async () => {
			await frm.call("activate");
			frm.reload_doc();
		});
	};

	const make_new_version = async (frm) => {
		const { message } = await frm.call("new_version");
		frappe.set_route("Form", doctype, message);
	};

	/** Follow a running trial: the form may hear of no events, so it looks. */
	const look = async (frm) => {
		clearTimeout(frm.next_look);
		const name = frm.doc.name;
		const { message } = await frappe.call({ method: `${methods}.get_trial_progress`, args: { name } });
		if (frm.doc.name !== name) return;
		const was_running = frm.was_running;
		frm.was_running = message.is_running;
		if (message.is_running) {
			const done = format_number(message.progress, null, 0);
			frm.dashboard.show_progress(__("Trial"), message.progress || 1, __("{0}: {1} %", [__("Trial"), done]));
			cs_retention.look_later(frm, () => look(frm));
		} else if (was_running) {
			frm.dashboard.hide_progress();
			frm.reload_doc();
		}
	};
};

/** A table of a trial: a cell is a text, or a list of number, whether it is muted, and decimals. */
cs_retention.trial_table = (heads, lines) => {
	const cell = (value) => {
		if (!Array.isArray(value)) return $('<th class="text-nowrap">').text(value);
		const [number, is_muted, decimals] = value;
		const text = number ? format_number(number, null, decimals || 0) : "–";
		return $('<td class="text-right">').toggleClass("text-muted", Boolean(is_muted)).text(text);
	};
	const head = $("<tr>").append(heads.map((text) => $('<th class="text-nowrap">').text(text)));
	const rows = lines.map((line) => $("<tr>").append(line.map(cell)));
	const table = $('<table class="table table-bordered table-sm mb-2">');
	table.append($("<thead>").append(head), $("<tbody>").append(rows));
	return $('<div class="table-responsive" style="max-height: 24rem">').append(table);
};

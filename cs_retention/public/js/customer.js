{
	const METHOD = "cs_retention.star_levels.standing.get_standing";
	const NEXT_CALL = "cs_retention.callbacks.customer.get_next_call";
	const COLOURS = { Healthy: "green", Watch: "orange", "At Risk": "red", Critical: "red" };
	const SECTION = "retention_standing_section";
	const LEVELS = ["Five Star", "Four Star", "Three Star", "Two Star", "One Star"];

	frappe.ui.form.on("Customer", { refresh: (frm) => show_standing(frm) });

	const show_standing = async (frm) => {
		clear_headline(frm);
		frm.toggle_display(SECTION, false);
		if (frm.is_new()) return;
		const customer = frm.doc.name;
		const get = async (method) => (await frappe.call({ method, type: "GET", args: { customer } })).message;
		const [message, call] = await Promise.all([get(METHOD), get(NEXT_CALL)]);
		if (!message || frm.doc.name !== customer) return;
		message.call = call;
		clear_headline(frm);
		show_headline(frm, message);
		frm.toggle_display(SECTION, true);
		draw_panel(frm, message);
		add_buttons(frm, message);
	};

	const clear_headline = (frm) => {
		const { message } = frm.layout;
		message.find(".retention-headline").closest(".form-message").remove();
		if (!message.children().length) message.addClass("hidden");
	};

	const show_headline = (frm, { headline, band }) => {
		if (!headline.length) return;
		const words = headline.map((word) => `<span class="text-nowrap">${frappe.utils.escape_html(word)}</span>`);
		const line = `<div class="retention-headline">${words.join(" · ")}</div>`;
		frm.layout.show_message(line, COLOURS[band] || "blue", true);
	};

	const draw_panel = (frm, standing) => {
		const panel = frm.get_field("retention_standing").$wrapper.empty();
		const paragraphs = (texts) => texts.filter(Boolean).map((text) => $('<p class="mb-1">').text(text));
		const add = (title, ...contents) => {
			if (!contents.flat().length) return;
			const heading = title && $('<div class="bold mt-4 mb-2">').text(title);
			panel.append($('<div class="mb-3">').append(heading, ...contents));
		};
		const { factors, score, decided, lacking, key_account, health } = standing;
		const total = score && [__("Score", null, "Star Rating"), score, ""];
		add("", [...factors, ...(total ? [total] : [])].map(draw_row));
		add("", paragraphs(decided));
		if (!decided.length && !score) add("", paragraphs([__("No star review has looked at this customer yet.")]));
		add(__("What the Next Level Lacks"), paragraphs([lacking]));
		add(__("Key Account"), paragraphs([key_account]));
		const facts = standing.call.facts.map(({ label, value }) => `${label} ${value}`);
		if (facts.length) add(__("Shown Beside a Call"), paragraphs([facts.join(" · ")]));
		if (health) add(__("Health"), paragraphs([health.summary, ...health.words, health.parts.join(" · "), ...health.reasons]));
		add("", draw_source(frm, standing));
	};

	/** One factor: name and points side by side, the sentence beside them or, on a phone, below. */
	const draw_row = ([name, points, text]) =>
		$('<div class="row py-2 border-bottom">').append(
			$('<div class="col-8 col-md-2 bold">').text(name),
			$('<div class="col-4 col-md-1 text-right bold">').text(points),
			$('<div class="col-12 col-md-9">').text(text)
		);

	/** Which policy rated when, and the way to the ratings before. */
	const draw_source = (frm, { policy, reviewed }) => {
		const known = [policy, reviewed].filter(Boolean);
		if (!known.length) return [];
		const history = $('<a class="bold" href="#">').text(__("Star History"));
		history.on("click", (event) => {
			event.preventDefault();
			open_history(frm);
		});
		return [$('<p class="text-muted mt-3 mb-0">').text(`${known.join(" · ")} · `).append(history)];
	};

	const open_history = (frm) => frappe.set_route("List", "Star Rating", { customer: frm.doc.name });

	const add_buttons = (frm, { approvers, call }) => {
		const group = __("Retention");
		if (call.callback) {
			const log = () => cs_retention.callbacks.log(call.callback, () => frm.reload_doc());
			frm.add_custom_button(__("Log Call"), log, group);
		}
		if (frappe.model.can_read("Star Rating")) {
			frm.add_custom_button(__("Star History"), () => open_history(frm), group);
		}
		if (frappe.model.can_create("Star Override")) {
			frm.add_custom_button(__("Override Star Level"), () => ask_for_override(frm, approvers), group);
		}
	};

	const ask_for_override = (frm, approvers) => {
		const dialog = new frappe.ui.Dialog({
			title: __("Override Star Level"),
			fields: override_fields(approvers),
			primary_action_label: __("Ask for Approval"),
			primary_action: async (values) => {
				dialog.disable_primary_action();
				try {
					await insert_override(frm, values);
					dialog.hide();
				} finally {
					dialog.enable_primary_action();
				}
			},
		});
		dialog.show();
	};

	const override_fields = (approvers) => {
		const label = (text) => __(text, null, "Star Override");
		const options = LEVELS.map((level) => ({ value: level, label: label(level) }));
		const filters = { name: ["in", approvers] };
		return [
			{ fieldname: "level", fieldtype: "Select", label: label("Level"), options, reqd: 1 },
			{ fieldname: "reason", fieldtype: "Small Text", label: label("Reason"), reqd: 1 },
			{
				...{ fieldname: "approver", fieldtype: "Link", options: "User", label: label("Approver") },
				...{ reqd: 1, get_query: () => ({ filters }) },
			},
			{ fieldname: "until", fieldtype: "Date", label: label("Until"), reqd: 1 },
		];
	};

	const insert_override = async (frm, values) => {
		const doc = await frappe.db.insert({ doctype: "Star Override", customer: frm.doc.name, ...values });
		const link = frappe.utils.get_form_link("Star Override", doc.name, true);
		frappe.show_alert({ message: __("{0} waits for its approver.", [link]), indicator: "green" });
	};
}

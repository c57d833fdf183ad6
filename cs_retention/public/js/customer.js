{
	const METHOD = "cs_retention.star_levels.standing.get_standing";
	const NEXT_CALL = "cs_retention.callbacks.customer.get_next_call";
	const SECTION = "retention_standing_section";
	const LEVELS = ["Five Star", "Four Star", "Three Star", "Two Star", "One Star"];

	const TOUCHES = "cs_retention.callbacks.automatic_touches.get_touches";
	const TOUCHES_SECTION = "retention_touches_section";

	frappe.ui.form.on("Customer", {
		refresh(frm) {
			show_standing(frm);
			show_touches(frm);
		},
	});

	/** The last automatic touches with the decision and why, and what the customer allows. */
	const show_touches = async (frm) => {
		frm.toggle_display(TOUCHES_SECTION, false);
		if (frm.is_new() || !frappe.model.can_read("Customer Touch")) return;
		const customer = frm.doc.name;
		const { message } = await frappe.call({ method: TOUCHES, type: "GET", args: { customer } });
		if (frm.doc.name !== customer) return;
		frm.toggle_display(TOUCHES_SECTION, true);
		const panel = frm.get_field("retention_touches").$wrapper.empty();
		const { touches, consents } = message;
		if (!touches.length) panel.append($('<p class="text-muted">').text(__("Nothing was sent or held yet.")));
		panel.append(touches.map(draw_touch));
		if (consents.length) {
			const title = $('<div class="bold mt-4 mb-2">').text(__("Consents"));
			panel.append(title, consents.map((consent, place) => draw_consent(consent, consents.slice(0, place), frm)));
		}
		panel.append(draw_ways(frm));
	};

	const draw_touch = (touch) => {
		const word = (text) => __(text, null, "Customer Touch");
		const { colours } = cs_retention.messages;
		const until = touch.held_until ? ` ${frappe.datetime.str_to_user(touch.held_until)}` : "";
		const pill = $('<span class="indicator-pill">').addClass(colours[touch.decision]).text(word(touch.decision) + until);
		const link = $("<a>").attr("href", frappe.utils.get_form_link("Customer Touch", touch.name));
		link.text([frappe.datetime.str_to_user(touch.touch_date), word(touch.message_class), word(touch.message_channel)].join(" · "));
		const failed = touch.is_failed ? $('<span class="indicator-pill red ml-2">').text(__("Not Delivered", null, "Customer Touch")) : "";
		return $('<div class="row py-2 border-bottom retention-touch">').append(
			$('<div class="col-12 col-md-4">').append(link),
			$('<div class="col-12 col-md-3">').append(pill, failed),
			$('<div class="col-12 col-md-5">').text([touch.summary, touch.why.join("; ")].filter(Boolean).join(" · "))
		);
	};

	const draw_consent = (consent, newer, frm) => {
		const word = (text) => __(text, null, "Customer Consent");
		const day = frappe.datetime.str_to_user(consent.consent_date);
		const words = [word(consent.channel), word(consent.status), day, consent.address, consent.evidence];
		const line = $('<p class="mb-1">').text(words.filter(Boolean).join(" · "));
		const is_off = consent.channel === "All Channels" && consent.status === "Withdrawn";
		if (is_off) line.prepend($('<span class="indicator-pill red mr-2">').text(__("Do Not Contact")));
		const is_last = !newer.some(({ address }) => address && address === consent.address);
		if (consent.status === "Bounced" && is_last) line.append(" · ", draw_way_back(consent, frm));
		return line;
	};

	/** Record that an address which came back works again. */
	const draw_way_back = ({ channel, address }, frm) => {
		if (!frappe.model.can_create("Customer Consent")) return "";
		const link = $('<a class="bold" href="#">').text(__("Works Again"));
		link.on("click", (event) => {
			event.preventDefault();
			frappe.new_doc("Customer Consent", { customer: frm.doc.name, channel, address, status: "Reachable" });
		});
		return link;
	};

	const draw_ways = (frm) => {
		const all = $('<a class="bold" href="#">').text(__("All Touches"));
		all.on("click", (event) => {
			event.preventDefault();
			frappe.set_route("List", "Customer Touch", { customer: frm.doc.name });
		});
		return $('<p class="mt-3 mb-0">').append(all);
	};

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
		cs_retention.health_panel(frm, frm.get_field("retention_standing").$wrapper);
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
		frm.layout.show_message(line, cs_retention.band_colours[band] || "blue", true);
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
		if (standing.call.file) add(__("Customer File"), paragraphs([standing.call.file]));
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
		if (frappe.model.can_create("Customer Touch")) {
			const write = () => cs_retention.messages.open([frm.doc.name], () => show_touches(frm));
			frm.add_custom_button(__("Send a Message"), write, group);
		}
		if (frappe.model.can_create("Customer Consent")) {
			const record = () => frappe.new_doc("Customer Consent", { customer: frm.doc.name });
			frm.add_custom_button(__("Record Consent"), record, group);
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

{
	const METHODS = "cs_retention.merchant_alliance.doctype.alliance_campaign.alliance_campaign";
	const COLOURS = { Draft: "orange", Tried: "blue", Inviting: "yellow", Running: "green", Closed: "gray" };
	const DECISIONS = { Sent: "green", Merged: "green", Held: "orange", Skipped: "gray" };
	const OPEN = ["Draft", "Tried"];
	const counted = frappe.utils.debounce((frm) => show_count(frm), 400);

	frappe.ui.form.on("Alliance Campaign", {
		setup(frm) {
			frm.set_query("merchant", "merchants", () => ({ filters: { status: "Admitted" } }));
			frm.set_query("template", () => ({ filters: { message_class: "Marketing", is_enabled: 1 } }));
		},

		refresh(frm) {
			frm.toggle_display("status", false);
			frm.page.set_indicator(__(frm.doc.status, null, "Alliance Campaign"), COLOURS[frm.doc.status]);
			const is_open = OPEN.includes(frm.doc.status);
			for (const field of ["from_date", "to_date", "merchants", "levels", "territory", "interest", "template", "is_for_loyal", "is_for_ordinary", "is_for_lost"]) {
				frm.toggle_enable(field, is_open);
			}
			add_buttons(frm, is_open);
			show_count(frm);
			show_trial(frm);
			show_result(frm);
			if (frm.doc.status === "Inviting") look_again(frm);
			if (is_open && !frm.is_new()) follow_trial(frm);
		},

		levels: counted,
		territory: counted,
		interest: counted,
		is_for_loyal: counted,
		is_for_ordinary: counted,
		is_for_lost: counted,
	});

	const call = async (frm, method) => {
		const { name } = frm.doc;
		await frappe.call({ method: `${METHODS}.${method}`, type: "POST", args: { name }, freeze: true });
		if (frm.doc.name === name) frm.reload_doc();
	};

	const try_invitations = async (frm) => {
		const { name } = frm.doc;
		await frappe.call({ method: `${METHODS}.try_campaign`, type: "POST", args: { name }, freeze: true });
		if (frm.doc.name !== name) return;
		frm.is_waited_for = true;
		look_at_trial(frm);
	};

	/** Say why the last trial failed, or follow the one that runs. */
	const follow_trial = (frm) => {
		const { trial_begun, trial_error } = frm.doc;
		if (trial_error) frm.dashboard.set_headline_alert(frappe.utils.escape_html(trial_error), "red");
		frm.is_waited_for = Boolean(trial_begun && !trial_error);
		if (frm.is_waited_for) look_at_trial(frm);
	};

	const look_at_trial = async (frm) => {
		clearTimeout(frm.next_look);
		const name = frm.doc.name;
		const { message } = await frappe.call({ method: `${METHODS}.get_trial_progress`, type: "POST", args: { name } });
		if (frm.doc.name !== name || !frm.is_waited_for) return;
		if (!message.is_waited_for) {
			frm.dashboard.hide_progress();
			return frm.reload_doc();
		}
		const done = format_number(message.progress, null, 0);
		frm.dashboard.show_progress(__("Trial"), message.progress || 1, __("{0}: {1} %", [__("Trial"), done]));
		cs_retention.look_later(frm, () => look_at_trial(frm));
	};

	const add_buttons = (frm, is_open) => {
		if (!frm.perm[0]?.write) return;
		if (is_open) frm.add_custom_button(__("Merchants of a Tier"), () => ask_tiers(frm));
		if (frm.is_new() || frm.is_dirty()) return;
		if (frm.doc.status === "Draft") {
			frm.add_custom_button(__("Try the Invitations"), () => try_invitations(frm));
			frm.change_custom_button_type(__("Try the Invitations"), null, "primary");
		}
		if (frm.doc.status === "Tried") {
			frm.add_custom_button(__("Try the Invitations"), () => try_invitations(frm));
			const send = () => frappe.confirm(__("Invite {0} members now?", [frm.doc.members]), () => call(frm, "send_invitations"));
			frm.add_custom_button(__("Invite", null, "Alliance Campaign"), send);
			frm.change_custom_button_type(__("Invite", null, "Alliance Campaign"), null, "primary");
		}
		if (frm.doc.status === "Running") {
			frm.add_custom_button(__("Redeem a Voucher"), () => cs_retention.redeem_voucher(() => show_result(frm)));
			const close = () => frappe.confirm(__("Close it? No voucher is honoured any more."), () => call(frm, "close_campaign"));
			frm.add_custom_button(__("Close", null, "Alliance Campaign"), close);
		}
	};

	const ask_tiers = (frm) => {
		const tiers = ["Strategic", "Preferred", "Standard"];
		const fields = tiers.map((tier) => ({ fieldname: tier, fieldtype: "Check", label: __(tier) }));
		frappe.prompt(fields, (chosen) => add_merchants(frm, tiers.filter((tier) => chosen[tier])), __("Merchants of a Tier"), __("Add"));
	};

	const add_merchants = async (frm, tiers) => {
		const args = { campaign: JSON.stringify(form_of(frm)), tiers: JSON.stringify(tiers) };
		const message = await cs_retention.of_shown(frm, { method: `${METHODS}.get_merchants`, type: "GET", args });
		if (!message) return;
		const known = new Set((frm.doc.merchants || []).map((row) => row.merchant));
		const fresh = message.filter((row) => !known.has(row.merchant));
		for (const row of fresh) frm.add_child("merchants", row);
		frm.refresh_field("merchants");
		if (fresh.length) frm.dirty();
		frappe.show_alert(__("{0} merchants added", [fresh.length]));
	};

	const form_of = ({ doc }) => {
		const { name, from_date, territory, interest, is_for_loyal, is_for_ordinary, is_for_lost } = doc;
		const levels = (doc.levels || []).map(({ level }) => ({ level }));
		return { name, from_date, territory, interest, is_for_loyal, is_for_ordinary, is_for_lost, levels };
	};

	/** How many customers it would be for, while it is put together. */
	const show_count = async (frm) => {
		const box = frm.get_field("count").$wrapper.addClass("campaign-count");
		if (!OPEN.includes(frm.doc.status) || !frappe.model.can_create("Alliance Campaign")) return box.empty();
		const name = frm.doc.name;
		const args = { campaign: JSON.stringify(form_of(frm)) };
		const { message } = await frappe.call({ method: `${METHODS}.count_members`, type: "GET", args });
		if (frm.doc.name !== name) return;
		const number = $('<span class="h3 mr-2">').text(format_number(message, null, 0));
		box.empty().append($('<p class="mt-4">').append(number, $("<span>").text(__("customers are meant"))));
	};

	const show_trial = (frm) => {
		const box = frm.get_field("trial_shown").$wrapper.empty();
		if (!frm.doc.trial_figures) return;
		const { rows } = JSON.parse(frm.doc.trial_figures);
		const shown = rows.filter((row) => row.decision !== "Sent");
		if (!shown.length) return;
		const word = (text) => __(text, null, "Customer Touch");
		const line = (row) => {
			const link = $("<a>").attr("href", frappe.utils.get_form_link("Customer", row.customer)).text(row.customer);
			const pill = $(`<span class="indicator-pill ${DECISIONS[row.decision]}">`).text(word(row.decision));
			return $("<tr>").append($("<td>").append(link), $("<td>").append(pill), $("<td>").text(row.why.join("; ")));
		};
		const heads = [__("Customer"), word("Decision"), __("Why")].map((text) => $("<th>").text(text));
		const table = $('<table class="table table-sm campaign-trial">').append($("<thead>").append($("<tr>").append(heads)));
		box.append($('<div style="overflow-x: auto; max-height: 320px">').append(table.append($("<tbody>").append(shown.map(line)))));
	};

	const show_result = async (frm) => {
		const is_begun = ["Running", "Closed", "Inviting"].includes(frm.doc.status);
		frm.toggle_display("result_section", is_begun);
		if (!is_begun || frm.is_new()) return;
		const args = { name: frm.doc.name };
		const message = await cs_retention.of_shown(frm, { method: `${METHODS}.get_result`, type: "GET", args });
		if (!message) return;
		const card = ([label, value]) =>
			$('<div class="col-6 col-md-4 mb-3">').append(
				$('<div class="text-muted small">').text(label),
				$('<div class="h5 mb-0">').text(value ?? "–")
			);
		frm.get_field("result").$wrapper.empty().append($('<div class="row campaign-result">').append(message.figures.map(card)));
	};

	/** Follow invitations that go out: the form may hear of no events, so it looks. */
	const look_again = (frm) => {
		const { name, members, invited_so_far } = frm.doc;
		const share = (100 * invited_so_far) / (members || 1) || 1;
		frm.dashboard.show_progress(__("Inviting", null, "Alliance Campaign"), share, __("{0} of {1}", [invited_so_far, members], "Book Handover"));
		cs_retention.look_later(frm, async () => {
			if (frm.doc.status !== "Inviting") return;
			const message = await cs_retention.of_shown(frm, { method: `${METHODS}.get_progress`, type: "GET", args: { name } });
			if (!message) return;
			if (message.status !== "Inviting") return frm.reload_doc();
			frm.doc.invited_so_far = message.invited;
			look_again(frm);
		});
	};
}

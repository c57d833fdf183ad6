frappe.provide("cs_retention.cases");

/** The dialogs of a retention case; `done(result)` is called after success. */
{
	const METHODS = "cs_retention.churn_retention.case_actions";
	const DOCTYPE = "Retention Case";
	const IDENTITY = ["Not Checked", "ID Document", "Business Licence", "Service Password", "Registered Number Called"];
	const MONEY = { fieldtype: "Currency" };

	const label = (text, doctype = DOCTYPE) => __(text, null, doctype);
	const options = (values, doctype) => values.map((value) => ({ value, label: label(value, doctype) }));
	const get = async (method, args) => (await frappe.call({ method: `${METHODS}.${method}`, type: "GET", args })).message;

	/** Send a request; nothing comes back of one that is refused, whose sentence Frappe has shown. */
	const post = (method, args) =>
		frappe.call({ method, type: "POST", args }).then(
			({ message }) => message || {},
			() => null
		);

	const money = (amount) => frappe.format(amount, MONEY, { inline: true });
	const beside = () => (frappe.is_mobile() ? [] : [{ fieldtype: "Column Break" }]);
	const section = (title) => ({ fieldtype: "Section Break", label: title });
	const words_field = (fieldname, title) => ({
		...{ fieldname, fieldtype: "Small Text", label: title, reqd: 1, max_height: "90px" },
	});

	/** Open a dialog whose action is one request; a refusal leaves what was typed. */
	const open = ({ title, fields, action, method, values, done }) => {
		const dialog = new frappe.ui.Dialog({
			title,
			fields,
			primary_action_label: action || title,
			primary_action: async (entered) => {
				dialog.disable_primary_action();
				const message = await post(`${METHODS}.${method}`, values(entered));
				dialog.enable_primary_action();
				if (!message) return;
				dialog.hide();
				const link = frappe.utils.get_form_link(DOCTYPE, message.name, true);
				frappe.show_alert({ message: __("{0} is {1}.", [link, label(message.status)]), indicator: "green" }, 7);
				done?.(message);
			},
		});
		dialog.show();
		return dialog;
	};

	const offer_options = (offers) => [
		"",
		...offers.map(({ offer, cost, needs_approval }) => ({
			value: offer,
			label: [offer, money(cost), needs_approval && __("a manager approves it")].filter(Boolean).join(" · "),
		})),
	];

	const about = ({ customer_name, levels, called_in, value_at_stake }) => {
		const words = [
			levels.map((level) => label(level, "Retention Offer Condition")).join(", "),
			__("{0} in 12 months", [money(value_at_stake)]),
			called_in.length && __("{0} are told at once", [called_in.join(", ")]),
		];
		const lines = [
			$('<div class="bold">').text(customer_name),
			$('<div class="text-muted">').text(words.filter(Boolean).join(" · ")),
		];
		return $("<div>").append(lines).html();
	};

	const reason_fields = () => [
		{
			...{ fieldname: "reason", fieldtype: "Link", options: "Churn Reason", in_list_view: 1, reqd: 1, columns: 5 },
			...{ label: label("Churn Reason", "Retention Case Reason") },
			get_query: () => ({ filters: { is_group: 0, disabled: 0 } }),
		},
		{
			...{ fieldname: "words", fieldtype: "Data", in_list_view: 1, columns: 5 },
			label: label("In Their Words", "Retention Case Reason"),
		},
	];

	/** Reasons: a table, or on a phone the fields of one. */
	const reasons_of_case = () =>
		frappe.is_mobile()
			? reason_fields()
			: [
					{
						...{ fieldname: "reasons", fieldtype: "Table", label: label("Reasons"), in_place_edit: true },
						...{ data: [], fields: reason_fields(), reqd: 1 },
					},
			  ];

	const given_reasons = ({ reasons, reason, words }) =>
		(reasons || [{ reason, words }]).map((row) => ({ reason: row.reason, words: row.words }));

	const has_clock = (facts) => {
		const types = facts.exit_types.filter((each) => each.clock_days !== null).map((each) => each.exit_type);
		return `eval:doc.result === "Lost" && ${JSON.stringify(types)}.includes(doc.exit_type)`;
	};

	const talk_fields = (facts) => [
		{ fieldname: "about", fieldtype: "HTML", options: about(facts) },
		{ fieldtype: "Section Break" },
		{ fieldname: "asked_by", fieldtype: "Data", label: label("Who Asks"), reqd: 1 },
		...beside(),
		{
			...{ fieldname: "identity_check", fieldtype: "Select", label: label("Identity Check"), reqd: 1 },
			...{ options: options(IDENTITY), default: "Not Checked" },
		},
		section(__("What It Is About")),
		{
			...{ fieldname: "exit_type", fieldtype: "Select", label: label("Exit Type"), reqd: 1 },
			options: facts.exit_types.map(({ exit_type }) => ({ value: exit_type, label: __(exit_type) })),
		},
		...beside(),
		{
			...{ fieldname: "asked_on", fieldtype: "Date", label: label("Asked On"), reqd: 1 },
			default: cs_retention.today(),
		},
		{ fieldtype: "Section Break" },
		...reasons_of_case(),
		{ fieldtype: "Section Break" },
		{ fieldname: "competitor", fieldtype: "Link", options: "Competitor", label: label("Competitor") },
		...beside(),
		{ ...MONEY, fieldname: "value_at_stake", label: label("Value at Stake"), default: facts.value_at_stake },
		section(__("The Talk")),
		words_field("talk", __("What Was Said")),
		{ fieldname: "guard", fieldtype: "HTML" },
		{ fieldname: "offer", fieldtype: "Select", label: label("Retention Offer", "Retention Case Offer"), options: [] },
		section(__("Result")),
		{
			...{ fieldname: "result", fieldtype: "Select", label: __("Result") },
			options: [
				{ value: "", label: __("Not decided yet") },
				{ value: "Saved", label: __("Customer Stays") },
				{ value: "Lost", label: __("Customer Leaves") },
			],
		},
		{
			...{ fieldname: "result_words", fieldtype: "Small Text", label: __("How It Ended"), max_height: "60px" },
			...{ depends_on: "result", mandatory_depends_on: "result" },
		},
		{ fieldname: "passed_on", fieldtype: "Date", label: label("Passed On"), depends_on: has_clock(facts) },
		{
			...{ fieldname: "delay_reason", fieldtype: "Data", label: label("Reason for the Delay") },
			depends_on: has_clock(facts),
		},
	];

	/** Show what the exit type allows: the ladder, or that nothing may be offered. */
	const follow_exit_type = (dialog, facts) => {
		const type = facts.exit_types.find((each) => each.exit_type === dialog.get_value("exit_type"));
		const guard = dialog.get_field("guard").$wrapper.empty();
		const offers = type?.offers || [];
		dialog.set_df_property("offer", "options", offer_options(offers));
		dialog.set_df_property("offer", "hidden", offers.length ? 0 : 1);
		dialog.set_value("offer", "");
		if (!type) return;
		const texts = [
			!type.allows_offers && __("No offer may be made: let the customer go without delay."),
			type.allows_offers && !offers.length && __("There is no offer that this customer may get."),
			type.clock_days !== null && __("The request is passed on within {0} working days.", [type.clock_days]),
		];
		guard.append(texts.filter(Boolean).map((text) => $('<p class="text-muted small mb-1">').text(text)));
	};

	const wants_to_leave = async (customer, done) => {
		const facts = await get("prepare", { customer });
		if (facts.open_case) {
			frappe.set_route("Form", DOCTYPE, facts.open_case);
			return;
		}
		const dialog = open({
			...{ title: __("Wants to Leave"), fields: talk_fields(facts), action: __("Open Case"), method: "open_and_talk", done },
			values: (entered) => ({
				...{ customer, exit_type: entered.exit_type, reasons: given_reasons(entered) },
				...{ asked_by: entered.asked_by, identity_check: entered.identity_check, asked_on: entered.asked_on },
				...{ competitor: entered.competitor, value_at_stake: entered.value_at_stake, words: entered.talk },
				...{ offer: entered.offer, result: entered.result, result_words: entered.result_words },
				...{ passed_on: entered.passed_on, delay_reason: entered.delay_reason },
			}),
		});
		dialog.get_field("exit_type").df.onchange = () => follow_exit_type(dialog, facts);
		follow_exit_type(dialog, facts);
		return dialog;
	};

	const SOURCES = "cs_retention.churn_retention.case_sources";

	/** Take up a signal or a complaint: in the customer's open case, or in a new one whose exit type is asked. */
	const open_from = async (doctype, name) => {
		const go = async (args = {}) => {
			const message = await frappe
				.call({ method: `${SOURCES}.open_from`, type: "POST", args: { doctype, name, ...args } })
				.then((answer) => answer.message, () => null);
			if (message) frappe.set_route("Form", DOCTYPE, message);
			return message;
		};
		const facts = await frappe.call({ method: `${SOURCES}.prepare`, type: "GET", args: { doctype, name } });
		const { open_case, exit_types, suggested } = facts.message;
		if (open_case) return go();
		const dialog = new frappe.ui.Dialog({
			title: __("Open Case"),
			fields: [
				{
					...{ fieldname: "exit_type", fieldtype: "Select", label: label("Exit Type"), reqd: 1, default: suggested },
					options: exit_types.map((value) => ({ value, label: __(value) })),
				},
				{ fieldname: "asked_on", fieldtype: "Date", label: label("Asked On"), description: __("Where the customer asked to leave") },
			],
			primary_action_label: __("Open Case"),
			primary_action: async (values) => {
				dialog.disable_primary_action();
				const opened = await go(values);
				dialog.enable_primary_action();
				if (opened) dialog.hide();
			},
		});
		dialog.show();
		return dialog;
	};

	const log_contact = (name, done) =>
		open({
			...{ title: __("Log Contact"), method: "log_contact", done },
			fields: [
				{ fieldname: "is_reached", fieldtype: "Check", label: label("Reached", "Retention Case Contact"), default: 1 },
				...beside(),
				{
					...{ fieldname: "channel", fieldtype: "Select", default: "Phone", options: options(cs_retention.channels, "Retention Case Contact") },
					label: label("Channel", "Retention Case Contact"),
				},
				{ fieldtype: "Section Break" },
				{
					...{ fieldname: "words", fieldtype: "Small Text", label: label("Summary", "Retention Case Contact") },
					mandatory_depends_on: "is_reached",
				},
			],
			values: ({ is_reached, channel, words }) => ({ case: name, is_reached: cint(is_reached), channel, words }),
		});

	const make_offer = async (name, done) => {
		const { offers, limit } = await get("get_ladder", { case: name });
		if (!offers.length) {
			frappe.msgprint(__("There is no offer that this customer may get."));
			return;
		}
		return open({
			...{ title: __("Make Offer"), method: "make_offer", done },
			fields: [
				{
					...{ fieldname: "offer", fieldtype: "Select", reqd: 1, options: offer_options(offers) },
					label: label("Retention Offer", "Retention Case Offer"),
					description: __("Up to {0} no manager is asked.", [money(limit)]),
				},
			],
			values: ({ offer }) => ({ case: name, offer }),
		});
	};

	const answer_offer = (name, done) =>
		open({
			...{ title: __("Answer Offer"), method: "answer_offer", done },
			fields: [
				{
					...{ fieldname: "answer", fieldtype: "Select", reqd: 1 },
					label: label("Answer", "Retention Case Offer"),
					options: options(["Accepted", "Declined"], "Retention Case Offer"),
				},
			],
			values: ({ answer }) => ({ case: name, answer }),
		});

	const approve_offer = async (name, done) => {
		const message = await post(`${METHODS}.approve_offer`, { case: name });
		if (message) done?.(message);
	};

	const stays = (name, done) =>
		open({
			...{ title: __("Customer Stays"), method: "customer_stays", done },
			fields: [words_field("kept_by", label("What Kept the Customer"))],
			values: ({ kept_by }) => ({ case: name, kept_by }),
		});

	const leaves = (name, done) =>
		open({
			...{ title: __("Customer Leaves"), method: "customer_leaves", done },
			fields: [
				words_field("lost_words", label("How It Ended")),
				{
					...{ fieldname: "passed_on", fieldtype: "Date", label: label("Passed On") },
					description: __("Where the exit type has a clock"),
				},
				{ fieldname: "delay_reason", fieldtype: "Data", label: label("Reason for the Delay") },
			],
			values: ({ lost_words, passed_on, delay_reason }) => ({ case: name, lost_words, passed_on, delay_reason }),
		});

	const RECOMMENDATIONS = "cs_retention.churn_retention.recommendations";

	/** Note what came of a recommendation; its use is credited to whoever does. */
	const use_recommendation = (recommendation, done) => {
		const fields = [words_field("words", label("What Came of It", "Retention Recommendation"))];
		const dialog = new frappe.ui.Dialog({
			title: __("Used It"),
			fields,
			primary_action_label: __("Used It"),
			primary_action: async ({ words }) => {
				if (!(await post(`${RECOMMENDATIONS}.use`, { recommendation, words }))) return;
				dialog.hide();
				done?.();
			},
		});
		dialog.show();
		return dialog;
	};

	const withdraw_recommendation = async (recommendation, done) => {
		if (await post(`${RECOMMENDATIONS}.withdraw`, { recommendation })) done?.();
	};

	Object.assign(cs_retention.cases, {
		...{ wants_to_leave, open_from, log_contact, make_offer, answer_offer, approve_offer, stays, leaves },
		...{ use_recommendation, withdraw_recommendation },
	});
}

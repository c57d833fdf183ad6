frappe.provide("cs_retention.callbacks");

/** The one dialog for each thing a person does with a callback; `done(result)` is called after success. */
{
	const METHODS = "cs_retention.callbacks.work";
	const DOCTYPE = "Customer Callback";
	const OUTCOMES = ["Reached", "Visited", "Refused"];
	const SATISFACTION = ["", "1", "2", "3", "4", "5"];

	const label = (text) => __(text, null, DOCTYPE);
	const options = (values) => values.map((value) => ({ value, label: label(value) }));
	const day = (date) => frappe.datetime.str_to_user(date);

	const prepare = async (callback) => {
		const { message } = await frappe.call({ method: `${METHODS}.prepare`, type: "GET", args: { callback } });
		return message;
	};

	/** Open a dialog whose action is one request; Ctrl+Enter sends it, and a refusal leaves what was typed. */
	const open = ({ title, fields, action, method, name, values, said, done }) => {
		const dialog = new frappe.ui.Dialog({
			title,
			fields,
			primary_action_label: action,
			primary_action: async (entered) => {
				if (dialog.is_sending) return;
				dialog.is_sending = true;
				dialog.disable_primary_action();
				try {
					const args = { callback: name, ...(values ? values(entered) : entered) };
					const { message } = await frappe.call({ method: `${METHODS}.${method}`, type: "POST", args });
					dialog.hide();
					tell([said(message), ...message.messages]);
					done?.(message);
				} finally {
					dialog.is_sending = false;
					dialog.enable_primary_action();
				}
			},
		});
		dialog.$wrapper.on("keydown", (event) => {
			if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
			event.preventDefault();
			event.target.blur?.();
			dialog.get_primary_btn().trigger("click");
		});
		dialog.show();
		return dialog;
	};

	const tell = (sentences) => {
		const message = sentences.filter(Boolean).map(frappe.utils.escape_html).join("<br>");
		frappe.show_alert({ message, indicator: "green" }, 7);
	};

	const next_words = ({ next }) => (next ? __("The next call is on {0}.", [day(next.due_date)]) : "");

	/** What a dialog is about: whom to call, and why. */
	const about = ({ customer_name, why }) => {
		const lines = [$('<div class="bold">').text(customer_name), $('<div class="text-muted">').text(why.join("; "))];
		return $("<div>").append(lines).html();
	};

	/** A column break where there is room for two columns. */
	const beside = () => (frappe.is_mobile() ? [] : [{ fieldtype: "Column Break" }]);

	/** Full hours of a working day, and the one given where it is none of them. */
	const hours = (given) => {
		const working = Array.from({ length: 13 }, (_each, number) => `${number + 8}:00:00`.padStart(8, "0"));
		const values = working.includes(given) ? working : [...working, given].sort();
		return values.map((value) => ({ value, label: value.slice(0, 5) }));
	};

	const promise_fields = () => [
		{ fieldname: "promise", fieldtype: "Data", label: __("Promise"), in_list_view: 1, reqd: 1, columns: 4 },
		{
			...{ fieldname: "promised_by", fieldtype: "Link", options: "User", label: __("Who"), in_list_view: 1 },
			...{ reqd: 1, default: frappe.session.user, columns: 3, ignore_user_permissions: 1 },
		},
		{ fieldname: "due_date", fieldtype: "Date", label: __("By When"), in_list_view: 1, reqd: 1, columns: 3 },
	];

	/** Promises: a table, or on a phone the fields of one. */
	const promises_of_call = () =>
		frappe.is_mobile()
			? promise_fields().map((field) => ({ ...field, reqd: 0 }))
			: [
					{
						...{ fieldname: "promises", fieldtype: "Table", label: label("Promises"), in_place_edit: true },
						...{ data: [], fields: promise_fields() },
					},
			  ];

	const promised = ({ promises, promise, promised_by, due_date }) => {
		const rows = promises || (promise ? [{ promise, promised_by, due_date }] : []);
		return rows.map((row) => ({ promise: row.promise, promised_by: row.promised_by, due_date: row.due_date }));
	};

	const proposed_words = ({ proposed }) =>
		proposed
			? __("As planned: {0}", [frappe.utils.escape_html(proposed.why.join("; "))])
			: __("Nothing more is planned yet.");

	const log_fields = (facts) => [
		{ fieldname: "about", fieldtype: "HTML", options: about(facts) },
		{ fieldtype: "Section Break" },
		{
			...{ fieldname: "outcome", fieldtype: "Select", label: label("Outcome"), reqd: 1 },
			...{ options: options(OUTCOMES), default: facts.channel === "Visit" ? "Visited" : "Reached" },
		},
		...beside(),
		{
			...{ fieldname: "channel", fieldtype: "Select", label: label("Channel"), reqd: 1 },
			...{ options: options(cs_retention.channels), default: facts.channel },
		},
		{ fieldtype: "Section Break" },
		{
			...{ fieldname: "spoken_to", fieldtype: "Data", label: label("Spoken To"), reqd: 1 },
			...{ default: facts.spoken_to },
		},
		{ fieldname: "summary", fieldtype: "Small Text", label: label("Summary"), reqd: 1, max_height: "90px" },
		{ fieldtype: "Section Break" },
		{
			...{ fieldname: "next_date", fieldtype: "Date", label: __("Next Call"), default: facts.proposed?.date },
			description: proposed_words(facts),
		},
		...beside(),
		{
			...{ fieldname: "satisfaction", fieldtype: "Select", label: label("Satisfaction"), options: SATISFACTION },
			description: __("1 to 5; empty when it was not asked"),
		},
		{ fieldtype: "Section Break", depends_on: "eval:!doc.next_date" },
		{
			...{ fieldname: "no_next_reason", fieldtype: "Data", label: label("Why No Next Call") },
			...{ depends_on: "eval:!doc.next_date", mandatory_depends_on: "eval:!doc.next_date" },
		},
		{ fieldtype: "Section Break", fieldname: "more", label: __("More"), collapsible: 1 },
		{
			...{ fieldname: "need", fieldtype: "Small Text", label: label("Need Heard"), max_height: "60px" },
			description: facts.may_make_opportunity
				? __("In the customer's words; becomes an Opportunity")
				: __("In the customer's words; stays with the callback"),
		},
		{ fieldname: "visit_needed", fieldtype: "Check", label: label("Visit Needed") },
		...heard_in_call(),
		...promises_of_call(),
	];

	/** A warning of churn that the call brought up; the summary says the rest. */
	const heard_in_call = () => {
		if (!frappe.model.can_create("Churn Signal")) return [];
		const word = (text) => __(text, null, "Churn Signal");
		const rules = ["Cancellation Asked", "Port-Out Asked", "Competitor Named"];
		const is_named = "eval:doc.heard=='Competitor Named'";
		return [
			{
				...{ fieldname: "heard", fieldtype: "Select", label: __("Warning Heard") },
				options: [{ value: "", label: "" }, ...rules.map((value) => ({ value, label: word(value) }))],
			},
			{
				...{ fieldname: "competitor", fieldtype: "Link", options: "Competitor", label: word("Competitor") },
				...{ depends_on: is_named, mandatory_depends_on: is_named },
			},
		];
	};

	const log_values = (entered) => {
		const { outcome, channel, spoken_to, summary, next_date, need, heard } = entered;
		return {
			...{ outcome, channel, spoken_to, summary, next_date, need, heard },
			competitor: heard === "Competitor Named" ? entered.competitor : "",
			no_next_reason: next_date ? "" : entered.no_next_reason,
			satisfaction: cint(entered.satisfaction),
			visit_needed: cint(entered.visit_needed),
			promises: promised(entered),
		};
	};

	const log = async (name, done) => {
		const facts = await prepare(name);
		const dialog = open({
			...{ title: __("Log Call"), fields: log_fields(facts), action: __("Log Call"), method: "log_done", name, done },
			values: log_values,
			said: (result) => [__("Call logged."), next_words(result)].filter(Boolean).join(" "),
		});
		dialog.$wrapper.one("shown.bs.modal", () => {
			const first = dialog.get_value("spoken_to") ? "summary" : "spoken_to";
			dialog.get_field(first).set_focus();
		});
		return dialog;
	};

	const attempt_fields = (facts) => {
		const next = facts.next_attempt;
		const last = { fieldname: "last", fieldtype: "HTML", options: `<p>${__("This is the last attempt.")}</p>` };
		return [
			{ fieldname: "about", fieldtype: "HTML", options: about(facts) },
			{ fieldtype: "Section Break" },
			{
				...{ fieldname: "channel", fieldtype: "Select", label: label("Channel"), options: options(cs_retention.channels) },
				...{ default: facts.channel, reqd: 1 },
			},
			{ fieldname: "note", fieldtype: "Data", label: __("Note", null, "Customer Callback Attempt") },
			{ fieldtype: "Section Break" },
			...(next
				? [
						{ fieldname: "next_date", fieldtype: "Date", label: __("Try Again On"), default: next.date },
						...beside(),
						{
							...{ fieldname: "next_time", fieldtype: "Select", label: __("At"), default: next.time },
							options: hours(next.time),
						},
				  ]
				: [last]),
		];
	};

	const attempt_words = (result) =>
		result.status === "Planned"
			? __("Attempt logged. Next try on {0}.", [day(result.due_date)])
			: __("Attempt logged. The customer was not reached.");

	const attempt = async (name, done) => {
		const facts = await prepare(name);
		const title = __("Not Reached: Attempt {0} of {1}", [facts.attempts + 1, facts.attempts_limit]);
		return open({
			...{ title, fields: attempt_fields(facts), action: __("Log Attempt"), method: "log_attempt", name, done },
			values: ({ channel, note, next_date, next_time }) => ({ channel, note, next_date, next_time }),
			said: attempt_words,
		});
	};

	const reschedule = async (name, done, to_date) => {
		const facts = await prepare(name);
		return open({
			...{ title: __("Reschedule"), action: __("Reschedule"), method: "reschedule", name, done },
			fields: [
				{ fieldname: "about", fieldtype: "HTML", options: about(facts) },
				{ fieldtype: "Section Break" },
				{
					...{ fieldname: "due_date", fieldtype: "Date", label: label("Due Date"), reqd: 1 },
					default: to_date || facts.due_date,
				},
				{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1, max_height: "60px" },
			],
			values: ({ due_date, reason }) => ({ due_date, reason }),
			said: (result) => __("Moved to {0}.", [day(result.due_date)]),
		});
	};

	const skip = async (name, done) => {
		const facts = await prepare(name);
		return open({
			...{ title: __("Skip Call"), action: __("Skip Call"), method: "skip", name, done },
			fields: [
				{ fieldname: "about", fieldtype: "HTML", options: about(facts) },
				{ fieldtype: "Section Break" },
				{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1, max_height: "60px" },
			],
			values: ({ reason }) => ({ reason }),
			said: (result) => [__("Call skipped."), next_words(result)].filter(Boolean).join(" "),
		});
	};

	Object.assign(cs_retention.callbacks, { log, attempt, reschedule, skip, prepare });
}

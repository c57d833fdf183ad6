frappe.provide("cs_retention.messages");

/** The dialog "Send a Message": what becomes of it is shown before it is sent. `open(customers, done)`. */
{
	const METHODS = "cs_retention.callbacks.messages";
	const CLASSES = ["Legal and Service", "Complaint", "Retention", "Care", "Marketing"];
	const PAST_THE_POLICY = ["Retention Manager", "System Manager"];
	const COLOURS = { Sent: "green", Merged: "blue", Held: "orange", Skipped: "gray" };

	const label = (text) => __(text, null, "Customer Touch");
	const options = (values) => values.map((value) => ({ value, label: label(value) }));

	cs_retention.messages.colours = COLOURS;

	/** "42 sent, 3 held, 5 skipped", as far as there are any. */
	cs_retention.messages.in_words = (counts) => {
		const words = {
			Sent: __("{0} sent", [counts.Sent]),
			Merged: __("{0} merged", [counts.Merged]),
			Held: __("{0} held", [counts.Held]),
			Skipped: __("{0} skipped", [counts.Skipped]),
		};
		const some = Object.keys(words).filter((decision) => counts[decision]);
		return some.map((decision) => words[decision]).join(", ") || __("none");
	};

	/** A table of decided messages: whose, what becomes of it, why. */
	cs_retention.messages.table = (rows) => {
		const cell = (text) => $("<td>").text(text || "");
		const lines = rows.map((row) => {
			const pill = $('<span class="indicator-pill">').addClass(COLOURS[row.decision]).text(label(row.decision));
			const until = row.held_until && $('<div class="text-muted">').text(frappe.datetime.str_to_user(row.held_until));
			const decided = $("<td>").append(pill, until);
			return $("<tr>").append(cell(row.customer), decided, cell(row.why.join("; ")), cell(row.recipient));
		});
		const heads = [__("Customer"), label("Decision"), __("Reason"), label("Recipient")].map((text) => $("<th>").text(text));
		const table = $('<table class="table table-bordered table-sm mb-2" style="min-width: 36rem">');
		table.append($("<thead>").append($("<tr>").append(heads)), $("<tbody>").append(lines));
		return $('<div class="table-responsive" style="max-height: 18rem">').append(table);
	};

	cs_retention.messages.open = (customers, done) => {
		const token = frappe.utils.get_random(12);
		let shown = null;
		const forget = () => {
			shown = null;
			dialog.get_field("outcome").$wrapper.empty();
			dialog.set_primary_action(__("Preview"), preview);
		};
		const dialog = new frappe.ui.Dialog({
			title: customers.length === 1 ? __("Message to {0}", [frappe.utils.escape_html(customers[0])]) : __("Message to {0} Customers", [customers.length]),
			size: "large",
			fields: fields(forget),
		});

		const request = async (method, more) => {
			const values = dialog.get_values();
			if (!values) return null;
			const { template, message_class, channel, subject, text } = values;
			const typed = template ? { template } : { message_class, channel, subject, text };
			const args = { customers, ...typed, ...more };
			dialog.disable_primary_action();
			try {
				return (await frappe.call({ method: `${METHODS}.${method}`, type: "POST", args })).message;
			} finally {
				dialog.enable_primary_action();
			}
		};

		const preview = async () => {
			shown = await request("preview");
			if (!shown) return;
			const wrapper = dialog.get_field("outcome").$wrapper.empty();
			const { in_words, table } = cs_retention.messages;
			wrapper.append($('<p class="bold mb-1">').text(__("Sent now: {0}", [in_words(shown.now.counts)])));
			wrapper.append($('<p class="mb-2">').text(__("Sent tomorrow at noon: {0}", [in_words(shown.tomorrow)])));
			wrapper.append(table(shown.now.rows), draw_sample(shown.sample));
			wrapper[0].scrollIntoView({ block: "start" });
			dialog.set_primary_action(__("Send"), send);
		};

		const send = async () => {
			const sent = await request("send", { token });
			if (!sent) return;
			dialog.hide();
			const message = frappe.utils.escape_html(cs_retention.messages.in_words(sent.counts));
			frappe.show_alert({ message, indicator: sent.counts.Sent ? "green" : "orange" }, 7);
			done?.(sent);
		};

		dialog.set_primary_action(__("Preview"), preview);
		dialog.show();
		return dialog;
	};

	/** The message as the first of the customers reads it. */
	const draw_sample = ({ customer, language, subject, text }) => {
		const card = $('<div class="card p-3" style="white-space: pre-wrap; overflow-wrap: anywhere">');
		if (subject) card.append($('<div class="bold mb-2">').text(subject));
		const title = __("To {0}, in the language {1}", [customer, language]);
		return $("<div>").append($('<p class="text-muted mb-1">').text(title), card.append($("<div>").text(text)));
	};

	const fields = (changed) => {
		const may_pass = PAST_THE_POLICY.some((role) => frappe.user.has_role(role));
		const classes = may_pass ? CLASSES : CLASSES.slice(1);
		const filters = { is_enabled: 1, message_class: ["in", classes] };
		const typed = "eval:!doc.template";
		const with_subject = "eval:!doc.template && doc.channel === 'Email'";
		return [
			{
				...{ fieldname: "template", fieldtype: "Link", options: "Message Template", change: changed },
				...{ label: __("Message Template"), get_query: () => ({ filters }), only_select: 1 },
				description: __("Empty: a text of your own"),
			},
			{ fieldtype: "Section Break", depends_on: typed },
			{
				...{ fieldname: "message_class", fieldtype: "Select", label: label("Class"), reqd: 1, change: changed },
				...{ options: options(classes), default: "Care" },
			},
			...(frappe.is_mobile() ? [] : [{ fieldtype: "Column Break" }]),
			{
				...{ fieldname: "channel", fieldtype: "Select", label: label("Sent By"), reqd: 1, change: changed },
				...{ options: options(["Email", "SMS"]), default: "Email" },
			},
			{ fieldtype: "Section Break", depends_on: typed },
			{
				...{ fieldname: "subject", fieldtype: "Data", label: __("Subject"), change: changed },
				...{ depends_on: with_subject, mandatory_depends_on: with_subject },
			},
			{
				...{ fieldname: "text", fieldtype: "Small Text", label: __("Message Text"), change: changed },
				...{ depends_on: typed, mandatory_depends_on: typed },
			},
			{ fieldtype: "Section Break", label: __("What Becomes of It") },
			{ fieldname: "outcome", fieldtype: "HTML" },
		];
	};
}

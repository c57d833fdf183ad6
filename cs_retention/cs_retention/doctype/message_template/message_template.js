{
	const METHODS = "cs_retention.cs_retention.doctype.message_template.message_template";
	const DOCTYPE = "Message Template";

	frappe.ui.form.on(DOCTYPE, {
		refresh(frm) {
			show_placeholders(frm);
			if (!frm.is_new()) frm.add_custom_button(__("Try on a Customer"), () => ask(frm));
		},
	});

	const show_placeholders = async (frm) => {
		const { message } = await frappe.call({ method: `${METHODS}.get_placeholders`, type: "GET" });
		const names = message.map((name) => $("<code class='mr-2'>").text(name));
		$(frm.fields_dict.placeholders.wrapper).empty().append($("<p>").append(names));
	};

	const ask = (frm) => {
		if (frm.is_dirty()) return frappe.msgprint(__("Save the template first."));
		const dialog = new frappe.ui.Dialog({
			title: frappe.utils.escape_html(frm.doc.title),
			size: "large",
			fields: [
				{
					...{ fieldname: "customer", fieldtype: "Link", options: "Customer", label: __("Customer") },
					reqd: 1,
					onchange: () => dialog.get_value("customer") && show(frm, dialog),
				},
				{ fieldname: "letter", fieldtype: "HTML" },
			],
		});
		dialog.show();
	};

	const show = async (frm, dialog) => {
		const args = { template: frm.doc.name, customer: dialog.get_value("customer") };
		const { message } = await frappe.call({ method: `${METHODS}.try_out`, type: "GET", args });
		const word = (text) => __(text, null, DOCTYPE);
		const rows = [
			[word("Language"), message.language],
			[word("Recipient"), message.recipient || __("nobody: the customer has no address for this channel")],
			...(message.subject ? [[word("Subject"), message.subject]] : []),
		];
		const table = $('<table class="table table-bordered">').append(
			rows.map(([label, text]) => $("<tr>").append($("<th>").text(label), $("<td>").text(text)))
		);
		const letter = $("<div>").append(table, $('<p class="frappe-card p-4">').css("white-space", "pre-wrap").text(message.body));
		if (message.unknown.length) {
			const said = __("Nothing is known for {0}: it is left out.", [message.unknown.join(", ")]);
			letter.append($('<p class="text-warning">').text(said));
		}
		dialog.fields_dict.letter.$wrapper.empty().append(letter);
	};
}

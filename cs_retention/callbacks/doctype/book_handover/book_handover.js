{
	const METHODS = "cs_retention.callbacks.doctype.book_handover.book_handover";
	const COLOURS = { Draft: "orange", Tried: "blue", Moving: "yellow", Done: "green" };
	const ROW_COLOURS = { Proposed: "blue", Moved: "green", Left: "orange" };

	frappe.ui.form.on("Book Handover", {
		setup(frm) {
			const people = () => ({ filters: { enabled: 1, user_type: "System User" } });
			frm.set_query("from_person", () => ({ filters: { user_type: "System User" } }));
			frm.set_query("person", "targets", people);
			frm.show_submit_message = () => {};
		},

		refresh(frm) {
			frm.toggle_display("status", false);
			frm.page.set_indicator(__(frm.doc.status, null, "Book Handover"), COLOURS[frm.doc.status]);
			show_hint(frm);
			add_buttons(frm);
			show_rows(frm);
			if (frm.doc.status === "Moving") look_again(frm);
		},
	});

	const show_hint = (frm) => {
		const { status, customers, left_over, is_acknowledged } = frm.doc;
		const hints = {
			Draft: __("Try it: you see who would get whom. Nothing is moved by that."),
			Tried: __("{0} customers would move. Nothing has moved yet.", [customers]),
		};
		if (frm.is_new() || !hints[status]) return;
		frm.dashboard.set_headline(hints[status]);
		if (left_over && !is_acknowledged) {
			frm.dashboard.set_headline_alert(__("{0} customers would not move. Look at them below.", [left_over]), "orange");
		}
	};

	const add_buttons = (frm) => {
		if (frm.is_new() || frm.is_dirty()) return;
		const post = (method) => frappe.call({ method: `${METHODS}.${method}`, type: "POST", args: { name: frm.doc.name }, freeze: true });
		const { status, docstatus } = frm.doc;
		if (docstatus === 0 && frm.perm[0].write) {
			const { name } = frm.doc;
			const attempt = () => post("try_handover").then(() => frm.doc.name === name && frm.reload_doc());
			if (status === "Draft") {
				frm.page.clear_primary_action();
				frm.page.set_primary_action(__("Try"), attempt);
			} else {
				frm.add_custom_button(__("Try Again"), attempt);
			}
		}
		if (docstatus === 1) frm.page.clear_secondary_action();
		if (status === "Done" && frappe.model.can_create("Book Handover")) {
			frm.add_custom_button(__("Hand Back"), async () => {
				const { message } = await post("hand_back");
				frappe.set_route("Form", "Book Handover", message);
			});
		}
	};

	const show_rows = async (frm) => {
		const box = frm.get_field("rows_shown").$wrapper.empty();
		frm.toggle_display("rows_section", frm.doc.status !== "Draft");
		if (frm.is_new() || frm.doc.status === "Draft") return;
		await add_page(frm, box, 0);
	};

	const add_page = async (frm, box, start) => {
		const args = { name: frm.doc.name, start };
		const message = await cs_retention.of_shown(frm, { method: `${METHODS}.list_rows`, type: "GET", args });
		if (!message) return;
		if (!start) box.empty().append(frame());
		box.find("tbody").append(message.rows.map(row_of));
		box.find(".btn").remove();
		const shown = start + message.rows.length;
		if (shown >= message.count || !message.rows.length) return;
		const more = $('<button class="btn btn-default btn-xs">').text(__("Show {0} More", [message.count - shown]));
		box.append(more.on("click", () => add_page(frm, box, shown)));
	};

	const frame = () => {
		const heads = [__("Customer"), __("Role"), __("Before"), __("After"), __("Moves Along"), ""];
		const head = $("<tr>").append(heads.map((text) => $("<th>").text(text)));
		const table = $('<table class="table table-sm text-nowrap">').append($("<thead>").append(head), "<tbody>");
		return $('<div style="overflow-x: auto">').append(table);
	};

	const row_of = (row) => {
		const word = (text) => __(text, null, "Book Handover Row");
		const link = $("<a>").attr("href", frappe.utils.get_form_link("Customer", row.customer)).text(row.customer_name);
		const along = [
			row.callbacks && __("{0} callbacks", [row.callbacks]),
			row.promises && __("{0} promises", [row.promises]),
			row.cases && __("{0} cases", [row.cases]),
		];
		const status = $(`<span class="indicator-pill ${ROW_COLOURS[row.status]}">`).text(word(row.status));
		return $("<tr>").append(
			$("<td>").append(link),
			$("<td>").text(word(row.role)),
			$("<td>").text(row.before || ""),
			$("<td>").text(row.after || ""),
			$("<td>").text(along.filter(Boolean).join(", ")),
			$("<td>").append(status, row.reason ? $('<div class="text-muted text-wrap">').text(row.reason) : "")
		);
	};

	/** Follow a hand-over that moves: the form may hear of no events, so it looks. */
	const look_again = (frm) => {
		const { name, customers, moved } = frm.doc;
		frm.dashboard.show_progress(__("Moving", null, "Book Handover"), (100 * moved) / (customers || 1) || 1, __("{0} of {1}", [moved, customers], "Book Handover"));
		cs_retention.look_later(frm, async () => {
			if (frm.doc.status !== "Moving") return;
			const message = await cs_retention.of_shown(frm, { method: `${METHODS}.get_progress`, type: "GET", args: { name } });
			if (!message) return;
			if (message.status !== "Moving") return frm.reload_doc();
			frm.doc.moved = message.moved;
			look_again(frm);
		});
	};
}

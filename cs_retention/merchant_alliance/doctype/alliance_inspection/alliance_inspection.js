{
	const QUESTIONS = "cs_retention.merchant_alliance.doctype.alliance_inspection.alliance_inspection.get_questions";
	const COLOURS = { Passed: "green", "With Defects": "orange", Failed: "red" };
	const ANSWERS = { Yes: "success", Partly: "warning", No: "danger" };
	const word = (text) => __(text, null, "Alliance Inspection Item");

	frappe.ui.form.on("Alliance Inspection", {
		setup(frm) {
			frm.set_query("merchant", () => ({ filters: { status: ["in", ["Candidate", "Admitted", "Suspended"]] } }));
		},

		async onload(frm) {
			if (!frm.is_new() || (frm.doc.items || []).length) return;
			const { message } = await frappe.call({ method: QUESTIONS, type: "GET" });
			if ((frm.doc.items || []).length) return;
			for (const row of message) frm.add_child("items", row);
			draw(frm);
		},

		refresh(frm) {
			if (frm.doc.result) {
				frm.page.set_indicator(__(frm.doc.result, null, "Alliance Inspection"), COLOURS[frm.doc.result]);
			}
			draw(frm);
		},
	});

	/** The questions as cards with buttons that a thumb can press: a grid has no room on a phone. */
	const draw = (frm) => {
		const box = frm.get_field("checklist").$wrapper.empty().addClass("inspection-checklist");
		let criterion = "";
		for (const row of frm.doc.items || []) {
			if (row.criterion !== criterion) box.append($('<h5 class="mt-3 mb-2">').text(word(row.criterion)));
			criterion = row.criterion;
			box.append(card(frm, row));
		}
	};

	const card = (frm, row) => {
		const may = frm.doc.docstatus === 0 && frm.perm[0]?.write;
		const buttons = $('<div class="btn-group d-flex my-1" role="group">');
		for (const [answer, style] of Object.entries(ANSWERS)) {
			const button = $('<button type="button" class="btn flex-fill py-2">').text(word(answer)).prop("disabled", !may);
			button.addClass(row.answer === answer ? `btn-${style}` : "btn-default").attr("aria-pressed", row.answer === answer);
			buttons.append(button.on("click", () => answer_with(frm, row, answer)));
		}
		const note = $('<textarea class="form-control" rows="2">').attr("placeholder", __("What was seen")).css("height", "64px");
		note.val(row.note || "").prop("disabled", !may);
		note.on("change", () => frappe.model.set_value(row.doctype, row.name, "note", note.val()));
		const is_asked = row.answer && row.answer !== "Yes";
		return $('<div class="py-2 border-bottom inspection-question">').attr("data-name", row.name).append(
			$("<div>").text(__(row.question)),
			buttons,
			note.toggle(Boolean(is_asked || row.note))
		);
	};

	const answer_with = async (frm, row, answer) => {
		await frappe.model.set_value(row.doctype, row.name, "answer", answer);
		frm.dirty();
		draw(frm);
	};
}

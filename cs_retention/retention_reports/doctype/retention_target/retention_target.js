const SPLIT = "cs_retention.retention_reports.target_split";
const PARTS = { Year: ["Quarter", "Month", "Week"], Quarter: ["Month", "Week"], Month: ["Week"], Week: [] };

frappe.ui.form.on("Retention Target", {
	refresh(frm) {
		frm.set_query("split_from", () => ({ filters: { kpi: frm.doc.kpi } }));
		if (frm.is_new() || !frm.perm[0].write) return;
		if (choices(frm).length) frm.add_custom_button(__("Split Target"), () => ask_into(frm));
		const parts = () => frappe.set_route("List", "Retention Target", { split_from: frm.doc.name });
		frm.add_custom_button(__("Parts"), parts);
	},
});

/** What a target can be split into: shorter periods, and people unless it is a person's already. */
function choices(frm) {
	return [...PARTS[frm.doc.period], ...(frm.doc.person ? [] : ["Person"])];
}

function ask_into(frm) {
	const options = choices(frm).map((value) => ({ value, label: __(value) }));
	frappe.prompt(
		{ ...{ fieldname: "into", label: __("Split Into"), fieldtype: "Select", reqd: 1, options }, default: options[0].value },
		async ({ into }) => {
			const args = { name: frm.doc.name, into };
			const { message } = await frappe.call({ method: `${SPLIT}.propose`, type: "GET", args, freeze: true });
			show_parts(frm, into, message);
		},
		__("Split Target"),
		__("Propose")
	);
}

/** Show the parts with last year's count; what is written is what stands in the dialog. */
function show_parts(frm, into, parts) {
	const is_number = frm.doc.measure === "Number";
	const dialog = new frappe.ui.Dialog({
		title: __("Split {0} of {1}", [format_number(frm.doc.value, null, is_number ? 0 : 2), __(frm.doc.kpi)]),
		fields: [{ fieldname: "parts", fieldtype: "HTML" }],
		primary_action_label: __("Write the Targets"),
		async primary_action() {
			const values = JSON.stringify(read(dialog));
			await frappe.call({ method: `${SPLIT}.split_target`, args: { name: frm.doc.name, into, values }, freeze: true });
			dialog.hide();
			frappe.set_route("List", "Retention Target", { split_from: frm.doc.name });
		},
	});
	dialog.get_field("parts").$wrapper.html(table(parts, is_number));
	dialog.$wrapper.on("input", "input[data-part]", () => show_sum(dialog, frm.doc.value, is_number));
	dialog.show();
	show_sum(dialog, frm.doc.value, is_number);
}

function table(parts, is_number) {
	const row = ({ key, label, past, value }) =>
		`<tr><td>${frappe.utils.escape_html(label)}</td>
		<td class="text-right">${is_number ? format_number(past, null, 0) : ""}</td>
		<td><input type="number" min="0" step="${is_number ? 1 : "any"}" class="form-control input-sm text-right"
			data-part="${frappe.utils.escape_html(key)}" value="${value}"></td></tr>`;
	const past = is_number ? __("A Year Before") : "";
	return `<table class="table table-sm target-split"><thead><tr><th>${__("Part")}</th>
		<th class="text-right">${past}</th><th class="text-right">${__("Target")}</th></tr></thead>
		<tbody>${parts.map(row).join("")}</tbody></table><p class="target-sum text-right"></p>`;
}

function read(dialog) {
	return Object.fromEntries(
		dialog.$wrapper
			.find("input[data-part]")
			.toArray()
			.map((input) => [input.dataset.part, flt(input.value)])
	);
}

/** Numbers must add up to the whole; figures hold for every part. */
function show_sum(dialog, whole, is_number) {
	if (!is_number) return;
	const sum = Object.values(read(dialog)).reduce((total, value) => total + value, 0);
	const words = __("Sum {0}, target {1}", [format_number(sum, null, 0), format_number(whole, null, 0)]);
	const colour = sum === whole ? "green" : "red";
	dialog.$wrapper.find(".target-sum").html(`<span class="indicator-pill ${colour}">${words}</span>`);
}

/** What cases add to the Customer form: the talk with one who wants to leave, and what is recommended. */
{
	frappe.ui.form.on("Customer", {
		refresh(frm) {
			add_case_button(frm);
			show_recommendations(frm);
		},
	});

	/** At the desk everybody who sees the customer may open a case, whoever answers for it. */
	const add_case_button = (frm) => {
		if (frm.is_new() || frm.doc.disabled || !frappe.model.can_create("Retention Case")) return;
		const ask = () => cs_retention.cases.wants_to_leave(frm.doc.name, () => frm.reload_doc());
		frm.add_custom_button(__("Wants to Leave"), ask, __("Retention"));
	};

	/** What the account manager recommends stands before everything else. */
	const show_recommendations = async (frm) => {
		frm.layout.wrapper.find(".retention-recommendations").remove();
		if (frm.is_new() || !frappe.model.can_read("Retention Recommendation")) return;
		const customer = frm.doc.name;
		if (frappe.model.can_create("Retention Recommendation")) {
			const recommend = () => frappe.new_doc("Retention Recommendation", { customer });
			frm.add_custom_button(__("Recommend"), recommend, __("Retention"));
		}
		const method = "cs_retention.churn_retention.recommendations.get_open";
		const { message } = await frappe.call({ method, type: "GET", args: { customer } });
		frm.layout.wrapper.find(".retention-recommendations").remove();
		if (!message?.length || frm.doc.name !== customer) return;
		const box = $('<div class="retention-recommendations form-message yellow border-bottom">');
		message.forEach(({ name, text }) => box.append(draw_recommendation(frm, name, text)));
		frm.layout.wrapper.prepend(box);
	};

	const draw_recommendation = (frm, name, text) => {
		const link = $("<a>").attr("href", frappe.utils.get_form_link("Retention Recommendation", name)).text(text);
		const used = $('<button class="btn btn-xs btn-default ml-2">').text(__("Used It"));
		used.on("click", () => cs_retention.cases.use_recommendation(name, () => frm.reload_doc()));
		return $('<div class="mb-1">').append(link, frappe.model.can_write("Retention Recommendation") ? used : "");
	};
}

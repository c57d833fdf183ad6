frappe.listview_settings["Retention Bulletin"] = {
	hide_name_column: true,

	/** Nobody fills a bulletin in by hand: it is made from the list of targets. */
	refresh(list) {
		list.page.set_primary_action(__("Retention Target"), () => frappe.set_route("List", "Retention Target"));
	},
};

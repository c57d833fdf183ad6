const in_words = (value) => frappe.utils.escape_html(value ? __(value) : "");

frappe.listview_settings["Quarterly Report Row"] = {
	hide_name_column: true,
	formatters: { result: in_words, detail: in_words },
};

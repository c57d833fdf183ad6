frappe.listview_settings["Retention Recommendation"] = { hide_name_column: true };

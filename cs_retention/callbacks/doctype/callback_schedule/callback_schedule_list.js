frappe.listview_settings["Callback Schedule"] = { hide_name_column: true };

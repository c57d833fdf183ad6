frappe.listview_settings["Head Office Level"] = { hide_name_column: true };

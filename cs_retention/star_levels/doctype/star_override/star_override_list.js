frappe.listview_settings["Star Override"] = { hide_name_column: true };

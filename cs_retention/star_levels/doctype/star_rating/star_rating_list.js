frappe.listview_settings["Star Rating"] = { hide_name_column: true };

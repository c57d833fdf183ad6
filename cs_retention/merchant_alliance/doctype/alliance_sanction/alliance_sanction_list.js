frappe.listview_settings["Alliance Sanction"] = { hide_name_column: true };

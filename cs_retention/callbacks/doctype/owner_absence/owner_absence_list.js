frappe.listview_settings["Owner Absence"] = { hide_name_column: true };

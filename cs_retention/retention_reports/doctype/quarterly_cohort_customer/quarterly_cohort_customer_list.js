frappe.listview_settings["Quarterly Cohort Customer"] = { hide_name_column: true };

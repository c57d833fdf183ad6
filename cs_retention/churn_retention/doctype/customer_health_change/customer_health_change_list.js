frappe.listview_settings["Customer Health Change"] = { hide_name_column: true };

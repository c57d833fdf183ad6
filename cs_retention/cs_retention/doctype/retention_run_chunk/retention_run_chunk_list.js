frappe.listview_settings["Retention Run Chunk"] = { hide_name_column: true };

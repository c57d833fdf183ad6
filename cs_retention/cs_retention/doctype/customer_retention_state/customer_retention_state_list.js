frappe.listview_settings["Customer Retention State"] = { hide_name_column: true };

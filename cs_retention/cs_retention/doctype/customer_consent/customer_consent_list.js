frappe.listview_settings["Customer Consent"] = { hide_name_column: true };

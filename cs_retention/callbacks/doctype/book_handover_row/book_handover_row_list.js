frappe.listview_settings["Book Handover Row"] = { hide_name_column: true };

frappe.treeview_settings["Churn Reason"] = { breadcrumb: "Churn Retention", title: __("Churn Reason") };

app_name = "cs_retention"
app_title = "CS Retention"
app_publisher = "cs_retention maintainers"
app_description = "Customer retention and callbacks for ERPNext"
app_email = "cs_retention@example.com"
app_license = "gpl-3.0"

required_apps = ["frappe/erpnext"]
export_python_type_annotations = True

before_install = "cs_retention.setup.install.before_install"
after_uninstall = "cs_retention.setup.uninstall.after_uninstall"

doc_events = {
	"Customer": {"before_validate": "cs_retention.cs_retention.customer.keep_mirrors"},
}

fixtures = [
	{
		"dt": "Role",
		"filters": [
			[
				"name",
				"in",
				[
					"Customer Account Manager",
					"Customer Service Agent",
					"Retention Manager",
					"Alliance Manager",
					"Retention Auditor",
				],
			]
		],
	},
	{"dt": "Custom Field", "filters": [["module", "=", "CS Retention"]]},
]

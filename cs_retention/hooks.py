app_name = "cs_retention"
app_title = "CS Retention"
app_publisher = "cs_retention maintainers"
app_description = "Customer retention and callbacks for ERPNext"
app_email = "cs_retention@example.com"
app_license = "gpl-3.0"

required_apps = ["frappe/erpnext"]
export_python_type_annotations = True

before_install = "cs_retention.setup.install.before_install"
after_install = "cs_retention.setup.install.after_install"
after_sync = "cs_retention.setup.install.after_sync"
after_migrate = "cs_retention.setup.install.after_migrate"
before_uninstall = "cs_retention.setup.uninstall.before_uninstall"
after_uninstall = "cs_retention.setup.uninstall.after_uninstall"

app_include_js = [
	"/assets/cs_retention/js/callback_dialogs.js",
	"/assets/cs_retention/js/report_figures.js",
]
doctype_js = {"Customer": "public/js/customer.js"}
doctype_list_js = {"Customer": "public/js/customer_list.js"}
override_doctype_dashboards = {"Customer": "cs_retention.callbacks.customer.add_connections"}
additional_timeline_content = {"Customer": ["cs_retention.callbacks.timeline.get_content"]}

doc_events = {
	"ToDo": {"on_update": "cs_retention.callbacks.promises.follow_todo"},
	"CS Retention Settings": {"validate": "cs_retention.callbacks.customer_facts.validate_facts"},
	"Customer": {
		"before_validate": "cs_retention.cs_retention.customer.keep_mirrors",
		"validate": "cs_retention.cs_retention.customer.validate_key_account",
		# The state goes last: the records of the rooms above name it.
		"before_rename": [
			"cs_retention.callbacks.customer.fold_callbacks",
			"cs_retention.star_levels.customer.fold_ratings",
			"cs_retention.cs_retention.customer.fold_state",
		],
		"on_trash": [
			"cs_retention.callbacks.customer.delete_callbacks",
			"cs_retention.star_levels.customer.delete_ratings",
			"cs_retention.cs_retention.customer.delete_state",
		],
	},
}

scheduler_events = {
	"cron": {"7-59/15 * * * *": ["cs_retention.cs_retention.retention_night.wake"]},
	"hourly": ["cs_retention.callbacks.retention_handover.resume_lost"],
}

# Hooks of our own: how a lower room reaches a higher one.
retention_policy = "cs_retention.star_levels.policies.load_policy"
retention_talking_points = [
	"cs_retention.callbacks.talking_points.open_promises",
	"cs_retention.callbacks.talking_points.open_issues",
	"cs_retention.callbacks.talking_points.overdue_amounts",
	"cs_retention.callbacks.talking_points.contract_ends",
	"cs_retention.callbacks.talking_points.birthdays",
]
retention_handover = [
	"cs_retention.callbacks.handover_moves.callbacks",
	"cs_retention.callbacks.handover_moves.promises",
]
retention_say = [
	"cs_retention.star_levels.scheduled.open_scheduled_review",
	"cs_retention.churn_retention.scheduled.open_quarterly_backtest",
]
retention_health_words = ["cs_retention.churn_retention.backtest_words.say_health"]

permission_query_conditions = {
	"Book Handover Row": "cs_retention.cs_retention.permissions.customer_condition",
	"Customer Retention State": "cs_retention.cs_retention.permissions.customer_condition",
	"Star Rating": "cs_retention.cs_retention.permissions.customer_condition",
	"Star Override": "cs_retention.cs_retention.permissions.customer_condition",
	"Head Office Level": "cs_retention.cs_retention.permissions.customer_condition",
	"Callback Schedule": "cs_retention.cs_retention.permissions.customer_condition",
	"Customer Callback": "cs_retention.cs_retention.permissions.customer_condition",
	"Customer Touch": "cs_retention.cs_retention.permissions.customer_condition",
	"Customer Callback Purpose": "cs_retention.cs_retention.permissions.callback_row_condition",
	"Customer Callback Attempt": "cs_retention.cs_retention.permissions.callback_row_condition",
	"Customer Callback Promise": "cs_retention.cs_retention.permissions.callback_row_condition",
	"Customer Callback Reschedule": "cs_retention.cs_retention.permissions.callback_row_condition",
}
has_permission = {
	"Book Handover Row": "cs_retention.cs_retention.permissions.has_customer_permission",
	"Customer Retention State": "cs_retention.cs_retention.permissions.has_customer_permission",
	"Star Rating": "cs_retention.cs_retention.permissions.has_customer_permission",
	"Star Override": "cs_retention.cs_retention.permissions.has_customer_permission",
	"Head Office Level": "cs_retention.cs_retention.permissions.has_customer_permission",
	"Callback Schedule": "cs_retention.cs_retention.permissions.has_customer_permission",
	"Customer Callback": "cs_retention.cs_retention.permissions.has_customer_permission",
	"Customer Touch": "cs_retention.cs_retention.permissions.has_customer_permission",
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

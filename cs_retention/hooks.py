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
	"/assets/cs_retention/js/site_date.js",
	"/assets/cs_retention/js/shared.js",
	"/assets/cs_retention/js/callback_dialogs.js",
	"/assets/cs_retention/js/messages.js",
	"/assets/cs_retention/js/case_dialogs.js",
	"/assets/cs_retention/js/policy_form.js",
	"/assets/cs_retention/js/report_figures.js",
	"/assets/cs_retention/js/vouchers.js",
]
doctype_js = {
	"Customer": [
		"public/js/health_panel.js",
		"public/js/customer.js",
		"public/js/customer_cases.js",
		"public/js/customer_alliance.js",
	],
	"Issue": "public/js/issue_cases.js",
}
doctype_list_js = {"Customer": "public/js/customer_list.js"}
override_doctype_dashboards = {
	"Customer": "cs_retention.callbacks.customer.add_connections",
	"Issue": "cs_retention.churn_retention.case_sources.add_connections",
}
additional_timeline_content = {
	"Customer": [
		"cs_retention.callbacks.timeline.get_content",
		"cs_retention.churn_retention.timeline.get_content",
	]
}

# Mails are deleted from the queue once they are old; what was sent stays on record.
# A quarter's rows stay as they were frozen, whatever becomes of a customer.
ignore_links_on_delete = ["Message Outbox", "Quarterly Cohort Customer", "Quarterly Report Row"]

doc_events = {
	"ToDo": {"on_update": "cs_retention.callbacks.promises.follow_todo"},
	"Call Log": {
		"on_update": "cs_retention.callbacks.contact_events.note",
		"on_trash": "cs_retention.callbacks.contact_events.withdraw",
	},
	"Communication": {
		"on_update": "cs_retention.callbacks.contact_events.note",
		"on_trash": "cs_retention.callbacks.contact_events.withdraw",
	},
	"Event": {
		"on_update": "cs_retention.callbacks.contact_events.note",
		"on_trash": "cs_retention.callbacks.contact_events.withdraw",
	},
	"Maintenance Visit": {
		"on_submit": "cs_retention.callbacks.contact_events.note",
		"on_cancel": "cs_retention.callbacks.contact_events.note",
		"on_trash": "cs_retention.callbacks.contact_events.withdraw",
	},
	"CS Retention Settings": {"validate": "cs_retention.callbacks.customer_facts.validate_facts"},
	"Customer": {
		"before_validate": "cs_retention.cs_retention.customer.keep_mirrors",
		"validate": [
			"cs_retention.cs_retention.customer.validate_key_account",
			"cs_retention.churn_retention.case_customer.validate_disabled",
		],
		# The state goes last: the records of the rooms above name it.
		"before_rename": [
			"cs_retention.retention_reports.customer.fold_cohort",
			"cs_retention.merchant_alliance.customer.refuse_two_merchants",
			"cs_retention.merchant_alliance.customer.fold_vouchers",
			"cs_retention.churn_retention.case_customer.fold_cases",
			"cs_retention.churn_retention.customer.fold_signals",
			"cs_retention.callbacks.customer.fold_callbacks",
			"cs_retention.star_levels.customer.fold_ratings",
			"cs_retention.cs_retention.customer.fold_state",
		],
		"on_trash": [
			"cs_retention.merchant_alliance.customer.delete_vouchers",
			"cs_retention.churn_retention.customer.delete_signals",
			"cs_retention.callbacks.customer.delete_callbacks",
			"cs_retention.star_levels.customer.delete_ratings",
			"cs_retention.cs_retention.customer.delete_state",
		],
	},
}

scheduler_events = {
	"cron": {
		"* * * * *": ["cs_retention.cs_retention.retention_outbox.sweep"],
		"*/5 * * * *": ["cs_retention.callbacks.retention_reminders.remind"],
		"7-59/15 * * * *": ["cs_retention.cs_retention.retention_night.wake"],
	},
	"hourly": [
		"cs_retention.callbacks.retention_handover.resume_lost",
		"cs_retention.callbacks.retention_touches.release",
		"cs_retention.merchant_alliance.retention_alliance.look_after",
	],
}

# Hooks of our own: how a lower room reaches a higher one.
retention_policy = "cs_retention.churn_retention.policies.load_policy"
retention_talking_points = [
	"cs_retention.churn_retention.recommendations.recommended",
	"cs_retention.churn_retention.case_points.open_cases",
	"cs_retention.churn_retention.talking_points.open_signals",
	"cs_retention.callbacks.talking_points.open_promises",
	"cs_retention.callbacks.talking_points.open_issues",
	"cs_retention.callbacks.talking_points.overdue_amounts",
	"cs_retention.callbacks.talking_points.contract_ends",
	"cs_retention.callbacks.talking_points.birthdays",
	"cs_retention.merchant_alliance.benefits.vouchers_to_tell",
	"cs_retention.callbacks.talking_points.incomplete_files",
]
retention_handover = [
	"cs_retention.callbacks.handover_moves.callbacks",
	"cs_retention.callbacks.handover_moves.promises",
	"cs_retention.churn_retention.case_customer.cases",
]
retention_moved = ["cs_retention.callbacks.replanning.replan"]
retention_say = [
	"cs_retention.star_levels.scheduled.open_scheduled_review",
	"cs_retention.churn_retention.scheduled.open_quarterly_backtest",
	"cs_retention.churn_retention.case_night.work_on_cases",
	"cs_retention.churn_retention.alerts.tell_who_answers",
	"cs_retention.churn_retention.signal_evidence.keep_evidence",
	"cs_retention.retention_reports.bulletin.make_due_bulletins",
	"cs_retention.retention_reports.scheduled.open_quarterly_reports",
]
retention_connections = ["Retention Case", "Release File", "Retention Recommendation", "Alliance Voucher"]
retention_heard = ["cs_retention.churn_retention.heard.enter_signal"]
retention_health_words = ["cs_retention.churn_retention.backtest_words.say_health"]

# Requests of Frappe that answer without asking who reads; of others' DocTypes they are left as they are.
override_whitelisted_methods = {
	"frappe.client.get": "cs_retention.cs_retention.doors.get_document",
	"frappe.client.get_count": "cs_retention.cs_retention.doors.get_count",
	"frappe.desk.listview.get_group_by_count": "cs_retention.cs_retention.doors.get_group_by_count",
	"frappe.desk.notifications.get_open_count": "cs_retention.cs_retention.doors.get_open_count",
	"frappe.desk.doctype.dashboard_chart.dashboard_chart.get": "cs_retention.cs_retention.doors.get_chart",
	"frappe.desk.doctype.tag.tag.get_tagged_docs": "cs_retention.cs_retention.doors.get_tagged_docs",
	"frappe.desk.search.get_link_title": "cs_retention.cs_retention.doors.get_link_title",
}

permission_query_conditions = {
	"*": "cs_retention.cs_retention.hidden_fields.refuse_hidden_columns",
	"File": "cs_retention.cs_retention.references.file_condition",
	"Tag Link": "cs_retention.cs_retention.references.tag_condition",
	"Prepared Report": "cs_retention.cs_retention.references.report_condition",
	"Alliance Merchant": "cs_retention.merchant_alliance.permissions.merchant_condition",
	"Alliance Voucher": "cs_retention.merchant_alliance.permissions.voucher_condition",
	"External Warning": "cs_retention.cs_retention.permissions.customer_condition",
	"Churn Signal": "cs_retention.cs_retention.permissions.customer_condition",
	"Customer Health Change": "cs_retention.cs_retention.permissions.customer_condition",
	"Book Handover Row": "cs_retention.cs_retention.permissions.customer_condition",
	"Customer Retention State": "cs_retention.cs_retention.permissions.customer_condition",
	"Star Rating": "cs_retention.cs_retention.permissions.customer_condition",
	"Star Override": "cs_retention.cs_retention.permissions.customer_condition",
	"Head Office Level": "cs_retention.cs_retention.permissions.customer_condition",
	"Callback Schedule": "cs_retention.cs_retention.permissions.customer_condition",
	"Customer Callback": "cs_retention.cs_retention.permissions.customer_condition",
	"Customer Touch": "cs_retention.cs_retention.permissions.customer_condition",
	"Customer Consent": "cs_retention.cs_retention.permissions.customer_condition",
	"Quarterly Cohort Customer": "cs_retention.cs_retention.permissions.customer_condition",
	"Quarterly Report Row": "cs_retention.cs_retention.permissions.customer_condition",
	"Retention Case": "cs_retention.churn_retention.permissions.case_condition",
	"Release File": "cs_retention.churn_retention.permissions.case_condition",
	"Release Audit": "cs_retention.cs_retention.permissions.customer_condition",
	"Retention Recommendation": "cs_retention.churn_retention.permissions.recommendation_condition",
	"Retention Target": "cs_retention.retention_reports.targets.target_condition",
	"Retention Case Check": "cs_retention.churn_retention.permissions.case_row_condition",
	"Retention Case Contact": "cs_retention.churn_retention.permissions.case_row_condition",
	"Retention Case Offer": "cs_retention.churn_retention.permissions.case_row_condition",
	"Retention Case Reason": "cs_retention.churn_retention.permissions.case_row_condition",
	"Customer Callback Purpose": "cs_retention.cs_retention.permissions.callback_row_condition",
	"Customer Callback Attempt": "cs_retention.cs_retention.permissions.callback_row_condition",
	"Customer Callback Promise": "cs_retention.cs_retention.permissions.callback_row_condition",
	"Customer Callback Reschedule": "cs_retention.cs_retention.permissions.callback_row_condition",
}
has_permission = {
	"Prepared Report": "cs_retention.cs_retention.references.has_report_permission",
	"Alliance Merchant": "cs_retention.merchant_alliance.permissions.has_merchant_permission",
	"Alliance Voucher": "cs_retention.merchant_alliance.permissions.has_voucher_permission",
	"External Warning": "cs_retention.cs_retention.permissions.has_warning_permission",
	"Churn Signal": "cs_retention.cs_retention.permissions.has_customer_permission",
	"Customer Health Change": "cs_retention.cs_retention.permissions.has_customer_permission",
	"Book Handover Row": "cs_retention.cs_retention.permissions.has_customer_permission",
	"Customer Retention State": "cs_retention.cs_retention.permissions.has_customer_permission",
	"Star Rating": "cs_retention.cs_retention.permissions.has_customer_permission",
	"Star Override": "cs_retention.cs_retention.permissions.has_customer_permission",
	"Head Office Level": "cs_retention.cs_retention.permissions.has_customer_permission",
	"Callback Schedule": "cs_retention.cs_retention.permissions.has_customer_permission",
	"Customer Callback": "cs_retention.cs_retention.permissions.has_customer_permission",
	"Customer Touch": "cs_retention.cs_retention.permissions.has_customer_permission",
	"Customer Consent": "cs_retention.cs_retention.permissions.has_customer_permission",
	"Quarterly Cohort Customer": "cs_retention.cs_retention.permissions.has_customer_permission",
	"Quarterly Report Row": "cs_retention.cs_retention.permissions.has_customer_permission",
	"Retention Case": "cs_retention.churn_retention.permissions.has_case_permission",
	"Release File": "cs_retention.churn_retention.permissions.has_case_permission",
	"Release Audit": "cs_retention.cs_retention.permissions.has_customer_permission",
	"Retention Recommendation": "cs_retention.churn_retention.permissions.has_recommendation_permission",
	"Retention Target": "cs_retention.retention_reports.targets.has_target_permission",
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

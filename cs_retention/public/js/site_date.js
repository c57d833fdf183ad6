frappe.provide("cs_retention");

{
	const DAYS = {
		"Alliance Inspection": "inspected_on",
		"Alliance Sanction": "decided_on",
		"Churn Backtest": "until",
		"Customer Consent": "consent_date",
		"Customer Touch": "touch_date",
		"External Warning": "warned_on",
		"Star Review": "as_of",
	};

	/** The date of the site, which days are counted by; Frappe's own is that of the reader's time zone, and may be tomorrow's. */
	cs_retention.today = () => frappe.datetime.system_datetime().slice(0, 10);

	/** The first day of the site's month. */
	cs_retention.month_start = () => `${cs_retention.today().slice(0, 8)}01`;

	for (const [doctype, day] of Object.entries(DAYS)) {
		frappe.ui.form.on(doctype, {
			onload({ doc }) {
				if (doc.__islocal && doc[day] === frappe.datetime.get_today()) doc[day] = cs_retention.today();
			},
		});
	}
}

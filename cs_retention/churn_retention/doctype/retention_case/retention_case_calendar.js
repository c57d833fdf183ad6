frappe.views.calendar["Retention Case"] = {
	field_map: { id: "name", start: "start", end: "end", title: "title", allDay: "allDay" },
	get_events_method: "cs_retention.churn_retention.case_calendar.get_events",
	options: { selectable: false, editable: false },
};

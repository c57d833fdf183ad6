frappe.views.calendar["Owner Absence"] = {
	field_map: { id: "name", start: "from_date", end: "to_date", title: "person", allDay: "allDay" },
	get_events_method: "frappe.desk.calendar.get_events",
};

frappe.views.calendar["Customer Callback"] = {
	field_map: { id: "name", start: "start", end: "end", title: "title", allDay: "allDay" },
	get_events_method: "cs_retention.callbacks.calendar.get_events",
	get_css_class: ({ due }) => ({ overdue: "danger", today: "warning", later: "success" })[due] || "extra-light",
	options: {
		displayEventTime: false,
		displayEventEnd: false,
		selectable: false,
		eventDurationEditable: false,

		/** A call that is dragged asks for the reason; without one it goes back. */
		async eventDrop(event, _delta, go_back) {
			let is_moved = false;
			const to_date = event.start.format("YYYY-MM-DD");
			const after = () => {
				is_moved = true;
				cur_list.calendar.refresh();
			};
			const dialog = await cs_retention.callbacks.reschedule(event.name, after, to_date).catch(() => null);
			if (!dialog) return go_back();
			dialog.$wrapper.one("hidden.bs.modal", () => is_moved || go_back());
		},
	},
};

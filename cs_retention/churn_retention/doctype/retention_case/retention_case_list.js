/** How long a case has been in its state, wherever the day since when is shown: on the form, in lists, on the board. */
{
	const field = frappe.meta.get_docfield("Retention Case", "status_since");
	const words = (days) => (days === 1 ? __("{0} day", [days]) : __("{0} days", [days]));
	const age = (day) => words(frappe.datetime.get_day_diff(cs_retention.today(), day));
	if (field) field.formatter = (day) => (day ? age(day) : "");
}

frappe.listview_settings["Retention Case"] = {
	add_fields: ["status"],
	hide_name_column: true,
	get_indicator(doc) {
		const colours = {
			...{ Open: "red", "In Contact": "blue", "Offer Pending": "orange" },
			...{ Saved: "green", Lost: "gray", Released: "purple" },
		};
		return [__(doc.status, null, "Retention Case"), colours[doc.status], `status,=,${doc.status}`];
	},
};

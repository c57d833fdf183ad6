(() => {
	const FIGURES = {
		customers: "Customers",
		touches: "Touches",
		people: "People",
		sent: "Sent",
		merged: "Merged",
		held: "Held",
		skipped: "Skipped",
		over: "Over Cap",
	};
	const figures = cs_retention.report_figures("Contact Pressure", FIGURES, "pressure-figure");
	const option = (value) => ({ value, label: __(value, null, "Customer Touch") });

	frappe.query_reports["Contact Pressure"] = {
		filters: [
			{
				...{ fieldname: "to_date", label: __("30 Days Up to"), fieldtype: "Date", reqd: 1 },
				default: cs_retention.today(),
			},
			{
				...{ fieldname: "group_by", label: __("By"), fieldtype: "Select", default: "Level", reqd: 1 },
				options: [{ value: "Level", label: __("Star Level") }, option("Class")],
				on_change: figures.regroup,
			},
			...figures.filters,
		],
		onload: figures.onload,
		formatter: figures.formatter,
	};
})();

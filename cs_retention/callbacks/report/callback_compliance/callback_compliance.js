(() => {
	const FIGURES = {
		due: "Due",
		in_time: "In Time",
		late: "Late",
		attempted: "Attempted",
		skipped: "Skipped",
		not_called: "Not Called",
	};
	const figures = cs_retention.report_figures("Callback Compliance", FIGURES, "callback-figure");

	frappe.query_reports["Callback Compliance"] = {
		filters: [
			{
				...{ fieldname: "from_date", label: __("Start"), fieldtype: "Date", reqd: 1 },
				default: cs_retention.month_start(),
			},
			{
				...{ fieldname: "to_date", label: __("End"), fieldtype: "Date", reqd: 1 },
				default: cs_retention.today(),
			},
			{
				...{ fieldname: "group_by", label: __("Group By", null, "Callback Compliance"), fieldtype: "Select", default: "Person", reqd: 1 },
				options: [
					{ value: "Person", label: __("Person") },
					{ value: "Level", label: __("Star Level") },
					{ value: "Week", label: __("Week") },
				],
				on_change: figures.regroup,
			},
			...figures.filters,
		],
		onload: figures.onload,
		formatter: figures.formatter,
	};
})();

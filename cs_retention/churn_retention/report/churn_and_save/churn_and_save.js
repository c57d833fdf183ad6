(() => {
	const FIGURES = { closed: "closed", kept: "kept", relapsed: "relapsed", lost: "lost", verified: "verified" };
	const figures = cs_retention.report_figures("Churn and Save", FIGURES, "case-figure");

	frappe.query_reports["Churn and Save"] = {
		filters: [
			{
				...{ fieldname: "from_date", label: __("Start"), fieldtype: "Date", reqd: 1 },
				default: frappe.datetime.add_months(cs_retention.month_start(), -5),
			},
			{
				...{ fieldname: "to_date", label: __("End"), fieldtype: "Date", reqd: 1 },
				default: cs_retention.today(),
			},
			{
				...{ fieldname: "group_by", label: __("Group By", null, "Callback Compliance"), fieldtype: "Select", default: "Reason", reqd: 1 },
				options: [
					{ value: "Reason", label: __("Churn Reason") },
					{ value: "Competitor", label: __("Competitor", null, "Retention Case") },
					{ value: "Person", label: __("Account Manager") },
					{ value: "Level", label: __("Star Level") },
					{ value: "Exit Type", label: __("Exit Type") },
				],
				on_change: figures.regroup,
			},
			...figures.filters,
		],
		onload: figures.onload,
		formatter: figures.formatter,
	};
})();

(() => {
	const FIGURES = {
		...{ raised: "Raised", acted_on: "Acted On", true: "True", known: "Known", false: "False" },
		...{ lost: "Lost", otherwise_closed: "Otherwise Closed", not_closed: "Not Closed" },
	};
	const figures = cs_retention.report_figures("Warning Quality", FIGURES, "signal-figure");

	frappe.query_reports["Warning Quality"] = {
		filters: [
			{
				...{ fieldname: "from_date", label: __("Start"), fieldtype: "Date", reqd: 1 },
				default: frappe.datetime.add_months(cs_retention.today(), -6),
			},
			{
				...{ fieldname: "to_date", label: __("End"), fieldtype: "Date", reqd: 1 },
				default: cs_retention.today(),
			},
			...figures.filters,
		],
		onload: figures.onload,
		formatter: figures.formatter,
	};
})();

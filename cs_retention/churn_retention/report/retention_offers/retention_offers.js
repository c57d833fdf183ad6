(() => {
	const FIGURES = { made: "made", accepted: "accepted", declined: "declined", holding: "holding" };
	const figures = cs_retention.report_figures("Retention Offers", FIGURES, "offer-figure");

	frappe.query_reports["Retention Offers"] = {
		filters: [
			{
				...{ fieldname: "from_date", label: __("Start"), fieldtype: "Date", reqd: 1 },
				default: frappe.datetime.add_months(cs_retention.month_start(), -5),
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

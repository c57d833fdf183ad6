(() => {
	const FIGURES = { customers: "Customers", met: "Met", short: "Short" };
	const figures = cs_retention.report_figures("Quota Fulfilment", FIGURES, "quota-figure");

	frappe.query_reports["Quota Fulfilment"] = {
		filters: [
			{
				...{ fieldname: "from_date", label: __("Start"), fieldtype: "Date", reqd: 1 },
				default: cs_retention.month_start(),
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

(() => {
	const figures = cs_retention.report_figures(
		"Targets and Results",
		{ numerator: "Counted", denominator: "Of" },
		"target-figure",
	);

	frappe.query_reports["Targets and Results"] = {
		filters: [
			{
				...{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company", reqd: 1 },
				default: frappe.defaults.get_user_default("Company"),
			},
			{
				...{ fieldname: "period", label: __("Period", null, "Retention Target"), fieldtype: "Select", default: "Month", reqd: 1 },
				options: ["Year", "Quarter", "Month", "Week"].map((value) => ({ value, label: __(value) })),
			},
			{
				...{ fieldname: "from_date", label: __("Start"), fieldtype: "Date", reqd: 1 },
				default: cs_retention.month_start(),
			},
			{
				...{ fieldname: "by", label: __("Of"), fieldtype: "Select", default: "Person", reqd: 1 },
				options: ["Person", "Territory", "Company"].map((value) => ({ value, label: __(value) })),
			},
			{ fieldname: "only_targets", label: __("Only Targets"), fieldtype: "Check" },
			...figures.filters,
		],
		onload: figures.onload,

		/** Counts as counts: the columns hold amounts and shares as well, with cents and decimals. */
		formatter(value, row, column, data, default_formatter) {
			const counts = data?.unit === "%" ? ["numerator", "denominator"] : ["value", "target", "numerator", "denominator"];
			const is_count = counts.includes(column.fieldname) && Number.isInteger(value);
			const held = is_count ? { ...column, fieldtype: "Int" } : column;
			return figures.formatter(value, row, held, data, default_formatter);
		},
	};
})();

(() => {
	const REPORT = "Callback Compliance";
	const FIGURES = {
		due: "Due",
		in_time: "In Time",
		late: "Late",
		attempted: "Attempted",
		skipped: "Skipped",
		not_called: "Not Called",
	};
	const OF_FIGURE = "callback-figure";

	frappe.query_reports[REPORT] = {
		filters: [
			{
				...{ fieldname: "from_date", label: __("Start"), fieldtype: "Date", reqd: 1 },
				default: frappe.datetime.month_start(),
			},
			{
				...{ fieldname: "to_date", label: __("End"), fieldtype: "Date", reqd: 1 },
				default: frappe.datetime.get_today(),
			},
			{
				...{ fieldname: "group_by", label: __("Group By", null, "Callback Compliance"), fieldtype: "Select", default: "Person", reqd: 1 },
				options: [
					{ value: "Person", label: __("Person") },
					{ value: "Level", label: __("Star Level") },
					{ value: "Week", label: __("Week") },
				],
				on_change: () => open_figure("", ""),
			},
			{ fieldname: "figure", label: __("Figure"), fieldtype: "Data", hidden: 1 },
			{ fieldname: "row", label: __("Row"), fieldtype: "Data", hidden: 1 },
		],

		onload(report) {
			report.page.add_inner_button(__("Back to the Figures"), () => open_figure("", ""));
			report.page.wrapper.on("click", `.${OF_FIGURE}`, (event) => {
				if (event.ctrlKey || event.metaKey) return;
				event.preventDefault();
				open_figure(event.currentTarget.dataset.figure, event.currentTarget.dataset.row);
			});
		},

		formatter(value, row, column, data, default_formatter) {
			const shown = default_formatter(value, row, column, data);
			const figure = FIGURES[column.fieldname];
			return figure && value && data?.key ? figure_link(figure, data.key, shown) : shown;
		},
	};

	function open_figure(figure, row) {
		frappe.query_report.set_filter_value({ figure, row });
	}

	/** A link that opens the rows of a figure, in this window or, as any link, in another. */
	function figure_link(figure, row, shown) {
		const values = { ...frappe.query_report.get_filter_values(), figure, row };
		const link = document.createElement("a");
		link.className = OF_FIGURE;
		link.style.textDecoration = "underline";
		link.href = `/app/query-report/${encodeURIComponent(REPORT)}?${new URLSearchParams(values)}`;
		Object.assign(link.dataset, { figure, row });
		link.textContent = $("<div>").html(shown).text();
		return link.outerHTML;
	}
})();

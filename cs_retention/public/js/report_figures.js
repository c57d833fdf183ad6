frappe.provide("cs_retention");

/**
 * Let the figures of a report open the rows they count: `figures` maps a column to the figure's name. Returns what goes
 * into the report's settings, `open`, which shows a figure of a row, or all figures again, and `regroup`.
 */
cs_retention.report_figures = (report_name, figures, class_name) => {
	const open = (figure, row) => frappe.query_report.set_filter_value({ figure, row });

	/** A link that opens the rows of a figure, in this window or, as any link, in another. */
	const link_to = (figure, row, shown) => {
		const values = { ...frappe.query_report.get_filter_values(), figure, row };
		const link = document.createElement("a");
		link.className = class_name;
		link.style.textDecoration = "underline";
		link.href = `/app/query-report/${encodeURIComponent(report_name)}?${new URLSearchParams(values)}`;
		Object.assign(link.dataset, { figure, row });
		link.textContent = $("<div>").html(shown).text();
		return link.outerHTML;
	};

	return {
		open,

		/** Show the figures of another grouping: a row that is open is none of it. */
		regroup: (report) => (report.get_filter_value("figure") ? open("", "") : report.refresh(true)),

		filters: [
			{ fieldname: "figure", label: __("Figure"), fieldtype: "Data", hidden: 1 },
			{ fieldname: "row", label: __("Row"), fieldtype: "Data", hidden: 1 },
		],

		onload(report) {
			report.page.add_inner_button(__("Back to the Figures"), () => open("", ""));
			// Frappe cuts a title at a quarter of the window, and in a hand the name of a report is longer.
			report.page.wrapper.find(".title-text").css("max-width", "none");
			report.page.wrapper.on("click", `.${class_name}`, (event) => {
				if (event.ctrlKey || event.metaKey) return;
				event.preventDefault();
				open(event.currentTarget.dataset.figure, event.currentTarget.dataset.row);
			});
		},

		formatter(value, row, column, data, default_formatter) {
			const shown = default_formatter(value, row, column, data);
			const figure = figures[column.fieldname];
			return figure && value && data?.key ? link_to(figure, data.key, shown) : shown;
		},
	};
};

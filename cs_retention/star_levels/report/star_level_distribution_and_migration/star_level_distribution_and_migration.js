(() => {
	const LEVELS = ["Five Star", "Four Star", "Three Star", "Two Star", "One Star", "Not Rated"];
	const OF_CELL = "star-level-cell";

	const by_fieldname = Object.fromEntries(
		LEVELS.map((level) => [`customers_${frappe.scrub(level)}`, level]).concat([["customers_total", ""]])
	);

	function level_filter(fieldname, label) {
		const options = [{ value: "", label: "" }, ...LEVELS.map((level) => ({ value: level, label: __(level) }))];
		return { fieldname, label, fieldtype: "Select", options };
	}

	frappe.query_reports["Star Level Distribution and Migration"] = {
		filters: [
			{
				fieldname: "company",
				label: __("Company"),
				fieldtype: "Link",
				options: "Company",
				default: frappe.defaults.get_user_default("Company"),
				reqd: 1,
			},
			{
				fieldname: "from_date",
				label: __("Start"),
				fieldtype: "Date",
				default: frappe.datetime.add_months(cs_retention.today(), -3),
				reqd: 1,
			},
			{
				fieldname: "to_date",
				label: __("End"),
				fieldtype: "Date",
				default: cs_retention.today(),
				reqd: 1,
			},
			level_filter("level_at_start", __("Level at Start")),
			level_filter("level_at_end", __("Level at End")),
		],

		onload(report) {
			report.page.add_inner_button(__("Back to the Matrix"), () => open_cell("", ""));
			report.page.wrapper.on("click", `.${OF_CELL}`, (event) => {
				if (event.ctrlKey || event.metaKey) return;
				event.preventDefault();
				open_cell(event.currentTarget.dataset.start, event.currentTarget.dataset.end);
			});
		},

		formatter(value, row, column, data, default_formatter) {
			const shown = default_formatter(value, row, column, data);
			const end = by_fieldname[column.fieldname];
			if (end === undefined || !value || !data || (data.is_total && !end)) return shown;
			return cell_link(data.start || "", end, shown);
		},
	};

	function open_cell(start, end) {
		frappe.query_report.set_filter_value({ level_at_start: start, level_at_end: end });
	}

	/** A link that opens the customers of a cell, in this window or, as any link, in another. */
	function cell_link(start, end, shown) {
		const values = { ...frappe.query_report.get_filter_values(), level_at_start: start, level_at_end: end };
		const given = Object.entries(values).filter(([, value]) => value);
		const link = document.createElement("a");
		link.className = OF_CELL;
		link.style.textDecoration = "underline";
		link.href = `/app/query-report/${encodeURIComponent("Star Level Distribution and Migration")}?${new URLSearchParams(given)}`;
		Object.assign(link.dataset, { start, end });
		link.textContent = $("<div>").html(shown).text();
		return link.outerHTML;
	}
})();

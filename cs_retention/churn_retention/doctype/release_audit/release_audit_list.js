frappe.listview_settings["Release Audit"] = {
	add_fields: ["result"],
	hide_name_column: true,
	get_indicator({ result }) {
		if (!result) return [__("To Be Audited"), "orange", "result,is,not set"];
		return [__(result, null, "Release Audit"), result === "In Order" ? "green" : "red", `result,=,${result}`];
	},
};

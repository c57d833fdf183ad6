frappe.listview_settings["Alliance Merchant"] = {
	add_fields: ["status", "tier"],
	get_indicator(doc) {
		if (doc.status !== "Admitted") {
			const colours = { Candidate: "blue", Suspended: "orange", Eliminated: "gray" };
			return [__(doc.status, null, "Alliance Merchant"), colours[doc.status], `status,=,${doc.status}`];
		}
		const colours = { Strategic: "green", Preferred: "green", Standard: "blue", Probation: "red" };
		const label = doc.tier || "Admitted";
		const filter = doc.tier ? `tier,=,${doc.tier}` : "status,=,Admitted";
		return [__(label, null, "Alliance Merchant"), colours[doc.tier] || "green", filter];
	},
};

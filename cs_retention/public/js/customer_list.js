{
	const STARS = { "Five Star": 5, "Four Star": 4, "Three Star": 3, "Two Star": 2, "One Star": 1 };
	const settings = (frappe.listview_settings["Customer"] = frappe.listview_settings["Customer"] || {});
	const get_indicator_of_others = settings.get_indicator;
	const onload_of_others = settings.onload;

	settings.add_fields = [
		...(settings.add_fields || []),
		...["retention_star_level", "retention_health_band", "disabled"],
	];

	/** Stars and health, short enough for a phone; a disabled customer keeps the word of the desk. */
	settings.get_indicator = (doc) => {
		const { retention_star_level: level, retention_health_band: band } = doc;
		if (doc.disabled || !(level || band)) return get_indicator_of_others?.(doc);
		const stars = STARS[level] ? `${STARS[level]}★` : level && __(level, null, "Customer");
		const words = [stars, band && __(band, null, "Customer")].filter(Boolean).join(" · ");
		const filter = level ? `retention_star_level,=,${level}` : `retention_health_band,=,${band}`;
		return [words, cs_retention.band_colours[band] || "blue", filter];
	};

	settings.onload = (listview) => {
		onload_of_others?.(listview);
		if (!frappe.model.can_create("Customer Touch")) return;
		const write = () => cs_retention.messages.open(listview.get_checked_items(true), () => listview.refresh());
		listview.page.add_actions_menu_item(__("Send a Message"), write, false);
	};
}

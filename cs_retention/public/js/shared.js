frappe.provide("cs_retention");

/** What several screens have in common. */
{
	const SECONDS_BETWEEN_LOOKS = 2;

	/** The colours of health bands as indicators. */
	cs_retention.band_colours = { Healthy: "green", Watch: "orange", "At Risk": "red", Critical: "red", Prospect: "gray" };

	/** How people contact customers. */
	cs_retention.channels = ["Phone", "Visit", "Video", "WeChat", "Message"];

	/** Ask for something of a form's document; nothing comes back once the form shows another one. */
	cs_retention.of_shown = async (frm, asked) => {
		const { name } = frm.doc;
		const { message } = await frappe.call(asked);
		return frm.doc.name === name ? message : undefined;
	};

	/** Follow a job: look again a little later, while the same document is still shown. */
	cs_retention.look_later = (frm, look) => {
		const { name } = frm.doc;
		clearTimeout(frm.next_look);
		frm.next_look = setTimeout(() => {
			if (frm.doc.name === name && $(frm.wrapper).is(":visible")) look();
		}, SECONDS_BETWEEN_LOOKS * 1000);
	};
}

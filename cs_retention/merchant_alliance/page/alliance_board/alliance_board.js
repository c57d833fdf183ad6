frappe.pages["alliance-board"].on_page_load = (wrapper) => {
	const page = frappe.ui.make_app_page({ parent: wrapper, title: __("Alliance Board"), single_column: true });
	wrapper.board = new AllianceBoard(page);
};
frappe.pages["alliance-board"].on_page_show = (wrapper) => wrapper.board?.load();

{
	const METHODS = "cs_retention.merchant_alliance.board";
	const COLOURS = { Strategic: "green", Preferred: "green", Standard: "blue", Probation: "red", "": "gray" };
	const DOTS = { Strategic: "#1f8a4c", Preferred: "#58b06e", Standard: "#3b7ddd", Probation: "#d64545" };
	const SVG = "http://www.w3.org/2000/svg";
	const SIZE = 420;
	const EDGE = 44;

	const post = async (method, args) => (await frappe.call({ method: `${METHODS}.${method}`, type: "POST", args, freeze: true })).message;
	const part = (kind, text) => $(`<div class="${kind}">`).text(text);
	const shape = (name, attributes, text) => {
		const element = document.createElementNS(SVG, name);
		for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
		if (text) element.textContent = text;
		return element;
	};
	const mean = (one, other) => (one + other) / 2;

	/** Merchants by tier, where they stand on the two axes, and the quarter that is to be judged. */
	window.AllianceBoard = class AllianceBoard {
		constructor(page) {
			this.page = page;
			this.body = $('<div class="alliance-board">').appendTo(page.body);
			page.add_action_icon("refresh", () => this.load(), "", __("Refresh"));
		}

		async load() {
			const { message } = await frappe.call({ method: `${METHODS}.get_board`, type: "GET" });
			this.body.empty().append(this.draw_queue(message.queue), this.draw_columns(message.columns), this.draw_quadrant(message));
		}

		draw_queue({ year, quarter, missing, drafts, submitted, may_judge }) {
			const box = $('<div class="frappe-card p-3 mb-4 review-queue">');
			const title = __("Reviews of {0} {1}", [quarter, year]);
			const counts = __("{0} submitted, {1} drafted, {2} without one", [submitted, drafts.length, missing]);
			box.append(part("h5 mb-1", title), part("text-muted mb-2", counts));
			const links = drafts.map((row) => $('<a class="mr-3">').attr("href", frappe.utils.get_form_link("Alliance Review", row.name)).text(row.merchant_name));
			if (links.length) box.append($("<div class='mb-2'>").append(links));
			if (!may_judge) return box;
			const button = (label, is_first, act) => $(`<button class="btn btn-sm btn-${is_first ? "primary" : "default"} mr-2">`).text(label).on("click", act);
			if (missing) box.append(button(__("Draft the Reviews"), true, () => this.draft(year, quarter)));
			if (drafts.length) box.append(button(__("Submit Those That Are Complete"), !missing, () => this.submit(year, quarter)));
			return box;
		}

		async draft(year, quarter) {
			const number = await post("draft_reviews", { year, quarter });
			frappe.show_alert({ message: __("{0} reviews drafted from what is on record", [number]), indicator: "green" });
			this.load();
		}

		submit(year, quarter) {
			const told = (number) => frappe.show_alert({ message: __("{0} reviews submitted; the others lack a score or its evidence", [number]), indicator: "green" });
			frappe.confirm(__("Submit the reviews in which nothing lacks? Tiers change with it."), async () => {
				told(await post("submit_reviews", { year, quarter }));
				this.load();
			});
		}

		draw_columns(columns) {
			const shown = columns.filter(({ tier, cards }) => tier || cards.length);
			return $('<div class="tier-columns mb-2">').append(shown.map((column) => this.draw_column(column)));
		}

		draw_column({ tier, label, cards }) {
			const head = $(`<span class="indicator-pill ${COLOURS[tier]}">`).text(label);
			const box = $('<div class="tier-column">').attr("data-tier", tier);
			return box.append($("<div>").append(head, $('<span class="text-muted ml-2">').text(cards.length)), cards.map(draw_card));
		}

		draw_quadrant({ columns, bars }) {
			const dots = columns.flatMap(({ cards }) => cards).filter(({ scores }) => scores);
			const box = $('<div class="frappe-card p-3 mt-4">');
			box.append(part("h5 mb-1", __("Where They Stand")), part("text-muted mb-2", __("Tiers change by reviews only: nothing can be dragged.")));
			if (!dots.length) return box.append(part("text-muted", __("Nobody has been judged yet.")));
			return box.append(draw_svg(dots, bars.earned_at));
		}
	};

	const draw_card = (row) => {
		const link = $('<a class="bold">').attr("href", frappe.utils.get_form_link("Alliance Merchant", row.name)).text(row.merchant_name);
		const box = $('<div class="merchant-card">').append(link);
		if (row.category) box.append(part("small text-muted", row.category));
		if (row.scores) box.append(part("small", row.scores.map((score) => score.toFixed(1)).join(" · ")));
		if (row.status === "Suspended") box.append($('<span class="indicator-pill orange">').text(__("Suspended", null, "Alliance Merchant")));
		if (row.is_elimination_proposed) box.append(part("small text-danger", __("Elimination Proposed")));
		if (row.sanctioned_until) box.append(part("small bold", __("No campaigns until {0}.", [frappe.datetime.str_to_user(row.sanctioned_until)])));
		return box;
	};

	/** Quality and price to the right, cooperation and satisfaction upwards, from 1 to 5, with the bar of each axis. */
	const draw_svg = (dots, bar) => {
		const scale = (value) => ((value - 1) / 4) * (SIZE - 2 * EDGE);
		const x = (value) => EDGE + scale(value);
		const y = (value) => SIZE - EDGE - scale(value);
		const svg = shape("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, class: "quadrant", role: "img", "aria-label": __("Where They Stand") });
		svg.append(shape("rect", { x: x(bar), y: y(5), width: x(5) - x(bar), height: y(bar) - y(5), fill: "#e6f4ea" }));
		svg.append(shape("rect", { x: x(1), y: y(5), width: x(5) - x(1), height: y(1) - y(5), fill: "none", stroke: "#ced4da" }));
		const line = { stroke: "#adb5bd", "stroke-dasharray": "4 3" };
		svg.append(shape("path", { d: `M ${x(bar)} ${y(1)} V ${y(5)}`, ...line }), shape("path", { d: `M ${x(1)} ${y(bar)} H ${x(5)}`, ...line }));
		const words = { "font-size": 11, fill: "currentColor", "text-anchor": "middle" };
		svg.append(shape("text", { x: SIZE / 2, y: SIZE - 8, ...words }, `${__("Double Excellent")} (${__("Quality")}, ${__("Price")})`));
		svg.append(shape("text", { x: 14, y: SIZE / 2, transform: `rotate(-90 14 ${SIZE / 2})`, ...words }, `${__("Double High")} (${__("Cooperation")}, ${__("Satisfaction")})`));
		for (const value of [1, 2, 3, 4, 5]) {
			svg.append(shape("text", { x: x(value), y: y(1) + 14, ...words }, value), shape("text", { x: x(1) - 10, y: y(value) + 4, ...words }, value));
		}
		let lowest = -Infinity;
		for (const row of [...dots].sort((one, other) => height_of(other) - height_of(one))) {
			// Names of merchants at one height stand one below the other.
			lowest = Math.max(y(height_of(row)) + 4, lowest + 11);
			svg.append(dot(row, x, y, lowest));
		}
		return svg;
	};

	const height_of = ({ scores: [, , cooperation, satisfaction] }) => mean(cooperation, satisfaction);

	const dot = ({ merchant_name, tier, scores: [quality, price, cooperation, satisfaction] }, x, y, label_y) => {
		const [right, up] = [x(mean(quality, price)), y(mean(cooperation, satisfaction))];
		const group = shape("g", { class: "quadrant-dot" });
		const is_right = right > SIZE * 0.6;
		const label = { x: right + (is_right ? -8 : 8), y: label_y, "font-size": 10, fill: "currentColor", "text-anchor": is_right ? "end" : "start" };
		group.append(shape("circle", { cx: right, cy: up, r: 5, fill: DOTS[tier] || "#868e96" }), shape("text", label, merchant_name));
		group.append(shape("title", {}, `${merchant_name}: ${[quality, price, cooperation, satisfaction].join(" · ")}`));
		return group;
	};
}

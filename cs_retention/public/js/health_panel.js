frappe.provide("cs_retention");

{
	const METHOD = "cs_retention.churn_retention.health_panel.get_health_panel";
	const COLOURS = { Healthy: "#28a745", Watch: "#e8a317", "At Risk": "#e24c4c", Critical: "#a61c1c", Prospect: "#8d99a6" };
	const SIGNAL_COLOURS = { Open: "red", Snoozed: "yellow" };
	/** Drawn by the pixel however wide the picture is; a line without length is a dot. */
	const UNSCALED = { "stroke-width": 9, "stroke-linecap": "round", "vector-effect": "non-scaling-stroke" };
	const SVG = "http://www.w3.org/2000/svg";

	/** Draw the health of a customer into an element: gauge and parts, the way it took, the signals that speak. */
	cs_retention.health_panel = async (frm, wrapper) => {
		const customer = frm.doc.name;
		const { message } = await frappe.call({ method: METHOD, type: "GET", args: { customer } });
		if (!message || frm.doc.name !== customer) return;
		const panel = $('<div class="retention-health mb-4">');
		const row = $('<div class="row align-items-center">');
		if (message.band !== "Prospect") {
			row.append($('<div class="col-12 col-md-3 text-center">').append(draw_gauge(message)));
			row.append($('<div class="col-12 col-md-9">').append(message.parts.map(draw_part)));
		}
		wrapper.find(".retention-health").remove();
		wrapper.prepend(panel.append(row, draw_trend(message), draw_signals(frm, message)));
	};

	const shape = (name, attributes) => {
		const element = document.createElementNS(SVG, name);
		for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
		return element;
	};

	/** A half circle from 0 to 100, filled up to the health in the colour of its band, with a tick at each bound. */
	const draw_gauge = ({ health, band, band_words, bounds }) => {
		const label = `${health} ${band_words}`;
		const svg = shape("svg", { viewBox: "0 0 120 78", width: 180, role: "img", "aria-label": label, class: "health-gauge" });
		const at = (share, radius) => {
			const angle = Math.PI * (1 - share / 100);
			return `${(60 + radius * Math.cos(angle)).toFixed(2)} ${(60 - radius * Math.sin(angle)).toFixed(2)}`;
		};
		const arc = (share, colour) =>
			shape("path", { d: `M ${at(0, 48)} A 48 48 0 0 1 ${at(share, 48)}`, fill: "none", stroke: colour, "stroke-width": 12 });
		svg.append(arc(100, "#e2e6ea"));
		if (health > 0) svg.append(arc(health, COLOURS[band]));
		for (const bound of bounds) {
			svg.append(shape("path", { d: `M ${at(bound, 40)} L ${at(bound, 56)}`, stroke: "#fff", "stroke-width": 1.5 }));
		}
		const text = (y, size, content) => {
			const element = shape("text", { x: 60, y, "text-anchor": "middle", "font-size": size, fill: "currentColor" });
			element.textContent = content;
			return element;
		};
		svg.append(text(56, 22, health), text(74, 11, band_words));
		return svg;
	};

	const draw_part = ({ name, points, best }) => {
		const share = best ? Math.max(0, Math.min(100, (100 * points) / best)) : 0;
		const bar = $('<div class="progress-bar">').css({ width: `${share}%`, "background-color": share < 50 ? "#e24c4c" : "#28a745" });
		const figure = best ? `${points} / ${best}` : points;
		return $('<div class="row py-1 health-part">').append(
			$('<div class="col-5 col-md-3">').text(name),
			$('<div class="col-4 col-md-7">').append(best ? $('<div class="progress my-1" style="height: 8px">').append(bar) : ""),
			$('<div class="col-3 col-md-2 text-right">').text(figure)
		);
	};

	/** The healths of the nights on which band or main reason changed, as steps on the axis of days, up to today. */
	const draw_trend = ({ trend, health, band }) => {
		if (!trend.length) return "";
		const day = (text) => new Date(text).getTime();
		const first = day(trend[0].day);
		const last = Math.max(day(cs_retention.today()), day(trend[trend.length - 1].day));
		const x = (text) => 4 + (592 * (day(text) - first)) / Math.max(1, last - first);
		const y = (value) => 64 - 0.56 * value;
		const svg = shape("svg", { viewBox: "0 0 600 72", class: "health-trend w-100", preserveAspectRatio: "none", height: 72, role: "img" });
		svg.setAttribute("aria-label", trend.map(({ title }) => title).join("; "));
		const steps = trend.map((point, place) => `${place ? `H ${x(point.day)} V ${y(point.health)}` : `M ${x(point.day)} ${y(point.health)}`}`);
		svg.append(shape("path", { d: `${steps.join(" ")} H ${x(cs_retention.today())}`, fill: "none", stroke: COLOURS[band], ...UNSCALED, "stroke-width": 2 }));
		for (const point of trend) {
			const mark = shape("path", { d: `M ${x(point.day)} ${y(point.health)} h 0.01`, stroke: COLOURS[point.band], ...UNSCALED });
			mark.classList.add("health-mark");
			const title = shape("title", {});
			title.textContent = point.title;
			mark.append(title);
			svg.append(mark);
		}
		const newest = trend[trend.length - 1].title;
		return $('<div class="mt-3">').append(
			$('<div class="bold mb-1">').text(__("How Health Changed")),
			svg,
			$('<p class="text-muted mb-0">').text(newest)
		);
	};

	const draw_signals = (frm, { signals, may_enter }) => {
		const box = $('<div class="mt-3 health-signals">');
		if (signals.length || may_enter) box.append($('<div class="bold mb-1">').text(__("Signals")));
		box.append(signals.map(draw_signal));
		if (may_enter) {
			const add = $('<a href="#">').text(__("Enter What Was Heard"));
			add.on("click", (event) => {
				event.preventDefault();
				frappe.new_doc("Churn Signal", { customer: frm.doc.name });
			});
			box.append($('<p class="mt-2 mb-0">').append(add));
		}
		return box;
	};

	const draw_signal = ({ name, rule, said, status, is_called, until }) => {
		const link = $("<a>").attr("href", frappe.utils.get_form_link("Churn Signal", name)).text(said);
		const pill = $("<span>").addClass(`indicator-pill mr-2 ${is_called ? "blue" : SIGNAL_COLOURS[status]}`).text(rule);
		const after = until && status === "Snoozed" ? $('<span class="text-muted ml-2">').text(__("Silent until {0}.", [until])) : "";
		return $('<p class="mb-1">').append(pill, link, after);
	};
}

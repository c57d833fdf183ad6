"""Charts as inline SVG: no script, no remote style or font, the same bytes for the same figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from unicodedata import east_asian_width

import pygal
from pygal.style import Style

from cs_retention.engine.vocabulary import Band, Level
from cs_retention.render.translate import translate

FONT = "system-ui, 'Segoe UI', 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
PLANNED, CAPACITY = "#2f6f9f", "#d5dfe8"
LEVEL_COLOURS = {
	Level.FIVE_STAR: "#1d4f76",
	Level.FOUR_STAR: "#2f6f9f",
	Level.THREE_STAR: "#5b93bd",
	Level.TWO_STAR: "#8fb6d3",
	Level.ONE_STAR: "#bcd3e4",
	Level.NEW: "#c9ced4",
}
BAND_COLOURS = {
	Band.HEALTHY: "#4f9a6f",
	Band.WATCH: "#e0b04a",
	Band.AT_RISK: "#dd8142",
	Band.CRITICAL: "#bd4640",
	Band.PROSPECT: "#c9ced4",
}
ROOM_FOR_COUNT = 1.2
UNWANTED = re.compile("<!--.*?-->|<script.*?</script>", re.DOTALL)


def stars_chart(counts: Sequence[tuple[Level, int]], lang: str) -> str:
	"""Return the number of customers per star level as horizontal bars, the highest level on top."""
	bars = [(translate(level.value, lang), count, LEVEL_COLOURS[level]) for level, count in counts]
	return counted_bars("stars", bars)


def bands_chart(counts: Sequence[tuple[Band, int]], lang: str) -> str:
	"""Return the number of customers per health band as horizontal bars, the healthiest on top."""
	bars = [(translate(band.value, lang), count, BAND_COLOURS[band]) for band, count in counts]
	return counted_bars("bands", bars)


def load_chart(weeks: Sequence[tuple[str, int, int]], lang: str) -> str:
	"""Return planned callbacks beside capacity for each week (label, callbacks, capacity)."""
	chart = pygal.Bar(style=style(PLANNED, CAPACITY), legend_at_bottom=True, legend_box_size=12, **options())
	chart.show_y_labels = False
	chart.uuid = "load"
	chart.x_labels = [label for label, _, _ in weeks]
	chart.add(translate("Planned callbacks", lang), [callbacks for _, callbacks, _ in weeks])
	chart.add(translate("Callback capacity", lang), [capacity for _, _, capacity in weeks])
	return inline(chart)


def counted_bars(name: str, bars: Sequence[tuple[str, int, str]]) -> str:
	"""Return horizontal bars (label, count, colour) in the order given, each with its count."""
	chart = pygal.HorizontalBar(
		style=style(*(colour for _, _, colour in bars)), show_legend=False, **options()
	)
	chart.uuid = name
	chart.x_labels = [wide_enough(label) for label, _, _ in reversed(bars)]
	chart.show_x_labels = False
	chart.range = (0, max([count for _, count, _ in bars], default=0) * ROOM_FOR_COUNT or 1)
	chart.value_formatter = beside_bar
	chart.add("", [{"value": count, "color": colour} for _, count, colour in reversed(bars)])
	return inline(chart)


def wide_enough(label: str) -> str:
	"""Return the label with a figure space before it for every wide letter: pygal counts all letters as narrow."""
	return chr(0x2007) * sum(east_asian_width(letter) in "WF" for letter in label) + label


def beside_bar(count: int) -> str:
	"""Return the count pushed right by figure spaces: pygal centres a value on the end of its bar."""
	text = f"{count:,}"
	return f"{chr(0x2007) * (len(text) + 1)}{text}"


def options() -> dict[str, Any]:
	"""Return what all charts share; the viewBox is small so that labels stay readable on a phone."""
	return {
		"js": [],
		"width": 440,
		"height": 250,
		"margin": 6,
		"print_values": True,
		"print_zeroes": True,
		"print_values_position": "top",
		"show_y_guides": False,
		"show_x_guides": False,
		"include_x_axis": True,
		"value_formatter": lambda value: f"{value:,}",
	}


def style(*colours: str) -> Style:
	"""Return the page's colours and type for a chart."""
	return Style(
		background="transparent",
		plot_background="transparent",
		foreground="#3d4a59",
		foreground_strong="#1f2a37",
		foreground_subtle="#8793a1",
		colors=colours,
		opacity="1",
		opacity_hover="1",
		transition="0s",
		font_family=FONT,
		value_font_family=FONT,
		label_font_family=FONT,
		major_label_font_family=FONT,
		legend_font_family=FONT,
		label_font_size=13,
		major_label_font_size=13,
		value_font_size=13,
		legend_font_size=13,
		value_colors=("#1f2a37",) * len(colours),
	)


def inline(chart: Any) -> str:
	"""Return the chart as one `<svg>` element without its settings as script and comments that name the day."""
	return UNWANTED.sub("", chart.render(is_unicode=True, disable_xml_declaration=True))

"""The quarterly report: figures in, five sentences and one self-contained page out; the same page on screen and paper."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from markupsafe import Markup

from cs_retention.engine.kpi import CallResult
from cs_retention.engine.kpis import KeyFigure, Quotient, Unit
from cs_retention.engine.quarter_alliance import AllianceQuarter
from cs_retention.engine.quarter_periods import CALENDAR, QuarterPeriod
from cs_retention.engine.quarter_summary import QuarterSummary
from cs_retention.engine.targets import LESS_IS_BETTER, achieved
from cs_retention.engine.vocabulary import LADDER, ActionState, Kpi, Loss
from cs_retention.render import charts, formats, quarter_alliance, quarter_sections
from cs_retention.render.report import environment
from cs_retention.render.translate import translate

GROUPS_SHOWN = 20
BEGAN, NEW, BACK, LOST, ENDED = "#8793a1", "#4f9a6f", "#5b93bd", "#bd4640", "#1d4f76"
CALL_BARS = {
	CallResult.IN_TIME: ("Called in Time", "#4f9a6f"),
	CallResult.LATE: ("Called Late", "#e0b04a"),
	CallResult.ATTEMPTED: ("Tried in Vain", "#dd8142"),
	CallResult.SKIPPED: ("Skipped", "#c9ced4"),
	CallResult.NOT_CALLED: ("Nobody Called", "#bd4640"),
}
"""What a bar of the chart of callbacks is called, and its colour."""

STATE_COLOURS = {ActionState.OPEN: "watch", ActionState.DONE: "healthy", ActionState.DROPPED: "critical"}


class Line(NamedTuple):
	"""A key figure with those of the quarter before and the same quarter of the year before, and its target."""

	now: KeyFigure
	before: KeyFigure
	year_before: KeyFigure
	target: Decimal | None = None

	@property
	def achieved(self) -> Decimal | None:
		"""What is achieved of the target, in percent; None without a target."""
		is_less_better = self.now.kpi in LESS_IS_BETTER
		return None if self.target is None else achieved(self.now.value, self.target, is_less_better)


class AgreedAction(NamedTuple):
	"""What was agreed: by whom, until when, how it stands, and the quarter of an earlier report it comes from."""

	action: str
	person: str
	due_date: date
	state: ActionState
	agreed_in: str = ""
	note: str = ""


class Links(NamedTuple):
	"""Where the rows of a figure are: those it counts, and of these the ones that reach; nowhere where empty."""

	counted: Callable[[Kpi], str]
	reached: Callable[[Kpi], str]
	said: str
	where: Callable[[Mapping[str, Any]], str] = lambda _filters: ""
	"""The rows of some filters, by field."""


def files_of_rows(kpi: Kpi) -> str:
	"""Return the file of a figure's rows beside the page."""
	return f"rows/{kpi.name}.csv"


IN_FILES = Links(
	files_of_rows,
	lambda _kpi: "",
	"Each figure opens the rows it counted: the file of its name in the folder rows.",
)


@dataclass(frozen=True, slots=True)
class QuarterPage:
	"""Everything the page says of one company's quarter; `until` is the last day that is counted."""

	title: str
	quarter: QuarterPeriod
	until: date
	is_running: bool
	currency: str
	lines: tuple[Line, ...]
	summary: QuarterSummary
	is_reconstructed: bool = True
	is_draft: bool = False
	actions: tuple[AgreedAction, ...] = ()
	alliance: AllianceQuarter | None = None
	"""None where nobody belongs to it."""

	@property
	def has_targets(self) -> bool:
		"""Tell whether a figure has a target."""
		return any(line.target is not None for line in self.lines)

	def figure(self, kpi: Kpi) -> KeyFigure:
		"""Return a key figure of the quarter."""
		return next(line.now for line in self.lines if line.now.kpi is kpi)


def render_quarter(
	page: QuarterPage, lang: str, links: Links = IN_FILES, head: str = "", foot: str = ""
) -> str:
	"""Return the page as one HTML document that needs no network; every text is escaped.

	`head` and `foot` are HTML of the house, such as its letter head, that stand above and below.
	"""
	drawn = environment(lang)
	drawn.globals.update(
		told=partial(told, lang=lang),
		shared=partial(shared, lang=lang),
		named=partial(named, lang=lang),
		group_name=partial(group_name, lang=lang),
		aimed=partial(aimed, lang=lang),
	)
	return drawn.get_template("quarter.html").render(
		page=page,
		summary=page.summary,
		sentences=five_sentences(page, lang),
		charts={
			"customers": Markup(customers_chart(page.summary, lang)),
			"calls": Markup(calls_chart(page.summary, lang)),
		},
		tables=list(
			quarter_sections.tables_of(page.summary.sections, lang, links.where, partial(told, lang=lang))
		),
		group_columns=quarter_sections.GROUP_COLUMNS,
		group_filters=quarter_sections.group_filters,
		migration_filters=quarter_sections.migration_filters,
		shown=GROUPS_SHOWN,
		links=links,
		head=Markup(head),
		foot=Markup(foot),
		state_colours=STATE_COLOURS,
		**quarter_alliance.drawn(page.alliance, partial(told, lang=lang)),
	)


def told(figure: KeyFigure, lang: str) -> str:
	"""Return a figure as it is read: with its sign, a dash where there is none."""
	return told_value(figure.value, figure.unit, lang)


def shared(part: Quotient, lang: str) -> str:
	"""Return a share as it is read."""
	return told(KeyFigure(Kpi.COHORT_RETENTION, 1, part, 0), lang)


def told_value(value: Decimal | None, unit: Unit, lang: str) -> str:
	"""Return a value of a unit as it is read."""
	if value is None:
		return "–"
	if unit is Unit.PERCENT:
		return f"{value}%" if lang == "zh" else f"{value}{formats.NO_BREAK}%"
	return f"{value:,}"


def aimed(line: Line, lang: str) -> str:
	"""Return the target of a figure and what is achieved of it; nothing where there is none."""
	if line.target is None:
		return ""
	target = told_value(line.target, line.now.unit, lang)
	reached = line.achieved
	return target if reached is None else f"{target} · {told_value(reached, Unit.PERCENT, lang)}"


def named(quarter: QuarterPeriod, lang: str) -> str:
	"""Return what a quarter is called: "quarter 3 of 2026"; a fiscal one says so."""
	text = translate("quarter {0} of {1}", lang).format(quarter.number, quarter.year)
	return text if quarter.begins == CALENDAR else translate("fiscal {0}", lang).format(text)


def group_name(name: str, lang: str) -> str:
	"""Return a level or a name in words; a dash for nobody and nowhere."""
	return translate(name, lang) if name in LADDER else name or "–"


def five_sentences(page: QuarterPage, lang: str) -> list[str]:
	"""Return the quarter in five sentences, each written from the figures."""
	say, count, summary = partial(translate, lang=lang), _count, page.summary
	net = page.figure(Kpi.NET_REVENUE_RETENTION)
	line = next(line for line in page.lines if line.now.kpi is Kpi.COHORT_RETENTION)
	lost = sum(summary.lost.values())
	return [
		say(
			"The quarter began with {0} active customers and stands at {1}: {2} are new, {3} came back, {4} were lost."
		).format(*map(count, (summary.began, summary.ended, summary.new, summary.back, lost))),
		say(
			"{0} of those who were active at its beginning still are; it was {1} a quarter and {2} a year before."
		).format(*(told(each, lang) for each in (line.now, line.before, line.year_before))),
		say(
			"They bought for {0} in the three months before and for {1} since: {2} net, {3} without any growth."
		).format(
			money(net.ratio.denominator, page.currency),
			money(net.ratio.numerator, page.currency),
			told(net, lang),
			told(page.figure(Kpi.GROSS_REVENUE_RETENTION), lang),
		),
		calls_sentence(page, lang),
		say(
			"{0} customers rose and {1} fell in star level; there were {2} complaints for every 10,000 customers."
		).format(count(summary.up), count(summary.down), told(page.figure(Kpi.COMPLAINTS), lang)),
	]


def calls_sentence(page: QuarterPage, lang: str) -> str:
	"""Return what became of the callbacks, and how many customers heard from us."""
	calls, heard = page.figure(Kpi.CALLBACK_COMPLETION), told(page.figure(Kpi.CONTACT_COVERAGE), lang)
	if not calls.rows and page.figure(Kpi.CONTACT_COVERAGE).value is None:
		return translate("No callback was due, and no contact is on record.", lang)
	if not calls.rows:
		return translate("No callback was due; {0} of the customers heard from us.", lang).format(heard)
	return translate(
		"{0} of {1} callbacks due were reached and recorded in time ({2}); {3} of the customers heard from us.",
		lang,
	).format(_count(calls.ratio.numerator), _count(calls.ratio.denominator), told(calls, lang), heard)


def money(amount: int | Decimal, currency: str) -> str:
	"""Return a whole amount with its currency, where that is known."""
	return f"{formats.amount(round(amount))} {currency}".strip()


def _count(number: int | Decimal) -> str:
	return f"{number:,}"


def customers_chart(summary: QuarterSummary, lang: str) -> str:
	"""Return how the number of active customers came about."""
	bars = [
		("Active at the Beginning", summary.began, BEGAN),
		("New", summary.new, NEW),
		("Came Back", summary.back, BACK),
		(Loss.LEFT.value, summary.lost.get(Loss.LEFT, 0), LOST),
		(Loss.TRANSFERRED.value, summary.lost.get(Loss.TRANSFERRED, 0), LOST),
		(Loss.DORMANT.value, summary.lost.get(Loss.DORMANT, 0), LOST),
		("Active at the End", summary.ended, ENDED),
	]
	return charts.counted_bars(
		"customers", [(translate(text, lang), count, colour) for text, count, colour in bars]
	)


def calls_chart(summary: QuarterSummary, lang: str) -> str:
	"""Return what became of the callbacks that were due."""
	bars = [
		(translate(text, lang), summary.calls.get(result, 0), colour)
		for result, (text, colour) in CALL_BARS.items()
	]
	return charts.counted_bars("calls", bars)


def rows_of(page: QuarterPage) -> Iterable[dict[str, Any]]:
	"""Yield a row per key figure for a table: both sums, the value, and those it is compared with."""
	for line in page.lines:
		figure = line.now
		yield {
			"quarter": page.quarter.label,
			"until": page.until,
			"company": page.title,
			"kpi": figure.kpi.name,
			"unit": figure.unit.name.lower(),
			"definition": figure.version,
			"numerator": figure.ratio.numerator,
			"denominator": figure.ratio.denominator,
			"value": figure.value,
			"currency": figure.currency,
			"quarter_before": line.before.value,
			"year_before": line.year_before.value,
			"rows": figure.rows,
		}

"""The page a manager forwards: plain rows in, one self-contained HTML page out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from cs_retention.engine.reasons import Reason
from cs_retention.engine.vocabulary import Band, Level
from cs_retention.render import charts, formats
from cs_retention.render.translate import translate
from cs_retention.render.wording import overflow_words, purpose, sentence, troubles

PEOPLE_SHOWN = 24
CALLS_SHOWN = 8
DRIFTING_SHOWN = 15
OVERFLOW_SHOWN = 15
REASONS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Call:
	"""One callback due today: whom, how, what for (ObligationKind values), why, and the last day it may be made."""

	customer: str
	level: Level
	is_key_account: bool
	channel: str
	purposes: tuple[str, ...]
	reasons: tuple[Reason, ...]
	window_end: date
	covers: str | None = None
	"""The absent account manager for whom this call is made."""


@dataclass(frozen=True, slots=True)
class PersonDay:
	"""Today's callbacks of one person; `count` may exceed the calls listed."""

	person: str
	count: int
	calls: tuple[Call, ...]
	is_absent: bool = False


@dataclass(frozen=True, slots=True)
class Drifting:
	"""One customer At Risk or Critical; the reasons stand most weighty first."""

	customer: str
	account_manager: str
	level: Level
	is_key_account: bool
	band: Band
	health: int
	revenue_12m: float
	reasons: tuple[Reason, ...]
	next_call: date | None

	@property
	def value_at_risk(self) -> float:
		"""Risk x value: the share of health that is missing, of twelve months' net revenue."""
		return max(0.0, self.revenue_12m) * (100 - self.health) / 100


@dataclass(frozen=True, slots=True)
class Week:
	"""Planned callbacks and capacity of one person in the week that begins on `monday`."""

	person: str
	monday: date
	callbacks: int
	capacity: int


@dataclass(frozen=True, slots=True)
class Overflow:
	"""Contacts owed that found no day; `reason` is the code of overflow.csv, `backup` has room on `backup_days`."""

	customer: str
	person: str
	period_start: date
	period_end: date
	missing: int
	reason: str
	backup: str = ""
	backup_days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportPage:
	"""Everything report.html says. Amounts are in company currency; totals are of the whole book, lists may be cut.

	`drifting` is ordered by risk x value here; `overflow_count` counts all of overflow.csv.
	"""

	title: str
	as_of: date
	horizon_days: int
	levels: Mapping[Level, int]
	bands: Mapping[Band, int]
	key_accounts: int
	revenue_12m: float
	revenue_at_risk_12m: float
	today: tuple[PersonDay, ...]
	drifting: tuple[Drifting, ...]
	weeks: tuple[Week, ...]
	overflow: tuple[Overflow, ...] = ()
	overflow_count: int = 0


def render_report(page: ReportPage, lang: str) -> str:
	"""Return the page as one HTML document that needs no network; every text is escaped."""
	drawn = environment(lang)
	drawn.globals.update(limits=limits())
	return drawn.get_template("report.html").render(page=page, **prepared(page, lang))


def environment(lang: str) -> Environment:
	"""Return what every page is drawn with, its words in `lang`."""
	drawn = Environment(
		loader=PackageLoader("cs_retention.render"),
		autoescape=select_autoescape(default=True, default_for_string=True),
		undefined=StrictUndefined,
		trim_blocks=True,
		lstrip_blocks=True,
	)
	drawn.globals.update(words(lang), lang=lang)
	return drawn


def words(lang: str) -> dict[str, Callable[..., Any]]:
	"""Return what the template writes with: `t` and the formats, all in `lang`."""
	return {
		"t": partial(translate, lang=lang),
		"sentence": partial(sentence, lang=lang),
		"purpose": partial(purpose, lang=lang),
		"troubles": troubles,
		"overflow_words": partial(overflow_words, lang=lang),
		"long_day": partial(formats.long_day, lang=lang),
		"full_day": partial(formats.full_day, lang=lang),
		"days": partial(formats.short_days, lang=lang),
		"short_day": partial(formats.short_day, lang=lang),
		"stars": partial(formats.stars, lang=lang),
		"amount": formats.amount,
		"percent": partial(formats.percent, lang=lang),
	}


def limits() -> dict[str, int]:
	"""Return how many rows of each list the page shows before it names the file that holds the rest."""
	return {
		"people": PEOPLE_SHOWN,
		"calls": CALLS_SHOWN,
		"drifting": DRIFTING_SHOWN,
		"overflow": OVERFLOW_SHOWN,
		"reasons": REASONS_SHOWN,
	}


def prepared(page: ReportPage, lang: str) -> dict[str, Any]:
	"""Return the totals, orders and charts that the template needs beside the page."""
	mondays = sorted({week.monday for week in page.weeks})
	loads = {(week.person, week.monday): week for week in page.weeks}
	people = sorted(
		{week.person for week in page.weeks}, key=lambda who: (-fullness(who, mondays, loads), who)
	)
	return {
		"short": short_names([*people, *people_of(page)]),
		"people": people,
		"mondays": mondays,
		"loads": loads,
		"drifting": sorted(page.drifting, key=lambda row: (-row.value_at_risk, row.customer)),
		"summary": summary(page),
		"charts": drawn(page, mondays, lang),
	}


def fullness(person: str, mondays: Iterable[date], loads: Mapping[tuple[str, date], Week]) -> float:
	"""Return the fullest week of a person as callbacks over capacity; callbacks without capacity count in full."""
	weeks = [loads[person, monday] for monday in mondays if (person, monday) in loads]
	return max((week.callbacks / max(week.capacity, 1) for week in weeks), default=0.0)


def people_of(page: ReportPage) -> list[str]:
	"""Return everybody the page names, the absent ones who are covered included."""
	covered = [call.covers for day in page.today for call in day.calls if call.covers]
	return [
		*(day.person for day in page.today),
		*covered,
		*(row.account_manager for row in page.drifting),
		*(name for row in page.overflow for name in (row.person, row.backup)),
	]


def short_names(people: Iterable[str]) -> dict[str, str]:
	"""Return what to call each person: the part before the @ while that is nobody else's."""
	everybody = sorted(set(people))
	local = {person: person.split("@")[0] or person for person in everybody}
	used = list(local.values())
	return {person: name if used.count(name) == 1 else person for person, name in local.items()}


def summary(page: ReportPage) -> dict[str, float]:
	"""Return the headline figures."""
	customers = sum(page.levels.values())
	capacity = sum(week.capacity for week in page.weeks)
	planned = sum(week.callbacks for week in page.weeks)
	return {
		"customers": customers,
		"rated": customers - page.levels.get(Level.NEW, 0),
		"five_star": page.levels.get(Level.FIVE_STAR, 0),
		"at_risk": page.bands.get(Band.AT_RISK, 0) + page.bands.get(Band.CRITICAL, 0),
		"calls_today": sum(day.count for day in page.today),
		"planned": planned,
		"capacity": capacity,
		"used": planned / capacity if capacity else 0.0,
		"share_at_risk": page.revenue_at_risk_12m / page.revenue_12m if page.revenue_12m > 0 else 0.0,
	}


def drawn(page: ReportPage, mondays: Iterable[date], lang: str) -> dict[str, Markup]:
	"""Return the three charts as markup; labels come from our vocabularies and dates, never from the book."""
	weeks = []
	for monday in mondays:
		rows = [week for week in page.weeks if week.monday == monday]
		label = formats.day_of_month(monday, lang)
		weeks.append((label, sum(row.callbacks for row in rows), sum(row.capacity for row in rows)))
	return {
		"stars": Markup(charts.stars_chart([(level, page.levels.get(level, 0)) for level in Level], lang)),
		"bands": Markup(charts.bands_chart([(band, page.bands.get(band, 0)) for band in Band], lang)),
		"load": Markup(charts.load_chart(weeks, lang)),
	}

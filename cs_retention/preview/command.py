"""The command `cs-retention`: a book of customers from files, its nights, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from cs_retention import __version__
from cs_retention.engine.handover import SplitRule
from cs_retention.engine.policy import Policy
from cs_retention.engine.quarter_periods import YearStart
from cs_retention.engine.vocabulary import Channel, Outcome
from cs_retention.facts.keys import fold
from cs_retention.nightly.backtest import Backtest, past_dates, run_backtest
from cs_retention.preview import alliance_words, options
from cs_retention.preview.alliance import replay_alliance
from cs_retention.preview.backtest import tell_backtest
from cs_retention.preview.book import Book, fill_book, opened
from cs_retention.preview.calls import MadeCall
from cs_retention.preview.case_words import summary
from cs_retention.preview.cases import listed, replay_files, write_case_files
from cs_retention.preview.comparing import compare, differences
from cs_retention.preview.demo import play
from cs_retention.preview.desk import find_customer, log_and_replan
from cs_retention.preview.files import write_files
from cs_retention.preview.handing_over import move, propose, told
from cs_retention.preview.listings import read_calls, read_standings
from cs_retention.preview.nights import last_night, play_night
from cs_retention.preview.policies import as_toml, read_policy
from cs_retention.preview.problems import BadInput
from cs_retention.preview.progress import Progress
from cs_retention.preview.quarter import of_year, read_report, tell_quarter, write_quarter
from cs_retention.preview.quarter_alliance import given
from cs_retention.preview.signals import tell_signals
from cs_retention.preview.sources import tell_sources
from cs_retention.preview.speech import Speech


@click.group(cls=options.TellingGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, package_name="cs_retention")
def main() -> None:
	"""Stars, health and calls of a book of customers, from CSV or XLSX exports of ERPNext."""


@main.command(name="open")
@options.BOOK
@options.file_options
@click.option("--replace", is_flag=True, help="overwrite a book that exists, with the calls logged in it")
def open_book(book: Path, policy: Path | None, replace: bool, **exports: Path | None) -> None:
	"""Fill BOOK.sqlite from exports; nothing is written when anything in them is wrong."""
	if book.exists() and not replace:
		raise BadInput([f"{book}: exists already; give another name, or --replace to lose what is in it"])
	if not book.parent.is_dir():
		raise BadInput([f"{book}: the folder {book.parent} does not exist; make it first"])
	customers = _fill(book, options.given_files(exports), options.given_policy(policy))
	click.echo(f"{book}: {customers:,} customers")


@main.command()
@options.BOOK
@options.AS_OF
@click.option(
	"--horizon", type=click.IntRange(1, 366), help="days that lists show  [default: the policy's, 28]"
)
def run(book: Path, as_of: date, horizon: int | None) -> None:
	"""Run the night of a date: rate, assess and plan the whole book."""
	with opened(book, is_written=True) as known:
		if known.last_as_of and as_of < known.last_as_of:
			remedy = f"the last night of {book.name} was {known.last_as_of}; give that date or a later one"
			raise BadInput([f"--as-of {as_of}: {remedy}"])
		written = _play(known, as_of, horizon or known.policy.planning.horizon_days)
		click.echo(f"{as_of}: {written:,} rows written")


@main.command()
@options.BOOK
@options.MOST
@options.LANG
def stars(book: Path, most: int, lang: str) -> None:
	"""Say how the stars stand and why."""
	with opened(book) as known:
		as_of = last_night(known).as_of
		_tell(Speech(lang).stars(read_standings(known.store, as_of), as_of, most))


@main.command()
@options.BOOK
@options.MOST
@options.LANG
def health(book: Path, most: int, lang: str) -> None:
	"""Say who drifts away and why."""
	with opened(book) as known:
		as_of = last_night(known).as_of
		_tell(Speech(lang).health(read_standings(known.store, as_of), as_of, most))


@main.command()
@options.BOOK
@options.MOST
@options.LANG
def signals(book: Path, most: int, lang: str) -> None:
	"""Say which facts warn of churn, the most value at risk first."""
	with opened(book) as known:
		_tell(tell_signals(known.store, last_night(known).as_of, Speech(lang), most))


@main.command()
@options.BOOK
@click.option("--person", help="only the calls of this person")
@click.option("--on", type=options.DATE, help="the day  [default: the date of the last night]")
@options.MOST
@options.LANG
def callbacks(book: Path, person: str | None, on: date | None, most: int, lang: str) -> None:
	"""Say who calls whom on a day, and why."""
	with opened(book) as known:
		day = on or last_night(known).as_of
		calls = [call for call in read_calls(known.store, on=day) if _is_of(person, call.responsible)]
		_tell(Speech(lang).calls(calls, day, most))


@main.command()
@options.BOOK
@click.argument("customer")
@options.LANG
def why(book: Path, customer: str, lang: str) -> None:
	"""Say everything behind one customer's stars, health and calls."""
	with opened(book) as known:
		last_night(known)
		standing = find_customer(known, customer)
		_tell(Speech(lang).why(standing, list(read_calls(known.store, standing.customer))))


@main.command()
@options.BOOK
@click.argument("customer")
@click.option(
	"--outcome", type=options.OUTCOME_WORD, required=True, help="Reached, Visited, Not Reached or Refused"
)
@click.option("--summary", required=True, help="what the customer told, in a few words")
@click.option("--satisfaction", type=click.IntRange(1, 5), help="1 to 5")
@click.option("--next", "agreed_next", type=options.DATE, help="the date agreed for the next call")
@click.option("--promise", help="what was promised to the customer")
@click.option("--by", type=options.DATE, help="by when the promise is kept")
@click.option("--on", type=options.DATE, help="the day of the call  [default: the date of the last night]")
@click.option("--channel", type=options.CHANNEL_WORD, help="Phone, Visit, Video, WeChat or Message")
@options.LANG
def log(
	book: Path,
	customer: str,
	outcome: str,
	summary: str,
	satisfaction: int | None,
	agreed_next: date | None,
	promise: str | None,
	by: date | None,
	on: date | None,
	channel: str | None,
	lang: str,
) -> None:
	"""Log a call that was made, and show how the plan moves."""
	with opened(book, is_written=True) as known:
		standing = find_customer(known, customer)
		usual = Channel.VISIT if outcome == Outcome.VISITED.value else Channel.PHONE
		call = MadeCall(
			standing.customer,
			on or last_night(known).as_of,
			Channel(channel) if channel else usual,
			Outcome(outcome),
			summary,
			satisfaction,
			agreed_next,
			promise,
			by,
		)
		_tell(log_and_replan(known, standing, call, Speech(lang)))


@main.command(name="hand-over")
@options.BOOK
@click.argument("person")
@click.option(
	"--to", "takers", multiple=True, required=True, help="who gets the customers; may be given several times"
)
@click.option(
	"--split", "rule", type=options.SPLIT_RULE, default=SplitRule.FEWEST_CUSTOMERS.value, show_default=True
)
@click.option("--try", "is_tried", is_flag=True, help="only say who would get how many")
@options.LANG
def hand_over(book: Path, person: str, takers: tuple[str, ...], rule: str, is_tried: bool, lang: str) -> None:
	"""Hand the customers of a person over to others, with the calls that stand."""
	with opened(book, is_written=not is_tried) as known:
		handover, speech = propose(known, person, takers, SplitRule(rule)), Speech(lang)
		_tell(told(handover, speech))
		if not is_tried:
			click.echo(
				speech.say("{0} customers and {1} calls moved", len(handover.moved), move(known, handover))
			)


@main.command(name="compare")
@options.BOOK
@click.argument("policy", type=click.Path(path_type=Path, dir_okay=False))
@options.MOST
@options.LANG
def compare_policies(book: Path, policy: Path, most: int, lang: str) -> None:
	"""Try another POLICY.toml: who moves level, and what it does to everybody's weekly calls."""
	mapping = read_policy(policy)
	with opened(book) as known:
		own, other = compare(known, mapping)
	_tell(differences(own, other, Speech(lang), most))


@main.command()
@options.BOOK
@options.LANG
def sources(book: Path, lang: str) -> None:
	"""Try what else makes contacts due: the calls a week that each source adds, and to whom."""
	with opened(book) as known:
		_tell(tell_sources(known, Speech(lang)))


@main.command()
@options.BOOK
@click.option(
	"--until", type=options.DATE, help="the last day looked at  [default: the date of the last night]"
)
@click.option(
	"--policy", type=click.Path(path_type=Path, dir_okay=False), help="try the health of another policy"
)
@options.MOST
@options.LANG
def backtest(book: Path, until: date | None, policy: Path | None, most: int, lang: str) -> None:
	"""Say what the warning would have been worth 12, 9, 6 and 3 months ago."""
	mapping = options.given_policy(policy)
	with opened(book) as known:
		last = last_night(known).as_of
		if until and until > last:
			remedy = (
				f"the book knows nothing after its last night of {last}; give that date or an earlier one"
			)
			raise BadInput([f"--until {until}: {remedy}"])
		tried = Policy.from_mapping(mapping) if mapping else known.policy
		results = _look_back(known, tried, until or last)
	_tell(tell_backtest(results, Speech(lang), most))


@main.command()
@options.BOOK
@options.OUT
@options.LANG
def report(book: Path, out: Path, lang: str) -> None:
	"""Write ratings, churn, callbacks, workload and overflow as CSV, and report.html."""
	with opened(book) as known:
		for path in write_files(known, out, lang):
			click.echo(path)


@main.command()
@options.BOOK
@click.option("--quarter", "ended", type=options.QUARTER, required=True, help="the quarter, as 2026Q3")
@click.option("--company", help="whose quarter, where the book has several companies")
@click.option(
	"--year-begins",
	"begins",
	type=options.YEAR_START,
	default="01-01",
	show_default=True,
	help="first day of the fiscal year, as 04-01",
)
@options.case_file("merchants", "as for alliance: the report tells of them", required=False)
@options.case_file("reviews", "as for alliance", required=False)
@options.case_file("sanctions", "as for alliance", required=False)
@options.OUT
@options.LANG
def quarter(
	book: Path,
	ended: date,
	company: str | None,
	begins: YearStart,
	out: Path,
	lang: str,
	**alliance: Path | None,
) -> None:
	"""Say how a quarter went, and write its figures, the rows behind each, and quarter.html."""
	period, speech, files = of_year(ended, begins), Speech(lang), given(**alliance)
	with opened(book) as known:
		report = read_report(known, period, company, files)
	_tell(tell_quarter(report.page, speech))
	_tell(write_quarter(report, out, lang))


@main.command()
@options.file_options
@options.AS_OF
@click.option("--days", type=click.IntRange(1, 366), help="days that lists show  [default: the policy's, 28]")
@options.OUT
@options.LANG
def preview(
	as_of: date, days: int | None, out: Path, lang: str, policy: Path | None, **exports: Path | None
) -> None:
	"""All in one: exports in, the files of `report` out; no book is kept."""
	files, mapping = options.given_files(exports), options.given_policy(policy)
	with TemporaryDirectory() as folder:
		book = Path(folder) / "preview.sqlite"
		_fill(book, files, mapping)
		with opened(book, is_written=True) as known:
			_play(known, as_of, days or known.policy.planning.horizon_days)
			for path in write_files(known, out, lang):
				click.echo(path)


@main.command()
@options.case_file("cases", "one line per case")
@options.case_file("events", "what happened, one line each")
@options.case_file("invoices", "as for open")
@options.AS_OF
@options.OUT
@options.LANG
def cases(cases: Path, events: Path, invoices: Path, as_of: date, out: Path, lang: str) -> None:
	"""Replay retention cases: what each became, whether it holds, and what was refused."""
	replay, speech = replay_files(cases, events, invoices, as_of), Speech(lang)
	_tell(summary(listed(replay), replay.refused, as_of, speech))
	_tell(write_case_files(replay, out, speech))


@main.command()
@options.case_file("merchants", "one line per merchant of the alliance")
@options.case_file("reviews", "one line per merchant and quarter: four scores and what they rest on")
@options.case_file("sanctions", "breaches that were proven", required=False)
@click.option("--quarter", type=options.QUARTER, required=True, help="the quarter to tell of, as 2026Q4")
@options.OUT
@options.LANG
def alliance(
	merchants: Path, reviews: Path, sanctions: Path | None, quarter: date, out: Path, lang: str
) -> None:
	"""Say what tier every merchant has earned, who is on probation, who is to go and who could take its place."""
	found = replay_alliance(merchants, reviews, sanctions, quarter)
	_tell(alliance_words.summary(found, quarter, Speech(lang)))
	_tell([alliance_words.write_standing(found, quarter, out, lang)])


@main.command()
def policy() -> None:
	"""Print the default policy as TOML, to change and to give as --policy."""
	click.echo(as_toml(Policy().to_mapping()), nl=False)


@main.command()
@click.option(
	"--out",
	type=click.Path(path_type=Path, file_okay=False),
	default=Path("demo-out"),
	show_default=True,
	help="folder for the book and the report",
)
@options.LANG
def demo(out: Path, lang: str) -> None:
	"""Play the sample branch: stars, calls, a warning, calls logged, a promise, cover, a hand-over, cases, the alliance, a quarter."""
	_tell(play(out, Speech(lang)))


def _fill(book: Path, files: Mapping[str, Path], policy: Mapping[str, Any]) -> int:
	length = sum(path.stat().st_size for path in files.values() if path.is_file())
	with Progress("reading", length) as progress:
		return fill_book(book, files, policy, progress.moved)


def _play(book: Book, as_of: date, horizon: int) -> int:
	((customers,),) = book.store.rows("SELECT COUNT(*) FROM `tabCustomer` WHERE disabled = 0")
	with Progress("night", 2 * int(customers)) as progress:
		summary = play_night(
			book,
			as_of,
			horizon,
			lambda phase, done: progress.moved(done + (customers if phase == "plan" else 0)),
		)
	return summary.rows_written


def _look_back(book: Book, policy: Policy, until: date) -> list[Backtest]:
	((customers,),) = book.store.rows("SELECT COUNT(*) FROM `tabCustomer`")
	dates = past_dates(until)
	with Progress("back-test", len(dates) * int(customers)) as progress:
		told = lambda as_of, done: progress.moved(dates.index(as_of) * int(customers) + done)  # noqa: E731
		return list(run_backtest(book.store, policy, until, told))


def _is_of(person: str | None, responsible: str) -> bool:
	return person is None or fold(person) == fold(responsible)


def _tell(lines: Any) -> None:
	for line in lines:
		click.echo(line)

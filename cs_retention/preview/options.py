"""What the commands take: dates, files, books, and how mistakes in them are told."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from cs_retention.engine.handover import SplitRule
from cs_retention.engine.quarter_periods import YearStart
from cs_retention.preview.alliance_files import quarter
from cs_retention.preview.columns import CHANNEL, FILE_KINDS, OUTCOME
from cs_retention.preview.policies import read_policy
from cs_retention.preview.problems import BadInput
from cs_retention.preview.values import Parser, Refused, near_day
from cs_retention.render.translate import LANGUAGES

Function = TypeVar("Function", bound=Callable[..., Any])
REQUIRED_FILES = ("customers", "invoices")


class Parsed(click.ParamType):  # type: ignore[type-arg]
	"""A parameter that is read as the cells of an export are, with the same remedies."""

	def __init__(self, name: str, parse: Parser):
		self.name = name
		self.parse = parse

	def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
		"""Return the parsed value; a value that cannot be used ends the command with status 2."""
		try:
			return self.parse(value)
		except Refused as refused:
			self.fail(f'"{value}" {refused}', param, ctx)


def _date(cell: Any) -> date:
	return cell if isinstance(cell, date) else date.fromisoformat(near_day(cell))


def _year_start(cell: Any) -> YearStart:
	try:
		return YearStart.named(str(cell))
	except ValueError as error:
		raise Refused(
			"is no first day of a year; write month and day as 04-01, the day 28 at most"
		) from error


DATE = Parsed("date", _date)
QUARTER = Parsed("quarter", quarter)
OUTCOME_WORD = Parsed("outcome", OUTCOME)
YEAR_START = Parsed("year begins", _year_start)
CHANNEL_WORD = Parsed("channel", CHANNEL)
SPLIT_RULE = click.Choice([rule.value for rule in SplitRule], case_sensitive=False)
BOOK = click.argument("book", type=click.Path(path_type=Path, dir_okay=False), metavar="BOOK.sqlite")
LANG = click.option(
	"--lang",
	type=click.Choice(LANGUAGES),
	default="en",
	show_default=True,
	help="language of what is written",
)
MOST = click.option(
	"--most", type=click.IntRange(min=0), default=10, show_default=True, help="how many to list of each kind"
)
AS_OF = click.option("--as-of", type=DATE, required=True, help="the date the night speaks of")
OUT = click.option(
	"--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="folder for the files"
)


def file_options(function: Function) -> Function:
	"""Add one option per kind of export, and --policy."""
	for kind in reversed(FILE_KINDS):
		function = click.option(
			f"--{kind.kind}",
			type=click.Path(path_type=Path),
			required=kind.kind in REQUIRED_FILES,
			help=f"{kind.kind}: CSV or XLSX with {', '.join(column.field for column in kind.columns)}",
		)(function)
	return click.option(
		"--policy", type=click.Path(path_type=Path), help="policy as TOML; see the command policy"
	)(function)


def case_file(kind: str, told: str, required: bool = True) -> Callable[[Function], Function]:
	"""Return an option for one of the files of `cases` and `alliance`."""
	return click.option(
		f"--{kind}",
		type=click.Path(path_type=Path, dir_okay=False),
		required=required,
		help=f"CSV or XLSX: {told}",
	)


def given_files(parameters: Mapping[str, Path | None]) -> dict[str, Path]:
	"""Return the exports that were given, by kind."""
	return {kind.kind: path for kind in FILE_KINDS if (path := parameters.get(kind.kind))}


def given_policy(path: Path | None) -> Mapping[str, Any]:
	"""Return the mapping of a policy file, an empty one for the defaults."""
	return read_policy(path) if path else {}


class TellingGroup(click.Group):
	"""Tells bad input as sentences on standard error and ends with status 2, as click does for its own."""

	def invoke(self, ctx: click.Context) -> Any:
		"""Run a command."""
		try:
			return super().invoke(ctx)
		except BadInput as refused:
			for sentence in refused.sentences:
				click.echo(sentence, err=True)
			ctx.exit(2)
		except (OSError, sqlite3.OperationalError) as error:
			# No permission, a full disk, a book in use: nothing of ours is wrong, so no traceback.
			raise click.ClickException(str(error)) from error

"""Words in the reader's language, from the same translations file that a site reads."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

LANGUAGES = ("en", "zh")


def translate(text: str, lang: str, doctype: str | None = None) -> str:
	"""Return `text` in `lang`, or `text` itself where the language has no entry; `{0}` is filled by the caller.

	`doctype` names the DocType whose meaning of a common word goes first.
	"""
	if lang == "en":
		return text
	if doctype and (meant := read_meanings(lang).get((text, doctype))):
		return meant
	return read_translations(lang).get(text, text)


@cache
def read_translations(lang: str) -> Mapping[str, str]:
	"""Return source text to translation as `translations/<lang>.csv` holds them; empty for an unknown language.

	A third column names the DocType in which a common word has our meaning; an entry without it goes first.
	"""
	rows = read_rows(lang)
	in_context = {row[0]: row[1] for row in rows if len(row) > 2}
	return MappingProxyType(in_context | {row[0]: row[1] for row in rows if len(row) == 2})


@cache
def read_meanings(lang: str) -> Mapping[tuple[str, str], str]:
	"""Return the entries of a DocType's own meaning, by source text and DocType."""
	return MappingProxyType({(row[0], row[2]): row[1] for row in read_rows(lang) if len(row) > 2})


def read_rows(lang: str) -> list[list[str]]:
	"""Return the rows of `translations/<lang>.csv`; none for an unknown language."""
	file = resources.files("cs_retention") / "translations" / f"{lang}.csv"
	if lang not in LANGUAGES or not file.is_file():
		return []
	lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
	return [row for row in csv.reader(lines) if len(row) > 1]

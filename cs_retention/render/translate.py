"""Words in the reader's language, from the same translations file that a site reads."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

LANGUAGES = ("en", "zh")


def translate(text: str, lang: str) -> str:
	"""Return `text` in `lang`, or `text` itself where the language has no entry; `{0}` is filled by the caller."""
	if lang == "en":
		return text
	return read_translations(lang).get(text, text)


@cache
def read_translations(lang: str) -> Mapping[str, str]:
	"""Return source text to translation as `translations/<lang>.csv` holds them; empty for an unknown language.

	A third column names the DocType in which a common word has our meaning; an entry without it goes first.
	"""
	file = resources.files("cs_retention") / "translations" / f"{lang}.csv"
	if lang not in LANGUAGES or not file.is_file():
		return MappingProxyType({})
	rows = [
		row for row in csv.reader(file.read_text(encoding="utf-8").splitlines(keepends=True)) if len(row) > 1
	]
	in_context = {row[0]: row[1] for row in rows if len(row) > 2}
	return MappingProxyType(in_context | {row[0]: row[1] for row in rows if len(row) == 2})

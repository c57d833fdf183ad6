"""Two policies over one book: who moves level, and what that does to the weekly calls of each person."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cs_retention.preview.book import Book, opened
from cs_retention.preview.listings import read_standings
from cs_retention.preview.nights import last_night, play_night
from cs_retention.preview.speech import Speech

MADE_BY_NIGHTS = (
	"Customer Callback Purpose",
	"Customer Callback",
	"Star Rating",
	"Customer Retention State",
)


@dataclass(frozen=True, slots=True)
class Effect:
	"""What a policy makes of a book: level or designation per customer, and calls per week and person."""

	levels: Mapping[str, str]
	weekly_calls: Mapping[str, float]


def compare(book: Book, policy: Mapping[str, Any]) -> tuple[Effect, Effect]:
	"""Return what the book's policy and another one make of the book on the date of its last night.

	Both start afresh on a copy, without any level in force: the difference is the policies' alone. The book stays
	as it is.
	"""
	night = last_night(book)
	own = book.policy.to_mapping()
	with TemporaryDirectory() as folder:
		effects = []
		for name, mapping in (("own", own), ("other", policy)):
			copy = Path(folder) / f"{name}.sqlite"
			_copy_without_nights(book.path, copy)
			with opened(copy, is_written=True) as tried:
				tried.note("policy", json.dumps(mapping))
				play_night(tried, night.as_of, night.horizon_days)
				effects.append(_effect(tried))
			copy.unlink()
	return effects[0], effects[1]


def differences(own: Effect, other: Effect, speech: Speech, most: int) -> Iterator[str]:
	"""Say who moves and how many calls a week everybody gets."""
	moved = [name for name, level in own.levels.items() if other.levels.get(name) != level]
	yield speech.say("{0} of {1} customers move", len(moved), len(own.levels))
	for name in moved[:most]:
		yield f"    {name}: {speech.say(own.levels[name])} → {speech.say(other.levels[name])}"
	if len(moved) > most:
		yield speech.say("and {0} more; --most shows them", len(moved) - most)
	yield speech.say("Calls per week")
	for person in sorted(own.weekly_calls.keys() | other.weekly_calls.keys()):
		before, after = own.weekly_calls.get(person, 0.0), other.weekly_calls.get(person, 0.0)
		yield f"    {person or speech.say('nobody')}: {before:.1f} → {after:.1f} ({after - before:+.1f})"


def _copy_without_nights(source: Path, target: Path) -> None:
	with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(target)) as copy:
		origin.backup(copy)
		for doctype in MADE_BY_NIGHTS:
			copy.execute(f"DELETE FROM `tab{doctype}`")
		copy.commit()


def _effect(book: Book) -> Effect:
	night = last_night(book)
	weeks = night.horizon_days / 7
	levels = {
		row.customer: "Key Account" if row.is_key_account else row.level.value
		for row in read_standings(book.store, night.as_of)
	}
	calls = {
		load.person: sum(count for day, count in load.loads.items() if day <= night.horizon_end) / weeks
		for load in night.loads
	}
	return Effect(levels, calls)

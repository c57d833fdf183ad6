"""Windows of one customer's contacts: days as integers, sets of days as bit masks (PLANNER, *cut*)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

Run = tuple[int, ...]
"""Working days that follow one another without a forbidden one between: a window lies within one run."""

Span = tuple[int, int]
"""First and last day of a window."""


def bits(mask: int) -> Iterator[int]:
	"""Yield the days of a mask, earliest first."""
	while mask:
		low = mask & -mask
		yield low.bit_length() - 1
		mask ^= low


def between(first: int, last: int) -> int:
	"""Return the mask of the days `first` to `last`; days before the axis and empty spans give none."""
	first = max(first, 0)
	return ((1 << (last + 1 - first)) - 1) << first if last >= first else 0


def runs(working: int, allowed: int) -> tuple[Run, ...]:
	"""Return the runs of allowed days; a working day that is not allowed ends a run, a free day does not."""
	found: list[Run] = []
	run: list[int] = []
	low = allowed & -allowed
	for day in bits(working & -low & ((1 << allowed.bit_length()) - 1)):
		if allowed >> day & 1:
			run.append(day)
		elif run:
			found.append(tuple(run))
			run = []
	if run:
		found.append(tuple(run))
	return tuple(found)


def place(
	choices: Sequence[Sequence[Run]], distances: Sequence[int], lengths: Sequence[int]
) -> list[Span] | None:
	"""Return the earliest windows of `lengths` working days in the order given, or None when they do not fit.

	`choices` has the runs of each contact; its window starts at least its distance after the end of the one before.
	Earliest first leaves the most days to those that follow, so None means that no placing exists.
	"""
	spans: list[Span] = []
	end: int | None = None
	for choice, distance, length in zip(choices, distances, lengths, strict=True):
		floor = choice[0][0] if end is None and choice else (end or 0) + distance
		span = _earliest(choice, floor, length)
		if span is None:
			return None
		spans.append(span)
		end = span[1]
	return spans


def _earliest(choice: Sequence[Run], floor: int, length: int) -> Span | None:
	for run in choice:
		first = bisect_left(run, floor)
		if first + length <= len(run):
			return run[first], run[first + length - 1]
	return None


def grow(choices: Sequence[Sequence[Run]], distances: Sequence[int]) -> list[Span]:
	"""Return windows that grow together, a working day each in turn, until none can.

	The result is disjoint, any choice of days in it keeps the distances, and no window can take in one more day.
	ValueError when not even single days fit.
	"""
	lengths = [1] * len(choices)
	spans = place(choices, distances, lengths)
	if spans is None:
		raise ValueError(f"{len(choices)} windows do not fit")
	growing = list(range(len(choices)))
	while growing:
		still = []
		for index in growing:
			lengths[index] += 1
			longer = place(choices, distances, lengths)
			if longer is None:
				lengths[index] -= 1
			else:
				spans = longer
				still.append(index)
		growing = still
	return spans

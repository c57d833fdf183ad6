"""People planned together: whoever may have to call for another stands in one group with that person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

NOBODY = ""
"""Stands for whom nobody answers for."""


def groups_of_people(
	customers: Mapping[str, int], ties: Iterable[tuple[str, str]], at_most: int
) -> list[tuple[str, ...]]:
	"""Return everybody in groups, tied people in the same one, of at most `at_most` customers as far as ties allow.

	`customers` counts the customers of each person, NOBODY included; a tie may name people without any. The same
	people and ties in any order give the same groups, in order of their first names.
	"""
	leaders = _leaders(customers, ties)
	bound: dict[str, list[str]] = {}
	for person in sorted(leaders):
		bound.setdefault(_leader(leaders, person), []).append(person)
	groups: list[tuple[str, ...]] = []
	filled = 0
	for people in bound.values():
		size = sum(customers.get(person, 0) for person in people)
		if not groups or filled + size > at_most:
			groups.append(())
			filled = 0
		groups[-1] += tuple(people)
		filled += size
	return groups


def _leaders(customers: Mapping[str, int], ties: Iterable[tuple[str, str]]) -> dict[str, str]:
	"""Return a person's way to the leader of those tied to it."""
	leaders = {person: person for person in customers}
	for one, other in ties:
		first, second = sorted(_leader(leaders, person) for person in (one, other))
		leaders[second] = first
	return leaders


def _leader(leaders: dict[str, str], person: str) -> str:
	leaders.setdefault(person, person)
	while leaders[person] != person:
		leaders[person] = leaders[leaders[person]]
		person = leaders[person]
	return person

"""The book-wide figures of one run; every page of customers is compared with the same ones."""

from __future__ import annotations

import json
from array import array
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, replace
from datetime import date
from fractions import Fraction
from typing import NamedTuple
from zlib import compress, decompress

from cs_retention.engine.health import median_gap
from cs_retention.engine.night import keeps_figures
from cs_retention.engine.policy import Policy
from cs_retention.engine.star_rating import RevenueStanding
from cs_retention.engine.vocabulary import ContactDocument
from cs_retention.facts.basis import count_customers, read_book_figures
from cs_retention.facts.book import BookShape, read_shape
from cs_retention.facts.given_levels import GIVEN
from cs_retention.facts.source import kept
from cs_retention.nightly.collector import collector_paused
from cs_retention.nightly.contacts import Gathering, gathering_of
from cs_retention.store.base import Store

RELEASES = "Release File"


class FiguresOf(NamedTuple):
	"""The day on which figures of the book were read, how many customers it had, and from which history on they are rated."""

	read_on: date
	customers: int
	months_before_rating: int


@dataclass(frozen=True, slots=True)
class Basis:
	"""What a run compares every customer with, as of its date.

	`gap` is the book's median gap between purchase days (None without repeat buyers), `standing` the 12-month
	revenues of the rated customers per company, `has_given_levels` whether overrides or imported levels are kept,
	`gathering` which documents are looked for that tell of a contact, `has_released` whether customers were let go.
	`figures` tells of which book gap and standing are.
	"""

	as_of: date
	shape: BookShape
	gap: Fraction | None
	standing: RevenueStanding
	gathering: Gathering
	figures: FiguresOf
	has_given_levels: bool = False
	has_released: bool = False


def read_basis(store: Store, policy: Policy, as_of: date, before: Basis | None = None) -> Basis:
	"""Read the basis of a run; the figures of the book are those of an earlier one where they still hold."""
	shape = read_shape(store)
	figures = FiguresOf(as_of, count_customers(store), policy.stars.months_before_rating)
	if before is not None and _still_hold(before, figures, shape):
		gap, standing, figures = before.gap, before.standing, before.figures
	else:
		gap, standing = _read_figures(store, shape, figures)
	gathering = gathering_of(store, policy, as_of)
	given, released = _given_and_released(store)
	return Basis(as_of, shape, gap, standing, gathering, figures, given, released)


def by_day(store: Store, basis: Basis) -> Basis:
	"""Return the basis of a night as it is by day: of levels given, and customers let go, the first may be of today."""
	given, released = _given_and_released(store)
	return replace(basis, has_given_levels=given, has_released=released)


def _given_and_released(store: Store) -> tuple[bool, bool]:
	"""Tell whether overrides or imported levels are kept, and whether customers were let go."""
	found = kept(store, (*GIVEN, RELEASES))
	return not found.isdisjoint(GIVEN), RELEASES in found


def _still_hold(before: Basis, now: FiguresOf, shape: BookShape) -> bool:
	"""Tell whether the figures of an earlier basis are to be compared with now; those of a book without repeat buyers are not."""
	then = before.figures
	if before.gap is None:
		return False
	is_same_book = (then.months_before_rating, before.shape.companies) == (
		now.months_before_rating,
		shape.companies,
	)
	return is_same_book and keeps_figures(then.read_on, now.read_on, then.customers, now.customers)


@collector_paused()
def _read_figures(
	store: Store, shape: BookShape, figures: FiguresOf
) -> tuple[Fraction | None, RevenueStanding]:
	"""Read gap and standing, streaming the book once."""
	with store.overlapping():
		found = read_book_figures(store, shape, figures.read_on, figures.months_before_rating)
	return median_gap(found.spans()), RevenueStanding(found.revenues)


def dump_basis(basis: Basis) -> str:
	"""Return a basis as text that gives back the very same numbers, wherever a run is resumed."""
	revenues = {
		company: b64encode(compress(array("d", found).tobytes())).decode("ascii")
		for company, found in basis.standing.by_company.items()
	}
	return json.dumps(
		{
			"as_of": basis.as_of.isoformat(),
			"shape": asdict(basis.shape),
			"gap": None if basis.gap is None else [basis.gap.numerator, basis.gap.denominator],
			"revenues": revenues,
			"documents": [kind.value for kind in basis.gathering.documents],
			"documents_since": basis.gathering.since.isoformat(),
			"has_given_levels": basis.has_given_levels,
			"has_released": basis.has_released,
			"figures": [basis.figures.read_on.isoformat(), *basis.figures[1:]],
		},
		ensure_ascii=False,
	)


def load_basis(text: str) -> Basis:
	"""Return the basis that `dump_basis` wrote."""
	stored = json.loads(text)
	shape, gap = stored["shape"], stored["gap"]
	revenues = {
		company: array("d", decompress(b64decode(packed))) for company, packed in stored["revenues"].items()
	}
	as_of, since = (date.fromisoformat(stored[name]) for name in ("as_of", "documents_since"))
	# A night that an older release began says less.
	read_on, *counts = stored.get("figures") or (stored["as_of"], 0, 0)
	return Basis(
		as_of,
		BookShape(**{**shape, "companies": tuple(shape["companies"])}),
		None if gap is None else Fraction(*gap),
		RevenueStanding(revenues),
		Gathering(tuple(map(ContactDocument, stored["documents"])), since, as_of),
		FiguresOf(date.fromisoformat(read_on), *counts),
		stored["has_given_levels"],
		stored.get("has_released", False),
	)


def load_earlier(text: str | None) -> Basis | None:
	"""Return the basis of an earlier night; None where there is none, or it is of a release that kept it otherwise."""
	is_ours = bool(text) and json.loads(text or "{}").get("figures") is not None
	return load_basis(text or "") if is_ours else None

"""The book-wide figures of one run; every page of customers is compared with the same ones."""

from __future__ import annotations

import json
from array import array
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from zlib import compress, decompress

from cs_retention.engine.health import median_gap
from cs_retention.engine.policy import Policy
from cs_retention.engine.star_rating import RevenueStanding
from cs_retention.engine.vocabulary import ContactDocument
from cs_retention.facts.basis import read_book_figures
from cs_retention.facts.book import BookShape, read_shape
from cs_retention.facts.given_levels import has_given_levels
from cs_retention.facts.source import has_any
from cs_retention.nightly.collector import collector_paused
from cs_retention.nightly.contacts import Gathering, gathering_of
from cs_retention.store.base import Store


@dataclass(frozen=True, slots=True)
class Basis:
	"""What a run compares every customer with, as of its date.

	`gap` is the book's median gap between purchase days (None without repeat buyers), `standing` the 12-month
	revenues of the rated customers per company, `has_given_levels` whether overrides or imported levels are kept,
	`gathering` which documents are looked for that tell of a contact, `has_released` whether customers were let go.
	"""

	as_of: date
	shape: BookShape
	gap: Fraction | None
	standing: RevenueStanding
	gathering: Gathering
	has_given_levels: bool = False
	has_released: bool = False


@collector_paused()
def read_basis(store: Store, policy: Policy, as_of: date) -> Basis:
	"""Read the basis of a run, streaming the book once."""
	shape = read_shape(store)
	with store.overlapping():
		figures = read_book_figures(store, shape, as_of, policy.stars.months_before_rating)
	gap, standing = median_gap(figures.spans()), RevenueStanding(figures.revenues)
	gathering = gathering_of(store, policy, as_of)
	given, released = has_given_levels(store), has_any(store, "Release File")
	return Basis(as_of, shape, gap, standing, gathering, given, released)


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
	return Basis(
		as_of,
		BookShape(**{**shape, "companies": tuple(shape["companies"])}),
		None if gap is None else Fraction(*gap),
		RevenueStanding(revenues),
		Gathering(tuple(map(ContactDocument, stored["documents"])), since, as_of),
		stored["has_given_levels"],
		stored.get("has_released", False),
	)

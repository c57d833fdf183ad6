"""The book-wide figures of one run; every page of customers is compared with the same ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from cs_retention.engine.health import median_gap
from cs_retention.engine.policy import Policy
from cs_retention.engine.star_rating import RevenueStanding
from cs_retention.facts.basis import read_book_figures
from cs_retention.facts.book import BookShape, read_shape
from cs_retention.facts.given_levels import has_given_levels
from cs_retention.store.base import Store


@dataclass(frozen=True, slots=True)
class Basis:
	"""What a run compares every customer with, as of its date.

	`gap` is the book's median gap between purchase days (None without repeat buyers), `standing` the 12-month
	revenues of the rated customers per company, `has_given_levels` whether overrides or imported levels are kept.
	"""

	as_of: date
	shape: BookShape
	gap: Fraction | None
	standing: RevenueStanding
	has_given_levels: bool = False


def read_basis(store: Store, policy: Policy, as_of: date) -> Basis:
	"""Read the basis of a run, streaming the book once."""
	shape = read_shape(store)
	figures = read_book_figures(store, shape, as_of, policy.stars.months_before_rating)
	gap, standing = median_gap(figures.spans()), RevenueStanding(figures.revenues)
	return Basis(as_of, shape, gap, standing, has_given_levels(store))

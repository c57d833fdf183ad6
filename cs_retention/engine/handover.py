"""Handing a book over: to whom each customer goes, and what cannot be moved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum


class HandoverRole(str, Enum):
	"""What a person is to the customers that are handed over."""

	ACCOUNT_MANAGER = "Account Manager"
	BACKUP = "Backup"
	BOTH = "Both"


class SplitRule(str, Enum):
	"""How customers are dealt out among several people."""

	FEWEST_CUSTOMERS = "Fewest Customers"
	LEAST_REVENUE = "Least Revenue"
	ROUND_ROBIN = "Round Robin"


class HandoverStatus(str, Enum):
	"""Life of a hand-over: tried before it is submitted, moved in the background from then on."""

	DRAFT = "Draft"
	TRIED = "Tried"
	MOVING = "Moving"
	DONE = "Done"


class RowStatus(str, Enum):
	"""What becomes of one customer: proposed, moved, or left as it is with a reason."""

	PROPOSED = "Proposed"
	MOVED = "Moved"
	LEFT = "Left"


class Left(str, Enum):
	"""Why a customer is not moved."""

	NOBODY_ELSE = "nobody_else"
	CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Share:
	"""A customer that is handed over: its 12-month revenue, and who stands in its other role."""

	customer: str
	revenue: float = 0.0
	other: str | None = None


@dataclass(slots=True)
class Book:
	"""What a person answers for in the role: how many customers, and their revenue."""

	person: str
	customers: int = 0
	revenue: float = 0.0
	turns: int = field(default=0, repr=False)

	def take(self, share: Share) -> None:
		"""Add a customer."""
		self.customers += 1
		self.revenue += share.revenue
		self.turns += 1


Weight = Callable[[Book], tuple[float, str]]
WEIGHTS: Mapping[SplitRule, Weight] = {
	SplitRule.FEWEST_CUSTOMERS: lambda book: (book.customers, book.person),
	SplitRule.LEAST_REVENUE: lambda book: (book.revenue, book.person),
	SplitRule.ROUND_ROBIN: lambda book: (book.turns, book.person),
}
"""The next customer goes to the lightest book; names decide between equals."""


def split(shares: Iterable[Share], books: Sequence[Book], rule: SplitRule) -> dict[str, str | None]:
	"""Return to whom each customer goes; None where everybody named stands in the customer's other role.

	Customers are dealt out by revenue, the largest first, so that the last ones level what the first have weighed;
	in turn they are dealt out by name. The same customers and people in any order give the same.
	"""
	books = [Book(book.person, book.customers, book.revenue) for book in books]
	found: dict[str, str | None] = {}
	for share in sorted(shares, key=_in_turn if rule is SplitRule.ROUND_ROBIN else _largest_first):
		able = [book for book in books if book.person != share.other]
		taker = min(able, key=WEIGHTS[rule], default=None)
		if taker:
			taker.take(share)
		found[share.customer] = taker.person if taker else None
	return found


def _in_turn(share: Share) -> str:
	return share.customer


def _largest_first(share: Share) -> tuple[float, str]:
	return -share.revenue, share.customer

"""Star levels as the policy in force gives them on a day, from nothing that came after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from cs_retention.engine.backtest_signs import Knowledge
from cs_retention.engine.policy import Policy
from cs_retention.engine.star_rating import RevenueStanding, rate
from cs_retention.engine.vocabulary import KEY_ACCOUNT
from cs_retention.facts.basis import read_book_figures
from cs_retention.facts.book import BookShape, CustomerRow, page_of, read_shape
from cs_retention.facts.invoices import read_revenue_by_company
from cs_retention.facts.items import read_item_groups
from cs_retention.facts.past import read_knowledge, read_past_customers
from cs_retention.store.base import Store


@dataclass(frozen=True, slots=True)
class LevelsThen:
	"""What every customer is compared with on a day, read once for the whole book."""

	store: Store
	policy: Policy
	shape: BookShape
	standing: RevenueStanding
	day: date
	known: Knowledge

	@classmethod
	def on(cls, store: Store, policy: Policy, day: date, is_past: bool = True) -> LevelsThen:
		"""Read what every customer is compared with on a day; on a past one with those who were disabled since."""
		shape = read_shape(store)
		figures = read_book_figures(store, shape, day, policy.stars.months_before_rating, is_past)
		return cls(store, policy, shape, RevenueStanding(figures.revenues), day, read_knowledge(store))

	def of(self, page: Sequence[CustomerRow]) -> dict[str, str]:
		"""Return the level of every customer of a page, a key account as such, by folded customer."""
		selection = page_of(page)
		revenues = read_revenue_by_company(self.store, selection, self.day)
		groups = read_item_groups(self.store, selection, self.day) if self.shape.has_items else None
		levels = {}
		for row, facts in zip(
			page,
			read_past_customers(self.store, page, self.policy.complaints, self.day, self.known),
			strict=True,
		):
			known_then = replace(
				facts,
				revenue_12m_by_company=revenues.get(row.key, ()),
				item_groups=groups.get(row.key, 0) if groups is not None else None,
			)
			rating = rate(known_then, self.policy.stars, self.standing, self.day)
			levels[row.key] = KEY_ACCOUNT if rating.is_key_account else rating.level.value
		return levels

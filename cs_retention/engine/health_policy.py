"""What decides health: both cards, deductions, caps and bands (RULES section 2)."""

from __future__ import annotations

from dataclasses import dataclass, field

from cs_retention.engine.reasons import PolicyError
from cs_retention.engine.steps import Steps, decimal_steps, falling, rising, whole
from cs_retention.engine.vocabulary import SignalRule


@dataclass(frozen=True, slots=True)
class FreeCard:
	"""Parts of a free buyer's health; the best points of the three parts add to 100.

	`recency` has upper bounds of days since the last purchase over the median gap of the book, `lateness` over
	the customer's own gap, `repeats` lower bounds of purchase days after the first. `usual_gap` is the median
	gap in days of a book without repeat buyers.
	"""

	recency: Steps = field(default=decimal_steps((0.5, 40), (1, 34), (1.5, 28), (2, 22), (3, 14), (4, 6)))
	lateness: Steps = field(default=decimal_steps((0.5, 30), (1, 25), (2, 18), (3, 10), (5, 4)))
	repeats: Steps = field(default=decimal_steps((0, 0), (1, 8), (2, 13), (3, 18), (5, 24), (10, 30)))
	usual_gap: int = 30

	def __post_init__(self) -> None:
		object.__setattr__(self, "recency", falling("free.recency", self.recency))
		object.__setattr__(self, "lateness", falling("free.lateness", self.lateness))
		object.__setattr__(self, "repeats", rising("free.repeats", self.repeats))
		whole("free.usual_gap", self.usual_gap, 1, 3650)
		best = sum(self.best_points.values())
		if best != 100:
			raise PolicyError("free", best, "let the best points of recency, lateness and repeats add to 100")

	@property
	def best_points(self) -> dict[str, int]:
		"""The best points of each part, in the order of the card."""
		return {
			"recency": self.recency[0][1],
			"lateness": self.lateness[0][1],
			"repeats": self.repeats[-1][1],
		}


@dataclass(frozen=True, slots=True)
class ContractCard:
	"""Parts of a contract customer's health; the best points of the six parts add to 100.

	`bill_trend` has lower bounds of the last three months' bills over the three before, `commitment` days left
	that must be exceeded, `arrears` upper bounds of the oldest overdue in days, `tenure` lower bounds of
	months. `service` gives its points for no complaint, one that is closed, one open or more than one, and a
	serious one or low satisfaction; `contact` for due callbacks reached, one missed, two missed, refused.
	"""

	bill_trend: Steps = field(default=decimal_steps((0, 0), (0.5, 6), (0.75, 14), (0.9, 21), (1, 25)))
	commitment: Steps = field(default=decimal_steps((0, 6), (60, 14), (180, 20)))
	no_commitment: int = 4
	unknown_commitment: int = 12
	arrears: Steps = field(default=decimal_steps((0, 20), (15, 15), (30, 9), (60, 3)))
	service: tuple[int, int, int, int] = (15, 10, 4, 0)
	service_days: int = 90
	tenure: Steps = field(default=decimal_steps((0, 3), (6, 5), (12, 7), (36, 10)))
	contact: tuple[int, int, int, int] = (10, 6, 2, 0)

	def __post_init__(self) -> None:
		for name in ("bill_trend", "commitment", "tenure"):
			object.__setattr__(self, name, rising(f"contract.{name}", getattr(self, name)))
		object.__setattr__(self, "arrears", falling("contract.arrears", self.arrears))
		self._check_counts()
		for name in ("service", "contact"):
			object.__setattr__(self, name, _four_falling(f"contract.{name}", getattr(self, name)))
		best = sum(self.best_points.values())
		if best != 100:
			raise PolicyError("contract", best, "let the best points of the six parts add to 100")

	@property
	def best_points(self) -> dict[str, int]:
		"""The best points of each part, in the order of the card."""
		return {
			"bill_trend": self.bill_trend[-1][1],
			"commitment": self.commitment[-1][1],
			"arrears": self.arrears[0][1],
			"service": self.service[0],
			"tenure": self.tenure[-1][1],
			"contact": self.contact[0],
		}

	def _check_counts(self) -> None:
		if self.arrears[0][0] != 0:
			raise PolicyError("contract.arrears", self.arrears[0][0], "let the first bound be 0")
		for bound, _ in self.tenure:
			if bound != int(bound):
				raise PolicyError("contract.tenure", bound, "give whole months as bounds")
		whole("contract.no_commitment", self.no_commitment, 0, self.commitment[-1][1])
		whole("contract.unknown_commitment", self.unknown_commitment, 0, self.commitment[-1][1])
		whole("contract.service_days", self.service_days, 1, 366)


def _four_falling(name: str, points: object) -> tuple[int, int, int, int]:
	if not isinstance(points, tuple | list) or len(points) != 4:
		raise PolicyError(name, points, "give four whole numbers")
	best, second, third, worst = (whole(name, value, 0, 100) for value in points)
	if not best >= second >= third >= worst:
		raise PolicyError(name, points, "give four whole numbers, none above the one before")
	return best, second, third, worst


@dataclass(frozen=True, slots=True)
class Deductions:
	"""Points taken from a free buyer's health and the most that they take together."""

	overdue_growing: int = 5
	two_complaints: int = 8
	serious_complaint: int = 12
	low_satisfaction: int = 5
	unreached: int = 5
	contract_ending: int = 8
	contract_ending_days: int = 60
	revenue_fallen: int = 8
	most: int = 30

	def __post_init__(self) -> None:
		for name in (
			"overdue_growing",
			"two_complaints",
			"serious_complaint",
			"low_satisfaction",
			"unreached",
		):
			whole(f"deductions.{name}", getattr(self, name), 0, 100)
		for name in ("contract_ending", "revenue_fallen", "most"):
			whole(f"deductions.{name}", getattr(self, name), 0, 100)
		whole("deductions.contract_ending_days", self.contract_ending_days, 0, 366)


@dataclass(frozen=True, slots=True)
class Caps:
	"""Highest health under a missing monthly bill, from so many days after its usual date, and a warning."""

	late_bill_days: int = 15
	late_bill: int = 39
	missing_bill_days: int = 45
	missing_bill: int = 19
	warning: int = 39

	def __post_init__(self) -> None:
		whole("caps.late_bill_days", self.late_bill_days, 0, 366)
		whole("caps.missing_bill_days", self.missing_bill_days, self.late_bill_days + 1, 732)
		whole("caps.late_bill", self.late_bill, 0, 100)
		whole("caps.missing_bill", self.missing_bill, 0, self.late_bill)
		whole("caps.warning", self.warning, 0, 100)


@dataclass(frozen=True, slots=True)
class BandBounds:
	"""Least health of each band, strictly descending; below the last one health is critical."""

	healthy: int = 60
	watch: int = 40
	at_risk: int = 20

	def __post_init__(self) -> None:
		whole("bands.healthy", self.healthy, 1, 100)
		for name, value, above in (
			("watch", self.watch, self.healthy),
			("at_risk", self.at_risk, self.watch),
		):
			whole(f"bands.{name}", value, 1, 100)
			if value >= above:
				raise PolicyError(
					f"bands.{name}", value, "give less than {above}, the bound of the band above", above=above
				)


NIGHT_RULES = tuple(SignalRule)[: tuple(SignalRule).index(SignalRule.LOOKS_BILLED) + 1]
"""Rules whose facts the night finds."""


@dataclass(frozen=True, slots=True)
class SignalPolicy:
	"""When a fact becomes a signal.

	Lateness asks for so many purchases after the first. `lost_after_days` after the last purchase a free buyer is lost,
	and no warning helps any more. `silent` names rules that raise none.
	"""

	lateness_repeats: int = 2
	lost_after_days: int = 365
	silent: tuple[str, ...] = ()

	def __post_init__(self) -> None:
		whole("signals.lateness_repeats", self.lateness_repeats, 0, 1000)
		whole("signals.lost_after_days", self.lost_after_days, 1, 3650)
		for rule in self.silent:
			if rule not in [known.value for known in NIGHT_RULES]:
				raise PolicyError(
					"signals.silent",
					rule,
					"give rules that the night finds: {known}",
					known=", ".join(known.value for known in NIGHT_RULES),
				)


@dataclass(frozen=True, slots=True)
class HealthPolicy:
	"""How health is assessed; the defaults are RULES section 2."""

	free: FreeCard = field(default_factory=FreeCard)
	contract: ContractCard = field(default_factory=ContractCard)
	deductions: Deductions = field(default_factory=Deductions)
	caps: Caps = field(default_factory=Caps)
	bands: BandBounds = field(default_factory=BandBounds)
	signals: SignalPolicy = field(default_factory=SignalPolicy)
	low_satisfaction_at: int = 2
	"""A satisfaction from 1 to 5 is low up to here."""

	def __post_init__(self) -> None:
		whole("low_satisfaction_at", self.low_satisfaction_at, 0, 5)

	def __hash__(self) -> int:
		"""Return a cheap hash: a policy is looked up once per customer and there are few of them."""
		return hash((self.bands.healthy, self.bands.watch, self.caps.warning, self.deductions.most))

"""What became of customers who once looked like this: health of a past date against what happened since."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import accumulate, pairwise

from cs_retention.engine.ranking import CONFIDENCE, Ranking, Verdict, lift, rank
from cs_retention.engine.reasons import Reason
from cs_retention.engine.steps import whole
from cs_retention.engine.vocabulary import DRIFTING_BANDS, Band, Card

REASONS: Mapping[str, tuple[str, ...]] = {
	"ranks": ("auc", "low", "high"),
	"ranks_by_chance": ("auc", "low", "high"),
	"ranks_backwards": ("auc", "low", "high"),
	"too_few_customers": ("customers", "least"),
	"too_few_stayed": ("customers", "least"),
	"too_few_left": ("customers", "least"),
	"window_too_short": ("days", "least"),
	"too_little_history": ("days", "least"),
	"bands_out_of_order": (),
	"bought_again": ("customers", "share", "days"),
	"bought_again_of_a_year": ("customers", "share"),
	"still_billed": ("customers", "share", "days"),
	"still_billed_of_a_year": ("customers", "share"),
	"too_few_alike": ("customers", "least"),
}
"""Every code a back-test speaks in, with the figures of its sentence."""

WARNED = "warned"
"""The rule of rules: the customer stood At Risk or Critical."""

YEAR = (365, 366)
STAYED: Mapping[Card, tuple[str, str]] = {
	Card.FREE_BUYER: ("bought_again", "bought_again_of_a_year"),
	Card.CONTRACT_CUSTOMER: ("still_billed", "still_billed_of_a_year"),
}
VERDICTS: Mapping[Verdict, str] = {
	Verdict.RANKS: "ranks",
	Verdict.CHANCE: "ranks_by_chance",
	Verdict.BACKWARDS: "ranks_backwards",
}
BAND_ORDER = (Band.HEALTHY, Band.WATCH, Band.AT_RISK, Band.CRITICAL)


@dataclass(frozen=True, slots=True)
class BacktestPolicy:
	"""The least there must be before a back-test says anything.

	`least_customers` per card, `least_events` who stayed and who left, `least_alike` of a card and band for a sentence on
	the form, `least_window` days since the past date, `least_history` days of history before it.
	"""

	least_customers: int = 100
	least_events: int = 10
	least_alike: int = 20
	least_window: int = 60
	least_history: int = 180

	def __post_init__(self) -> None:
		for name in ("least_customers", "least_events", "least_alike", "least_window"):
			whole(name, getattr(self, name), 1, 1_000_000)
		whole("least_history", self.least_history, 0, 3650)


@dataclass(frozen=True, slots=True)
class Observation:
	"""One customer as of a past date, and what happened.

	`rules` are the codes that spoke against the customer. `lead` is None for one who stayed, else how many days after
	the past date the loss counted as one.
	"""

	card: Card
	health: int
	band: Band
	rules: tuple[str, ...]
	lead: int | None


@dataclass(frozen=True, slots=True)
class BandResult:
	"""How many customers had a band, and how many of them stayed."""

	band: Band
	customers: int
	stayed: int

	@property
	def share(self) -> Fraction | None:
		"""The share of those who stayed; None without customers."""
		return Fraction(self.stayed, self.customers) if self.customers else None


@dataclass(frozen=True, slots=True)
class RuleResult:
	"""What a rule was worth: of those it named, how many left, and how many days before that, in the median."""

	rule: str
	fired: int
	left: int
	lead: Fraction | None
	recall: Fraction | None

	@property
	def precision(self) -> Fraction:
		"""The share of those named who left."""
		return Fraction(self.left, self.fired)


@dataclass(frozen=True, slots=True)
class CardResult:
	"""What one card was worth; `ranking` and `lift` are None where nobody left or nobody stayed."""

	card: Card
	customers: int
	stayed: int
	ranking: Ranking | None
	lift: Fraction | None
	bands: tuple[BandResult, ...]
	rules: tuple[RuleResult, ...]
	verdict: Verdict
	reasons: tuple[Reason, ...]

	@property
	def left(self) -> int:
		"""How many left."""
		return self.customers - self.stayed


@dataclass(frozen=True, slots=True)
class BacktestSpan:
	"""The past date, the last day looked at after it, and the first purchase the book knows."""

	as_of: date
	until: date
	first_purchase: date | None

	@property
	def window(self) -> int:
		"""Days that passed since the past date."""
		return (self.until - self.as_of).days

	@property
	def history(self) -> int:
		"""Days of history before the past date."""
		return max(0, (self.as_of - self.first_purchase).days) if self.first_purchase else 0


@dataclass(slots=True)
class _Tally:
	"""Counts of one card; what it holds does not grow with the customers."""

	stayed: Counter[int] = field(default_factory=Counter)
	left: Counter[int] = field(default_factory=Counter)
	bands: Counter[tuple[Band, bool]] = field(default_factory=Counter)
	fired: Counter[str] = field(default_factory=Counter)
	leads: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

	def add(self, seen: Observation) -> None:
		"""Count one customer."""
		has_stayed = seen.lead is None
		(self.stayed if has_stayed else self.left)[seen.health] += 1
		self.bands[seen.band, has_stayed] += 1
		rules = {*seen.rules, WARNED} if seen.band in DRIFTING_BANDS else set(seen.rules)
		self.fired.update(rules)
		if seen.lead is not None:
			for rule in rules:
				self.leads[rule][seen.lead] += 1


def judge(
	observations: Iterable[Observation], span: BacktestSpan, policy: BacktestPolicy
) -> tuple[CardResult, ...]:
	"""Return what each card was worth as of a past date, in the order of the cards; cards without customers too."""
	tallies = {card: _Tally() for card in Card}
	for seen in observations:
		tallies[seen.card].add(seen)
	return tuple(_card_result(card, tally, span, policy) for card, tally in tallies.items())


def _card_result(card: Card, tally: _Tally, span: BacktestSpan, policy: BacktestPolicy) -> CardResult:
	stayed, left = tally.stayed.total(), tally.left.total()
	bands = tuple(
		BandResult(band, tally.bands[band, True] + tally.bands[band, False], tally.bands[band, True])
		for band in BAND_ORDER
	)
	ranking = rank(tally.stayed, tally.left)
	lacks = _lacking(stayed, left, span, policy)
	verdict = ranking.verdict if ranking and not lacks else Verdict.TOO_LITTLE
	return CardResult(
		card,
		stayed + left,
		stayed,
		ranking,
		lift(tally.stayed, tally.left),
		bands,
		_rule_results(tally, left),
		verdict,
		lacks or _judged(ranking, bands, policy),
	)


def _lacking(stayed: int, left: int, span: BacktestSpan, policy: BacktestPolicy) -> tuple[Reason, ...]:
	"""Return why nothing can be said; nothing where something can."""
	customers, least, events = stayed + left, policy.least_customers, policy.least_events
	found = (
		(
			span.window < policy.least_window,
			Reason.of("window_too_short", days=span.window, least=policy.least_window),
		),
		(
			span.history < policy.least_history,
			Reason.of("too_little_history", days=span.history, least=policy.least_history),
		),
		(customers < least, Reason.of("too_few_customers", customers=customers, least=least)),
		(stayed < events, Reason.of("too_few_stayed", customers=stayed, least=events)),
		(left < events, Reason.of("too_few_left", customers=left, least=events)),
	)
	return tuple(reason for lacks, reason in found if lacks)


def _judged(
	ranking: Ranking | None, bands: tuple[BandResult, ...], policy: BacktestPolicy
) -> tuple[Reason, ...]:
	"""Return the verdict as a reason, and whether a worse band did better than the one above it."""
	assert ranking is not None
	low, high = ranking.interval
	figures = (("auc", round(float(ranking.auc), 3)), ("low", round(low, 3)), ("high", round(high, 3)))
	said = Reason(VERDICTS[ranking.verdict], figures)
	known = [row for row in bands if row.customers >= policy.least_alike]
	is_in_order = not any(_did_better(worse, better) for better, worse in pairwise(known))
	return (said,) if is_in_order else (said, Reason("bands_out_of_order"))


def _did_better(worse: BandResult, better: BandResult) -> bool:
	"""Tell whether more of the worse band stayed than of the better one, by more than chance would have it."""
	above = Fraction(worse.stayed, worse.customers) - Fraction(better.stayed, better.customers)
	return above > 0 and above * above > CONFIDENCE * CONFIDENCE * (_variance(worse) + _variance(better))


def _variance(band: BandResult) -> Fraction:
	"""Return the variance of the share who stayed."""
	return Fraction(band.stayed * (band.customers - band.stayed), band.customers**3)


def _rule_results(tally: _Tally, left: int) -> tuple[RuleResult, ...]:
	"""Return what each rule was worth, the one that named most customers first."""
	results = []
	for rule, fired in tally.fired.items():
		leads = tally.leads[rule] if rule in tally.leads else Counter()
		caught = leads.total()
		recall = Fraction(caught, left) if left else None
		results.append(RuleResult(rule, fired, caught, median(leads), recall))
	return tuple(sorted(results, key=lambda row: (-row.fired, row.rule)))


def median(counted: Mapping[int, int]) -> Fraction | None:
	"""Return the median of numbers that occur so many times; None without any."""
	total = sum(counted.values())
	if not total:
		return None
	middles = (_at(counted, (total - 1) // 2), _at(counted, total // 2))
	return Fraction(sum(middles), 2)


def _at(counted: Mapping[int, int], place: int) -> int:
	"""Return the number at a place, counted from 0, of all in ascending order."""
	passed = accumulate(counted[number] for number in sorted(counted))
	return next(number for number, until in zip(sorted(counted), passed, strict=True) if place < until)


def words(card: Card, found: BandResult, window: int, policy: BacktestPolicy) -> Reason:
	"""Return what became of the customers of a card who had a band `window` days ago: the sentence of the form."""
	share = found.share
	if share is None or found.customers < policy.least_alike:
		return Reason.of("too_few_alike", customers=found.customers, least=policy.least_alike)
	code, of_a_year = STAYED[card]
	figures = {"customers": found.customers, "share": round(float(share), 4)}
	if window in YEAR:
		return Reason.of(of_a_year, **figures)
	return Reason.of(code, **figures, days=window)

"""What a replayed alliance says: a row per merchant, and a summary of who moves, is spared, is proposed for elimination."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from cs_retention.engine.alliance import AXES, Assessment
from cs_retention.engine.alliance_life import contract_notice, exchange_months
from cs_retention.engine.vocabulary import Criterion, MerchantStatus, Tier
from cs_retention.engine.workdays import month_span, span_label
from cs_retention.preview.alliance import Merchant
from cs_retention.preview.alliance_files import MONTHS
from cs_retention.preview.speech import INDENT, Speech
from cs_retention.render import formats
from cs_retention.render.exports import Cell, write_csv
from cs_retention.render.wording import sentence

HEADER = (
	"merchant", "category", "territory", "status", "tier_before", "tier", *(each.name.lower() for each in Criterion),
	"axes", "next_tier", "lacks", "reviews_in_probation", "elimination_proposed", "replacements", "sanctioned_until",
	"contract_end", "contract_notice", "exchange_due", "why",
)  # fmt: skip
RANK = {tier: rank for rank, tier in enumerate(Tier)}


def write_standing(merchants: Sequence[Merchant], quarter: date, folder: Path, lang: str) -> Path:
	"""Write standing.csv into a folder and return its path."""
	folder.mkdir(parents=True, exist_ok=True)
	write_csv(folder / "standing.csv", HEADER, (row(merchant, quarter, lang) for merchant in merchants))
	return folder / "standing.csv"


def row(merchant: Merchant, quarter: date, lang: str) -> Sequence[Cell]:
	"""Return a row of standing.csv."""
	last, standing = merchant.last, merchant.standing
	end = merchant.contract_end
	return [
		merchant.name,
		merchant.category,
		merchant.territory,
		merchant.status.value,
		merchant.before.value if merchant.before else None,
		standing.tier.value if standing and standing.tier else None,
		*((merchant.scores or {}).get(criterion) for criterion in Criterion),
		", ".join(axis.value for axis in AXES if last and axis in last.axes),
		last.next_tier.value if last and last.next_tier else None,
		"; ".join(f"{lack.criterion.value} +{lack.missing:g}" for lack in (last.lacks if last else ())),
		standing.reviews_in_probation if standing else None,
		int(last.is_elimination_proposed) if last else None,
		", ".join(each.name for each in merchant.replaced_by),
		merchant.sanction.ends_on if merchant.sanction else None,
		end,
		contract_notice(end, quarter) if end and standing else None,
		exchange_due(merchant, quarter),
		"; ".join(sentence(reason, lang) for reason in (last.reasons if last else ())),
	]


def exchange_due(merchant: Merchant, quarter: date) -> date | None:
	"""Return the last day by which a merchant is met once; None for one that does not belong."""
	if merchant.standing is None:
		return None
	return month_span(quarter, exchange_months(merchant.standing.tier))[1]


def summary(merchants: Sequence[Merchant], quarter: date, speech: Speech) -> Iterator[str]:
	"""Say how the alliance stands, who was raised or lowered, who is to go and who is kept out of campaigns."""
	label = formats.period(span_label(quarter, MONTHS), speech.lang)
	yield speech.say("Alliance in {0}: {1} merchants", label, len(merchants))
	yield INDENT + counts(merchants, speech)
	for merchant in merchants:
		yield from told(merchant, speech)


def counts(merchants: Sequence[Merchant], speech: Speech) -> str:
	"""Return how many merchants each tier has, and how many stand outside."""
	tiers = Counter(merchant.standing.tier for merchant in merchants if merchant.standing)
	states = Counter(merchant.status for merchant in merchants)
	outside = (MerchantStatus.CANDIDATE, MerchantStatus.SUSPENDED, MerchantStatus.ELIMINATED)
	named = [*((tier.value, tiers[tier]) for tier in Tier), *((each.value, states[each]) for each in outside)]
	return " · ".join(f"{speech.say(name)} {count}" for name, count in named)


def told(merchant: Merchant, speech: Speech, with_lacks: bool = True) -> Iterator[str]:
	"""Say what is to be told of a merchant; nothing where nothing happened."""
	if merchant.last and (moved := movement(merchant.last, merchant.before, speech)):
		yield f"{INDENT}{merchant.name}: {moved}"
		yield from (INDENT + line for line in speech.because(merchant.last.reasons, most=4))
		if with_lacks:
			yield from (INDENT * 2 + line for line in lacking(merchant.last, speech))
	if standing := list(outside(merchant, speech)):
		yield f"{INDENT}{merchant.name}: " + ("；" if speech.lang == "zh" else "; ").join(standing)
	if merchant.replaced_by:
		names = formats.joined((each.name for each in merchant.replaced_by), speech.lang)
		yield INDENT * 2 + speech.say("could take its place: {0}", names)


def outside(merchant: Merchant, speech: Speech) -> Iterator[str]:
	"""Say what keeps a merchant from campaigns: eliminated, suspended, sanctioned."""
	if merchant.status is MerchantStatus.ELIMINATED:
		yield speech.say("eliminated")
	if merchant.status is MerchantStatus.SUSPENDED:
		yield speech.say("suspended")
	if merchant.sanction:
		until, breach = speech.long_day(merchant.sanction.ends_on), merchant.sanction.breach
		yield speech.say("no campaigns until {0}, for {1}", until, breach)


def movement(review: Assessment, before: Tier | None, speech: Speech) -> str:
	"""Return how a merchant moved with a review; "" where it stays in a good tier."""
	tier = review.tier
	after = speech.say(tier.value)
	if review.is_elimination_proposed:
		return speech.say("elimination proposed")
	if before is None:
		return speech.say("first review: {0}", after)
	if before is tier:
		return speech.say("stays on probation") if tier is Tier.PROBATION else ""
	word = "raised from {0} to {1}" if RANK[tier] < RANK[before] else "lowered from {0} to {1}"
	return speech.say(word, speech.say(before.value), after)


def lacking(review: Assessment, speech: Speech) -> Iterator[str]:
	"""Say what lacks for the nearest better tier."""
	if review.next_tier:
		lacks = (
			speech.say("{0} more of {1}", formats.points(lack.missing), speech.say(lack.criterion.value))
			for lack in review.lacks
		)
		tier = speech.say(review.next_tier.value)
		yield speech.say("{0} short of {1}", formats.joined(lacks, speech.lang), tier)

"""The merchant alliance as a quarterly report tells of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from cs_retention.engine.kpis import KeyFigure, Quotient
from cs_retention.engine.quarter_alliance import AllianceQuarter, QuarterCampaign
from cs_retention.engine.vocabulary import Kpi
from cs_retention.render.exports import Cell, Rows
from cs_retention.render.translate import translate

COUNTS = (
	("Admitted", "admitted"),
	("Promoted", "promoted"),
	("Lowered", "lowered"),
	("On Probation", "on_probation"),
	("Eliminated", "eliminated"),
	("Suspended", "suspended"),
	("Under a Sanction", "sanctioned"),
	("Exchanges Due", "exchanges_due"),
	("Exchanges Made", "exchanges_made"),
)
"""What happened in the quarter, as it is called, and the count of each."""

CAMPAIGN_HEADS = ("Campaign", "Ends On", "Invited", "Came", "Redeemed For", "Bought of Us", "Cost")
CAMPAIGN = ("campaign", "ends_on", "invited", "came", "redeemed_for", "bought_of_us", "cost")


def drawn(alliance: AllianceQuarter | None, told: Callable[[KeyFigure], str]) -> dict[str, Any]:
	"""Return what the template of the alliance is given; `told` says a share as it is read."""

	def turnout(campaign: QuarterCampaign) -> str:
		return told(KeyFigure(Kpi.COHORT_RETENTION, 1, Quotient(campaign.came, campaign.invited), 0))

	return {
		"alliance": alliance,
		"alliance_counts": list(counts(alliance)) if alliance else [],
		"turnout": turnout,
	}


def counts(alliance: AllianceQuarter) -> Iterator[tuple[str, int]]:
	"""Yield what happened in the quarter, as it is called, with its number."""
	for label, name in COUNTS:
		yield label, getattr(alliance, name)


def tables(alliance: AllianceQuarter) -> dict[str, tuple[Sequence[str], Sequence[Sequence[Cell]]]]:
	"""Return what the page says as tables of files: tiers, counts, campaigns."""
	return {
		"ALLIANCE_TIERS": (("tier", "began", "ended"), alliance.tiers),
		"ALLIANCE": (("count", "merchants"), [(name, getattr(alliance, name)) for _label, name in COUNTS]),
		"ALLIANCE_CAMPAIGNS": (
			CAMPAIGN,
			[
				(each.title, each.ends_on, each.invited, each.came, each.spent, each.bought, each.cost)
				for each in alliance.campaigns
			],
		),
	}


def sheets_of(alliance: AllianceQuarter, lang: str) -> Iterator[tuple[str, tuple[Sequence[str], Rows]]]:
	"""Yield the same as sheets in words; campaigns where there are any."""
	say = partial(translate, lang=lang)
	heads = map(say, ("Tier", "At the Beginning", "At the End"))
	tiers = [(say(tier or "Not Judged Yet"), began, ended) for tier, began, ended in alliance.tiers]
	yield say("Merchant Tiers"), (list(heads), tiers)
	yield (
		say("Merchant alliance"),
		([say(label) for label, _count in counts(alliance)], [[count for _label, count in counts(alliance)]]),
	)
	if alliance.campaigns:
		yield say("Campaigns"), (list(map(say, CAMPAIGN_HEADS)), tables(alliance)["ALLIANCE_CAMPAIGNS"][1])

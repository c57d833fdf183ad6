"""The alliance over a quarter: who belonged when, who moved, exchanges due and made, plain values and back."""

from datetime import date

import pytest

from cs_retention.engine.alliance_campaign import CampaignFigures
from cs_retention.engine.quarter_alliance import (
	AllianceQuarter,
	QuarterCampaign,
	QuarterMerchant,
	count_alliance,
	exchanges,
	quarter_ended,
)
from cs_retention.engine.quarter_periods import QuarterPeriod, YearStart
from cs_retention.engine.vocabulary import MerchantStatus, Tier

Q2, SINCE = QuarterPeriod(2026, 2), date(2024, 1, 1)
LAST = Q2.end
ADMITTED, SUSPENDED = MerchantStatus.ADMITTED, MerchantStatus.SUSPENDED
ELIMINATED, CANDIDATE = MerchantStatus.ELIMINATED, MerchantStatus.CANDIDATE


def merchant(customer="Shop", status=ADMITTED, admitted_on=SINCE, **fields):
	days = {"suspended_on": None, "eliminated_on": None}
	return QuarterMerchant(customer, status, admitted_on, **{**days, **fields})


def nobody(_first, _last):
	return frozenset()


def count(*merchants, until=LAST, sanctioned=0, contacted=nobody, campaigns=()):
	return count_alliance(merchants, Q2, until, sanctioned, contacted, campaigns)


@pytest.mark.parametrize(
	("of", "day", "belongs"),
	[
		(merchant(), LAST, True),
		(merchant(admitted_on=None), LAST, True),
		(merchant(admitted_on=LAST), LAST, True),
		(merchant(admitted_on=date(2026, 7, 1)), LAST, False),
		(merchant(status=SUSPENDED, suspended_on=SINCE), LAST, True),
		(merchant(status=ELIMINATED, eliminated_on=LAST), LAST, False),
		(merchant(status=ELIMINATED, eliminated_on=date(2026, 7, 1)), LAST, True),
		(merchant(status=ELIMINATED), LAST, False),
		(merchant(status=CANDIDATE), LAST, False),
	],
)
def test_a_merchant_belongs_from_its_admission_to_its_elimination(of, day, belongs):
	assert of.belongs(day) is belongs


def test_tiers_at_both_ends_and_what_happened_between_them_are_counted():
	found = count(
		merchant("Up", tier_before=Tier.STANDARD, tier_after=Tier.PREFERRED),
		merchant("Down", tier_before=Tier.STRATEGIC, tier_after=Tier.PROBATION),
		merchant("Same", tier_before=Tier.STANDARD, tier_after=Tier.STANDARD),
		merchant("New", admitted_on=date(2026, 5, 2), tier_after=Tier.STANDARD),
		merchant("Out", ELIMINATED, eliminated_on=date(2026, 6, 1), tier_before=Tier.PROBATION),
		merchant("Halted", SUSPENDED, suspended_on=date(2026, 6, 9)),
		merchant("Halted before", SUSPENDED),
		merchant("Halted later", SUSPENDED, suspended_on=date(2026, 7, 9)),
		merchant("Waits", CANDIDATE, None),
		sanctioned=3,
	)
	assert (found.admitted, found.promoted, found.lowered, found.eliminated) == (1, 1, 1, 1)
	assert (found.suspended, found.sanctioned, found.on_probation) == (2, 3, 1)
	assert found.tiers == [
		("Strategic", 1, 0),
		("Preferred", 0, 1),
		("Standard", 2, 2),
		("Probation", 1, 1),
		("", 3, 3),
	]


def test_of_an_alliance_without_anybody_nothing_is_said():
	assert count() is None
	assert count(merchant(status=CANDIDATE, admitted_on=None)) is None
	gone = merchant(status=ELIMINATED, admitted_on=date(2026, 5, 1), eliminated_on=date(2026, 5, 9))
	assert count(gone).eliminated == 1
	assert count(gone).tiers[0] == ("Strategic", 0, 0)


def test_an_exchange_is_due_at_the_end_of_each_month_or_quarter_for_who_belonged_all_along():
	def contacted(first, _last):
		return frozenset({"Monthly", "Quarterly"} if first == date(2026, 4, 1) else {"Half"})

	merchants = (
		merchant("Monthly", tier_before=Tier.STRATEGIC),
		merchant("Quarterly", tier_before=Tier.STANDARD),
		merchant("Own rule", tier_before=Tier.STANDARD, exchange_months=1),
		merchant("Half", exchange_months=6),
		merchant("Late", admitted_on=date(2026, 4, 2)),
		merchant("Gone", ELIMINATED, eliminated_on=date(2026, 6, 30)),
	)
	found = count(*merchants, contacted=contacted)
	assert (found.exchanges_due, found.exchanges_made) == (3 + 1 + 3 + 1, 1 + 1 + 0 + 1)
	running = count(*merchants, until=date(2026, 5, 31), contacted=contacted)
	assert running.exchanges_due == 2 + 2


def test_of_a_fiscal_quarter_those_are_due_whose_quarter_ends_in_it():
	fiscal = QuarterPeriod(2026, 1, YearStart(2, 15))
	due = list(exchanges([merchant()], fiscal, fiscal.end))
	assert due == [("Shop", (date(2026, 1, 1), date(2026, 3, 31)))]


@pytest.mark.parametrize(
	("day", "ended"),
	[
		(date(2026, 6, 30), (2026, 2)),
		(date(2026, 6, 29), (2026, 1)),
		(date(2026, 1, 1), (2025, 4)),
		(date(2025, 12, 31), (2025, 4)),
	],
)
def test_the_last_quarter_that_is_over(day, ended):
	assert quarter_ended(day) == ended


def test_it_is_kept_as_plain_values():
	figures = CampaignFigures(invited=40, came=3, spent=120.555, spend_came=99.999, cost=300)
	campaign = QuarterCampaign.of("Spring", LAST, figures)
	assert (campaign.ends_on, campaign.spent, campaign.bought) == (LAST, 120.56, 100.0)
	found = count(merchant(tier_before=Tier.STANDARD), campaigns=[campaign])
	kept = found.to_mapping()
	assert (kept["began"], kept["campaigns"][0]["title"]) == ({"Standard": 1}, "Spring")
	assert AllianceQuarter.from_mapping(kept) == found

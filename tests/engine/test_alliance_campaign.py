"""Campaigns of the alliance: who may take part, what a code is, when a voucher is honoured, what it came to."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.alliance_campaign import (
	CampaignFigures,
	CampaignMerchant,
	check_dates,
	check_merchant,
	default_slots,
	lost_since,
	why_it_leaves,
)
from cs_retention.engine.alliance_evidence import (
	REASONS,
	CampaignFacts,
	MerchantFacts,
	evidence_of,
)
from cs_retention.engine.alliance_voucher import (
	ALPHABET,
	CODES,
	CampaignDays,
	check_redemption,
	read_code,
	voucher_code,
)
from cs_retention.engine.reasons import WorkError
from cs_retention.engine.vocabulary import Criterion, EvidenceSource, MerchantLeft, MerchantStatus, Tier

FIRST, LAST = date(2026, 12, 1), date(2026, 12, 31)
TODAY = date(2026, 11, 27)


def merchant(status=MerchantStatus.ADMITTED, until=None, slots=2, taken=0):
	return CampaignMerchant("AM-1", "Corner Optics", status, Tier.PREFERRED, until, slots, taken)


def test_who_is_better_takes_part_more_often_and_nobody_on_probation():
	assert [default_slots(tier) for tier in Tier] == [4, 2, 1, 0]


@pytest.mark.parametrize(
	("days", "said"),
	[
		((LAST, FIRST, None), "give 2026-12-31 or a later date"),
		((FIRST, FIRST + timedelta(days=366), None), "a campaign lasts 366 days at most"),
		((date(2026, 11, 1), date(2026, 11, 26), TODAY), "give today or a later date"),
	],
)
def test_dates_that_cannot_be_are_refused(days, said):
	with pytest.raises(WorkError, match=said):
		check_dates(*days)


def test_a_campaign_may_end_today_and_last_a_day():
	check_dates(TODAY, TODAY, TODAY)
	check_dates(FIRST, LAST, None)


@pytest.mark.parametrize(
	("given_", "said"),
	[
		({"status": MerchantStatus.SUSPENDED}, "only admitted merchants take part"),
		({"until": FIRST}, "a sanction keeps it out until 2026-12-01"),
		({"taken": 2}, "has 2 campaigns a quarter and takes part in 2"),
		({"slots": 0}, "has 0 campaigns a quarter"),
	],
)
def test_merchants_that_may_not_take_part_are_refused(given_, said):
	with pytest.raises(WorkError, match=said):
		check_merchant(merchant(**given_), FIRST)


def test_a_merchant_whose_sanction_ends_before_takes_part():
	check_merchant(merchant(until=FIRST - timedelta(days=1), taken=1), FIRST)


@pytest.mark.parametrize(
	("status", "until", "is_disabled", "left"),
	[
		(MerchantStatus.ADMITTED, None, False, None),
		(MerchantStatus.ADMITTED, TODAY - timedelta(days=1), False, None),
		(MerchantStatus.ADMITTED, TODAY, False, MerchantLeft.SANCTIONED),
		(MerchantStatus.SUSPENDED, None, False, MerchantLeft.SUSPENDED),
		(MerchantStatus.CANDIDATE, None, False, MerchantLeft.SUSPENDED),
		(MerchantStatus.ELIMINATED, TODAY, False, MerchantLeft.ELIMINATED),
		(MerchantStatus.ADMITTED, None, True, MerchantLeft.DISABLED),
	],
)
def test_a_merchant_leaves_the_day_it_may_not_stay(status, until, is_disabled, left):
	assert why_it_leaves(status, until, is_disabled, TODAY) is left


def test_lost_is_who_has_been_critical_for_ninety_days():
	assert lost_since(date(2026, 12, 1)) == date(2026, 9, 2)


NUMBERS = st.integers(0, CODES - 1)


@given(NUMBERS)
def test_a_code_is_read_however_it_is_typed(number):
	code = voucher_code(number)
	for typed in (code, code.lower(), code.replace("-", " "), f" {code[:2]} {code[2:]} "):
		assert read_code(typed) == code


@given(NUMBERS, NUMBERS)
def test_two_numbers_have_two_codes(one, other):
	assert (voucher_code(one) == voucher_code(other)) is (one == other)


@given(NUMBERS, st.integers(0, 9), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_told_from_a_code(number, place, sign):
	plain = voucher_code(number).replace("-", "")
	typed = plain[:place] + sign + plain[place + 1 :]
	if typed == plain:
		return
	with pytest.raises(WorkError, match="a sign of it is wrong"):
		read_code(typed)


@given(NUMBERS, st.integers(0, 8))
def test_two_signs_exchanged_are_told_from_a_code(number, place):
	plain = voucher_code(number).replace("-", "")
	typed = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
	if typed == plain:
		return
	with pytest.raises(WorkError, match="a sign of it is wrong"):
		read_code(typed)


@pytest.mark.parametrize("typed", ["", "ABC", "<script>", "ABCDEFGHJKM", "ÄBCDEFGHJK"])
def test_what_is_no_code_is_refused_with_a_sample(typed):
	with pytest.raises(WorkError, match=r"a voucher has 10 signs, such as [A-Z0-9]{5}-[A-Z0-9]{5}"):
		read_code(typed)


DAYS = CampaignDays(True, FIRST, LAST, ("AM-1",))


def test_a_voucher_is_honoured_on_the_days_of_its_campaign():
	for day in (FIRST, LAST):
		check_redemption(DAYS, "AM-1", 0, None, day)
	check_redemption(DAYS, "AM-1", 12.5, 5, FIRST)


@pytest.mark.parametrize(
	("change", "said"),
	[
		({"day": FIRST - timedelta(days=1)}, "the campaign has not begun"),
		({"day": LAST + timedelta(days=1)}, "the campaign is over"),
		({"days": CampaignDays(False, FIRST, LAST, ("AM-1",))}, "the campaign is over"),
		({"merchant": "AM-2"}, "it takes no part in the campaign"),
		({"amount": -1}, "give 0 or more"),
		({"satisfaction": 6}, "give a number from 1 to 5"),
	],
)
def test_a_voucher_is_not_honoured_otherwise(change, said):
	values = {"days": DAYS, "merchant": "AM-1", "amount": 1.0, "satisfaction": None, "day": FIRST, **change}
	with pytest.raises(WorkError, match=said):
		check_redemption(*values.values())


def test_a_campaign_comes_to_figures_and_to_none_of_nothing():
	found = CampaignFigures(200, 8, 400.0, 1600.0, 9600.0, 1, 4, 18, 320.0)
	assert (found.turnout, found.per_comer, found.per_stayer) == (0.04, 200.0, 50.0)
	assert (found.cost_per_comer, found.mean_satisfaction) == (40.0, 4.5)
	nothing = CampaignFigures()
	assert (nothing.turnout, nothing.per_comer, nothing.cost_per_comer, nothing.mean_satisfaction) == (
		None,
	) * 4


def test_campaigns_become_scores():
	facts = MerchantFacts(campaigns=(CampaignFacts("AC-1", 100, 2, 1, 5), CampaignFacts("AC-2", 100, 3)))
	found = {each.source: each for each in evidence_of(facts)}
	turnout, members = found[EvidenceSource.CAMPAIGNS], found[EvidenceSource.MEMBERS]
	assert (turnout.criterion, turnout.score, turnout.documents) == (
		Criterion.COOPERATION,
		3.0,
		("AC-1", "AC-2"),
	)
	assert (members.criterion, members.score, members.documents) == (Criterion.SATISFACTION, 5.0, ("AC-1",))
	assert all(tuple(each.why.as_mapping()) == REASONS[each.why.code] for each in found.values())
	uninvited = MerchantFacts(campaigns=(CampaignFacts("AC-1", 0, 0),))
	assert [each.source for each in evidence_of(uninvited)] == [EvidenceSource.COMPLAINTS]

"""Save rates: strict, verified, and the cost of a verified save."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.kpi import Ratio
from cs_retention.engine.kpis import measure
from cs_retention.engine.retention_verification import Verification
from cs_retention.engine.save_rates import ClosedCase, SaveRates, save_rates
from cs_retention.engine.vocabulary import Kpi

LOST = ClosedCase(False, cost=10.0)
PENDING = ClosedCase(True, cost=20.0)
VERIFIED = ClosedCase(True, Verification.VERIFIED, True, 30.0)
DOWNGRADED = ClosedCase(True, Verification.DOWNGRADED, True)
RELAPSED = ClosedCase(True, Verification.RELAPSED, True, 40.0)


def test_strict_counts_what_holds_and_verified_what_is_decided() -> None:
	rates = save_rates([LOST, PENDING, VERIFIED, DOWNGRADED, RELAPSED])
	assert rates == SaveRates(Ratio(3, 5), Ratio(2, 4), Decimal("50.00"))
	assert save_rates([]) == SaveRates(Ratio(0, 0), Ratio(0, 0), None)
	assert save_rates([PENDING]).verified == Ratio(0, 0), "nothing is decided yet"


@given(st.lists(st.sampled_from([LOST, PENDING, VERIFIED, DOWNGRADED, RELAPSED])))
def test_rates_are_shares_and_a_verified_save_holds(cases: list[ClosedCase]) -> None:
	rates = save_rates(cases)
	assert 0 <= rates.verified.numerator <= rates.strict.numerator <= rates.strict.denominator == len(cases)
	assert rates.verified.numerator <= rates.verified.denominator <= len(cases)
	assert (rates.cost_per_save is None) == (rates.verified.numerator == 0)


@given(
	st.lists(st.builds(ClosedCase, st.booleans(), is_last_check_made=st.booleans(), cost=st.floats(0, 1e6)))
)
def test_the_report_and_the_key_figure_tell_one_cost_per_save(cases: list[ClosedCase]) -> None:
	assert save_rates(cases).cost_per_save == measure(Kpi.COST_PER_SAVE, cases).value


def test_half_a_cent_is_rounded_up() -> None:
	cases = [ClosedCase(True, is_last_check_made=True, cost=cost) for cost in (0.25, 0.0)]
	assert save_rates(cases).cost_per_save == Decimal("0.13")

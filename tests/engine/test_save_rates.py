"""Save rates: strict, verified, and the cost of a verified save."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.kpi import Ratio
from cs_retention.engine.retention_verification import Verification
from cs_retention.engine.save_rates import ClosedCase, SaveRates, save_rates

LOST = ClosedCase(False, cost=10.0)
PENDING = ClosedCase(True, cost=20.0)
VERIFIED = ClosedCase(True, Verification.VERIFIED, True, 30.0)
DOWNGRADED = ClosedCase(True, Verification.DOWNGRADED, True)
RELAPSED = ClosedCase(True, Verification.RELAPSED, True, 40.0)


def test_strict_counts_what_holds_and_verified_what_is_decided() -> None:
	rates = save_rates([LOST, PENDING, VERIFIED, DOWNGRADED, RELAPSED])
	assert rates == SaveRates(Ratio(3, 5), Ratio(2, 4), 50.0)
	assert save_rates([]) == SaveRates(Ratio(0, 0), Ratio(0, 0), None)
	assert save_rates([PENDING]).verified == Ratio(0, 0), "nothing is decided yet"


@given(st.lists(st.sampled_from([LOST, PENDING, VERIFIED, DOWNGRADED, RELAPSED])))
def test_rates_are_shares_and_a_verified_save_holds(cases: list[ClosedCase]) -> None:
	rates = save_rates(cases)
	assert 0 <= rates.verified.numerator <= rates.strict.numerator <= rates.strict.denominator == len(cases)
	assert rates.verified.numerator <= rates.verified.denominator <= len(cases)
	assert (rates.cost_per_save is None) == (rates.verified.numerator == 0)

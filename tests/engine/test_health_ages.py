"""Reasons that are read on a later day than they were written."""

import pytest

from cs_retention.engine.health import AGES, REASONS, aged
from cs_retention.engine.reasons import Reason


@pytest.mark.parametrize(("code", "step"), AGES.items())
def test_days_go_on_while_nothing_but_time_passes(code, step):
	assert "days" in REASONS[code]
	figures = {name: 40 for name in REASONS[code]}
	assert aged(Reason.of(code, **figures), 3) == Reason.of(code, **(figures | {"days": 40 + 3 * step}))


def test_reasons_without_days_stay_as_they_are():
	reason = Reason.of("callbacks_missed", times=2)
	assert aged(reason, 30) == reason


def test_every_reason_of_health_with_days_ages():
	assert set(AGES) == {code for code, names in REASONS.items() if "days" in names}

"""How many trials are made of a fault: FAULT_SCALE multiplies them, 1 by default; `make test` makes a quarter."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from typing import TypeVar

Case = TypeVar("Case")

SCALE = float(os.environ.get("FAULT_SCALE", "1"))
SEED = 1


def scaled(count: int) -> int:
	"""Return how many trials there are for a count of the test plan, one at least."""
	return max(1, round(count * SCALE))


def thinned(cases: Sequence[Case]) -> list[Case]:
	"""Return cases of a list that is complete as it is: all of them, below a scale of 1 as many drawn from it."""
	count = min(len(cases), scaled(len(cases)))
	return [cases[place] for place in sorted(random.Random(SEED).sample(range(len(cases)), count))]

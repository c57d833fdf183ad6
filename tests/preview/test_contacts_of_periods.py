"""Contacts read once for a year are, week by week and month by month, those that each period is asked for alone."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from support_book import add, open_sqlite_book

from cs_retention.engine.vocabulary import PeriodKind
from cs_retention.facts.fulfilment import read_contacted_customers, read_known_customers
from cs_retention.facts.selection import Selection
from cs_retention.nightly.quarter_evidence import periods_within
from cs_retention.store.base import Store

EVERYBODY, FIRST, LAST = Selection("IS NOT NULL", {}), date(2026, 1, 1), date(2026, 12, 31)


def a_book(dice: Random) -> Store:
	"""Return a book of customers who came, changed their level and were let go on days of the year."""
	store = open_sqlite_book()
	a_day = lambda: FIRST + timedelta(days=dice.randrange(365))  # noqa: E731
	for number in range(30):
		name = f"Customer {number:02d}"
		customer = {"name": name, "disabled": int(number % 9 == 8), "is_internal_customer": 0}
		add(store, "Customer", [customer])
		state = {"customer": name, "star_level": dice.choice(["Two Star", "Five Star", None])}
		changed = {"cadence_before": "One Star", "cadence_changed_on": a_day()} if number % 3 else {}
		add(
			store,
			"Customer Retention State",
			[{**state, **changed, "known_since": dice.choice([None, a_day()])}],
		)
		if number % 4 == 3:
			case = {
				"name": f"CASE-{number}",
				"customer": name,
				"status": "Released",
				"release_file": f"RF-{number}",
			}
			add(store, "Retention Case", [case])
			add(store, "Release File", [{"name": f"RF-{number}", "docstatus": 1, "released_on": a_day()}])
		outcomes = ["Reached", "Visited", "Not Reached"]
		touches = [
			{"customer": name, "touch_date": a_day(), "outcome": dice.choice(outcomes)}
			for _number in range(dice.randrange(40))
		]
		add(store, "Customer Touch", [*touches, *touches[:3]])
	store.commit()
	return store


@pytest.mark.parametrize("seed", range(3))
def test_a_period_within_a_year_is_told_as_when_it_is_asked_for_alone(seed: int) -> None:
	store = a_book(Random(seed))
	known = list(read_known_customers(store, EVERYBODY, FIRST, LAST))
	numbers = set()
	for start, end in (
		*periods_within(FIRST, LAST, PeriodKind.WEEK),
		*periods_within(FIRST, LAST, PeriodKind.MONTH),
	):
		alone = list(read_contacted_customers(store, EVERYBODY, start, end))
		assert [found for each in known if (found := each.within(start, end))] == alone
		numbers.add(len(alone))
	assert len(numbers) > 3, "some came and some were let go"

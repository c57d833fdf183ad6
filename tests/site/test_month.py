"""A month of a branch on a site: every customer gets what the cadence owes, loads are even, no date moves unexplained."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from pathlib import Path

import pytest
from private_bench import PrivateBench
from support_month import Figures, Month, figures, make_branch, play_month
from support_reviews import connected

SITE = "month.localhost"
CUSTOMERS, PEOPLE = 160, 5


@pytest.fixture(scope="module")
def month(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Month]:
	"""The month of a small branch, played once."""
	with pytest.MonkeyPatch.context() as patch, connected(bench, installed_dump, SITE) as frappe:
		staff = make_branch(frappe, CUSTOMERS, PEOPLE)
		yield play_month(frappe, staff, lambda moment: set_clock(patch, moment))


@pytest.fixture(scope="module")
def found(month: Month) -> Figures:
	found = figures(month)
	print(found)
	return found


def set_clock(patch: pytest.MonkeyPatch, moment: datetime) -> None:
	"""Set the clock of Frappe and of every module of ours that asks it."""
	for room in ("cs_retention.retention_night", "callbacks.work"):
		import_module(f"cs_retention.{room}")
	ours = [module for name, module in sys.modules.items() if name.startswith("cs_retention.")]
	for module in (sys.modules["frappe.utils.data"], *ours):
		if hasattr(module, "now_datetime"):
			patch.setattr(module, "now_datetime", lambda: moment)


def test_key_accounts_hear_from_us_every_week(found: Figures) -> None:
	assert found.customers["Key Account"] >= 3
	assert found.fulfilled["Key Account"] == 1


def test_every_level_has_its_minimum_in_the_month(found: Figures) -> None:
	assert set(found.customers) >= {"Five Star", "Four Star", "Three Star", "Two Star", "One Star"}
	assert found.never_tried == 0
	assert all(share >= 0.9 for share in found.fulfilled.values()), (
		"only who could not be reached may be missing"
	)


def test_five_star_customers_are_not_called_more_than_three_times(found: Figures) -> None:
	assert 1 <= found.five_star_most <= 3


def test_work_due_while_somebody_is_away_is_done_by_the_backup(found: Figures) -> None:
	assert found.covered > 0


def test_no_date_moves_without_a_reason(month: Month, found: Figures) -> None:
	assert found.moved, "people were away and customers not reached: some dates must have moved"
	assert month.unexplained == []


def test_the_load_of_a_person_is_even_over_the_days(found: Figures) -> None:
	for person, (_, usual, most) in found.spread.items():
		assert most <= 2 * usual + 2, person

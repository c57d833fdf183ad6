"""Customers of account manager east and backup west on a site of its own, rated and planned, on a fixed Tuesday."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from personas import as_person, make_customer, make_personas
from private_bench import PrivateBench
from stopped_clock import stopped_clock
from support_reviews import connected

TODAY = "2026-11-24"
SAID = "talked about the new tariff and the second line"


@contextmanager
def as_east(branch: Any) -> Iterator[Any]:
	"""Yield Frappe as account manager east; what a test writes is rolled back."""
	with as_person(branch, "east") as frappe:
		yield frappe


def refused(frappe: Any, *words: str) -> Any:
	"""Expect a refusal whose sentence holds the words, in their order."""
	return pytest.raises(frappe.ValidationError, match="(?s)" + ".*".join(words))


@contextmanager
def branch_at_work(bench: PrivateBench, dump: Path, site: str) -> Iterator[Any]:
	"""Yield Frappe on the site as it stands after a night, its clock stopped."""
	with connected(bench, dump, site) as frappe, stopped_clock(TODAY):
		from cs_retention.cs_retention.states import ensure_states, open_store
		from cs_retention.nightly.run import run_night
		from cs_retention.star_levels.policies import load_policy

		make_personas()
		team = {"account_manager": "east", "retention_backup_manager": "west"}
		make_customer("Corner shop", **team)
		key = {"retention_key_account": 1, "retention_key_account_reason": "head of the street"}
		make_customer("Key shop", **team, **key)
		make_customer("Lone shop")
		make_customer("West shop", account_manager="west")
		ensure_states()
		frappe.db.commit()
		run_night(
			open_store(),
			load_policy(),
			frappe.utils.getdate(TODAY),
		)
		yield frappe


def planned(frappe: Any, customer: str) -> list[Any]:
	"""Return the open callbacks of a customer, the next one first."""
	rows = {"customer": customer, "status": "Planned"}
	fields = ["name", "due_date", "channel", "responsible", "is_committed", "open_key"]
	return frappe.get_all("Customer Callback", rows, fields, order_by="due_date, name")


def first_call(frappe: Any, customer: str) -> str:
	"""Return the name of a customer's next callback that is no visit."""
	return next(row.name for row in planned(frappe, customer) if row.channel != "Visit")

"""Retention cases closed within a range of days, one by one, as the save rates see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import NamedTuple

from pypika import MySQLQuery
from pypika import functions as fn

from cs_retention.engine.retention_case import CaseStatus
from cs_retention.engine.retention_offers import OfferAnswer
from cs_retention.engine.retention_verification import Verification
from cs_retention.engine.save_rates import ClosedCase
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import parameter, table
from cs_retention.facts.values import as_amount, as_date

case, offer = table("Retention Case"), table("Retention Case Offer")
given = table("Retention Case Reason")


class FoundCase(NamedTuple):
	"""A closed case, with what a list of them shows."""

	name: str
	customer: str
	account_manager: str
	exit_type: str
	competitor: str
	closed_on: date | None
	status: str
	outcome: ClosedCase


def read_closed_cases(source: Source, selection: Selection, first: date, last: date) -> Iterator[FoundCase]:
	"""Yield the cases of the selected customers closed from `first` to `last`, the earliest first."""
	values = {"first_day": first, "last_day": last}
	for name, who, manager, exit_type, competitor, closed_on, status, *rest in selection.rows(
		source, closed_query(), values
	):
		verification, next_check_on, cost = rest
		outcome = outcome_of(status, verification, as_date(next_check_on), as_amount(cost))
		texts = (manager or "", exit_type or "", competitor or "")
		yield FoundCase(name, who, *texts, as_date(closed_on), status, outcome)


def read_case_reasons(
	source: Source, selection: Selection, first: date, last: date
) -> dict[str, tuple[str, ...]]:
	"""Return the reasons of the same cases, each once and in the order they were given, by case."""
	values, found = {"first_day": first, "last_day": last}, defaultdict[str, dict[str, None]](dict)
	for name, reason in selection.rows(source, reasons_query(), values):
		found[name][reason] = None
	return {name: tuple(reasons) for name, reasons in found.items()}


def outcome_of(status: str, verification: str | None, next_check_on: date | None, cost: float) -> ClosedCase:
	"""Return a closed case as the save rates see it."""
	is_saved = status == CaseStatus.SAVED.value
	found = Verification(verification or Verification.PENDING.value)
	is_last_made = is_saved and not next_check_on and found is not Verification.PENDING
	return ClosedCase(is_saved, found, is_last_made, cost)


@cache
def closed_query() -> str:
	"""Return the query of closed cases, each with the cost of the offers accepted."""
	accepted = (
		MySQLQuery.from_(offer)
		.select(offer.parent, fn.Sum(offer.cost).as_("cost"))
		.where(offer.answer == OfferAnswer.ACCEPTED.value)
		.groupby(offer.parent)
		.as_("accepted")
	)
	shown = (case.name, case.customer, case.account_manager, case.exit_type, case.competitor, case.closed_on)
	within = case.closed_on[parameter("first_day") : parameter("last_day")]
	return str(
		MySQLQuery.from_(case)
		.left_join(accepted)
		.on(accepted.parent == case.name)
		.select(*shown, case.status, case.verification, case.next_check_on, accepted.cost)
		.where(selected(case.customer) & within)
		.orderby(case.closed_on, case.name)
	)


@cache
def reasons_query() -> str:
	"""Return the query of closed cases and their reasons."""
	within = case.closed_on[parameter("first_day") : parameter("last_day")]
	return str(
		MySQLQuery.from_(case)
		.join(given)
		.on(given.parent == case.name)
		.select(case.name, given.reason)
		.where(selected(case.customer) & within & (given.reason != ""))
		.orderby(case.name, given.idx)
	)

"""The signals of customers whose fact still stands, and the purchase days of those who may look billed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import NamedTuple

from pypika import MySQLQuery

from cs_retention.engine.churn_signals import WARNINGS, StandingSignal
from cs_retention.engine.vocabulary import SignalRule, SignalStatus
from cs_retention.facts.invoices import invoice, purchase_day
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import parameter, table
from cs_retention.facts.values import as_date

signal = table("Churn Signal")

RULES: Mapping[str, SignalRule] = {rule.value: rule for rule in SignalRule}
STATUSES: Mapping[str, SignalStatus] = {status.value: status for status in SignalStatus}
COLUMNS = 6
"""Columns of the query of signals."""


class KnownSignal(NamedTuple):
	"""A standing signal with the reasons it is stored with."""

	signal: StandingSignal
	reasons: str


def ask_signals(source: Source, selection: Selection) -> None:
	"""Announce what `read_signals` asks."""
	selection.ahead(source, signals_query(), COLUMNS)


def read_signals(source: Source, selection: Selection) -> dict[str, list[KnownSignal]]:
	"""Return the signals of the selected customers that hold their key, by folded customer, in any order."""
	found: defaultdict[str, list[KnownSignal]] = defaultdict(list)
	for customer, name, rule, status, snoozed_until, reasons in selection.lines(
		source, signals_query(), COLUMNS
	):
		standing = StandingSignal(name, RULES[rule], STATUSES[status], as_date(snoozed_until))
		found[fold(customer)].append(KnownSignal(standing, reasons or ""))
	return dict(found)


def warnings_of(signals: Sequence[KnownSignal]) -> tuple[str, ...]:
	"""Return the warnings that cap health until they are closed, each once."""
	if not signals:
		return ()
	rules = {known.signal.rule for known in signals if known.signal.status is not SignalStatus.CLOSED}
	return tuple(warning for rule, warning in WARNINGS.items() if rule in rules)


def ask_purchase_days(source: Source, selection: Selection, since: date, as_of: date) -> None:
	"""Announce what `read_purchase_days` asks."""
	selection.ahead(source, purchase_days_query(), 2, {"since": since, "as_of": as_of})


def read_purchase_days(
	source: Source, selection: Selection, since: date, as_of: date
) -> dict[str, set[date]]:
	"""Return the purchase days of the selected customers after a date, by folded customer."""
	days: defaultdict[str, set[date]] = defaultdict(set)
	values = {"since": since, "as_of": as_of}
	for customer, day in selection.lines(source, purchase_days_query(), 2, values):
		if bought := as_date(day):
			days[fold(customer)].add(bought)
	return dict(days)


@cache
def signals_query() -> str:
	"""Return the query of the signals whose key is held: of a rule and customer there is one at most."""
	return str(
		MySQLQuery.from_(signal)
		.select(
			signal.customer, signal.name, signal.rule, signal.status, signal.snoozed_until, signal.reasons
		)
		.where(selected(signal.customer) & (signal.open_key > ""))
	)


@cache
def purchase_days_query() -> str:
	"""Return the query of customer and purchase day within a range of days."""
	within = (invoice.posting_date > parameter("since")) & (invoice.posting_date <= parameter("as_of"))
	return str(
		MySQLQuery.from_(invoice)
		.select(invoice.customer, purchase_day())
		.distinct()
		.where((invoice.docstatus == 1) & within & selected(invoice.customer))
	)

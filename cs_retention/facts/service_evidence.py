"""What customers said and what was done about it: complaints confirmed, first contacts, answers, reminders; one query each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import NamedTuple

from pypika import MySQLQuery
from pypika import functions as fn

from cs_retention.engine.vocabulary import CallbackStatus, ObligationKind
from cs_retention.facts.compliance import callback, touch
from cs_retention.facts.issues import CLOSED, issue
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import BY_PEOPLE, COUNTED, parameter, table
from cs_retention.facts.values import LEAST_OWED, as_amount, as_count, as_date

purpose = table("Customer Callback Purpose")
dunning, overdue = table("Dunning"), table("Overdue Payment")
ledger = table("Payment Ledger Entry")

DUNNING, OVERDUE = "Dunning", "Overdue Payment"


class FoundIssue(NamedTuple):
	"""Something that a customer asked for, with what a list shows."""

	name: str
	customer: str
	category: str
	opened_on: date
	is_closed: bool
	closed_on: date | None
	"""None where it is open, or no day is on record."""


class FoundAnswer(NamedTuple):
	"""What a customer answered to somebody, 1 to 5."""

	touch: str
	customer: str
	person: str
	answered_on: date
	satisfaction: int


class FoundReminder(NamedTuple):
	"""A reminder of money overdue; `settled_on` is the day on which all its invoices were paid."""

	name: str
	customer: str
	company: str
	reminded_on: date
	settled_on: date | None


def read_confirmations(source: Source, selection: Selection, first: date, last: date) -> dict[str, date]:
	"""Return the first day on which a customer was reached about a resolved complaint, by folded issue.

	The call was made for that: its purpose names the issue.
	"""
	found: dict[str, date] = {}
	values = {"first_day": first, "last_day": last}
	for key, done_on in selection.rows(source, confirmations_query(), values):
		_prefix, _state, name, *_resolved = (*str(key).split("|"), "", "")
		if day := as_date(done_on):
			found[fold(name)] = min(day, found.get(fold(name), day))
	return found


def has_verifications(source: Source, first: date, last: date) -> bool:
	"""Tell whether a call about a resolved complaint was due or made from one day to another, whatever came of it."""
	return any(True for _ in source.rows(verifications_query(), {"first_day": first, "last_day": last}))


def read_asked(source: Source, selection: Selection, first: date, last: date) -> list[FoundIssue]:
	"""Return what customers asked for from `first` to `last`, in the order of days, customers and categories."""
	values = {"first_day": first, "last_day": last}
	found = []
	for name, who, kind, opened, status, resolved in selection.rows(source, asked_query(), values):
		if opened_on := as_date(opened):
			is_closed = status in CLOSED
			closed_on = as_date(resolved) if is_closed else None
			found.append(FoundIssue(name, who, kind or "", opened_on, is_closed, closed_on))
	return sorted(
		found, key=lambda each: (each.opened_on, fold(each.customer), fold(each.category), each.name)
	)


def read_answers(source: Source, selection: Selection, first: date, last: date) -> Iterator[FoundAnswer]:
	"""Yield what customers answered from `first` to `last`, in the order of days."""
	values = {"first_day": first, "last_day": last}
	for name, who, person, answered, satisfaction in selection.rows(source, answers_query(), values):
		if day := as_date(answered):
			yield FoundAnswer(name, who, person or "", day, as_count(satisfaction))


def read_reminders(source: Source, selection: Selection, first: date, last: date) -> Iterator[FoundReminder]:
	"""Yield the reminders sent from `first` to `last`; where the site has none of the DocType, none."""
	if not (source.has_table(DUNNING) and source.has_table(OVERDUE)):
		return
	values = {"first_day": first, "last_day": last}
	invoices: defaultdict[tuple[str, str, str, date], set[str]] = defaultdict(set)
	for name, who, seller, sent, invoice in selection.rows(source, reminders_query(), values):
		if day := as_date(sent):
			invoices[name, who, seller or "", day].add(fold(invoice))
	paid_on = read_settled(source, selection, first)
	for (name, who, seller, day), of_reminder in invoices.items():
		days = [paid_on.get(invoice) for invoice in of_reminder]
		settled_on = None if None in days else max(day for day in days if day)
		yield FoundReminder(name, who, seller, day, settled_on)


def read_settled(source: Source, selection: Selection, since: date) -> dict[str, date]:
	"""Return the day since which nothing is owed on the invoices that reminders name, by folded invoice."""
	owed: defaultdict[str, float] = defaultdict(float)
	settled: dict[str, date] = {}
	for invoice, posted_on, amount in selection.rows(source, settled_query(), {"since": since}):
		name, day = fold(invoice), as_date(posted_on)
		owed[name] += as_amount(amount)
		if owed[name] >= LEAST_OWED:
			settled.pop(name, None)
		elif day:
			settled.setdefault(name, day)
	return settled


@cache
def confirmations_query() -> str:
	"""Return the query of purposes and the days on which their calls reached the customer."""
	day = fn.Coalesce(callback.done_on, touch.touch_date)
	is_done = (callback.status == CallbackStatus.DONE.value) & callback.outcome.isin(COUNTED)
	return str(
		MySQLQuery.from_(purpose)
		.join(callback)
		.on(callback.name == purpose.parent)
		.left_join(touch)
		.on(touch.name == callback.touch)
		.select(purpose.obligation_key, day)
		.where(selected(callback.customer) & is_done & (purpose.kind == ObligationKind.COMPLAINT.value))
		.where(day[parameter("first_day") : parameter("last_day")])
	)


@cache
def verifications_query() -> str:
	"""Return the query of such a call."""
	first, last = parameter("first_day"), parameter("last_day")
	is_within = callback.due_date[first:last] | callback.done_on[first:last]
	return str(
		MySQLQuery.from_(purpose)
		.join(callback)
		.on(callback.name == purpose.parent)
		.select(purpose.name)
		.where((purpose.kind == ObligationKind.COMPLAINT.value) & is_within)
		.limit(1)
	)


@cache
def asked_query() -> str:
	"""Return the query of issues with status and moment of resolution."""
	within = issue.opening_date[parameter("first_day") : parameter("last_day")]
	return str(
		MySQLQuery.from_(issue)
		.select(issue.name, issue.customer, issue.issue_type, issue.opening_date)
		.select(issue.status, issue.sla_resolution_date)
		.where(selected(issue.customer) & within)
	)


@cache
def answers_query() -> str:
	"""Return the query of the touches of people in which a customer answered."""
	within = touch.touch_date[parameter("first_day") : parameter("last_day")]
	return str(
		MySQLQuery.from_(touch)
		.select(touch.name, touch.customer, touch.person, touch.touch_date, touch.satisfaction)
		.where(selected(touch.customer) & within & touch.outcome.isin(BY_PEOPLE) & (touch.satisfaction > 0))
		.orderby(touch.touch_date, touch.name)
	)


@cache
def reminders_query() -> str:
	"""Return the query of submitted reminders, one row for each invoice they name."""
	within = dunning.posting_date[parameter("first_day") : parameter("last_day")]
	return str(
		MySQLQuery.from_(dunning)
		.join(overdue)
		.on(overdue.parent == dunning.name)
		.select(dunning.name, dunning.customer, dunning.company, dunning.posting_date, overdue.sales_invoice)
		.where(selected(dunning.customer) & within & (dunning.docstatus == 1) & (overdue.sales_invoice != ""))
		.orderby(dunning.posting_date, dunning.name)
	)


@cache
def settled_query() -> str:
	"""Return the query of what was charged and paid on the invoices of reminders, day by day."""
	reminded = (
		MySQLQuery.from_(overdue)
		.join(dunning)
		.on(dunning.name == overdue.parent)
		.select(overdue.sales_invoice)
		.where((dunning.docstatus == 1) & (dunning.posting_date >= parameter("since")))
	)
	stands = (ledger.delinked == 0) & (ledger.against_voucher_type == "Sales Invoice")
	return str(
		MySQLQuery.from_(ledger)
		.select(ledger.against_voucher_no, ledger.posting_date, fn.Sum(ledger.amount))
		.where(selected(ledger.party) & stands & ledger.against_voucher_no.isin(reminded))
		.groupby(ledger.against_voucher_no, ledger.posting_date)
		.orderby(ledger.against_voucher_no, ledger.posting_date)
	)

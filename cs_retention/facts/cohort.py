"""What a quarter's snapshot is made of: purchases by customer and company, who left, complaints; one query each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from pypika import Case, MySQLQuery
from pypika import functions as fn
from pypika.terms import Term

from cs_retention.engine.policy import ComplaintPolicy
from cs_retention.engine.quarter_periods import Period, QuarterPeriod
from cs_retention.engine.retention_case import CaseStatus
from cs_retention.engine.vocabulary import ChunkStatus, Loss, Phase
from cs_retention.facts.invoices import invoice, net_total, purchase_day
from cs_retention.facts.issues import issue
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import parameter, table
from cs_retention.facts.values import NOTHING as NOTHING_STORED
from cs_retention.facts.values import as_amount, as_count, as_date

customer, company, case = table("Customer"), table("Company"), table("Retention Case")
exit_rule = table("Retention Exit Rule")
snapshot = table("Quarterly Cohort Customer")
run, chunk = table("Retention Run"), table("Retention Run Chunk")

NOTHING = Decimal(0)
KEYS = ("customer", "company", "other company", "first purchase")
NAMES = 500
"""Customers of several companies that one query names."""

GONE = (CaseStatus.LOST.value, CaseStatus.RELEASED.value)


class Described(NamedTuple):
	"""A customer as people know it today."""

	account_manager: str = ""
	territory: str = ""
	is_disabled: bool = False
	customer_group: str = ""


class Left(NamedTuple):
	"""The last day on which a case ended with the customer gone, and whether another part of the house took it over."""

	day: date
	stays_in_house: bool = False

	@property
	def how(self) -> Loss:
		"""How the customer was lost."""
		return Loss.TRANSFERRED if self.stays_in_house else Loss.LEFT


class Complaints(NamedTuple):
	"""Complaints of a customer, and those of them that a serious priority took up to the manager."""

	came: int = 0
	escalated: int = 0


class Purchases(NamedTuple):
	"""What a customer bought in one company up to the end of a period, and in as many days or months before and within it.

	`last_before` is the last purchase up to the eve. Amounts are net, in the currency of the company.
	"""

	company: str
	first: date | None
	last_before: date | None
	last: date | None
	revenue_before: Decimal
	revenue_within: Decimal


class SnapshotCustomer(NamedTuple):
	"""A customer of one company as a quarter began with it, named as in SNAPSHOT_FIELDS."""

	customer: str
	company: str
	currency: str
	account_manager: str
	territory: str
	level: str
	was_active: bool
	had_agreement: bool
	revenue_before: Decimal
	customer_group: str = ""


SNAPSHOT_FIELDS = (
	*("customer", "company", "currency", "account_manager", "territory", "star_level"),
	*("was_active", "had_agreement", "revenue_before", "customer_group"),
)


def is_snapshot_written(source: Source, period: Period) -> bool:
	"""Tell whether a night has written what a period began with to its end; that is done for quarters."""
	if not isinstance(period, QuarterPeriod):
		return False
	values = {"phase": Phase.SNAPSHOT.value, "first_day": period.start, "last_day": period.end}
	is_done = any(True for _ in source.rows(written_query(), values))
	# A quarter of a year that begins on another day has rows of its own.
	return is_done and any(True for _ in source.rows(any_row_query(), {"quarter_start": period.start}))


def read_snapshot(source: Source, selection: Selection, quarter: Period) -> dict[str, list[SnapshotCustomer]]:
	"""Return the selected customers as the night wrote them at the beginning of a quarter, by folded customer."""
	found: dict[str, list[SnapshotCustomer]] = {}
	for row in selection.rows(source, snapshot_query(), {"quarter_start": quarter.start}):
		name, seller, currency, manager, territory, level, was_active, had_agreement, revenue, group = row
		words = (currency or "", manager or "", territory or "", level or "")
		amount = Decimal(str(as_amount(revenue)))
		flags = (as_count(was_active) == 1, as_count(had_agreement) == 1)
		then = SnapshotCustomer(name, seller, *words, *flags, amount, group or "")
		found.setdefault(fold(name), []).append(then)
	return found


def read_currencies(source: Source) -> dict[str, str]:
	"""Return the currency of every company."""
	query = str(MySQLQuery.from_(company).select(company.name, company.default_currency))
	return {name: currency or "" for name, currency in source.rows(query)}


def read_described(source: Source, selection: Selection) -> dict[str, Described]:
	"""Return who looks after the selected customers and where, by folded customer."""
	columns = (customer.account_manager, customer.territory, customer.disabled, customer.customer_group)
	query = str(MySQLQuery.from_(customer).select(customer.name, *columns).where(selected(customer.name)))
	return {
		fold(name): Described(manager or "", territory or "", as_count(disabled) == 1, group or "")
		for name, manager, territory, disabled, group in selection.rows(source, query)
	}


class Counted(NamedTuple):
	"""A period that purchases are counted of, up to one of its days."""

	period: Period
	until: date


def read_purchases(
	source: Source, selection: Selection, quarter: Period, until: date
) -> dict[str, list[Purchases]]:
	"""Return the purchases of the selected customers up to a day of the quarter, by folded customer."""
	(found,) = read_purchases_of(source, selection, [Counted(quarter, until)])
	return found


def read_purchases_of(
	source: Source, selection: Selection, counted: Sequence[Counted]
) -> list[dict[str, list[Purchases]]]:
	"""Return the same for several periods, in as many queries as for one.

	They sum up between all the days at which one of them begins or ends; a period is some of these spans.
	"""
	days = sorted({day for each in counted for day in (each.period.eve_before, each.period.eve, each.until)})
	found: list[dict[str, list[Purchases]]] = [{} for _ in counted]
	places = [
		(
			rows,
			days.index(each.period.eve_before),
			days.index(each.period.eve),
			days.index(each.until),
			each.until,
		)
		for rows, each in zip(found, counted, strict=True)
	]
	for name, seller, _other, first_ever, *figures in purchase_lines(source, selection, days):
		first, key = as_date(first_ever), fold(name)
		lasts = _running(figures[: len(days)])
		amounts = [_exact(cell) if cell else NOTHING for cell in figures[len(days) :]]
		for rows, before, eve, end, until in places:
			if first is not None and first <= until:
				earlier, within = _summed(amounts, before, eve), _summed(amounts, eve, end)
				bought = Purchases(seller, first, lasts[eve], lasts[end], earlier, within)
				rows.setdefault(key, []).append(bought)
	for of_period in found:
		for bought_in in of_period.values():
			if len(bought_in) > 1:
				bought_in.sort()
	return found


def purchase_lines(source: Source, selection: Selection, days: Sequence[date]) -> Iterator[Sequence[Any]]:
	"""Yield the lines of `purchases_query` between the days, one per customer and company.

	Almost everybody buys of one company, and a group of a customer is read off the index where one of a company too is
	sorted: only who buys of several is asked for once more.
	"""
	values = {f"day_{place}": day for place, day in enumerate(days)}
	columns, scattered = len(KEYS) + 2 * len(days) - 1, []
	for line in selection.lines(source, purchases_query(len(days)), columns, values):
		if line[1] == line[2]:
			yield line
		else:
			scattered.append(line[0])
	query = purchases_query(len(days), is_by_company=True)
	for start in range(0, len(scattered), NAMES):
		yield from Selection.of(scattered[start : start + NAMES]).lines(source, query, columns, values)


def _summed(amounts: Sequence[Decimal], after: int, until: int) -> Decimal:
	"""Return the sum of some spans; most periods are one."""
	return amounts[after] if until == after + 1 else sum(amounts[after:until], NOTHING)


def _running(cells: Sequence[Any]) -> list[date | None]:
	"""Return the last purchase up to the end of each span; a later span has the later one."""
	last, found = None, list[date | None]()
	for cell in cells:
		if cell:
			last = as_date(cell)
		found.append(last)
	return found


def _exact(amount: Any) -> Decimal:
	if amount.__class__ is str and amount.endswith("000") and amount[-10:-9] == ".":
		# Nothing to round: told as a float is, without floating.
		text = amount.rstrip("0")
		return Decimal(f"{text}0" if text[-1] == "." else text) if amount != NOTHING_STORED else NOTHING
	value = as_amount(amount)
	return Decimal(str(value)) if value else NOTHING


def read_left(source: Source, selection: Selection, until: date) -> dict[str, Left]:
	"""Return the last day on which a case ended with the customer gone, by folded customer."""
	found: dict[str, Left] = {}
	for name, stays, closed_on in selection.rows(source, left_query(), {"until": until}):
		if day := as_date(closed_on):
			left = Left(day, as_count(stays) == 1)
			found[fold(name)] = max(left, found.get(fold(name), left))
	return found


def read_complaints(
	source: Source, selection: Selection, first: date, last: date, rules: ComplaintPolicy
) -> dict[str, Complaints]:
	"""Return the complaints that came from `first` to `last`, by folded customer; types and priorities compare folded."""
	wanted, serious = (set(map(fold, names)) for names in (rules.issue_types, rules.serious_priorities))
	found: dict[str, Complaints] = {}
	values = {"first_day": first, "last_day": last}
	for name, kind, priority, count in selection.rows(source, complaints_query(), values):
		if fold(kind or "") in wanted:
			came, escalated = found.get(fold(name), Complaints())
			number = as_count(count)
			is_serious = fold(priority or "") in serious
			found[fold(name)] = Complaints(came + number, escalated + number * is_serious)
	return found


@cache
def left_query() -> str:
	"""Return the query of customer, whether it stays in the house, and the last day of such a case."""
	is_gone = case.status.isin(GONE) & (case.closed_on <= parameter("until"))
	stays = Case().when(exit_rule.stays_in_house == 1, 1).else_(0)
	return str(
		MySQLQuery.from_(case)
		.left_join(exit_rule)
		.on(exit_rule.name == case.exit_type)
		.select(case.customer, stays, fn.Max(case.closed_on))
		.where(selected(case.customer) & is_gone)
		.groupby(case.customer, stays)
	)


@cache
def any_row_query() -> str:
	"""Return the query of a row of a quarter's snapshot."""
	of_quarter = snapshot.quarter_start == parameter("quarter_start")
	return str(MySQLQuery.from_(snapshot).select(snapshot.name).where(of_quarter).limit(1))


@cache
def snapshot_query() -> str:
	"""Return the query of SNAPSHOT_FIELDS."""
	of_quarter = selected(snapshot.customer) & (snapshot.quarter_start == parameter("quarter_start"))
	fields = (snapshot[field] for field in SNAPSHOT_FIELDS)
	return str(MySQLQuery.from_(snapshot).select(*fields).where(of_quarter).orderby(snapshot.company))


@cache
def written_query() -> str:
	"""Return the query of the nights of a quarter all of whose chunks of a phase, one at least, are done."""
	is_done = Case().when(chunk.status == ChunkStatus.DONE.value, 1).else_(0)
	of_quarter = run.site_date[parameter("first_day") : parameter("last_day")]
	return str(
		MySQLQuery.from_(run)
		.join(chunk)
		.on(chunk.run == run.name)
		.select(run.name)
		.where(of_quarter & (chunk.phase == parameter("phase")))
		.groupby(run.name)
		.having(fn.Min(is_done) == 1)
	)


@cache
def purchases_query(boundaries: int, is_by_company: bool = False) -> str:
	"""Return the query of customer, first and last company by name, first purchase; the last purchase and revenue in spans.

	The spans are those between so many days, and what is empty is nothing. The first of the last purchases is that up to
	the first day; there is no revenue before it. By company the two are one, and a customer has a row for each.
	"""
	days: Term = purchase_day()
	seller = fn.Coalesce(invoice.company, "")
	sellers, keys = (fn.Min(seller), fn.Max(seller)), [invoice.customer]
	if is_by_company:
		sellers, keys = (seller, seller), [invoice.customer, seller]
	ends = [parameter(f"day_{place}") for place in range(boundaries)]
	within = [
		(invoice.posting_date > after) & (invoice.posting_date <= until) for after, until in pairwise(ends)
	]
	lasts = [
		Case().when(invoice.posting_date <= ends[0], days),
		*(Case().when(span, days) for span in within),
	]
	# What stands in no span is NULL, which costs the server less than adding nothing.
	amounts = (Case().when(span, net_total()) for span in within)
	return str(
		MySQLQuery.from_(invoice)
		.select(invoice.customer, *sellers, fn.Min(days))
		.select(*map(fn.Max, lasts), *map(fn.Sum, amounts))
		.where(selected(invoice.customer) & (invoice.docstatus == 1) & (invoice.posting_date <= ends[-1]))
		.groupby(*keys)
	)


@cache
def complaints_query() -> str:
	"""Return the query of customer, type and priority of issue, and how many."""
	within = issue.opening_date[parameter("first_day") : parameter("last_day")]
	return str(
		MySQLQuery.from_(issue)
		.select(issue.customer, issue.issue_type, issue.priority, fn.Count("*"))
		.where(selected(issue.customer) & within)
		.groupby(issue.customer, issue.issue_type, issue.priority)
	)

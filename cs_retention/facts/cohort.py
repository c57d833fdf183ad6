"""What a quarter knows of its customers but what they bought: the snapshot, who they are, who left, who complained."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from pypika import Case, MySQLQuery
from pypika import functions as fn

from cs_retention.engine.policy import ComplaintPolicy
from cs_retention.engine.quarter_periods import Period, QuarterPeriod
from cs_retention.engine.retention_case import CaseStatus
from cs_retention.engine.vocabulary import ChunkStatus, Loss, Phase
from cs_retention.facts.issues import issue
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import parameter, table
from cs_retention.facts.values import as_amount, as_count, as_date

customer, company, case = table("Customer"), table("Company"), table("Retention Case")
exit_rule = table("Retention Exit Rule")
snapshot = table("Quarterly Cohort Customer")
run, chunk = table("Retention Run"), table("Retention Run Chunk")


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
def complaints_query() -> str:
	"""Return the query of customer, type and priority of issue, and how many."""
	within = issue.opening_date[parameter("first_day") : parameter("last_day")]
	return str(
		MySQLQuery.from_(issue)
		.select(issue.customer, issue.issue_type, issue.priority, fn.Count("*"))
		.where(selected(issue.customer) & within)
		.groupby(issue.customer, issue.issue_type, issue.priority)
	)

"""Complaints from Issue, by what the site calls a complaint and a serious one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from pypika import Case, MySQLQuery
from pypika import functions as fn

from cs_retention.engine.workdays import add_months
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source, has_rows
from cs_retention.facts.sql import parameter, table
from cs_retention.facts.values import as_count

CLOSED = ("Closed", "Resolved")

issue = table("Issue")


class IssueFacts(NamedTuple):
	"""The facts of one customer that its issues give, named as in CustomerFacts."""

	complaints_12m: int = 0
	serious_complaints_12m: int = 0
	complaints_90d: int = 0
	serious_complaints_90d: int = 0
	open_complaints_90d: int = 0
	complaints_30d: int = 0
	serious_complaints_30d: int = 0


COLUMNS = 7
"""Columns of the query of issues."""


def ask_issues(source: Source, selection: Selection, as_of: date) -> None:
	"""Announce what `read_issues` asks."""
	selection.ahead(source, issues_query(), COLUMNS, _values(as_of))


def read_issues(
	source: Source,
	selection: Selection,
	as_of: date,
	issue_types: Sequence[str],
	serious_priorities: Sequence[str],
	is_past: bool = False,
) -> dict[str, IssueFacts]:
	"""Return the complaints of the selected customers, by folded customer; types and priorities compare folded.

	Of a past date, what was closed since was open then; that needs `has_closing_dates`.
	"""
	complaints, serious = set(map(fold, issue_types)), set(map(fold, serious_priorities))
	counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
	for customer, issue_type, priority, *figures in selection.lines(
		source, issues_query(is_past), COLUMNS, _values(as_of)
	):
		if fold(issue_type or "") not in complaints:
			continue
		year, quarter, still_open, month = map(as_count, figures)
		counted = counts[fold(customer)]
		counted.update(
			complaints_12m=year, complaints_90d=quarter, open_complaints_90d=still_open, complaints_30d=month
		)
		if fold(priority or "") in serious:
			counted.update(
				serious_complaints_12m=year, serious_complaints_90d=quarter, serious_complaints_30d=month
			)
	return {customer: IssueFacts(**counted) for customer, counted in counts.items()}


def has_closing_dates(source: Source) -> bool:
	"""Tell whether the day of closing is on record for every closed issue."""
	undated = issue.status.isin(CLOSED) & issue.sla_resolution_date.isnull()
	query = str(MySQLQuery.from_(issue).select(issue.name).where(undated).limit(1))
	return not has_rows(source, query)


@cache
def issues_query(is_past: bool = False) -> str:
	"""Return the query of issues opened within 12 months, counted per customer, type and priority."""
	opened = issue.opening_date
	in_quarter = opened > parameter("after_90d")
	# A datetime of the day itself is greater than the day: closed on the date counts as open through it.
	was_open = issue.sla_resolution_date.isnull() | (issue.sla_resolution_date > parameter("as_of"))
	is_open = in_quarter & (was_open if is_past else issue.status.notin(CLOSED))
	return str(
		MySQLQuery.from_(issue)
		.select(
			issue.customer,
			issue.issue_type,
			issue.priority,
			fn.Count("*"),
			fn.Sum(Case().when(in_quarter, 1).else_(0)),
			fn.Sum(Case().when(is_open, 1).else_(0)),
			fn.Sum(Case().when(opened > parameter("after_30d"), 1).else_(0)),
		)
		.where(selected(issue.customer) & (opened > parameter("after_12m")) & (opened <= parameter("as_of")))
		.groupby(issue.customer, issue.issue_type, issue.priority)
	)


def _values(as_of: date) -> dict[str, str | date]:
	return {
		"as_of": as_of,
		"after_12m": add_months(as_of, -12),
		"after_90d": as_of - timedelta(days=90),
		"after_30d": as_of - timedelta(days=30),
	}

"""What is on record about merchants within a span of days: one query per kind of record for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from pypika import Case, MySQLQuery
from pypika import functions as fn
from pypika.terms import Field, Term

from cs_retention.engine.alliance_evidence import InspectedFacts, MerchantFacts, ReceiptFacts
from cs_retention.facts.alliance_results import read_turnouts
from cs_retention.facts.issues import issue
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import parameter, table
from cs_retention.facts.values import as_amount, as_count

inspection, merchant = table("Alliance Inspection"), table("Alliance Merchant")
receipt, item = table("Purchase Receipt"), table("Purchase Receipt Item")


def read_evidence(
	source: Source, selection: Selection, first: date, last: date, issue_types: Sequence[str]
) -> dict[str, MerchantFacts]:
	"""Return what is on record about the selected merchants, by name; a merchant without a record is left out.

	A complaint is an issue about the merchant of one of the types, compared folded.
	"""
	values = {"first_day": first, "last_day": last}
	inspected = _read_inspections(source, selection, values)
	complaints = _read_complaints(source, selection, values, set(map(fold, issue_types)))
	receipts = _read_receipts(source, selection, values)
	campaigns = read_turnouts(source, selection, first, last)
	return {
		name: MerchantFacts(
			tuple(inspected.get(name, ())),
			tuple(complaints.get(name, ())),
			tuple(receipts.get(name, ())),
			tuple(campaigns.get(name, ())),
		)
		for name in {*inspected, *complaints, *receipts, *campaigns}
	}


def _read_inspections(
	source: Source, selection: Selection, values: dict[str, Any]
) -> dict[str, list[InspectedFacts]]:
	found: defaultdict[str, list[InspectedFacts]] = defaultdict(list)
	for of, name, quality, cooperation in selection.rows(source, inspections_query(), values):
		found[of].append(InspectedFacts(name, as_amount(quality), as_amount(cooperation)))
	return found


def _read_complaints(
	source: Source, selection: Selection, values: dict[str, Any], issue_types: set[str]
) -> dict[str, list[str]]:
	found: defaultdict[str, list[str]] = defaultdict(list)
	for of, name, kind in selection.rows(source, complaints_query(), values):
		if fold(kind or "") in issue_types:
			found[of].append(name)
	return found


def _read_receipts(
	source: Source, selection: Selection, values: dict[str, Any]
) -> dict[str, list[ReceiptFacts]]:
	found: defaultdict[str, list[ReceiptFacts]] = defaultdict(list)
	for of, name, is_return, amount, late in selection.rows(source, receipts_query(), values):
		row = ReceiptFacts(name, as_count(is_return) == 1, as_amount(amount), as_count(late) > 0)
		found[of].append(row)
	return found


@cache
def inspections_query() -> str:
	"""Return the query of merchant, name and scores of the submitted inspections."""
	columns = (inspection.merchant, inspection.name, inspection.quality, inspection.cooperation)
	query = MySQLQuery.from_(inspection).select(*columns).where(selected(inspection.merchant))
	is_counted = (inspection.docstatus == 1) & _within(inspection.inspected_on)
	return str(query.where(is_counted).orderby(inspection.inspected_on, inspection.name))


@cache
def complaints_query() -> str:
	"""Return the query of merchant, name and type of the issues about merchants."""
	about = issue.retention_merchant
	query = MySQLQuery.from_(issue).select(about, issue.name, issue.issue_type).where(selected(about))
	return str(query.where(_within(issue.opening_date)).orderby(issue.name))


@cache
def receipts_query() -> str:
	"""Return the query of merchant, name, whether it is a return, net total, and how many rows came late."""
	is_late = item.schedule_date < receipt.posting_date
	columns = (merchant.name, receipt.name, receipt.is_return, receipt.base_net_total)
	return str(
		MySQLQuery.from_(receipt)
		.join(merchant)
		.on(merchant.supplier == receipt.supplier)
		.left_join(item)
		.on(item.parent == receipt.name)
		.select(*columns, fn.Sum(Case().when(is_late, 1).else_(0)))
		.where(selected(merchant.name) & (receipt.docstatus == 1) & _within(receipt.posting_date))
		.groupby(*columns)
		.orderby(receipt.name)
	)


def _within(day: Field) -> Term:
	return day[parameter("first_day") : parameter("last_day")]

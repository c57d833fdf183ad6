"""The reviews of a quarter for all merchants in sets: drafted from what is on record, submitted where they are complete.

What they come to is what a review submitted by itself comes to; the history of each merchant is written in the same
transaction.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import frappe
from frappe.query_builder import DocType
from frappe.utils import cint, flt, nowdate

from cs_retention.cs_retention.settings import complaint_types
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.alliance import (
	Assessment,
	PartScore,
	Scores,
	TierOverride,
	assess_merchant,
	scores_of,
)
from cs_retention.engine.alliance_evidence import MerchantFacts, evidence_of
from cs_retention.engine.reasons import WorkError
from cs_retention.engine.vocabulary import Criterion, Tier
from cs_retention.facts.alliance_evidence import read_evidence
from cs_retention.facts.selection import Selection
from cs_retention.merchant_alliance.evidence import row_of
from cs_retention.merchant_alliance.merchants import MERCHANT
from cs_retention.merchant_alliance.reviews import BELONGS, REVIEW, fields_of, quarter_span, standing_of
from cs_retention.merchant_alliance.sanctions import in_force
from cs_retention.merchant_alliance.settings import alliance_policy
from cs_retention.store.base import Store, batches

SCORE = "Alliance Review Score"
PART = ("criterion", "part", "weight", "score", "evidence", "source", "documents")
CHILD = ("parent", "parentfield", "parenttype", "idx", *PART)
HEAD = ("name", "merchant", "merchant_name", "year", "quarter", "tier_before", "probation_before")
JUDGED = (
	*(
		"tier",
		"earned_tier",
		"reviews_in_probation",
		"is_elimination_proposed",
		"next_tier",
		"lacks",
		"reasons",
	),
	*("tier_before", "probation_before", *(criterion.name.lower() for criterion in Criterion)),
	*("quarter_key", "docstatus"),
)
PAGE = 1000
"""Merchants whose records are read together."""

Found = tuple[Any, Scores, Assessment]


def draft(year: int, quarter: str) -> int:
	"""Draft a review of a quarter for every merchant in the alliance that has none, and return how many were drafted."""
	span = quarter_span(frappe._dict(year=year, quarter=quarter))
	store, drafted = open_store(), 0
	for merchants in batches(to_be_judged(year, quarter, span[1]), PAGE):
		names = reserve_names(len(merchants))
		found = read_evidence(store, Selection.of([row.name for row in merchants]), *span, complaint_types())
		heads, rows = [], []
		for name, row in zip(names, merchants, strict=True):
			before = (row.tier, row.reviews_in_probation)
			heads.append((name, row.name, row.merchant_name, year, quarter, *before))
			rows += part_rows(name, found.get(row.name, MerchantFacts()))
		store.insert_rows(REVIEW, HEAD, heads)
		store.insert_rows(SCORE, CHILD, rows)
		drafted += len(heads)
	return drafted


def to_be_judged(year: int, quarter: str, last: date) -> list[Any]:
	"""Return the merchants in the alliance that have no review of a quarter, drafts counted."""
	merchant, review = DocType(MERCHANT), DocType(REVIEW)
	return (
		frappe.qb.from_(merchant)
		.left_join(review)
		.on(
			(review.merchant == merchant.name)
			& (review.year == year)
			& (review.quarter == quarter)
			& (review.docstatus < 2)
		)
		.select(merchant.name, merchant.merchant_name, merchant.tier, merchant.reviews_in_probation)
		.where(merchant.status.isin(BELONGS) & review.name.isnull())
		.where(merchant.admitted_on.isnull() | (merchant.admitted_on <= last))
		.orderby(merchant.name)
		.run(as_dict=True)
	)


def part_rows(review: str, facts: MerchantFacts) -> list[tuple[Any, ...]]:
	"""Return the rows of a drafted review: what is on record, and an empty one for each criterion without any."""
	parts = [row_of(found) for found in evidence_of(facts)]
	covered = {part["criterion"] for part in parts}
	for criterion in Criterion:
		if criterion.value not in covered:
			label = frappe._(criterion.value)
			parts.append(
				{"criterion": criterion.value, "part": label, "weight": 1, "score": 0, "evidence": ""}
			)
	parts.sort(key=lambda part: [criterion.value for criterion in Criterion].index(part["criterion"]))
	return [
		(review, "scores", REVIEW, place, *(part.get(name) for name in PART))
		for place, part in enumerate(parts, 1)
	]


def reserve_names(number: int) -> list[str]:
	"""Return the next names of reviews, which nobody else is given."""
	prefix, series = f"AR-{nowdate()[:4]}-", DocType("Series")
	rows = frappe.qb.from_(series).select(series.current).where(series.name == prefix).for_update().run()
	last = cint(rows[0][0]) if rows else 0
	if rows:
		frappe.qb.update(series).set(series.current, last + number).where(series.name == prefix).run()
	else:
		frappe.qb.into(series).columns("name", "current").insert(prefix, number).run()
	return [f"{prefix}{place:05d}" for place in range(last + 1, last + number + 1)]


def submit_complete(year: int, quarter: str) -> int:
	"""Submit the drafts of a quarter in which nothing lacks, and return how many; no later quarter may stand."""
	named = {row.merchant for row in drafts(year, quarter)}
	# What is read from here on is what stands after the wait, unless this transaction has written already.
	if not frappe.db.transaction_writes:
		frappe.db.rollback()
	open_store().hold(MERCHANT, "name", sorted(named))
	held = [row for row in drafts(year, quarter) if row.merchant in named]
	span = quarter_span(frappe._dict(year=year, quarter=quarter))
	return sum(submit_page(page, span) for page in batches(held, PAGE))


def drafts(year: int, quarter: str) -> list[Any]:
	"""Return the drafts of a quarter whose merchants have no submitted review of it or of a later one."""
	review, later = DocType(REVIEW), DocType(REVIEW).as_("later")
	is_later = (later.year > review.year) | ((later.year == review.year) & (later.quarter >= review.quarter))
	return (
		frappe.qb.from_(review)
		.left_join(later)
		.on((later.merchant == review.merchant) & (later.docstatus == 1) & is_later)
		.select(
			*(review[name] for name in ("name", "merchant", "year", "quarter", "override_tier")),
			*(review[name] for name in ("override_until", "override_reason", "decided_by")),
		)
		.where((review.year == year) & (review.quarter == quarter) & (review.docstatus == 0))
		.where(later.name.isnull())
		.orderby(review.name)
		.run(as_dict=True)
	)


def submit_page(reviews: Sequence[Any], span: tuple[date, date]) -> int:
	"""Judge reviews whose merchants are held, and write what they come to, on them and on their merchants."""
	store = open_store()
	merchants = read_merchants([row.merchant for row in reviews])
	kept_down = in_force(merchants, nowdate())
	parts, policy = read_parts(store, reviews, span), alliance_policy()
	found: list[Found] = []
	for row in reviews:
		merchant = merchants.get(row.merchant)
		if not merchant:
			continue
		try:
			scores = scores_of(parts[row.name])
		except WorkError:
			# Not complete yet: it stays a draft.
			continue
		standing = standing_of(merchant, kept_down.get(row.merchant))
		found.append((row, scores, assess_merchant(scores, standing, policy, span[1], override_of(row))))
	write(store, found, merchants)
	return len(found)


def override_of(row: Any) -> TierOverride | None:
	"""Return the tier that somebody has decided on."""
	if not row.override_tier:
		return None
	return TierOverride(Tier(row.override_tier), row.override_until, row.override_reason, row.decided_by)


def read_merchants(names: Sequence[str]) -> Mapping[str, Any]:
	"""Return the merchants that are judged, those in the alliance."""
	fields = ["name", "admitted_on", "tier", "reviews_in_probation"]
	wanted = {"name": ("in", list(names)), "status": ("in", BELONGS)}
	return {row.name: row for row in frappe.get_all(MERCHANT, wanted, fields)}


def read_parts(
	store: Store, reviews: Sequence[Any], span: tuple[date, date]
) -> Mapping[str, list[PartScore]]:
	"""Return the parts of reviews; those that are computed as the records stand now, which is written too."""
	merchants = {row.name: row.merchant for row in reviews}
	facts = read_evidence(store, Selection.of(sorted(set(merchants.values()))), *span, complaint_types())
	now = {
		name: {
			(each.source.value, each.criterion.value): each
			for each in evidence_of(facts.get(of, MerchantFacts()))
		}
		for name, of in merchants.items()
	}
	found: defaultdict[str, list[PartScore]] = defaultdict(list)
	changed = []
	wanted = {"parent": ("in", list(merchants)), "parenttype": REVIEW}
	for row in frappe.get_all(SCORE, wanted, ["name", "parent", *PART], order_by="parent, idx"):
		if row.source:
			fresh = now[row.parent].get((row.source, row.criterion))
			row.update(row_of(fresh) if fresh else {"evidence": ""})
		changed.append((row.name, row.score, row.evidence, row.documents))
		found[row.parent].append(
			PartScore(Criterion(row.criterion), row.part, flt(row.weight), flt(row.score), row.evidence or "")
		)
	store.update_rows(SCORE, ("name", "score", "evidence", "documents"), changed)
	return found


def write(store: Store, found: Sequence[Found], merchants: Mapping[str, Any]) -> None:
	"""Write reviews as submitted, and what they come to on their merchants."""
	judged = []
	for row, scores, assessment in found:
		merchant, fields = merchants[row.merchant], fields_of(assessment)
		values = {
			**fields,
			"tier_before": merchant.tier,
			"probation_before": cint(merchant.reviews_in_probation),
			**{criterion.name.lower(): score for criterion, score in scores.items()},
			"quarter_key": f"{row.merchant}|{row.year}-{row.quarter}",
			"docstatus": 1,
		}
		judged.append((row.name, *(values[name] for name in JUDGED)))
	store.update_rows(REVIEW, ("name", *JUDGED), judged)
	submit_parts([row.name for row, _scores, _assessment in found])
	write_merchants(store, found, merchants)


def write_merchants(store: Store, found: Sequence[Found], merchants: Mapping[str, Any]) -> None:
	"""Write the tiers of merchants, as they stood before, and their history."""
	rows = [
		(row.merchant, assessment.tier.value, assessment.reviews_in_probation)
		for row, _scores, assessment in found
	]
	store.update_rows(MERCHANT, ("name", "tier", "reviews_in_probation"), rows)
	keep_history(found, merchants)
	for name, _tier, _times in rows:
		frappe.clear_document_cache(MERCHANT, name)


def submit_parts(reviews: Sequence[str]) -> None:
	"""Submit the rows of reviews with them."""
	part = DocType(SCORE)
	for batch in batches(reviews):
		frappe.qb.update(part).set(part.docstatus, 1).where(part.parent.isin(batch)).run()


def keep_history(found: Iterable[Found], merchants: Mapping[str, Any]) -> None:
	"""Write the versions of merchants whose tier changed, as saving each of them would."""
	now, user = frappe.utils.now_datetime(), frappe.session.user
	rows = []
	for row, _scores, assessment in found:
		before = merchants[row.merchant].tier
		if before != assessment.tier.value:
			data = {
				"changed": [["tier", before, assessment.tier.value]],
				"added": [],
				"removed": [],
				"row_changed": [],
			}
			name = frappe.generate_hash(length=10)
			rows.append((name, MERCHANT, row.merchant, json.dumps(data), now, now, user, user))
	fields = ("name", "ref_doctype", "docname", "data", "creation", "modified", "owner", "modified_by")
	if rows:
		frappe.db.bulk_insert("Version", fields, rows, chunk_size=PAGE)

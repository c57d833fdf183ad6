"""What the steps of a Star Review write: proposals, ratings applied, ratings reverted, in pages of sets."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import frappe
from frappe import _
from frappe.query_builder.functions import Count, Max, Min
from frappe.utils import getdate, now_datetime

from cs_retention.cs_retention.states import STATE, add_states, clear_customers
from cs_retention.engine.customer import CustomerFacts
from cs_retention.engine.policy import Policy
from cs_retention.engine.star_rating import ReviewKind
from cs_retention.engine.star_review import Move
from cs_retention.engine.vocabulary import Level, RatingStatus
from cs_retention.facts.book import CustomerRow, PageFacts, page_of, pages
from cs_retention.facts.given_levels import NOTHING_GIVEN, GivenLevels, read_given_levels
from cs_retention.facts.keys import fold
from cs_retention.nightly.basis import Basis, read_basis
from cs_retention.nightly.collector import collector_paused
from cs_retention.nightly.reviews import (
	RATING_FIELDS,
	STAR_RATING,
	STATE_FIELDS,
	dump_before,
	level_before,
	load_before,
	record_row,
	review_customer,
	state_fields,
	taken_over,
)
from cs_retention.nightly.states import StoredState, ask_states, read_states
from cs_retention.star_levels.policies import load_policy

if TYPE_CHECKING:
	from cs_retention.star_levels.review_jobs import Run

PAGE = 10_000
TAKEN_OVER = tuple(STATE_FIELDS.values())
PROPOSED, APPLIED, REVERTED = (status.value for status in RatingStatus)


class StaleReviewError(frappe.ValidationError):
	"""The ratings have changed since the review was computed."""


def compute(run: "Run") -> None:
	"""Rate every customer as of the review's date and propose what the review would make of the states."""
	review = run.review
	last = ""
	while bounds := next_page(review.name, PROPOSED, last):
		last = bounds["last"]
		run.write(partial(delete_proposals, review.name, last), 0)
	run.write(add_missing_states, 0)
	policy, as_of = load_policy(review.policy), getdate(review.as_of)
	basis = read_basis(run.store, policy, as_of)
	total, done = max(1, frappe.db.count("Customer")), 0
	for page in pages(run.store, PAGE):
		done += len(page)
		run.write(partial(propose_page, run, page, basis, policy), 100 * done / total)


def delete_proposals(review: str, last_state: str | None = None) -> None:
	"""Delete what an earlier computation proposed, up to a state or all of it."""
	up_to = {"state": ("<=", last_state)} if last_state else {}
	frappe.db.delete(STAR_RATING, {"review": review, "status": PROPOSED, **up_to})


@collector_paused()
def propose_page(run: "Run", page: Sequence[CustomerRow], basis: Basis, policy: Policy) -> None:
	"""Write the proposed ratings of a page of customers, each while the next are made.

	Who is New and stays so needs none; who was rated as of a later date keeps that rating.
	"""
	store, selection, as_of = run.store, page_of(page), basis.as_of
	given = read_given_levels(store, selection, as_of) if basis.has_given_levels else {}
	found = PageFacts(store, page, basis.shape, policy.complaints, as_of, selection)
	rows = partial(_proposals, run, found.read, basis, policy, given, now_datetime())
	with store.overlapping():
		ask_states(store, selection, TAKEN_OVER)
		found.ask()
		states = read_states(store, selection, TAKEN_OVER)
		# What is filled from the start does not make the record longer when it is closed.
		store.insert_rows(STAR_RATING, (*RATING_FIELDS, "status_since"), rows(states))


def _proposals(
	run: "Run",
	read: Callable[[], Iterator[CustomerFacts]],
	basis: Basis,
	policy: Policy,
	given: Mapping[str, GivenLevels],
	now: datetime,
	states: Mapping[str, StoredState],
) -> Iterator[tuple[Any, ...]]:
	"""Yield the rows of a page's proposed ratings; a customer without a state came after the review had begun."""
	kind, made_by, as_of = ReviewKind(run.review.kind), run.review.name, basis.as_of
	for facts in read():
		key = fold(facts.customer)
		state = states.get(key)
		if state is None or (state["reviewed_on"] is not None and state["reviewed_on"] > as_of):
			continue
		found = review_customer(facts, state, kind, basis, policy, given.get(key, NOTHING_GIVEN))
		if found.move is Move.NEW and level_before(state) is Level.NEW:
			continue
		fields = state_fields(found, state, policy, as_of)
		record = record_row(found, state.name, as_of, RatingStatus.PROPOSED, made_by, dump_before(state))
		yield (*record, *taken_over(fields), now)


def add_missing_states() -> None:
	"""Give every customer of the book a state."""
	customer, state = frappe.qb.DocType("Customer"), frappe.qb.DocType(STATE)
	without = frappe.qb.from_(customer).left_join(state).on(state.customer == customer.name)
	is_kept = (customer.disabled == 0) & (customer.is_internal_customer == 0)
	names = without.select(customer.name).where(is_kept & state.name.isnull()).run(pluck=True)
	if names:
		add_states(names)


def apply(run: "Run") -> None:
	"""Apply the proposals that are still open: states, mirrors on Customer, ratings, page by page."""
	validate_fresh(run)
	total, done = max(1, count_ratings(run.review.name)), count_ratings(run.review.name, APPLIED)
	last = ""
	while bounds := next_page(run.review.name, PROPOSED, last):
		done, last = done + bounds["size"], bounds["last"]
		run.write(partial(apply_page, run, bounds), 100 * done / total)


RATINGS = f"`tab{STAR_RATING}` rating FORCE INDEX (states_of_review)"
"""Ratings as the statements of a page find them: where an earlier review has left as many again, and statistics are of
before this one, the server would read all of them for each state."""

MOVED_SINCE = f"""SELECT COUNT(*) FROM {RATINGS} JOIN `tab{STATE}` state ON state.name = rating.state
	WHERE rating.review = %(review)s AND rating.status = %(status)s AND NOT (
		COALESCE(state.star_level, '') = COALESCE(rating.previous_level, '')
		AND state.reviewed_on <=> CAST(JSON_VALUE(rating.before, '$.reviewed_on') AS DATE))"""


def validate_fresh(run: "Run") -> None:
	"""Refuse proposals when a customer was reviewed, by the night for one, since they were made."""
	((count,),) = run.store.rows(MOVED_SINCE, {"review": run.review.name, "status": PROPOSED})
	if count:
		frappe.throw(
			_("{0} customers were rated again since this review was computed. Compute it again.").format(
				count
			),
			StaleReviewError,
			title=_("Ratings Have Changed"),
		)


def count_ratings(review: str, *statuses: str) -> int:
	"""Return how many ratings a review has, in one of the statuses or in any."""
	wanted = {"status": ("in", statuses)} if statuses else {}
	return frappe.db.count(STAR_RATING, {"review": review, **wanted})


def next_page(review: str, status: str, after: str) -> dict[str, Any] | None:
	"""Return first and last state and the size of the next page of a review's ratings; None after the last."""
	rating = frappe.qb.DocType(STAR_RATING)
	wanted = (rating.review == review) & (rating.status == status) & (rating.state > after)
	page = frappe.qb.from_(rating).select(rating.state).where(wanted).orderby(rating.state).limit(PAGE)
	columns = (Min(page.state).as_("first"), Max(page.state).as_("last"), Count("*").as_("size"))
	(bounds,) = frappe.qb.from_(page).select(*columns).run(as_dict=True)
	return bounds if bounds.size else None


SETTINGS = ", ".join(f"state.`{field}` = rating.`{name}`" for name, field in STATE_FIELDS.items())
IN_PAGE = "rating.review = %(review)s AND rating.status = %(status)s AND rating.state BETWEEN %(first)s AND %(last)s"
# States come first and by their key, so that they are changed in place: the other way round the server would write
# the reasons of a page to a temporary table on disk.
APPLY_TO_STATES = f"""UPDATE `tab{STATE}` state STRAIGHT_JOIN {RATINGS} ON rating.state = state.name
	SET {SETTINGS}, state.as_of = rating.as_of, state.modified = %(now)s, state.modified_by = %(user)s
	WHERE state.name BETWEEN %(first)s AND %(last)s AND {IN_PAGE}"""
FIND_MIRRORS = f"""SELECT customer.name FROM {RATINGS} JOIN `tab{STATE}` state ON state.name = rating.state
	JOIN tabCustomer customer ON customer.name = state.customer
	WHERE {IN_PAGE} AND NOT customer.retention_star_level <=> state.star_level"""
APPLY_TO_MIRRORS = f"""UPDATE tabCustomer customer JOIN `tab{STATE}` state ON state.customer = customer.name
	JOIN {RATINGS} ON rating.state = state.name
	SET customer.retention_star_level = state.star_level
	WHERE {IN_PAGE} AND NOT customer.retention_star_level <=> state.star_level"""
CLOSE_RATINGS = f"""UPDATE {RATINGS} SET rating.status = %(closed)s, rating.status_since = %(now)s
	WHERE {IN_PAGE}"""


def apply_page(run: "Run", bounds: dict[str, Any]) -> None:
	"""Let a page of states take over their proposed ratings.

	Customer.modified stays: a form opened before and saved after must not be refused.
	"""
	values = {"review": run.review.name, "status": PROPOSED, "closed": APPLIED, **bounds, **stamps()}
	run.store.change(APPLY_TO_STATES, values)
	write_mirrors(run, values)
	run.store.change(CLOSE_RATINGS, values)


def write_mirrors(run: "Run", values: dict[str, Any]) -> None:
	"""Copy the level to the customers of a page that show another, and drop their cached documents."""
	changed = [name for (name,) in run.store.lines(FIND_MIRRORS, 1, values)]
	if changed:
		run.store.change(APPLY_TO_MIRRORS, values)
		clear_customers(changed)


def stamps() -> dict[str, Any]:
	"""Return who writes, and when."""
	return {"now": now_datetime(), "user": frappe.session.user}


def revert(run: "Run") -> None:
	"""Put back what stood before the review, page by page; who was rated again since keeps that rating."""
	total, done, last = max(1, count_ratings(run.review.name)), 0, ""
	while bounds := next_page(run.review.name, APPLIED, last):
		done, last = done + bounds["size"], bounds["last"]
		run.write(partial(revert_page, run, bounds), 100 * done / total)


STANDING_RATINGS = f"""SELECT rating.name, rating.state, rating.before FROM {RATINGS}
	WHERE {IN_PAGE} AND NOT EXISTS (
		SELECT later.name FROM `tab{STAR_RATING}` later WHERE later.state = rating.state AND later.status = %(status)s
		AND later.name != rating.name AND COALESCE(later.status_since, later.creation) > rating.status_since)
	ORDER BY rating.state"""


def revert_page(run: "Run", bounds: dict[str, Any]) -> None:
	"""Give a page of states back the fields they had before the review."""
	values = {"review": run.review.name, "status": APPLIED, **bounds}
	rows = [
		(name, state, load_before(before)) for name, state, before in run.store.rows(STANDING_RATINGS, values)
	]
	if not rows:
		return
	restored = ([state, *(before[field] for field in STATE_FIELDS.values())] for _name, state, before in rows)
	run.store.update_rows(STATE, ("name", *STATE_FIELDS.values()), restored)
	write_mirrors(run, values)
	now = now_datetime()
	closed = ([name, REVERTED, now] for name, *_rest in rows)
	run.store.update_rows(STAR_RATING, ("name", "status", "status_since"), closed)


def is_partly_done(review: str, step: str) -> bool:
	"""Whether a step that changes ratings has changed some of them."""
	begun = {"Submit": APPLIED, "Cancel": REVERTED}.get(step)
	return bool(begun and frappe.db.exists(STAR_RATING, {"review": review, "status": begun}))


FIGURES = {
	"rated": "COUNT(rating.rated_on)",
	"first_rated": "COALESCE(SUM(rating.move = 'First Rating'), 0)",
	"up": "COALESCE(SUM(rating.move = 'Up'), 0)",
	"down": "COALESCE(SUM(rating.move = 'Down'), 0)",
	"same": "COALESCE(SUM(rating.move = 'Same'), 0)",
	"near_next_level": "COALESCE(SUM(rating.next_level > '' AND rating.next_level_gap <= %(near)s), 0)",
	"overrides_kept": "COUNT(NULLIF(rating.override, ''))",
	"imported": "COUNT(NULLIF(rating.head_office_level, ''))",
	"imported_differ": "COALESCE(SUM(rating.head_office_level > '' AND rating.head_office_level != rating.own_level), 0)",
}
"""Figures of a review and how they are counted over its ratings."""


def read_figures(run: "Run") -> dict[str, int]:
	"""Return the figures of a review after a step, from its ratings."""
	review = run.review
	query = f"SELECT {', '.join(FIGURES.values())} FROM `tab{STAR_RATING}` rating WHERE rating.review = %(review)s"
	(counts,) = run.store.rows(query, {"review": review.name, "near": review.near_points or 0})
	figures = {name: int(count) for name, count in zip(FIGURES, counts, strict=True)}
	figures["not_rated"] = count_book() - figures["rated"]
	if review.docstatus == 1:
		figures["rated_since"] = count_ratings(review.name, APPLIED)
	return figures


def count_book() -> int:
	"""Return the customers that a review rates: neither disabled nor internal."""
	return frappe.db.count("Customer", {"disabled": 0, "is_internal_customer": 0})

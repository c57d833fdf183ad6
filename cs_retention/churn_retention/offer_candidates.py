"""Who may get an offer today: the customers of the book that meet its conditions, page by page in sets."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import frappe
from frappe.desk.reportview import build_match_conditions

from cs_retention.callbacks.report_rows import seen
from cs_retention.callbacks.working_days import today
from cs_retention.churn_retention.case_rules import as_offer
from cs_retention.cs_retention.settings import SETTINGS, offer_policy
from cs_retention.cs_retention.states import STATE, open_store
from cs_retention.engine.retention_offers import OfferFacts, is_candidate, needs_approval
from cs_retention.facts.keys import fold
from cs_retention.facts.offers import InBook, read_barred, read_book, read_offer_facts
from cs_retention.facts.selection import Selection
from cs_retention.store.base import batches

PAGE = 5000


class Candidate(NamedTuple):
	"""A customer who may get an offer today, and what that is measured by."""

	customer: InBook
	facts: OfferFacts
	needs_approval: bool


def candidates(offer: str, among: Sequence[str] | None = None) -> Iterator[Candidate]:
	"""Yield those of the customers whose records the reader sees that may get an offer today; none while it is disabled.

	Left out are customers who were released, and those with an open case whose exit type allows no offer.
	"""
	document = frappe.get_doc("Retention Offer", offer)
	document.check_permission("read")
	if document.disabled:
		return
	store, day, made = open_store(), today(), as_offer(document)
	policy = offer_policy(frappe.get_cached_doc(SETTINGS))
	for page in batches(read_book(store, reader_sees(among)), PAGE):
		selection = Selection.of([customer.name for customer in page])
		barred = read_barred(store, selection)
		facts = read_offer_facts(store, selection, (customer.name for customer in page), day)
		for customer in page:
			found = facts[fold(customer.name)]
			if fold(customer.name) not in barred and is_candidate(made, found, policy, day):
				yield Candidate(customer, found, needs_approval(made.cost, found, policy))


def reader_sees(among: Sequence[str] | None) -> Selection:
	"""Return the customers whose records the reader sees: all of them, or some."""
	if among is None:
		return seen(STATE, "customer")
	if not build_match_conditions(STATE):
		return Selection.of(among)
	named = {"customer": ("in", among)}
	return Selection.of(frappe.get_list(STATE, named, pluck="customer", limit=0) or [""])

"""Who is tied to us by an offer that was accepted and runs on; one query."""

from __future__ import annotations

from datetime import date
from functools import cache

from pypika import MySQLQuery

from cs_retention.engine.retention_offers import OfferAnswer
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import parameter, table

case, offer = table("Retention Case"), table("Retention Case Offer")


def read_tied(source: Source, selection: Selection, as_of: date) -> frozenset[str]:
	"""Return the selected customers whom an accepted offer binds at the end of a day, folded."""
	return frozenset(fold(name) for (name,) in selection.rows(source, tied_query(), {"as_of": as_of}))


@cache
def tied_query() -> str:
	"""Return the query of customers with an offer that was accepted by the day and binds beyond it."""
	is_accepted = (offer.answer == OfferAnswer.ACCEPTED.value) & (offer.answered_on <= parameter("as_of"))
	return str(
		MySQLQuery.from_(offer)
		.join(case)
		.on(case.name == offer.parent)
		.select(case.customer)
		.distinct()
		.where(selected(case.customer) & is_accepted & (offer.bound_until >= parameter("as_of")))
	)

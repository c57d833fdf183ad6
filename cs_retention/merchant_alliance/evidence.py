"""The parts of a review that records give: taken in on the form, reckoned anew whenever it is saved."""

import json
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from cs_retention.cs_retention.night_progress import language
from cs_retention.cs_retention.settings import complaint_types
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.alliance_evidence import MerchantFacts, ScoreEvidence, evidence_of
from cs_retention.facts.alliance_evidence import read_evidence
from cs_retention.facts.selection import Selection
from cs_retention.render.wording import sentence


def found_in(merchant: str, span: tuple[date, date]) -> list[ScoreEvidence]:
	"""Return the scores that are on record about a merchant within days."""
	types = complaint_types()
	facts = read_evidence(open_store(), Selection.of([merchant]), *span, types)
	return evidence_of(facts.get(merchant, MerchantFacts()))


def row_of(found: ScoreEvidence) -> dict[str, Any]:
	"""Return a score as a row of the form."""
	return {
		"criterion": found.criterion.value,
		"part": _(found.source.value, context="Alliance Review Score"),
		"weight": 1,
		"score": found.score,
		"evidence": sentence(found.why, language()),
		"source": found.source.value,
		"documents": json.dumps(found.documents),
	}


def refresh(review: Document, span: tuple[date, date]) -> None:
	"""Put into the rows that are computed what is on record now, whatever a request says."""
	for row in review.scores:
		if not row.source:
			row.documents = None
	computed = [row for row in review.scores if row.source]
	if not computed:
		return
	found = {(each.source.value, each.criterion.value): each for each in found_in(review.merchant, span)}
	for row in computed:
		if (row.source, row.criterion) not in found:
			frappe.throw(
				_("Row {0}: there are no records of {1} in the quarter. Take the row out.").format(
					row.idx, frappe.bold(_(row.source, context=row.doctype))
				),
				title=_("Nothing on Record"),
			)
		now = row_of(found[row.source, row.criterion])
		row.update({name: now[name] for name in ("score", "evidence", "documents")})

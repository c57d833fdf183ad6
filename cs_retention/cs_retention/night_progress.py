"""How far a night is, for its form."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.query_builder.functions import Count, Sum

from cs_retention.cs_retention.reader import language
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.vocabulary import ChunkStatus, Phase
from cs_retention.nightly.ledger import CHUNK, FIGURES
from cs_retention.nightly.reason_json import load_reasons
from cs_retention.render.wording import sentence

SHOWN = 50
"""Customers left out that are listed on the form; the chunks have them all."""

ENDED = (ChunkStatus.DONE.value, ChunkStatus.FAILED.value)


def read_progress(run: Document) -> dict[str, Any]:
	"""Return the status of a run, a row per phase, the customers left out with why, and why it was skipped."""
	return {
		"status": run.status,
		"phases": list(phases(run)),
		"left_out": left_out(run.name)[:SHOWN],
		"reasons": [sentence(reason, language()) for reason in load_reasons(run.reasons)],
	}


def phases(run: Document) -> Iterator[dict[str, Any]]:
	"""Yield phase, chunks, those that ended, that failed, that are at work or lost, and the figures summed."""
	chunk = frappe.qb.DocType(CHUNK)
	columns = [Sum(chunk[name]).as_(name) for name in FIGURES]
	query = frappe.qb.from_(chunk).where(chunk.run == run.name).groupby(chunk.phase, chunk.status)
	lost = lost_chunks(run.name)
	rows = query.select(chunk.phase, chunk.status, Count("*").as_("chunks"), *columns).run(as_dict=True)
	for phase in Phase:
		own = [row for row in rows if row.phase == phase.value]
		yield {
			"phase": phase.value,
			"chunks": sum(row.chunks for row in own),
			"ended": sum(row.chunks for row in own if row.status in ENDED),
			"failed": sum(row.chunks for row in own if row.status == ChunkStatus.FAILED.value),
			"at_work": sum(row.chunks for row in own if row.status == ChunkStatus.CLAIMED.value),
			"lost": lost[phase.value],
			**{name: int(sum(row[name] or 0 for row in own)) for name in FIGURES},
		}


def lost_chunks(run: str) -> Counter[str]:
	"""Return by phase how many chunks are claimed by a worker whose connection is gone; the next wake-up gives them away."""
	claimed = {"run": run, "status": ChunkStatus.CLAIMED.value, "holder": ("is", "set")}
	store = open_store()
	return Counter(
		chunk.phase
		for chunk in frappe.get_all(CHUNK, claimed, ["phase", "holder"])
		if store.is_gone(chunk.holder)
	)


def left_out(run: str) -> list[list[str]]:
	"""Return the customers that a run left out, each with the error."""
	rows = frappe.get_all(
		CHUNK, {"run": run, "customers_spared": (">", 0)}, pluck="spared", order_by="first_key"
	)
	return [pair for text in rows for pair in json.loads(text)]

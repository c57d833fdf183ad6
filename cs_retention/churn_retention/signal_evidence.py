"""The documents behind a signal: kept with it at the end of the night that raised it, and when a person closes it.

What became of them since changes nothing of what was kept; what came later is looked up beside it while the signal is
open. Whoever reads a signal sees of its documents those that the reader may read.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import create_batch, getdate

from cs_retention.churn_retention.evidence_kinds import KINDS, Kind
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.vocabulary import SignalRule, SignalStatus
from cs_retention.facts.keys import fold

SIGNAL = "Churn Signal"
MOST = 12
"""Documents of a kind that are kept and shown, the latest first."""
BATCH, MOST_A_NIGHT = 500, 5000
"""Signals whose documents are read together, and at the end of one night: a first night raises more than are news."""

Row = dict[str, Any]
Read = Callable[..., list[Any]]


def get_evidence(signal: Document) -> list[Row]:
	"""Return the documents behind a signal that the reader may read, each with `doctype`, `name`, `day`, `figure`.

	`is_gone` marks one that was deleted since; of it the signal alone knows.
	"""
	kept = json.loads(signal.evidence or "[]")
	shown = [row for doctype in doctypes_of(kept) for row in readable(doctype, kept)]
	return shown if signal.status == SignalStatus.CLOSED.value else with_later(shown, signal, frappe.get_list)


def dump_evidence(signal: Document) -> str:
	"""Return the documents behind a signal, to be kept with it: what was kept before as it was, what came later as it is."""
	# Kept whole, whoever closes the signal: who reads it later sees what that reader may read.
	return dumped(with_later(json.loads(signal.evidence or "[]"), signal, frappe.get_all))


def keep_evidence(as_of: date | str) -> int:
	"""Keep the documents behind the signals that have none kept yet and return how many; a hook of the night.

	Those of the most value at risk go first; the others are looked up until a later night has room for them. One query
	per kind of documents and batch. Its caller, a job of Administrator's, commits.
	"""
	waiting = {
		"status": ("!=", SignalStatus.CLOSED.value),
		"evidence": ("is", "not set"),
		"rule": ("in", [rule.value for rule in KINDS]),
	}
	fields = ["name", "customer", "rule", "figures_on"]
	signals = frappe.get_all(SIGNAL, waiting, fields, order_by="value_at_risk desc, name", limit=MOST_A_NIGHT)
	store = open_store()
	for batch in create_batch(signals, BATCH):
		# One that a person closed meanwhile holds what that person saw.
		store.update_rows(SIGNAL, ("name", "evidence"), documents_of(batch), still="night_key")
	return len(signals)


def documents_of(signals: Sequence[Any]) -> Iterator[tuple[str, str]]:
	"""Yield signals with the documents behind them."""
	asked: defaultdict[tuple[SignalRule, date], list[Any]] = defaultdict(list)
	for signal in signals:
		asked[SignalRule(signal.rule), getdate(signal.figures_on)].append(signal)
	for (rule, day), some in asked.items():
		found: defaultdict[str, list[Row]] = defaultdict(list)
		for kind in KINDS[rule]:
			customers = sorted({signal.customer for signal in some})
			for customer, rows in live_rows(kind, customers, day, frappe.get_all).items():
				found[customer] += rows
		for signal in some:
			yield signal.name, dumped(found[fold(signal.customer)])


def dumped(rows: Iterable[Row]) -> str:
	"""Return rows as they are kept."""
	return json.dumps(list(rows), ensure_ascii=False, default=str)


def with_later(kept: list[Row], signal: Document, read: Read) -> list[Row]:
	"""Return what was kept and, after it, what is found now and was not there then."""
	known = {(row["doctype"], row["name"]) for row in kept}
	kinds, day = KINDS.get(SignalRule(signal.rule), ()), getdate(signal.figures_on)
	found = [
		row
		for kind in kinds
		for rows in live_rows(kind, [signal.customer], day, read).values()
		for row in rows
	]
	return [*kept, *(row for row in found if (row["doctype"], row["name"]) not in known)]


def live_rows(kind: Kind, customers: Sequence[str], day: date, read: Read) -> Mapping[str, list[Row]]:
	"""Return the documents of a kind that speak as of a day, by folded customer, the latest first."""
	found: defaultdict[str, list[Row]] = defaultdict(list)
	if read is frappe.get_list and not frappe.has_permission(kind.doctype, "read"):
		return found
	order = f"{kind.day} desc, name"
	for row in read(kind.doctype, kind.filters(customers, day), kind.fields(), order_by=order, limit=0):
		rows = found[fold(row.party)]
		if len(rows) < MOST:
			shown = {"day": str(row.day or ""), "figure": kind.figure_of(row)}
			rows.append({"doctype": kind.doctype, "name": row.name, **shown})
	return found


def doctypes_of(rows: Iterable[Row]) -> list[str]:
	"""Return the DocTypes of rows, each once, in their order."""
	return list(dict.fromkeys(row["doctype"] for row in rows))


def readable(doctype: str, kept: Iterable[Row]) -> Iterator[Row]:
	"""Yield the documents of a DocType that the reader may read, and those that are no more."""
	if not frappe.has_permission(doctype, "read"):
		return
	rows = [row for row in kept if row["doctype"] == doctype]
	named = {"name": ("in", [row["name"] for row in rows])}
	there = set(frappe.get_all(doctype, named, pluck="name", limit=0))
	listed = set(frappe.get_list(doctype, named, pluck="name", limit=0))
	for row in rows:
		if row["name"] not in there:
			yield {**row, "is_gone": 1}
		elif row["name"] in listed:
			yield row

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import frappe
from frappe import _

from cs_retention.callbacks.report_rows import column, get_period, inert, percent, seen, share_of
from cs_retention.cs_retention.inputs import report_filters
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.kpi import Ratio
from cs_retention.engine.signal_quality import (
	JUDGED,
	PROVED_RIGHT,
	Quality,
	SignalFigure,
	figures_of,
	judge,
)
from cs_retention.engine.vocabulary import SignalRule
from cs_retention.facts.signal_quality import read_raised_signals, read_signal_groups

Row = dict[str, Any]
SIGNAL = "Churn Signal"
FIGURES = {figure.value: figure for figure in SignalFigure}


def execute(filters: dict[str, Any] | None = None) -> tuple[Any, ...]:
	"""Return what the signals raised in a period were worth, by rule, or the signals that a figure counted."""
	filters = report_filters(filters)
	period = get_period(filters)
	if filters.figure in FIGURES:
		return signal_columns(), list(signal_rows(filters, period))
	found = judge(read_signal_groups(open_store(), seen(SIGNAL, "name"), *period))
	rows = [as_row(rule, found[rule]) for rule in SignalRule if rule in found]
	return columns(), rows, None, chart(rows), summary(found.values())


def as_row(rule: SignalRule, quality: Quality) -> Row:
	"""Return a row; `key` names it in links, untranslated."""
	return {
		"key": rule.value,
		"label": _(rule.value, context=SIGNAL),
		**{frappe.scrub(figure.value): quality.counts[figure] for figure in SignalFigure},
		"precision": float(quality.precision.percent() or 0) if quality.precision.denominator else None,
		"lead": quality.lead,
	}


def columns() -> list[Row]:
	"""Return the columns of figures."""
	return [
		column("label", _("Rule"), "Data", 180),
		*(column(frappe.scrub(name), label) for name, label in labels().items()),
		percent("precision", _("Precision", context="Warning Quality")),
		column("lead", _("Lead in Days"), "Float", 120, precision=1),
	]


def labels() -> dict[str, str]:
	"""Return the figures in the reader's language."""
	return {
		SignalFigure.RAISED.value: _("Raised"),
		SignalFigure.ACTED_ON.value: _("Acted Upon"),
		SignalFigure.TRUE.value: _("True Warning"),
		SignalFigure.KNOWN.value: _("Known Cause"),
		SignalFigure.FALSE.value: _("False Alarm"),
		SignalFigure.LOST.value: _("Customer Lost"),
		SignalFigure.OTHER.value: _("Otherwise Closed"),
		SignalFigure.OPEN.value: _("Not Closed"),
	}


def chart(rows: Sequence[Row]) -> Row:
	"""Return what the signals of each rule were, stacked."""
	words = labels()
	shown = [figure for figure in SignalFigure if figure not in (SignalFigure.RAISED, SignalFigure.ACTED_ON)]
	datasets = [
		{"name": words[figure.value], "values": [row[frappe.scrub(figure.value)] for row in rows]}
		for figure in shown
	]
	return {
		"data": {"labels": [row["label"] for row in rows], "datasets": datasets},
		"type": "bar",
		"colors": ["green", "yellow", "red", "purple", "grey", "blue"],
		"barOptions": {"stacked": True},
	}


def summary(qualities: Any) -> list[Row]:
	"""Return the figures of all rules together."""
	found = list(qualities)
	raised, acted = (
		sum(quality.counts[figure] for quality in found)
		for figure in (SignalFigure.RAISED, SignalFigure.ACTED_ON)
	)
	right, judged = (
		sum(quality.counts[figure] for quality in found for figure in figures)
		for figures in (PROVED_RIGHT, JUDGED)
	)
	return [
		{"label": _("Raised"), "value": raised, "datatype": "Int", "indicator": "Blue"},
		{"label": _("Acted Upon"), "value": acted, "datatype": "Int", "indicator": "Green"},
		share_of(_("Precision", context="Warning Quality"), Ratio(right, judged).percent(), "Green"),
	]


def signal_rows(filters: frappe._dict, period: tuple[date, date]) -> Iterator[Row]:
	"""Yield the signals that a figure counted, of one rule or of all."""
	figure = FIGURES[filters.figure]
	for found in read_raised_signals(open_store(), seen(SIGNAL, "name"), *period):
		judged = found.judged
		if figure in figures_of(judged) and filters.row in (None, "", judged.rule.value):
			yield {
				"signal": found.name,
				"customer": found.customer,
				"customer_name": inert(found.customer_name),
				"rule": _(judged.rule.value, context=SIGNAL),
				"raised_on": found.raised_on,
				"closed_on": found.closed_on,
				"closed_as": _(judged.closed_as.value, context=SIGNAL) if judged.closed_as else "",
				"callback": found.callback,
				"value_at_risk": found.value_at_risk,
			}


def signal_columns() -> list[Row]:
	"""Return the columns of a list of signals."""
	return [
		column("signal", _("Churn Signal"), "Link", 130, options=SIGNAL),
		column("customer", _("Customer"), "Link", 180, options="Customer"),
		column("customer_name", _("Customer Name"), "Data", 180),
		column("rule", _("Rule"), "Data", 150),
		column("raised_on", _("Raised On"), "Date"),
		column("closed_on", _("Closed On", context=SIGNAL), "Date"),
		column("closed_as", _("Closed As"), "Data", 130),
		column("callback", _("Customer Callback"), "Link", 130, options="Customer Callback"),
		column("value_at_risk", _("Value at Risk"), "Float", 120, precision=2),
	]

"""The signals of a book on the terminal: what speaks, by rule, the most value at risk first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cs_retention.engine.health import aged
from cs_retention.engine.reasons import Reason
from cs_retention.engine.vocabulary import SignalRule, SignalStatus
from cs_retention.facts.values import as_amount, as_date
from cs_retention.nightly.reason_json import load_reasons
from cs_retention.preview.speech import INDENT, Speech
from cs_retention.render import formats
from cs_retention.store.base import Store

OPEN = """
	SELECT customer, rule, raised_on, figures_on, value_at_risk, reasons FROM `tabChurn Signal`
	WHERE status = %(open)s ORDER BY value_at_risk DESC, customer, rule
"""


@dataclass(frozen=True, slots=True)
class OpenSignal:
	"""One signal that speaks, its reasons as they read on the date asked for."""

	customer: str
	rule: SignalRule
	raised_on: date
	value_at_risk: float
	reasons: tuple[Reason, ...]


def read_open_signals(store: Store, as_of: date) -> Iterator[OpenSignal]:
	"""Yield the open signals, the most value at risk first."""
	for customer, rule, raised, figured, value, reasons in store.rows(
		OPEN, {"open": SignalStatus.OPEN.value}
	):
		days = (as_of - (as_date(figured) or as_of)).days
		told = tuple(aged(reason, days) for reason in load_reasons(reasons))
		yield OpenSignal(customer, SignalRule(rule), as_date(raised) or as_of, as_amount(value), told)


def tell_signals(store: Store, as_of: date, speech: Speech, most: int) -> Iterator[str]:
	"""Say how many signals of each rule speak, then which, and why."""
	signals = list(read_open_signals(store, as_of))
	yield speech.say("Signals as of {0}: {1} that speak", speech.day(as_of), len(signals))
	counts = Counter(signal.rule for signal in signals)
	for rule in SignalRule:
		if counts[rule]:
			yield f"{INDENT}{speech.say(rule.value)}: {counts[rule]}"
	for signal in signals[:most]:
		value = speech.say("{0} at risk", formats.amount(signal.value_at_risk))
		since = speech.say("since {0}", speech.day(signal.raised_on))
		yield f"{signal.customer}  {speech.say(signal.rule.value)} · {value} · {since}"
		yield from speech.because(signal.reasons)
	if len(signals) > most:
		yield speech.say("and {0} more; --most shows them", len(signals) - most)

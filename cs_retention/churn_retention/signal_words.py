"""What a signal says, in the reader's language."""

from typing import Any

from frappe.utils import date_diff, nowdate

from cs_retention.cs_retention.reader import language
from cs_retention.engine.health import aged
from cs_retention.engine.vocabulary import SignalStatus
from cs_retention.nightly.reason_json import load_reasons
from cs_retention.render.translate import translate
from cs_retention.render.wording import sentence


def said(signal: Any, lang: str | None = None) -> str:
	"""Return why a signal speaks: the fact with its figures as they read today, or what was heard of the customer."""
	lang = lang or language()
	is_closed = signal.status == SignalStatus.CLOSED.value
	until = signal.closed_on if is_closed and signal.closed_on else nowdate()
	if lines := say_reasons(signal.reasons, signal.figures_on, until, lang):
		return lines[0]
	heard = [translate(signal.rule, lang), *filter(None, (signal.competitor, signal.note))]
	return " · ".join(heard)


def say_reasons(reasons: str | None, written_on: Any, until: Any, lang: str | None = None) -> list[str]:
	"""Return stored reasons as sentences, aged from the day they were written to another."""
	days = max(0, date_diff(until, written_on)) if written_on else 0
	return [sentence(aged(reason, days), lang or language()) for reason in load_reasons(reasons)]

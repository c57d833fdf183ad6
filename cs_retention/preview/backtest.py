"""The back-test of a book on the terminal: what the warning was worth, by date, card, band and rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from unicodedata import east_asian_width

from cs_retention.engine.backtest import BacktestPolicy, CardResult, RuleResult, words
from cs_retention.nightly.backtest import Backtest
from cs_retention.preview.speech import INDENT, Speech
from cs_retention.render import formats
from cs_retention.render.backtest import figure, rule_name, share
from cs_retention.render.wording import sentence

LEAST = BacktestPolicy()


def tell_backtest(results: Iterable[Backtest], speech: Speech, most: int) -> Iterator[str]:
	"""Say what the warning was worth as of each past date, and at the end what could not be known."""
	limits: Sequence[str] = ()
	for result in results:
		span = result.span
		yield speech.say(
			"The book of {0} against what happened until {1}",
			formats.full_day(span.as_of, speech.lang),
			formats.full_day(span.until, speech.lang),
		)
		for card in result.cards:
			yield from tell_card(card, result, speech, most)
		limits = [sentence(reason, speech.lang) for reason in result.limits]
	if limits:
		yield speech.say("What the book does not know of the past")
		yield from (f"{INDENT}- {limit}" for limit in limits)


def tell_card(card: CardResult, result: Backtest, speech: Speech, most: int) -> Iterator[str]:
	"""Say what one card was worth: the verdict, the bands, the rules."""
	name = speech.say(card.card.value)
	yield INDENT + speech.say("{0}: {1} customers, {2} stayed", name, card.customers, card.stayed)
	for reason in card.reasons:
		yield INDENT * 2 + sentence(reason, speech.lang)
	if not card.customers:
		return
	if card.lift is not None:
		said = "The tenth of lowest health left {0} times as often as all customers"
		yield INDENT * 2 + speech.say(said, figure(card.lift, 1))
	for band in filter(attrgetter("customers"), card.bands):
		told = sentence(words(card.card, band, result.span.window, LEAST), speech.lang)
		yield f"{INDENT * 2}{speech.say(band.band.value)}: {told}"
	yield from tell_rules(card.rules, speech, most)


def tell_rules(rules: Sequence[RuleResult], speech: Speech, most: int) -> Iterator[str]:
	"""Yield the table of the rules that named most customers."""
	if not rules:
		return
	heads = ("Rule", "named", "left", "precision", "found", "lead in days")
	rows = [[speech.say(head) for head in heads]]
	for rule in rules[:most]:
		lead = "–" if rule.lead is None else f"{round(float(rule.lead))}"
		figures = (share(rule.precision, speech.lang), share(rule.recall, speech.lang), lead)
		rows.append([rule_name(rule.rule, speech.lang), str(rule.fired), str(rule.left), *figures])
	yield from (INDENT * 2 + line for line in aligned(rows))
	if len(rules) > most:
		yield INDENT * 2 + speech.say("and {0} more; --most shows them", len(rules) - most)


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
	"""Yield rows as lines: the first column to the left, the others to the right, by the width on a terminal."""
	widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
	for first, *others in rows:
		cells = [first + " " * (widths[0] - width(first))]
		cells += [" " * (most - width(cell)) + cell for cell, most in zip(others, widths[1:], strict=True)]
		yield "  ".join(cells).rstrip()


def width(text: str) -> int:
	"""Return how many columns a text takes on a terminal: a Chinese character takes two."""
	return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)

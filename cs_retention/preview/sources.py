"""The sources of obligations tried out on a book: what each adds to its calls, line by line."""

from __future__ import annotations

from collections.abc import Iterator

from cs_retention.engine.vocabulary import ObligationSource
from cs_retention.nightly.obligation_trial import Added, SourcesTrial, try_sources
from cs_retention.preview.book import Book
from cs_retention.preview.nights import last_night
from cs_retention.preview.speech import INDENT, Speech
from cs_retention.render.wording import added_calls


def tell_sources(book: Book, speech: Speech) -> Iterator[str]:
	"""Say what each source adds on the date of the last night, and to whose calls; the book stays as it is."""
	trial = try_sources(book.store, book.policy, last_night(book).as_of)
	on = book.policy.obligations.sources_on()
	yield speech.say("What each source adds; the plan reaches {0} days", trial.days)
	for source in trial.tried:
		state = speech.say("switched on" if source in on else "switched off")
		yield f"{speech.say(source.value)} ({state}): {_figures(trial, source, trial.in_all(source), source in on, speech)}"
		for person, added in sorted(trial.added.get(source, {}).items()):
			name = person or speech.say("nobody")
			yield f"{INDENT}{name}: {_figures(trial, source, added, source in on, speech)}"


def _figures(trial: SourcesTrial, source: ObligationSource, added: Added, is_on: bool, speech: Speech) -> str:
	words = added_calls(trial.per_week(source, added), is_on, speech.lang)
	known = speech.say("owed by now: {0}, calls for it in the plan: {1}", added.duties, added.calls)
	return f"{words}; {known}"

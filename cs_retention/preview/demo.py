"""The sample branch played through the card: one scene per noun, every entry with its because."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from importlib import resources
from pathlib import Path
from textwrap import wrap

from cs_retention.engine.handover import SplitRule
from cs_retention.engine.quarter_periods import QuarterPeriod
from cs_retention.engine.reasons import Reason
from cs_retention.engine.retention_exit import clock_end
from cs_retention.engine.star_gap import REASONS as LACKING
from cs_retention.engine.vocabulary import Band, Channel, Level, Outcome
from cs_retention.preview import alliance_words
from cs_retention.preview.alliance import replay_alliance
from cs_retention.preview.book import Book, fill_book, opened
from cs_retention.preview.calls import MadeCall
from cs_retention.preview.case_replay import CALENDAR
from cs_retention.preview.case_words import STATES
from cs_retention.preview.case_words import told as told_refusal
from cs_retention.preview.cases import listed, refused_of, replay_files
from cs_retention.preview.columns import FILE_KINDS
from cs_retention.preview.desk import log_and_replan
from cs_retention.preview.files import write_files
from cs_retention.preview.handing_over import move, propose, told
from cs_retention.preview.listings import CustomerStanding, PlannedCall, read_calls, read_standings
from cs_retention.preview.nights import LastNight, last_night, play_night
from cs_retention.preview.policies import read_policy
from cs_retention.preview.quarter import read_report, write_quarter
from cs_retention.preview.speech import INDENT, Speech
from cs_retention.render.formats import NO_BREAK, joined, period
from cs_retention.render.quarter import five_sentences
from cs_retention.render.report import short_names
from cs_retention.render.wording import overflow_words, part_name, purpose, sentence, shortfall

AS_OF = date(2026, 9, 21)
QUARTER = date(2026, 6, 30)
DAYS = 28
BOOK = "harbour-branch.sqlite"
SUBSCRIBER, REGULAR, UNBILLED = "Lantern Street Hotel", "Harbour Noodle House", "Maple Ridge School"
WATCHED = "Cedar Court Hotel"
WIDTH = 116
LINES_AFTER_A_CALL = 2
COVERED = 3


@dataclass(frozen=True)
class Branch:
	"""The branch after a night: how every customer stands, all planned calls, and what found no day."""

	path: Path
	standings: Mapping[str, CustomerStanding]
	calls: Sequence[PlannedCall]
	night: LastNight
	speech: Speech

	@cached_property
	def people(self) -> Mapping[str, str]:
		"""Return what to call each person."""
		managers = (row.account_manager for row in self.standings.values())
		return short_names(filter(None, (*managers, *(call.responsible for call in self.calls))))

	def calls_of(self, customer: str) -> list[PlannedCall]:
		"""Return the planned calls of a customer by date."""
		return [call for call in self.calls if call.customer == customer]

	def best(self, chosen: Callable[[CustomerStanding], bool]) -> CustomerStanding:
		"""Return the customer of the highest score among those chosen."""
		rows = filter(chosen, self.standings.values())
		return min(rows, key=lambda row: (-(row.score or 0), row.customer))

	def entry(self, subject: str, reasons: Iterable[Reason], most: int = 2) -> Iterator[str]:
		"""Yield a line and the because under it."""
		yield INDENT + subject
		yield from (INDENT + line for line in self.speech.because(reasons, most))


def play(out: Path, speech: Speech) -> Iterator[str]:
	"""Play the branch into a folder, where its book and report remain; yield what to print."""
	for line in scenes(out, speech):
		yield from wrapped(line)


def scenes(out: Path, speech: Speech) -> Iterator[str]:
	"""Yield the lines of the opening, each scene and the closing words, at any length."""
	out.mkdir(parents=True, exist_ok=True)
	path = out / BOOK
	yield from opening(path, speech, fill(path))
	with opened(path, is_written=True) as book:
		play_night(book, AS_OF, DAYS)
		branch = look(book, speech)
		for scene in (stars, callbacks, weeks, warnings, overflow, cover):
			yield ""
			yield from scene(branch)
		for working in (logged, promised, handed_over):
			yield ""
			yield from working(branch, book)
		yield ""
		yield from cases(branch)
		yield ""
		yield from alliance(branch)
		yield ""
		yield from quarter(branch, book)
		write_files(book, out, speech.lang)
	yield ""
	yield from what_next(path, speech)


def fill(path: Path) -> int:
	"""Fill the book from the sample branch's files and return the number of customers."""
	with resources.as_file(resources.files("cs_retention.preview") / "sample_branch") as folder:
		files = {kind.kind: folder / f"{kind.kind}.csv" for kind in FILE_KINDS}
		return fill_book(path, files, read_policy(folder / "policy.toml"), lambda position: None)


def look(book: Book, speech: Speech) -> Branch:
	"""Return the branch as the last night left it."""
	night = last_night(book)
	standings = {row.customer: row for row in read_standings(book.store, night.as_of)}
	return Branch(book.path, standings, list(read_calls(book.store)), night, speech)


def opening(path: Path, speech: Speech, customers: int) -> Iterator[str]:
	"""Say what is played."""
	yield speech.say(
		"A telecom branch with {0} customers and four account managers bills monthly.", customers
	)
	yield speech.say("Today is {0}; one of the four is away this week.", speech.long_day(AS_OF))
	yield f"{INDENT}$ cs-retention open {path} --customers customers.csv --invoices invoices.csv [..]"
	yield f"{INDENT}$ cs-retention run {path} --as-of {AS_OF}"


def stars(branch: Branch) -> Iterator[str]:
	"""Stars and key accounts: the best of each, the one closest to the next level, one who is new."""
	say, rows = branch.speech.say, branch.standings.values()
	yield title(branch, "Stars", "stars")
	levels = Counter(row.level for row in rows)
	yield INDENT + " · ".join(f"{say(level.value)} {levels[level]}" for level in Level)
	for row in (branch.best(lambda row: row.is_key_account), branch.best(_is_five_star)):
		named = [reason for reason in row.rating_reasons if reason.code.startswith("key_account")]
		factors = [reason for reason in row.rating_reasons if reason not in named]
		yield from branch.entry(f"{branch.speech.name(row)}  {row.score}", [*named, *factors])
	row = min((row for row in rows if row.next_level_gap), key=lambda row: (row.next_level_gap, row.customer))
	yield f"{INDENT}{branch.speech.name(row)}  {row.score}"
	yield INDENT * 2 + say("because {0}", _short_of(row, branch.speech.lang))
	row = next(row for row in rows if row.level is Level.NEW and branch.calls_of(row.customer))
	yield from branch.entry(branch.speech.name(row), row.rating_reasons)


def callbacks(branch: Branch) -> Iterator[str]:
	"""Today's list of each person with the call that matters most, and who covers the one who is away."""
	yield title(branch, "Callbacks today", f"callbacks --on {AS_OF}")
	today = [call for call in branch.calls if call.due_date == AS_OF]
	for person in sorted({call.responsible for call in today}):
		calls = [call for call in today if call.responsible == person]
		first = min(calls, key=lambda call: _weight(call, branch))
		told = branch.speech.say(
			"{0}: {1}, first {2}",
			branch.people[person],
			_calls(len(calls), branch.speech.say),
			_aims(first, branch.speech),
		)
		yield from branch.entry(told, first.reasons)
	covers = {(call.responsible, call.covered) for call in branch.calls if call.covered}
	for person, absent in sorted(covers):
		calls = [call for call in branch.calls if (call.responsible, call.covered) == (person, absent)]
		told = joined(
			(f"{call.customer} ({branch.speech.day(call.due_date)})" for call in calls), branch.speech.lang
		)
		names = branch.people[person], branch.people[absent]
		yield from branch.entry(
			branch.speech.say("{0} covers {1}: {2}", *names, told), reversed(calls[0].reasons), 1
		)


def weeks(branch: Branch) -> Iterator[str]:
	"""The coming weeks: a key account in every week, five-star customers one to three times a month by health."""
	yield title(branch, "The coming weeks", "why CUSTOMER")
	say = branch.speech.say
	key = branch.best(lambda row: row.is_key_account)
	yield INDENT + _weeks_of(key, branch)
	yield INDENT * 2 + say(
		"because {0}", say("a key account hears from us in every week, in person in every quarter")
	)
	for row in (branch.best(_is_five_star), branch.standings[WATCHED], branch.standings[UNBILLED]):
		owed = branch.calls_of(row.customer)[-1].reasons[0].as_mapping()
		month = period(str(owed["period"]), branch.speech.lang)
		why = say(
			"{0} at this health owes {1} in {2}", say(row.level.value), _calls(owed["owed"], say), month
		)
		yield INDENT + _weeks_of(row, branch)
		yield INDENT * 2 + say("because {0}", why)


def warnings(branch: Branch) -> Iterator[str]:
	"""Who drifts away: a subscriber before its first missing bill, a regular gone quiet, a bill that did not come."""
	yield title(branch, "Warnings", "health")
	bands = Counter(row.band for row in branch.standings.values())
	yield INDENT + " · ".join(f"{branch.speech.say(band.value)} {bands[band]}" for band in Band)
	for name in (SUBSCRIBER, REGULAR, UNBILLED):
		row = branch.standings[name]
		parts = " + ".join(
			f"{part_name(part, branch.speech.lang)} {points}" for part, points in row.parts["parts"].items()
		)
		head = f"{name}  {row.health} {branch.speech.say(row.band.value)}"
		yield from branch.entry(f"{head} = {parts}" if name == SUBSCRIBER else head, row.health_reasons)


def overflow(branch: Branch) -> Iterator[str]:
	"""What is owed and found no day."""
	say = branch.speech.say
	yield title(branch, "Overflow", "report --out DIR")
	if not branch.night.shortfalls:
		yield INDENT + say("Everything that is owed has its day.")
	for row in branch.night.shortfalls[:4]:
		days = branch.speech.day(row.period_start), branch.speech.day(row.period_end)
		yield INDENT + say(
			"{0}: {1} of {2} missing from {3} to {4}",
			branch.people[row.owner],
			_calls(row.missing, say),
			row.customer,
			*days,
		)
		yield INDENT * 2 + say("because {0}", overflow_words(row.cause, branch.speech.lang))


def logged(branch: Branch, book: Book) -> Iterator[str]:
	"""Three calls logged and the plan as it is after each: by the backup, in vain, and with a date agreed."""
	yield title(branch, "Calls logged", "log CUSTOMER ..")
	say = branch.speech.say
	phoned = (call for call in branch.calls if call.channel == Channel.PHONE.value)
	covered = next(call.customer for call in phoned if call.covered)
	agreed = AS_OF + timedelta(days=9)
	for customer, outcome, summary, satisfaction, agreed_next in (
		(covered, Outcome.REACHED, say("satisfied, asks for a second line"), 5, None),
		(REGULAR, Outcome.NOT_REACHED, say("no answer"), None, None),
		(SUBSCRIBER, Outcome.REACHED, say("compares offers, decides next week"), 3, agreed),
	):
		call = MadeCall(customer, AS_OF, Channel.PHONE, outcome, summary, satisfaction, agreed_next)
		lines = log_and_replan(book, branch.standings[customer], call, branch.speech)
		yield f'{INDENT}$ .. log "{customer}" {_options(call)}'
		yield from (INDENT + line for line in lines[1 : 1 + LINES_AFTER_A_CALL])


def cover(branch: Branch) -> Iterator[str]:
	"""Whose calls the backup makes while somebody is away, and that they return: the first customers with both."""
	say = branch.speech.say
	yield title(branch, "Cover", "callbacks --person BACKUP")
	for call in [call for call in branch.calls if call.covered][:COVERED]:
		absent = str(call.covered)
		words = say(
			"{0}: {1} calls on {2}",
			call.customer,
			branch.people[call.responsible],
			branch.speech.day(call.due_date),
		)
		later = [other.due_date for other in branch.calls_of(call.customer) if other.responsible == absent]
		again = [
			say("then {0} again on {1}", branch.people[absent], branch.speech.day(day)) for day in later[:1]
		]
		yield from branch.entry("; ".join((words, *again)), reversed(call.reasons), 1)


def promised(branch: Branch, book: Book) -> Iterator[str]:
	"""A promise given in a call opens the next callback, which stays on its day."""
	yield title(branch, "Promises", "log CUSTOMER --promise WHAT --by DATE ..")
	say, by = branch.speech.say, AS_OF + timedelta(days=9)
	summary, promise = say("the router fails in the evening"), say("a new router")
	call = MadeCall(UNBILLED, AS_OF, Channel.PHONE, Outcome.REACHED, summary, None, None, promise, by)
	lines = log_and_replan(book, branch.standings[UNBILLED], call, branch.speech)
	yield f'{INDENT}$ .. log "{UNBILLED}" {_options(call)}'
	yield from (INDENT + line for line in lines[1 : 1 + 2 * LINES_AFTER_A_CALL])


def handed_over(branch: Branch, book: Book) -> Iterator[str]:
	"""A book split between two others, tried first, then moved with its calls."""
	giver, *takers = sorted(branch.people)[:3]
	named = " ".join(f"--to {taker}" for taker in takers)
	yield title(branch, "Hand-over", f"hand-over {giver} {named}")
	handover = propose(book, giver, takers, SplitRule.FEWEST_CUSTOMERS)
	yield from (INDENT + line for line in told(handover, branch.speech))
	say = branch.speech.say
	yield INDENT + say("{0} customers and {1} calls moved", len(handover.moved), move(book, handover))
	moved = next(call for call in read_calls(book.store) if call.customer in handover.moved)
	yield INDENT + branch.speech.call(moved) + f" · {branch.people[moved.responsible]}"


def cases(branch: Branch) -> Iterator[str]:
	"""Two cases replayed: one kept and found again a month later, one in which an offer and a release are refused."""
	yield title(branch, "Cases", "cases --cases cases.csv --events events.csv ..").replace(
		f" {branch.path}", ""
	)
	speech, say = branch.speech, branch.speech.say
	with resources.as_file(resources.files("cs_retention.preview") / "sample_branch") as folder:
		files = (folder / "cases.csv", folder / "case_events.csv", folder / "invoices.csv")
		replay = replay_files(*files, AS_OF)
	for case in listed(replay):
		opened_on = say("opened on {0}", speech.day(case.record.opened_on))
		kind = f"{say(case.source.value)}, {say(case.record.request.rule.exit_type)}"
		yield f"{INDENT}{case.customer}: {opened_on} ({kind}); {say(STATES[case.record.status])}"
		if end := clock_end(case.record.request, CALENDAR):
			passed_on = speech.day(case.record.request.passed_on or AS_OF)
			yield INDENT * 2 + say("to be let go by {0}, passed on on {1}", speech.day(end), passed_on)
		for check in case.checks:
			words = say("day {0}: {1}", check.days, say(check.result.value))
			yield INDENT * 2 + f"{words}, {say('because {0}', sentence(check.reason, speech.lang))}"
		for each in refused_of(replay, case.name):
			yield INDENT * 2 + say(
				"{0} refused: {1}", say(each.what or "Opening"), told_refusal(each.refusal, speech)
			)


def alliance(branch: Branch) -> Iterator[str]:
	"""A quarter of the alliance: who was raised, who is on probation or to go, who is kept out of campaigns."""
	files = "--merchants merchants.csv --reviews reviews.csv .."
	yield title(branch, "Alliance", f"alliance {files}").replace(f" {branch.path}", "")
	with resources.as_file(resources.files("cs_retention.preview") / "sample_branch") as folder:
		paths = (folder / "merchants.csv", folder / "reviews.csv", folder / "sanctions.csv")
		merchants = replay_alliance(*paths, QUARTER)
	yield INDENT + alliance_words.counts(merchants, branch.speech)
	for merchant in merchants:
		if merchant.before:
			yield from alliance_words.told(merchant, branch.speech, with_lacks=False)


def quarter(branch: Branch, book: Book) -> Iterator[str]:
	"""The last full quarter in five sentences, its first figures, and where the rows behind them are."""
	span = QuarterPeriod.of(QUARTER)
	yield title(branch, "The Quarter", f"quarter --quarter {span.label} --out {branch.path.parent}/quarter")
	report = read_report(book, span, None)
	yield from (INDENT + line for line in five_sentences(report.page, branch.speech.lang))
	*_files, page = write_quarter(report, branch.path.parent / "quarter", branch.speech.lang)
	yield INDENT + branch.speech.say("The page is {0}, the rows behind each figure stand beside it.", page)


def what_next(path: Path, speech: Speech) -> Iterator[str]:
	"""Say where everything is and what to type next."""
	yield speech.say("The book is {0}, the report {1}.", path, path.with_name("report.html"))
	yield speech.say("Next: {0}", f'cs-retention why {path} "{SUBSCRIBER}"')


def title(branch: Branch, name: str, command: str) -> str:
	"""Return the head of a scene with the command that says all of it."""
	verb, _, options = command.partition(" ")
	return f"{branch.speech.say(name)}  $ cs-retention {verb} {branch.path} {options}".rstrip()


def wrapped(line: str) -> list[str]:
	"""Return a line broken at WIDTH, its rest further in."""
	indent = line[: len(line) - len(line.lstrip())] + "  "
	return wrap(line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False) or [""]


def _short_of(row: CustomerStanding, lang: str) -> str:
	lacks = [reason for reason in row.rating_reasons if reason.code in LACKING]
	assert row.next_level is not None and row.next_level_gap is not None
	return shortfall(row.next_level, row.next_level_gap, lacks, lang)


def _weeks_of(row: CustomerStanding, branch: Branch) -> str:
	speech = branch.speech
	visit = f"{NO_BREAK}({speech.say(Channel.VISIT.value)})"
	days = [
		f"{speech.day(call.due_date).replace(' ', NO_BREAK)}{visit if call.channel == Channel.VISIT.value else ''}"
		for call in branch.calls_of(row.customer)
	]
	return f"{speech.name(row)} · {speech.say(row.band.value)}: {', '.join(days)}"


def _calls(count: object, say: Callable[..., str]) -> str:
	return say("{0} call", count) if count == 1 else say("{0} calls", count)


def _is_five_star(row: CustomerStanding) -> bool:
	return row.level is Level.FIVE_STAR and not row.is_key_account and row.band is Band.HEALTHY


def _weight(call: PlannedCall, branch: Branch) -> tuple[bool, int, str]:
	row = branch.standings[call.customer]
	return not row.is_key_account, row.health or 0, call.customer


def _aims(call: PlannedCall, speech: Speech) -> str:
	aims = ", ".join(purpose(kind, speech.lang) for kind in call.purposes)
	return f"{call.customer} · {speech.say(call.channel)} · {aims}"


def _options(call: MadeCall) -> str:
	satisfaction = f" --satisfaction {call.satisfaction}" if call.satisfaction else ""
	agreed = f" --next {call.agreed_next}" if call.agreed_next else ""
	promise = f' --promise "{call.promise}" --by {call.promised_by}' if call.promise else ""
	return f'--outcome "{call.outcome.value}"{satisfaction}{agreed}{promise} --summary "{call.summary}"'

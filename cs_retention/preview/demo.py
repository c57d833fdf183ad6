"""The sample branch played through the card, one scene per noun."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from itertools import islice
from pathlib import Path

from cs_retention.engine.reasons import Reason
from cs_retention.engine.vocabulary import Band, Card, Channel, Level, Outcome
from cs_retention.preview.book import Book, fill_book, opened
from cs_retention.preview.calls import MadeCall
from cs_retention.preview.columns import FILE_KINDS
from cs_retention.preview.desk import log_and_replan
from cs_retention.preview.files import write_files
from cs_retention.preview.listings import CustomerStanding, PlannedCall, read_calls, read_standings
from cs_retention.preview.nights import play_night
from cs_retention.preview.speech import INDENT, Speech
from cs_retention.render.wording import purpose, sentence

AS_OF = date(2026, 9, 21)
DAYS = 28
BOOK = "branch.sqlite"


@dataclass(frozen=True, slots=True)
class Scene:
	"""The branch on its first evening: how every customer stands and what is planned."""

	standings: Sequence[CustomerStanding]
	calls: Sequence[PlannedCall]
	speech: Speech

	def line(self, subject: str, reasons: Iterable[Reason], most: int = 2) -> str:
		"""Return one line with its because."""
		told = "; ".join(sentence(reason, self.speech.lang) for reason in islice(reasons, most))
		return INDENT + (self.speech.say("{0}, because {1}", subject, told) if told else subject)

	def call_of(self, customer: str) -> PlannedCall | None:
		"""Return the customer's first planned call."""
		return next((call for call in self.calls if call.customer == customer), None)

	def today(self) -> list[PlannedCall]:
		"""Return the calls of the first day."""
		return [call for call in self.calls if call.due_date == AS_OF]


def play(out: Path, speech: Speech) -> Iterator[str]:
	"""Play the branch into a folder, where its book and report remain; yield what to print."""
	out.mkdir(parents=True, exist_ok=True)
	path = out / BOOK
	with resources.as_file(resources.files("cs_retention.preview") / "sample_branch") as folder:
		fill_book(
			path, {kind.kind: folder / f"{kind.kind}.csv" for kind in FILE_KINDS}, {}, lambda position: None
		)
	with opened(path, is_written=True) as book:
		play_night(book, AS_OF, DAYS)
		scene = Scene(list(read_standings(book.store)), list(read_calls(book.store)), speech)
		yield from stars(scene)
		yield from today(scene)
		yield from quotas(scene)
		yield from warnings(scene)
		yield from logged(scene, book)
		write_files(book, out, speech.lang)
	yield from what_next(out, speech)


def stars(scene: Scene) -> Iterator[str]:
	"""Stars and key accounts: the best of each, one who is close to more, one who is new."""
	levels = Counter(row.level for row in scene.standings)
	counted = ", ".join(f"{scene.speech.say(level.value)} {levels[level]}" for level in Level)
	yield scene.speech.say("Stars on {0}: {1}", scene.speech.long_day(AS_OF), counted)
	key = [row for row in scene.standings if row.is_key_account]
	five = [row for row in scene.standings if row.level is Level.FIVE_STAR and not row.is_key_account]
	gaps = sorted(
		(row for row in scene.standings if row.next_level_gap),
		key=lambda row: (row.next_level_gap, row.customer),
	)
	new = [row for row in scene.standings if row.level is Level.NEW]
	for row in (*_best(key), *_best(five)):
		yield scene.line(f"{scene.speech.name(row)} {row.score}", row.rating_reasons)
	for row in gaps[:1]:
		yield scene.line(f"{scene.speech.name(row)} {row.score}", _lacking(row), most=1)
	for row in new[:1]:
		yield scene.line(scene.speech.name(row), row.rating_reasons)


def today(scene: Scene) -> Iterator[str]:
	"""Today's list of each person: how many, and the first call; a covered one says whose it is."""
	yield ""
	yield scene.speech.say("Calls today")
	calls = scene.today()
	for person in sorted({call.responsible for call in calls}):
		of_person = [call for call in calls if call.responsible == person]
		covered = [call for call in of_person if call.account_manager != person]
		yield INDENT + scene.speech.say(
			"{0}: {1} calls, {2} of them for somebody away", person, len(of_person), len(covered)
		)
		for call in (covered or of_person)[:1]:
			yield INDENT + scene.line(_short(call, scene.speech), call.reasons)


def quotas(scene: Scene) -> Iterator[str]:
	"""A key account every week, a five-star customer one to three times a month."""
	yield ""
	yield scene.speech.say("The coming weeks")
	key = [row for row in scene.standings if row.is_key_account]
	five = [row for row in scene.standings if row.level is Level.FIVE_STAR and not row.is_key_account]
	for row in (*key[:1], *five[:2]):
		calls = [call for call in scene.calls if call.customer == row.customer]
		days = ", ".join(scene.speech.day(call.due_date) for call in calls)
		yield scene.line(
			f"{scene.speech.name(row)}: {days}", (call.reasons[0] for call in calls[:1] if call.reasons)
		)


def warnings(scene: Scene) -> Iterator[str]:
	"""Who drifts away: the worst of each card."""
	yield ""
	yield scene.speech.say("Warnings")
	drifting = [row for row in scene.standings if row.band in (Band.AT_RISK, Band.CRITICAL)]
	for card in Card:
		worst = sorted(
			(row for row in drifting if row.card == card.value),
			key=lambda row: (row.health or 0, row.customer),
		)
		for row in worst[:2]:
			state = f"{row.health} {scene.speech.say(row.band.value)}"
			yield scene.line(
				f"{row.customer} ({scene.speech.say(card.value)}) {state}", row.health_reasons, most=3
			)


def logged(scene: Scene, book: Book) -> Iterator[str]:
	"""Three calls of today logged: one reached, one not, one with a date agreed; after each the plan as it is now."""
	yield ""
	yield scene.speech.say("Three calls logged")
	covered_first = sorted(
		scene.today(), key=lambda call: (call.account_manager == call.responsible, call.customer)
	)
	phoned = [call for call in covered_first if call.channel == Channel.PHONE.value]
	made = (
		(Outcome.REACHED, "satisfied, asks for the new price list", 5, None),
		(Outcome.NOT_REACHED, "no answer, twice", None, None),
		(Outcome.REACHED, "decides next week", 4, AS_OF + timedelta(days=9)),
	)
	standings = {row.customer: row for row in scene.standings}
	for call, (outcome, summary, satisfaction, agreed) in zip(phoned, made, strict=False):
		log = MadeCall(call.customer, AS_OF, Channel.PHONE, outcome, summary, satisfaction, agreed)
		lines = log_and_replan(book, standings[call.customer], log, scene.speech)
		yield from (INDENT + line for line in lines[:5])


def what_next(out: Path, speech: Speech) -> Iterator[str]:
	"""Where everything is and what to type next."""
	yield ""
	yield speech.say("The book is {0}, the report {1}.", out / BOOK, out / "report.html")
	yield speech.say("Next: {0}", f"cs-retention callbacks {out / BOOK} --on 2026-09-22")


def _best(rows: Iterable[CustomerStanding]) -> list[CustomerStanding]:
	return sorted(rows, key=lambda row: (-(row.score or 0), row.customer))[:2]


def _lacking(row: CustomerStanding) -> Iterator[Reason]:
	return (reason for reason in row.rating_reasons if "lack" in reason.code or "short" in reason.code)


def _short(call: PlannedCall, speech: Speech) -> str:
	aims = ", ".join(purpose(kind, speech.lang) for kind in call.purposes)
	whose = (
		""
		if call.account_manager == call.responsible
		else " · " + speech.say("for {0}", call.account_manager)
	)
	return f"{call.customer} · {speech.say(call.channel)} · {aims}{whose}"

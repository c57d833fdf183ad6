"""`cs-retention cases`: both files and the invoices in, the cases and what was refused out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from cs_retention.facts.keys import fold
from cs_retention.preview.case_files import CASES, EVENTS
from cs_retention.preview.case_replay import Case, Refused, Replay
from cs_retention.preview.case_words import CASES_HEADER, REFUSALS_HEADER, case_row, refusal_row
from cs_retention.preview.columns import INVOICES, FileKind
from cs_retention.preview.problems import BadInput, Problems
from cs_retention.preview.speech import Speech
from cs_retention.preview.tables import Record, Table
from cs_retention.render.exports import write_csv

SUBMITTED = 1


def replay_files(cases: Path, events: Path, invoices: Path, as_of: date) -> Replay:
	"""Return the cases as they stand on a date; BadInput where anything in the files cannot be read."""
	sentences: list[str] = []
	opened = _records(cases, CASES, sentences)
	happened = _records(events, EVENTS, sentences)
	revenue = _revenue(_records(invoices, INVOICES, sentences))
	_check_names(opened, happened, cases.name, events.name, sentences)
	if sentences:
		raise BadInput(sentences)
	replay = Replay(revenue, as_of)
	for record in opened:
		replay.open_case(record.line, record.values)
	for record in happened:
		replay.happen(record.line, record.values)
	replay.run()
	return replay


def write_case_files(replay: Replay, folder: Path, speech: Speech) -> Iterator[Path]:
	"""Write cases.csv and refusals.csv into a folder; yield their paths."""
	folder.mkdir(parents=True, exist_ok=True)
	rows = (case_row(case, replay.as_of, speech.lang) for case in listed(replay))
	write_csv(folder / "cases.csv", CASES_HEADER, rows)
	yield folder / "cases.csv"
	refused = (refusal_row(each, speech) for each in replay.refused)
	write_csv(folder / "refusals.csv", REFUSALS_HEADER, refused)
	yield folder / "refusals.csv"


def listed(replay: Replay) -> list[Case]:
	"""Return the cases in the order of their opening."""
	return sorted(replay.cases.values(), key=lambda case: (case.record.opened_on, case.name))


def refused_of(replay: Replay, case: str) -> list[Refused]:
	"""Return what was refused in one case."""
	return [each for each in replay.refused if each.case == case]


def _records(path: Path, kind: FileKind, sentences: list[str]) -> list[Record]:
	problems = Problems(path.name or str(path))
	records = list(Table(path, kind, problems).records())
	sentences.extend(problems.sentences())
	return [record for record in records if record.is_clean]


def _revenue(invoices: list[Record]) -> dict[str, dict[date, float]]:
	found: dict[str, dict[date, float]] = {}
	for record in invoices:
		if record.values["docstatus"] != SUBMITTED:
			continue
		days = found.setdefault(fold(str(record.values["customer"])), {})
		day = date.fromisoformat(str(record.values["posting_date"]))
		days[day] = round(days.get(day, 0.0) + float(str(record.values["base_net_total"])), 6)
	return found


def _check_names(
	opened: list[Record], happened: list[Record], cases: str, events: str, sentences: list[str]
) -> None:
	"""A case stands once, and an event belongs to a case of the file."""
	known: dict[str, int] = {}
	twice, foreign = Problems(cases), Problems(events)
	for record in opened:
		name = str(record.values["case"])
		if known.setdefault(fold(name), record.line) != record.line:
			remedy = f"stands on line {known[fold(name)]} already; give every case a name of its own"
			twice.add(remedy, record.line, "case", name)
	for record in happened:
		name = str(record.values["case"])
		if fold(name) not in known:
			remedy = f"is no case of {cases}; add the case there or correct the name"
			foreign.add(remedy, record.line, "case", name)
	sentences.extend((*twice.sentences(), *foreign.sentences()))

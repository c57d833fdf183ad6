"""`cs-retention alliance`: the reviews of merchants replayed quarter by quarter, up to one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from cs_retention.engine.alliance import AlliancePolicy, Assessment, MerchantStanding, Scores, assess_merchant
from cs_retention.engine.alliance_life import (
	Candidate,
	LifePolicy,
	Sanction,
	check_parents,
	replacements,
	sanction,
	sanction_on,
)
from cs_retention.engine.reasons import WorkError
from cs_retention.engine.vocabulary import Criterion, MerchantStatus, Tier
from cs_retention.engine.workdays import span_label
from cs_retention.facts.keys import fold
from cs_retention.preview.alliance_files import MERCHANTS, MONTHS, REVIEWS, SANCTIONS
from cs_retention.preview.columns import FileKind
from cs_retention.preview.problems import BadInput, Problems
from cs_retention.preview.tables import Record, Table


@dataclass(frozen=True, slots=True)
class Merchant:
	"""A merchant at the end of a quarter.

	`before` is the tier of the review before, `last` the review of the quarter with its scores; None where the quarter
	has none.
	"""

	name: str
	category: str
	territory: str
	status: MerchantStatus
	admitted_on: date | None
	eliminated_on: date | None
	contract_end: date | None
	standing: MerchantStanding | None
	before: Tier | None
	scores: Scores | None
	last: Assessment | None
	sanction: Sanction | None
	replaced_by: tuple[Candidate, ...]


def replay_alliance(merchants: Path, reviews: Path, sanctions: Path | None, quarter: date) -> list[Merchant]:
	"""Return the merchants as they stand on the last day of a quarter, by name; BadInput where a file cannot be used."""
	sentences: list[str] = []
	listed = _records(merchants, MERCHANTS, sentences)
	judged = _records(reviews, REVIEWS, sentences)
	breaches = _records(sanctions, SANCTIONS, sentences) if sanctions else []
	known = _by_name(listed, merchants.name, sentences)
	for path, records in ((reviews, judged), *([(sanctions, breaches)] if sanctions else [])):
		_check_known(records, known, path.name, merchants.name, sentences)
	_check_once(judged, reviews.name, sentences)
	punished = _sanctions(breaches, sanctions.name if sanctions else "", quarter, sentences)
	if sentences:
		raise BadInput(sentences)
	return list(_played(known, judged, punished, quarter))


def _played(
	known: Mapping[str, Record],
	judged: Sequence[Record],
	punished: Mapping[str, list[Sanction]],
	quarter: date,
) -> Iterator[Merchant]:
	candidates = [_candidate(record) for record in known.values() if _is_candidate(record)]
	for key, record in sorted(known.items()):
		of_merchant = [row.values for row in judged if fold(str(row.values["merchant"])) == key]
		yield _merchant(record.values, of_merchant, punished.get(key, []), candidates, quarter)


def _merchant(
	values: Mapping[str, Any],
	reviews: Sequence[Mapping[str, Any]],
	sanctions: Sequence[Sanction],
	candidates: Sequence[Candidate],
	quarter: date,
) -> Merchant:
	status = _status(values, quarter)
	standing = MerchantStanding(_day(values["admitted_on"]) or date.min)
	before, scores, last = None, None, None
	for row in sorted(reviews, key=lambda row: row["quarter"]):
		if not standing.admitted_on <= row["quarter"] <= quarter:
			continue
		before, held = standing.tier, sanction_on(sanctions, row["quarter"])
		standing = replace(standing, sanctioned_until=held.ends_on if held else None)
		scores = {criterion: row[criterion.name.lower()] for criterion in Criterion}
		last = assess_merchant(scores, standing, AlliancePolicy(), row["quarter"])
		standing = MerchantStanding(standing.admitted_on, last.tier, last.reviews_in_probation)
		if row["quarter"] < quarter:
			last = scores = None
	is_leaving = status is MerchantStatus.ELIMINATED or (last is not None and last.is_elimination_proposed)
	found = replacements(candidates, values["category"], values["territory"]) if is_leaving else []
	is_in = status in (MerchantStatus.ADMITTED, MerchantStatus.SUSPENDED)
	return Merchant(
		values["merchant"],
		values["category"],
		values["territory"],
		status,
		_day(values["admitted_on"]),
		_day(values["eliminated_on"]),
		_day(values["contract_end"]),
		standing if is_in else None,
		before if last else standing.tier,
		scores,
		last if is_in else None,
		sanction_on(sanctions, quarter),
		tuple(found),
	)


def _status(values: Mapping[str, Any], quarter: date) -> MerchantStatus:
	"""Return the status of the file, but for one that lies behind the quarter."""
	status: MerchantStatus = values["status"]
	eliminated_on, admitted_on = _day(values["eliminated_on"]), _day(values["admitted_on"])
	if eliminated_on and eliminated_on <= quarter:
		return MerchantStatus.ELIMINATED
	if status is MerchantStatus.ELIMINATED and eliminated_on:
		return MerchantStatus.ADMITTED
	if admitted_on and admitted_on > quarter:
		return MerchantStatus.CANDIDATE
	return status


def _is_candidate(record: Record) -> bool:
	return record.values["status"] is MerchantStatus.CANDIDATE


def _candidate(record: Record) -> Candidate:
	values: Mapping[str, Any] = record.values
	return Candidate(values["merchant"], values["category"], values["territory"], values["admission_points"])


def _day(value: object) -> date | None:
	return date.fromisoformat(str(value)) if value else None


def _records(path: Path, kind: FileKind, sentences: list[str]) -> list[Record]:
	problems = Problems(path.name or str(path))
	records = list(Table(path, kind, problems).records())
	sentences.extend(problems.sentences())
	return [record for record in records if record.is_clean]


def _by_name(records: Sequence[Record], file: str, sentences: list[str]) -> dict[str, Record]:
	"""Return the merchants by folded name: each stands once, and none above itself."""
	problems, known = Problems(file), {fold(str(row.values["merchant"])): row for row in reversed(records)}
	parents = {
		key: fold(str(row.values["parent_merchant"])) if row.values["parent_merchant"] else None
		for key, row in known.items()
	}
	for record in records:
		name, above = str(record.values["merchant"]), record.values["parent_merchant"]
		first = known[fold(name)]
		if first is not record:
			remedy = f"stands on line {first.line} already; give every merchant once"
			problems.add(remedy, record.line, "merchant", name)
		if above and fold(str(above)) not in known:
			problems.add(
				"is no merchant of this file; add it or leave the cell empty",
				record.line,
				"parent_merchant",
				str(above),
			)
		try:
			check_parents(fold(name), parents)
		except WorkError as refused:
			problems.add(f"{refused.remedy}", record.line, "parent_merchant", str(above))
	sentences.extend(problems.sentences())
	return known


def _check_known(
	records: Sequence[Record], known: Mapping[str, Record], file: str, merchants: str, sentences: list[str]
) -> None:
	problems = Problems(file)
	for record in records:
		if fold(str(record.values["merchant"])) not in known:
			remedy = f"is no merchant of {merchants}; add it there or correct the name"
			problems.add(remedy, record.line, "merchant", str(record.values["merchant"]))
	sentences.extend(problems.sentences())


def _check_once(records: Sequence[Record], file: str, sentences: list[str]) -> None:
	"""A merchant has one review in a quarter."""
	problems = Problems(file)
	lines: dict[tuple[str, date], int] = {}
	for record in records:
		values: Mapping[str, Any] = record.values
		key = fold(values["merchant"]), values["quarter"]
		if lines.setdefault(key, record.line) != record.line:
			label = span_label(key[1], MONTHS)
			remedy = f"has a review of {label} on line {lines[key]} already; keep one of them"
			problems.add(remedy, record.line, "merchant", str(record.values["merchant"]))
	sentences.extend(problems.sentences())


def _sanctions(
	records: Sequence[Record], file: str, quarter: date, sentences: list[str]
) -> dict[str, list[Sanction]]:
	"""Return the sanctions decided by the end of the quarter, by folded merchant."""
	problems, found = Problems(file), dict[str, list[Sanction]]()
	for record in records:
		values: Mapping[str, Any] = record.values
		decided_on, lifted_on = date.fromisoformat(values["decided_on"]), _day(values["lifted_on"])
		if decided_on > quarter:
			continue
		if lifted_on and not values["lift_reason"]:
			problems.add("is lifted without a reason; say why", record.line, "lift_reason", "")
			continue
		made = sanction(decided_on, values["breach"], values["evidence"], LifePolicy(), quarter)
		ended = Sanction(made.decided_on, made.ends_on, made.breach, lifted_on)
		found.setdefault(fold(values["merchant"]), []).append(ended)
	sentences.extend(problems.sentences())
	return found

"""An inspection of a merchant: questions answered on the spot, what they come to, when the next one is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from cs_retention.engine.alliance import HIGHEST, LOWEST, AlliancePolicy
from cs_retention.engine.reasons import WorkError
from cs_retention.engine.vocabulary import Criterion, InspectionAnswer, InspectionResult, Tier
from cs_retention.engine.workdays import add_months

INSPECTED = (Criterion.QUALITY, Criterion.COOPERATION)
"""What a visit can see; price and satisfaction are judged by other evidence."""

SHARES: Mapping[InspectionAnswer, float] = MappingProxyType(
	{InspectionAnswer.YES: 1.0, InspectionAnswer.PARTLY: 0.5, InspectionAnswer.NO: 0.0}
)


@dataclass(frozen=True, slots=True)
class Question:
	"""A question of the checklist: what it counts for, and how much beside the others of its criterion."""

	criterion: Criterion
	text: str
	weight: float = 1.0


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
	"""A question with its answer, None while it has none, and what was seen."""

	question: Question
	answer: InspectionAnswer | None = None
	note: str = ""


@dataclass(frozen=True, slots=True)
class Inspection:
	"""What an inspection came to: a score from 1 to 5 for every criterion that was asked about."""

	scores: Mapping[Criterion, float]
	result: InspectionResult


DEFAULT_QUESTIONS = (
	Question(Criterion.QUALITY, "Shop is clean and open at the agreed hours"),
	Question(Criterion.QUALITY, "Goods and services are as agreed", 2),
	Question(Criterion.QUALITY, "Licences are displayed and valid"),
	Question(Criterion.COOPERATION, "Sign of the alliance is displayed"),
	Question(Criterion.COOPERATION, "Staff know the benefits of members", 2),
	Question(Criterion.COOPERATION, "Benefits were granted in a test"),
)


def check_questions(questions: Sequence[Question]) -> None:
	"""Refuse a checklist that cannot be judged: about what no visit sees, without weight, the same question twice."""
	texts = [question.text.strip().casefold() for question in questions]
	for question, text in zip(questions, texts, strict=True):
		if question.criterion not in INSPECTED:
			raise WorkError("criterion", question.criterion, "give one of {allowed}", allowed=INSPECTED)
		if not 0 < question.weight <= 100:
			raise WorkError("weight", question.weight, "give a weight above 0, 100 at most")
		if texts.count(text) > 1:
			raise WorkError("question", question.text, "ask it once")


def inspect(
	answered: Sequence[AnsweredQuestion], inspected_on: date, policy: AlliancePolicy, today: date
) -> Inspection:
	"""Return what an inspection came to; WorkError for one that lies ahead or leaves a question open.

	It failed when a score would put the merchant on probation, and passed when nothing was found.
	"""
	if inspected_on > today:
		raise WorkError("inspected_on", inspected_on, "give today or an earlier date")
	if not answered:
		raise WorkError("items", None, "ask one question at least")
	check_questions([each.question for each in answered])
	for each in answered:
		check_answer(each)
	scores = {criterion: score for criterion in INSPECTED if (score := _score(answered, criterion))}
	return Inspection(scores, _result(answered, scores, policy))


def check_answer(each: AnsweredQuestion) -> None:
	"""Refuse a question that is left open, and a defect that nobody describes."""
	if each.answer is None:
		raise WorkError("answer", None, "answer the question: {question}", question=each.question.text)
	if each.answer is not InspectionAnswer.YES and not each.note.strip():
		raise WorkError(
			"note", each.answer, "say what was seen for the question: {question}", question=each.question.text
		)


def inspection_months(tier: Tier) -> int:
	"""Return the months between two inspections: a month on probation, half a year for the best, else a quarter."""
	return {Tier.PROBATION: 1, Tier.STRATEGIC: 6}.get(tier, 3)


def inspection_due(last: date | None, admitted_on: date, months: int) -> date:
	"""Return by when a merchant is inspected: so many months after the last time, or after its admission."""
	return add_months(last or admitted_on, months)


def _score(answered: Sequence[AnsweredQuestion], criterion: Criterion) -> float | None:
	asked = [each for each in answered if each.question.criterion is criterion]
	weight = sum(each.question.weight for each in asked)
	if not weight:
		return None
	met = sum(each.question.weight * SHARES[each.answer] for each in asked if each.answer)
	return round(LOWEST + (HIGHEST - LOWEST) * met / weight, 2)


def _result(
	answered: Sequence[AnsweredQuestion], scores: Mapping[Criterion, float], policy: AlliancePolicy
) -> InspectionResult:
	if min(scores.values()) < policy.probation_below:
		return InspectionResult.FAILED
	if all(each.answer is InspectionAnswer.YES for each in answered):
		return InspectionResult.PASSED
	return InspectionResult.WITH_DEFECTS

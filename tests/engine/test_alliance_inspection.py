"""Inspections and what else is on record about a merchant, as scores of a review."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.alliance import AlliancePolicy
from cs_retention.engine.alliance_evidence import (
	REASONS,
	InspectedFacts,
	MerchantFacts,
	ReceiptFacts,
	evidence_of,
)
from cs_retention.engine.alliance_inspection import (
	DEFAULT_QUESTIONS,
	AnsweredQuestion,
	Question,
	inspect,
	inspection_due,
	inspection_months,
)
from cs_retention.engine.reasons import WorkError
from cs_retention.engine.vocabulary import Criterion, EvidenceSource, InspectionAnswer, InspectionResult, Tier

POLICY, TODAY = AlliancePolicy(), date(2026, 11, 27)
ANSWERS = st.sampled_from(InspectionAnswer)


def answered(*answers, note="seen"):
	return [
		AnsweredQuestion(question, answer, note)
		for question, answer in zip(DEFAULT_QUESTIONS, answers, strict=True)
	]


@pytest.mark.parametrize(
	("answers", "quality", "cooperation", "result"),
	[
		("YYYYYY", 5.0, 5.0, InspectionResult.PASSED),
		("YPYYYY", 4.0, 5.0, InspectionResult.WITH_DEFECTS),
		("YYYNPY", 5.0, 3.0, InspectionResult.WITH_DEFECTS),
		("NNYYYY", 2.0, 5.0, InspectionResult.FAILED),
		("NNNNNN", 1.0, 1.0, InspectionResult.FAILED),
	],
)
def test_an_inspection_is_scored_by_what_was_met(answers, quality, cooperation, result):
	words = {"Y": InspectionAnswer.YES, "P": InspectionAnswer.PARTLY, "N": InspectionAnswer.NO}
	found = inspect(answered(*(words[each] for each in answers)), TODAY, POLICY, TODAY)
	assert found.scores == {Criterion.QUALITY: quality, Criterion.COOPERATION: cooperation}
	assert found.result is result


def test_a_criterion_that_nobody_asked_about_has_no_score():
	rows = [AnsweredQuestion(Question(Criterion.QUALITY, "clean"), InspectionAnswer.YES)]
	assert inspect(rows, TODAY, POLICY, TODAY).scores == {Criterion.QUALITY: 5.0}


@given(st.lists(ANSWERS, min_size=6, max_size=6), st.integers(0, 5))
def test_a_better_answer_never_makes_a_worse_score(answers, place):
	before = inspect(answered(*answers), TODAY, POLICY, TODAY)
	better = [*answers]
	better[place] = InspectionAnswer.YES
	after = inspect(answered(*better), TODAY, POLICY, TODAY)
	assert all(1 <= before.scores[each] <= after.scores[each] <= 5 for each in before.scores)
	order = [InspectionResult.FAILED, InspectionResult.WITH_DEFECTS, InspectionResult.PASSED]
	assert order.index(after.result) >= order.index(before.result)


QUALITY = Question(Criterion.QUALITY, "clean")


@pytest.mark.parametrize(
	("rows", "day", "said"),
	[
		(
			[AnsweredQuestion(QUALITY, InspectionAnswer.YES)],
			date(2026, 11, 28),
			"give today or an earlier date",
		),
		([], TODAY, "ask one question at least"),
		([AnsweredQuestion(QUALITY)], TODAY, "answer the question: clean"),
		(
			[AnsweredQuestion(QUALITY, InspectionAnswer.NO, " ")],
			TODAY,
			"say what was seen for the question: clean",
		),
		([AnsweredQuestion(Question(Criterion.PRICE, "dear"), InspectionAnswer.YES)], TODAY, "give one of"),
		(
			[AnsweredQuestion(Question(Criterion.QUALITY, "a", 0), InspectionAnswer.YES)],
			TODAY,
			"give a weight above 0",
		),
		([AnsweredQuestion(QUALITY, InspectionAnswer.YES)] * 2, TODAY, "ask it once"),
	],
)
def test_inspections_that_cannot_be_judged_are_refused(rows, day, said):
	with pytest.raises(WorkError, match=said):
		inspect(rows, day, POLICY, TODAY)


def test_who_stands_worst_is_inspected_most_often():
	assert [inspection_months(tier) for tier in Tier] == [6, 3, 3, 1]
	assert inspection_due(None, date(2026, 1, 31), 1) == date(2026, 2, 28)
	assert inspection_due(date(2026, 5, 1), date(2026, 1, 31), 3) == date(2026, 8, 1)


RECEIPTS = (
	ReceiptFacts("PR-1", False, 1000.0, False),
	ReceiptFacts("PR-2", False, 1000.0, True),
	ReceiptFacts("PR-3", True, -50.0, False),
)


def test_records_become_scores_with_their_rows():
	facts = MerchantFacts(
		(InspectedFacts("AI-1", 4.0, 3.0), InspectedFacts("AI-2", 5.0, 0)), ("ISS-1", "ISS-2"), RECEIPTS
	)
	found = {(each.source, each.criterion): (each.score, each.documents) for each in evidence_of(facts)}
	assert found == {
		(EvidenceSource.INSPECTIONS, Criterion.QUALITY): (4.5, ("AI-1", "AI-2")),
		(EvidenceSource.INSPECTIONS, Criterion.COOPERATION): (3.0, ("AI-1",)),
		(EvidenceSource.COMPLAINTS, Criterion.SATISFACTION): (3.0, ("ISS-1", "ISS-2")),
		(EvidenceSource.RETURNS, Criterion.QUALITY): (4.0, ("PR-1", "PR-2", "PR-3")),
		(EvidenceSource.DELIVERIES, Criterion.COOPERATION): (3.0, ("PR-1", "PR-2")),
	}
	assert all(tuple(each.why.as_mapping()) == REASONS[each.why.code] for each in evidence_of(facts))


def test_of_what_is_not_on_record_nothing_is_said_but_that_nobody_complained():
	(only,) = evidence_of(MerchantFacts())
	assert (only.source, only.score, only.why.code) == (
		EvidenceSource.COMPLAINTS,
		5.0,
		"alliance_no_complaint",
	)
	returned = MerchantFacts(receipts=(ReceiptFacts("PR-9", True, -5.0, False),))
	assert [each.source for each in evidence_of(returned)] == [EvidenceSource.COMPLAINTS]


@given(st.integers(0, 9), st.floats(0, 1000), st.floats(0, 1000))
def test_one_more_complaint_or_return_never_makes_a_better_score(number, less, more):
	less, more = sorted((less, more))

	def scores(complaints, returned):
		receipts = (ReceiptFacts("a", False, 500.0, False), ReceiptFacts("b", True, -returned, False))
		rows = evidence_of(MerchantFacts((), tuple(map(str, range(complaints))), receipts))
		return [row.score for row in rows]

	before, after = scores(number, less), scores(number + 1, more)
	assert all(1 <= late <= early <= 5 for early, late in zip(before, after, strict=True))

"""An inspection between the form and the engine: its questions, its scores, when the next one is due."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, getdate, nowdate

from cs_retention.cs_retention.inputs import refuse_value
from cs_retention.cs_retention.record import label_of
from cs_retention.cs_retention.refusals import refuse
from cs_retention.engine.alliance_inspection import (
	AnsweredQuestion,
	Question,
	check_questions,
	inspect,
	inspection_due,
)
from cs_retention.engine.reasons import WorkError
from cs_retention.engine.vocabulary import Criterion, InspectionAnswer
from cs_retention.merchant_alliance.settings import SETTINGS, alliance_policy

INSPECTION = "Alliance Inspection"
COLUMNS = ("criterion", "question", "weight")


def questions() -> list[dict[str, Any]]:
	"""Return the questions that the settings ask."""
	return [
		{name: row.get(name) for name in COLUMNS}
		for row in frappe.get_cached_doc(SETTINGS).inspection_questions
	]


def ask(inspection: Document) -> None:
	"""Give an inspection without questions those of the settings, and note who made it."""
	if not inspection.items:
		inspection.extend("items", questions())
	if inspection.is_new() or not inspection.inspected_by:
		inspection.inspected_by = frappe.session.user


def judge(inspection: Document, is_final: bool) -> None:
	"""Fill in what the answers come to; a draft may leave questions open, and has no result then."""
	answered = [answer_of(row) for row in inspection.items]
	is_open = any(each.answer is None for each in answered)
	inspection.update({"quality": 0, "cooperation": 0, "result": None})
	if is_open and not is_final and getdate(inspection.inspected_on) <= getdate(nowdate()):
		return
	try:
		found = inspect(answered, getdate(inspection.inspected_on), alliance_policy(), getdate(nowdate()))
	except WorkError as error:
		refuse(error, inspection, title=frappe._("Inspection Not Complete"))
	inspection.update({criterion.name.lower(): score for criterion, score in found.scores.items()})
	inspection.result = found.result.value


def answer_of(row: Document) -> AnsweredQuestion:
	"""Return a row of the form as the engine takes it."""
	question = Question(Criterion(row.criterion), row.question, flt(row.weight))
	return AnsweredQuestion(question, InspectionAnswer(row.answer) if row.answer else None, row.note or "")


def validate_questions(settings: Document) -> None:
	"""Refuse questions that no inspection could judge."""
	for row in settings.inspection_questions:
		for field in ("criterion", "question"):
			if not row.get(field):
				refuse_value(label_of(row.meta.get_field(field), row), row.get(field), _("give one value"))
	asked = [
		Question(Criterion(row.criterion), row.question, flt(row.weight))
		for row in settings.inspection_questions
	]
	try:
		check_questions(asked)
	except WorkError as error:
		refuse(error, settings, title=frappe._("Questions of an Inspection"))


def last_inspections(merchants: Sequence[str]) -> Mapping[str, date]:
	"""Return the day of the last inspection of merchants, of those that the reader may see."""
	named = {"merchant": ("in", list(merchants)), "docstatus": 1}
	rows = frappe.get_list(
		INSPECTION, named, ["merchant", "inspected_on"], order_by="inspected_on", limit=0, as_list=True
	)
	return dict(rows)


def due_on(row: Mapping[str, Any], last: date | None, months: Mapping[str, int]) -> date | None:
	"""Return by when a merchant in the alliance is inspected next; None where its tier asks for none."""
	every = cint(months.get(row["tier"] or "", 3))
	admitted_on = row["admitted_on"]
	return inspection_due(last, admitted_on, every) if every and admitted_on else None

from cs_retention.cs_retention.record import Record
from cs_retention.cs_retention.refusals import refuse
from cs_retention.engine.reasons import PolicyError
from cs_retention.merchant_alliance.inspections import validate_questions
from cs_retention.merchant_alliance.settings import alliance_policy, life_policy


class AllianceSettings(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from cs_retention.merchant_alliance.doctype.alliance_inspection_question.alliance_inspection_question import (
			AllianceInspectionQuestion,
		)

		admission_bar: DF.Float
		earned_at: DF.Float
		grace_days: DF.Int
		inspection_questions: DF.Table[AllianceInspectionQuestion]
		probation_below: DF.Float
		reviews_to_elimination: DF.Int
		sanction_months: DF.Int
	# end: auto-generated types

	def validate(self) -> None:
		try:
			alliance_policy(self)
			life_policy(self)
		except PolicyError as error:
			refuse(error, self)
		validate_questions(self)

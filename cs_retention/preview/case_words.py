"""What replayed cases say: rows of the files, a summary, and refusals in the sentence of the form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import Enum
from types import MappingProxyType

from cs_retention.engine.kpi import Ratio
from cs_retention.engine.reasons import Refusal
from cs_retention.engine.retention_case import CasePolicy, CaseStatus, follow_ups, is_escalated, is_open
from cs_retention.engine.retention_exit import clock_end
from cs_retention.engine.retention_offers import OfferAnswer
from cs_retention.engine.retention_verification import VerificationPolicy, is_verified, standing
from cs_retention.engine.save_rates import ClosedCase, save_rates
from cs_retention.preview.case_replay import CALENDAR, Case, Refused
from cs_retention.preview.speech import INDENT, Speech
from cs_retention.render import formats
from cs_retention.render.exports import Cell
from cs_retention.render.translate import translate
from cs_retention.render.wording import sentence

POLICY = VerificationPolicy()
STATES: Mapping[CaseStatus, str] = MappingProxyType(
	{
		CaseStatus.OPEN: "not reached yet",
		CaseStatus.IN_CONTACT: "in contact",
		CaseStatus.OFFER_PENDING: "offer pending",
		CaseStatus.SAVED: "kept",
		CaseStatus.LOST: "lost",
		CaseStatus.RELEASED: "released",
	}
)
LABELS: Mapping[str, str] = MappingProxyType(
	{
		"action": "Action",
		"answer": "Answer",
		"approved_by": "Approved By",
		"asked_on": "Asked On",
		"case": "Retention Case",
		"consent_by": "Consent By",
		"consent_on": "Consent On",
		"contacted_on": "Contacted On",
		"customer": "Customer",
		"delay_reason": "Reason for the Delay",
		"exit_type": "Exit Type",
		"identity_check": "Identity Check",
		"offer": "Retention Offer",
		"passed_on": "Passed On",
		"proof": "Proof",
		"settled_how": "Settled How",
		"status": "Status",
		"words": "Summary",
	}
)
"""Labels of the form by the field that a refusal names."""
CASES_HEADER = (
	"case", "customer", "source", "exit_type", "status", "opened_on", "first_contact_due", "reached_on",
	"first_contact_late", "offers", "accepted_cost", "closed_on", "clock_end", "passed_on",
	*(f"day_{days}" for days in POLICY.check_days), "verification", "next_call", "follows", "why",
)  # fmt: skip
REFUSALS_HEADER = ("file", "line", "case", "date", "event", "field", "sentence")


def case_row(case: Case, as_of: date, lang: str) -> Sequence[Cell]:
	"""Return a row of cases.csv."""
	record = case.record
	results = {check.days: check.result.value for check in case.checks}
	return [
		case.name,
		case.customer,
		case.source.value,
		record.request.rule.exit_type,
		record.status.value,
		record.opened_on,
		case.first_contact_due,
		record.reached_on,
		int(is_escalated(record, case.first_contact_due, as_of)),
		len(record.offers),
		accepted_cost(case),
		case.closed_on,
		clock_end(record.request, CALENDAR),
		record.request.passed_on,
		*(results.get(days) for days in POLICY.check_days),
		standing(case.checks).value if case.saved else None,
		next_call(case, as_of),
		case.follows,
		"; ".join(sentence(check.reason, lang) for check in case.checks),
	]


def refusal_row(refused: Refused, speech: Speech) -> Sequence[Cell]:
	"""Return a row of refusals.csv."""
	return [
		"events" if refused.what else "cases",
		refused.line,
		refused.case,
		refused.day,
		refused.what,
		refused.refusal.field,
		told(refused.refusal, speech),
	]


def told(refusal: Refusal, speech: Speech) -> str:
	"""Return a refusal in the sentence of the form: field, value and what is allowed."""
	places = {name: shown(value, speech) for name, value in refusal.places.items()}
	value = speech.say("an empty value") if refusal.value in (None, "") else shown(refusal.value, speech)
	label = speech.say(LABELS[refusal.field])
	remedy = translate(refusal.template, speech.lang).format(**places)
	return speech.say("{0}: {1} cannot be used; {2}.", label, value, remedy)


def shown(value: object, speech: Speech) -> str:
	"""Return one value of a refusal as a person reads it."""
	if isinstance(value, tuple):
		return formats.joined((shown(each, speech) for each in value), speech.lang)
	if isinstance(value, CaseStatus):
		return speech.say(STATES[value])
	if isinstance(value, Enum):
		return speech.say(str(value.value))
	if isinstance(value, date):
		return formats.full_day(value, speech.lang)
	return f"{value:,.2f}" if isinstance(value, float) else str(value)


def accepted_cost(case: Case) -> float:
	"""Return the cost of what the customer accepted."""
	return sum(offer.cost for offer in case.record.offers if offer.answer is OfferAnswer.ACCEPTED)


def next_call(case: Case, as_of: date) -> date | None:
	"""Return the next day on which a customer who was kept is called; None when there is none."""
	if case.saved is None:
		return None
	return next((day for day in follow_ups(case.saved.saved_on, CasePolicy()) if day > as_of), None)


def summary(cases: Sequence[Case], refused: Sequence[Refused], as_of: date, speech: Speech) -> Iterator[str]:
	"""Say how the cases stand, the save rates, and what was refused."""
	states = Counter(case.record.status for case in cases)
	yield speech.say("Cases as of {0}: {1}", speech.day(as_of), len(cases))
	yield INDENT + " · ".join(f"{speech.say(STATES[status])} {states[status]}" for status in CaseStatus)
	rates = save_rates([closed(case) for case in cases if not is_open(case.record.status)])
	yield INDENT + speech.say("Kept {0} of {1} closed{2}", *_of(rates.strict))
	yield INDENT + speech.say("Verified {0} of {1} decided{2}", *_of(rates.verified))
	if rates.cost_per_save is not None:
		yield INDENT + speech.say("Cost per verified save {0}", f"{rates.cost_per_save:,.2f}")
	yield speech.say("Refused: {0}", len(refused))
	yield from refusals(refused, speech)


def refusals(refused: Iterable[Refused], speech: Speech) -> Iterator[str]:
	"""Say what was refused and why."""
	for each in refused:
		what = speech.say(each.what or "Opening")
		yield f"{INDENT}{each.case} · {speech.day(each.day)} · {what}"
		yield INDENT * 2 + told(each.refusal, speech)


def closed(case: Case) -> ClosedCase:
	"""Return a case as the save rates see it."""
	return ClosedCase(
		case.saved is not None, standing(case.checks), is_verified(case.checks, POLICY), accepted_cost(case)
	)


def _of(ratio: Ratio) -> tuple[int, int, str]:
	percent = ratio.percent()
	return ratio.numerator, ratio.denominator, "" if percent is None else f" ({percent} %)"

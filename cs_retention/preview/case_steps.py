"""One line of the events file applied to a case, held against the engine as a save of the form is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from cs_retention.engine.reasons import WorkError
from cs_retention.engine.release_file import Proof, ReleaseFile
from cs_retention.engine.retention_case import (
	CaseAction,
	CaseRecord,
	CaseRules,
	CaseStatus,
	check_contact,
	check_record,
	follow,
	is_open,
)
from cs_retention.engine.retention_offers import (
	Offer,
	OfferAnswer,
	Offered,
	OfferFacts,
	OfferPolicy,
	check_answer,
	check_offer,
)
from cs_retention.preview.case_files import CaseEvent

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ground:
	"""What an event is held against: the day, what offers are measured by, and the rules."""

	day: date
	facts: OfferFacts
	offers: OfferPolicy = field(default_factory=OfferPolicy)
	rules: CaseRules = field(default_factory=CaseRules)


Step = Callable[[CaseRecord, Values, Ground], CaseRecord]


def happen(record: CaseRecord, event: CaseEvent, values: Values, ground: Ground) -> CaseRecord:
	"""Return the record after an event; WorkError where it is refused, and then nothing of it counts."""
	if reason := values["reason"]:
		record = replace(record, reasons=tuple(dict.fromkeys((*record.reasons, reason))))
	after = STEPS[event](record, values, ground)
	check_record(after, ground.day)
	return after


def _followed(record: CaseRecord, action: CaseAction, ground: Ground) -> CaseRecord:
	return replace(record, status=follow(record, action, ground.rules, ground.day))


def _attempt(record: CaseRecord, _values: Values, ground: Ground) -> CaseRecord:
	return record if is_open(record.status) else _followed(record, CaseAction.REACH, ground)


def _talk(record: CaseRecord, values: Values, ground: Ground) -> CaseRecord:
	check_contact(True, values["words"], ground.day, record.opened_on, ground.day)
	if is_open(record.status) and record.status is not CaseStatus.OPEN:
		return record
	return _followed(replace(record, reached_on=record.reached_on or ground.day), CaseAction.REACH, ground)


def _offer(record: CaseRecord, values: Values, ground: Ground) -> CaseRecord:
	offer = Offer(values["offer"], values["cost"])
	check_offer(offer, record.request.rule, ground.facts, ground.offers, ground.day)
	made = Offered(offer.name, offer.cost, ground.day)
	return _followed(replace(record, offers=(*record.offers, made)), CaseAction.OFFER, ground)


def _approve(record: CaseRecord, values: Values, _ground: Ground) -> CaseRecord:
	if not values["person"]:
		raise WorkError("approved_by", "", "name the manager who approves")
	return _with_offer(record, replace(_open_offer(record), approved_by=values["person"]))


def _accept(record: CaseRecord, _values: Values, ground: Ground) -> CaseRecord:
	return _answered(record, OfferAnswer.ACCEPTED, ground)


def _decline(record: CaseRecord, _values: Values, ground: Ground) -> CaseRecord:
	return _followed(_answered(record, OfferAnswer.DECLINED, ground), CaseAction.WITHDRAW, ground)


def _answered(record: CaseRecord, answer: OfferAnswer, ground: Ground) -> CaseRecord:
	offer = _open_offer(record)
	check_answer(offer, answer, ground.facts, ground.offers, ground.day)
	return _with_offer(record, replace(offer, answer=answer))


def _stays(record: CaseRecord, values: Values, ground: Ground) -> CaseRecord:
	return _followed(replace(record, kept_by=values["words"]), CaseAction.KEEP, ground)


def _leaves(record: CaseRecord, values: Values, ground: Ground) -> CaseRecord:
	passed_on = date.fromisoformat(values["passed_on"]) if values["passed_on"] else None
	request = replace(record.request, passed_on=passed_on, delay_reason=values["words"])
	return _followed(replace(record, lost_words=values["words"], request=request), CaseAction.LOSE, ground)


def _release(record: CaseRecord, values: Values, ground: Ground) -> CaseRecord:
	file = ReleaseFile(
		date.fromisoformat(values["consent_on"]) if values["consent_on"] else None,
		values["scope"],
		values["consent_by"],
		Proof(values["proof"], int(values["proof_size"])) if values["proof"] else None,
		values["identity"],
		values["dues"],
		values["settled_how"],
	)
	return _followed(replace(record, release=file), CaseAction.RELEASE, ground)


def _open_offer(record: CaseRecord) -> Offered:
	offer = next((offer for offer in record.offers if offer.answer is OfferAnswer.OPEN), None)
	if offer is None:
		raise WorkError("offer", "", "there is no open offer; make one first")
	return offer


def _with_offer(record: CaseRecord, changed: Offered) -> CaseRecord:
	offers = (changed if offer.answer is OfferAnswer.OPEN else offer for offer in record.offers)
	return replace(record, offers=tuple(offers))


STEPS: Mapping[CaseEvent, Step] = MappingProxyType(
	{
		CaseEvent.ATTEMPT: _attempt,
		CaseEvent.TALK: _talk,
		CaseEvent.OFFER: _offer,
		CaseEvent.APPROVE: _approve,
		CaseEvent.ACCEPT: _accept,
		CaseEvent.DECLINE: _decline,
		CaseEvent.STAYS: _stays,
		CaseEvent.LEAVES: _leaves,
		CaseEvent.RELEASE: _release,
	}
)

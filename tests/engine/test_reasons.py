"""A refusal says field, value and remedy as a person reads them."""

from decimal import Decimal

import pytest

from cs_retention.engine.reasons import WorkError
from cs_retention.engine.retention_case import CaseAction, CaseStatus


@pytest.mark.parametrize(
	("value", "shown"),
	[
		(CaseStatus.OFFER_PENDING, "'Offer Pending'"),
		((CaseStatus.SAVED, 2), "('Saved', 2)"),
		(Decimal("1.50"), "1.50"),
		(None, "None"),
		("", "''"),
	],
)
def test_a_value_is_shown_as_it_is_stored(value: object, shown: str) -> None:
	assert str(WorkError("status", value, "take another")) == f"status = {shown}: take another"


def test_words_of_a_remedy_are_shown_as_they_are_stored_and_several_with_commas() -> None:
	actions = (CaseAction.KEEP, CaseAction.LOSE)
	error = WorkError(
		"action", None, "{status} allows {allowed}", status=CaseStatus.IN_CONTACT, allowed=actions
	)
	words = ", ".join(action.value for action in actions)
	assert error.remedy == f"{CaseStatus.IN_CONTACT.value} allows {words}"
	assert error.places == {"status": CaseStatus.IN_CONTACT, "allowed": actions}

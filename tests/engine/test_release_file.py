"""A release file: refused without consent, proof, identity and settlement; what is freed and sold again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cs_retention.engine.reasons import PolicyError, WorkError
from cs_retention.engine.release_file import (
	MEGABYTE,
	FreedKind,
	IdentityCheck,
	Proof,
	ReleaseFile,
	ReleasePolicy,
	ReleaseScope,
	check_release,
)

TODAY = date(2026, 11, 26)
POLICY = ReleasePolicy()
FILE = ReleaseFile(
	TODAY,
	consent_by="Ms Lin",
	proof=Proof("consent.PDF", 2000),
	identity=IdentityCheck.BUSINESS_LICENCE,
)
RESOLD = replace(
	FILE,
	scope=ReleaseScope.SECOND_SALE,
	freed=FreedKind.SERIAL_NO,
	freed_name="SIM-0001",
	is_for_second_sale=True,
)


@pytest.mark.parametrize(
	"file", [FILE, RESOLD, replace(FILE, dues=12.5, settled_how="paid in cash"), replace(FILE, dues=-3.0)]
)
def test_a_file_with_consent_and_proof_is_accepted(file: ReleaseFile) -> None:
	check_release(file, POLICY, TODAY)


@pytest.mark.parametrize(
	("changes", "field"),
	[
		({"consent_on": None}, "consent_on"),
		({"consent_on": date(2026, 11, 27)}, "consent_on"),
		({"consent_by": "  "}, "consent_by"),
		({"proof": None}, "proof"),
		({"proof": Proof("consent.exe", 10)}, "proof"),
		({"proof": Proof("consent", 10)}, "proof"),
		({"proof": Proof("consent.pdf", 0)}, "proof"),
		({"proof": Proof("consent.pdf", 10, is_private=False)}, "proof"),
		({"proof": Proof("consent.pdf", 10 * MEGABYTE + 1)}, "proof"),
		({"identity": IdentityCheck.NOT_CHECKED}, "identity_check"),
		({"dues": 0.01}, "settled_how"),
		({"freed": FreedKind.CONTRACT}, "freed_name"),
		({"is_for_second_sale": True}, "is_for_second_sale"),
		({"is_for_second_sale": True, "scope": ReleaseScope.SECOND_SALE}, "freed_kind"),
	],
)
def test_what_a_file_lacks_is_named(changes: dict, field: str) -> None:
	with pytest.raises(WorkError) as refused:
		check_release(replace(FILE, **changes), POLICY, TODAY)
	assert refused.value.field == field
	assert refused.value.remedy


def test_what_is_freed_is_asked_for_by_its_name() -> None:
	with pytest.raises(WorkError, match="name what is freed"):
		check_release(replace(FILE, freed=FreedKind.CONTRACT, freed_name=" - "), POLICY, TODAY)


def test_without_a_file_nothing_is_released() -> None:
	with pytest.raises(WorkError, match="write a Release File with consent and proof"):
		check_release(None, POLICY, TODAY)


def test_a_proof_of_the_largest_size_is_accepted() -> None:
	check_release(replace(FILE, proof=Proof("a.b.JPeG", 10 * MEGABYTE)), POLICY, TODAY)


@pytest.mark.parametrize(
	("field", "value"),
	[
		*(("proof_megabytes", 0), ("proof_megabytes", 101), ("leaver_days", 0), ("leaver_days", 181)),
		*(("audit_percent", -1), ("audit_percent", 101)),
	],
)
def test_a_policy_that_cannot_be_is_refused(field: str, value: int) -> None:
	with pytest.raises(PolicyError) as refused:
		ReleasePolicy(**{field: value})
	assert (refused.value.field, refused.value.value) == (field, value)

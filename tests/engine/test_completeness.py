"""Completeness of a customer's file: what each level requires, what is missing, never more than required."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.completeness import FROM_THE_LOWEST, Completeness, CustomerFile, FilePolicy, assess
from cs_retention.engine.reasons import PolicyError
from cs_retention.engine.vocabulary import FilePart

EVERYTHING = CustomerFile("Key Account", 2, ("0571 8800 1234",), True, True, True, True, True)
FIRST_FOUR = (FilePart.CONTACT, FilePart.PHONE, FilePart.CONSENT, FilePart.ACCOUNT_MANAGER)


@pytest.mark.parametrize(
	("level", "required"),
	[
		("New", FIRST_FOUR),
		("One Star", FIRST_FOUR),
		("Two Star", FIRST_FOUR),
		("Three Star", (*FIRST_FOUR[:3], FilePart.BIRTHDAY, FilePart.ACCOUNT_MANAGER)),
		("Four Star", tuple(FilePart)),
		("Key Account", tuple(FilePart)),
	],
)
def test_what_a_level_requires(level: str, required: tuple[FilePart, ...]) -> None:
	assert assess(CustomerFile(level), FilePolicy()) == Completeness(required, required)


def test_a_file_with_everything_is_complete() -> None:
	assert assess(EVERYTHING, FilePolicy()).share == 100


def test_a_file_of_which_nothing_is_required_is_complete() -> None:
	assert assess(CustomerFile("Five Star"), FilePolicy({})) == Completeness((), ())
	assert Completeness((), ()).share == 100


@pytest.mark.parametrize(
	("phones", "is_missing"),
	[((), True), (("ask the porter",), True), (("123",), True), (("x", " +86 571 8800 "), False)],
)
def test_a_number_counts_in_the_format_asked_for(phones: tuple[str, ...], is_missing: bool) -> None:
	found = assess(CustomerFile("One Star", phones=phones), FilePolicy())
	assert (FilePart.PHONE in found.missing) is is_missing


def test_a_format_that_is_none_is_refused() -> None:
	with pytest.raises(PolicyError, match="regular expression"):
		FilePolicy(phone_format="[0-9")


def test_the_share_is_rounded_down_so_that_only_a_complete_file_has_100() -> None:
	assert Completeness(tuple(FilePart), (FilePart.BIRTHDAY,)).share == 85


@given(
	st.sampled_from(FROM_THE_LOWEST),
	st.dictionaries(st.sampled_from(FilePart), st.sampled_from(FROM_THE_LOWEST)),
)
def test_a_higher_level_requires_at_least_as_much(level: str, required: dict[FilePart, str]) -> None:
	policy = FilePolicy(required)
	below = policy.required_of(FROM_THE_LOWEST[max(FROM_THE_LOWEST.index(level) - 1, 0)])
	assert set(below) <= set(policy.required_of(level)) <= set(required)

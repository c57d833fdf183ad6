"""The table of seeded faults: each meets its file as it is now, and names tests that are there."""

from __future__ import annotations

import pytest
from app_files import APP, CHECKOUT
from mutations import MUTATIONS, Mutation

FAST = {"engine", "preview", "database"}


def test_there_are_thirty_with_names_of_their_own() -> None:
	assert len({mutation.name for mutation in MUTATIONS}) == len(MUTATIONS) == 30


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_mutation_meets_its_text_once_and_names_tests_that_are_there(mutation: Mutation) -> None:
	text = (APP / mutation.file).read_text(encoding="utf-8")
	assert text.count(mutation.text) == 1
	assert mutation.replacement != mutation.text
	compile(text.replace(mutation.text, mutation.replacement), mutation.file, "exec")
	assert mutation.tests
	for name in mutation.tests:
		assert name.partition("/")[0] in FAST
		assert (CHECKOUT / "tests" / name).is_file()

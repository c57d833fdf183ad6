"""The table of bad inputs is whole, and what it says of a test is so."""

from __future__ import annotations

import ast

import bad_inputs
import pytest
from app_files import CHECKOUT, syntax

KINDS = (
	bad_inputs.TEXTS,
	bad_inputs.QUERIES,
	bad_inputs.DAYS,
	bad_inputs.NUMBERS,
	bad_inputs.WORDS,
	bad_inputs.SHAPES,
	bad_inputs.SITUATIONS,
)


def test_every_number_has_its_input() -> None:
	assert {number for kind in KINDS for number in kind} == {*range(1, 63)}


@pytest.mark.parametrize("number", bad_inputs.SITUATIONS)
def test_a_situation_has_the_test_that_is_named(number: int) -> None:
	path, name = bad_inputs.SITUATIONS[number]
	nodes = ast.walk(syntax(CHECKOUT / "tests" / path))
	assert name in {node.name for node in nodes if isinstance(node, ast.FunctionDef)}


def test_a_value_knows_its_number() -> None:
	assert [bad_inputs.number_of(value) for value in ("2026-02-30", -5, "Fortnightly", [], "no such")] == [
		37,
		35,
		43,
		25,
		0,
	]

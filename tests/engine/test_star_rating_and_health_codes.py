"""The lists of reason codes say exactly what the modules give as reasons."""

import ast
from pathlib import Path

import pytest

from cs_retention.engine import (
	health,
	health_contract,
	health_free,
	star_factors,
	star_gap,
	star_rating,
	star_settlement,
)

MODULES = (star_factors, star_gap, star_settlement, star_rating, health_free, health_contract, health)


def codes_given(module):
	"""Yield the first argument of every Reason made in a module, with its figures where they are keywords."""
	for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8"))):
		if not isinstance(node, ast.Call):
			continue
		made = ast.unparse(node.func)
		if made in ("Reason", "Reason.of"):
			keywords = [keyword.arg for keyword in node.keywords]
			code = node.args[0].value
			yield code, tuple(keywords) if made == "Reason.of" and None not in keywords else None


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_code_a_module_gives_is_listed_with_its_figures(module):
	for code, figures in codes_given(module):
		assert code in module.REASONS, code
		if figures:
			assert module.REASONS[code] == figures


def test_no_code_is_listed_that_nothing_gives():
	given = {code for module in MODULES for code, _ in codes_given(module)}
	assert given == set(star_rating.REASONS) | set(health.REASONS)


def test_rating_and_health_share_only_the_code_of_a_prospect():
	assert set(star_rating.REASONS) & set(health.REASONS) == {"never_bought"}

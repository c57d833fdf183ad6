"""The Workflow that is seeded, the fields that refusals name and the print format say what the engine says."""

from __future__ import annotations

import ast
import csv

import pytest
from app_files import APP, doctypes, python_files, read_json, syntax

from cs_retention.engine import release_file, retention_case, retention_exit, retention_offers
from cs_retention.engine.retention_case import TRANSITIONS, CaseAction, CaseStatus
from cs_retention.preview.case_words import LABELS
from cs_retention.setup.case_seeds import INDICATORS, REASONS, STYLES, board, case_seeds, workflow

FORMS = ("Retention Case", "Release File", "Retention Case Offer", "Retention Case Contact")
ENGINE = (retention_case, retention_exit, retention_offers, release_file)


def test_the_seeded_workflow_is_the_engines_table() -> None:
	seeded = workflow()
	assert [row["state"] for row in seeded["states"]] == [status.value for status in CaseStatus]
	rows = {(row["state"], row["action"], row["next_state"], row["allowed"]) for row in seeded["transitions"]}
	assert rows == {
		(before.value, action.value, after.value, worker.value)
		for (before, action), (after, workers) in TRANSITIONS.items()
		for worker in workers
	}
	assert len(seeded["transitions"]) == len(rows)
	(field,) = (
		field
		for field in doctypes()[seeded["document_type"]]["fields"]
		if field["fieldname"] == seeded["workflow_state_field"]
	)
	assert field["options"].split("\n") == [status.value for status in CaseStatus]


def test_what_is_seeded_has_its_chinese_words() -> None:
	with (APP / "translations/zh.csv").open(encoding="utf-8", newline="") as file:
		known = {row[0] for row in csv.reader(file) if row}
	kinds = ("Churn Reason", "Retention Exit Rule")
	assert {seed["name"] for seed in case_seeds() if seed["doctype"] in kinds} - known == set()
	assert all(doctypes()[kind]["translated_doctype"] for kind in kinds)


def test_states_and_actions_are_seeded_before_the_workflow_that_names_them() -> None:
	seeds = [(seed["doctype"], seed["name"]) for seed in case_seeds()]
	assert len(seeds) == len(set(seeds))
	place = seeds.index(("Workflow", "Retention Case"))
	assert {("Workflow State", status.value) for status in CaseStatus} <= set(seeds[:place])
	assert {("Workflow Action Master", action.value) for action in CaseAction} <= set(seeds[:place])
	assert set(STYLES) == set(INDICATORS) == set(CaseStatus)
	assert [column["column_name"] for column in board()["columns"]] == [status.value for status in CaseStatus]


def test_a_reason_stands_once_in_the_tree() -> None:
	names = [*REASONS, *(each for below in REASONS.values() for each in below)]
	assert len(names) == len(set(names))


def refused_fields() -> set[str]:
	"""Return the fields that the engine's refusals of cases name."""
	found = set()
	for module in ENGINE:
		for node in ast.walk(syntax(APP / "engine" / f"{module.__name__.rpartition('.')[2]}.py")):
			if isinstance(node, ast.Call) and ast.unparse(node.func) == "WorkError":
				found.add(ast.literal_eval(node.args[0]))
	return found - {"action"}


@pytest.mark.parametrize("field", sorted(refused_fields() - {"offer", "words", "answer", "contacted_on"}))
def test_what_a_refusal_of_a_case_names_is_a_field_of_a_form(field: str) -> None:
	labels = {
		each["label"] for form in FORMS for each in doctypes()[form]["fields"] if each["fieldname"] == field
	}
	assert labels, field
	if field in LABELS:
		assert LABELS[field] in labels


def test_the_command_line_names_fields_as_the_form_does() -> None:
	labels = {
		(each["fieldname"], each["label"])
		for form in FORMS
		for each in doctypes()[form]["fields"]
		if "label" in each
	}
	of_files_only = {"action", "case"}
	assert {pair for pair in LABELS.items() if pair[0] not in of_files_only} <= labels


def test_a_print_format_lies_beside_its_template() -> None:
	for file in APP.glob("*/print_format/*/*.json"):
		document = read_json(file)
		assert document["doc_type"] in doctypes()
		assert (document["standard"], document["custom_format"]) == ("Yes", 1)
		assert file.with_suffix(".html").exists()


def test_the_dialogs_that_refusals_name_are_there() -> None:
	scripts = "".join(path.read_text(encoding="utf-8") for path in APP.rglob("*.js"))
	named = {
		word
		for path in python_files()
		if path.parent.name == "engine"
		for node in ast.walk(syntax(path))
		if isinstance(node, ast.Constant) and isinstance(node.value, str) and " dialog " in node.value
		for word in [node.value.partition(" dialog ")[2].removesuffix(" first")]
		if word[:1].isupper()
	}
	assert named
	assert {name for name in named if f'__("{name}")' not in scripts} == set()

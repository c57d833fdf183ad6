"""Every string a person sees has its Chinese entry, and no entry is left over."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from enum import Enum
from functools import cache
from string import Formatter

import host
import pytest
from app_files import (
	APP,
	dashboards,
	desk_records,
	doctypes,
	fixture,
	modules,
	python_files,
	reports,
	syntax,
)

from cs_retention.engine import vocabulary
from cs_retention.engine.policy import SCALARS
from cs_retention.render import quarter_sections, sentences, wording

REFUSALS = {"MessageError", "PolicyError", "WorkError"}
"""Errors of the engine that carry a remedy."""
TRANSLATING = {"_", "translate", "say"}
"""Functions that translate their first argument, whatever they are called through."""
OUTSIDE_THE_DESK = "Retention Report"
"""Context of a word of the page or the command line that Frappe or ERPNext translate otherwise for their own use."""
WITHOUT_CONTEXT = "Workspace"
IN_TEMPLATES = re.compile(r"""\bt\(\s*(?:"([^"]+)"|'([^']+)')""")
IN_PRINTS = re.compile(r"""(?<![\w.])_\(\s*"([^"]+)\"""")
IN_SCRIPTS = re.compile(r"""__\(\s*(?:"((?:[^"\\]|\\.)+)"|'((?:[^'\\]|\\.)+)')""")


SHORT_IN_SCRIPTS = re.compile(
	r"""const (\w+) = \((\w+)(?:, (\w+) = (\w+))?\) => __\(\2, null, (?:"([^"]+)"|(\w+))\)"""
)
"""A short name for translating in one context, as `const word = (text) => __(text, null, "Customer Touch")`."""
CONTEXTS_IN_SCRIPTS = re.compile(r"""__\(\s*"([^"]+)",\s*(?:null|\[[^]]*\]),\s*"([^"]+)"\s*\)""")


@cache
def entries() -> dict[tuple[str, str], str]:
	"""Return the translation by text and context; the context of a general entry is empty."""
	with (APP / "translations/zh.csv").open(encoding="utf-8", newline="") as file:
		rows = [row for row in csv.reader(file) if row]
	found = {(row[0], row[2] if len(row) > 2 else ""): row[1] for row in rows}
	assert len(found) == len(rows), "an entry stands twice"
	return found


def field_strings(field: dict) -> Iterator[str]:
	"""Yield what a form shows of a field."""
	yield from filter(None, (field.get("label"), field.get("description")))
	if field["fieldtype"] == "Select":
		yield from filter(None, field["options"].split("\n"))


def desk_strings() -> Iterator[tuple[str, str]]:
	"""Yield text and DocType of everything the desk shows from our files."""
	for name, document in doctypes().items():
		yield from ((text, name) for text in (name, document.get("description")) if text)
		yield from ((text, name) for field in document["fields"] for text in field_strings(field))
	for field in fixture("custom_field"):
		yield from ((text, field["dt"]) for text in field_strings(field))
	yield from ((role["name"], "Role") for role in fixture("role"))
	yield from ((module, "Module Def") for module in modules())
	yield from ((report, "Report") for report in reports())
	yield from ((name, "Dashboard") for name in dashboards())
	yield from ((text, WITHOUT_CONTEXT) for text in workspace_strings())


def workspace_strings() -> Iterator[str]:
	"""Yield what a workspace and its onboarding show; Frappe translates it without a context."""
	for document in desk_records("Workspace").values():
		yield document["title"]
		for table in ("charts", "links", "number_cards", "quick_lists", "shortcuts"):
			yield from (row[key] for row in document[table] for key in ("label", "format") if row.get(key))
	for document in desk_records("Module Onboarding").values():
		yield from (document[key] for key in ("title", "subtitle", "success_message"))
	for document in desk_records("Onboarding Step").values():
		yield from (document[key] for key in ("title", "description", "action_label"))


def literals(node: ast.expr) -> list[str]:
	"""Return the texts an argument can be: a literal, or either of two."""
	if isinstance(node, ast.IfExp):
		return [*literals(node.body), *literals(node.orelse)]
	return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def code_strings() -> Iterator[str]:
	"""Yield the literals that Python, scripts and templates hand to a translating function."""
	for file in python_files():
		calls = [node for node in ast.walk(syntax(file)) if isinstance(node, ast.Call) and node.args]
		for call in calls:
			if ast.unparse(call.func).rpartition(".")[2] in TRANSLATING:
				yield from literals(call.args[0])
	for file in APP.glob("*/print_format/*/*.html"):
		yield from IN_PRINTS.findall(file.read_text(encoding="utf-8"))
	for suffix, pattern in (("html", IN_TEMPLATES), ("js", IN_SCRIPTS)):
		for file in APP.rglob(f"*.{suffix}"):
			yield from (a or b for a, b in pattern.findall(file.read_text(encoding="utf-8")))


def given_contexts() -> Iterator[tuple[str, str]]:
	"""Yield text and context where Python or a script names both."""
	for file in python_files():
		calls = [node for node in ast.walk(syntax(file)) if isinstance(node, ast.Call) and node.args]
		for call in calls:
			named = [word.value for word in call.keywords if word.arg == "context"]
			yield from (
				(text, place) for text in literals(call.args[0]) for word in named for place in literals(word)
			)
	for file in APP.rglob("*.js"):
		script = file.read_text(encoding="utf-8")
		yield from CONTEXTS_IN_SCRIPTS.findall(script)
		yield from said_shortly(script)


def said_shortly(script: str) -> Iterator[tuple[str, str]]:
	"""Yield text and context of what a script translates through a short name of its own."""
	constants = dict(re.findall(r"""const (\w+) = "([^"]+)";""", script))
	for name, _argument, other, usual, context, constant in SHORT_IN_SCRIPTS.findall(script):
		of_own = context or constants[usual if constant == other else constant]
		calls = re.findall(rf"""(?<![\w.]){name}\(\s*"([^"]+)"(?:,\s*"([^"]+)")?\s*\)""", script)
		yield from ((text, given or of_own) for text, given in calls)


def remedies() -> Iterator[str]:
	"""Yield what the engine asks for where it refuses a policy or a call."""
	yield from (remedy for _kinds, remedy in SCALARS.values())
	for file in sorted((APP / "engine").glob("*.py")):
		for node in ast.walk(syntax(file)):
			if isinstance(node, ast.Call) and ast.unparse(node.func) in REFUSALS:
				yield from literals(node.args[2])


def table_strings() -> Iterator[str]:
	"""Yield the words that stand in tables of the render room and in the engine's vocabularies."""
	yield from sentences.SENTENCES.values()
	yield from (text for variants in sentences.VARIANTS.values() for _figures, text in variants)
	yield from (text for pair in wording.UNITS.values() for text in pair)
	yield from remedies()
	yield from quarter_sections.GROUP_FIELDS
	yield from (text for text, _count, _opens in quarter_sections.GROUP_COLUMNS)
	for table in quarter_sections.TOLD.values():
		yield from (table.first, *filter(None, [table.note]), *(column.label for column in table.columns))
	yield from (*wording.PURPOSES.values(), *wording.OVERFLOW_WORDS.values(), vocabulary.KEY_ACCOUNT)
	for words in vars(vocabulary).values():
		if isinstance(words, type) and issubclass(words, Enum):
			yield from (member.value for member in words)


def places(text: str) -> list[str | None]:
	"""Return the places to fill of a text, in the order of their names."""
	return sorted(name for _literal, name, _spec, _conversion in Formatter().parse(text) if name is not None)


def test_what_the_desk_shows_has_its_entry() -> None:
	missing = {
		(text, doctype)
		for text, doctype in desk_strings()
		if not {(text, doctype), (text, "")} & set(entries()) and (text, doctype) not in of_the_host()
	}
	assert missing == set()


def of_the_host() -> set[tuple[str, str]]:
	"""Return what a workspace names of ERPNext's, in ERPNext's own words."""
	linked = (row for document in desk_records("Workspace").values() for row in document["links"])
	return {(row["label"], WITHOUT_CONTEXT) for row in linked if row.get("link_to") in host.DOCTYPES}


def test_what_code_says_in_a_context_has_its_entry() -> None:
	missing = {entry for entry in given_contexts() if not {entry, (entry[0], "")} & set(entries())}
	assert missing == set()


def test_what_code_and_tables_say_has_its_entry() -> None:
	translated = {text for text, _context in entries()}
	assert {*code_strings(), *table_strings()} - translated == set()


def test_no_entry_is_left_over() -> None:
	constants = {
		node.value
		for file in python_files()
		for node in ast.walk(syntax(file))
		if isinstance(node, ast.Constant) and isinstance(node.value, str)
	}
	used = constants | {text for text, _place in (*desk_strings(), *given_contexts())} | set(code_strings())
	assert {text for text, _context in entries()} - used == set()


def test_a_context_names_a_place_where_the_text_is_shown() -> None:
	"""A place is a DocType that shows the text, what code names, or `OUTSIDE_THE_DESK` for what the desk never shows."""
	on_desk = set(desk_strings()) | set(given_contexts())
	with_context = {entry for entry in entries() if entry[1]}
	outside = {(text, OUTSIDE_THE_DESK) for text, _context in with_context} - {
		(text, OUTSIDE_THE_DESK) for text, _doctype in on_desk
	}
	assert with_context - on_desk - outside == set()


@pytest.mark.parametrize(("text", "context"), sorted(entries()))
def test_a_translation_fills_the_same_places(text: str, context: str) -> None:
	translation = entries()[text, context]
	assert translation
	assert places(translation) == places(text)


def test_a_remedy_is_a_sentence_of_its_own_that_can_be_translated() -> None:
	"""Only two places hand on a sentence that stands elsewhere: a table of types, and an error raised again."""
	handed_on = {"remedy", "error.template"}
	for file in sorted((APP / "engine").glob("*.py")):
		for node in ast.walk(syntax(file)):
			if isinstance(node, ast.Call) and ast.unparse(node.func) in REFUSALS:
				assert literals(node.args[2]) or ast.unparse(node.args[2]) in handed_on, node.lineno

"""The house: two doors into one copy, one version, an engine on the standard library, no stand-in for Frappe."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest
from app_files import APP, CHECKOUT, python_files, syntax

import cs_retention

WITHOUT_FRAPPE = ("engine", "facts", "store", "nightly", "render", "preview")
TEXT_FILES = (".py", ".toml", ".txt", ".cfg")


@pytest.mark.parametrize("door", ["hooks.py", "fixtures"])
def test_the_root_has_a_second_door_into_the_package(door: str) -> None:
	link = CHECKOUT / door
	assert link.is_symlink()
	assert link.readlink() == Path("cs_retention") / door
	assert link.exists()


def test_the_version_stands_in_one_place() -> None:
	stated = re.compile(rf"\b{re.escape(cs_retention.__version__)}\b")
	files = [
		CHECKOUT / "pyproject.toml",
		CHECKOUT / "setup.py",
		*(f for f in APP.rglob("*") if f.suffix in TEXT_FILES),
	]
	assert [file for file in files if stated.search(file.read_text(encoding="utf-8"))] == [
		APP / "__init__.py"
	]


def test_frappe_is_no_dependency_for_pip() -> None:
	project = (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8").partition("[tool.")[0]
	assert not re.search(r'"(frappe|erpnext)\b', project)


def test_nothing_stands_in_for_frappe() -> None:
	hosts = {"frappe", "erpnext", "hrms"}
	found = [path for path in CHECKOUT.glob("**/*") if path.stem in hosts and ".venv" not in path.parts]
	assert [path for path in found if ".work" not in path.parts] == []


@pytest.mark.parametrize("file", sorted((APP / "engine").glob("*.py")), ids=lambda file: file.stem)
def test_the_engine_stands_on_the_standard_library(file: Path) -> None:
	foreign = {name for name in imported(file) if name.split(".")[0] not in sys.stdlib_module_names}
	assert {name for name in foreign if not name.startswith("cs_retention.engine")} == set()


def test_the_rooms_without_frappe_import_nothing_of_it() -> None:
	files = [file for room in WITHOUT_FRAPPE for file in (APP / room).rglob("*.py")]
	named = {(file.name, name) for file in files for name in imported(file)}
	assert {
		(file, name) for file, name in named if name.split(".")[0] in {"frappe", "erpnext", "hrms"}
	} == set()


@pytest.mark.parametrize("file", python_files(), ids=lambda file: str(file.relative_to(APP)))
def test_whitelisted_functions_keep_annotations_that_frappe_can_check(file: Path) -> None:
	"""Frappe skips the check of arguments where annotations are strings."""
	decorators = [
		ast.unparse(d) for node in ast.walk(syntax(file)) for d in getattr(node, "decorator_list", [])
	]
	if any(decorator.startswith("frappe.whitelist") for decorator in decorators):
		assert "__future__" not in imported(file)


def imported(file: Path) -> set[str]:
	"""Return the modules a file imports, by absolute name."""
	names = set()
	for node in ast.walk(syntax(file)):
		if isinstance(node, ast.Import):
			names |= {alias.name for alias in node.names}
		elif isinstance(node, ast.ImportFrom):
			names.add(node.module or "")
	return names


@pytest.mark.parametrize(
	"file", [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").glob("*.md"))], ids=lambda file: file.name
)
def test_links_of_a_document_lead_to_a_file(file: Path) -> None:
	targets = re.findall(r"\]\((?!https?:)([^)#]+)", file.read_text(encoding="utf-8"))
	assert [target for target in targets if not (file.parent / target).exists()] == []

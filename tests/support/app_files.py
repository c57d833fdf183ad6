"""The app as it lies in files: what Frappe would read, without Frappe."""

from __future__ import annotations

import ast
import json
from functools import cache
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
APP = CHECKOUT / "cs_retention"


@cache
def doctypes() -> dict[str, dict]:
	"""Return the app's DocTypes by name, each with its file under `path`."""
	files = sorted(APP.glob("*/doctype/*/*.json"))
	documents = [read_json(file) | {"path": file} for file in files]
	return {document["name"]: document for document in documents}


def reports() -> dict[str, dict]:
	"""Return the app's reports by name, each with its file under `path`."""
	files = sorted(APP.glob("*/report/*/*.json"))
	return {document["name"]: document | {"path": file} for file in files for document in [read_json(file)]}


def dashboards() -> list[str]:
	"""Return the names of the app's dashboards, charts and number cards, which the desk shows translated."""
	files = (
		file
		for kind in ("*_dashboard", "dashboard_chart", "number_card")
		for file in APP.glob(f"*/{kind}/*/*.json")
	)
	return sorted(read_json(file)["name"] for file in files)


def desk_records(kind: str) -> dict[str, dict]:
	"""Return the app's records of a kind that Frappe brings in from files: workspaces, onboarding, cards, pages; each with its `file`."""
	files = sorted(APP.glob(f"*/{scrub(kind)}/*/*.json"))
	return {document["name"]: document | {"file": file} for file in files for document in [read_json(file)]}


def fixture(name: str) -> list[dict]:
	"""Return the records of one of the app's fixture files."""
	return read_json(APP / "fixtures" / f"{name}.json")


def modules() -> list[str]:
	"""Return the app's modules as modules.txt lists them."""
	return (APP / "modules.txt").read_text(encoding="utf-8").splitlines()


def patches() -> list[str]:
	"""Return the dotted paths of patches.txt."""
	lines = (line.partition("#")[0].strip() for line in (APP / "patches.txt").read_text().splitlines())
	return [line for line in lines if line and not line.startswith("[")]


def read_json(file: Path) -> object:
	return json.loads(file.read_text(encoding="utf-8"))


def scrub(name: str) -> str:
	"""Return a name as Frappe writes it in file names."""
	return name.lower().replace(" ", "_").replace("-", "_")


@cache
def syntax(file: Path) -> ast.Module:
	"""Return the syntax tree of one of the app's Python files."""
	return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def python_files() -> list[Path]:
	"""Return every Python file of the app."""
	return sorted(APP.rglob("*.py"))


def defines(dotted: str) -> bool:
	"""Whether a dotted path names a function, class or variable that a file of the app defines."""
	module, _, name = dotted.rpartition(".")
	file = CHECKOUT / (module.replace(".", "/") + ".py")
	file = file if file.exists() else file.with_suffix("") / "__init__.py"
	return file.exists() and name in {defined for node in syntax(file).body for defined in names_of(node)}


def names_of(node: ast.stmt) -> list[str]:
	"""Return the names a top-level statement defines."""
	if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
		return [node.name]
	if isinstance(node, ast.Assign):
		return [target.id for target in node.targets if isinstance(target, ast.Name)]
	return []

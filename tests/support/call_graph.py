"""Who calls whom in the app, as its files say: what a request may reach, read without Frappe.

Names are resolved within a module and through its imports; a method only where it is called on `self`. What is called
on other objects is not followed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from app_files import APP, CHECKOUT, python_files, syntax


class Function(NamedTuple):
	"""A function or method of the app; `owner` is the dotted name of its class."""

	module: str
	owner: str | None
	node: ast.FunctionDef


@cache
def functions() -> Mapping[str, Function]:
	"""Return every function and method of the app by dotted name."""
	return dict(_functions())


def _functions() -> Iterator[tuple[str, Function]]:
	for file in python_files():
		module = module_of(file.relative_to(CHECKOUT).as_posix())
		for node in syntax(file).body:
			if isinstance(node, ast.FunctionDef):
				yield f"{module}.{node.name}", Function(module, None, node)
			elif isinstance(node, ast.ClassDef):
				owner = f"{module}.{node.name}"
				methods = (each for each in node.body if isinstance(each, ast.FunctionDef))
				yield from ((f"{owner}.{method.name}", Function(module, owner, method)) for method in methods)


def module_of(path: str) -> str:
	"""Return the dotted name of a file."""
	return path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


@cache
def imports(module: str) -> Mapping[str, str]:
	"""Return what the names that a module imports stand for."""
	path = APP.parent / (module.replace(".", "/") + ".py")
	tree = syntax(path if path.exists() else path.with_suffix("") / "__init__.py")
	return {
		alias.asname or alias.name: f"{node.module}.{alias.name}"
		for node in ast.walk(tree)
		if isinstance(node, ast.ImportFrom)
		for alias in node.names
	}


def dotted(expression: ast.expr, function: Function) -> str:
	"""Return the dotted name that an expression stands for in a function."""
	text = ast.unparse(expression)
	if function.owner and text.startswith("self."):
		return f"{function.owner}.{text.removeprefix('self.')}"
	head, dot, rest = text.partition(".")
	return imports(function.module).get(head, f"{function.module}.{head}") + dot + rest


def calls(node: ast.AST) -> Iterator[ast.Call]:
	"""Yield every call within a piece of code."""
	return (each for each in ast.walk(node) if isinstance(each, ast.Call))


def statements(function: Function) -> list[ast.stmt]:
	"""Return the statements of a function after its docstring."""
	return function.node.body[1:] if ast.get_docstring(function.node) else function.node.body


def reachable(names: Iterable[str]) -> set[str]:
	"""Return functions with all that they call, or hand on for somebody else to call."""
	known, found = functions(), set(names)
	waiting = list(found)
	while waiting:
		function = known[waiting.pop()]
		for call in calls(function.node):
			handed = (each for each in call.args if isinstance(each, ast.Name | ast.Attribute))
			for name in (dotted(each, function) for each in (call.func, *handed)):
				if name in known and name not in found:
					found.add(name)
					waiting.append(name)
	return found

"""A policy as a TOML file: read for a book, and the defaults written out to begin from."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cs_retention.engine.policy import Policy
from cs_retention.engine.reasons import PolicyError
from cs_retention.preview.problems import BadInput, Problem

if sys.version_info >= (3, 11):
	import tomllib
else:
	import tomli as tomllib


def read_policy(path: Path) -> Mapping[str, Any]:
	"""Return the mapping a policy file holds, after a policy could be built from it; raise BadInput otherwise."""
	try:
		mapping = tomllib.loads(path.read_text(encoding="utf-8-sig"))
	except OSError as error:
		raise _refused(path, f"cannot be opened ({error.strerror}); give the path of a TOML file") from error
	except UnicodeDecodeError as error:
		raise _refused(path, "is not UTF-8; save it as UTF-8") from error
	except tomllib.TOMLDecodeError as error:
		raise _refused(path, f"is no TOML: {error}; correct that place") from error
	try:
		Policy.from_mapping(mapping)
	except PolicyError as error:
		problem = Problem(
			path.name, f"is refused; {error.remedy}", column=error.field, value=str(error.value)
		)
		raise BadInput([problem.sentence().replace(", column ", ", field ", 1)]) from error
	return mapping


def _refused(path: Path, remedy: str) -> BadInput:
	return BadInput([Problem(path.name, remedy).sentence()])


def as_toml(mapping: Mapping[str, Any]) -> str:
	"""Return a policy's mapping as TOML; texts, numbers and lists are written as JSON writes them, which TOML reads."""
	return "\n".join(_lines(mapping, "")) + "\n"


def _lines(mapping: Mapping[str, Any], heading: str) -> Iterator[str]:
	tables = {key: value for key, value in mapping.items() if isinstance(value, Mapping)}
	for key, value in mapping.items():
		if key not in tables:
			yield f"{_key(key)} = {json.dumps(value, ensure_ascii=False)}"
	for key, table in tables.items():
		name = f"{heading}{_key(key)}"
		yield from ("", f"[{name}]", *_lines(table, f"{name}."))


def _key(key: str) -> str:
	is_bare = key.isascii() and key.replace("_", "").isalnum()
	return key if is_bare else json.dumps(key, ensure_ascii=False)

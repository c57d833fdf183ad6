"""The whole policy of a site or a book, and its plain mapping as a TOML file gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from cs_retention.engine.cadence import Cadence, PlanningPolicy
from cs_retention.engine.health_policy import HealthPolicy
from cs_retention.engine.obligation_policy import ObligationPolicy
from cs_retention.engine.reasons import PolicyError
from cs_retention.engine.retention_case import CasePolicy
from cs_retention.engine.star_policy import STARS, LowerBounds, StarPolicy
from cs_retention.engine.vocabulary import ContactDocument

T = TypeVar("T")

LEVEL_NAMES = {level.value: level.name.lower() for level in STARS}
"""Fields of LowerBounds by the name of the level."""


@dataclass(frozen=True, slots=True)
class ComplaintPolicy:
	"""Which issues are complaints and which of them are serious; names are compared without regard to case."""

	issue_types: tuple[str, ...] = ("Complaint", "投诉")
	serious_priorities: tuple[str, ...] = ("Serious", "Urgent", "High", "严重")

	def __post_init__(self) -> None:
		for name in ("issue_types", "serious_priorities"):
			for value in getattr(self, name):
				if not isinstance(value, str) or not value.strip():
					raise PolicyError(name, value, "give names")


@dataclass(frozen=True, slots=True)
class ContactDocumentPolicy:
	"""Which documents of ERPNext count as a contact, and the least length in seconds of a call that was answered."""

	documents: tuple[ContactDocument, ...] = tuple(ContactDocument)
	call_seconds: int = 1

	def __post_init__(self) -> None:
		if self.call_seconds < 1:
			raise PolicyError("call_seconds", self.call_seconds, "give at least 1 second")


@dataclass(frozen=True, slots=True)
class Policy:
	"""Every rule that the engine is told; ratings and states name its version."""

	stars: StarPolicy = field(default_factory=StarPolicy)
	health: HealthPolicy = field(default_factory=HealthPolicy)
	planning: PlanningPolicy = field(default_factory=PlanningPolicy)
	complaints: ComplaintPolicy = field(default_factory=ComplaintPolicy)
	contacts: ContactDocumentPolicy = field(default_factory=ContactDocumentPolicy)
	obligations: ObligationPolicy = field(default_factory=ObligationPolicy)
	cases: CasePolicy = field(default_factory=CasePolicy)
	version: str = "default-1"
	churn_version: str = "default-1"
	"""Names the rules of health, which a site changes apart from those of the stars."""

	def __post_init__(self) -> None:
		for name in ("version", "churn_version"):
			value = getattr(self, name)
			if not isinstance(value, str) or not value.strip():
				raise PolicyError(name, value, "give the policy a name for its version")

	@classmethod
	def from_mapping(cls, mapping: Mapping[str, object]) -> Policy:
		"""Return the defaults changed by `mapping`; PolicyError names the dotted field that cannot be used.

		Keys, all optional: `stars`, `health`, `planning`, `complaints`, `contacts`, `obligations` and `cases` by their
		dataclasses,
		`cadence` by level name, `version`. A table of steps is a list of pairs of bound and points.
		"""
		default, given = cls(), dict(mapping)
		_refuse_unknown(given, ["cadence", *_types(cls)], "")
		cadence = given.pop("cadence", {})
		if not isinstance(cadence, Mapping):
			raise PolicyError("cadence", cadence, "give a table by level")
		planning = given.get("planning", {})
		if isinstance(planning, Mapping) and "cadences" in planning:
			raise PolicyError(
				"planning.cadences", planning["cadences"], "give cadences under cadence.<level>"
			)
		policy = _changed(default, given, "")
		cadences = tuple(_changed_cadence(known, cadence) for known in default.planning.cadences)
		_refuse_unknown(cadence, [known.level for known in cadences], "cadence.")
		return replace(policy, planning=replace(policy.planning, cadences=cadences))

	def to_mapping(self) -> dict[str, Any]:
		"""Return the plain mapping that `from_mapping` turns into this policy; what is None is left out."""
		mapping = _plain_fields(self)
		cadences = mapping["planning"].pop("cadences")
		mapping["cadence"] = {cadence.pop("level"): cadence for cadence in cadences}
		return mapping


def _changed_cadence(known: Cadence, cadence: Mapping[str, object]) -> Cadence:
	given = cadence.get(known.level, {})
	if isinstance(given, Mapping) and "level" in given:
		raise PolicyError(
			f"cadence.{known.level}.level", given["level"], "name the level in the table's heading"
		)
	return _changed(known, given, f"cadence.{known.level}.", named_by=f"{known.level}.")


def _changed(default: T, mapping: object, path: str, named_by: str = "") -> T:
	"""Return the dataclass with the fields that `mapping` gives.

	A field is named by its path; `named_by` is what the dataclass itself puts before the name of its fields.
	"""
	if not isinstance(mapping, Mapping):
		raise PolicyError(path.rstrip("."), mapping, "give a table")
	types = _types(type(default))
	names = LEVEL_NAMES if isinstance(default, LowerBounds) else {name: name for name in types}
	_refuse_unknown(mapping, list(names), path)
	changes = {
		names[key]: _value(types[names[key]], getattr(default, names[key]), value, f"{path}{key}")
		for key, value in mapping.items()
	}
	try:
		return replace(default, **changes)  # type: ignore[type-var]
	except PolicyError as error:
		raise PolicyError(
			_dotted(path, error.field.removeprefix(named_by)), error.value, error.template, **error.places
		) from None


def _dotted(path: str, name: str) -> str:
	"""Return the dotted name; a dataclass of a table names its fields with the table's own name before them."""
	table = path.rstrip(".").rpartition(".")[2]
	return path.rstrip(".") if name == table else path + name.removeprefix(f"{table}.")


def _refuse_unknown(mapping: Mapping[str, object], known: list[str], path: str) -> None:
	for key in mapping:
		if key not in known:
			raise PolicyError(
				f"{path}{key}", mapping[key], "no such field; there are {known}", known=", ".join(known)
			)


def _types(kind: Any) -> dict[str, Any]:
	hints = get_type_hints(kind)
	return {each.name: hints[each.name] for each in fields(kind)}


def _value(kind: Any, default: object, value: object, path: str) -> object:
	if is_dataclass(kind):
		return _changed(default, value, f"{path}.")
	if get_origin(kind) is tuple:
		return _list(kind, value, path)
	if get_origin(kind) is UnionType:
		kind = get_args(kind)[0]
	return _scalar(kind, value, path)


def _scalar(kind: type, value: object, path: str) -> object:
	if issubclass(kind, Enum):
		allowed = [member.value for member in kind]
		if value not in allowed:
			raise PolicyError(path, value, "give one of {allowed}", allowed=", ".join(allowed))
		return kind(value)
	accepted, remedy = SCALARS[kind]
	if isinstance(value, bool) is not (kind is bool) or not isinstance(value, accepted):
		raise PolicyError(path, value, remedy)
	return Decimal(str(value)) if kind is Decimal else value


SCALARS: Mapping[type, tuple[tuple[type, ...], str]] = {
	bool: ((bool,), "give true or false"),
	int: ((int,), "give a whole number"),
	str: ((str,), "give a text"),
	Decimal: ((int, float, Decimal), "give a number"),
}
"""What a field of a type takes."""


def _list(kind: Any, value: object, path: str) -> object:
	if not isinstance(value, list | tuple):
		raise PolicyError(path, value, "give a list")
	item = get_args(kind)[0]
	if get_origin(item) is tuple:
		return tuple(tuple(step) if isinstance(step, list) else step for step in value)
	return tuple(_scalar(item, each, path) for each in value)


def _plain_fields(instance: Any) -> dict[str, Any]:
	keys = {name: level for level, name in LEVEL_NAMES.items()} if isinstance(instance, LowerBounds) else {}
	values = {each.name: getattr(instance, each.name) for each in fields(instance)}
	return {keys.get(name, name): _plain(value) for name, value in values.items() if value is not None}


def _plain(value: Any) -> Any:
	if is_dataclass(value):
		return _plain_fields(value)
	if isinstance(value, Enum):
		return value.value
	if isinstance(value, Decimal):
		return int(value) if value == int(value) else float(value)
	return [_plain(each) for each in value] if isinstance(value, tuple) else value

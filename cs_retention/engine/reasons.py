"""Reason codes with the figures they were decided on; wording belongs to the edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

Figure = int | float | str | date | Decimal | None


@dataclass(frozen=True, slots=True)
class Reason:
	"""One reason: a code from the catalogue of its module and the figures that its sentence needs."""

	code: str
	figures: tuple[tuple[str, Figure], ...] = ()

	@classmethod
	def of(cls, code: str, **figures: Figure) -> Reason:
		"""Return the reason `code` with its figures in the order given."""
		return cls(code, tuple(figures.items()))

	def as_mapping(self) -> Mapping[str, Figure]:
		"""Return the figures by name."""
		return dict(self.figures)


class Refusal(ValueError):
	"""What cannot be accepted: the field, the value refused and what is allowed instead.

	`template` is the remedy as a sentence of a closed list, `places` what fills its places: the edge can translate it.
	"""

	def __init__(self, field: str, value: object, template: str, **places: object):
		plain = _plain(value)
		shown = str(plain) if isinstance(plain, Decimal) else repr(plain)
		self.field = field
		self.value = value
		self.template = template
		self.places = places
		super().__init__(f"{field} = {shown}: {self.remedy}")

	@property
	def remedy(self) -> str:
		"""What is allowed instead, in English."""
		return self.template.format(**{name: _joined(value) for name, value in self.places.items()})


def _plain(value: object) -> object:
	"""Return a word of a vocabulary as it is stored, several in a row likewise, anything else as it is."""
	if isinstance(value, tuple):
		return tuple(map(_plain, value))
	return value.value if isinstance(value, Enum) else value


def _joined(value: object) -> object:
	"""Return what fills a place of a sentence: several in a row are told with commas."""
	plain = _plain(value)
	return ", ".join(map(str, plain)) if isinstance(plain, tuple) else plain


class PolicyError(Refusal):
	"""A policy that cannot be built."""


class WorkError(Refusal):
	"""Work on a callback or a case that cannot be recorded."""


class MessageError(Refusal):
	"""A message that cannot be sent as it is."""

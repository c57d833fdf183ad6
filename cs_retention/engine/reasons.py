"""Reason codes with the figures they were decided on; wording belongs to the edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

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
		shown = str(value) if isinstance(value, Decimal) else repr(value)
		self.field = field
		self.value = value
		self.template = template
		self.places = places
		super().__init__(f"{field} = {shown}: {self.remedy}")

	@property
	def remedy(self) -> str:
		"""What is allowed instead, in English."""
		return self.template.format(**self.places)


class PolicyError(Refusal):
	"""A policy that cannot be built."""


class WorkError(Refusal):
	"""Work on a callback or a case that cannot be recorded."""


class MessageError(Refusal):
	"""A message that cannot be sent as it is."""

"""Whether a customer's file has what its level requires: which parts, which of them are missing, what share is there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from cs_retention.engine.reasons import PolicyError
from cs_retention.engine.vocabulary import LADDER, FilePart, Level

FROM_THE_LOWEST = tuple(reversed(LADDER[:-1]))
"""The levels from which something may be required, the lowest first; New counts as the lowest."""
PHONE_FORMAT = r"\+?[0-9][0-9 ()./-]{5,24}"
DEFAULT_FROM = MappingProxyType(
	{
		FilePart.CONTACT: Level.ONE_STAR.value,
		FilePart.PHONE: Level.ONE_STAR.value,
		FilePart.CONSENT: Level.ONE_STAR.value,
		FilePart.ACCOUNT_MANAGER: Level.ONE_STAR.value,
		FilePart.BIRTHDAY: Level.THREE_STAR.value,
		FilePart.BACKUP_MANAGER: Level.FOUR_STAR.value,
		FilePart.DECISION_MAKER: Level.FOUR_STAR.value,
	}
)


@dataclass(frozen=True, slots=True)
class FilePolicy:
	"""From which level on each part is required; a part that is not named is required of nobody.

	A telephone number counts when it matches the format as a whole. PolicyError for a format that is none.
	"""

	required_from: Mapping[FilePart, str] = field(default_factory=lambda: DEFAULT_FROM)
	phone_format: str = PHONE_FORMAT

	def __post_init__(self) -> None:
		try:
			re.compile(self.phone_format)
		except re.error:
			raise PolicyError(
				"file.phone_format", self.phone_format, "give a regular expression, as [0-9 ]+"
			) from None

	def required_of(self, level: str) -> tuple[FilePart, ...]:
		"""Return the parts that a level requires, in the order of the vocabulary."""
		height = FROM_THE_LOWEST.index(level) if level in FROM_THE_LOWEST else 0
		return tuple(
			part
			for part in FilePart
			if part in self.required_from and FROM_THE_LOWEST.index(self.required_from[part]) <= height
		)


@dataclass(frozen=True, slots=True)
class CustomerFile:
	"""What is on file of a customer; `level` is the star level, or Key Account."""

	level: str
	contacts: int = 0
	phones: Sequence[str] = ()
	has_consent: bool = False
	has_birthday: bool = False
	has_account_manager: bool = False
	has_backup_manager: bool = False
	has_decision_maker: bool = False


@dataclass(frozen=True, slots=True)
class Completeness:
	"""What a file must have, and what of it is missing."""

	required: tuple[FilePart, ...]
	missing: tuple[FilePart, ...]

	@property
	def share(self) -> int:
		"""Return what is there in percent, rounded down: 100 is complete, and so is a file that needs nothing."""
		if not self.required:
			return 100
		return 100 * (len(self.required) - len(self.missing)) // len(self.required)


def assess(file: CustomerFile, policy: FilePolicy) -> Completeness:
	"""Return what of a customer's file its level requires, and what is missing."""
	there = {
		FilePart.CONTACT: file.contacts > 0,
		FilePart.PHONE: any(re.fullmatch(policy.phone_format, phone.strip()) for phone in file.phones),
		FilePart.CONSENT: file.has_consent,
		FilePart.BIRTHDAY: file.has_birthday,
		FilePart.ACCOUNT_MANAGER: file.has_account_manager,
		FilePart.BACKUP_MANAGER: file.has_backup_manager,
		FilePart.DECISION_MAKER: file.has_decision_maker,
	}
	required = policy.required_of(file.level)
	return Completeness(required, tuple(part for part in required if not there[part]))

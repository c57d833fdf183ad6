"""Templates of messages: fixed placeholders that are replaced once, a wording per language, nothing that is executed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cs_retention.engine.outbox import NUL, check_body, check_subject
from cs_retention.engine.reasons import MessageError
from cs_retention.engine.vocabulary import MessageChannel, MessageClass

PLACEHOLDERS = (
	"customer",
	"contact",
	"account_manager",
	"account_manager_phone",
	"account_manager_email",
	"company",
	"campaign",
	"campaign_end",
	"voucher_code",
)
"""What a template may leave open, the last three in a campaign alone; how to end such messages is added to each when it is sent."""

BRACES = re.compile(r"\{[^{}]*\}|[{}]")
SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Wording:
	"""What a template says in one language; a text for phones has no subject."""

	language: str
	subject: str
	body: str


@dataclass(frozen=True, slots=True)
class MessageTemplate:
	"""One kind of message in several languages, refused with a MessageError when a customer could not be sent it."""

	class_: MessageClass
	channel: MessageChannel
	wordings: tuple[Wording, ...]

	def __post_init__(self) -> None:
		if not self.wordings:
			raise MessageError("wordings", (), "write it in at least one language")
		languages = [wording.language for wording in self.wordings]
		for language in languages:
			if languages.count(language) > 1:
				raise MessageError("wordings.language", language, "give each language once")
		for wording in self.wordings:
			self._check(wording)

	def _check(self, wording: Wording) -> None:
		for field, check in (("subject", check_subject), ("body", check_body)):
			name, text = f"wordings.{field}", getattr(wording, field)
			check(self.channel, text, name)
			check_placeholders(name, text)

	def in_language(self, languages: Iterable[str | None]) -> Wording:
		"""Return the wording of the first of the languages that it has, zh for zh-TW too, else the first of all."""
		known = {wording.language.lower(): wording for wording in self.wordings}
		for language in filter(None, languages):
			wanted = language.lower().replace("_", "-")
			for name in (wanted, wanted.partition("-")[0]):
				if name in known:
					return known[name]
		return self.wordings[0]


def check_placeholders(field: str, text: str) -> None:
	"""Refuse a brace that is no placeholder, and a placeholder that nobody knows."""
	for found in BRACES.findall(text):
		if found in ("{", "}"):
			raise MessageError(field, found, "braces stand around a placeholder, such as {{customer}}")
		if found[1:-1] not in PLACEHOLDERS:
			known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
			raise MessageError(field, found, "use one of {known}", known=known)


def used_in(text: str) -> list[str]:
	"""Return the placeholders of a text, each once, in their order."""
	return list(dict.fromkeys(found[1:-1] for found in BRACES.findall(text)))


def unknown_values(wording: Wording, values: Mapping[str, str]) -> list[str]:
	"""Return the placeholders of a wording for which a customer has nothing to fill in."""
	used = dict.fromkeys([*used_in(wording.subject), *used_in(wording.body)])
	return [name for name in used if not values.get(name, "").strip()]


def fill(text: str, values: Mapping[str, str]) -> str:
	"""Return a text with its placeholders replaced; what is filled in is text and is not looked at again."""
	return BRACES.sub(lambda found: values.get(found.group()[1:-1], ""), text)


def fill_line(text: str, values: Mapping[str, str]) -> str:
	"""Return the same in one line, whatever breaks stand in what is filled in."""
	clean = {name: SPACES.sub(" ", value.replace(NUL, "")) for name, value in values.items()}
	return SPACES.sub(" ", fill(text, clean)).strip()

"""What a customer allows: the record of consents read in its order, the last word of each address and channel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from cs_retention.engine.reasons import Reason
from cs_retention.engine.vocabulary import ConsentRule, ConsentScope, ConsentStatus, MessageChannel

FILLERS = str.maketrans("", "", " ()./-")
OF_AN_ADDRESS = frozenset({ConsentStatus.BOUNCED, ConsentStatus.REACHABLE})
"""What is known of an address, which says nothing of whether its reader wants to be written to."""


@dataclass(frozen=True, slots=True)
class Consent:
	"""One entry of the record; without an `address` it speaks of every address of its customer."""

	scope: ConsentScope
	status: ConsentStatus
	on: date
	address: str = ""

	def speaks_of(self, channel: MessageChannel, address: str) -> bool:
		"""Tell whether the entry is about a channel and an address."""
		is_of_channel = self.scope is ConsentScope.ALL or self.scope.value == channel.value
		return is_of_channel and (not self.address or plain_address(self.address) == plain_address(address))


def plain_address(address: str) -> str:
	"""Return an address or a number as it is compared: case, blanks and the signs within a number do not count."""
	text = address.strip().casefold()
	return text if "@" in text else text.translate(FILLERS)


def refusal(
	entries: Sequence[Consent], channel: MessageChannel, address: str, rule: ConsentRule
) -> Reason | None:
	"""Return why a message may not go to an address under a consent rule; None when it may.

	`entries` are the record in its order; the last entry about the channel and the address decides.
	"""
	if bounce := unreachable(entries, channel, address):
		return bounce
	last = next(decided(entries, channel, address), None)
	if last and last.status is ConsentStatus.WITHDRAWN:
		if last.scope is ConsentScope.ALL:
			return Reason.of("do_not_contact", on=last.on)
		if rule is not ConsentRule.NOT_NEEDED:
			return Reason.of("consent_withdrawn", channel=channel.value, on=last.on)
	if rule is ConsentRule.NEEDED and not last:
		return Reason.of("no_consent", channel=channel.value)
	return None


def unreachable(entries: Sequence[Consent], channel: MessageChannel, address: str) -> Reason | None:
	"""Return that there is no address, or that messages to it came back and nothing was said of it since."""
	if not address.strip():
		return Reason.of("no_address", channel=channel.value)
	about = (entry for entry in reversed(entries) if entry.address and entry.speaks_of(channel, address))
	last = next(about, None)
	if last and last.status is ConsentStatus.BOUNCED:
		return Reason.of("address_bounced", address=address, on=last.on)
	return None


def decided(entries: Sequence[Consent], channel: MessageChannel, address: str) -> Iterator[Consent]:
	"""Yield what the customer said about a channel and an address, the latest first."""
	for entry in reversed(entries):
		if entry.status not in OF_AN_ADDRESS and entry.speaks_of(channel, address):
			yield entry

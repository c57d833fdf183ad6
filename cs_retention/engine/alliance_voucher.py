"""Voucher codes that can be typed: one letter wrong, or two exchanged, is told from a code; and when one is honoured."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from cs_retention.engine.reasons import WorkError

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 signs, none of which is taken for another; a prime number, so that the check sign finds every single error."""

LENGTH, GROUP = 10, 5
CODES = len(ALPHABET) ** (LENGTH - 1)
"""How many codes there are."""

LOOKALIKES: Mapping[str, str] = MappingProxyType({"O": "Q", "0": "Q", "I": "J", "L": "J", "1": "J"})
"""What is typed for a sign that no code has, and the sign that was most likely meant."""


def voucher_code(number: int) -> str:
	"""Return the code of a number from 0 to CODES - 1, with its check sign: "425QB-6222W" for 123456789."""
	signs = []
	for _place in range(LENGTH - 1):
		number, rest = divmod(number, len(ALPHABET))
		signs.append(ALPHABET[rest])
	text = "".join(signs)
	return shown(text + _check_sign(text))


def read_code(text: str) -> str:
	"""Return the code that somebody typed or scanned, however it is spaced; WorkError for one that cannot be."""
	plain = "".join(sign for sign in text.upper() if sign.isalnum())
	code = "".join(LOOKALIKES.get(sign, sign) for sign in plain)
	if len(code) != LENGTH or any(sign not in ALPHABET for sign in code):
		raise WorkError("code", text, "a voucher has {length} signs, such as {sample}", **_sample())
	if _check_sign(code[:-1]) != code[-1]:
		raise WorkError("code", text, "a sign of it is wrong; read it again")
	return shown(code)


def shown(code: str) -> str:
	"""Return a code in two groups."""
	return f"{code[:GROUP]}-{code[GROUP:]}"


def _sample() -> dict[str, object]:
	return {"length": LENGTH, "sample": voucher_code(123456789)}


def _check_sign(text: str) -> str:
	"""Return the sign that makes the sum, each place weighted, a multiple of the number of signs."""
	total = sum((place + 1) * ALPHABET.index(sign) for place, sign in enumerate(text))
	return ALPHABET[-total * pow(LENGTH, -1, len(ALPHABET)) % len(ALPHABET)]


@dataclass(frozen=True, slots=True)
class CampaignDays:
	"""The days of a campaign and the merchants that take part in it on the day of redemption."""

	is_running: bool
	from_date: date
	to_date: date
	merchants: Collection[str]


def check_redemption(
	campaign: CampaignDays, merchant: str, amount: float, satisfaction: int | None, day: date
) -> None:
	"""Refuse to honour a voucher before, after or outside its campaign, and figures that cannot be."""
	if not campaign.is_running or day > campaign.to_date:
		raise WorkError(
			"code", campaign.to_date, "the campaign is over; the voucher is not honoured any more"
		)
	if day < campaign.from_date:
		raise WorkError("code", campaign.from_date, "the campaign has not begun; come back on that day")
	if merchant not in campaign.merchants:
		raise WorkError("redeemed_at", merchant, "it takes no part in the campaign; name one that does")
	if amount < 0:
		raise WorkError("amount", amount, "give 0 or more")
	if satisfaction is not None and not 1 <= satisfaction <= 5:
		raise WorkError("satisfaction", satisfaction, "give a number from 1 to 5, or none")

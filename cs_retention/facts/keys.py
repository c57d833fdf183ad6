"""Names that MariaDB holds equal, under one key."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

IGNORED = ("Cc", "Cf", "Me", "Mn")
"""Categories without weight: control characters, zero-width spaces, byte order marks, accents."""

OWN_WEIGHT = frozenset("йѓїќўѷӑӓӗӛӝӟӥӧӫӭӱӳӵӹ")
"""Cyrillic letters with a mark that weigh as letters of their own."""

HIRAGANA = "".join(map(chr, range(0x3041, 0x3097)))
KATAKANA = "".join(map(chr, range(0x30A1, 0x30F7)))
SMALL_KANA = str.maketrans("ァィゥェォヵヶッャュョヮ", "アイウエオカケツヤユヨワ")
SAME_WEIGHT = str.maketrans(
	HIRAGANA + KATAKANA + "ґ〇〡〢〣〤〥〦〧〨〩", 2 * KATAKANA.translate(SMALL_KANA) + "г0123456789"
)


def fold(name: str) -> str:
	"""Return the key under which names join that utf8mb4_unicode_ci holds equal.

	Case, accents, width, the two kana and trailing blanks do not count: "ACME", "acme " and "Acmé" are one
	customer. A database test compares this with the server, letter by letter.
	"""
	if name.isascii():
		return name.rstrip(" ").lower()
	return _folded(name)


@lru_cache(maxsize=8192)
def _folded(name: str) -> str:
	composed = unicodedata.normalize("NFC", name.casefold())
	letters = (letter if letter in OWN_WEIGHT else _bare(letter) for letter in composed)
	return "".join(letters).translate(SAME_WEIGHT).rstrip(" ")


def _bare(letter: str) -> str:
	"""Return a letter without accents and width; what it is made of may bring capitals back ("℡" gives "TEL")."""
	parts = unicodedata.normalize("NFKD", letter).casefold()
	return "".join(part for part in parts if unicodedata.category(part) not in IGNORED)

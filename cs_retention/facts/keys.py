"""Names that MariaDB holds equal, under one key."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


def fold(name: str) -> str:
	"""Return the key under which names join that utf8mb4_unicode_ci holds equal.

	Case, accents, width and trailing blanks do not count: "ACME", "acme " and "Acmé" are one customer.
	"""
	if name.isascii():
		return name.rstrip(" ").lower()
	return _folded(name)


@lru_cache(maxsize=8192)
def _folded(name: str) -> str:
	# Casefolding comes twice: a decomposition can bring capitals back (the sign for "Tel" gives T, e, l).
	decomposed = unicodedata.normalize("NFKD", name.casefold()).casefold()
	kept = (character for character in decomposed if not unicodedata.combining(character))
	return "".join(kept).rstrip(" ")

"""Names that were met while a book is filled, as MariaDB tells them apart; kept on disk, not in memory."""

from __future__ import annotations

import sqlite3
from functools import lru_cache

from cs_retention.facts.keys import fold

CACHED = 50_000


class Register:
	"""The names of one file with their lines, looked up under any spelling that MariaDB holds equal."""

	def __init__(self) -> None:
		# An empty file name is SQLite's temporary file: its cache is bounded and it is gone when closed.
		self._connection = sqlite3.connect("", isolation_level=None)
		self._connection.execute("PRAGMA journal_mode = OFF")
		self._connection.execute("PRAGMA synchronous = OFF")
		self._connection.execute(
			"CREATE TABLE names (folded TEXT PRIMARY KEY, name TEXT NOT NULL, line INT NOT NULL) WITHOUT ROWID"
		)
		self.count = 0
		self.find = lru_cache(CACHED)(self._find)

	def add(self, name: str, line: int) -> tuple[str, int] | None:
		"""Remember a name; return the name that is held equal and its line when there is one already."""
		folded = fold(name)
		added = self._connection.execute("INSERT OR IGNORE INTO names VALUES (?, ?, ?)", (folded, name, line))
		if added.rowcount:
			self.count += 1
			return None
		earlier = self._connection.execute("SELECT name, line FROM names WHERE folded = ?", (folded,))
		known: tuple[str, int] = earlier.fetchone()
		return known

	def _find(self, name: str) -> str | None:
		"""Return the spelling under which a name was added, None for one that was not."""
		found = self._connection.execute("SELECT name FROM names WHERE folded = ?", (fold(name),)).fetchone()
		return found[0] if found else None

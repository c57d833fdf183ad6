"""The state of a book as one mark, names of rows and stamps left out; the ledger as rows."""

from hashlib import blake2b

from cs_retention.preview.book import book_tables

STATE, RATING = "Customer Retention State", "Star Rating"
CALLBACK, PURPOSE = "Customer Callback", "Customer Callback Purpose"
SIGNAL, CHANGE = "Churn Signal", "Customer Health Change"
COHORT = "Quarterly Cohort Customer"
LEDGER = ("Retention Run", "Retention Run Chunk")
WRITTEN = (STATE, RATING, CALLBACK, PURPOSE, SIGNAL, CHANGE, COHORT, "Customer")
"""Tables that a night writes; of the others nobody changes a byte."""

LEFT_OUT = {"name", "creation", "modified", "owner", "modified_by"}
KEYS = {"occurrence_key", "open_key", "night_key", "obligation_key", "state", "parent"}
"""Columns that hold the names of rows, which differ from run to run."""


def read_rows(cursor, doctype):
	"""Return the rows of a DocType as dictionaries."""
	cursor.execute(f"SELECT * FROM `tab{doctype}`")
	columns = [column[0] for column in cursor.description]
	return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def concat_mariadb(parts):
	return f"CONCAT_WS('|', {', '.join(parts)})"


def concat_sqlite(parts):
	return " || '|' || ".join(parts)


def canonical_rows(cursor, concat=concat_mariadb, without=()):
	"""Return the rows of the written tables by DocType, each as text, sorted; rows of ours stand under their customer.

	The server writes the text, which is several times cheaper than reading every cell.
	"""
	cursor.execute(f"SELECT name, customer FROM `tab{STATE}`")
	alias = {name: f"state of {customer}" for name, customer in cursor.fetchall()}
	found = {}
	for doctype in (each for each in WRITTEN if each not in without):
		columns = [column.name for column in book_tables()[doctype].columns if column.name not in LEFT_OUT]
		keys = [column for column in columns if column in KEYS]
		told = concat([f"IFNULL(`{column}`, '~')" for column in columns if column not in KEYS])
		cursor.execute(f"SELECT {', '.join(['name', *keys])}, {told} FROM `tab{doctype}`")
		lines = {
			name: "|".join([text, *(_renamed(value, alias) for value in values)])
			for name, *values, text in cursor.fetchall()
		}
		if doctype == CALLBACK:
			# Over time a customer has several callbacks of one key; which is which, the rest of the row says.
			alias |= {name: _digest([line]) for name, line in lines.items()}
		found[doctype] = sorted(lines.values())
	return found


def state_mark(cursor, without=()):
	"""Return a mark of every business table but some."""
	marks = [line for rows in canonical_rows(cursor, without=without).values() for line in rows]
	others = sorted(set(book_tables()) - set(WRITTEN) - set(LEDGER))
	cursor.execute(f"CHECKSUM TABLE {', '.join(f'`tab{doctype}`' for doctype in others)}")
	return _digest([*marks, *(str(checksum) for _, checksum in cursor.fetchall())])


def _renamed(value, alias):
	return "|".join(alias.get(part, part) for part in value.split("|")) if value else str(value)


def _digest(lines):
	return blake2b("\n".join(lines).encode(), digest_size=16).hexdigest()

"""The state of a book as one mark, names of rows and stamps left out; the ledger as rows."""

from hashlib import blake2b

from cs_retention.preview.book import book_tables

STATE, RATING = "Customer Retention State", "Star Rating"
CALLBACK, PURPOSE = "Customer Callback", "Customer Callback Purpose"
LEDGER = ("Retention Run", "Retention Run Chunk")
WRITTEN = (STATE, RATING, CALLBACK, PURPOSE, "Customer")
"""Tables that a night writes; of the others nobody changes a byte."""

LEFT_OUT = {"name", "creation", "modified", "owner", "modified_by"}
KEYS = {"occurrence_key", "open_key", "obligation_key", "state", "parent"}
"""Columns that hold the names of rows, which differ from run to run."""


def read_rows(cursor, doctype):
	"""Return the rows of a DocType as dictionaries."""
	cursor.execute(f"SELECT * FROM `tab{doctype}`")
	columns = [column[0] for column in cursor.description]
	return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def canonical_rows(cursor):
	"""Return the rows of the written tables by DocType, each as text, sorted; rows of ours stand under their customer."""
	stored = {doctype: read_rows(cursor, doctype) for doctype in WRITTEN}
	alias = {row["name"]: f"state of {row['customer']}" for row in stored[STATE]}
	for row in stored[CALLBACK]:
		# Over time a customer has several callbacks of one key; which is which, the rest of the row says.
		alias[row["name"]] = _digest([_text(row, alias)])
	return {doctype: sorted(_text(row, alias) for row in rows) for doctype, rows in stored.items()}


def state_mark(cursor):
	"""Return a mark of every business table."""
	marks = [line for rows in canonical_rows(cursor).values() for line in rows]
	others = sorted(set(book_tables()) - set(WRITTEN) - set(LEDGER))
	cursor.execute(f"CHECKSUM TABLE {', '.join(f'`tab{doctype}`' for doctype in others)}")
	return _digest([*marks, *(str(checksum) for _, checksum in cursor.fetchall())])


def _text(row, alias):
	return repr(
		[
			(field, _renamed(value, alias) if field in KEYS else value)
			for field, value in row.items()
			if field not in LEFT_OUT
		]
	)


def _renamed(value, alias):
	return "|".join(alias.get(part, part) for part in value.split("|")) if value else value


def _digest(lines):
	return blake2b("\n".join(lines).encode(), digest_size=16).hexdigest()

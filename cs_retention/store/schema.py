"""Tables as Frappe 15 makes them on MariaDB, made here from the same DocType files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cs_retention.store.keys import INDEXES, UNIQUE_KEYS
from cs_retention.store.literals import COLLATION

PACKAGE = Path(__file__).resolve().parent.parent

# frappe.database.mariadb.database.MariaDBDatabase.setup_type_map
TYPES = {
	"Attach": "text",
	"Attach Image": "text",
	"Check": "int(1)",
	"Currency": "decimal(21,9)",
	"Data": "varchar(140)",
	"Dynamic Link": "varchar(140)",
	"Date": "date",
	"Datetime": "datetime(6)",
	"Float": "decimal(21,9)",
	"Int": "int(11)",
	"Link": "varchar(140)",
	"Long Text": "longtext",
	"Percent": "decimal(21,9)",
	"Select": "varchar(140)",
	"Small Text": "text",
	"Text": "text",
	"Time": "time(6)",
}
NOT_NULL = ("int", "bigint", "decimal")
STANDARD = {
	"creation": "datetime(6)",
	"modified": "datetime(6)",
	"modified_by": "varchar(140)",
	"owner": "varchar(140)",
	"docstatus": "int(1)",
	"idx": "int(8)",
}
CHILD = {"parent": "varchar(140)", "parentfield": "varchar(140)", "parenttype": "varchar(140)"}
OPTIONAL = {"_user_tags": "text", "_comments": "text", "_assign": "text", "_liked_by": "text"}


@dataclass(frozen=True, slots=True)
class Column:
	"""One column; a number without a value holds `default`, never NULL."""

	name: str
	sql_type: str
	default: str | None = None
	is_unique: bool = False

	@property
	def is_number(self) -> bool:
		"""Stored as a number, which Frappe never leaves NULL."""
		return self.sql_type.startswith(NOT_NULL)

	def definition(self) -> str:
		"""Return the column's line of a CREATE TABLE that MariaDB and SQLite both read."""
		words = [f"`{self.name}` {self.sql_type}"]
		if self.is_number:
			words.append(f"not null default {self.default or 0}")
		elif self.default is not None:
			words.append(f"default '{self.default}'")
		if self.is_unique:
			words.append("unique")
		return " ".join(words)


@dataclass(frozen=True, slots=True)
class Table:
	"""One table: `name` is its primary key; indexes by name."""

	doctype: str
	columns: tuple[Column, ...]
	indexes: tuple[tuple[str, tuple[str, ...]], ...] = ()
	unique_keys: tuple[tuple[str, tuple[str, ...]], ...] = ()

	def defaults(self) -> Mapping[str, str]:
		"""Return the default of every number column by fieldname."""
		return {column.name: column.default or "0" for column in self.columns if column.is_number}


@cache
def own_tables() -> Mapping[str, Table]:
	"""Return the tables of our own DocTypes by DocType, in the order of their names; settings have no table."""
	paths = PACKAGE.glob("*/doctype/*/*.json")
	documents = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
	tables = [_table(document) for document in documents if not document.get("issingle")]
	return {table.doctype: table for table in sorted(tables, key=lambda table: table.doctype)}


def host_table(doctype: str, columns: Mapping[str, str], indexes: Mapping[str, Sequence[str]]) -> Table:
	"""Return a table of ERPNext's with the columns given (name to type) beside the standard ones."""
	described = {"name": "varchar(140)", **STANDARD, **columns}
	own = tuple(Column(name, sql_type) for name, sql_type in described.items())
	return Table(doctype, own, tuple((name, tuple(fields)) for name, fields in indexes.items()))


def mariadb_tables(tables: Iterable[Table]) -> Iterator[str]:
	"""Yield one CREATE TABLE per table, with Frappe's character set and row format."""
	for table in tables:
		lines = [*_column_lines(table)]
		lines += [f"unique `{name}`({listed(fields)})" for name, fields in table.unique_keys]
		yield (
			f"CREATE TABLE `tab{table.doctype}` ({', '.join(lines)}) ENGINE=InnoDB ROW_FORMAT=DYNAMIC "
			f"CHARACTER SET=utf8mb4 COLLATE={COLLATION}"
		)


def mariadb_indexes(tables: Iterable[Table]) -> Iterator[str]:
	"""Yield one ALTER TABLE per table that has indexes."""
	for table in tables:
		added = [f"ADD INDEX `{name}`({listed(fields)})" for name, fields in table.indexes]
		if added:
			yield f"ALTER TABLE `tab{table.doctype}` {', '.join(added)}"


def sqlite_tables(tables: Iterable[Table]) -> Iterator[str]:
	"""Yield one CREATE TABLE per table; SQLite reads MariaDB's types as its affinities."""
	for table in tables:
		lines = [*_column_lines(table)]
		lines += [f"unique ({listed(fields)})" for _name, fields in table.unique_keys]
		yield f"CREATE TABLE `tab{table.doctype}` ({', '.join(lines)})"


def sqlite_indexes(tables: Iterable[Table]) -> Iterator[str]:
	"""Yield one CREATE INDEX per index, under a name that is unique in the file."""
	for table in tables:
		for name, fields in table.indexes:
			index = f"{table.doctype} {name}".lower().replace(" ", "_")
			yield f"CREATE INDEX `{index}` ON `tab{table.doctype}` ({listed(fields)})"


def _column_lines(table: Table) -> Iterator[str]:
	for column in table.columns:
		yield column.definition() + (" not null primary key" if column.name == "name" else "")


def listed(fieldnames: Iterable[str]) -> str:
	"""Return fieldnames as a statement lists them."""
	return ", ".join(f"`{fieldname}`" for fieldname in fieldnames)


def _table(document: Mapping[str, Any]) -> Table:
	doctype, is_child = document["name"], bool(document.get("istable"))
	fields = [field for field in document["fields"] if field["fieldtype"] in TYPES]
	standard = {"name": "varchar(140)", **STANDARD}
	columns = [Column(name, sql_type) for name, sql_type in standard.items()]
	columns += [_column(field) for field in fields]
	columns += [Column(name, sql_type) for name, sql_type in (CHILD if is_child else OPTIONAL).items()]
	indexes: dict[str, tuple[str, ...]] = {
		field["fieldname"]: (field["fieldname"],) for field in fields if _is_indexed(field)
	}
	indexes["parent" if is_child else "modified"] = ("parent" if is_child else "modified",)
	indexes.update(INDEXES.get(doctype, {}))
	return Table(doctype, tuple(columns), tuple(indexes.items()), tuple(UNIQUE_KEYS.get(doctype, {}).items()))


def _column(field: Mapping[str, Any]) -> Column:
	"""Return the column of a field by frappe.database.schema.DbColumn.get_definition."""
	sql_type, default = TYPES[field["fieldtype"]], field.get("default")
	if sql_type.startswith("decimal") and field.get("precision"):
		sql_type = f"decimal(21,{field['precision']})"
	if default == "Today":
		default = None
	return Column(field["fieldname"], sql_type, default, bool(field.get("unique")))


def _is_indexed(field: Mapping[str, Any]) -> bool:
	return bool(field.get("search_index")) and not field.get("unique")

"""The tables Frappe made are the tables that our own store makes from the same files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from private_bench import PrivateBench, database_of

from cs_retention.store.schema import mariadb_indexes, mariadb_tables, own_tables

OURS = "own_tables"


@pytest.fixture(scope="module")
def own_database(bench: PrivateBench) -> Iterator[str]:
	"""Name of a database on the same server with the tables as our own store makes them."""
	connection = bench.server.connect()
	with connection.cursor() as cursor:
		cursor.execute(f"CREATE DATABASE {OURS} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
		cursor.execute(f"USE {OURS}")
		tables = list(own_tables().values())
		for statement in (*mariadb_tables(tables), *mariadb_indexes(tables)):
			cursor.execute(statement)
	yield OURS
	connection.query(f"DROP DATABASE {OURS}")
	connection.close()


def columns(bench: PrivateBench, site: str, database: str, doctype: str) -> set[tuple]:
	return set(
		bench.sql(
			site,
			"SELECT column_name, column_type, is_nullable, column_default, collation_name"
			f" FROM information_schema.columns WHERE table_schema = '{database}' AND table_name = 'tab{doctype}'",
		)
	)


def indexes(bench: PrivateBench, site: str, database: str, doctype: str) -> set[tuple]:
	"""Return whether it is unique and the columns in order, of every index; names are each maker's own."""
	rows = bench.sql(
		site,
		"SELECT MAX(non_unique), GROUP_CONCAT(column_name ORDER BY seq_in_index) FROM information_schema.statistics"
		f" WHERE table_schema = '{database}' AND table_name = 'tab{doctype}' GROUP BY index_name",
	)
	return set(rows)


@pytest.mark.parametrize("doctype", sorted(own_tables()))
def test_frappe_makes_the_same_table_as_our_own_store(
	bench: PrivateBench, site: str, own_database: str, doctype: str
) -> None:
	on_site = database_of(site)
	assert columns(bench, site, on_site, doctype) == columns(bench, site, own_database, doctype)
	assert indexes(bench, site, on_site, doctype) == indexes(bench, site, own_database, doctype)

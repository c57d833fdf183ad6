"""A MariaDB server of our own for the tier, an empty database per test."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import private_mariadb
import pytest
from support_book import all_tables, numbered_authorship

from cs_retention.store.mariadb import MariaDBStore

DATABASES = count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[private_mariadb.Server]:
	running = private_mariadb.start(tmp_path_factory.mktemp("server"), in_memory=True)
	yield running
	running.stop()


@pytest.fixture
def address(server: private_mariadb.Server) -> Iterator[dict[str, object]]:
	"""The address of an empty database."""
	database = f"book_{next(DATABASES)}"
	with server.connect() as connection:
		connection.cursor().execute(f"CREATE DATABASE {database}")
		yield {
			"host": "127.0.0.1",
			"port": server.port,
			"user": "root",
			"password": server.password,
			"database": database,
		}
		connection.cursor().execute(f"DROP DATABASE {database}")


@pytest.fixture
def store(address: dict[str, object]) -> Iterator[MariaDBStore]:
	"""A store over a database that has every table and no row."""
	opened = MariaDBStore(address, numbered_authorship(), all_tables())
	opened.create_tables()
	opened.create_indexes()
	yield opened
	opened.close()

"""Fixtures of the tiers on a bench: the throw-away bench, a site with the app, and Frappe connected to it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import private_bench
import pytest
from private_bench import PrivateBench

SITE = "retention.localhost"


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateBench]:
	"""The throw-away bench; the real one must afterwards be as it was found."""
	private_bench.keep_compiled()
	source = Path(os.environ["BENCH"])
	before = private_bench.traces_of_us(source)
	with private_bench.started(tmp_path_factory.mktemp("bench"), source, in_memory=True) as bench:
		# What the app brings to a bench; this process is one of its.
		sys.path.append(str(bench.packages))
		yield bench
		sys.path.remove(str(bench.packages))
	assert private_bench.traces_of_us(source) == before, "the tests left traces in the bench"


@pytest.fixture(scope="session")
def prepared_dump(bench: PrivateBench) -> Path:
	"""Dump of a site with ERPNext, without the app."""
	return private_bench.prepared_dump(bench)


@pytest.fixture(scope="session")
def installed_dump(bench: PrivateBench, prepared_dump: Path) -> Path:
	"""Dump of a site with ERPNext and the app."""
	return private_bench.installed_dump(bench, prepared_dump)


@pytest.fixture(scope="session")
def site(bench: PrivateBench, installed_dump: Path) -> Iterator[str]:
	"""Name of a site with the app, Frappe connected to it as Administrator."""
	bench.restore(SITE, installed_dump)
	folder = Path.cwd()
	os.environ["FRAPPE_BENCH_ROOT"] = str(bench.folder)
	os.chdir(bench.sites)
	import frappe

	frappe.init(site=SITE)
	frappe.connect()
	frappe.flags.in_test = True
	yield SITE
	frappe.destroy()
	os.chdir(folder)

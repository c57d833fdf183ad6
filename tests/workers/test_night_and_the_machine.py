"""The night while the machine under it is changed: clocks, deploys, a server that may only be read, a full disk."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

import fault_table
import pytest
from fault_scale import thinned
from private_mariadb import read_only
from support_workers import Branch, assert_as_undisturbed, assert_finished_later

HOUR, DAY = 3600, 86400
CLOCKS = {
	"1 h ahead": HOUR,
	"1 h behind": -HOUR,
	"1 day ahead": DAY,
	"1 day behind": -DAY,
	"1 year ahead": 365 * DAY,
}
FULL = Path("/dev/full")
"""Whatever is written there finds no space left."""


def note(fault: str, *cases: object) -> None:
	"""Add trials that were passed to the table of faults."""
	fault_table.note(fault, [(case, ()) for case in cases])


@pytest.mark.parametrize("count", [1, 2])
def test_a_worker_whose_clock_differs_does_what_the_others_do(branch: Branch, reference, count: int) -> None:
	"""F9: alone, and beside one whose chunks it may take for stale, or who may take its."""
	clocks = thinned([*CLOCKS])
	for ahead in map(CLOCKS.__getitem__, clocks):
		branch.forget()
		with branch.workers(count, ahead) as workers:
			# One that comes late would find nothing left to do.
			branch.wait_until(partial(branch.are_waiting, workers))
			branch.wake()
			branch.wait_until(branch.finished)
		assert_as_undisturbed(branch, reference)
		told = {branch.frappe.utils.now_datetime() - seen for seen in heartbeats(branch)}
		was_told = any(abs(ago.total_seconds() + ahead) < HOUR / 4 for ago in told)
		# Beside another, every chunk of one that is behind may have been taken for stale and done anew.
		assert was_told or count > 1, "its clock was another"
	note(f"F9 worker under another clock, {count} at work", *clocks)


def heartbeats(branch: Branch) -> list[datetime]:
	"""Return when chunks were seen at work, by the clocks of their workers."""
	return branch.frappe.get_all("Retention Run Chunk", {"heartbeat": ("is", "set")}, pluck="heartbeat")


@pytest.mark.parametrize("done", [3, 30])
def test_a_worker_that_is_asked_to_stop_ends_its_night_first(branch: Branch, reference, done: int) -> None:
	"""F15: SIGTERM, as a restart of the bench sends it."""
	with branch.workers(1) as (worker,):
		branch.wake()
		branch.wait_until(lambda: branch.chunks(status="Done") >= done)
		worker.terminate()
		assert worker.wait(timeout=60) == 0
	assert_as_undisturbed(branch, reference)
	note(f"F15 SIGTERM after {done} chunks", done)


@pytest.mark.parametrize("done", [3, 30])
def test_a_worker_that_is_asked_twice_leaves_the_rest_to_the_next(
	branch: Branch, reference, done: int
) -> None:
	"""F15: the second SIGTERM ends the job at once."""
	with branch.workers(1) as (worker,):
		branch.wake()
		branch.wait_until(lambda: branch.chunks(status="Done") >= done)
		worker.terminate()
		branch.wait_until(lambda: branch.chunks(status="Done") > done)
		worker.terminate()
		worker.wait(timeout=60)
	assert_finished_later(branch, reference)
	note(f"F15 SIGTERM twice after {done} chunks", done)


@pytest.mark.parametrize("is_first", [True, False])
def test_a_migration_and_a_night_at_once(branch: Branch, reference, is_first: bool) -> None:
	"""F15: the migration begins in mid-run, or the night while our DocTypes are brought up to date."""
	site = branch.frappe.local.site
	command = [
		str(branch.bench.source / "env/bin/python"),
		*("-m", "frappe.utils.bench_helper", "frappe", "--site", site, "migrate", "--skip-search-index"),
	]
	where = {"cwd": branch.bench.sites, "env": branch.bench.environment}
	with branch.workers(1):
		if not is_first:
			branch.wake()
			branch.wait_until(lambda: branch.chunks(status="Done") >= 3)
		pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
		migration = subprocess.Popen(command, **where, **pipes)
		if is_first:
			assert any("for cs_retention" in line for line in iter(migration.stdout.readline, ""))
			branch.wake()
		printed, _ = migration.communicate(timeout=300)
		assert migration.returncode == 0, printed
		branch.wake()
		branch.wait_until(branch.finished)
	assert_as_undisturbed(branch, reference)
	note(f"F15 migrate {'before' if is_first else 'after'} the night began", is_first)


def test_maintenance_mode_in_mid_run(branch: Branch, reference) -> None:
	"""F15: what is at work goes on; nothing is woken until the mode is off."""
	from frappe.utils.scheduler import is_scheduler_inactive

	site = branch.frappe.local.site
	with branch.workers(1):
		branch.wake()
		branch.wait_until(lambda: branch.chunks(status="Done") >= 3)
		branch.bench.frappe(site, "set-maintenance-mode", "on")
		try:
			branch.wait_until(branch.finished)
			branch.frappe.local.conf.update(branch.frappe.get_site_config())
			assert is_scheduler_inactive()
		finally:
			branch.bench.frappe(site, "set-maintenance-mode", "off")
			branch.frappe.local.conf.update(branch.frappe.get_site_config())
	assert_as_undisturbed(branch, reference)
	note("F15 maintenance mode in mid-run", site)


def test_a_server_that_may_only_be_read_before_the_night(branch: Branch, reference) -> None:
	"""F16: nothing begins, and the job says so."""
	with read_only(branch.bench.server), pytest.raises(Exception, match="read-only"):
		branch.wake()
	branch.frappe.db.rollback()
	assert branch.frappe.db.count("Retention Run") == 0
	with branch.workers(1):
		branch.wake()
		branch.wait_until(branch.finished)
	assert_as_undisturbed(branch, reference)
	note("F16 server read-only before the night", 0)


@pytest.mark.parametrize("done", [3, 30])
def test_a_server_that_may_only_be_read_in_mid_run(branch: Branch, reference, done: int) -> None:
	"""F16: the job has failed in the queue, nothing is half done, and the next wake-up goes on."""
	with branch.workers(1):
		branch.wake()
		branch.wait_until(lambda: branch.chunks(status="Done") >= done)
		with read_only(branch.bench.server):
			branch.wait_until(failed_jobs)
		assert branch.run().status == "Running"
		branch.wake()
		branch.wait_until(branch.finished)
	assert_as_undisturbed(branch, reference)
	note(f"F16 server read-only after {done} chunks", done)


def failed_jobs() -> int:
	from frappe.utils.background_jobs import get_queue

	return get_queue("long").failed_job_registry.count


@contextmanager
def full_disk(*files: Path) -> Iterator[None]:
	"""Let everything that is written to some files find the disk full."""
	before = {file: file.read_bytes() for file in files if file.exists()}
	for file in files:
		file.unlink(missing_ok=True)
		file.symlink_to(FULL)
	try:
		yield
	finally:
		for file in files:
			file.unlink()
			if file in before:
				file.write_bytes(before[file])


LOGS = (
	"frappe.log",
	"frappe.web.log",
	"scheduler.log",
	"worker.log",
	"worker.error.log",
	"database.log",
	"cs_retention.log",
)


def test_a_disk_without_room_for_logs(branch: Branch, reference) -> None:
	"""F16: a night needs no log."""
	folders = (branch.bench.folder / "logs", branch.bench.sites / branch.frappe.local.site / "logs")
	with full_disk(*(folder / name for folder in folders for name in LOGS)), branch.workers(1):
		branch.wake()
		branch.wait_until(branch.finished)
	assert_as_undisturbed(branch, reference)
	note("F16 no room for logs", 0)

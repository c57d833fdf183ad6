"""A site at work: real RQ workers on the throw-away bench's own queue, started, killed and watched."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import private_mariadb
import redis
from private_bench import CHECKOUT, PrivateBench

PATIENCE = 90
OTHER_CLOCK = Path(__file__).with_name("work_under_other_clock.py")
WORKERS_LOG = CHECKOUT / ".work/workers.log"
"""Which jobs the workers did, and when."""
RUN, CHUNK = "Retention Run", "Retention Run Chunk"
STATE = "Customer Retention State"
BUSINESS = {
	STATE: "customer",
	"Star Rating": "customer, as_of, kind",
	"Customer Callback": "customer, due_date, occurrence_key, status",
	"Customer Callback Purpose": "obligation_key, window_start, kind, period_start",
}
"""Tables that a night writes, and what their rows are ordered by."""

UNNAMED = {"name", "creation", "modified", "owner", "modified_by", "parent", "state", "idx"}


@dataclass
class Branch:
	"""A site at work: Frappe connected to it, its bench, and the workers that were started."""

	frappe: Any
	bench: PrivateBench

	@contextmanager
	def workers(self, count: int, ahead: int = 0) -> Iterator[list[subprocess.Popen[bytes]]]:
		"""Start workers of the queue `long`, each a process group of its own, and end them afterwards.

		The clock of the first may be ahead by so many seconds, or behind.
		"""
		started = [start_worker(self.bench, "long", 0 if number else ahead) for number in range(count)]
		try:
			yield started
		finally:
			for worker in started:
				kill(worker)

	def are_waiting(self, workers: list[subprocess.Popen[bytes]]) -> bool:
		"""Tell whether all of them have begun to wait for jobs."""
		from frappe.utils.background_jobs import get_redis_conn
		from rq import Worker

		known = {each.pid for each in Worker.all(get_redis_conn())}
		return {worker.pid for worker in workers} <= known

	def wake(self) -> None:
		"""Let the scheduler's job do its work."""
		from cs_retention.cs_retention import retention_night

		retention_night.wake()
		self.frappe.db.commit()

	def run(self) -> Any:
		"""Return the one night there is."""
		self.frappe.db.rollback()
		(name,) = self.frappe.get_all(RUN, pluck="name")
		return self.frappe.get_doc(RUN, name)

	def chunks(self, **filters: Any) -> int:
		self.frappe.db.rollback()
		return self.frappe.db.count(CHUNK, filters)

	def wait_until(self, reached: Callable[[], object]) -> float:
		"""Return the seconds until something is true."""
		began = time.monotonic()
		while not reached():
			assert time.monotonic() - began < PATIENCE, self.run().status
			time.sleep(0.02)
		return time.monotonic() - began

	def finished(self) -> bool:
		return self.run().status != "Running"

	def outcome(self) -> dict[str, list[tuple[Any, ...]]]:
		"""Return every business row, without names and stamps; what must be the same after any trouble."""
		self.frappe.db.rollback()
		found: dict[str, list[tuple[Any, ...]]] = {}
		for doctype, order in BUSINESS.items():
			columns = [name for name in self.frappe.db.get_table_columns(doctype) if name not in UNNAMED]
			listed = ", ".join(f"`{name}`" for name in columns if not name.startswith("_"))
			found[doctype] = self.frappe.db.sql(
				f"SELECT {listed} FROM `tab{doctype}` ORDER BY {order}, {listed}"
			)
		mirrors = "SELECT name, retention_star_level, retention_health_band FROM tabCustomer ORDER BY name"
		found["Customer"] = self.frappe.db.sql(mirrors)
		return found

	def keep_states(self) -> None:
		"""Give every customer its state and keep them: their names stand in the keys of what is owed."""
		from cs_retention.cs_retention.states import ensure_states

		ensure_states()
		self.frappe.db.commit()
		self.frappe.db.sql_ddl(f"CREATE TABLE kept_states AS SELECT * FROM `tab{STATE}`")

	def forget(self) -> None:
		"""Put the site back before its first night, and empty the queue."""
		from frappe.utils.background_jobs import get_queue

		self.frappe.db.rollback()
		for doctype in (*BUSINESS, RUN, CHUNK, "Notification Log", "Error Log"):
			self.frappe.db.sql(f"DELETE FROM `tab{doctype}`")
		self.frappe.db.sql(f"INSERT INTO `tab{STATE}` SELECT * FROM kept_states")
		self.frappe.db.sql("UPDATE tabCustomer SET retention_star_level = NULL, retention_health_band = NULL")
		self.frappe.db.commit()
		# With its jobs a killed worker leaves entries that only its own clean-up would find.
		get_queue("long").connection.flushall()
		self.frappe.clear_cache()


def assert_finished_later(branch: Branch, reference: dict[str, list[tuple[Any, ...]]]) -> None:
	"""A worker that comes minutes later finishes what was left lying, as if nothing had happened."""
	pass_by(minutes=4)
	with branch.workers(1):
		branch.wake()
		branch.wait_until(branch.finished)
	assert_as_undisturbed(branch, reference)


def assert_as_undisturbed(branch: Branch, reference: dict) -> None:
	"""One night, done, nothing held, nobody left out, and every business row as it must be."""
	run = branch.run()
	assert (run.status, run.customers_spared, run.error) == ("Done", 0, None)
	assert branch.chunks() == branch.chunks(status="Done") > 10
	outcome = branch.outcome()
	assert {doctype: len(rows) for doctype, rows in outcome.items()} == {
		doctype: len(rows) for doctype, rows in reference.items()
	}
	assert outcome == reference
	assert branch.frappe.db.count("Error Log") == 0


def start_worker(bench: PrivateBench, queues: str, ahead: int = 0) -> subprocess.Popen[bytes]:
	"""Start a worker of some queues, in a process group of its own; its clock may be ahead by so many seconds, or behind."""
	python = str(bench.source / "env/bin/python")
	command = ["-m", "frappe.utils.bench_helper", "frappe", "worker", "--queue", queues]
	if ahead:
		command = [str(OTHER_CLOCK), str(ahead), queues]
	WORKERS_LOG.parent.mkdir(exist_ok=True)
	with WORKERS_LOG.open("ab") as log:
		return subprocess.Popen(
			[python, *command],
			cwd=bench.sites,
			env=bench.environment,
			start_new_session=True,
			preexec_fn=private_mariadb.die_with_parent,
			stdin=subprocess.DEVNULL,
			stdout=log,
			stderr=subprocess.STDOUT,
		)


def forget_jobs(bench: PrivateBench) -> None:
	"""Empty the queues of what nobody has worked on: they are those of every site of the bench."""
	with redis.Redis(port=bench.redis.port) as connection:
		if left := list(connection.scan_iter("rq:*")):
			connection.delete(*left)


def kill(worker: subprocess.Popen[bytes]) -> None:
	"""Kill a worker and the process its job runs in, as a crash does; the worker first, or it would note the other's end."""
	if alive(worker):
		for pid in (worker.pid, *children(worker)):
			end(pid)
	worker.wait()


def children(worker: subprocess.Popen[bytes]) -> list[int]:
	"""Return the processes that a worker's job runs in."""
	return [int(pid) for pid in Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()]


def pass_by(minutes: int) -> None:
	"""Let the jobs that are held for started look as if their last sign of life were so long ago."""
	from frappe.utils.background_jobs import get_queue
	from rq.utils import utcnow

	queue = get_queue("long")
	for job_id in queue.started_job_registry.get_job_ids():
		job = queue.fetch_job(job_id)
		job.heartbeat(utcnow() - timedelta(minutes=minutes), ttl=3600)


def alive(worker: subprocess.Popen[bytes]) -> bool:
	return worker.poll() is None


def end(pid: int) -> None:
	with suppress(ProcessLookupError):
		os.kill(pid, signal.SIGKILL)

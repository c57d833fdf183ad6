"""The night with real RQ workers: killed, raced, without their queue; it ends where an undisturbed night ends."""

from __future__ import annotations

import subprocess
import sys
import time
from threading import Timer
from typing import Any

import pytest
from support_workers import Branch, assert_as_undisturbed, assert_finished_later, kill, pass_by

WAKES = 3


@pytest.mark.parametrize("count", [1, 2, 4])
def test_workers_share_a_night_and_end_where_one_alone_would(branch, reference, count) -> None:
	with branch.workers(count):
		branch.wake()
		branch.wait_until(branch.finished)
	assert_as_undisturbed(branch, reference)


@pytest.mark.parametrize("done", [1, 5, 20, 35, 50])
def test_a_worker_killed_in_mid_run_is_followed_by_one_that_finishes(branch, reference, done) -> None:
	"""F1 with real workers: killed after so many chunks; the next wake-up finds its job lost and its chunk abandoned."""
	with branch.workers(1) as (worker,):
		branch.wake()
		branch.wait_until(lambda: branch.chunks(status="Done") >= done)
		kill(worker)
	assert branch.run().status == "Running"
	assert_finished_later(branch, reference)


def test_a_job_that_is_held_for_started_is_enqueued_again_once_it_is_lost_and_not_before(
	branch, reference
) -> None:
	"""F2: after a kill -9 the queue goes on saying "started"."""
	with branch.workers(1) as (worker,):
		branch.wake()
		branch.wait_until(lambda: branch.chunks(status="Done") >= 3)
		kill(worker)
	assert branch.run().status == "Running"
	branch.wake()
	assert waiting() == ["2"], "the first is held for at work"
	pass_by(minutes=4)
	branch.wake()
	assert waiting() == ["1", "2"]
	with branch.workers(2):
		seconds = branch.wait_until(branch.finished)
	assert seconds < 60
	assert_as_undisturbed(branch, reference)


def test_a_job_that_was_lost_between_queue_and_worker_is_enqueued_again(branch, reference) -> None:
	"""F2: a worker killed after it took a job off the queue and before it noted that it had begun."""
	from frappe.utils.background_jobs import get_queue

	branch.wake()
	queue = get_queue("long")
	taken = [queue.pop_job_id() for _ in range(2)]
	assert [queue.fetch_job(job_id).is_queued for job_id in taken] == [True, True]
	branch.wake()
	assert waiting() == ["1", "2"]
	with branch.workers(2):
		branch.wait_until(branch.finished)
	assert_as_undisturbed(branch, reference)


def test_a_job_that_a_worker_is_taking_up_is_not_held_for_lost(branch) -> None:
	"""Between queue and worker it is nowhere for a moment."""
	from frappe.utils.background_jobs import get_queue
	from rq.job import JobStatus

	branch.wake()
	queue = get_queue("long")
	job = queue.fetch_job(queue.pop_job_id())
	begins = Timer(1, job.set_status, [JobStatus.STARTED])
	begins.start()
	branch.wake()
	begins.join()
	assert waiting() == ["2"]
	assert job.is_started


def waiting() -> list[str]:
	"""Return the numbers of the workers that wait in the queue."""
	from frappe.utils.background_jobs import get_queue

	return sorted(job_id.rpartition("::")[2] for job_id in get_queue("long").get_job_ids())


def test_without_its_queue_a_night_stays_on_record_and_goes_on_when_the_queue_is_back(
	branch, reference
) -> None:
	"""F6 before anything is enqueued."""
	from redis.exceptions import RedisError

	from cs_retention.cs_retention.doctype.retention_run.retention_run import run_now

	branch.bench.redis.stop()
	try:
		with pytest.raises(RedisError):
			branch.wake()
		with pytest.raises(branch.frappe.ValidationError, match="The night is on record"):
			run_now()
	finally:
		branch.bench.redis.start()
	assert branch.run().status == "Running"
	with branch.workers(1):
		branch.wake()
		branch.wait_until(branch.finished)
	assert_as_undisturbed(branch, reference)


def test_a_queue_flushed_in_mid_run_loses_and_doubles_nothing(branch, reference) -> None:
	"""F6 in mid run: the job at work goes on, and a wake-up that knows of no job enqueues another."""
	import redis

	with branch.workers(2):
		branch.wake()
		branch.wait_until(lambda: branch.chunks(status="Done") >= 3)
		redis.Redis(port=branch.bench.redis.port).flushall()
		branch.wake()
		branch.wait_until(branch.finished)
	assert_as_undisturbed(branch, reference)


WAKE = """
import sys, time, frappe
frappe.init(site=sys.argv[1])
frappe.connect()
time.sleep(max(0, float(sys.argv[2]) - time.time()))
from cs_retention.cs_retention import retention_night
retention_night.wake()
frappe.db.commit()
"""


def test_two_schedulers_and_run_now_at_once_open_one_night(branch, reference) -> None:
	"""F18: the hook run twice at the same moment, several times over, and the button pressed while the night runs."""
	from cs_retention.cs_retention.doctype.retention_run.retention_run import run_now

	with branch.workers(2):
		for _ in range(WAKES):
			wake_twice(branch)
			run_now()
			branch.frappe.db.commit()
		branch.wait_until(branch.finished)
	assert branch.frappe.db.count("Retention Run") == 1
	assert_as_undisturbed(branch, reference)


def wake_twice(branch: Branch) -> None:
	"""Let two processes wake the night at the same moment."""
	python, moment = str(branch.bench.source / "env/bin/python"), str(time.time() + 2)
	command: list[Any] = [python, "-c", WAKE, branch.frappe.local.site, moment]
	where = {"cwd": branch.bench.sites, "env": branch.bench.environment}
	both = [subprocess.Popen(command, stdout=sys.stderr, **where) for _ in range(2)]
	assert [process.wait() for process in both] == [0, 0]

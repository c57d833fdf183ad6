"""Jobs whose worker was killed: the queue goes on holding them for enqueued or started."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import frappe
from frappe.utils.background_jobs import get_job, is_job_enqueued
from rq.job import Job, JobStatus
from rq.utils import utcnow

QUEUE = "long"
LOST_AFTER = timedelta(minutes=3)
"""A job whose worker gave no sign of life for so long; it gives one every half minute."""

TAKEN_UP_WITHIN = 5.0
"""Seconds in which a worker that took a job out of its queue begins it."""


def enqueue_once(job: Callable[..., Any], job_id: str, minutes: int = 60, **given: Any) -> None:
	"""Enqueue a job of at most so many minutes after the commit: not while it waits or works, again where it was lost."""
	forget_lost(job_id)
	if is_at_work(job_id):
		return
	frappe.enqueue(
		job,
		queue=QUEUE,
		timeout=60 * minutes,
		job_id=job_id,
		deduplicate=True,
		enqueue_after_commit=True,
		**given,
	)


def is_at_work(job_id: str) -> bool:
	"""Whether a job waits or runs, and is not lost."""
	job = get_job(job_id)
	return bool(job) and is_job_enqueued(job_id) and not is_lost(job)


def forget_lost(job_id: str) -> None:
	"""Delete a job whose worker was killed, which the queue would hold for enqueued or started for long or for ever."""
	job = get_job(job_id)
	if job and is_lost(job):
		job.delete()


def is_lost(job: Job) -> bool:
	"""Whether a job waits in no queue, or was started and gives no sign of life."""
	if job.is_queued:
		return is_nowhere(job)
	return job.is_started and bool(job.last_heartbeat) and utcnow() - job.last_heartbeat > LOST_AFTER


def is_nowhere(job: Job) -> bool:
	"""Whether a job waits in no queue and is not begun: a worker that takes it up leaves it so for a moment only."""
	given_up = time.monotonic() + TAKEN_UP_WITHIN
	while job.get_status(refresh=True) == JobStatus.QUEUED and job.get_position() is None:
		if time.monotonic() > given_up:
			return True
		time.sleep(0.1)
	return False

"""The jobs of hand-overs: enqueued when one is submitted, and again when a job was lost."""

import frappe
from frappe.utils.background_jobs import is_job_enqueued

from cs_retention.callbacks import handover
from cs_retention.engine.handover import HandoverStatus

QUEUE, MINUTES = "long", 60


def enqueue_move(name: str) -> None:
	"""Enqueue the moving of a hand-over, once."""
	job_id = f"book_handover::{name}"
	if is_job_enqueued(job_id):
		return
	frappe.enqueue(
		handover.move_all,
		queue=QUEUE,
		timeout=60 * MINUTES,
		job_id=job_id,
		deduplicate=True,
		enqueue_after_commit=True,
		name=name,
	)


def resume_lost() -> None:
	"""Enqueue hand-overs whose job is gone; the scheduler calls it every hour."""
	for name in frappe.get_all(handover.HANDOVER, {"status": HandoverStatus.MOVING.value}, pluck="name"):
		enqueue_move(name)

"""The jobs of hand-overs: enqueued when one is submitted, and again when a job was lost."""

import frappe

from cs_retention.callbacks import handover
from cs_retention.cs_retention.lost_jobs import enqueue_once
from cs_retention.engine.handover import HandoverStatus


def enqueue_move(name: str) -> None:
	"""Enqueue the moving of a hand-over, once."""
	enqueue_once(handover.move_all, f"book_handover::{name}", name=name)


def resume_lost() -> None:
	"""Enqueue hand-overs whose job is gone; the scheduler calls it every hour."""
	for name in frappe.get_all(handover.HANDOVER, {"status": HandoverStatus.MOVING.value}, pluck="name"):
		enqueue_move(name)

"""The outbox with Frappe's own mail queue and workers: F6 and F10 of RELIABILITY on a bench, counted in the table of faults."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import fault_table
import pytest
from fault_scale import thinned
from private_bench import CHECKOUT, database_of
from support_workers import Branch, kill, start_worker

OUTBOX, QUEUE = "Message Outbox", "Email Queue"
SWEEP = "cs_retention.cs_retention.retention_outbox.sweep"
COPIES = {"taken, then the line drops": 2, "taken, then no answer": 2, "sender killed after 250": 2}
"""Copies of a mail that may arrive at most, where it was taken and the answer lost; elsewhere one."""


def test_a_mail_server_that_fails_and_senders_that_are_killed(at_work: Branch) -> None:
	"""F10: at most one row of the mail queue per key whatever happens, nothing lost."""
	script = str(CHECKOUT / "tests/support/outbox_on_site.py")
	printed = at_work.bench.python(script, at_work.frappe.local.site)
	for name, row in json.loads(printed.splitlines()[-1]).items():
		fault_table.note(f"F10 mail: {name}", row["made"])
		assert row["copies"] <= COPIES.get(name, 1), name


@pytest.fixture
def mailing(at_work: Branch) -> Iterator[Branch]:
	"""The site with an empty outbox and an outgoing account."""
	config = at_work.bench.sites / at_work.frappe.local.site / "site_config.json"
	before = config.read_text()
	account = {"mail_server": "127.0.0.1", "auto_email_id": "shop@example.com", "mail_port": 1}
	config.write_text(json.dumps({**json.loads(before), **account}))
	empty(at_work)
	yield at_work
	config.write_text(before)


def empty(branch: Branch) -> None:
	"""Forget every night and every message."""
	branch.forget()
	for doctype in (OUTBOX, QUEUE, "Email Queue Recipient"):
		branch.frappe.db.delete(doctype)
	branch.frappe.db.commit()


def put_ten(branch: Branch) -> None:
	"""Write ten messages in the open transaction."""
	from cs_retention.cs_retention.outbox import put
	from cs_retention.engine.outbox import Message
	from cs_retention.engine.vocabulary import MessageChannel

	put(
		Message(
			f"f6|{n}", MessageChannel.EMAIL, f"c{n}@example.com", f"S{n}", "Text", "en", datetime(2026, 1, 1)
		)
		for n in range(10)
	)


def sent(branch: Branch) -> bool:
	branch.frappe.db.rollback()
	return branch.frappe.db.count(OUTBOX, {"status": "Sent"}) == 10


def each_once(branch: Branch) -> list[str]:
	"""Return what does not hold: every message sent, one row of the mail queue for each."""
	rows = branch.frappe.db.sql(f"SELECT reference_name, COUNT(*) FROM `tab{QUEUE}` GROUP BY 1")
	return [] if len(rows) == 10 and all(count == 1 for _name, count in rows) else [f"mails by key: {rows}"]


def swept(branch: Branch) -> list[str]:
	"""Let a worker do the sweeps that the scheduler would enqueue; return what does not hold then."""
	worker = start_worker(branch.bench, "default")
	try:
		for _ in range(2):
			branch.frappe.enqueue(SWEEP, queue="default")
		branch.wait_until(lambda: sent(branch))
	finally:
		kill(worker)
	return each_once(branch)


def queue_away(branch: Branch, is_written: bool) -> list[str]:
	"""Stop Redis before messages are written, or between writing them and the commit; both succeed."""
	redis = branch.bench.redis
	if not is_written:
		redis.stop()
	put_ten(branch)
	if is_written:
		redis.stop()
	branch.frappe.db.commit()
	redis.start()
	return swept(branch)


def queue_flushed(branch: Branch, jobs: int) -> list[str]:
	"""Flush Redis with the jobs of so many sweeps in it."""
	from frappe.utils.background_jobs import get_queue

	put_ten(branch)
	branch.frappe.db.commit()
	for _ in range(jobs):
		branch.frappe.enqueue(SWEEP, queue="default")
	get_queue("default").connection.flushall()
	return ["sent without a job"] if sent(branch) else swept(branch)


def queue_lost_in_mid_run(branch: Branch, doctype: str, is_killed: bool) -> list[str]:
	"""Stop Redis while a worker sweeps, held up where it needs a table; kill the worker with it, or let it go on."""
	put_ten(branch)
	branch.frappe.db.commit()
	with held_up(branch, doctype) as is_waiting:
		worker = start_worker(branch.bench, "default")
		branch.frappe.enqueue(SWEEP, queue="default")
		branch.wait_until(is_waiting)
		branch.bench.redis.stop()
		if is_killed:
			kill(worker)
	branch.bench.redis.start()
	try:
		return swept(branch)
	finally:
		kill(worker)


@contextmanager
def held_up(branch: Branch, doctype: str) -> Iterator[Callable[[], bool]]:
	"""Let nobody use a table; yields what tells whether somebody waits for it."""
	branch.frappe.db.commit()
	holder = branch.bench.server.connect(database_of(branch.frappe.local.site))
	waiting = "SELECT COUNT(*) FROM information_schema.processlist WHERE state LIKE 'Waiting for table%lock'"

	def is_waiting() -> bool:
		with holder.cursor() as cursor:
			cursor.execute(waiting)
			return cursor.fetchone()[0] > 0

	with holder.cursor() as cursor:
		cursor.execute(f"LOCK TABLES `tab{doctype}` WRITE")
	try:
		yield is_waiting
	finally:
		holder.close()


USED = ("Message Outbox", "Email Account", QUEUE, "Email Queue Recipient", "Singles")
"""Tables that a sweep needs one after the other; the last for its mark, when the mails are committed."""
F6: dict[str, tuple[Callable[..., list[str]], list[tuple[Any, ...]]]] = {
	"F6 outbox: no queue while messages are written": (
		queue_away,
		[(is_written,) for is_written in (False, True) * 5],
	),
	"F6 outbox: queue flushed with the jobs in it": (queue_flushed, [(jobs,) for jobs in range(1, 11)]),
	"F6 outbox: queue lost while a worker sweeps": (
		queue_lost_in_mid_run,
		[(doctype, is_killed) for doctype in USED for is_killed in (False, True)],
	),
}


@pytest.mark.parametrize("name", F6)
def test_without_its_queue_messages_are_kept_and_go_out_once_when_it_is_back(
	mailing: Branch, name: str
) -> None:
	trial, cases = F6[name]
	made = []
	for case in thinned(cases):
		empty(mailing)
		made.append((case, trial(mailing, *case)))
	fault_table.note(name, made)


def test_several_sweeps_by_workers_at_once_take_each_message_once(mailing: Branch) -> None:
	"""F3: four jobs, two workers, more messages arriving meanwhile."""
	workers = [start_worker(mailing.bench, "default") for _ in range(2)]
	try:
		for _ in range(4):
			mailing.frappe.enqueue(SWEEP, queue="default")
		put_ten(mailing)
		mailing.frappe.db.commit()
		mailing.frappe.enqueue(SWEEP, queue="default")
		mailing.wait_until(lambda: sent(mailing))
	finally:
		for worker in workers:
			kill(worker)
	assert each_once(mailing) == []

"""F10 on a site: Frappe's own mail queue against a mail server that refuses, drops, hangs, and senders that are killed.

Run by the Python of a bench as: outbox_on_site.py SITE. Prints one JSON object: by fault what did not hold in each
trial, and how many copies of a mail were delivered at most.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

import frappe
from fault_scale import thinned
from frappe.email import queue
from mail_servers import MailServer, serving

from cs_retention.cs_retention import retention_outbox
from cs_retention.cs_retention.outbox import put
from cs_retention.engine.outbox import Message
from cs_retention.engine.vocabulary import MessageChannel

MAILS = 6
TABLES = ("Message Outbox", "Email Queue", "Email Queue Recipient", "Notification Log", "Error Log")
KEPT: list[Any] = []
"""Connections of the process that forked, which a fork must not end."""


def prepared() -> None:
	"""Empty the outbox and the mail queue, and put messages that are ready."""
	frappe.db.rollback()
	for doctype in TABLES:
		frappe.db.delete(doctype)
	put(
		Message(
			f"f10|{n}", MessageChannel.EMAIL, f"c{n}@example.com", f"S{n}", "Text", "en", datetime(2026, 1, 1)
		)
		for n in range(MAILS)
	)
	frappe.db.commit()


def forked(work: Callable[[], object]) -> int:
	"""Do something in a fork with a connection of its own, and return the fork's id."""
	child = os.fork()
	if child:
		return child
	try:
		KEPT.append(frappe.local.db)
		frappe.connect()
		work()
		frappe.db.commit()
		os._exit(0)
	except BaseException:
		os._exit(1)


def ended(child: int) -> int:
	return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def settle() -> None:
	"""Sweep and flush as the scheduler would in the hours that follow."""
	for _ in range(6):
		ended(forked(retention_outbox.sweep))
		long_ago = frappe.utils.now_datetime() - timedelta(minutes=20)
		frappe.db.rollback()
		frappe.db.sql("UPDATE `tabEmail Queue` SET modified = %s WHERE status = 'Sending'", (long_ago,))
		frappe.db.commit()
		ended(forked(queue.retry_sending_emails))
		ended(forked(queue.flush))
	ended(forked(retention_outbox.sweep))
	frappe.db.rollback()


def problems(server: MailServer) -> list[str]:
	"""Return what does not hold: one row of the queue per key, nothing lost."""
	found = []
	rows = frappe.db.sql("SELECT reference_name, COUNT(*) FROM `tabEmail Queue` GROUP BY 1")
	if len(rows) != MAILS or any(count != 1 for _name, count in rows):
		found.append(f"I3: rows of the queue {rows}")
	states = Counter(frappe.get_all("Message Outbox", pluck="status"))
	if states != Counter({"Sent": MAILS}):
		found.append(f"states: {states}")
	delivered = server.copies("To")
	if len(delivered) != MAILS:
		found.append(f"delivered: {delivered}")
	if len(server.copies()) != len(delivered):
		found.append("a mail has two Message-Ids")
	return found


def answered(act: str, *numbers: int) -> tuple[list[str], int]:
	"""Let the server answer some of the mails as told, counted as they come in."""
	prepared()

	def behave(number: int) -> str:
		return act if number in numbers else "take"

	with serving(MailServer(behave)) as server:
		frappe.conf.mail_port = server.port
		settle()
		return problems(server), max(server.copies().values(), default=0)


def killed_after(number: int, pause: float = 0) -> tuple[list[str], int]:
	"""Kill the sender so many seconds after a mail was taken, at once before it can note it."""
	prepared()
	children: list[int] = []

	def behave(taken: int) -> str:
		if taken == number and len(children) == 1:
			time.sleep(pause)
			os.kill(children[0], signal.SIGKILL)
		return "take"

	with serving(MailServer(behave)) as server:
		frappe.conf.mail_port = server.port
		ended(forked(retention_outbox.sweep))
		children.append(forked(queue.flush))
		status = ended(children[0])
		children.append(0)
		settle()
		found = problems(server)
		if status != -signal.SIGKILL:
			found.append(f"the sender was not killed: {status}")
		return found, max(server.copies().values(), default=0)


def sweep_killed_at(statement: int) -> tuple[list[str], int]:
	"""Kill the sweep at a statement of Frappe's own connection."""
	prepared()

	def work() -> None:
		sql, count = frappe.db.sql, [0]

		def counting(*args: Any, **kwargs: Any) -> Any:
			count[0] += 1
			if count[0] == statement:
				os.kill(os.getpid(), signal.SIGKILL)
			return sql(*args, **kwargs)

		frappe.local.db.sql = counting
		retention_outbox.sweep()

	with serving(MailServer()) as server:
		frappe.conf.mail_port = server.port
		ended(forked(work))
		settle()
		return problems(server), max(server.copies().values(), default=0)


TRIALS = 20
ONE_OR_TWO = [(number,) for number in range(1, MAILS + 1)] + list(combinations(range(1, MAILS + 1), 2))
"""Which of the mails a server answers as told: one of them, or two."""

FAULTS: dict[str, tuple[Callable[..., tuple[list[str], int]], list[tuple[Any, ...]]]] = {
	**{
		name: (answered, [(act, *numbers) for numbers in ONE_OR_TWO])
		for name, act in (
			("421 answered", "421"),
			("550 answered", "550"),
			("taken, then the line drops", "drop"),
			("taken, then no answer", "hang"),
		)
	},
	"sender killed after 250": (
		killed_after,
		[(1 + trial % MAILS, trial // MAILS / 50) for trial in range(TRIALS)],
	),
	"sweep killed at a statement": (sweep_killed_at, [(2 + number * 3 // 2,) for number in range(TRIALS)]),
}


def main(site: str) -> None:
	frappe.init(site=site)
	frappe.connect()
	frappe.conf.update(
		{
			"mail_server": "127.0.0.1",
			"auto_email_id": "shop@example.com",
			"disable_mail_smtp_authentication": 1,
			"mute_emails": 0,
		}
	)
	came = {}
	for name, (trial, cases) in FAULTS.items():
		made = [(case, *trial(*case)) for case in thinned(cases[:TRIALS])]
		came[name] = {
			"made": [(str(case), found) for case, found, _copies in made],
			"copies": max(copies for _case, _found, copies in made),
		}
	print(json.dumps(came))


if __name__ == "__main__":
	main(sys.argv[1])

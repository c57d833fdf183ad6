"""The outbox swept as set operations: python -m benchmarks.outbox [--messages 100000]; with a bench, `frappe.sendmail` beside it.

Ratios within one run: Wi is `INSERT .. SELECT` of as many rows with three secondary indexes on the same server. With the
Python of a bench (env/bin/python benchmarks/outbox.py --bench) the same mails are also queued one by one as Frappe does
it, on a site of its own, and both are told per mail.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

import private_mariadb  # noqa: E402
from sabotage import Wire  # noqa: E402
from support_outbox import Desk, messages, open_outbox, put  # noqa: E402

from cs_retention.nightly.outbox import Sweep  # noqa: E402
from cs_retention.nightly.outbox_rows import OUTBOX, QUEUE, Mail, Waiting  # noqa: E402
from cs_retention.render import mail  # noqa: E402
from cs_retention.store.mariadb import MariaDBStore  # noqa: E402

FRAME = f"<html><head><title>{mail.SUBJECT}</title></head><body>{'<table><tr><td>' * 8}{mail.CONTENT}</body></html>"
ROUNDS = 3


class MailDesk(Desk):
	"""An office that composes whole mails, as a site does."""

	def compose(self, waiting: Waiting) -> Mail:
		letter = mail.Letter(
			key=waiting.key,
			sender="Branch <shop@example.com>",
			reply_to="shop@example.com",
			recipient=waiting.recipient,
			subject=waiting.subject,
			body=waiting.body,
			written_at=datetime.now(timezone.utc),
		)
		text = mail.mail_text(letter, FRAME, "example.com")
		return Mail(
			letter.sender, (waiting.recipient,), text, mail.message_id(waiting.key, "example.com"), None
		)


@contextmanager
def timed(taken: dict[str, float], name: str) -> Iterator[None]:
	start = time.perf_counter()
	yield
	taken[name] = min(taken.get(name, float("inf")), time.perf_counter() - start)


def measure(address: Mapping[str, Any], number: int) -> tuple[dict[str, float], int]:
	"""Put messages and sweep them, a few times over; return the best seconds of each step, and statements of the sweep."""
	taken: dict[str, float] = {}
	for _ in range(ROUNDS):
		wire = Wire()
		store = open_outbox(address, wire=wire)
		with timed(taken, "put into the outbox"):
			put(store, messages(number))
			store.commit()
		with timed(taken, "put again, every key known"):
			put(store, messages(number))
			store.commit()
		floor(store, number, taken)
		before = wire.statements
		now = datetime(2026, 11, 26, 9)
		composing = MailDesk()
		with timed(taken, "swept into the mail queue"):
			Sweep(store, lambda now=now: now, composing).run()
		statements = wire.statements - before
		with timed(taken, "swept again, nothing ready"):
			Sweep(store, lambda now=now: now, composing).run()
		waiting = [Waiting(str(n), f"k{n}", "a@example.com", "S", "Text", "en", None, 0) for n in range(1000)]
		with timed(taken, "composing alone, of 1,000"):
			for each in waiting:
				composing.compose(each)
		assert list(store.rows(f"SELECT COUNT(*) FROM `tab{QUEUE}`")) == [(number,)]
		for doctype in (OUTBOX, QUEUE, "Email Queue Recipient"):
			list(store.rows(f"TRUNCATE `tab{doctype}`"))
		store.close()
	return taken, statements


def floor(store: MariaDBStore, number: int, taken: dict[str, float]) -> None:
	"""Measure Wi: as many rows inserted from the outbox into a table with three secondary indexes."""
	list(
		store.rows(
			"CREATE OR REPLACE TABLE bench_new (name varchar(140) primary key, a varchar(140), b varchar(140), c int,"
			" d datetime, index (a), index (b), index (d)) COLLATE utf8mb4_unicode_ci"
		)
	)
	with timed(taken, "Wi"):
		list(
			store.rows(
				f"INSERT INTO bench_new SELECT SHA1(name), recipient, status, 50, ready_at FROM `tab{OUTBOX}` LIMIT {number}"
			)
		)
		store.commit()
	list(store.rows("DROP TABLE bench_new"))


def per_mail_on_a_site(number: int) -> dict[str, float]:
	"""Return the seconds per mail on a site: through the outbox and its sweep, and by frappe.sendmail one by one."""
	import private_bench

	source = Path(os.environ.get("BENCH", "~/frappe-bench")).expanduser()
	with (
		tempfile.TemporaryDirectory() as folder,
		private_bench.started(Path(folder) / "bench", source) as bench,
	):
		site = "outbox.localhost"
		bench.restore(site, private_bench.prepared_dump(bench))
		bench.frappe(site, "install-app", "cs_retention")
		os.environ["FRAPPE_BENCH_ROOT"] = str(bench.folder)
		os.chdir(bench.sites)
		import frappe

		frappe.init(site=site)
		frappe.connect()
		frappe.conf.mail_server, frappe.conf.auto_email_id = "127.0.0.1", "shop@example.com"
		taken = on_site(frappe, number)
		frappe.destroy()
		os.chdir(ROOT)
		return taken


def on_site(frappe: Any, number: int) -> dict[str, float]:
	from cs_retention.cs_retention import outbox, retention_outbox

	found = list(messages(number))
	frappe.sendmail(["warm@example.com"], subject="Warm", message="Up")
	taken: dict[str, float] = {}
	with timed(taken, "put and swept"):
		outbox.put(found)
		frappe.db.commit()
		retention_outbox.open_sweep().run()
	with timed(taken, "frappe.sendmail, one by one"):
		for each in found:
			frappe.sendmail([each.recipient], subject=each.subject, message=each.body)
		frappe.db.commit()
	return {name: seconds / number for name, seconds in taken.items()}


def main() -> None:
	parser = argparse.ArgumentParser()
	parser.add_argument("--messages", type=int, default=100_000)
	parser.add_argument("--bench", action="store_true")
	asked = parser.parse_args()
	with tempfile.TemporaryDirectory() as folder:
		server = private_mariadb.start(Path(folder))
		with server.connect() as connection:
			connection.cursor().execute("SET GLOBAL innodb_buffer_pool_size = 1073741824")
			connection.cursor().execute("CREATE DATABASE outbox")
		address = {
			**{"host": "127.0.0.1", "port": server.port, "user": "root", "password": server.password},
			"database": "outbox",
		}
		open_outbox(address, is_new=True).close()
		before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
		taken, statements = measure(address, asked.messages)
		memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
		server.stop()
	print(f"{asked.messages:,} messages; Wi {taken['Wi']:.2f} s")
	for name, seconds in taken.items():
		print(f"{name:<34}{seconds:>9.2f} s{seconds / taken['Wi']:>9.1f} Wi")
	print(f"statements of the sweep {statements}, {statements * 1000 / asked.messages:.1f} per 1,000 mails")
	print(f"memory over the beginning {memory:.0f} MB")
	if asked.bench:
		per_mail = per_mail_on_a_site(1000)
		for name, seconds in per_mail.items():
			print(f"{name:<34}{1000 * seconds:>9.2f} ms per mail")


if __name__ == "__main__":
	main()

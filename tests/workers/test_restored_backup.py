"""The backup of a site at work is restored on it, or its server and disk refuse to write: nobody is written to twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import fault_table
import pytest
from personas import make_personas, user
from private_bench import PrivateBench
from private_mariadb import read_only
from support_reviews import connect, connected
from support_workers import Branch, assert_finished_later, kill

SITE = "restored.localhost"
OUTBOX, QUEUE = "Message Outbox", "Email Queue"
LIST = "cs_retention.cs_retention.doctype.message_outbox.message_outbox"


def put(frappe: Any, *keys: str, ready_at: datetime = datetime(2026, 1, 1)) -> None:
	"""Write messages as whatever derives them does: again under the same key, nothing."""
	from cs_retention.cs_retention.outbox import put
	from cs_retention.engine.outbox import Message
	from cs_retention.engine.vocabulary import MessageChannel

	put(
		Message(key, MessageChannel.EMAIL, "c@example.com", f"About {key}", "Text", "en", ready_at)
		for key in keys
	)
	frappe.db.commit()


def sweep(frappe: Any) -> None:
	from cs_retention.cs_retention.retention_outbox import sweep

	sweep()
	frappe.db.commit()


def states(frappe: Any) -> dict[str, str]:
	return dict(frappe.get_all(OUTBOX, fields=["dedupe_key", "status"], as_list=True))


@contextmanager
def acting(frappe: Any, person: str) -> Iterator[None]:
	frappe.set_user(user(person))
	yield
	frappe.db.commit()
	frappe.set_user("Administrator")


def test_what_was_sent_after_the_backup_is_held_for_review(
	bench: PrivateBench, installed_dump: Path, site: str, tmp_path: Path
) -> None:
	"""F19."""
	backup = tmp_path / "yesterday.sql"
	with connected(bench, installed_dump, SITE) as frappe:
		make_personas()
		put(frappe, "sent before")
		sweep(frappe)
		put(frappe, "waits", ready_at=frappe.utils.now_datetime() + timedelta(hours=1))
		bench.dump(SITE, backup)
		put(frappe, "sent after 1", "sent after 2")
		sweep(frappe)
		assert states(frappe) == {
			"waits": "Queued",
			**dict.fromkeys(("sent before", "sent after 1", "sent after 2"), "Sent"),
		}
	with connected(bench, backup, SITE) as frappe:
		sweep(frappe)
		assert states(frappe) == {"sent before": "Sent", "waits": "On Review"}
		# The night and the reminders of the day derive them anew.
		put(frappe, "sent after 1", "sent after 2", "really new")
		sweep(frappe)
		assert [name for name, state in states(frappe).items() if state != "On Review"] == ["sent before"]
		assert frappe.db.count(QUEUE) == 1
		names = dict(frappe.get_all(OUTBOX, fields=["dedupe_key", "name"], as_list=True))
		with acting(frappe, "manager"):
			assert frappe.get_attr(f"{LIST}.discard")([names["sent after 1"], names["sent after 2"]]) == 2
			assert frappe.get_attr(f"{LIST}.send")([names["really new"]]) == 1
			frappe.get_attr(f"{LIST}.end_hold")()
		put(frappe, "since then")
		sweep(frappe)
		found = states(frappe)
		assert [found[key] for key in ("sent after 1", "sent after 2")] == ["Cancelled"] * 2
		assert [found[key] for key in ("really new", "since then")] == ["Sent"] * 2
		assert frappe.db.count(QUEUE) == 3
	fault_table.note("F19 restored: messages", [("messages", ())])


def test_no_room_for_the_mark_or_a_server_that_may_only_be_read_sends_nothing_twice(
	bench: PrivateBench, installed_dump: Path, site: str
) -> None:
	"""F16: the job fails, and says so; the sweep after it goes on."""
	with connected(bench, installed_dump, SITE) as frappe:
		from cs_retention.cs_retention.retention_outbox import mark_path

		fresh = mark_path().with_suffix(".new")
		fresh.symlink_to("/dev/full")
		put(frappe, "first")
		with pytest.raises(OSError, match="No space left"):
			sweep(frappe)
		fresh.unlink()
		put(frappe, "second")
		with read_only(bench.server), pytest.raises(frappe.db.OperationalError, match="read-only"):
			sweep(frappe)
		frappe.db.rollback()
		assert states(frappe) == {"first": "Sent", "second": "Queued"}
		sweep(frappe)
		assert states(frappe) == {"first": "Sent", "second": "Sent"}
		assert frappe.db.count(QUEUE) == 2
	fault_table.note("F16 sweep: no room for its mark; server read-only", [("mark", ()), ("server", ())])


@pytest.mark.parametrize("done", [5, 40])
def test_a_night_goes_on_from_where_the_backup_has_it(
	branch: Branch, reference, tmp_path: Path, done: int
) -> None:
	"""F19: the dump is taken while a worker is at it: chunks are held by connections that the restored server never had."""
	frappe, bench = branch.frappe, branch.bench
	name, backup = frappe.local.site, tmp_path / "mid-run.sql"
	with branch.workers(1) as (worker,):
		branch.wake()
		branch.wait_until(lambda: branch.chunks(status="Done") >= done)
		bench.dump(name, backup)
		branch.wait_until(branch.finished)
		kill(worker)
	frappe.destroy()
	bench.restore(name, backup)
	connect(frappe, name)
	assert branch.run().status == "Running"
	assert_finished_later(branch, reference)
	fault_table.note(f"F19 restored: a night after {done} chunks", [(done, ())])

"""The outbox on a site: swept by a job every minute, which looks first whether the database is an older one."""

import time
from collections import Counter
from datetime import datetime
from pathlib import Path

import frappe
from frappe.utils import get_datetime, now_datetime
from rq.timeouts import JobTimeoutException

from cs_retention.cs_retention.outbox_alerts import tell_failed, tell_held, tell_restored
from cs_retention.cs_retention.outbox_office import SiteOffice
from cs_retention.cs_retention.settings import SETTINGS
from cs_retention.engine.outbox import held_until, next_mark, was_restored
from cs_retention.engine.vocabulary import OutboxStatus
from cs_retention.nightly.outbox import Sweep
from cs_retention.nightly.outbox_rows import mail_tables
from cs_retention.store.base import Authorship
from cs_retention.store.schema import own_tables
from cs_retention.store.site import SiteStore

PULSE = "Outbox Pulse"
MARK = "cs_retention_outbox.mark"
"""File of the site's folder, which no restore of a database brings back."""
SECONDS = 120
"""How long a sweep takes new messages; a job of its queue may take 300 seconds."""


def sweep() -> None:
	"""Send what is ready, note what went wrong; the scheduler calls it every minute."""
	sweeping = open_sweep()
	came: Counter[OutboxStatus] = Counter()
	if restored := notice_restore():
		tell_restored()
	if is_holding():
		came[OutboxStatus.ON_REVIEW] += sweeping.hold_back()
	if frappe.db.get_single_value(SETTINGS, "send_messages"):
		began = time.monotonic()
		came += sweeping.run(lambda: time.monotonic() - began > SECONDS)
	if came[OutboxStatus.FAILED]:
		tell_failed(came[OutboxStatus.FAILED])
	if came[OutboxStatus.ON_REVIEW] and not restored:
		tell_held(came[OutboxStatus.ON_REVIEW])
	beat()


def open_sweep() -> Sweep:
	"""Return a sweep over this site's connection."""
	tables = {**own_tables(), **mail_tables()}
	store = SiteStore(frappe.db, Authorship(now=now_datetime), tables)
	return Sweep(store, now_datetime, SiteOffice(), stops=(JobTimeoutException,))


def notice_restore() -> bool:
	"""Hold messages to the end of the day where the database turns out to be an older one; tell whether it was now."""
	now = now_datetime()
	if not was_restored(stored_mark(), outside_mark(), now):
		return False
	frappe.db.set_single_value(PULSE, {"hold_until": held_until(now), "noticed_on": now})
	return True


def is_holding() -> bool:
	"""Whether messages are held for review at present."""
	until = hold_until()
	return until is not None and now_datetime() < until


def hold_until() -> datetime | None:
	"""Return until when messages are held, or were."""
	return read_pulse("hold_until")


def beat() -> None:
	"""Note that the outbox was swept, in the database and, once that is committed, beside it."""
	mark = next_mark(stored_mark(), outside_mark(), now_datetime())
	frappe.db.set_single_value(PULSE, "last_sweep", mark)
	# What follows must not know more than the database.
	frappe.db.commit()  # nosemgrep: frappe-manual-commit
	path = mark_path()
	fresh = path.with_suffix(".new")
	fresh.write_text(mark.isoformat(), encoding="utf-8")
	fresh.replace(path)


def stored_mark() -> datetime | None:
	"""Return the last sweep as the database knows it."""
	return read_pulse("last_sweep")


def read_pulse(fieldname: str) -> datetime | None:
	"""Return a moment of the pulse; Frappe's own reader makes the year 1 of what was never set."""
	found = frappe.db.get_singles_dict(PULSE).get(fieldname)
	return get_datetime(found) if found else None


def outside_mark() -> datetime | None:
	"""Return the last sweep as noted beside the database; None on a machine that has not swept yet."""
	path = mark_path()
	return datetime.fromisoformat(path.read_text(encoding="utf-8")) if path.exists() else None


def mark_path() -> Path:
	"""Return the file of the mark."""
	return Path(frappe.get_site_path(MARK))

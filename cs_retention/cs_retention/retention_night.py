"""The night on a site: woken every hour, worked on by jobs of the queue `long`, kept in the ledger (Retention Run)."""

from collections.abc import Sequence
from datetime import date
from functools import partial

import frappe
from frappe.utils import now_datetime
from rq.timeouts import JobTimeoutException

from cs_retention.cs_retention.night_alerts import tell_managers
from cs_retention.cs_retention.settings import SETTINGS, night_policy
from cs_retention.cs_retention.states import STATE, clear_customers, open_store
from cs_retention.engine.night import night_of
from cs_retention.engine.policy import Policy
from cs_retention.engine.vocabulary import RunStatus
from cs_retention.nightly.callback_rows import CALLBACK, PURPOSE
from cs_retention.nightly.ledger import CHUNK, RUN, Ledger, Run, name_of
from cs_retention.nightly.phases import Night
from cs_retention.nightly.worker import Ending, Worker
from cs_retention.store.site import SiteStore

WRITTEN = (RUN, CHUNK, STATE, CALLBACK, PURPOSE)
"""DocTypes whose rows the night changes."""

QUEUE, MINUTES = "long", 25
"""A worker stops by itself after 15 minutes; the rest is for its last chunk."""


def wake() -> None:
	"""See that the night that is due is on record and worked on; the scheduler calls it every hour."""
	settings = frappe.get_doc(SETTINGS)
	if settings.run_nightly:
		see_to(night_of(now_datetime(), night_policy(settings)))


def see_to(due: date, by_person: bool = False) -> str | None:
	"""Open the night of a date unless it is on record, begin a failed one again, and enqueue workers while it runs.

	Return its name; None when the date has none, as after the clock went back.
	"""
	ledger = open_ledger()
	name = ledger.open_dates(due, night_policy(frappe.get_doc(SETTINGS)), load_rules) or name_of(due)
	ledger.begin_again(name, by_person)
	run = ledger.read(name)
	if run and run.status is RunStatus.RUNNING:
		enqueue_workers(name, f"{now_datetime():%d-%H}")
	return name if run else None


def open_ledger() -> Ledger:
	"""Return the ledger over this site's connection; open it before the transaction writes."""
	return Ledger(open_store(WRITTEN), now_datetime, tell_managers)


def load_rules() -> Policy:
	"""Return the policy in force; the room that keeps it names itself in hooks.py."""
	return frappe.get_attr(frappe.get_hooks("retention_policy")[-1])()


def enqueue_workers(run: str, wake_up: str) -> None:
	"""Enqueue as many workers as the settings say, once per wake-up; a lost one does not keep out the next."""
	workers = frappe.db.get_single_value(SETTINGS, "night_workers")
	for number in range(1, workers + 1):
		frappe.enqueue(
			work,
			queue=QUEUE,
			timeout=60 * MINUTES,
			job_id=f"retention_night::{run}::{wake_up}::{number}",
			deduplicate=True,
			enqueue_after_commit=True,
			run=run,
		)


def work(run: str) -> None:
	"""Work on a night until it has ended or the worker's time is over; then the next worker goes on."""
	ledger = open_ledger()
	if Worker(ledger, run, partial(open_night, ledger)).work() is Ending.OUT_OF_TIME:
		enqueue_workers(run, frappe.generate_hash(length=8))
		# The job ends here, and what waits for the commit must be enqueued.
		frappe.db.commit()  # nosemgrep: frappe-manual-commit


def open_night(ledger: Ledger, run: Run) -> Night:
	"""Return the night that a run is, with what a site adds to it."""
	store: SiteStore = ledger.store
	return Night(
		store,
		ledger.rules_of(run.name),
		run.as_of,
		partial(ledger.basis_of, run.name),
		stops=(JobTimeoutException,),
		mirrored=clear_mirrored,
		say=say,
	)


def clear_mirrored(customers: Sequence[str]) -> None:
	"""Drop the cached documents of customers whose mirrors changed."""
	if customers:
		clear_customers(customers)


def say(as_of: date) -> None:
	"""Let every room say what it has to say at the end of a night."""
	for path in frappe.get_hooks("retention_say"):
		frappe.get_attr(path)(as_of)

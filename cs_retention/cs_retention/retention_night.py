"""The night on a site: woken every quarter of an hour, worked on by jobs of the queue `long`, kept in the ledger (Retention Run)."""

from collections.abc import Sequence
from datetime import date
from functools import partial

import frappe
from frappe.utils import now_datetime
from rq.timeouts import JobTimeoutException

from cs_retention.cs_retention.lost_jobs import enqueue_once
from cs_retention.cs_retention.night_alerts import tell_managers
from cs_retention.cs_retention.settings import SETTINGS, night_policy, year_start
from cs_retention.cs_retention.states import clear_customers, open_store
from cs_retention.engine.night import night_of
from cs_retention.engine.policy import Policy
from cs_retention.engine.vocabulary import RunStatus
from cs_retention.nightly.daytime import look_by_day
from cs_retention.nightly.ledger import Ledger, Run, name_of
from cs_retention.nightly.phases import Night
from cs_retention.nightly.worker import Ending, Worker
from cs_retention.store.site import SiteStore

MINUTES = 25
"""A worker stops by itself after 15 minutes; the rest is for its last chunk."""


def wake() -> None:
	"""See that the night that is due is on record and worked on; the scheduler calls it every quarter of an hour."""
	settings = frappe.get_doc(SETTINGS)
	if settings.run_nightly:
		see_to(night_of(now_datetime(), night_policy(settings)))


def see_to(due: date, by_person: bool = False) -> str | None:
	"""Open the night of a date unless it is on record, begin a failed one again, and enqueue workers while it runs.

	While the date of one that is done lasts, those whose documents changed since are looked at again. Return its name; None
	when the date has none, as after the clock went back.
	"""
	ledger, policy = open_ledger(), night_policy(frappe.get_doc(SETTINGS))
	name = ledger.open_dates(due, policy, load_rules) or name_of(due)
	ledger.begin_again(name, by_person)
	run = ledger.read(name)
	if run and run.status is RunStatus.RUNNING:
		for number in range(1, policy.workers + 1):
			enqueue_worker(name, str(number))
	if run and run.status is RunStatus.DONE and run.as_of == now_datetime().date():
		enqueue_once(look_again, f"retention_look::{name}", MINUTES, run=name)
	return name if run else None


def open_ledger() -> Ledger:
	"""Return the ledger over this site's connection."""
	return Ledger(open_store(), now_datetime, tell_managers)


def load_rules() -> Policy:
	"""Return the policy in force; the room that keeps it names itself in hooks.py."""
	return frappe.get_attr(frappe.get_hooks("retention_policy")[-1])()


def enqueue_worker(run: str, number: str) -> None:
	"""Enqueue a worker under its number, once: not while it waits or works."""
	enqueue_once(work, f"retention_night::{run}::{number}", MINUTES, run=run, number=number)


def work(run: str, number: str) -> None:
	"""Work on a night until it has ended or the worker's time is over; then the next worker goes on."""
	ledger = open_ledger()
	if Worker(ledger, run, partial(open_night, ledger)).work() is Ending.OUT_OF_TIME:
		# This job still counts as at work under its number, so that the next one has another.
		enqueue_worker(run, f"{number}+")
		# The job ends here, and what waits for the commit must be enqueued.
		frappe.db.commit()  # nosemgrep: frappe-manual-commit


def look_again(run: str) -> None:
	"""Look at those who changed since the night; what the database refuses now the next look does."""
	ledger = open_ledger()
	try:
		look_by_day(ledger, run, partial(open_night, ledger), plan_anew)
	except Exception as error:
		if not ledger.store.is_passing(error):
			raise
		ledger.store.recover()


def plan_anew(customers: Sequence[str]) -> None:
	"""Have the room that plans plan customers whose level or band is another."""
	if customers:
		for path in frappe.get_hooks("retention_moved"):
			frappe.get_attr(path)(customers)


def open_night(ledger: Ledger, run: Run) -> Night:
	"""Return the night that a run is, with what a site adds to it."""
	store: SiteStore = ledger.store
	settings = frappe.get_doc(SETTINGS)
	return Night(
		store,
		ledger.rules_of(run.name),
		run.as_of,
		partial(ledger.basis_of, run.name),
		chunk=night_policy(settings).chunk,
		stops=(JobTimeoutException,),
		mirrored=clear_mirrored,
		say=say,
		begins=year_start(settings),
		read_basis_before=ledger.basis_before,
		night_before=ledger.night_before,
	)


def clear_mirrored(customers: Sequence[str]) -> None:
	"""Drop the cached documents of customers whose mirrors changed."""
	if customers:
		clear_customers(customers)


def say(as_of: date) -> None:
	"""Let every room say what it has to say at the end of a night."""
	for path in frappe.get_hooks("retention_say"):
		frappe.get_attr(path)(as_of)

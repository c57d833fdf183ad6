"""Callbacks made of signals: one per customer, planned within the days that the rules allow."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import frappe
from frappe import _

from cs_retention.callbacks.agreed import CALLBACK
from cs_retention.callbacks.replanning import lock_states, replan
from cs_retention.callbacks.working_days import calendars_around, today
from cs_retention.cs_retention.states import STATE, open_store
from cs_retention.engine.vocabulary import (
	CallbackStatus,
	Channel,
	Level,
	ObligationKind,
	SignalStatus,
)
from cs_retention.engine.workdays import add_working_days
from cs_retention.nightly.callback_rows import PURPOSE, PURPOSE_FIELDS

SIGNAL = "Churn Signal"
MOST = 500
SOON_DAYS, LATER_DAYS = 1, 3
"""Working days within which a customer at risk is called: Key Account and Five Star, and all others (RULES 2)."""

CALLBACK_FIELDS = (
	*("name", "customer", "state", "status", "planned_on", "occurrence_key", "open_key", "responsible"),
	*("account_manager", "due_date", "window_start", "window_end", "channel", "is_committed"),
)


def make_callbacks(names: Sequence[str]) -> dict[str, Any]:
	"""Plan a callback for every customer of some signals, and link them; return how many were made and what was not.

	Only open signals that the user may change are taken; one that has a callback keeps that one.
	"""
	frappe.has_permission(CALLBACK, "create", throw=True)
	signals = changeable(names)
	customers = sorted({row.customer for row in signals})
	lock_states(customers)
	# Read once more: somebody may have made them while this request waited.
	waiting = [row for row in changeable(names) if not row.callback]
	made = insert_callbacks(waiting)
	said = replan(sorted(made)) if made else None
	link(waiting)
	return {"made": len(made), "signals": len(waiting), "left": len(set(names)) - len(waiting), "said": said}


def changeable(names: Sequence[str]) -> list[Any]:
	"""Return those of the signals that are not closed and that the user sees and may change."""
	frappe.has_permission(SIGNAL, "write", throw=True)
	chosen = list(dict.fromkeys(names))
	if not 0 < len(chosen) <= MOST:
		frappe.throw(_("{0} signals were chosen. Choose 1 to {1}.").format(len(chosen), MOST))
	open_ones = {"name": ("in", chosen), "status": ("!=", SignalStatus.CLOSED.value)}
	fields = ["name", "customer", "state", "rule", "callback"]
	return frappe.get_list(SIGNAL, open_ones, fields, order_by="customer, raised_on, name", limit=0)


def insert_callbacks(signals: Sequence[Any]) -> dict[str, str]:
	"""Insert one callback per customer and return their names by customer; a purpose stands for every signal."""
	if not signals:
		return {}
	store, people = open_store(), teams(sorted({row.customer for row in signals}))
	calendar, day = calendars_around(today()).of_company(), today()
	first = add_working_days(day, 1, calendar)
	made: dict[str, str] = {}
	callbacks, purposes = [], []
	for row in signals:
		key = key_of(row)
		team = people[row.customer]
		last = add_working_days(day, SOON_DAYS if team.is_dear else LATER_DAYS, calendar)
		if row.customer not in made:
			made[row.customer] = store.new_name()
			callbacks.append(
				(
					*(made[row.customer], row.customer, row.state, CallbackStatus.PLANNED.value, day),
					*(key, key, team.manager or team.backup, team.manager, last, first, last),
					*(Channel.PHONE.value, 0),
				)
			)
		place = 1 + sum(purpose[0] == made[row.customer] for purpose in purposes)
		purposes.append(purpose_row(made[row.customer], place, key, first, last))
	store.insert_rows(CALLBACK, CALLBACK_FIELDS, callbacks)
	store.insert_rows(PURPOSE, PURPOSE_FIELDS, purposes)
	return made


def purpose_row(callback: str, place: int, key: str, first: date, last: date) -> tuple[Any, ...]:
	"""Return a purpose of a callback, in the order of PURPOSE_FIELDS."""
	kind = ObligationKind.RETENTION.value
	return (callback, CALLBACK, "purposes", place, kind, key, key, first, last, first, last)


def teams(customers: Sequence[str]) -> dict[str, Any]:
	"""Return account manager, backup and whether the first call is due at once, by customer."""
	customer, state = frappe.qb.DocType("Customer"), frappe.qb.DocType(STATE)
	rows = (
		frappe.qb.from_(customer)
		.left_join(state)
		.on(state.customer == customer.name)
		.select(
			customer.name,
			customer.account_manager.as_("manager"),
			customer.retention_backup_manager.as_("backup"),
			state.star_level,
			state.is_key_account,
		)
		.where(customer.name.isin(customers))
		.run(as_dict=True)
	)
	for row in rows:
		row.is_dear = bool(row.is_key_account) or row.star_level == Level.FIVE_STAR.value
	return {row.name: row for row in rows}


def key_of(signal: Any) -> str:
	"""Return the key of the call that a signal asks for."""
	return f"{ObligationKind.RETENTION.value.lower()}|{signal.state}|{signal.name}"


def link(signals: Sequence[Any]) -> None:
	"""Note on the signals which callback acts on them, by whom and when; that one stays as it was shown.

	The plan may have found that a call which stood already does for a signal too.
	"""
	if not signals:
		return
	held = {"open_key": ("in", [key_of(row) for row in signals])}
	# Callbacks of the very customers whose signals the user was found to change.
	serving = dict(frappe.get_all(PURPOSE, held, ["open_key", "parent"], as_list=True))
	store, user, day = open_store(), frappe.session.user, today()
	linked = [(row.name, serving[key_of(row)], day, user) for row in signals]
	store.update_rows(SIGNAL, ("name", "callback", "acted_on", "acted_by"), linked)
	shown = [(name, 1) for name in sorted(set(serving.values()))]
	store.update_rows(CALLBACK, ("name", "is_committed"), shown, still="open_key")
	for row in signals:
		frappe.clear_document_cache(SIGNAL, row.name)

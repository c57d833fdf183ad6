"""Who is told when customers turn At Risk or Critical: those who answer for them, once, at the end of the night."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html, getdate

from cs_retention.churn_retention.signal_words import say_reasons
from cs_retention.cs_retention.bells import Bell, languages_of, managers, ring
from cs_retention.cs_retention.states import STATE
from cs_retention.engine.vocabulary import Level
from cs_retention.render.translate import translate

CHANGE = "Customer Health Change"
LOOKED_BACK = timedelta(days=7)
"""Nights whose alerts are made up for when one ended before it could say anything."""
SHOWN = 5
"""Customers an alert names in its headline; all of them stand below it."""


def tell_who_answers(as_of: date | str) -> int:
	"""Leave account manager and backup one alert each with their customers who turned At Risk or Critical.

	Of Key Accounts and Five Star customers the managers are told too. Every change is told once: it is marked in the
	transaction that leaves the alerts. Its caller, a job of Administrator's, commits.
	"""
	changes = untold(getdate(as_of))
	people = speaking_to(still_so(changes))
	languages = languages_of(people)
	ring(alert_of(person, people[person], language) for person, language in sorted(languages.items()))
	if changes:
		frappe.db.set_value(
			CHANGE, {"name": ("in", [row.name for row in changes])}, "is_told", 1, update_modified=False
		)
	return len(changes)


def untold(as_of: date) -> list[Any]:
	"""Return the changes for the worse that nobody was told of, those of the most value at risk first, then the newest."""
	change, customer, state = (frappe.qb.DocType(name) for name in (CHANGE, "Customer", STATE))
	return (
		frappe.qb.from_(change)
		.join(customer)
		.on(customer.name == change.customer)
		.join(state)
		.on(state.customer == change.customer)
		.select(change.name, change.customer, change.band, change.health, change.reasons, change.as_of)
		.select(customer.customer_name, customer.account_manager, customer.retention_backup_manager)
		.select(state.star_level, state.is_key_account, state.health_band)
		.where(change.as_of[as_of - LOOKED_BACK : as_of] & (change.is_worse == 1) & (change.is_told == 0))
		.orderby(state.value_at_risk, order=frappe.qb.desc)
		.orderby(change.as_of, change.creation, order=frappe.qb.desc)
		.orderby(change.name)
		.run(as_dict=True)
	)


def still_so(changes: Sequence[Any]) -> list[Any]:
	"""Return the newest change of each customer who is still in its band: by day somebody may have turned twice."""
	newest: dict[str, Any] = {}
	for row in changes:
		newest.setdefault(row.customer, row)
	return [row for row in newest.values() if row.band == row.health_band]


def speaking_to(changes: Sequence[Any]) -> Mapping[str, list[Any]]:
	"""Return whom each change is told to: account manager and backup, and the managers of the dearest customers."""
	people: defaultdict[str, list[Any]] = defaultdict(list)
	dearest = managers() if changes else []
	for row in changes:
		is_dear = row.is_key_account or row.star_level == Level.FIVE_STAR.value
		told = {row.account_manager, row.retention_backup_manager, *(dearest if is_dear else ())}
		for person in filter(None, told):
			people[person].append(row)
	return people


def alert_of(person: str, changes: Sequence[Any], language: str) -> Bell:
	"""Return one alert in a person's language; alerts are never mailed."""
	lang = language.partition("-")[0]
	named = ", ".join(map(name_of, changes[:SHOWN]))
	more = len(changes) - SHOWN
	text = _("Turned At Risk or Critical: {0}", language).format(named)
	if more > 0:
		text = f"{text} {_('and {0} more', language).format(more)}"
	return Bell(
		f"health-change|{changes[0].name}|{person}",
		person,
		text,
		f"/app/customer-health-change?is_worse=1&as_of={changes[0].as_of}",
		CHANGE,
		changes[0].name,
		f"<ul>{''.join(line_of(row, lang) for row in changes)}</ul>",
	)


def line_of(change: Any, lang: str) -> str:
	"""Return a customer with its band and why."""
	why = " · ".join(say_reasons(change.reasons, change.as_of, change.as_of, lang))
	band = translate(change.band, lang)
	return f"<li>{escape_html(name_of(change))}: {change.health} {band} · {escape_html(why)}</li>"


def name_of(change: Any) -> str:
	"""Return how a customer is called; a row written past ERPNext may have no name to show."""
	return str(change.customer_name or change.customer)

"""What the desk shows of a planned callback beside its date: the customer, how it stands, why now, what to talk about.

One query per kind of fact for all rows together.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import frappe
from frappe.query_builder.functions import Max
from frappe.utils import date_diff, getdate

from cs_retention.callbacks import talking_points
from cs_retention.callbacks.customer_facts import read_customer_facts
from cs_retention.callbacks.working_days import today
from cs_retention.cs_retention.people import full_names
from cs_retention.cs_retention.reader import language
from cs_retention.cs_retention.states import STATE
from cs_retention.engine.desk import STAR_RANK
from cs_retention.engine.health import aged
from cs_retention.engine.vocabulary import Band, Level
from cs_retention.nightly.reason_json import load_reasons
from cs_retention.render import formats
from cs_retention.render.translate import translate
from cs_retention.render.wording import sentence

FIELDS = (
	"name",
	"customer",
	"responsible",
	"account_manager",
	"due_date",
	"due_time",
	"channel",
	"reasons",
)
STATE_FIELDS = (
	"customer",
	"star_level",
	"is_key_account",
	"health",
	"health_band",
	"health_reasons",
	"health_as_of",
	"value_at_risk",
	"last_contact",
)
SUMMARY = 140
"""Characters of the last contact's summary that are shown."""


def complete(rows: Sequence[Any], promises: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
	"""Return rows as the desk shows them, by name; promises are given the names of who keeps them."""
	known = Known(sorted({row.customer for row in rows}), language())
	people = {row.account_manager for row in rows}
	people |= {touch.person for touch in known.last.values()}
	known.called = full_names(people | {row["promised_by"] for row in promises})
	for promise in promises:
		promise["promised_by_name"] = known.called.get(promise["promised_by"], promise["promised_by"])
	return {row.name: known.show(row) for row in rows}


class Known:
	"""What is known of the customers of one answer."""

	def __init__(self, customers: Sequence[str], lang: str):
		self.lang = lang
		self.called: Mapping[str, str] = {}
		# An empty list would read them all.
		self.customers = read_customers(customers) if customers else {}
		self.states = read_states(customers) if customers else {}
		self.phones = read_phones(customers) if customers else {}
		self.last = read_last_contacts(customers) if customers else {}
		self.points = talking_points.collect(customers, lang)
		self.facts = read_customer_facts(customers)

	def show(self, row: Any) -> dict[str, Any]:
		"""Return one row in the reader's words."""
		state, customer = self.states.get(row.customer, {}), self.customers[row.customer]
		number, spoken_to = self.phones.get(row.customer, (None, None))
		return {
			**{field: row[field] for field in ("name", "customer", "channel", "due_date", "account_manager")},
			"due_time": str(row.due_time)[:-3] if row.due_time else None,
			"due": due_words(row.due_date, self.lang),
			"customer_name": customer.customer_name,
			"manager_name": self.called.get(row.account_manager),
			"stars": formats.stars(state["star_level"], self.lang) if state.get("star_level") else "",
			"is_key_account": bool(state.get("is_key_account")),
			"band": state.get("health_band"),
			"health": health_words(state, self.lang),
			"main_reason": main_reason(state, self.lang),
			"why": [sentence(reason, self.lang) for reason in load_reasons(row.reasons)],
			"phone": customer.mobile_no or number,
			"contact": spoken_to,
			"last": self.last_words(row.customer),
			"points": self.points.get(row.customer, []),
			"facts": self.facts.get(row.customer, []),
			"weight": weight(state),
		}

	def last_words(self, customer: str) -> dict[str, Any] | None:
		"""Return the last contact: when, by whom, what was said."""
		touch = self.last.get(customer)
		if not touch:
			return None
		return {
			"day": formats.short_day(touch.touch_date, self.lang),
			"person": self.called.get(touch.person) or touch.person,
			"summary": shortened(touch.summary),
		}


def read_customers(customers: Sequence[str]) -> dict[str, Any]:
	"""Return name and telephone of customers whose callbacks the reader was found to see."""
	fields = ["name", "customer_name", "mobile_no"]
	return {row.name: row for row in frappe.get_all("Customer", {"name": ("in", customers)}, fields)}


def read_states(customers: Sequence[str]) -> dict[str, Any]:
	"""Return how the same customers stand."""
	found = frappe.get_all(STATE, {"customer": ("in", customers)}, list(STATE_FIELDS))
	return {row.customer: row for row in found}


def read_phones(customers: Sequence[str]) -> dict[str, tuple[str | None, str | None]]:
	"""Return a telephone number and the name behind it from the contacts of customers, the primary one first."""
	contact, link = frappe.qb.DocType("Contact"), frappe.qb.DocType("Dynamic Link")
	rows = (
		frappe.qb.from_(link)
		.join(contact)
		.on(contact.name == link.parent)
		.select(link.link_name, contact.mobile_no, contact.phone, contact.full_name)
		.where((link.parenttype == "Contact") & (link.link_doctype == "Customer"))
		.where(link.link_name.isin(customers))
		.orderby(contact.is_primary_contact)
		.orderby(contact.name)
		.run()
	)
	found: dict[str, tuple[str | None, str | None]] = {}
	for customer, mobile, phone, name in rows:
		# The last one stands, the primary contact, unless it has no number and another has.
		if mobile or phone or not found.get(customer, (None,))[0]:
			found[customer] = mobile or phone or None, name
	return found


def read_last_contacts(customers: Sequence[str]) -> dict[str, Any]:
	"""Return the newest contact that reached each of the customers."""
	touch, newest = frappe.qb.DocType("Customer Touch"), frappe.qb.DocType("Customer Touch").as_("newest")
	is_contact = newest.outcome.isin(("Reached", "Visited")) & newest.customer.isin(customers)
	latest = frappe.qb.from_(newest).select(newest.customer, Max(newest.touch_date).as_("day"))
	latest = latest.where(is_contact).groupby(newest.customer)
	rows = (
		frappe.qb.from_(touch)
		.join(latest)
		.on((latest.customer == touch.customer) & (latest.day == touch.touch_date))
		.select(touch.customer, touch.touch_date, touch.person, touch.summary)
		.where(touch.outcome.isin(("Reached", "Visited")))
		.orderby(touch.touch_time)
		.orderby(touch.creation)
	)
	# Of several on the day the last one stands.
	return {row.customer: row for row in rows.run(as_dict=True)}


def health_words(state: Mapping[str, Any], lang: str) -> str:
	"""Return health and band; a prospect has no figure, and who was never rated neither."""
	band = state.get("health_band")
	if not band:
		return ""
	return (
		translate(band, lang) if band == Band.PROSPECT.value else f"{state['health']} {translate(band, lang)}"
	)


def main_reason(state: Mapping[str, Any], lang: str) -> str:
	"""Return the weightiest reason of a health as it reads today."""
	reasons = load_reasons(state.get("health_reasons"))
	if not reasons:
		return ""
	days = max(0, date_diff(today(), state["health_as_of"])) if state.get("health_as_of") else 0
	return sentence(aged(reasons[0], days), lang)


def due_words(due_date: Any, lang: str) -> str:
	"""Return when a call is due, with the days that it is late."""
	day, late = getdate(due_date), date_diff(today(), due_date)
	if late <= 0:
		return formats.short_day(day, lang)
	words = translate("{0} day late" if late == 1 else "{0} days late", lang).format(late)
	return f"{formats.short_day(day, lang)} · {words}"


def weight(state: Mapping[str, Any]) -> list[float]:
	"""Return what puts a customer before others of the same date: key accounts, stars, then risk times value."""
	level = state.get("star_level") or Level.NEW.value
	is_key = bool(state.get("is_key_account"))
	return [0 if is_key else STAR_RANK[Level(level)], -(state.get("value_at_risk") or 0)]


def shortened(text: str | None) -> str:
	"""Return the beginning of a summary."""
	text = " ".join((text or "").split())
	return text if len(text) <= SUMMARY else f"{text[:SUMMARY]}…"

"""What there is to talk about with customers: one query per provider, whatever the number of customers.

A provider is named in the hook `retention_talking_points`: `provider(customers, lang)` returns by customer its points,
each with `kind`, `text` and, where it leads somewhere, `route`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import frappe
from frappe.utils import fmt_money, getdate

from cs_retention.callbacks.customer_file import missing_words, read_completeness
from cs_retention.callbacks.promises import CALLBACK, PROMISE
from cs_retention.callbacks.working_days import today
from cs_retention.cs_retention.states import STATE
from cs_retention.engine.vocabulary import PromiseStatus
from cs_retention.facts.issues import CLOSED
from cs_retention.facts.selection import Selection
from cs_retention.render import formats
from cs_retention.render.translate import translate

Points = Mapping[str, list[dict[str, Any]]]
ENDING_WITHIN = timedelta(days=60)
BIRTHDAY_WITHIN = 7
MOST_OF_A_KIND = 2
BIRTHDAY = "retention_date_of_birth"


def collect(customers: Sequence[str], lang: str) -> dict[str, list[dict[str, Any]]]:
	"""Return the points of all providers by customer, in the order of the hook."""
	found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
	for path in frappe.get_hooks("retention_talking_points") if customers else ():
		for customer, points in frappe.get_attr(path)(customers, lang).items():
			found[customer].extend(points[:MOST_OF_A_KIND])
	return found


def open_promises(customers: Sequence[str], lang: str) -> Points:
	"""Return what was promised and not yet kept."""
	callback, promise = frappe.qb.DocType(CALLBACK), frappe.qb.DocType(PROMISE)
	rows = (
		frappe.qb.from_(promise)
		.join(callback)
		.on(callback.name == promise.parent)
		.select(callback.customer, promise.promise, promise.due_date, callback.name)
		.where(callback.customer.isin(customers) & (promise.status == PromiseStatus.OPEN.value))
		.orderby(promise.due_date)
		.run()
	)
	text = translate("promised by {0}: {1}", lang)
	return by_customer(
		(customer, point("promise", text.format(formats.short_day(due, lang), what), CALLBACK, name))
		for customer, what, due, name in rows
	)


def open_issues(customers: Sequence[str], lang: str) -> Points:
	"""Return the issues that are open, for who may read issues."""
	if not frappe.has_permission("Issue", "read"):
		return {}
	still_open = {"customer": ("in", customers), "status": ("not in", CLOSED)}
	fields = ["customer", "name", "subject", "opening_date"]
	rows = frappe.get_list("Issue", still_open, fields, order_by="opening_date", limit=0)
	text = translate("open since {0}: {1}", lang)
	return by_customer(
		(
			row.customer,
			point("issue", text.format(day_of(row.opening_date, lang), row.subject), "Issue", row.name),
		)
		for row in rows
	)


def overdue_amounts(customers: Sequence[str], lang: str) -> Points:
	"""Return what is overdue, as the last night found it."""
	state = frappe.qb.DocType(STATE)
	query = frappe.qb.from_(state).select(state.customer, state.overdue_amount)
	rows = query.where(state.customer.isin(customers) & (state.overdue_amount > 0)).run()
	text = translate("{0} overdue", lang)
	return by_customer(
		(customer, point("overdue", text.format(fmt_money(amount)), "Customer", customer))
		for customer, amount in rows
	)


def contract_ends(customers: Sequence[str], lang: str) -> Points:
	"""Return the contracts that end within 60 days, for who may read contracts."""
	if not frappe.has_permission("Contract", "read"):
		return {}
	ending = {
		"party_type": "Customer",
		"party_name": ("in", customers),
		"docstatus": 1,
		"end_date": ("between", (today(), today() + ENDING_WITHIN)),
	}
	rows = frappe.get_list(
		"Contract", ending, ["party_name", "name", "end_date"], order_by="end_date", limit=0
	)
	text = translate("contract ends on {0}", lang)
	return by_customer(
		(row.party_name, point("contract", text.format(day_of(row.end_date, lang)), "Contract", row.name))
		for row in rows
	)


def birthdays(customers: Sequence[str], lang: str) -> Points:
	"""Return the contacts whose birthday is near, for who may read contacts."""
	if not frappe.has_permission("Contact", "read"):
		return {}
	contact, link = frappe.qb.DocType("Contact"), frappe.qb.DocType("Dynamic Link")
	rows = (
		frappe.qb.from_(link)
		.join(contact)
		.on(contact.name == link.parent)
		.select(link.link_name, contact.full_name, contact[BIRTHDAY], contact.name)
		.where((link.parenttype == "Contact") & (link.link_doctype == "Customer"))
		.where(link.link_name.isin(customers) & contact[BIRTHDAY].isnotnull())
		.run()
	)
	text = translate("birthday of {0} on {1}", lang)
	return by_customer(
		(customer, point("birthday", text.format(name, formats.short_day(day, lang)), "Contact", key))
		for customer, name, born, key in rows
		if (day := next_birthday(born)) <= today() + timedelta(days=BIRTHDAY_WITHIN)
	)


def incomplete_files(customers: Sequence[str], lang: str) -> Points:
	"""Return what to ask for where a customer's file lacks something its level requires."""
	text = translate("complete the file, {0}", lang)
	return by_customer(
		(found.customer, point("file", text.format(missing_words(lacking, lang)), "Customer", found.customer))
		for found, lacking in read_completeness(Selection.of(customers))
		if lacking.missing
	)


def next_birthday(born: date) -> date:
	"""Return the next birthday from today on; who was born on 29 February has it on the 28th in other years."""
	for year in (today().year, today().year + 1):
		try:
			day = born.replace(year=year)
		except ValueError:
			day = date(year, 2, 28)
		if day >= today():
			return day
	return day


def day_of(day: date | str | None, lang: str) -> str:
	"""Return a day in words, nothing for none."""
	return formats.full_day(getdate(day), lang) if day else ""


def point(kind: str, text: str, doctype: str, name: str) -> dict[str, Any]:
	"""Return one point, which leads to a document."""
	return {"kind": kind, "text": text, "route": ["Form", doctype, name]}


def by_customer(pairs: Iterable[tuple[str, dict[str, Any]]]) -> Points:
	"""Return points by customer, in their order."""
	found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
	for customer, row in pairs:
		found[customer].append(row)
	return found

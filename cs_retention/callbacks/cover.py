"""Cover: who is away, and the card from which the backup calls a customer of somebody else's."""

from datetime import date
from typing import Any

import frappe

from cs_retention.callbacks.customer import CALLBACK
from cs_retention.callbacks.promises import PROMISE
from cs_retention.cs_retention.people import full_names
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.vocabulary import PromiseStatus
from cs_retention.facts.calendars import Span, read_absences
from cs_retention.facts.issues import CLOSED
from cs_retention.facts.keys import fold
from cs_retention.facts.sql import BY_PEOPLE

LAST_CONTACTS, OPEN_ISSUES = 3, 10


def absent_people(day: date) -> set[str]:
	"""Return the users who are away on a day: absences entered, and approved leave where HRMS is installed."""
	away = read_absences(open_store(), Span(day, day))
	folded = {fold(user): user for user in frappe.get_all("User", pluck="name")} if away else {}
	return {folded[person] for person in away if person in folded}


@frappe.whitelist(methods=["GET"])
def get_card(customer: str) -> dict[str, Any]:
	"""Return the hand-over card of a customer: the last contacts, promises that are open, issues that are open."""
	doc = frappe.get_doc("Customer", customer)
	doc.check_permission("read")
	return {
		"customer": customer,
		"customer_name": doc.customer_name,
		"contacts": last_contacts(customer),
		"promises": open_promises(customer),
		"issues": open_issues(customer),
	}


def last_contacts(customer: str) -> list[dict[str, Any]]:
	"""Return the newest contacts and attempts of people that the reader sees."""
	fields = ["touch_date as day", "person", "channel", "outcome", "summary"]
	if not frappe.has_permission("Customer Touch", "read"):
		return []
	newest = "touch_date desc, touch_time desc, creation desc"
	made = {"customer": customer, "outcome": ("in", BY_PEOPLE)}
	found = frappe.get_list("Customer Touch", made, fields, order_by=newest, limit=LAST_CONTACTS)
	called = full_names(row.person for row in found)
	return [{**row, "person": called.get(row.person) or row.person} for row in found]


def open_promises(customer: str) -> list[dict[str, Any]]:
	"""Return the promises given to a customer that are neither kept nor dropped, of callbacks that the reader sees."""
	if not frappe.has_permission(CALLBACK, "read"):
		return []
	with_promises = frappe.get_list(
		CALLBACK,
		[["customer", "=", customer], [PROMISE, "status", "=", PromiseStatus.OPEN.value]],
		pluck="name",
		distinct=True,
	)
	fields = ["promise", "promised_by", "due_date"]
	# Rows of callbacks that were just found readable.
	rows = frappe.get_all(
		PROMISE,
		{"parent": ("in", with_promises), "status": PromiseStatus.OPEN.value},
		fields,
		order_by="due_date",
	)
	called = full_names(row.promised_by for row in rows)
	return [{**row, "promised_by": called.get(row.promised_by) or row.promised_by} for row in rows]


def open_issues(customer: str) -> list[dict[str, Any]]:
	"""Return the issues of a customer that are not closed, oldest first."""
	if not frappe.has_permission("Issue", "read"):
		return []
	still_open = {"customer": customer, "status": ("not in", CLOSED)}
	fields = ["name", "subject", "status", "opening_date"]
	return frappe.get_list("Issue", still_open, fields, order_by="opening_date", limit=OPEN_ISSUES)

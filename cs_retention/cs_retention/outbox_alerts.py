"""What retention managers are told of the outbox: messages that failed, are held, or may have been sent before."""

from collections.abc import Callable

import frappe
from frappe import _
from frappe.utils import add_to_date, now_datetime

from cs_retention.cs_retention.bells import for_each, managers, ring
from cs_retention.cs_retention.outbox import OUTBOX

FAILED, HELD = "/app/message-outbox?status=Failed", "/app/message-outbox?status=On%20Review"
HOURS = 1
"""Whoever has an alert of the same kind that is so new and still unread gets no second one."""


def tell_failed(count: int) -> None:
	"""Say that messages could not be sent."""
	tell(
		FAILED,
		lambda language: _("Messages that could not be sent: {0}. Open them to see why.", language).format(
			count
		),
	)


def tell_held(count: int) -> None:
	"""Say that messages wait for somebody to look at them."""
	tell(HELD, lambda language: _("Messages held for review: {0}.", language).format(count))


def tell_restored() -> None:
	"""Say that the database is an older one, and what that means for messages."""
	tell(
		HELD,
		lambda language: _(
			"The database was restored. Messages of today are held for review: some may have been sent before.",
			language,
		),
	)


def tell(link: str, words: Callable[[str], str]) -> None:
	"""Alert every retention manager in the open transaction."""
	since = add_to_date(now_datetime(), hours=-HOURS)
	# A job writes to people who may not see each other's alerts.
	fresh = {"type": "Alert", "link": link, "read": 0, "creation": (">", since)}
	told = set(frappe.get_all("Notification Log", fresh, pluck="for_user"))
	users = set(managers()) - told
	ring(for_each(users, f"{link}|{now_datetime()}", words, link, OUTBOX))

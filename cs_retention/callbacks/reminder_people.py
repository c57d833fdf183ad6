"""Whom reminders go to: users with their mail and language, who manages whom. One query per fact for all people."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

import frappe
from frappe.utils.user import get_users_with_role

from cs_retention.engine.outbox import Message
from cs_retention.engine.reasons import MessageError
from cs_retention.engine.vocabulary import MessageChannel

ROLE = "Retention Manager"


class Reader(NamedTuple):
	"""Somebody who is told something: the address, the language to speak, what they are called."""

	user: str
	email: str
	language: str
	name: str
	is_enabled: bool


def mail_to(reader: Reader, key: str, subject: str, text: str, now: datetime) -> Message | None:
	"""Return a mail to a reader; none where there is no address that mails can be sent to: the bell tells them."""
	try:
		return Message(key, MessageChannel.EMAIL, reader.email, subject, text, reader.language, now)
	except MessageError:
		return None


def read_readers(users: Collection[str]) -> dict[str, Reader]:
	"""Return those of the users who exist; a job or a manager's trial asks, for everybody."""
	fields = ["name", "email", "language", "full_name", "enabled"]
	found = frappe.get_all("User", {"name": ("in", list(users))}, fields, order_by="name") if users else []
	site = frappe.db.get_default("lang") or "en"
	return {
		row.name: Reader(
			row.name, row.email or "", row.language or site, row.full_name or row.name, bool(row.enabled)
		)
		for row in found
	}


def read_managers() -> list[str]:
	"""Return everybody who manages retention."""
	return sorted(get_users_with_role(ROLE))


def read_manager_of(people: Collection[str]) -> Mapping[str, str]:
	"""Return the user whom each of the people reports to as an employee, where there is one who is enabled."""
	employee, chief = frappe.qb.DocType("Employee"), frappe.qb.DocType("Employee").as_("chief")
	user = frappe.qb.DocType("User")
	query = (
		frappe.qb.from_(employee)
		.join(chief)
		.on(chief.name == employee.reports_to)
		.join(user)
		.on(user.name == chief.user_id)
		.select(employee.user_id, chief.user_id)
		.where((employee.status == "Active") & employee.user_id.isin(list(people)) & (user.enabled == 1))
	)
	return dict(query.run()) if people else {}

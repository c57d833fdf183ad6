"""Alerts in the bell, written in sets: one per key, whoever rings again."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

import frappe
from frappe.utils import escape_html, now_datetime
from frappe.utils.user import get_users_with_role

from cs_retention.nightly.outbox_rows import mail_tables
from cs_retention.store.base import Authorship
from cs_retention.store.site import SiteStore

LOG = "Notification Log"
MANAGING_ROLE = "Retention Manager"
FIELDS = (
	"name",
	"type",
	"for_user",
	"from_user",
	"subject",
	"link",
	"document_type",
	"document_name",
	"read",
)


class Bell(NamedTuple):
	"""An alert of a person: its key, a subject in plain text, where it leads, and the record that it is about."""

	key: str
	user: str
	subject: str
	link: str
	doctype: str | None = None
	document: str | None = None
	details: str | None = None
	"""What stands below the subject, as HTML."""


def for_each(
	users: Iterable[str | None],
	key: str,
	say: Callable[[str], str],
	link: str,
	doctype: str | None = None,
	document: str | None = None,
) -> Iterator[Bell]:
	"""Yield the alert of each of the users who can log in, in their own language; the key is made theirs."""
	for user, language in languages_of(users).items():
		yield Bell(f"{key}|{user}", user, say(language), link, doctype, document)


def managers() -> list[str]:
	"""Return the retention managers who can log in."""
	return get_users_with_role(MANAGING_ROLE)


def languages_of(users: Iterable[str | None]) -> dict[str, str]:
	"""Return the languages of those of the users who can log in."""
	named = sorted({user for user in users if user})
	rows = (
		frappe.get_all("User", {"name": ("in", named), "enabled": 1}, ["name", "language"]) if named else []
	)
	return {row.name: row.language or frappe.db.get_default("lang") or "en" for row in rows}


def ring(bells: Iterable[Bell]) -> int:
	"""Write the alerts that are new in the open transaction, let their readers know, and return how many."""
	by_name = {f"retention-{sha256(bell.key.encode()).hexdigest()[:32]}": bell for bell in listened_to(bells)}
	known = set(frappe.get_all(LOG, {"name": ("in", list(by_name))}, pluck="name")) if by_name else set()
	new = {name: bell for name, bell in by_name.items() if name not in known}
	store = SiteStore(frappe.db, Authorship(now=now_datetime), mail_tables())
	store.add_missing(LOG, FIELDS, [row_of(name, bell) for name, bell in new.items()])
	for name, bell in new.items():
		if bell.details:
			frappe.db.set_value(LOG, name, "email_content", bell.details, update_modified=False)
	tell_readers(sorted({bell.user for bell in new.values()}))
	return len(new)


def listened_to(bells: Iterable[Bell]) -> list[Bell]:
	"""Return the alerts of those who have not switched their bell off, as Frappe asks for its own."""
	found = list(bells)
	users = sorted({bell.user for bell in found})
	off = {"name": ("in", users), "enabled": 0}
	silent = set(frappe.get_all("Notification Settings", off, pluck="name")) if users else set()
	return [bell for bell in found if bell.user not in silent]


def row_of(name: str, bell: Bell) -> tuple[str | int | None, ...]:
	"""Return an alert as FIELDS; its subject is shown as HTML."""
	said = escape_html(bell.subject)
	return (name, "Alert", bell.user, bell.user, said, bell.link, bell.doctype, bell.document, 0)


def tell_readers(users: Sequence[str]) -> None:
	"""Let the bell of users show that there is something new, as Frappe does for a single one."""
	if users:
		frappe.db.set_value(
			"Notification Settings", {"name": ("in", users)}, "seen", 0, update_modified=False
		)
	for user in users:
		frappe.publish_realtime("notification", after_commit=True, user=user)

"""Alerts in the bell, written in sets: one per key, whoever rings again."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

import frappe
from frappe.utils import escape_html, now_datetime

from cs_retention.nightly.outbox_rows import mail_tables
from cs_retention.store.base import Authorship
from cs_retention.store.site import SiteStore

LOG = "Notification Log"
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


def ring(bells: Iterable[Bell]) -> int:
	"""Write the alerts that are new in the open transaction, let their readers know, and return how many."""
	by_name = {f"retention-{sha256(bell.key.encode()).hexdigest()[:32]}": bell for bell in bells}
	known = set(frappe.get_all(LOG, {"name": ("in", list(by_name))}, pluck="name")) if by_name else set()
	new = {name: bell for name, bell in by_name.items() if name not in known}
	store = SiteStore(frappe.db, Authorship(now=now_datetime), mail_tables())
	store.add_missing(LOG, FIELDS, [row_of(name, bell) for name, bell in new.items()])
	tell_readers(sorted({bell.user for bell in new.values()}))
	return len(new)


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

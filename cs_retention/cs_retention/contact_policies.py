"""The engine's contact policy from the document a manager keeps."""

from datetime import time
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, get_time

from cs_retention.cs_retention import policy_life
from cs_retention.cs_retention.refusals import refuse
from cs_retention.engine.contact_policy import Cap, ClassRule, ContactPolicy
from cs_retention.engine.reasons import PolicyError
from cs_retention.engine.vocabulary import ConsentRule, MessageChannel, MessageClass

CONTACT_POLICY = "Contact Policy"


def load_contact_policy(name: str | None = None) -> ContactPolicy:
	"""Return the contact policy in force, or another one by name."""
	name = name or policy_life.get_active(CONTACT_POLICY)
	if not name:
		frappe.throw(_("No Contact Policy is active. Try one and activate it."), title=_("No Policy"))
	return as_policy(frappe.get_doc(CONTACT_POLICY, name))


def contact_policy_in_force() -> ContactPolicy:
	"""Return the contact policy in force, the usual one where none is active: a report tells of touches all the same."""
	name = policy_life.get_active(CONTACT_POLICY)
	return load_contact_policy(name) if name else ContactPolicy()


def as_policy(doc: Document) -> ContactPolicy:
	"""Return the policy of a document; what cannot work is refused in the words of the form."""
	try:
		return ContactPolicy(**figures(doc), version=doc.name or doc.title)
	except PolicyError as error:
		refuse(error, doc)


def figures(doc: Document) -> dict[str, Any]:
	"""Return what a document says, as the engine takes it."""
	return {
		"caps": tuple(as_cap(row) for row in doc.caps),
		"classes": tuple(as_rule(row) for row in doc.classes),
		"min_gap_days": cint(doc.min_gap_days),
		"quiet_from": as_time(doc.quiet_from),
		"quiet_to": as_time(doc.quiet_to),
	}


def as_cap(row: Document) -> Cap:
	"""Return a row of caps."""
	return Cap(cint(row.touches), row.level or None, MessageChannel(row.channel) if row.channel else None)


def as_rule(row: Document) -> ClassRule:
	"""Return a row of classes."""
	consents = (ConsentRule(row.get(channel)) for channel in ("email", "sms"))
	return ClassRule(MessageClass(row.message_class), *consents, cint(row.keeps_free), cint(row.hold_days))


def as_time(value: Any) -> time | None:
	"""Return a time of day as the form, the database or a request gives it."""
	return None if value in (None, "") else get_time(value)


def texts(doc: Document) -> list[Any]:
	"""Return the figures as stored or typed, to be compared; they need not make a policy."""
	rows = [
		[str(row.get(name) or "") for name in fields]
		for table, fields in (
			("caps", ("level", "channel", "touches")),
			("classes", ("message_class", "email", "sms", "keeps_free", "hold_days")),
		)
		for row in doc.get(table)
	]
	return [cint(doc.min_gap_days), as_time(doc.quiet_from), as_time(doc.quiet_to), rows]

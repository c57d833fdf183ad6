"""The life that every policy of a manager's has: drafted, tried, activated, retired, and copied to be changed."""

from collections.abc import Callable, Iterable
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from cs_retention.engine.vocabulary import PolicyStatus

SHOWN = ("tried_on", "trial_summary", "trial_figures", "trial_error")
"""What a trial leaves; a policy may lack some of the fields."""

STANDING = ("status", *SHOWN, "activated_on", "activated_by", "active_key")
"""What only trying, activating and retiring change."""

OPEN = (PolicyStatus.DRAFT.value, PolicyStatus.TRIED.value)


def number_version(doc: Document) -> None:
	"""Make a new policy the next version of its title, a draft whatever it was copied from."""
	versions = frappe.get_all(doc.doctype, {"title": doc.title}, pluck="version")
	doc.version = max(versions, default=0) + 1
	doc.update(dict.fromkeys(standing(doc)))
	doc.status = PolicyStatus.DRAFT.value


def standing(doc: Document) -> list[str]:
	"""Return the fields of a policy's standing."""
	return [fieldname for fieldname in STANDING if doc.meta.has_field(fieldname)]


def validate_open(doc: Document) -> None:
	"""Refuse to change a policy that is or was in force."""
	before = doc.get_doc_before_save() or doc
	if before.status not in OPEN:
		frappe.throw(
			_("{0} is {1} and read-only. Make a new version of it and change that one.").format(
				frappe.bold(doc.name), _(before.status, context=doc.doctype)
			),
			title=_("Policy in Use"),
		)


def keep_standing(doc: Document, mapping: Callable[[Document], Any]) -> None:
	"""Keep the standing as stored; a policy whose figures, its mapping, changed has not been tried."""
	before = doc.get_doc_before_save()
	if not before:
		return
	fields = standing(doc)
	doc.update({fieldname: before.get(fieldname) for fieldname in fields})
	if mapping(doc) != mapping(before):
		cleared = dict.fromkeys(fieldname for fieldname in SHOWN if fieldname in fields)
		doc.update({**cleared, "status": PolicyStatus.DRAFT.value})


def record_trial(doc: Document, summary: str, figures: str | None = None) -> None:
	"""Remember that the figures as stored were tried, and what it showed in words and as JSON tables."""
	validate_open(doc)
	shown = dict(zip(SHOWN, (now_datetime(), summary, figures, None), strict=True))
	kept = {fieldname: value for fieldname, value in shown.items() if doc.meta.has_field(fieldname)}
	move(doc, status=PolicyStatus.TRIED.value, **kept)


def activate(doc: Document) -> None:
	"""Put a tried policy in force and retire the one before it."""
	policy = frappe.get_doc(doc.doctype, doc.name, for_update=True)
	if policy.status != PolicyStatus.TRIED.value:
		frappe.throw(
			_("{0} is {1}. Try it first, then activate it.").format(
				frappe.bold(policy.name), _(policy.status, context=policy.doctype)
			),
			title=_("Policy Not Tried"),
		)
	put_in_force(policy)
	doc.reload()


def put_in_force(doc: Document) -> None:
	"""Make this the active policy of its kind; the one that was is retired."""
	before = frappe.db.get_value(doc.doctype, {"active_key": doc.doctype}, for_update=True)
	if before:
		move(frappe.get_doc(doc.doctype, before), status=PolicyStatus.RETIRED.value, active_key=None)
	move(
		doc,
		status=PolicyStatus.ACTIVE.value,
		active_key=doc.doctype,
		activated_on=now_datetime(),
		activated_by=frappe.session.user,
	)


def new_version(doc: Document) -> str:
	"""Return the name of a new draft with the figures of this policy."""
	draft = frappe.copy_doc(frappe.get_doc(doc.doctype, doc.name))
	draft.copied_from = doc.name
	return draft.insert().name


def move(doc: Document, **standing: object) -> None:
	"""Save a change of standing, which validate otherwise puts back."""
	doc.flags.moves = True
	doc.update(standing)
	doc.save()
	doc.flags.moves = False


def get_active(doctype: str) -> str | None:
	"""Return the name of the active policy of a kind."""
	return frappe.db.get_value(doctype, {"active_key": doctype})


def validate_once(doc: Document, table: str, fieldname: str) -> None:
	"""Refuse a child table that names the same thing twice."""
	for value in repeated(row.get(fieldname) for row in doc.get(table)):
		frappe.throw(
			_("{0}: {1} stands twice. Keep one row of it.").format(
				frappe.bold(_(doc.meta.get_label(table))), frappe.bold(_(value))
			),
			title=_("Invalid Policy"),
		)


def repeated(values: Iterable[str]) -> list[str]:
	"""Return the values that occur more than once."""
	counted = list(values)
	return sorted({value for value in counted if counted.count(value) > 1})

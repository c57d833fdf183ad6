"""What the engine refuses, said in the words of a form."""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from cs_retention.engine.policy import Policy
from cs_retention.engine.reasons import PolicyError

GROUPS = {"weights": "Factors", "lower_bounds": "Bands", "tables": "Steps"}
"""Labels of the tables on the form in which the engine's groups of figures stand."""


def validate_policy(mapping: dict[str, Any], doc: Document) -> None:
	"""Refuse figures that the engine cannot build a policy from, naming field, value and remedy."""
	try:
		Policy.from_mapping(mapping)
	except PolicyError as error:
		refuse(error, doc)


def refuse(error: PolicyError, doc: Document) -> None:
	"""Throw the engine's refusal in the words of the form."""
	frappe.throw(
		_("{0}: {1} cannot be used; {2}.").format(
			frappe.bold(label_of(error.field, doc)),
			frappe.bold(shown(error.value)),
			_(error.template).format(**error.places),
		),
		title=_("Invalid Policy"),
	)


def shown(value: object) -> str:
	"""Return a refused value as a person reads it."""
	if value is None or value in ("", (), []):
		return _("an empty value")
	return ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


def label_of(field: str, doc: Document) -> str:
	"""Return the label of a dotted field of the engine: the form's own where it has the field, else table and row."""
	parts = field.split(".")
	for fieldname in (parts[-1], "_".join(parts[-2:])):
		if doc.meta.has_field(fieldname):
			return _(doc.meta.get_label(fieldname), context=doc.doctype)
	return ": ".join(_(GROUPS.get(part) or frappe.unscrub(part), context=doc.doctype) for part in parts[1:])

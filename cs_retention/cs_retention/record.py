"""The base of our DocTypes: a value that its field cannot hold is refused before any rule reads it."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import frappe
from frappe import _
from frappe.core.doctype.docfield.docfield import DocField
from frappe.model import data_fieldtypes
from frappe.model.base_document import BaseDocument
from frappe.model.document import Document

from cs_retention.cs_retention.inputs import (
	TEXT_BYTES,
	read_address,
	read_date,
	read_datetime,
	read_mapping,
	read_name,
	read_number,
	read_text,
	read_time,
	read_whole,
	read_word,
	refuse_value,
)


class Record(Document):
	"""A document of ours, whoever writes it and by whatever way: form, request, import or code."""

	def extend(self, key: str, value: Any) -> None:
		"""Add rows to a table; anything else is refused."""
		is_one = isinstance(value, str | dict) or not isinstance(value, Iterable)
		rows = [value] if is_one else list(value)
		for row in rows:
			if is_one or not isinstance(row, dict | BaseDocument):
				refuse_value(label_of(self.meta.get_field(key)), row, _("give rows of named values"))
		super().extend(key, rows)

	def _validate_links(self) -> None:
		"""Hold values to their fields before linked records are looked up; Frappe asks for no rule of ours before this."""
		self.keep_origin()
		self.hold_values()
		super()._validate_links()

	def keep_origin(self) -> None:
		"""Keep who made a record and when, whatever a request says; a record that is not submitted cannot be made so."""
		if before := self.get_doc_before_save():
			self.owner, self.creation = before.owner, before.creation
		if self.docstatus and not self.meta.is_submittable:
			refuse_value(_("Document Status"), self.docstatus, _("a record of this kind is only saved"))

	def hold_values(self) -> None:
		"""Read every value as its field holds it, and refuse one that it cannot hold."""
		for doc in (self, *self.get_all_children()):
			for field in doc.meta.fields:
				value = doc.get(field.fieldname)
				if field.fieldtype in data_fieldtypes and value is not None and value != "":
					doc.set(field.fieldname, held(value, label_of(field, doc), field))
			for field in doc.meta.get_link_fields():
				self.refuse_unknown(doc, field)

	def refuse_unknown(self, doc: Document, field: DocField) -> None:
		"""Refuse a link to nothing where other values are fetched along it: Frappe 15 lets such a one pass."""
		name = doc.get(field.fieldname)
		if not name or self.flags.ignore_links or not doc.meta.get_fields_to_fetch(field.fieldname):
			return
		if not frappe.db.exists(field.options, name):
			refuse_value(label_of(field, doc), name, _("name a record that there is"))


def read_form(doctype: str, value: object) -> Record:
	"""Return a record as it stands on a form, given as JSON, with its values held to their fields."""
	doc = frappe.new_doc(doctype)
	given = read_mapping(value, _(doctype))
	doc.update({name: given[name] for name in ("name", *doc.meta.get_valid_columns()) if name in given})
	doc.update({field.fieldname: given.get(field.fieldname) for field in doc.meta.get_table_fields()})
	doc.hold_values()
	return doc


def label_of(field: DocField, doc: Document | None = None) -> str:
	"""Return the label of a field, with the row for one in a table."""
	label = _(field.label or field.fieldname, context=field.parent)
	return _("Row {0}, {1}").format(doc.idx, label) if doc is not None and doc.get("parentfield") else label


def held(value: Any, label: str, field: DocField) -> Any:
	"""Return a value as its field holds it; one that says the same already as it came."""
	kind = field.fieldtype
	if kind == "Select":
		words = (field.options or "").split("\n")
		return read_word(value, label, words, field.parent) if any(words) else value
	if kind in READERS:
		read = READERS[kind](value, label)
		return value if value == read or str(value) == str(read) else read
	if kind in CHECKS:
		CHECKS[kind](value, label)
	else:
		read_text(value, label, TEXT_BYTES.get(kind))
	return value


READERS: dict[str, Callable[[Any, str], Any]] = {
	"Date": read_date,
	"Datetime": read_datetime,
	"Int": read_whole,
	"Check": partial(read_whole, least=0, most=1),
	**dict.fromkeys(("Float", "Currency", "Percent"), read_number),
}
"""What a value is read as, by the type of its field."""

CHECKS: dict[str, Callable[[Any, str], Any]] = {
	"Time": read_time,
	**dict.fromkeys(("Link", "Dynamic Link"), read_name),
	**dict.fromkeys(("Attach", "Attach Image"), read_address),
}
"""What a value must be though it is stored as given."""

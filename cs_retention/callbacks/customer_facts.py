"""Facts of customers that a manager chose to be shown beside a call: number, plan, months on net, contract end, balance.

Each row of the settings names a document type, how it leads to the customer, and one of its fields.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.meta import Meta
from frappe.query_builder import Criterion
from frappe.query_builder.functions import Max, Min, Sum
from frappe.utils import fmt_money, getdate

from cs_retention.callbacks.working_days import today
from cs_retention.cs_retention.permissions import may_see
from cs_retention.cs_retention.reader import language
from cs_retention.cs_retention.settings import SETTINGS
from cs_retention.render import formats
from cs_retention.render.translate import translate

CUSTOMER = "Customer"
AGGREGATES: Mapping[str, Callable[[Any], Any]] = {
	"Latest": Max,
	"Earliest": Min,
	"Sum": Sum,
	"Months Since": Min,
}
"""How the rows of several documents become one value."""
NUMBERS = ("Currency", "Float", "Int", "Percent")
DATES = ("Date", "Datetime")
SHOWN_TYPES = (*NUMBERS, *DATES, "Data", "Select", "Link", "Read Only", "Phone", "Dynamic Link")


def read_customer_facts(customers: Sequence[str]) -> dict[str, list[dict[str, str]]]:
	"""Return label and value of the chosen facts by customer, one query per fact; what the reader may not read is left out."""
	found: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
	lang = language()
	for row in frappe.get_cached_doc(SETTINGS).customer_facts if customers else ():
		if not frappe.has_permission(row.document_type, "read"):
			continue
		for customer, value in read_fact(row, customers):
			if value not in (None, "", 0):
				shown = {"label": _(row.label), "value": worded(row, value, lang)}
				found[customer].append(shown)
	return found


def read_fact(row: Document, customers: Sequence[str]) -> Iterable[tuple[str, Any]]:
	"""Return customer and value of one fact, from the documents that the reader's User Permissions let through."""
	table = frappe.qb.DocType(row.document_type)
	if row.document_type == CUSTOMER:
		query = frappe.qb.from_(table).select(table.name, table[row.document_field])
		return query.where(table.name.isin(customers) & may_see(row.document_type)).run()
	meta, link = frappe.get_meta(row.document_type), link_to_customer(frappe.get_meta(row.document_type))
	value = AGGREGATES[row.value or "Latest"](table[row.document_field])
	query = frappe.qb.from_(table).select(table[link], value).where(table[link].isin(customers))
	return query.where(in_force(meta, table, link) & may_see(row.document_type)).groupby(table[link]).run()


def in_force(meta: Meta, table: Any, link: str) -> Criterion:
	"""Return the condition that a document counts: submitted where it can be, and of a customer where it may be of others."""
	conditions = [table.docstatus == 1 if meta.is_submittable else table.docstatus < 2]
	field = meta.get_field(link)
	if field.fieldtype == "Dynamic Link":
		conditions.append(table[field.options] == CUSTOMER)
	return Criterion.all(conditions)


def link_to_customer(meta: Meta) -> str | None:
	"""Return the field by which a document names its customer: a link, else a dynamic one."""
	links = [field.fieldname for field in meta.get_link_fields() if field.options == CUSTOMER]
	dynamic = [field.fieldname for field in meta.get_dynamic_link_fields() if field.options == "party_type"]
	return next(iter([*links, *dynamic]), None)


def worded(row: Document, value: Any, lang: str) -> str:
	"""Return a value as people read it, after the type of its field."""
	if row.value == "Months Since":
		months = months_between(getdate(value), today())
		return translate("{0} month" if months == 1 else "{0} months", lang).format(months)
	field = frappe.get_meta(row.document_type).get_field(row.document_field)
	if field.fieldtype in DATES:
		return formats.full_day(getdate(value), lang)
	if field.fieldtype == "Currency":
		return fmt_money(value)
	return _(str(value)) if field.fieldtype == "Select" else str(value)


def months_between(first: date, last: date) -> int:
	"""Return the whole months from a day to a later one."""
	months = (last.year - first.year) * 12 + last.month - first.month
	return max(0, months - (last.day < first.day))


def validate_facts(settings: Document, method: str | None = None) -> None:
	"""Refuse facts that cannot be read, naming the row and what would do."""
	for row in settings.customer_facts:
		validate_fact(row)


def validate_fact(row: Document) -> None:
	"""Refuse a document that does not lead to a customer, a field that is not there, hidden or not to be shown."""
	meta = frappe.get_meta(row.document_type)
	if meta.istable or meta.issingle or (row.document_type != CUSTOMER and not link_to_customer(meta)):
		refuse_fact(row, row.document_type, _("choose a document that names its customer"))
	field = meta.get_field(row.document_field)
	if not field or field.fieldtype not in SHOWN_TYPES or field.permlevel:
		names = [
			each.fieldname for each in meta.fields if each.fieldtype in SHOWN_TYPES and not each.permlevel
		]
		refuse_fact(row, row.document_field, _("choose one of {0}").format(", ".join(names[:20])))
	if row.value == "Sum" and field.fieldtype not in NUMBERS:
		refuse_fact(row, row.value, _("choose a field that holds a number"))
	if row.value == "Months Since" and field.fieldtype not in DATES:
		refuse_fact(row, row.value, _("choose a field that holds a date"))


def refuse_fact(row: Document, value: str | None, remedy: str) -> None:
	"""Throw a sentence that names row, value and remedy."""
	frappe.throw(
		_("Row {0} of the customer facts: {1} cannot be shown; {2}.").format(
			row.idx, frappe.bold(frappe.utils.escape_html(value or "")), remedy
		),
		title=_("Invalid Customer Fact"),
	)

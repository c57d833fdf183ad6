"""Cases that a signal or a complaint opens: linked both ways, and never a second one beside an open case."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html

from cs_retention.callbacks.working_days import today
from cs_retention.churn_retention.case_actions import exit_rules, open_case
from cs_retention.churn_retention.case_rules import CASE
from cs_retention.churn_retention.signal_calls import SIGNAL, changeable
from cs_retention.cs_retention.inputs import read_names
from cs_retention.cs_retention.settings import complaint_types
from cs_retention.engine.retention_case import CaseSource
from cs_retention.engine.vocabulary import SignalRule

ISSUE = "Issue"
FIELD_OF: Mapping[str, str] = MappingProxyType({SIGNAL: "churn_signal", ISSUE: "issue"})
SOURCE_OF: Mapping[str, CaseSource] = MappingProxyType(
	{SIGNAL: CaseSource.SIGNAL, ISSUE: CaseSource.COMPLAINT}
)
SUGGESTED: Mapping[str, str] = MappingProxyType(
	{
		SignalRule.CANCELLATION_ASKED.value: "Cancellation",
		SignalRule.PORT_OUT_ASKED.value: "Port-out Considered",
		SignalRule.CONTRACT_ENDING.value: "Contract Not Renewed",
	}
)
"""The exit type that a signal speaks of; of all others the first one."""
MOST = 50


@frappe.whitelist(methods=["GET"])
def prepare(doctype: str, name: str) -> dict[str, Any]:
	"""Return what a case from a signal or a complaint begins with: the open one there is, and the exit types."""
	doc = source(doctype, name, "read")
	return {
		"open_case": open_case(doc.customer),
		"exit_types": [rule.exit_type for rule in exit_rules()],
		"suggested": suggested(doc),
	}


@frappe.whitelist(methods=["POST"])
def open_from(doctype: str, name: str, exit_type: str | None = None, asked_on: str | None = None) -> str:
	"""Return the case that a signal or a complaint is taken up in: the customer's open one, or a new one."""
	doc = source(doctype, name, "read" if doctype == ISSUE else "write")
	return take_up(doc, exit_type or suggested(doc), asked_on)


@frappe.whitelist(methods=["POST"])
def open_from_signals(signals: list | str) -> dict[str, Any]:
	"""Take up signals, each in a case of its customer; return the names of the cases and how many signals were left."""
	frappe.has_permission(SIGNAL, "write", throw=True)
	names = read_names(signals, _("Signals"))
	if len(names) > MOST:
		frappe.throw(_("{0} signals were chosen. Choose 1 to {1}.").format(len(names), MOST))
	waiting = [row for row in changeable(names) if row.rule != SignalRule.LOOKS_BILLED.value]
	documents = [frappe.get_doc(SIGNAL, row.name) for row in waiting]
	cases = {take_up(doc, suggested(doc)) for doc in documents if not doc.retention_case}
	return {"cases": sorted(cases), "left": len(set(names)) - len(waiting)}


def source(doctype: str, name: str, right: str) -> Document:
	"""Return a signal or an issue that the reader may read or write, with a customer."""
	if doctype not in FIELD_OF:
		frappe.throw(_("A case is opened from a signal or a complaint."), title=_("Not Possible"))
	doc = frappe.get_doc(doctype, name)
	doc.check_permission(right)
	if not doc.customer:
		frappe.throw(
			_("{0} names no customer. Enter the customer first.").format(frappe.bold(escape_html(name))),
			title=_("Not Possible"),
		)
	return doc


def suggested(doc: Document) -> str:
	"""Return the exit type that a signal speaks of, or the first there is."""
	names = [rule.exit_type for rule in exit_rules()]
	wanted = SUGGESTED.get(doc.get("rule") or "", "")
	return wanted if wanted in names else names[0]


def take_up(doc: Document, exit_type: str, asked_on: str | None = None) -> str:
	"""Return the open case of a customer, which the signal is then noted on, or open one."""
	frappe.has_permission(CASE, "create", throw=True)
	if standing := open_case(doc.customer):
		if doc.doctype == SIGNAL:
			link_signals([doc.name], standing)
		return standing
	case = frappe.new_doc(
		CASE,
		customer=doc.customer,
		exit_type=exit_type,
		asked_on=asked_on,
		competitor=doc.get("competitor"),
	)
	case.set(FIELD_OF[doc.doctype], doc.name)
	return case.insert().name


def validate_source(case: Document) -> None:
	"""Refuse a signal or an issue of another customer, and an issue that is no complaint; they say where it came from."""
	for doctype, field in FIELD_OF.items():
		if not (name := case.get(field)):
			continue
		frappe.has_permission(doctype, "read", name, throw=True)
		if frappe.db.get_value(doctype, name, "customer") != case.customer:
			frappe.throw(
				_("{0} is not about {1}. Name one that is, or none.").format(
					frappe.bold(escape_html(name)), frappe.bold(escape_html(case.customer))
				),
				title=_("Not Possible"),
			)
		if doctype == ISSUE:
			validate_complaint(name)
		case.source = SOURCE_OF[doctype].value


def validate_complaint(issue: str) -> None:
	"""Refuse an issue whose type is none of those that the settings call complaints."""
	kinds = {kind.casefold() for kind in complaint_types()}
	kind = frappe.db.get_value(ISSUE, issue, "issue_type") or ""
	if kind.casefold() not in kinds:
		frappe.throw(
			_(
				"{0} is no complaint. Give it an Issue Type that is one, or open the case on the Customer."
			).format(frappe.bold(escape_html(issue))),
			title=_("Not Possible"),
		)


def note_on_signal(case: Document) -> None:
	"""Note on the signal which case it was taken up in."""
	if case.churn_signal:
		link_signals([case.churn_signal], case.name)


def link_signals(names: Sequence[str], case: str) -> None:
	"""Note on signals the case that acts on them, by whom and since when."""
	values = {"retention_case": case, "acted_on": today(), "acted_by": frappe.session.user}
	frappe.db.set_value(SIGNAL, {"name": ("in", names)}, values)


def add_connections(data: dict[str, Any]) -> dict[str, Any]:
	"""Add the cases to the connections of an Issue."""
	data.setdefault("transactions", []).append({"label": _("Retention"), "items": [CASE]})
	return data

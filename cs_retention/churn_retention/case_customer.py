"""What becomes of cases when a customer is merged, disabled or handed over."""

from collections.abc import Mapping, Sequence

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder.functions import Count
from frappe.utils import escape_html

from cs_retention.callbacks.working_days import today
from cs_retention.churn_retention.case_rules import CASE
from cs_retention.cs_retention.merging import states_to_fold
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.retention_case import CaseStatus
from cs_retention.facts.cases import read_released
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection


def fold_cases(doc: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""Hand the loser's cases to the winner; two open ones are for people to decide on first."""
	states = states_to_fold(old, new, merge)
	if not states:
		return
	loser, winner = states
	of_loser, of_winner = open_case_of(loser), open_case_of(winner)
	if of_loser and of_winner:
		frappe.throw(
			_("{0} has the open case {1} and {2} has {3}. Close one of them, then merge.").format(
				*(frappe.bold(escape_html(text)) for text in (old, of_loser, new, of_winner))
			),
			title=_("Two Open Cases"),
		)
	bring_back(old, new)
	frappe.db.set_value(CASE, {"state": loser}, "state", winner)
	if of_loser:
		frappe.db.set_value(CASE, of_loser, "open_key", winner)


def bring_back(old: str, new: str) -> None:
	"""Of two records that become one, note on the case of the one that was let go that the other never left."""
	gone = read_released(open_store(), Selection.of([old, new]))
	if len(gone) == 1:
		(key,) = gone
		left = {"customer": old if fold(old) == key else new, "status": CaseStatus.RELEASED.value}
		frappe.db.set_value(CASE, left, "back_on", today())


def open_case_of(state: str) -> str | None:
	"""Return the open case of a customer's state."""
	return frappe.db.get_value(CASE, {"open_key": state})


def validate_disabled(doc: Document, method: str | None = None) -> None:
	"""Refuse to disable a customer whom somebody is still trying to keep."""
	if doc.is_new() or not doc.disabled or not doc.has_value_changed("disabled"):
		return
	still_open = {"customer": doc.name, "open_key": ("is", "set")}
	if name := frappe.db.get_value(CASE, still_open):
		frappe.throw(
			_("{0} has the open case {1}. Close it with its result, then disable the customer.").format(
				frappe.bold(escape_html(doc.customer_name)), frappe.bold(name)
			),
			title=_("Open Case"),
		)


def cases() -> tuple[str, object, object]:
	"""Return how open cases are counted and moved at a hand-over."""
	return "cases", count_cases, move_cases


def count_cases(customers: Sequence[str], person: str) -> Mapping[str, int]:
	"""Return how many open cases of customers are a person's."""
	case = frappe.qb.DocType(CASE)
	query = frappe.qb.from_(case).select(case.customer, Count("*")).groupby(case.customer)
	theirs = case.customer.isin(customers) & (case.account_manager == person)
	return dict(query.where(theirs & case.open_key.isnotnull()).run())


def move_cases(customers: Sequence[str], before: str, after: str) -> None:
	"""Give the open cases that were one person's to another; their clocks stay."""
	case = frappe.qb.DocType(CASE)
	theirs = case.customer.isin(customers) & (case.account_manager == before) & case.open_key.isnotnull()
	frappe.qb.update(case).set(case.account_manager, after).where(theirs).run()

"""Warnings of other systems: whose customer they mean, and the signal they become."""

from collections.abc import Sequence

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from cs_retention.churn_retention.doctype.churn_signal.churn_signal import ACTING
from cs_retention.cs_retention.states import ensure_state
from cs_retention.engine.vocabulary import SignalRule, WarningStatus
from cs_retention.nightly.signals import open_key

WARNING, SIGNAL = "External Warning", "Churn Signal"
RULE = SignalRule.EXTERNAL_WARNING
MOST = 500


def find_customer(given: str) -> tuple[str | None, str | None]:
	"""Return the customer that is meant by number or name, or why there is none."""
	if name := frappe.db.get_value("Customer", {"name": given}):
		return name, None
	named = frappe.get_all("Customer", {"customer_name": given}, pluck="name", limit=2)
	if len(named) == 1:
		return named[0], None
	if named:
		return None, _(
			"{0} is the name of several customers. Give the number of the one that is meant."
		).format(given)
	return None, _("{0} is no customer here. Correct the name, or make the customer and try again.").format(
		given
	)


def raise_signal(warning: Document) -> str:
	"""Return the signal that a warning becomes: a new one, or the customer's open one, which is told the rest."""
	state = ensure_state(warning.customer)
	note = ": ".join(filter(None, (f"{warning.source} {warning.batch}", warning.note)))
	standing = frappe.db.get_value(SIGNAL, {"open_key": open_key(state, RULE)})
	if standing:
		signal = frappe.get_doc(SIGNAL, standing, for_update=True)
		signal.note = "\n".join(filter(None, (signal.note, note)))
	else:
		signal = frappe.new_doc(SIGNAL, customer=warning.customer, rule=RULE.value, state=state, note=note)
		signal.open_as_of(getdate(warning.warned_on))
	signal.flags.acting = ACTING
	return signal.save().name


def try_again(names: Sequence[str]) -> dict[str, int]:
	"""Save warnings kept aside once more and return how many were taken; each by the right on itself."""
	if len(names) > MOST:
		frappe.throw(
			_("{0} warnings were chosen. Choose 1 to {1}.").format(len(names), MOST), title=_("Not Possible")
		)
	aside = {"name": ("in", list(names)), "status": WarningStatus.KEPT_ASIDE.value}
	taken, found = 0, frappe.get_list(WARNING, aside, pluck="name", limit=0)
	for name in found:
		warning = frappe.get_doc(WARNING, name, for_update=True)
		taken += warning.save().status == WarningStatus.TAKEN.value
	return {"taken": taken, "left": len(found) - taken}

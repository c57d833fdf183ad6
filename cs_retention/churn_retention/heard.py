"""What a call brought up, entered as a signal."""

import frappe
from frappe.model.document import Document

from cs_retention.engine.churn_signals import ENTERED_RULES
from cs_retention.engine.vocabulary import SignalRule
from cs_retention.nightly.signals import open_key

SIGNAL = "Churn Signal"


def enter_signal(callback: Document, rule: str, competitor: str | None = None) -> str:
	"""Return the signal of what was heard: a new one, or the open one of the rule, which is told the rest."""
	known = rule in [each.value for each in ENTERED_RULES]
	key = open_key(callback.state, SignalRule(rule)) if known else None
	standing = frappe.db.get_value(SIGNAL, {"open_key": key}) if key else None
	if not standing:
		told = {
			"customer": callback.customer,
			"rule": rule,
			"competitor": competitor,
			"note": callback.summary,
		}
		return frappe.get_doc({"doctype": SIGNAL, **told}).insert().name
	signal = frappe.get_doc(SIGNAL, standing, for_update=True)
	signal.note = "\n".join(filter(None, (signal.note, callback.summary)))
	signal.competitor = competitor or signal.competitor
	return signal.save().name

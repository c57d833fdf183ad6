"""Many callbacks at once: each through the action of its own document, with its own refusal where it has one."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime, strip_html

from cs_retention.callbacks.customer import CALLBACK
from cs_retention.callbacks.replanning import hold_customers_of, propose_next
from cs_retention.callbacks.working_days import today
from cs_retention.cs_retention.bells import Bell, ring
from cs_retention.cs_retention.inputs import read_names

AT_ONCE, MOST = 20, 500
"""Callbacks done while the user waits, and in one go at all."""
SAVEPOINT = "before_callback"


@frappe.whitelist(methods=["POST"])
def reassign(callbacks: list | str, person: str, reason: str) -> dict[str, Any]:
	"""Give callbacks to a person who is account manager or backup of their customers."""
	return run("reassign", callbacks, {"person": person, "reason": reason})


@frappe.whitelist(methods=["POST"])
def reschedule(callbacks: list | str, due_date: date | str, reason: str) -> dict[str, Any]:
	"""Move callbacks to another day."""
	return run("reschedule", callbacks, {"due_date": due_date, "reason": reason})


@frappe.whitelist(methods=["POST"])
def complete(callbacks: list | str, outcome: str, summary: str, spoken_to: str) -> dict[str, Any]:
	"""Log callbacks as made today with one result; each is followed by the date that its plan proposes."""
	return run("complete", callbacks, {"outcome": outcome, "summary": summary, "spoken_to": spoken_to})


def run(action: str, callbacks: list | str, values: dict[str, Any]) -> dict[str, Any]:
	"""Do an action now, or in a job when there are many; the right to change is that of every single callback."""
	frappe.has_permission(CALLBACK, "write", throw=True)
	names = list(dict.fromkeys(read_names(callbacks, _("Callbacks"))))
	if not 0 < len(names) <= MOST:
		frappe.throw(_("{0} callbacks were chosen. Choose 1 to {1}.").format(len(names), MOST))
	if len(names) <= AT_ONCE:
		return work(action, names, values)
	frappe.enqueue(
		work_and_tell,
		action=action,
		names=names,
		values=values,
		language=frappe.local.lang,
		enqueue_after_commit=True,
		timeout=3600,
	)
	return {"is_enqueued": True, "done": 0, "failed": []}


def work_and_tell(action: str, names: Sequence[str], values: dict[str, Any], language: str) -> None:
	"""Do an action in a job, then tell who asked for it what came of it, in the language of the screen."""
	# A job begins in the language of the site.
	frappe.local.lang = language
	came = work(action, names, values)
	subject = _("{0} callbacks done, {1} not").format(came["done"], len(came["failed"]))
	lines = "".join(f"<li>{row['customer']}: {row['why']}</li>" for row in came["failed"])
	user = frappe.session.user
	key, link = f"bulk-callbacks|{user}|{now_datetime()}", "/app/customer-callback"
	ring([Bell(key, user, subject, link, details=f"<ul>{lines}</ul>")])


def work(action: str, names: Sequence[str], values: dict[str, Any]) -> dict[str, Any]:
	"""Do an action callback by callback; what one refuses takes nothing back from the others."""
	done, failed = 0, []
	hold_customers_of(names)
	for name in names:
		frappe.db.savepoint(SAVEPOINT)
		said = len(frappe.local.message_log)
		try:
			doc = frappe.get_doc(CALLBACK, name, for_update=True)
			doc.check_permission("write")
			ACTIONS[action](doc, values)
			done += 1
		except (frappe.ValidationError, frappe.PermissionError, frappe.DoesNotExistError) as error:
			frappe.db.rollback(save_point=SAVEPOINT)
			failed.append({"name": name, "customer": customer_of(name), "why": reason_of(error)})
		del frappe.local.message_log[said:]
	return {"is_enqueued": False, "done": done, "failed": failed}


def do_complete(doc: Document, values: dict[str, Any]) -> None:
	"""Log one callback, followed by what its plan proposes."""
	proposed = propose_next(doc.customer, today(), doc.name)
	following = (
		{"next_date": proposed.due_date}
		if proposed
		else {"no_next_reason": _("nothing more is owed at present")}
	)
	doc.complete(**values, **following)


ACTIONS: dict[str, Callable[[Document, dict[str, Any]], Any]] = {
	"reassign": lambda doc, values: doc.reassign(**values),
	"reschedule": lambda doc, values: doc.reschedule(**values),
	"complete": do_complete,
}


def customer_of(name: str) -> str:
	"""Return the customer of a callback that the user may read, else its bare name."""
	found = frappe.get_list(CALLBACK, {"name": name}, pluck="customer")
	return frappe.utils.escape_html(found[0] if found else name)


def reason_of(error: Exception) -> str:
	"""Return what a refusal says, as one line without markup."""
	said = [message.get("message") for message in map(frappe.parse_json, frappe.local.message_log[-1:])]
	return frappe.utils.escape_html(strip_html(str(next(filter(None, said), error))))

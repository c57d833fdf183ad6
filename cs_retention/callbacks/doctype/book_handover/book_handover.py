from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from cs_retention.callbacks import handover
from cs_retention.callbacks.retention_handover import enqueue_move
from cs_retention.cs_retention.people import full_names
from cs_retention.cs_retention.record import Record
from cs_retention.engine.handover import HandoverStatus, Left, RowStatus

DECIDES = ("from_person", "role", "split", "of_territory", "of_customer_group", "star_level", "hands_back")
WRITTEN = ("status", "tried_on", "customers", "moved", "left_over")
"""Fields that only trying and moving write."""
PAGE = 50


class BookHandover(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from cs_retention.callbacks.doctype.book_handover_target.book_handover_target import (
			BookHandoverTarget,
		)

		amended_from: DF.Link | None
		customers: DF.Int
		from_person: DF.Link | None
		hands_back: DF.Link | None
		is_acknowledged: DF.Check
		left_over: DF.Int
		moved: DF.Int
		of_customer_group: DF.Link | None
		of_territory: DF.Link | None
		reason: DF.SmallText
		role: DF.Literal["Account Manager", "Backup", "Both"]
		split: DF.Literal["Fewest Customers", "Least Revenue", "Round Robin"]
		star_level: DF.Literal["", "Five Star", "Four Star", "Three Star", "Two Star", "One Star"]
		status: DF.Literal["Draft", "Tried", "Moving", "Done"]
		targets: DF.Table[BookHandoverTarget]
		tried_on: DF.Datetime | None
	# end: auto-generated types

	def validate(self) -> None:
		self.keep_what_is_written()
		self.validate_people()

	def before_submit(self) -> None:
		self.validate_tried()
		self.validate_acknowledged()
		self.status = HandoverStatus.MOVING.value

	def on_submit(self) -> None:
		enqueue_move(self.name)

	def before_cancel(self) -> None:
		frappe.throw(
			_("A hand-over is not cancelled. Hand the customers back with a new one: {0}.").format(
				frappe.bold(_("Hand Back"))
			),
			title=_("Not Possible"),
		)

	def on_trash(self) -> None:
		frappe.db.delete(handover.ROW, {"handover": self.name})

	def keep_what_is_written(self) -> None:
		"""Keep what trying and moving wrote, whatever a request says; a changed question makes a draft again."""
		if self.flags.by_trial:
			return
		before = self.get_doc_before_save()
		for field in WRITTEN:
			self.set(field, before.get(field) if before else self.meta.get_field(field).default)
		if before and self.docstatus.is_draft() and self.is_changed(before):
			self.status, self.tried_on, self.is_acknowledged = HandoverStatus.DRAFT.value, None, 0

	def is_changed(self, before: Document) -> bool:
		"""Whether something was changed that decides who gets whom."""
		people = [row.person for row in self.targets] != [row.person for row in before.targets]
		return people or any(self.has_value_changed(field) for field in DECIDES)

	def validate_people(self) -> None:
		"""Refuse a hand-over from and to the same person, to somebody who cannot log in, and to the same one twice."""
		people = [row.person for row in self.targets]
		if not self.from_person and not self.hands_back:
			frappe.throw(
				_("Name who gives the customers away."), frappe.MandatoryError, title=_("Invalid Hand-over")
			)
		for person in people:
			if person == self.from_person and not self.hands_back:
				self.refuse(person, _("gives the customers away; name somebody else"))
			if people.count(person) > 1:
				self.refuse(person, _("is named twice; once will do"))
			if not frappe.db.get_value("User", person, "enabled"):
				self.refuse(person, _("is disabled; name a person who can log in"))

	def refuse(self, person: str, why: str) -> None:
		"""Throw what is wrong with a person."""
		label = _("To", context="Book Handover")
		frappe.throw(f"{label}: {frappe.bold(person)} {why}.", title=_("Invalid Hand-over"))

	def validate_tried(self) -> None:
		"""Refuse what was not tried, what would move nobody, and what has changed since it was tried."""
		if self.status != HandoverStatus.TRIED.value:
			frappe.throw(_("Try the hand-over first: it shows who would get whom."), title=_("Not Tried"))
		if handover.is_stale(self):
			frappe.throw(
				_("Customers have come, gone or changed hands since it was tried. Try it again."),
				title=_("Changed Since"),
			)
		if not self.customers:
			frappe.throw(
				_("There is no customer to move. Look at {0} and at the filters.").format(
					_("From", context="Book Handover")
				),
				title=_("Nothing to Move"),
			)

	def validate_acknowledged(self) -> None:
		"""Refuse to leave customers behind without somebody knowing."""
		if self.left_over and not self.is_acknowledged:
			frappe.throw(
				_("{0} customers would not move. Look at them, then tick {1}.").format(
					self.left_over, frappe.bold(_(self.meta.get_label("is_acknowledged")))
				),
				title=_("Not Acknowledged"),
			)


@frappe.whitelist(methods=["POST"])
def try_handover(name: str) -> dict[str, int]:
	"""Find out who would get whom, and what moves along; nothing is moved."""
	doc = opened(name, "write")
	if not doc.docstatus.is_draft():
		frappe.throw(_("{0} was submitted already.").format(frappe.bold(name)), title=_("Not Possible"))
	figures = handover.try_out(doc)
	doc.update(
		{**figures, "status": HandoverStatus.TRIED.value, "tried_on": now_datetime(), "is_acknowledged": 0}
	)
	doc.flags.by_trial = True
	doc.save()
	return figures


@frappe.whitelist(methods=["POST"])
def hand_back(name: str) -> str:
	"""Return the name of a new hand-over that gives back what this one moved."""
	doc = opened(name, "read")
	if doc.status != HandoverStatus.DONE.value:
		frappe.throw(_("Only a hand-over that is done is handed back."), title=_("Not Possible"))
	people = sorted(set(frappe.get_all(handover.ROW, {"handover": name}, pluck="before")))
	fields = {
		"from_person": None,
		"role": doc.role,
		"reason": _("Back from {0}").format(name),
		"hands_back": name,
		"targets": [{"person": person} for person in people],
	}
	return frappe.get_doc({"doctype": handover.HANDOVER, **fields}).insert().name


@frappe.whitelist(methods=["GET"])
def list_rows(name: str, start: int = 0) -> dict[str, Any]:
	"""Return a page of the log, what is not moved first, in words."""
	opened(name, "read")
	fields = [
		"customer",
		"customer.customer_name as customer_name",
		"role",
		"before",
		"after",
		"status",
		"reason",
	]
	rows = frappe.get_list(
		handover.ROW,
		{"handover": name},
		[*fields, *handover.MOVING],
		order_by="status, customer",
		start=max(0, start),
		limit=PAGE,
	)
	called = full_names({row[side] for row in rows for side in ("before", "after")})
	for row in rows:
		row.update({side: called.get(row[side]) for side in ("before", "after")})
		row.reason = why_left(row.reason) if row.status == RowStatus.LEFT.value else ""
	return {"rows": rows, "count": frappe.db.count(handover.ROW, {"handover": name})}


def why_left(code: str) -> str:
	"""Return why a customer is not moved."""
	return {
		Left.NOBODY_ELSE.value: _("everybody named stands in the other role of this customer"),
		Left.CHANGED.value: _("somebody else answers for this customer by now"),
	}[code]


@frappe.whitelist(methods=["GET"])
def get_progress(name: str) -> dict[str, Any]:
	"""Return how far a hand-over is."""
	doc = opened(name, "read")
	return {"status": doc.status, "moved": doc.moved, "customers": doc.customers}


def opened(name: str, right: str) -> BookHandover:
	"""Return a hand-over to somebody who has the right."""
	doc = frappe.get_doc(handover.HANDOVER, name)
	doc.check_permission(right)
	return doc

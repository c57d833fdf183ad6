"""What an alliance manager does with a merchant: admit, suspend, resume, eliminate, let it apply again."""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, getdate, nowdate

from cs_retention.cs_retention.refusals import refuse
from cs_retention.engine.alliance_life import (
	AdmissionItem,
	Candidate,
	admission_points,
	after_action,
	check_admission,
	replacements,
)
from cs_retention.engine.callback_work import check_reason
from cs_retention.engine.reasons import WorkError
from cs_retention.engine.vocabulary import MerchantAction, MerchantStatus
from cs_retention.merchant_alliance.settings import life_policy

MERCHANT = "Alliance Merchant"
DATES = {
	MerchantAction.ADMIT: "admitted_on",
	MerchantAction.SUSPEND: "suspended_on",
	MerchantAction.ELIMINATE: "eliminated_on",
}
FRESH = {"tier": None, "reviews_in_probation": 0, "suspended_on": None, "eliminated_on": None}
"""What whoever applies again begins with."""


def act(merchant: Document, action: MerchantAction, reason: str | None) -> None:
	"""Take a merchant to where an action leads; refused with a sentence where it may not go there."""
	status = allowed(merchant, action)
	try:
		if action is MerchantAction.ADMIT:
			check_admission(items_of(merchant), contract_end(merchant), life_policy(), getdate(nowdate()))
		else:
			check_reason("status_reason", reason or "")
	except WorkError as error:
		refuse(error, merchant, title=_("Not Possible"))
	changed: dict[str, Any] = {"status": status.value, "status_reason": reason or None}
	if action is MerchantAction.APPLY_AGAIN:
		changed.update(FRESH)
	if action is MerchantAction.RESUME:
		changed["suspended_on"] = None
	if action in DATES:
		changed[DATES[action]] = nowdate()
	merchant.update(changed)
	merchant.flags.by_action = True
	merchant.save()


def allowed(merchant: Document, action: MerchantAction) -> MerchantStatus:
	"""Return where an action leads; refused with what is possible instead."""
	try:
		return after_action(MerchantStatus(merchant.status), action)
	except WorkError as error:
		instead = ", ".join(_(each.value, context=MERCHANT) for each in error.places["allowed"])
		frappe.throw(
			_("{0} is {1}. Possible now: {2}.").format(
				frappe.bold(merchant.merchant_name),
				frappe.bold(_(merchant.status, context=MERCHANT)),
				frappe.bold(instead),
			),
			title=_("Not Possible"),
		)


def items_of(merchant: Document) -> list[AdmissionItem]:
	"""Return the checklist as the engine takes it."""
	return [
		AdmissionItem(row.item, flt(row.weight), bool(cint(row.is_met)), bool(cint(row.is_required)))
		for row in merchant.checklist
	]


def points_of(merchant: Document) -> float:
	"""Return the points of admission."""
	return admission_points(items_of(merchant))


def contract_end(merchant: Document) -> Any:
	"""Return the end of the merchant's contract, the last of all days where it has none; None without a contract in force."""
	found = frappe.db.get_value(
		"Contract", {"name": merchant.contract or "", "docstatus": 1}, ["end_date", "name"], as_dict=True
	)
	if not found:
		return None
	return getdate(found.end_date) if found.end_date else getdate("9999-12-31")


def find_replacements(merchant: Document) -> list[Candidate]:
	"""Return the candidates of the same category and territory, the best first, of those the user may read."""
	rows = frappe.get_list(
		MERCHANT,
		{"status": MerchantStatus.CANDIDATE.value, "category": merchant.category or ("is", "not set")},
		["name", "category", "territory", "admission_points"],
		limit=0,
	)
	candidates = (
		Candidate(row.name, row.category or "", row.territory or "", flt(row.admission_points))
		for row in rows
	)
	return replacements(candidates, merchant.category or "", merchant.territory or "")

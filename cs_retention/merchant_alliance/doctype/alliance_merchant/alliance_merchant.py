from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from cs_retention.cs_retention.record import Record
from cs_retention.cs_retention.refusals import refuse
from cs_retention.engine.alliance_life import Candidate, check_parents, contract_notice
from cs_retention.engine.reasons import WorkError
from cs_retention.engine.vocabulary import MerchantAction, MerchantLeft, MerchantStatus, Tier
from cs_retention.merchant_alliance import campaigns, merchants, sanctions

WRITTEN = (
	"status",
	"tier",
	"admitted_on",
	"suspended_on",
	"eliminated_on",
	"reviews_in_probation",
	"status_reason",
)
"""What only actions and reviews write."""


LEAVES = {
	MerchantStatus.SUSPENDED.value: MerchantLeft.SUSPENDED,
	MerchantStatus.ELIMINATED.value: MerchantLeft.ELIMINATED,
}
"""Why a merchant leaves its campaigns, by the status it comes to."""


class AllianceMerchant(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from cs_retention.merchant_alliance.doctype.alliance_checklist_item.alliance_checklist_item import (
			AllianceChecklistItem,
		)
		from cs_retention.merchant_alliance.doctype.alliance_outlet.alliance_outlet import AllianceOutlet

		admission_points: DF.Float
		admitted_on: DF.Date | None
		alliance_manager: DF.Link | None
		backup_manager: DF.Link | None
		benefits: DF.SmallText | None
		category: DF.Link | None
		checklist: DF.Table[AllianceChecklistItem]
		contract: DF.Link | None
		customer: DF.Link
		eliminated_on: DF.Date | None
		merchant_name: DF.Data | None
		outlets: DF.Table[AllianceOutlet]
		parent_merchant: DF.Link | None
		reviews_in_probation: DF.Int
		status: DF.Literal["Candidate", "Admitted", "Suspended", "Eliminated"]
		status_reason: DF.SmallText | None
		supplier: DF.Link | None
		suspended_on: DF.Date | None
		territory: DF.Link | None
		tier: DF.Literal["", "Strategic", "Preferred", "Standard", "Probation"]
	# end: auto-generated types

	def validate(self) -> None:
		self.keep_what_is_written()
		self.validate_parent()
		self.validate_contract()
		self.admission_points = merchants.points_of(self)

	def on_update(self) -> None:
		"""Let a merchant that is suspended or eliminated leave its campaigns the same day."""
		if self.has_value_changed("status") and self.status in LEAVES:
			campaigns.leave_all({self.name: LEAVES[self.status]})

	def on_trash(self) -> None:
		"""Refuse to delete a merchant that ever belonged."""
		if self.status != MerchantStatus.CANDIDATE.value or self.eliminated_on or self.admitted_on:
			frappe.throw(
				_("{0} has belonged to the alliance and stays on record. Eliminate it instead.").format(
					frappe.bold(self.merchant_name)
				),
				title=_("Not Possible"),
			)

	def keep_what_is_written(self) -> None:
		"""Keep what actions and reviews wrote, whatever a request says."""
		if self.flags.by_action:
			return
		before = self.get_doc_before_save()
		for field in WRITTEN:
			self.set(field, before.get(field) if before else self.meta.get_field(field).default)

	def validate_parent(self) -> None:
		"""Refuse a merchant that would stand, over others, above itself."""
		if not self.parent_merchant:
			return
		# Parents of merchants the user may not read count for a circle too.
		parents = dict(frappe.get_all("Alliance Merchant", fields=["name", "parent_merchant"], as_list=True))
		parents[self.name] = self.parent_merchant
		try:
			check_parents(self.name, parents)
		except WorkError as error:
			refuse(error, self, title=_("Circle of Merchants"))

	def validate_contract(self) -> None:
		"""Refuse the contract of somebody else."""
		if not self.contract:
			return
		party = frappe.db.get_value("Contract", self.contract, ["party_type", "party_name"])
		if party not in (("Customer", self.customer), ("Supplier", self.supplier)):
			frappe.throw(
				_("{0} is a contract with {1}. Name one with {2}.").format(
					frappe.bold(self.contract),
					frappe.bold(party[1] if party else ""),
					frappe.bold(self.customer),
				),
				title=_("Contract of Somebody Else"),
			)


@frappe.whitelist(methods=["POST"])
def take_action(name: str, action: str, reason: str | None = None) -> dict[str, Any]:
	"""Admit, suspend, resume or eliminate a merchant, or let it apply again; return its status, and who could take its place."""
	merchant = frappe.get_doc("Alliance Merchant", name, for_update=True)
	merchant.check_permission("write")
	if action not in {each.value for each in MerchantAction}:
		frappe.throw(
			_("{0} is no action of a merchant.").format(frappe.bold(frappe.utils.escape_html(action)))
		)
	chosen = MerchantAction(action)
	merchants.act(merchant, chosen, reason)
	is_leaving = chosen is MerchantAction.ELIMINATE
	found = merchants.find_replacements(merchant) if is_leaving else []
	return {"status": merchant.status, "replacements": told(found)}


@frappe.whitelist(methods=["GET"])
def get_standing(name: str) -> dict[str, Any]:
	"""Return what a form says above a merchant to who may know how it is judged.

	That is the sanction in force, the contract that ends, who could take its place, and its merit: the tips of its own that
	were proven.
	"""
	merchant = frappe.get_doc("Alliance Merchant", name)
	merchant.check_permission("read")
	if not frappe.has_permission("Alliance Review", "read"):
		return {}
	found = merchants.find_replacements(merchant) if merchant.tier == Tier.PROBATION.value else []
	end, today = merchants.contract_end(merchant), getdate(nowdate())
	return {
		"sanctioned_until": sanctions.sanctioned_until(name, today),
		"contract_end": end,
		"contract_notice": contract_notice(end, today) if end else None,
		"replacements": told(found),
		"proven_tips": sanctions.proven_tips(name),
	}


def told(found: list[Candidate]) -> list[dict[str, Any]]:
	"""Return candidates with their points and what they are called, in their order."""
	names = {"name": ("in", [each.name for each in found])}
	labels = dict(
		frappe.get_list("Alliance Merchant", names, ["name", "merchant_name"], as_list=True, limit=0)
	)
	return [{"name": each.name, "points": each.points, "merchant_name": labels[each.name]} for each in found]

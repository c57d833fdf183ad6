"""What members get: the benefits of merchants and open vouchers, on the Customer form and among the talking points."""

from collections.abc import Sequence
from typing import Any

import frappe
from frappe.utils import getdate, nowdate

from cs_retention.callbacks.talking_points import Points, by_customer, point
from cs_retention.cs_retention.night_progress import language
from cs_retention.engine.vocabulary import CampaignStatus, MerchantStatus, VoucherStatus
from cs_retention.merchant_alliance.campaigns import CAMPAIGN
from cs_retention.merchant_alliance.invitations import VOUCHER
from cs_retention.merchant_alliance.merchants import MERCHANT
from cs_retention.merchant_alliance.tiers import read_tiers
from cs_retention.render import formats
from cs_retention.render.translate import translate


@frappe.whitelist(methods=["GET"])
def get_benefits(customer: str) -> dict[str, Any]:
	"""Return what a customer gets as a member: vouchers that are open, and the benefits of merchants, the best tier first."""
	frappe.has_permission("Customer", "read", customer, throw=True)
	if frappe.db.exists(MERCHANT, {"customer": customer, "status": MerchantStatus.ADMITTED.value}):
		return {"vouchers": [], "merchants": []}
	lang = language()
	return {
		"vouchers": [{"name": row.name, "text": words_of(row, lang)} for row in open_vouchers([customer])],
		"merchants": merchants(),
	}


def merchants() -> list[Any]:
	"""Return the merchants that give members something, of those the reader may see, in the order of their tiers."""
	if not frappe.has_permission(MERCHANT, "read"):
		return []
	wanted = {"status": MerchantStatus.ADMITTED.value, "benefits": ("is", "set")}
	fields = ["name", "merchant_name", "category", "benefits", "tier"]
	rows = frappe.get_list(MERCHANT, wanted, fields, order_by="merchant_name", limit=0)
	order = read_tiers().order
	rows.sort(key=lambda row: order.get(row.tier, len(order)))
	return [{name: row[name] for name in ("name", "merchant_name", "category", "benefits")} for row in rows]


def vouchers_to_tell(customers: Sequence[str], lang: str) -> Points:
	"""Return the open vouchers of customers as talking points."""
	return by_customer(
		(row.customer, point("voucher", words_of(row, lang), VOUCHER, row.name))
		for row in open_vouchers(customers)
	)


def open_vouchers(customers: Sequence[str]) -> list[Any]:
	"""Return the open vouchers of running campaigns that the reader sees, the one that ends first in front."""
	if not frappe.has_permission(VOUCHER, "read"):
		return []
	wanted = {"customer": ("in", list(customers)), "status": VoucherStatus.OPEN.value}
	rows = frappe.get_list(VOUCHER, wanted, ["name", "customer", "code", "campaign"], limit=0)
	running = {
		"name": ("in", [row.campaign for row in rows]),
		"status": CampaignStatus.RUNNING.value,
		"to_date": (">=", getdate(nowdate())),
	}
	# Title and last day of the campaign of a voucher that the reader sees.
	found = {row.name: row for row in frappe.get_all(CAMPAIGN, running, ["name", "title", "to_date"])}
	known = [row for row in rows if row.campaign in found]
	for row in known:
		row.update({field: found[row.campaign][field] for field in ("title", "to_date")})
	return sorted(known, key=lambda row: (row.to_date, row.name))


def words_of(row: Any, lang: str) -> str:
	"""Return a voucher in a line: the code, for what, until when."""
	text = translate("voucher {0} for {1}, until {2}", lang)
	return text.format(row.code, row.title, formats.short_day(getdate(row.to_date), lang))

"""A voucher is redeemed: typed or scanned, looked at, and honoured once by one conditional UPDATE."""

from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, format_datetime, getdate, now_datetime, nowdate

from cs_retention.cs_retention.refusals import refuse
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.alliance_campaign import why_it_leaves
from cs_retention.engine.alliance_voucher import CampaignDays, check_redemption, read_code
from cs_retention.engine.reasons import WorkError
from cs_retention.engine.vocabulary import MerchantStatus, VoucherStatus
from cs_retention.merchant_alliance.campaigns import AT_WORK, CAMPAIGN, PART
from cs_retention.merchant_alliance.invitations import VOUCHER
from cs_retention.merchant_alliance.merchants import MERCHANT
from cs_retention.merchant_alliance.sanctions import sanctioned_until

TITLE = "Voucher Not Honoured"


def redeem(code: str, merchant: str, amount: float, satisfaction: int) -> dict[str, Any]:
	"""Honour a voucher at a merchant, and return whose it is and what it is for; refused with a sentence otherwise."""
	form = frappe.new_doc(VOUCHER)
	today = getdate(nowdate())
	try:
		plain = read_code(code)
		voucher = find(plain)
		days = days_of(voucher.campaign, merchant, today)
		check_redemption(days, merchant, flt(amount), cint(satisfaction) or None, today)
	except WorkError as error:
		refuse(error, form, title=_(TITLE))
	taken = {
		"status": VoucherStatus.REDEEMED.value,
		"redeemed_at": merchant,
		"redeemed_on": now_datetime(),
		"redeemed_by": frappe.session.user,
		"amount": flt(amount),
		"satisfaction": cint(satisfaction),
		"modified": now_datetime(),
		"modified_by": frappe.session.user,
	}
	if not open_store().claim(VOUCHER, voucher.name, {"status": VoucherStatus.OPEN.value}, taken):
		refuse_used(plain)
	return {"customer_name": voucher.customer_name, "campaign": voucher.title}


def find(code: str) -> Any:
	"""Return the voucher of a code with its campaign; refused where nobody was given it."""
	voucher, campaign = frappe.qb.DocType(VOUCHER), frappe.qb.DocType(CAMPAIGN)
	customer = frappe.qb.DocType("Customer")
	found = (
		frappe.qb.from_(voucher)
		.join(campaign)
		.on(campaign.name == voucher.campaign)
		.join(customer)
		.on(customer.name == voucher.customer)
		.select(voucher.name, voucher.campaign, campaign.title, customer.customer_name)
		.where(voucher.code == code)
		.run(as_dict=True)
	)
	if not found:
		frappe.throw(
			_("Nobody was given the voucher {0}. Read the code again.").format(frappe.bold(code)),
			title=_(TITLE),
		)
	return found[0]


def days_of(campaign: str, merchant: str, day: date) -> CampaignDays:
	"""Return the days of a campaign, and whether a merchant takes part in it on a day, whatever its list says by now."""
	row = frappe.db.get_value(CAMPAIGN, campaign, ["status", "from_date", "to_date"], as_dict=True)
	part = {"parent": campaign, "parenttype": CAMPAIGN, "merchant": merchant, "left_on": ("is", "not set")}
	takes_part = frappe.db.exists(PART, part) and not leaves(merchant, day)
	return CampaignDays(row.status in AT_WORK, row.from_date, row.to_date, (merchant,) if takes_part else ())


def leaves(merchant: str, day: date) -> bool:
	"""Tell whether a merchant may not take part on a day."""
	row = frappe.db.get_value(MERCHANT, merchant, ["status", "customer"], as_dict=True)
	is_disabled = bool(frappe.db.get_value("Customer", row.customer, "disabled"))
	until = sanctioned_until(merchant, day)
	return why_it_leaves(MerchantStatus(row.status), until, is_disabled, day) is not None


def refuse_used(code: str) -> None:
	"""Say when and where a voucher was honoured; it is read with a lock, as it stands now."""
	row = frappe.db.get_value(
		VOUCHER, {"code": code}, ["redeemed_on", "redeemed_at"], as_dict=True, for_update=True
	)
	place = frappe.db.get_value(MERCHANT, row.redeemed_at, "merchant_name")
	frappe.throw(
		_("The voucher {0} was honoured already, on {1} at {2}. It is honoured once.").format(
			frappe.bold(code), format_datetime(row.redeemed_on), frappe.bold(place)
		),
		title=_(TITLE),
	)


def merchants_at_work() -> list[dict[str, str]]:
	"""Return the merchants that take part in a running campaign, of those the reader may see, as choices."""
	part, campaign = frappe.qb.DocType(PART), frappe.qb.DocType(CAMPAIGN)
	names = (
		frappe.qb.from_(part)
		.join(campaign)
		.on(campaign.name == part.parent)
		.select(part.merchant)
		.where(campaign.status.isin(AT_WORK) & part.left_on.isnull())
		.run(pluck=True)
	)
	rows = frappe.get_list(
		MERCHANT, {"name": ("in", names)}, ["name", "merchant_name"], order_by="merchant_name", limit=0
	)
	return [{"value": row.name, "label": row.merchant_name} for row in rows]


def keep_written(voucher: Document) -> None:
	"""Refuse to write a voucher in any other way than by its code."""
	frappe.throw(
		_("A voucher is written by its campaign and redeemed with its code. Use {0}.").format(
			frappe.bold(_("Redeem a Voucher"))
		),
		title=_("Not Possible"),
	)

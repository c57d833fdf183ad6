"""An alliance of merchants for the screens: tiers by reviews of two quarters, a sanction, candidates."""

from __future__ import annotations

from bench_fixtures import SITE
from private_bench import CHECKOUT, PrivateBench

FILL = """
import sys
sys.path.insert(0, sys.argv[2])
import frappe
frappe.init(site=sys.argv[1]); frappe.connect()
from support_alliance_screens import fill
fill(frappe)
frappe.db.commit()
"""
INVITE = """
import sys
import frappe
frappe.init(site=sys.argv[1]); frappe.connect()
from cs_retention.merchant_alliance.invitations import invite_all
invite_all(sys.argv[2])
"""
SHOPS = {
	"Bright Smile Dental": ((4.2, 4.0, 3.8, 3.9), (4.3, 4.1, 4.2, 4.4)),
	"Corner Optics": ((3.6, 3.4, 3.9, 3.5), (3.7, 3.5, 4.0, 3.6)),
	"East Quay Cinema": ((4.5, 4.2, 4.6, 4.4), (4.4, 4.1, 4.5, 4.3)),
	"Elm Park Gym": ((3.2, 3.6, 3.4, 3.3), (3.3, 3.5, 3.6, 3.4)),
	"Fountain Books": ((4.0, 4.2, 3.1, 3.5), (4.1, 4.3, 3.2, 3.6)),
	"Garden Gate Hotel": ((3.8, 3.1, 4.2, 4.5), (3.7, 3.2, 4.3, 4.4)),
	"Green Leaf Grocers": ((3.9, 4.3, 3.5, 3.8), (3.4, 4.2, 3.1, 2.2)),
	"Kite Street Toys": ((3.0, 3.3, 2.9, 3.1), (3.1, 3.4, 3.0, 3.2)),
	"Long Lane Garage": ((2.2, 3.1, 2.8, 2.4), (2.0, 3.0, 2.6, 2.3)),
	"Metro Car Wash": ((2.3, 3.8, 2.9, 2.6), (2.1, 3.7, 2.4, 2.2)),
	"Quick Stop Exhausts": ((2.4, 3.3, 2.7, 2.9), (2.3, 3.2, 2.4, 2.8)),
	"Sunrise Pharmacy": ((4.1, 4.0, 3.7, 3.6), (4.2, 4.0, 3.8, 3.7)),
}
"""Scores of the first two quarters of 2026 by shop."""
SANCTIONED, TO_GO = "Corner Optics", "Metro Car Wash"
ELIMINATED = {"en": "Long Lane Garage", "zh": "Quick Stop Exhausts"}
"""Who is eliminated on the screen, by language."""

MEMBERS = ("Ash Street Clinic", "Birch Lane School", "Cedar Garage", "Dune Hotel", "Elm Foundry")
"""Members: two allow mails, one has been spoken to often, one never agreed, the last one is a key account."""

CAMPAIGNS = {"en": "Winter weeks", "zh": "迎春会员周"}
"""A campaign that is not tried yet, by language."""

CANDIDATES = ("Ring Road Tyres", "en-1280", "en-390", "zh-1280", "zh-390")
"""One is waiting; the others are admitted on the screen, by window."""
MOTOR = (TO_GO, CANDIDATES[0], *ELIMINATED.values())
QUAY = "Winter Quay"
"""Where the members are, and nobody else of the site."""


def make_alliance(bench: PrivateBench) -> None:
	"""Fill the site."""
	bench.play(FILL, SITE, str(CHECKOUT / "tests/support"))


def take_consents(bench: PrivateBench) -> None:
	"""Take the members' consents away: who tries a policy on the book next does not count them."""
	names = ", ".join(f"'{name}'" for name in MEMBERS)
	bench.sql(SITE, f"DELETE FROM `tabCustomer Consent` WHERE customer IN ({names})")


def fill(frappe) -> None:
	"""Insert the alliance once, and the members' consents."""
	make_once(frappe)
	give_consents(frappe)


def make_once(frappe) -> None:
	"""Insert the alliance where it is not there yet."""
	if frappe.db.count("Alliance Merchant"):
		return
	for name in ("Health", "Motor"):
		if not frappe.db.exists("Industry Type", name):
			frappe.get_doc({"doctype": "Industry Type", "industry": name}).insert()
	make_shops(frappe)
	for name in CANDIDATES:
		new_merchant(frappe, name)
	punish(frappe)
	frappe.get_doc({"doctype": "Territory", "territory_name": QUAY}).insert()
	for name in MEMBERS:
		new_member(frappe, name)
	for title in CAMPAIGNS.values():
		new_campaign(frappe, title)


def make_shops(frappe) -> None:
	"""Insert the merchants with their reviews."""
	for name, quarters in SHOPS.items():
		merchant = admitted(frappe, name)
		for number, scores in enumerate(quarters, 1):
			judge(frappe, merchant, number, scores)


def punish(frappe) -> None:
	"""Keep a merchant out of campaigns."""
	breach = {
		"kind": "Benefit Refused",
		"breach": "refused members their ten percent",
		"evidence": "two receipts",
	}
	merchant = frappe.db.get_value("Alliance Merchant", {"customer": SANCTIONED})
	sanction = {"doctype": "Alliance Sanction", "merchant": merchant, "decided_on": frappe.utils.nowdate()}
	frappe.get_doc({**sanction, **breach}).insert().submit()


def new_member(frappe, name: str) -> None:
	"""Insert a customer that campaigns may invite."""
	from cs_retention.cs_retention.states import ensure_state

	mail = f"{name.split()[0].lower()}@member.example"
	customer = {"customer_name": name, "customer_type": "Company", "email_id": mail, "territory": QUAY}
	frappe.get_doc({"doctype": "Customer", **customer, "account_manager": "Administrator"}).insert()
	standing = {
		"star_level": "Five Star",
		"health_band": "Healthy",
		"is_key_account": int(name == MEMBERS[4]),
	}
	frappe.db.set_value("Customer Retention State", ensure_state(name), standing)
	for days in range(5) if name == MEMBERS[2] else ():
		day = frappe.utils.add_days(frappe.utils.nowdate(), -20 - days)
		touch = {"channel": "Phone", "outcome": "Reached", "touch_date": day, "summary": "about the new bill"}
		frappe.get_doc({"doctype": "Customer Touch", "customer": name, **touch}).insert()


def give_consents(frappe) -> None:
	"""Let all members but one agree to mails."""
	consent = {"channel": "Email", "status": "Given", "consent_date": "2024-01-01", "evidence": "by phone"}
	for name in MEMBERS:
		if name != MEMBERS[3]:
			frappe.get_doc({"doctype": "Customer Consent", "customer": name, **consent}).insert()


def new_campaign(frappe, title: str) -> None:
	"""Insert a campaign of the two merchants that may take part in several."""
	today = frappe.utils.nowdate()
	shops = ("Bright Smile Dental", "East Quay Cinema")
	named = [frappe.db.get_value("Alliance Merchant", {"customer": shop}) for shop in shops]
	frappe.get_doc(
		{
			"doctype": "Alliance Campaign",
			"title": title,
			"theme": "a visit in the cold weeks",
			"from_date": today,
			"to_date": frappe.utils.add_days(today, 20),
			"cost": 1200,
			"template": "Alliance Invitation",
			"territory": QUAY,
			"levels": [{"level": "Five Star"}, {"level": "Key Account"}],
			"merchants": [{"merchant": merchant} for merchant in named],
		}
	).insert()


def invite(bench: PrivateBench, campaign: str) -> None:
	"""Do what the job of a campaign's invitations does."""
	bench.play(INVITE, SITE, campaign)


def new_merchant(frappe, name: str):
	"""Insert a candidate that meets everything."""
	frappe.get_doc({"doctype": "Customer", "customer_name": name, "customer_type": "Company"}).insert()
	contract = frappe.get_doc(
		{
			**{"doctype": "Contract", "party_type": "Customer", "party_name": name},
			**{"start_date": "2024-01-01", "end_date": "2099-12-31", "contract_terms": "joins the alliance"},
		}
	).insert()
	contract.submit()
	return frappe.get_doc(
		{
			"doctype": "Alliance Merchant",
			"customer": name,
			"category": "Motor" if name in MOTOR else "Health",
			"contract": contract.name,
			"benefits": "ten percent for four stars and better",
			"checklist": [
				{"item": "Business licence", "weight": 60, "is_required": 1, "is_met": 1},
				{"item": "Shop inspected", "weight": 40, "is_met": 1},
			],
		}
	).insert()


def admitted(frappe, name: str):
	"""Insert a merchant that has belonged for two years."""
	from cs_retention.engine.vocabulary import MerchantAction
	from cs_retention.merchant_alliance.merchants import act

	merchant = new_merchant(frappe, name)
	act(merchant, MerchantAction.ADMIT, None)
	frappe.db.set_value("Alliance Merchant", merchant.name, "admitted_on", "2024-01-01")
	return merchant


def judge(frappe, merchant, quarter: int, scores: tuple[float, ...]) -> None:
	"""Submit a review."""
	criteria = ("Quality", "Price", "Cooperation", "Satisfaction")
	rows = [
		{
			"criterion": criterion,
			"part": "shop floor",
			"weight": 1,
			"score": score,
			"evidence": "inspection in June",
		}
		for criterion, score in zip(criteria, scores, strict=True)
	]
	review = {"doctype": "Alliance Review", "merchant": merchant.name, "year": 2026, "quarter": f"Q{quarter}"}
	frappe.get_doc({**review, "scores": rows}).insert().submit()

"""An alliance over the second quarter of 2026, written into a store row by row."""

from __future__ import annotations

from datetime import date, datetime

from support_book import add

from cs_retention.store.base import Store

SINCE = date(2024, 1, 1)


def fill(store: Store) -> None:
	"""Add four shops, their reviews of two quarters and of one still to come, a sanction, and a campaign's vouchers."""
	shops = ("Alder", "Birch", "Cedar", "Dogwood")
	add(store, "Customer", [{"name": name, "customer_name": name} for name in (*shops, "Member")])
	add(store, "Customer Retention State", [{"customer": name} for name in shops])
	merchants = (
		{"name": "AM-1", "customer": "Alder"},
		{"name": "AM-2", "customer": "Birch", "status": "Suspended", "suspended_on": date(2026, 6, 9)},
		{"name": "AM-3", "customer": "Cedar", "status": "Eliminated", "eliminated_on": date(2026, 5, 9)},
		{"name": "AM-4", "customer": "Dogwood", "status": "Candidate", "admitted_on": None},
	)
	usual = {"status": "Admitted", "admitted_on": SINCE}
	add(store, "Alliance Merchant", [{**usual, **row} for row in merchants])
	add(store, "Alliance Tier", [{"name": "Strategic", "tier": "Strategic", "exchange_months": 1}])
	reviews = (
		("AM-1", "Q1", "Strategic", "Strategic", None),
		("AM-1", "Q2", "Preferred", "Preferred", None),
		("AM-1", "Q3", "Standard", "Standard", None),
		("AM-2", "Q1", "Preferred", "Standard", date(2026, 6, 1)),
		("AM-3", "Q1", "Probation", "Probation", None),
	)
	add(
		store,
		"Alliance Review",
		[
			{"merchant": name, "year": 2026, "quarter": quarter, "docstatus": 1}
			| {"tier": tier, "earned_tier": earned, "override_until": until}
			for name, quarter, tier, earned, until in reviews
		],
	)
	add(store, "Alliance Review", [{"merchant": "AM-2", "year": 2026, "quarter": "Q2", "docstatus": 0}])
	sanction = {"merchant": "AM-2", "decided_on": date(2026, 5, 1), "ends_on": date(2027, 5, 1)}
	lifted = {**sanction, "merchant": "AM-1", "lifted_on": date(2026, 6, 30)}
	add(store, "Alliance Sanction", [{**sanction, "docstatus": 1, "lifted_on": None}])
	add(store, "Alliance Sanction", [{**sanction, "docstatus": 1, "lifted_on": None}])
	add(
		store,
		"Alliance Sanction",
		[{**lifted, "docstatus": 1}, {**sanction, "merchant": "AM-4", "docstatus": 0}],
	)
	touch = {"customer": "Alder", "touch_date": date(2026, 5, 20), "outcome": "Reached"}
	add(store, "Customer Touch", [touch])
	campaign = {"name": "AC-1", "title": "Spring", "status": "Closed", "cost": 300}
	days = {"from_date": date(2026, 4, 1), "to_date": date(2026, 5, 31)}
	add(store, "Alliance Campaign", [{**campaign, **days}])
	add(store, "Alliance Campaign", [{**campaign, **days, "name": "AC-2", "status": "Tried"}])
	voucher = {"campaign": "AC-1", "customer": "Member", "way": "Phone", "amount": 0, "satisfaction": 0}
	used = {"status": "Redeemed", "redeemed_on": datetime(2026, 5, 2), "amount": 40, "satisfaction": 5}
	add(store, "Alliance Voucher", [{**voucher, "state": "S1", "code": "C1", **used}])
	add(store, "Alliance Voucher", [{**voucher, "state": "S2", "code": "C2", "status": "Open"}])
	store.commit()

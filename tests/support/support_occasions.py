"""A book with everything that makes a dated obligation, over any store."""

from __future__ import annotations

from datetime import date, datetime

from support_book import add

from cs_retention.engine.obligation_sources import Occasion
from cs_retention.engine.vocabulary import ObligationSource
from cs_retention.facts import alliance_duties, cases, occasions
from cs_retention.facts.selection import Selection
from cs_retention.store.base import Store

A, B = "a@branch.example", "b@branch.example"
SINCE, UNTIL, AHEAD = date(2026, 11, 1), date(2026, 11, 15), date(2026, 12, 15)
EVERYBODY = Selection.of(["Acme", "Birch"])
LEAVERS = {7: "Birch", 8: "Ginkgo", 9: "Hazel", 10: "Ivy"}
"""Who left, by the number of case and file; Birch alone may be called."""

IN_CASES = Selection.of(["Acme", "Cedar", "Dogwood", "Elder", "Fir", *LEAVERS.values()])


def fill_occasions(store: Store, spelling: str = "Acme") -> None:
	"""Insert two customers; the documents of Acme name it in a spelling."""
	add(store, "Customer", [{"name": "Acme", "account_manager": A, "retention_backup_manager": B}])
	add(store, "Customer", [{"name": "Birch", "account_manager": A}])
	_add_issues(store, spelling)
	_add_services(store, spelling)
	_add_births(store, spelling)
	_add_cases(store, spelling)
	_add_alliance(store, spelling)
	store.commit()


def _add_issues(store: Store, customer: str) -> None:
	resolved = datetime(2026, 11, 15, 23, 30)
	usual = {
		"customer": customer,
		"issue_type": "complaint",
		"status": "Resolved",
		"opening_date": date(2026, 11, 12),
		"sla_resolution_date": resolved,
		"modified": datetime(2026, 11, 16, 8),
		"modified_by": B,
	}
	undated = {"sla_resolution_date": None, "modified": datetime(2026, 11, 14, 8)}
	rows = (
		{"name": "ISS-1"},
		{"name": "ISS-2", "status": "Closed", **undated},
		{"name": "ISS-3", "opening_date": None, **undated, "modified_by": None},
		{"name": "OPEN", "status": "Open"},
		{"name": "QUESTION", "issue_type": "Question"},
		{"name": "EARLIER", "sla_resolution_date": datetime(2026, 10, 31, 23, 59)},
		{"name": "LATER", "sla_resolution_date": datetime(2026, 11, 16, 0, 1)},
		{"name": "UNDATED-EARLIER", **undated, "modified": datetime(2026, 10, 1)},
		{"name": "NEVER", "opening_date": None, "sla_resolution_date": None, "modified": None},
	)
	add(store, "Issue", [{**usual, **row} for row in rows])
	assigned = {"reference_type": "Issue", "reference_name": "ISS-1", "allocated_to": A, "status": "Closed"}
	add(store, "ToDo", [assigned, {**assigned, "allocated_to": B, "status": "Cancelled"}])
	add(store, "ToDo", [{**assigned, "reference_type": "Task", "reference_name": "ISS-2"}])


def _add_services(store: Store, customer: str) -> None:
	sent = {"customer": customer, "docstatus": 1, "is_return": 0, "posting_date": date(2026, 11, 10)}
	notes = (
		{"name": "DN-1"},
		{"name": "DN-2", "customer": "Birch", "posting_date": SINCE},
		{"name": "RETURN", "is_return": 1},
		{"name": "DRAFT", "docstatus": 0},
		{"name": "CANCELLED", "docstatus": 2},
		{"name": "EARLIER", "posting_date": date(2026, 10, 31)},
		{"name": "LATER", "posting_date": date(2026, 11, 16)},
	)
	add(store, "Delivery Note", [{**sent, **row} for row in notes])
	visits = ({"name": "MV-1", "docstatus": 1}, {"name": "DRAFT", "docstatus": 0})
	add(store, "Maintenance Visit", [{"customer": customer, "mntc_date": UNTIL, **row} for row in visits])
	add(store, "Maintenance Schedule", [{"name": "MS-1", "customer": customer, "docstatus": 1}])
	add(store, "Maintenance Schedule", [{"name": "MS-2", "customer": customer, "docstatus": 2}])
	row = {"parent": "MS-1", "parenttype": "Maintenance Schedule", "scheduled_date": date(2026, 12, 1)}
	rows = (
		{"name": "row-1", "completion_status": "Pending"},
		{"name": "row-2", "completion_status": None, "scheduled_date": AHEAD},
		{"name": "done", "completion_status": "Fully Completed"},
		{"name": "cancelled", "parent": "MS-2"},
		{"name": "after", "scheduled_date": date(2026, 12, 16)},
		{"name": "other", "parenttype": "Quotation"},
	)
	add(store, "Maintenance Schedule Detail", [{**row, **given} for given in rows])


def _add_births(store: Store, customer: str) -> None:
	add(store, "Contact", [{"name": "person-1", "retention_date_of_birth": date(1970, 12, 1)}])
	add(store, "Contact", [{"name": "person-2", "retention_date_of_birth": None}])
	link = {"parenttype": "Contact", "link_doctype": "Customer", "link_name": customer, "parent": "person-1"}
	links = (
		{"name": "link-1"},
		{"name": "link-2", "link_name": "Birch"},
		{"name": "link-3", "parent": "person-2"},
		{"name": "supplier", "link_doctype": "Supplier"},
		{"name": "address", "parenttype": "Address"},
	)
	add(store, "Dynamic Link", [{**link, **row} for row in links])


def _add_cases(store: Store, customer: str) -> None:
	saved = {"customer": customer, "status": "Saved", "verification": "Pending", "closed_on": UNTIL}
	rows = (
		{"name": "CASE-1", "closed_on": SINCE},
		{"name": "CASE-2"},
		{"name": "CASE-3", "customer": "Fir", "verification": "Relapsed"},
		{"name": "CASE-4", "customer": "Cedar", "closed_on": date(2026, 10, 31)},
		{"name": "CASE-5", "customer": "Dogwood", "status": "Lost"},
		{"name": "CASE-6", "customer": "Elder", "verification": None},
		*(
			{
				"name": f"CASE-{number}",
				"customer": leaver,
				"status": "Released",
				"release_file": f"FILE-{number}",
			}
			for number, leaver in LEAVERS.items()
		),
	)
	add(store, "Retention Case", [{**saved, **row} for row in rows])
	agreed = {"docstatus": 1, "may_be_called": 1, "released_on": SINCE}
	agreed |= {"call_on": date(2026, 12, 1), "win_back_until": date(2027, 4, 30)}
	files = (
		{"name": "FILE-7"},
		{"name": "FILE-8", "may_be_called": 0, "call_on": None, "win_back_until": None},
		{"name": "FILE-9", "docstatus": 0},
		{"name": "FILE-10", "win_back_until": date(2026, 10, 31)},
	)
	add(store, "Release File", [{**agreed, **row} for row in files])


def _add_alliance(store: Store, customer: str) -> None:
	"""Add merchants of two tiers and none, one that stands outside, and invitations by phone and otherwise."""
	add(store, "Alliance Tier", [{"name": "Strategic", "tier": "Strategic", "exchange_months": 1}])
	merchant = {"customer": customer, "status": "Admitted", "admitted_on": SINCE, "tier": "Strategic"}
	merchants = (
		{"name": "AM-1"},
		{"name": "AM-2", "customer": "Birch", "status": "Suspended", "tier": None},
		{"name": "AM-3", "customer": "Cedar", "status": "Eliminated"},
		{"name": "AM-4", "customer": "Dogwood", "status": "Candidate", "admitted_on": None},
		{"name": "AM-5", "customer": "Elder", "admitted_on": None},
	)
	add(store, "Alliance Merchant", [{**merchant, **row} for row in merchants])
	campaign = {"title": "Winter", "status": "Running", "from_date": SINCE, "to_date": AHEAD}
	campaigns = (
		{"name": "AC-1"},
		{"name": "AC-2", "status": "Closed"},
		{"name": "AC-3", "to_date": date(2026, 10, 31)},
	)
	add(store, "Alliance Campaign", [{**campaign, **row} for row in campaigns])
	voucher = {
		"campaign": "AC-1",
		"customer": customer,
		"way": "Phone",
		"status": "Open",
		"invited_on": SINCE,
	}
	vouchers = (
		{"name": "V-1"},
		{"name": "V-2", "customer": "Birch", "way": "Message"},
		{"name": "V-3", "customer": "Birch", "status": "Redeemed"},
		{"name": "V-4", "campaign": "AC-2"},
		{"name": "V-5", "campaign": "AC-3"},
	)
	rows = [{**voucher, **row, "state": row["name"], "code": row["name"]} for row in vouchers]
	add(store, "Alliance Voucher", rows)


def read_all(store: Store) -> dict[str, set[Occasion]]:
	"""Return every occasion by folded customer."""
	within = (store, EVERYBODY, SINCE, UNTIL)
	found: dict[str, set[Occasion]] = {}
	for rows in (
		occasions.read_resolved_complaints(*within, ["Complaint"]),
		occasions.read_deliveries(*within),
		occasions.read_maintenance_visits(*within),
		occasions.read_maintenance_ahead(store, EVERYBODY, SINCE, AHEAD),
		occasions.read_birthdays(store, EVERYBODY),
		cases.read_saves(store, IN_CASES, SINCE),
		cases.read_leavers(store, IN_CASES, SINCE),
		alliance_duties.read_merchants(store, IN_CASES),
		alliance_duties.read_invitations(store, IN_CASES, SINCE),
	):
		for customer, of_source in rows.items():
			found.setdefault(customer, set()).update(of_source)
	return found


def _complaint(
	document: str, day: date, resolved: date | None = None, handlers: tuple[str, ...] = ()
) -> Occasion:
	return Occasion(ObligationSource.COMPLAINT_VERIFICATION, document, day, resolved, frozenset(handlers))


EXPECTED = {
	"acme": {
		_complaint("ISS-1", date(2026, 11, 12), date(2026, 11, 15), (A,)),
		_complaint("ISS-2", date(2026, 11, 12), None, (B,)),
		_complaint("ISS-3", date(2026, 11, 14)),
		Occasion(ObligationSource.AFTER_DELIVERY, "DN-1", date(2026, 11, 10)),
		Occasion(ObligationSource.AFTER_MAINTENANCE_VISIT, "MV-1", UNTIL),
		Occasion(ObligationSource.MAINTENANCE_REMINDER, "row-1", date(2026, 12, 1)),
		Occasion(ObligationSource.MAINTENANCE_REMINDER, "row-2", AHEAD),
		Occasion(ObligationSource.BIRTHDAY, "link-1", date(1970, 12, 1)),
		Occasion(ObligationSource.AFTER_A_SAVE, "CASE-2", UNTIL),
		Occasion(ObligationSource.MERCHANT_EXCHANGE, "AM-1", SINCE, months=1),
		Occasion(ObligationSource.CAMPAIGN_INVITATION, "V-1", SINCE, until=AHEAD),
	},
	"birch": {
		Occasion(ObligationSource.AFTER_DELIVERY, "DN-2", SINCE),
		Occasion(ObligationSource.BIRTHDAY, "link-2", date(1970, 12, 1)),
		Occasion(
			ObligationSource.AFTER_LEAVING,
			"FILE-7",
			SINCE,
			call_on=date(2026, 12, 1),
			win_back_until=date(2027, 4, 30),
		),
		Occasion(ObligationSource.MERCHANT_EXCHANGE, "AM-2", SINCE),
	},
	"elder": {Occasion(ObligationSource.AFTER_A_SAVE, "CASE-6", UNTIL)},
}
"""What `read_all` finds in such a book."""

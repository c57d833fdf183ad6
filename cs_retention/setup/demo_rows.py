"""The rows of the demo data: the files of the sample branch as ERPNext and the app store them."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, flt, getdate, nowdate

LAST_DAY = date(2026, 9, 21)
"""The day on which the sample branch is looked at; on a site it is the day of loading."""

COMPLAINT = "Complaint"
Row = dict[str, Any]


@dataclass(frozen=True)
class Branch:
	"""The sample branch on its way into a site: the mark of every name, and what the site gives."""

	mark: str
	shift: timedelta
	company: str
	currency: str
	customer_group: str
	territory: str
	customers: tuple[Row, ...]

	@classmethod
	def read(cls, hash: str) -> "Branch":
		"""Return the branch as of today, for the site's company."""
		company = frappe.defaults.get_global_default("company") or frappe.get_all("Company", pluck="name")[0]
		return cls(
			mark=f"DEMO-{hash}",
			shift=getdate(nowdate()) - LAST_DAY,
			company=company,
			currency=frappe.get_cached_value("Company", company, "default_currency"),
			customer_group=leaf("Customer Group"),
			territory=leaf("Territory"),
			customers=tuple(read_file("customers")),
		)

	def name(self, text: str) -> str:
		"""Return the name of a row on the site."""
		return f"{self.mark} {text}"

	def day(self, text: str) -> date | None:
		"""Return a date of the files, moved; a contract without end has none."""
		return date.fromisoformat(text) + self.shift if text else None


def leaf(doctype: str) -> str | None:
	"""Return a group or territory of the site that customers may belong to."""
	return frappe.db.get_value(doctype, {"is_group": 0}, order_by="lft")


def read_file(kind: str) -> Iterator[Row]:
	"""Yield the lines of one of the sample branch's files."""
	path = frappe.get_app_path("cs_retention", "preview", "sample_branch", f"{kind}.csv")
	with open(path, encoding="utf-8", newline="") as file:
		yield from csv.DictReader(file)


def words_of(branch: Branch) -> dict[str, dict[str, Row]]:
	"""Return the rows, by DocType and name, that others refer to and a site may lack; people cannot log in."""
	columns = ("account_manager", "retention_backup_manager")
	people = sorted({row[column] for row in branch.customers for column in columns if row[column]})
	priorities = sorted({row["severity"] for row in read_file("issues")})
	return {
		"User": {
			person: {
				"name": person,
				"email": person,
				"first_name": person.partition("@")[0],
				"full_name": person.partition("@")[0],
				"enabled": 0,
				"user_type": "System User",
			}
			for person in people
		},
		"Issue Type": {COMPLAINT: {"name": COMPLAINT}},
		"Issue Priority": {priority: {"name": priority} for priority in priorities},
	}


def customers(branch: Branch) -> Iterator[Row]:
	"""Yield the customers."""
	for row in branch.customers:
		is_key = cint(row["retention_key_account"])
		yield {
			"name": branch.name(row["name"]),
			"customer_name": row["customer_name"],
			"customer_type": "Company",
			"customer_group": branch.customer_group,
			"territory": branch.territory,
			"account_manager": row["account_manager"] or None,
			"retention_backup_manager": row["retention_backup_manager"] or None,
			"retention_key_account": is_key,
			"retention_key_account_reason": _("Demo Data") if is_key else None,
			"creation": branch.day(row["creation"]),
			"disabled": cint(row["disabled"]),
		}


def invoices(branch: Branch) -> Iterator[Row]:
	"""Yield the submitted invoices, without ledger entries."""
	for row in read_file("invoices"):
		net, outstanding = flt(row["base_net_total"]), flt(row["outstanding_amount"])
		due = branch.day(row["due_date"] or row["posting_date"])
		yield {
			"name": branch.name(row["name"]),
			"docstatus": cint(row["docstatus"]),
			"customer": branch.name(row["customer"]),
			"customer_name": row["customer"],
			"company": branch.company,
			"posting_date": branch.day(row["posting_date"]),
			"due_date": due,
			"is_return": cint(row["is_return"]),
			"is_opening": "No",
			"status": status(cint(row["is_return"]), outstanding, due),
			"currency": branch.currency,
			"party_account_currency": branch.currency,
			"conversion_rate": 1,
			**dict.fromkeys(("base_net_total", "net_total", "base_grand_total", "grand_total"), net),
			"outstanding_amount": outstanding,
		}


def status(is_return: int, outstanding: float, due: date | None) -> str:
	"""Return what ERPNext would say of an invoice."""
	if is_return:
		return "Return"
	if outstanding <= 0:
		return "Paid"
	return "Overdue" if due and due < getdate(nowdate()) else "Unpaid"


def items(branch: Branch) -> Iterator[Row]:
	"""Yield the items of the invoices."""
	for number, row in enumerate(read_file("items"), start=1):
		yield {
			"name": branch.name(f"ITEM-{number}"),
			"docstatus": 1,
			"idx": number,
			"parent": branch.name(row["parent"]),
			"parenttype": "Sales Invoice",
			"parentfield": "items",
			"item_name": row["item_group"],
			"item_group": row["item_group"],
			"qty": 1,
		}


def contracts(branch: Branch) -> Iterator[Row]:
	"""Yield the signed contracts."""
	for number, row in enumerate(read_file("contracts"), start=1):
		yield {
			"name": branch.name(f"CONTRACT-{number}"),
			"docstatus": 1,
			"party_type": "Customer",
			"party_name": branch.name(row["customer"]),
			"status": "Active",
			"start_date": branch.day(row["start_date"]),
			"end_date": branch.day(row["end_date"]),
		}


def issues(branch: Branch) -> Iterator[Row]:
	"""Yield the complaints."""
	for number, row in enumerate(read_file("issues"), start=1):
		yield {
			"name": branch.name(f"ISSUE-{number}"),
			"subject": _("Demo Data"),
			"customer": branch.name(row["customer"]),
			"customer_name": row["customer"],
			"opening_date": branch.day(row["opening_date"]),
			"status": row["status"],
			"issue_type": COMPLAINT,
			"priority": row["severity"],
		}


def touches(branch: Branch) -> Iterator[Row]:
	"""Yield the contacts with customers."""
	for number, row in enumerate(read_file("contacts"), start=1):
		yield {
			"name": branch.name(f"TOUCH-{number}"),
			"customer": branch.name(row["customer"]),
			"touch_date": branch.day(row["date"]),
			"channel": row["channel"],
			"outcome": row["outcome"],
			"satisfaction": cint(row["satisfaction"]),
			"source": "Import",
		}


def absences(branch: Branch) -> Iterator[Row]:
	"""Yield the days on which somebody is away."""
	for number, row in enumerate(read_file("absences"), start=1):
		yield {
			"name": branch.name(f"ABSENCE-{number}"),
			"person": row["owner"],
			"from_date": branch.day(row["from_date"]),
			"to_date": branch.day(row["to_date"]),
		}


TABLES: dict[str, Callable[[Branch], Iterator[Row]]] = {
	"Customer": customers,
	"Sales Invoice": invoices,
	"Sales Invoice Item": items,
	"Contract": contracts,
	"Issue": issues,
	"Customer Touch": touches,
	"Owner Absence": absences,
}
"""The rows of every DocType that carry the mark."""

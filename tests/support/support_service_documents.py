"""ERPNext documents that make a contact due: resolved complaints, deliveries, maintenance, dates of birth."""

from __future__ import annotations

from typing import Any

ITEM = "Counter display"


def make_item() -> str:
	"""Insert an item that no stock is kept of, once."""
	import frappe

	if not frappe.db.exists("Item", ITEM):
		group = frappe.get_all("Item Group", {"is_group": 0}, pluck="name")[0]
		item = {"item_code": ITEM, "item_group": group, "stock_uom": "Nos", "is_stock_item": 0}
		frappe.get_doc({"doctype": "Item", **item}).insert()
	return ITEM


def make_complaint(customer: str, opened: str, assigned: str | None = None, **given: Any) -> Any:
	"""Insert a complaint, have it assigned and resolved."""
	import frappe
	from frappe.desk.form.assign_to import add

	if not frappe.db.exists("Issue Type", "Complaint"):
		frappe.get_doc({"doctype": "Issue Type", "name": "Complaint"}).insert()
	usual = {
		"subject": "line too loud",
		"customer": customer,
		"opening_date": opened,
		"issue_type": "Complaint",
	}
	issue = frappe.get_doc({"doctype": "Issue", **usual, **given}).insert()
	if assigned:
		add({"doctype": "Issue", "name": issue.name, "assign_to": [assigned]})
		issue.reload()
	issue.status = "Resolved"
	issue.save()
	return issue


def make_delivery(customer: str, on: str) -> Any:
	"""Submit a delivery note."""
	import frappe

	note = frappe.get_doc(
		{
			"doctype": "Delivery Note",
			"customer": customer,
			"company": a_company(),
			"set_posting_time": 1,
			"posting_date": on,
			"items": [{"item_code": make_item(), "qty": 1, "rate": 10}],
		}
	)
	note.insert()
	note.submit()
	return note


def make_maintenance_visit(customer: str, on: str) -> Any:
	"""Submit a maintenance visit."""
	import frappe

	purpose = {
		"item_code": make_item(),
		"service_person": a_sales_person(),
		"work_done": "cleaned",
		"description": "yearly check",
	}
	visit = frappe.get_doc(
		{
			"doctype": "Maintenance Visit",
			"customer": customer,
			"company": a_company(),
			"mntc_date": on,
			"maintenance_type": "Unscheduled",
			"completion_status": "Fully Completed",
			"purposes": [purpose],
		}
	)
	visit.insert()
	visit.submit()
	return visit


def make_maintenance_schedule(customer: str, on: str) -> Any:
	"""Submit a schedule of one maintenance."""
	import frappe

	item = {"item_code": make_item(), "start_date": "2026-11-01", "end_date": on, "no_of_visits": 1}
	schedule = frappe.get_doc(
		{
			"doctype": "Maintenance Schedule",
			"customer": customer,
			"company": a_company(),
			"transaction_date": "2026-11-01",
			"items": [{**item, "periodicity": "Random", "sales_person": a_sales_person()}],
		}
	)
	schedule.insert()
	schedule.generate_schedule()
	schedule.schedules[0].scheduled_date = on
	schedule.save()
	schedule.submit()
	return schedule


def make_birthday(customer: str, born: str) -> Any:
	"""Insert a contact of a customer with a date of birth."""
	import frappe

	return frappe.get_doc(
		{
			"doctype": "Contact",
			"first_name": "Owner",
			"retention_date_of_birth": born,
			"links": [{"link_doctype": "Customer", "link_name": customer}],
		}
	).insert()


def a_company() -> str:
	"""Return a company of the site."""
	import frappe

	return frappe.get_all("Company", pluck="name")[0]


def a_sales_person() -> str:
	"""Insert a sales person, once."""
	import frappe

	if not frappe.db.exists("Sales Person", "Service"):
		root = frappe.get_all("Sales Person", {"is_group": 1}, pluck="name")[0]
		person = {"doctype": "Sales Person", "sales_person_name": "Service", "parent_sales_person": root}
		frappe.get_doc(person).insert()
	return "Service"

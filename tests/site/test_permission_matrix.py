"""Every role, every DocType of ours, every right: what Frappe allows is what the table says, cell by cell.

A right is asked of the DocType, of a record that the user may see, and by what a request does with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from app_files import APP, doctypes
from personas import make_customer, make_sales_person, user

from cs_retention.setup.permission_table import HIGHER_LEVELS, PERMISSIONS

RIGHTS = (
	*("select", "read", "write", "create", "delete", "submit", "cancel", "amend"),
	*("report", "export", "import", "print", "email", "share"),
)
RELIABILITY = APP.parent / "docs/reliability.md"
ROLES = sorted({role for roles in PERMISSIONS.values() for role in roles})
NO_ROLE = "no role of ours"
SHOP = "Matrix shop"
CHILDREN = sorted(name for name, document in doctypes().items() if document.get("istable"))


def person(role: str) -> str:
	"""Return the user who has one role, one without any of ours, or nobody."""
	return role if role == "Guest" else user(role.lower().replace(" ", "-"))


EVERYBODY = (*ROLES, NO_ROLE, "Guest")


def granted(doctype: str, role: str) -> set[str]:
	"""Return the rights of the table."""
	return set(PERMISSIONS[doctype].get(role, "").split())


@pytest.fixture(scope="module")
def filled(site: str) -> Iterator[Any]:
	"""A user per role, a customer all of them answer for, and a record of every DocType."""
	import frappe

	for role in (*ROLES, NO_ROLE):
		roles = [{"role": each} for each in (role, "Sales User") if each != NO_ROLE]
		document = {"doctype": "User", "email": person(role), "first_name": role, "roles": roles}
		frappe.get_doc(document | {"send_welcome_email": 0}).insert()
	seller = make_sales_person("alliance-manager")
	team = [{"sales_person": seller, "allocated_percentage": 100}]
	make_customer(
		SHOP,
		account_manager="customer-account-manager",
		retention_backup_manager="customer-service-agent",
		sales_team=team,
	)
	for doctype in PERMISSIONS:
		if not frappe.get_meta(doctype).issingle and not frappe.get_all(doctype, limit=1):
			make_blank(frappe, doctype)
	yield frappe
	frappe.set_user("Administrator")
	frappe.db.rollback()


def make_blank(frappe: Any, doctype: str) -> None:
	"""Write a record that holds nothing but its customer: only who may do what with it is asked here."""
	record = frappe.new_doc(doctype)
	record.name = f"matrix {doctype}"
	if record.meta.has_field("customer"):
		record.customer = SHOP
	record.db_insert()


@pytest.fixture
def frappe(filled: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
	"""Frappe over the records; their own rules are put aside, so that rights alone refuse."""
	from frappe.model.document import Document

	monkeypatch.setattr(Document, "run_method", lambda *arguments, **named: None)
	monkeypatch.setattr(filled.local.db, "commit", lambda *arguments, **named: None)
	yield filled
	filled.set_user("Administrator")
	filled.local.message_log = []


def record_of(frappe: Any, doctype: str) -> Any:
	"""Return the record of a DocType as it is stored."""
	single = frappe.get_meta(doctype).issingle
	return frappe.get_doc(doctype, doctype if single else frappe.get_all(doctype, pluck="name")[0])


def may(frappe: Any, act: Callable[[], object]) -> bool:
	"""Tell whether a right lets somebody through; what is then missing in a blank record is another matter."""
	frappe.db.savepoint("act")
	try:
		act()
	except frappe.PermissionError:
		return False
	except (frappe.ValidationError, frappe.DoesNotExistError):
		return True
	finally:
		frappe.db.rollback(save_point="act")
		frappe.local.message_log = []
	return True


@pytest.mark.parametrize("doctype", PERMISSIONS)
def test_every_right_of_every_role_is_as_declared(frappe: Any, doctype: str) -> None:
	record = record_of(frappe, doctype)
	for role in EVERYBODY:
		declared = granted(doctype, role)
		# Whoever may read a record may choose it in a link.
		for right in RIGHTS[1:]:
			asked = frappe.has_permission(doctype, right, user=person(role))
			assert asked is (right in declared), (doctype, role, right)
			of_record = bool(frappe.has_permission(doctype, right, record, user=person(role)))
			assert of_record is (right in declared), (doctype, role, right, "of a record")
		assert not frappe.has_permission(doctype, "select", user=person(role)), (doctype, role)


def acts(frappe: Any, doctype: str, record: Any) -> dict[str, tuple[set[str], Callable[[], object]]]:
	"""Return what a request does, by its name, with the rights that it needs."""
	from frappe import client, share
	from frappe.permissions import can_export
	from frappe.www.printview import validate_print_permission

	single, submittable = record.meta.issingle, record.meta.is_submittable
	new = {"doctype": doctype, **({"customer": SHOP} if record.meta.has_field("customer") else {})}
	found = {
		"get": ({"read"}, lambda: client.get(doctype, record.name)),
		"save": ({"write"}, lambda: client.save(record.as_dict())),
		"print": ({"print"}, lambda: validate_print_permission(record)),
		"share": ({"share"}, lambda: share.add(doctype, record.name, user=person(NO_ROLE))),
	}
	if not single:
		found |= {
			"list": ({"read"}, lambda: client.get_list(doctype)),
			"insert": ({"create"}, lambda: client.insert(new)),
			"delete": ({"delete"}, lambda: client.delete(doctype, record.name)),
			"export": ({"export"}, lambda: can_export(doctype, raise_exception=True)),
		}
	if submittable:
		found |= {
			"submit": ({"write", "submit"}, lambda: client.submit(record.as_dict())),
			"cancel": ({"write", "cancel"}, lambda: cancel(frappe, doctype, record.name)),
		}
	return found


def cancel(frappe: Any, doctype: str, name: str) -> None:
	from frappe import client

	frappe.db.set_value(doctype, name, "docstatus", 1)
	client.cancel(doctype, name)


@pytest.mark.parametrize("doctype", PERMISSIONS)
def test_what_a_request_does_needs_the_declared_rights(frappe: Any, doctype: str) -> None:
	for role in EVERYBODY:
		frappe.set_user("Administrator")
		record = record_of(frappe, doctype)
		frappe.set_user(person(role))
		for name, (needed, act) in acts(frappe, doctype, record).items():
			assert may(frappe, act) is (needed <= granted(doctype, role)), (doctype, role, name)


@pytest.mark.parametrize("doctype", PERMISSIONS)
def test_fields_of_higher_levels_are_for_whom_the_table_names(frappe: Any, doctype: str) -> None:
	meta = frappe.get_meta(doctype)
	levels = {0: PERMISSIONS[doctype], **HIGHER_LEVELS.get(doctype, {})}
	assert {field.permlevel for field in meta.fields} == {*levels}
	for role in EVERYBODY:
		for right in ("read", "write"):
			reached = meta.get_permlevel_access(right, user=person(role))
			declared = {level for level, roles in levels.items() if right in roles.get(role, "").split()}
			assert {*reached} == declared, (doctype, role, right)


@pytest.mark.parametrize("table", CHILDREN)
def test_rows_have_no_rights_of_their_own(frappe: Any, table: str) -> None:
	"""Asked without its parent, a table is closed to everybody."""
	for role in EVERYBODY:
		frappe.set_user(person(role))
		assert frappe.get_meta(table).permissions == []
		assert not may(frappe, lambda: frappe.client.get_list(table, parent=None)), (table, role)


def test_the_cells_are_counted(record_property: Callable[[str, object], None]) -> None:
	"""How many cells there are is what docs/reliability.md says."""
	cells = Counter(
		"granted" if right in granted(doctype, role) else "refused"
		for doctype in PERMISSIONS
		for role in EVERYBODY
		for right in RIGHTS
	)
	assert cells["refused"] > cells["granted"] > 0
	(row,) = (
		line for line in RELIABILITY.read_text(encoding="utf-8").splitlines() if Path(__file__).name in line
	)
	assert f"{len(PERMISSIONS)} DocTypes x {len(EVERYBODY)} readers" in row
	assert f"x {len(RIGHTS)} rights" in row
	assert f"| {cells.total():,} |" in row
	record_property("cells", dict(cells))

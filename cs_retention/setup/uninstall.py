"""What Frappe leaves behind when it removes an app: roles, role profiles, columns, settings, logs of patches and jobs.

DocTypes, their tables, custom fields and the module are removed by Frappe itself.
"""

import json
from pathlib import Path

import frappe
from frappe import _

from cs_retention.churn_retention import scheduled as quarterly
from cs_retention.cs_retention.retention_outbox import PULSE, mark_path
from cs_retention.retention_reports import bulletin
from cs_retention.retention_reports import scheduled as reports
from cs_retention.setup.demo import is_loaded
from cs_retention.setup.indexes import drop_indexes
from cs_retention.setup.seeds import REGISTER, read_register
from cs_retention.star_levels import scheduled
from cs_retention.store.schema import own_tables

APP = "cs_retention"
PROFILE = "Role Profile"
WORKFLOW = {
	"Kanban Board": (),
	"Workflow": (),
	"Workflow State": (("Workflow Document State", "state"),),
	"Workflow Action Master": (("Workflow Transition", "action"),),
}
"""What was seeded of the Workflow, in the order of deletion, and the rows of other Workflows that keep it."""
ABOUT_OURS = {"Version": "ref_doctype", "Comment": "reference_doctype", "DocShare": "share_doctype"}
"""Records of the framework about a document, and the field that names its DocType."""


def before_uninstall() -> None:
	"""Refuse while demo data is loaded: without the app nothing would know which rows it is."""
	if is_loaded():
		frappe.throw(
			_("Demo data is loaded. Erase it first: bench --site {0} erase-retention-demo").format(
				frappe.local.site
			),
			title=_("Demo Data"),
		)


def after_uninstall() -> None:
	"""Remove what is left of the app; nothing while it is still installed, as in `uninstall-app --dry-run`."""
	if is_installed():
		return
	delete_role_profiles()
	delete_workflow()
	delete_onboarding_steps()
	delete_roles()
	delete_rows()
	drop_indexes()
	drop_columns()
	mark_path().unlink(missing_ok=True)
	# Frappe commits nothing after this hook.
	frappe.db.commit()  # nosemgrep: frappe-manual-commit


def is_installed() -> bool:
	"""Whether the site lists the app, read from the database: Frappe's own list is cached for the request."""
	return APP in json.loads(frappe.db.get_global("installed_apps") or "[]")


def delete_role_profiles() -> None:
	"""Delete the role profiles that were seeded, and forget them with whoever has one; the roles stay."""
	profiles = [
		name for doctype, name in (seed.split(": ", 1) for seed in read_register()) if doctype == PROFILE
	]
	for name in profiles:
		frappe.db.set_value("User", {"role_profile_name": name}, "role_profile_name", None)
		frappe.delete_doc(PROFILE, name, force=True, ignore_missing=True)


def delete_workflow() -> None:
	"""Delete the Workflow of cases with its board, and the states and actions that were seeded and nobody else uses."""
	seeded = [seed.split(": ", 1) for seed in read_register()]
	for doctype in WORKFLOW:
		for name in (name for kind, name in seeded if kind == doctype):
			if not any(frappe.db.exists(table, {field: name}) for table, field in WORKFLOW[doctype]):
				frappe.delete_doc(doctype, name, force=True, ignore_missing=True)


def delete_onboarding_steps() -> None:
	"""Delete the steps of the onboarding, which stand in no module."""
	for folder in Path(frappe.get_app_path(APP, APP, "onboarding_step")).iterdir():
		step = frappe.get_file_json(str(folder / f"{folder.name}.json"))
		frappe.delete_doc(step["doctype"], step["name"], force=True, ignore_missing=True)


def delete_roles() -> None:
	"""Delete the app's roles and take them from everybody who has them."""
	for role in read_fixture("role"):
		frappe.db.delete("Has Role", {"role": role["name"]})
		frappe.db.delete("Custom DocPerm", {"role": role["name"]})
		frappe.delete_doc("Role", role["name"], force=True, ignore_missing=True)


def delete_rows() -> None:
	"""Delete rows of the framework that name code, settings or records of the app."""
	frappe.db.delete("Patch Log", {"patch": ("like", f"{APP}.%")})
	frappe.db.delete("Scheduled Job Type", {"method": ("like", f"{APP}.%")})
	registers = (REGISTER, scheduled.REGISTER, quarterly.REGISTER, bulletin.REGISTER, reports.REGISTER)
	frappe.db.delete("DefaultValue", {"defkey": ("in", registers)})
	frappe.db.delete("Singles", {"doctype": ("in", ("CS Retention Settings", "Alliance Settings", PULSE))})
	for doctype, fieldname in ABOUT_OURS.items():
		frappe.db.delete(doctype, {fieldname: ("in", list(own_tables()))})


def drop_columns() -> None:
	"""Drop the columns of the app's custom fields, their values included."""
	for field in read_fixture("custom_field"):
		statement = f"ALTER TABLE `tab{field['dt']}` DROP COLUMN IF EXISTS `{field['fieldname']}`"
		# The query builder has no ALTER TABLE; both names come from our own fixture file.
		frappe.db.sql_ddl(statement)  # nosemgrep: frappe-using-db-sql
		frappe.clear_cache(doctype=field["dt"])


def read_fixture(name: str) -> list[dict]:
	"""Return the records of one of the app's fixture files."""
	return frappe.get_file_json(frappe.get_app_path(APP, "fixtures", f"{name}.json"))

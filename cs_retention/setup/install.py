"""What must be true before the app is installed, and what every site with it has: seeds, a state per customer."""

import frappe
from frappe import _

from cs_retention.cs_retention.states import ensure_states
from cs_retention.setup.indexes import ensure_indexes, ensure_own_indexes
from cs_retention.setup.seeds import insert_seeds


def before_install() -> None:
	"""Refuse a site the app would not work on, before anything of it is written."""
	if frappe.db.db_type != "mariadb":
		frappe.throw(_("CS Retention needs a site on MariaDB."), title=_("Database Not Supported"))
	for app in ("frappe", "erpnext"):
		validate_version(app)


def validate_version(app: str) -> None:
	"""Refuse any other major version of `app` than 15."""
	version = frappe.get_attr(f"{app}.__version__")
	if version.split(".")[0] != "15":
		frappe.throw(
			_("CS Retention needs version 15 of {0}; this bench has {1}.").format(app, version),
			title=_("Version Not Supported"),
		)


def after_install() -> None:
	"""Give the site what it begins with."""
	insert_seeds()
	ensure_states()


def after_sync() -> None:
	"""Make the indexes, some of which are over custom fields: Frappe brings those after the rest of the app."""
	ensure_indexes()


def after_migrate() -> None:
	"""Give the site what a new version begins with; what is there stays as it is."""
	ensure_indexes()
	ensure_own_indexes()
	insert_seeds()
	ensure_states()

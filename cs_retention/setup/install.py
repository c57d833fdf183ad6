"""What must be true before the app is installed; what it brings are DocTypes and fixtures."""

import frappe
from frappe import _


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

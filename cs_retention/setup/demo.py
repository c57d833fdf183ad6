"""Demo data of a site: the sample branch as customers, invoices and contacts, loaded and erased to the row.

Every row is named with a mark that is drawn when the data is loaded and kept in the register; people and words that the
site lacks are made and listed there too. Invoices are rows without ledger entries: accounts and stock stay as they are.
"""

import json
from typing import Any

import frappe
from frappe import _
from frappe.model.delete_doc import check_if_doc_is_dynamically_linked, check_if_doc_is_linked
from frappe.utils import strip_html
from frappe.utils.background_jobs import is_job_enqueued

from cs_retention.callbacks.customer import ROWS
from cs_retention.cs_retention.states import ensure_states
from cs_retention.setup.demo_rows import TABLES, Branch, words_of
from cs_retention.store.schema import own_tables

REGISTER = "cs_retention_demo"
"""Global default that holds the mark and what was made beside the marked rows."""

JOB = "cs_retention_demo"
QUEUE, MINUTES = "long", 20
ABOUT_DOCUMENTS = {"Version": "docname", "Comment": "reference_name", "View Log": "reference_name"}
"""Records of the framework about a document, and the field that holds its name."""


def load() -> int:
	"""Load the sample branch, its last day moved to today, and return the number of customers."""
	validate_loadable()
	branch = Branch.read(frappe.generate_hash(length=6))
	made = {doctype: make_missing(doctype, names) for doctype, names in words_of(branch).items()}
	for doctype, read in TABLES.items():
		insert(doctype, list(read(branch)))
	ensure_states()
	write_register({"mark": branch.mark, "made": made})
	return len(branch.customers)


def validate_loadable() -> None:
	"""Refuse to load twice, or on a site that no invoice can belong to."""
	if is_loaded():
		frappe.throw(
			_("Demo data is loaded already. Erase it before you load it again."), title=_("Demo Data")
		)
	if not frappe.db.count("Company"):
		frappe.throw(_("There is no Company yet. Finish the setup of ERPNext first."), title=_("Demo Data"))


def make_missing(doctype: str, rows: dict[str, dict[str, Any]]) -> list[str]:
	"""Insert the rows, by name, that the site has not; return their names."""
	known = set(frappe.get_all(doctype, {"name": ("in", list(rows))}, pluck="name"))
	missing = [row for name, row in rows.items() if name not in known]
	insert(doctype, missing)
	return [row["name"] for row in missing]


def insert(doctype: str, rows: list[dict[str, Any]]) -> None:
	"""Insert rows in sets, as written by whoever loads them, now."""
	if not rows:
		return
	now, user = frappe.utils.now_datetime(), frappe.session.user
	stamps = {"creation": now, "modified": now, "owner": user, "modified_by": user}
	fieldnames = [*stamps, *(name for name in rows[0] if name not in stamps)]
	values = ([{**stamps, **row}[name] for name in fieldnames] for row in rows)
	frappe.db.bulk_insert(doctype, fieldnames, values, chunk_size=1000)


def erase() -> int:
	"""Erase what was loaded and what the app made of it, and return the number of customers; the rest stays.

	Refused, naming the document, when something else of the site has come to hang on a demo customer.
	"""
	register = read_register()
	if not register:
		frappe.throw(_("No demo data is loaded."), title=_("Demo Data"))
	like = ("like", f"{register['mark']} %")
	customers = frappe.get_all("Customer", {"name": like}, pluck="name")
	delete_ours(customers)
	for doctype in TABLES:
		if doctype != "Customer":
			frappe.db.delete(doctype, {"name": like})
	for customer in customers:
		validate_unlinked("Customer", customer)
	frappe.db.delete("Customer", {"name": like})
	for doctype, fieldname in ABOUT_DOCUMENTS.items():
		frappe.db.delete(doctype, {fieldname: like})
	delete_made(register["made"])
	write_register(None)
	frappe.clear_cache()
	return len(customers)


def delete_ours(customers: list[str]) -> None:
	"""Delete every record of the app about the customers: states, ratings, callbacks, overrides."""
	callbacks = frappe.get_all("Customer Callback", {"customer": ("in", customers)}, pluck="name")
	for table in ROWS:
		frappe.db.delete(table, {"parent": ("in", callbacks or [""])})
	for doctype, table in own_tables().items():
		if any(column.name == "customer" for column in table.columns):
			frappe.db.delete(doctype, {"customer": ("in", customers or [""])})


def delete_made(made: dict[str, list[str]]) -> None:
	"""Delete the people and words made at loading, but for those that the site uses by now."""
	for doctype, names in made.items():
		for name in names:
			try:
				validate_unlinked(doctype, name)
			except frappe.LinkExistsError:
				frappe.clear_last_message()
				continue
			frappe.db.delete(doctype, {"name": name})


def validate_unlinked(doctype: str, name: str) -> None:
	"""Refuse to erase what another document names."""
	doc = frappe.get_doc(doctype, name)
	check_if_doc_is_linked(doc)
	check_if_doc_is_dynamically_linked(doc)


def is_loaded() -> bool:
	"""Whether demo data is on the site."""
	return bool(read_register())


def read_register() -> dict[str, Any]:
	"""Return mark and list of what was made; empty when nothing is loaded. Read past the cache."""
	row = {"defkey": REGISTER, "parent": "__global"}
	return json.loads(frappe.db.get_value("DefaultValue", row, "defvalue") or "{}")


def write_register(register: dict[str, Any] | None) -> None:
	"""Keep the register, or forget it."""
	if register:
		frappe.db.set_global(REGISTER, json.dumps(register))
	else:
		frappe.db.delete("DefaultValue", {"defkey": REGISTER, "parent": "__global"})


@frappe.whitelist(methods=["POST"])
def load_demo() -> None:
	"""Load the demo data in the background."""
	validate_permission()
	validate_loadable()
	enqueue("load")


@frappe.whitelist(methods=["POST"])
def erase_demo() -> None:
	"""Erase the demo data in the background."""
	validate_permission()
	enqueue("erase")


@frappe.whitelist(methods=["POST"])
def get_demo_status() -> dict[str, Any]:
	"""Return whether demo data is loaded, whether a job on it runs, and why the last one failed."""
	validate_permission()
	return {
		"is_loaded": is_loaded(),
		"is_running": is_job_enqueued(JOB),
		"error": frappe.cache.get_value(JOB, expires=True),
	}


def validate_permission() -> None:
	"""Refuse everybody but who may set up the app: only a System Manager may create its settings."""
	frappe.has_permission("CS Retention Settings", "create", throw=True)


def enqueue(step: str) -> None:
	"""Start one job on the demo data; a second one is refused while it runs."""
	if is_job_enqueued(JOB):
		frappe.throw(
			_("Demo data is being loaded or erased at this moment. Wait until that has ended."),
			title=_("Not Possible Now"),
		)
	frappe.cache.delete_value(JOB)
	frappe.enqueue(
		run_step,
		queue=QUEUE,
		timeout=60 * MINUTES,
		job_id=JOB,
		deduplicate=True,
		enqueue_after_commit=True,
		step=step,
		language=frappe.local.lang,
	)


def run_step(step: str, language: str) -> None:
	"""Load or erase as one transaction; the form is told, in a language, why it failed."""
	frappe.local.lang = language
	try:
		{"load": load, "erase": erase}[step]()
	except Exception as error:
		frappe.db.rollback()
		frappe.cache.set_value(JOB, strip_html(str(error)), expires_in_sec=60 * MINUTES)
		if not isinstance(error, frappe.ValidationError):
			raise

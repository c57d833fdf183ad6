"""A site of its own with a generated book, and Star Reviews played on it without a worker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from private_bench import PrivateBench
from support_book import AS_OF, all_tables
from support_random_book import fill, random_book

CHANGED = (
	*("Customer", "Sales Invoice", "Customer Retention State", "Star Rating", "Star Review", "Star Policy"),
	*("Star Policy Band", "Star Policy Factor", "Star Policy Step", "Star Override", "Head Office Level"),
)
"""Tables that tests of reviews change."""
RUNNING = {"Computing": "Compute", "Submitting": "Submit", "Cancelling": "Cancel"}


@contextmanager
def connected(bench: PrivateBench, dump: Path, name: str) -> Iterator[Any]:
	"""Yield Frappe connected to a fresh site; afterwards it is connected to the site that it was connected to."""
	import frappe

	before = frappe.local.site
	bench.restore(name, dump)
	frappe.destroy()
	connect(frappe, name)
	yield frappe
	frappe.db.rollback()
	frappe.destroy()
	connect(frappe, before)


def connect(frappe: Any, name: str) -> None:
	frappe.init(site=name)
	frappe.connect()
	frappe.flags.in_test = True


def fill_book(frappe: Any, customers: int, seed: int = 3) -> None:
	"""Write a generated book into the site's tables, in sets."""
	from cs_retention.store.base import Authorship
	from cs_retention.store.site import SiteStore

	authorship = Authorship(now=frappe.utils.now_datetime)
	fill(SiteStore(frappe.db, authorship, all_tables()), random_book(seed, customers, spell=True))


def keep(frappe: Any, name: str) -> None:
	"""Keep the tables that tests change, as they stand, under a name."""
	for doctype in CHANGED:
		frappe.db.sql_ddl(f"CREATE TABLE `{name} {doctype}` AS SELECT * FROM `tab{doctype}`")


def put_back(frappe: Any, name: str) -> None:
	"""Put the tables back as they were kept."""
	frappe.db.rollback()
	frappe.set_user("Administrator")
	for doctype in CHANGED:
		frappe.db.sql(f"DELETE FROM `tab{doctype}`")
		frappe.db.sql(f"INSERT INTO `tab{doctype}` SELECT * FROM `{name} {doctype}`")
	frappe.db.commit()
	frappe.clear_cache()


def shake(frappe: Any) -> None:
	"""Change what customers bought, so that the next review moves some up and some down."""
	frappe.db.sql(
		"UPDATE `tabSales Invoice` SET base_net_total = base_net_total * IF(CRC32(LOWER(TRIM(customer))) % 3 = 0, 40, 0.01)"
	)
	frappe.db.commit()


def new_review(frappe: Any, **fields: Any) -> Any:
	"""Return a saved review as of the book's date."""
	return frappe.get_doc({"doctype": "Star Review", "as_of": AS_OF, "kind": "Interim", **fields}).insert()


def start(frappe: Any, review: str, step: str) -> None:
	"""Press a button of the form."""
	frappe.get_attr(f"cs_retention.star_levels.doctype.star_review.star_review.{step.lower()}_review")(review)
	frappe.db.commit()


def run_job(frappe: Any, review: str, language: str | None = None) -> Any:
	"""Run the job of the step that was started, here and now, and return the review as it then stands."""
	from cs_retention.star_levels.review_jobs import run_step

	status, token = frappe.db.get_value("Star Review", review, ("status", "job_token"))
	run_step(review, RUNNING[status], token, language)
	frappe.db.commit()
	return frappe.get_doc("Star Review", review)


def play(frappe: Any, review: str, *steps: str) -> Any:
	"""Play steps one after the other and return the review."""
	for step in steps:
		start(frappe, review, step)
		played = run_job(frappe, review)
		assert played.error is None, played.error
	return played


def states(frappe: Any) -> dict[str, dict[str, Any]]:
	"""Return every customer's state by customer, without stamps."""
	skipped = {"name", "modified", "modified_by", "creation", "owner", "as_of", "idx", "docstatus"}
	rows = frappe.db.sql("SELECT * FROM `tabCustomer Retention State`", as_dict=True)
	return {row.customer: {key: value for key, value in row.items() if key not in skipped} for row in rows}


def mirrors(frappe: Any) -> dict[str, str | None]:
	"""Return the star level that every customer shows."""
	return dict(frappe.db.sql("SELECT name, retention_star_level FROM tabCustomer"))

"""Demo data is loaded with one command or button and erased to the row; nothing else is touched."""

from __future__ import annotations

import ast
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from app_files import APP, syntax
from personas import make_personas, user
from private_bench import PrivateBench
from support_reviews import connected, fill_book, new_review, play

SITE = "demo.localhost"
FILES = APP / "preview/sample_branch"
LOGS = {"DefaultValue", "__global_search"}


@pytest.fixture(scope="module")
def book(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	"""Frappe on a site with a generated book and a user per persona."""
	with connected(bench, installed_dump, SITE) as frappe:
		fill_book(frappe, 60)
		# Complaints of the generated book name words that its site has not; erasing would keep those for them.
		frappe.db.delete("Issue")
		make_personas()
		from cs_retention.cs_retention.states import ensure_states

		ensure_states()
		frappe.db.commit()
		yield frappe


@pytest.fixture
def demo(book: Any) -> Iterator[Any]:
	"""The module under test on the site; what a test writes is rolled back."""
	from cs_retention.setup import demo

	yield demo
	book.db.rollback()
	book.set_user("Administrator")


def checksums(frappe: Any) -> dict[str, int]:
	"""Return a checksum of every table with rows, and of none that only keeps a log of work."""
	tables = [table for table in frappe.db.get_tables(cached=False) if table.removeprefix("tab") not in LOGS]
	found = {}
	for table in tables:
		((_name, checksum),) = frappe.db.sql(f"CHECKSUM TABLE `{table}`")
		found[table] = checksum
	return found


def lines(kind: str) -> list[dict[str, str]]:
	with (FILES / f"{kind}.csv").open(encoding="utf-8", newline="") as file:
		return list(csv.DictReader(file))


def test_what_is_loaded_is_the_sample_branch_and_erasing_leaves_the_site_as_it_was(book, demo) -> None:
	before = checksums(book)
	assert demo.load() == len(lines("customers")) == 120
	mark = f"{demo.read_register()['mark']} %"
	for doctype, kind in (
		("Customer", "customers"),
		("Sales Invoice", "invoices"),
		("Sales Invoice Item", "items"),
		("Contract", "contracts"),
		("Issue", "issues"),
		("Customer Touch", "contacts"),
		("Owner Absence", "absences"),
	):
		assert book.db.count(doctype, {"name": ("like", mark)}) == len(lines(kind)), doctype
	assert demo.is_loaded()
	assert demo.erase() == 120
	assert not demo.is_loaded()
	assert checksums(book) == before


def test_the_last_day_of_the_branch_is_the_day_of_loading(book, demo) -> None:
	from cs_retention.setup.demo_rows import LAST_DAY

	shown = {ast.unparse(node) for node in syntax(APP / "preview/demo.py").body}
	assert f"AS_OF = date({LAST_DAY.year}, {LAST_DAY.month}, {LAST_DAY.day})" in shown
	demo.load()
	mark = demo.read_register()["mark"]
	day = book.db.get_value("Sales Invoice", f"{mark} B21-0001", "posting_date")
	assert (book.utils.getdate() - day).days == (LAST_DAY - book.utils.getdate("2021-07-05")).days


def test_a_demo_customer_can_be_opened_and_saved(book, demo) -> None:
	demo.load()
	mark = demo.read_register()["mark"]
	customer = book.get_doc("Customer", {"name": ("like", f"{mark} %"), "retention_key_account": 1})
	customer.save()
	assert customer.customer_name == customer.name.removeprefix(f"{mark} ")


def test_a_second_load_an_erasure_of_nothing_and_a_site_without_a_company_are_refused(book, demo) -> None:
	with pytest.raises(book.ValidationError, match=r"No demo data is loaded\."):
		demo.erase()
	demo.load()
	with pytest.raises(book.ValidationError, match=r"loaded already\. Erase it before you load it again"):
		demo.load()
	demo.erase()
	book.db.delete("Company")
	with pytest.raises(book.ValidationError, match=r"no Company yet\. Finish the setup of ERPNext first"):
		demo.load()


def test_a_customer_that_other_work_hangs_on_is_not_erased(book, demo) -> None:
	demo.load()
	customer = book.get_all("Customer", {"name": ("like", "DEMO-%")}, pluck="name")[0]
	invoice = book.get_all("Sales Invoice", {"name": ("not like", "DEMO-%")}, pluck="name", limit=1)[0]
	book.db.set_value("Sales Invoice", invoice, "customer", customer)
	with pytest.raises(book.LinkExistsError, match=invoice):
		demo.erase()


def test_the_app_is_not_uninstalled_while_demo_data_is_loaded(book, demo) -> None:
	from cs_retention.setup.uninstall import before_uninstall

	before_uninstall()
	demo.load()
	with pytest.raises(book.ValidationError, match=f"bench --site {SITE} erase-retention-demo"):
		before_uninstall()


def test_only_a_system_manager_loads_and_erases(book, demo) -> None:
	for persona in ("east", "manager", "auditor"):
		book.set_user(user(persona))
		for act in (demo.load_demo, demo.erase_demo, demo.get_demo_status):
			with pytest.raises(book.PermissionError):
				act()


def test_the_button_enqueues_one_job_and_the_job_tells_why_it_failed(book, demo) -> None:
	from frappe.utils.background_jobs import get_job

	demo.load_demo()
	book.db.commit()
	try:
		assert demo.get_demo_status() == {"is_loaded": False, "is_running": True, "error": None}
		with pytest.raises(book.ValidationError, match="at this moment"):
			demo.erase_demo()
	finally:
		get_job(demo.JOB).delete()
	demo.run_step("erase", "zh")
	book.local.lang = "en"
	assert demo.get_demo_status()["error"] == "没有已载入的演示数据。"
	book.cache.delete_value(demo.JOB)


def test_the_commands_load_rate_and_erase(book, demo, bench: PrivateBench) -> None:
	book.db.commit()
	assert "120 customers loaded" in bench.frappe(SITE, "load-retention-demo")
	book.db.rollback()
	review = play(
		book, new_review(book, kind="Initial", as_of=book.utils.nowdate()).name, "Compute", "Submit"
	)
	rated = book.db.count(
		"Customer", {"name": ("like", "DEMO-%"), "retention_star_level": ("like", "% Star")}
	)
	assert review.docstatus == 1
	assert rated > 100
	assert "120 customers erased" in bench.frappe(SITE, "erase-retention-demo")
	book.db.rollback()
	assert not book.db.exists("Customer Retention State", {"customer": ("like", "DEMO-%")})
	assert not book.db.exists("User", {"name": ("like", "%@branch.example"), "enabled": 0})

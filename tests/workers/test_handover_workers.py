"""A book of two thousand customers handed over by a real worker that is killed: the next one goes on, and nobody is moved twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from private_bench import PrivateBench
from support_month import fill_month, make_person, person_name
from support_reviews import connected
from support_workers import Branch, kill, pass_by

SITE = "handing-over.localhost"
CUSTOMERS, PEOPLE = 2000, 6
HANDOVER, ROW, CALLBACK = "Book Handover", "Book Handover Row", "Customer Callback"
GIVER, BACKUP, *TAKERS = (person_name(number) for number in range(PEOPLE))


@pytest.fixture(scope="module")
def branch(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Branch]:
	"""A book whose calls were planned for six people and are one person's now."""
	with connected(bench, installed_dump, SITE) as frappe:
		for number in range(PEOPLE):
			make_person(frappe, person_name(number))
		fill_month(frappe, CUSTOMERS, [GIVER, *TAKERS, BACKUP])
		frappe.db.set_single_value("CS Retention Settings", "night_hour", 0)
		frappe.db.commit()
		branch = Branch(frappe, bench)
		branch.keep_states()
		run_night(branch)
		frappe.db.sql(f"UPDATE tabCustomer SET account_manager = '{GIVER}', retention_backup_manager = NULL")
		frappe.db.sql(f"UPDATE `tab{CALLBACK}` SET responsible = '{GIVER}', account_manager = '{GIVER}'")
		frappe.db.commit()
		yield branch


def run_night(branch: Branch) -> None:
	from cs_retention.cs_retention import retention_night

	branch.wake()
	retention_night.work(branch.run().name, "1")
	branch.frappe.db.commit()
	branch.frappe.cache.flushall()


def submitted(frappe: Any) -> Any:
	"""Return a hand-over of the whole book to four people, tried and submitted: its job waits in the queue."""
	from cs_retention.callbacks.doctype.book_handover.book_handover import try_handover

	doc = frappe.get_doc(
		{
			"doctype": HANDOVER,
			"from_person": GIVER,
			"role": "Account Manager",
			"reason": "leaves the branch",
			"targets": [{"person": person} for person in TAKERS],
		}
	).insert()
	try_handover(doc.name)
	doc.reload().submit()
	frappe.db.commit()
	return doc


def moved(frappe: Any, doc: Any) -> int:
	frappe.db.rollback()
	return frappe.db.count(ROW, {"handover": doc.name, "status": "Moved"})


def test_a_worker_killed_while_a_book_moves_is_followed_by_one_that_moves_the_rest(branch) -> None:
	from cs_retention.callbacks.retention_handover import resume_lost

	frappe = branch.frappe
	calls = Counter(frappe.get_all(CALLBACK, {"status": "Planned"}, pluck="customer"))
	assert len(calls) > CUSTOMERS * 0.9
	doc = submitted(frappe)
	with branch.workers(1) as (worker,):
		branch.wait_until(lambda: moved(frappe, doc) >= 500)
		kill(worker)
	before = moved(frappe, doc)
	assert 500 <= before < CUSTOMERS, "killed in mid-run, whole transactions kept"
	assert before % 500 == 0
	holders = Counter(frappe.get_all("Customer", pluck="account_manager"))
	assert holders[GIVER] == CUSTOMERS - before
	resume_lost()
	frappe.db.commit()
	pass_by(minutes=4)
	resume_lost()
	frappe.db.commit()
	with branch.workers(2):
		branch.wait_until(lambda: doc.reload().status == "Done" or frappe.db.rollback())
	assert_handed_over(frappe, doc, calls)


def assert_handed_over(frappe: Any, doc: Any, calls: Counter[str]) -> None:
	"""Everybody was moved once, evenly, with every planned call, and the log says so."""
	assert (doc.moved, doc.left_over) == (CUSTOMERS, 0)
	holders = Counter(frappe.get_all("Customer", pluck="account_manager"))
	assert holders == dict.fromkeys(TAKERS, CUSTOMERS // len(TAKERS))
	planned = frappe.get_all(CALLBACK, {"status": "Planned"}, ["customer", "responsible"])
	assert Counter(row.customer for row in planned) == calls
	managers = dict(frappe.get_all("Customer", fields=["name", "account_manager"], as_list=True))
	assert {row.responsible == managers[row.customer] for row in planned} == {True}
	log = frappe.get_all(ROW, {"handover": doc.name}, ["customer", "callbacks"])
	assert {row.customer: row.callbacks for row in log} == {name: calls[name] for name in managers}

"""What people look up of the whole book on a site, as ratios to F: a contact policy tried, an offer's candidates.

Run with the Python of a bench: env/bin/python benchmarks/trials.py [CUSTOMERS] [ROUNDS], BENCH naming the bench. The
site is that of benchmarks/stars.py, made beside the bench and thrown away.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from support_reviews import connect  # noqa: E402

from benchmarks.floors import seconds  # noqa: E402
from benchmarks.stars import SITE, site_of_a_book  # noqa: E402

OFFER = "Free month"
AT_ONCE = 5000


def main(customers: int, rounds: int) -> None:
	"""Make the site, take floors and what is looked up in the same run, print the table."""
	with site_of_a_book(customers, rounds) as floors:
		floor = floors.covered
		print(f"{customers} customers; F = {floor:.2f} s; medians of {rounds}")
		for name, (taken, statements, found) in look_up(rounds).items():
			print(f"{name:<34}{taken:8.2f} s{taken / floor:7.1f} F{statements:6} statements   {found}")


def look_up(rounds: int) -> dict[str, tuple[float, int, str]]:
	"""Return seconds, statements and what was found of each."""
	import frappe

	connect(frappe, SITE)
	prepare(frappe)
	policy = frappe.get_doc("Contact Policy", "Standard v1").new_version()
	frappe.db.commit()
	found = {
		"a contact policy tried": measured(frappe, lambda: tried(frappe, policy), rounds),
		"candidates of an offer": measured(frappe, lambda: f"{len(candidates())} candidates", rounds),
	}
	chosen = [row["customer"] for row in candidates()[:AT_ONCE]]
	found["recommended to as many as may be"] = measured(frappe, lambda: recommended(chosen), rounds)
	frappe.destroy()
	return found


def prepare(frappe: Any) -> None:
	"""Give every customer a state and a mail address, every other one a consent, and make the offer."""
	frappe.get_attr("cs_retention.cs_retention.states.ensure_states")()
	frappe.db.sql("UPDATE tabCustomer SET email_id = CONCAT('c', CRC32(name), '@shop.example')")
	frappe.db.sql(
		"INSERT INTO `tabCustomer Consent` (name, customer, channel, status, consent_date, evidence, creation)"
		" SELECT CONCAT('c', CRC32(name)), name, 'Email', 'Given', '2026-10-01', 'form', NOW() FROM tabCustomer"
		" WHERE CRC32(name) % 2"
	)
	frappe.get_doc({"doctype": "Retention Offer", "offer_name": OFFER, "cost": 40}).insert()
	frappe.db.commit()


def measured(frappe: Any, work: Callable[[], str], rounds: int) -> tuple[float, int, str]:
	"""Return the median seconds of doing something, and statements and result of the last time; nothing of it stays."""
	counts, results, sql = [0], [""], frappe.local.db.sql

	def counting(*given: Any, **more: Any) -> Any:
		counts[-1] += 1
		return sql(*given, **more)

	def once() -> None:
		counts.append(0)
		results.append(work())

	frappe.local.db.sql = counting
	try:
		taken = []
		for _ in range(rounds):
			taken.append(seconds(once, times=1))
			frappe.db.rollback()
			frappe.clear_cache()
	finally:
		frappe.local.db.sql = sql
	return median(taken), counts[-1], results[-1]


def tried(frappe: Any, policy: str) -> str:
	"""Try the policy on a marketing mail to everybody."""
	from cs_retention.callbacks.contact_trial import run_trial

	run_trial(policy, frappe.utils.nowdate(), "en", "Marketing", "Email")
	return frappe.db.get_value("Contact Policy", policy, "trial_summary")


def candidates() -> list[dict[str, Any]]:
	"""Return who may get the offer."""
	from cs_retention.churn_retention.report.offer_candidates.offer_candidates import execute

	return execute({"offer": OFFER})[1]


def recommended(customers: list[str]) -> str:
	"""Recommend the offer to customers."""
	from cs_retention.churn_retention.recommendations import recommend_offer

	return recommend_offer(OFFER, customers, "a month free", "the fourth year", "2099-12-31")


if __name__ == "__main__":
	given = [int(argument) for argument in sys.argv[1:]]
	main(*(given + [20_000, 3][len(given) :]))

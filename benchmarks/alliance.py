"""A quarter's reviews of the alliance and a campaign's invitations as set operations on a site, as ratios to F (RULES section 5).

Run with the Python of a bench: env/bin/python benchmarks/alliance.py [--merchants 1000] [--members 100000], BENCH naming
the bench. The site is that of benchmarks/stars.py, made beside the bench and thrown away. Every merchant has three
inspections; a member in a hundred is a key account, and one in ten never agreed to mails. Beside the sets stands a review
submitted one by one, told per piece.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from support_reviews import connect  # noqa: E402

from benchmarks.floors import Floors  # noqa: E402
from benchmarks.stars import SITE, site_of_a_book  # noqa: E402

YEAR, QUARTER, DAY = 2026, "Q1", date(2026, 2, 10)
ONE_BY_ONE = 20
NOON = datetime(2026, 11, 26, 12)


@dataclass
class Taken:
	"""Seconds and statements by what was done."""

	frappe: Any
	seconds: dict[str, float] = field(default_factory=dict)
	statements: dict[str, int] = field(default_factory=dict)

	@contextmanager
	def measured(self, name: str, pieces: int = 1) -> Iterator[None]:
		"""Measure what is done within, for each of so many pieces."""
		database = self.frappe.local.db
		sql, counted = database.sql, [0]

		def counting(*given: Any, **more: Any) -> Any:
			counted[0] += 1
			return sql(*given, **more)

		database.sql = counting
		start = time.perf_counter()
		try:
			yield
		finally:
			self.seconds[name] = (time.perf_counter() - start) / pieces
			self.statements[name] = counted[0] // pieces
			database.sql = sql


def fill(frappe: Any, merchants: int) -> None:
	"""Write merchants with inspections, and give the customers of the book states, addresses and consents, in sets."""
	from cs_retention.cs_retention.states import ensure_states

	group, territory = (
		frappe.get_all(tree, {"is_group": 0}, pluck="name")[0] for tree in ("Customer Group", "Territory")
	)
	members = frappe.get_all("Customer", pluck="name")
	shops = [f"Shop {place:06d}" for place in range(merchants)]
	write(
		frappe,
		"Customer",
		("name", "customer_name", "customer_type", "customer_group", "territory"),
		((name, name, "Company", group, territory) for name in shops),
	)
	ensure_states()
	frappe.db.sql(
		"UPDATE `tabCustomer` SET disabled = 0, language = 'en', email_id = CONCAT('c', CRC32(name), '@shop.example')"
	)
	frappe.db.sql(
		"UPDATE `tabCustomer Retention State` SET star_level = 'Three Star', health_band = 'Healthy',"
		" is_key_account = CRC32(customer) % 100 = 0"
	)
	agreed = (name for place, name in enumerate(members) if place % 10)
	write(
		frappe,
		"Customer Consent",
		("name", "customer", "channel", "status", "consent_date", "evidence"),
		((f"c-{name}", name, "Email", "Given", "2024-01-01", "by phone") for name in agreed),
	)
	write(
		frappe,
		"Alliance Merchant",
		("name", "customer", "merchant_name", "status", "admitted_on"),
		((f"AM-{place:05d}", name, name, "Admitted", "2024-01-01") for place, name in enumerate(shops)),
	)
	write(
		frappe,
		"Alliance Inspection",
		("name", "merchant", "inspected_on", "result", "quality", "cooperation", "docstatus"),
		(
			(f"AI-{place:05d}-{number}", f"AM-{place:05d}", DAY, "Passed", 3 + number, 5 - number, 1)
			for place in range(merchants)
			for number in range(3)
		),
	)
	frappe.db.commit()


def write(frappe: Any, doctype: str, fields: tuple[str, ...], rows: Any) -> None:
	"""Insert rows in sets with their stamps."""
	now = frappe.utils.now_datetime()
	stamps = ("creation", "modified", "owner", "modified_by")
	written = ((*row, now, now, "Administrator", "Administrator") for row in rows)
	frappe.db.bulk_insert(doctype, (*fields, *stamps), written, chunk_size=5000)


def fill_in(frappe: Any) -> None:
	"""Give the drafts the scores that a person enters."""
	frappe.db.sql(
		"UPDATE `tabAlliance Review Score` SET score = 1 + CRC32(name) % 41 / 10, evidence = 'seen'"
		" WHERE source IS NULL OR source = ''"
	)
	frappe.db.commit()


def review_all(frappe: Any, taken: Taken) -> int:
	"""Draft and submit the reviews of a quarter in sets, and some of the next one by one; return how many in sets."""
	from cs_retention.merchant_alliance import quarter_reviews

	with taken.measured("reviews drafted"):
		drafted = quarter_reviews.draft(YEAR, QUARTER)
		frappe.db.commit()
	fill_in(frappe)
	with taken.measured("reviews submitted"):
		submitted = quarter_reviews.submit_complete(YEAR, QUARTER)
		frappe.db.commit()
	assert drafted == submitted
	quarter_reviews.draft(YEAR, "Q2")
	fill_in(frappe)
	names = frappe.get_all("Alliance Review", {"docstatus": 0}, pluck="name", limit=ONE_BY_ONE)
	with taken.measured("submitted one by one, each", pieces=len(names)):
		for name in names:
			frappe.get_doc("Alliance Review", name).submit()
		frappe.db.commit()
	return submitted


def invite_all(frappe: Any, taken: Taken) -> int:
	"""Try and send the invitations of a campaign; return how many vouchers there are."""
	from cs_retention.merchant_alliance import campaign_trials, invitations
	from cs_retention.merchant_alliance.doctype.alliance_campaign.alliance_campaign import count_members

	invitations.now_datetime = lambda: NOON
	today = frappe.utils.nowdate()
	levels = [{"level": "Three Star"}, {"level": "Key Account"}]
	doc = frappe.get_doc(
		{
			"doctype": "Alliance Campaign",
			"title": "Winter weeks",
			"from_date": today,
			"to_date": frappe.utils.add_days(today, 20),
			"template": "Alliance Invitation",
			"levels": levels,
		}
	).insert()
	frappe.db.commit()
	with taken.measured("audience counted"):
		count_members(frappe.as_json({"levels": levels}))
	with taken.measured("invitations tried"):
		campaign_trials.record(doc.name, today)
		frappe.db.commit()
	frappe.db.set_value("Alliance Campaign", doc.name, "status", "Inviting")
	frappe.db.commit()
	with taken.measured("members invited"):
		invitations.invite_all(doc.name)
	print(doc.reload().trial_summary)
	return frappe.db.count("Alliance Voucher", {"campaign": doc.name})


def measure(merchants: int, floors: Floors) -> None:
	"""Fill the site, take the figures and print them."""
	import frappe

	connect(frappe, SITE)
	frappe.db.set_default("company", frappe.get_all("Company", pluck="name")[0])
	fill(frappe, merchants)
	taken = Taken(frappe)
	reviewed, vouchers = review_all(frappe, taken), invite_all(frappe, taken)
	members = frappe.db.get_value("Alliance Campaign", {"title": "Winter weeks"}, "members")
	print(f"{reviewed:,} merchants reviewed; {members:,} members, {vouchers:,} vouchers")
	print(f"F = {floors.covered:.2f} s, Wi = {floors.insert / floors.covered:.2f} F")
	for name, seconds in taken.seconds.items():
		ratio = seconds / floors.covered
		print(f"{name:<34}{seconds:>9.3f} s{ratio:>9.2f} F{taken.statements[name]:>8} statements")
	frappe.destroy()


def main() -> None:
	parser = argparse.ArgumentParser()
	parser.add_argument("--merchants", type=int, default=1000)
	parser.add_argument("--members", type=int, default=100_000)
	asked = parser.parse_args()
	with site_of_a_book(asked.members, 3) as floors:
		measure(asked.merchants, floors)


if __name__ == "__main__":
	main()

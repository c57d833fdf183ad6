"""A quarter's reviews of the alliance and a campaign's invitations, as set operations on a site of their own.

Run with the Python of a bench: env/bin/python benchmarks/alliance.py [--merchants 1000] [--members 100000], BENCH naming
the bench. Every merchant has three inspections; a member in a hundred is a key account, and one in ten never agreed to
mails. Beside the sets stand a review submitted, and a message sent, one by one, each told per piece, and Wi, an
`INSERT .. SELECT` of as many rows with three secondary indexes.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

import private_bench  # noqa: E402

SITE = "alliance-floors.localhost"
YEAR, QUARTER, DAY = 2026, "Q1", date(2026, 2, 10)
ONE_BY_ONE = 20
NOON = datetime(2026, 11, 26, 12)


@contextmanager
def timed(taken: dict[str, float], name: str) -> Iterator[None]:
	start = time.perf_counter()
	yield
	taken[name] = time.perf_counter() - start


def fill(frappe: Any, merchants: int, members: int) -> None:
	"""Write merchants with inspections, and members with states and consents, in sets."""
	from cs_retention.cs_retention.states import ensure_states

	group, territory = (
		frappe.get_all(tree, {"is_group": 0}, pluck="name")[0] for tree in ("Customer Group", "Territory")
	)
	names = [
		*(f"Shop {place:06d}" for place in range(merchants)),
		*(f"Member {place:06d}" for place in range(members)),
	]
	write(
		frappe,
		"Customer",
		("name", "customer_name", "customer_type", "customer_group", "territory", "email_id", "language"),
		(
			(name, name, "Company", group, territory, f"{name[-6:]}@{name[:4].lower()}.example", "en")
			for name in names
		),
	)
	ensure_states()
	frappe.db.sql(
		"UPDATE `tabCustomer Retention State` SET star_level = 'Three Star', health_band = 'Healthy'"
	)
	frappe.db.sql(
		"UPDATE `tabCustomer Retention State` SET is_key_account = 1 WHERE customer LIKE 'Member%' AND customer LIKE '%00'"
	)
	agreed = (name for name in names[merchants:] if not name.endswith("5"))
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
		(
			(f"AM-{place:05d}", name, name, "Admitted", "2024-01-01")
			for place, name in enumerate(names[:merchants])
		),
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


def review_all(frappe: Any, taken: dict[str, float]) -> int:
	"""Draft and submit the reviews of a quarter in sets, and some of the next one by one; return how many in sets."""
	from cs_retention.merchant_alliance import quarter_reviews

	with timed(taken, "reviews drafted"):
		drafted = quarter_reviews.draft(YEAR, QUARTER)
		frappe.db.commit()
	fill_in(frappe)
	with timed(taken, "reviews submitted"):
		submitted = quarter_reviews.submit_complete(YEAR, QUARTER)
		frappe.db.commit()
	assert drafted == submitted
	quarter_reviews.draft(YEAR, "Q2")
	fill_in(frappe)
	names = frappe.get_all("Alliance Review", {"docstatus": 0}, pluck="name", limit=ONE_BY_ONE)
	with timed(taken, "submitted one by one, each"):
		for name in names:
			frappe.get_doc("Alliance Review", name).submit()
	frappe.db.commit()
	taken["submitted one by one, each"] /= max(1, len(names))
	return submitted


def invite_all(frappe: Any, taken: dict[str, float]) -> int:
	"""Try and send the invitations of a campaign; return how many vouchers there are."""
	from cs_retention.merchant_alliance import campaign_trials, invitations
	from cs_retention.merchant_alliance.doctype.alliance_campaign.alliance_campaign import count_members

	invitations.now_datetime = lambda: NOON
	today = frappe.utils.nowdate()
	doc = frappe.get_doc(
		{
			"doctype": "Alliance Campaign",
			"title": "Winter weeks",
			"from_date": today,
			"to_date": frappe.utils.add_days(today, 20),
			"template": "Alliance Invitation",
			"levels": [{"level": "Three Star"}, {"level": "Key Account"}],
		}
	).insert()
	with timed(taken, "audience counted"):
		count_members(frappe.as_json({"levels": [{"level": "Three Star"}, {"level": "Key Account"}]}))
	with timed(taken, "invitations tried"):
		campaign_trials.record(doc.name, today)
		frappe.db.commit()
	frappe.db.set_value("Alliance Campaign", doc.name, "status", "Inviting")
	frappe.db.commit()
	with timed(taken, "members invited"):
		invitations.invite_all(doc.name)
	print(doc.reload().trial_summary)
	return frappe.db.count("Alliance Voucher", {"campaign": doc.name})


def floor(frappe: Any, taken: dict[str, float]) -> None:
	"""Measure Wi: as many rows as there are vouchers inserted into a table with three secondary indexes."""
	frappe.db.sql_ddl(
		"CREATE OR REPLACE TABLE bench_new (name varchar(140) primary key, a varchar(140), b varchar(140), d date,"
		" index (a), index (b), index (d))"
	)
	with timed(taken, "Wi"):
		frappe.db.sql(
			"INSERT INTO bench_new SELECT name, customer, code, invited_on FROM `tabAlliance Voucher`"
		)
		frappe.db.commit()
	frappe.db.sql_ddl("DROP TABLE bench_new")


def measure(merchants: int, members: int) -> None:
	"""Fill a site, take the figures and print them."""
	import frappe

	frappe.init(site=SITE)
	frappe.connect()
	frappe.db.set_default("company", frappe.get_all("Company", pluck="name")[0])
	fill(frappe, merchants, members)
	taken: dict[str, float] = {}
	reviewed = review_all(frappe, taken)
	vouchers = invite_all(frappe, taken)
	floor(frappe, taken)
	print(
		f"{reviewed:,} merchants reviewed; {members:,} members, {vouchers:,} vouchers; Wi {taken['Wi']:.2f} s"
	)
	for name, seconds in taken.items():
		print(f"{name:<34}{seconds:>9.3f} s{seconds / taken['Wi']:>9.1f} Wi")
	frappe.destroy()


def main() -> None:
	parser = argparse.ArgumentParser()
	parser.add_argument("--merchants", type=int, default=1000)
	parser.add_argument("--members", type=int, default=100_000)
	asked = parser.parse_args()
	source = Path(os.environ.get("BENCH", "~/frappe-bench")).expanduser()
	with (
		tempfile.TemporaryDirectory() as folder,
		private_bench.started(Path(folder) / "bench", source) as bench,
	):
		bench.restore(SITE, private_bench.prepared_dump(bench))
		bench.frappe(SITE, "install-app", "cs_retention")
		os.environ["FRAPPE_BENCH_ROOT"] = str(bench.folder)
		os.chdir(bench.sites)
		measure(asked.merchants, asked.members)
		os.chdir(ROOT)


if __name__ == "__main__":
	main()

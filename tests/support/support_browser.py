"""What screens need behind them: a generated book, and workers that can be killed."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field

from bench_fixtures import SITE
from private_bench import CHECKOUT, PrivateBench
from support_workers import kill, start_worker

CUSTOMERS = 10_000
FILL = """
import sys
sys.path.insert(0, sys.argv[3])
import frappe
frappe.init(site=sys.argv[1]); frappe.connect()
from support_reviews import fill_book
fill_book(frappe, int(sys.argv[2]))
frappe.db.sql("UPDATE tabCustomer SET customer_name = name WHERE customer_name IS NULL")
frappe.db.commit()
"""


def fill_site(bench: PrivateBench) -> None:
	"""Write a generated book into the site, in sets."""
	bench.python("-c", FILL, SITE, str(CUSTOMERS), str(CHECKOUT / "tests/support"))


@dataclass
class Workers:
	"""The workers of the bench's queues; none works until it is started."""

	bench: PrivateBench
	started: list[subprocess.Popen[bytes]] = field(default_factory=list)

	def start(self) -> None:
		"""Start one more."""
		self.started.append(start_worker(self.bench, "long,default,short"))

	def kill(self) -> None:
		"""Kill all, in the middle of whatever they do."""
		while self.started:
			kill(self.started.pop())

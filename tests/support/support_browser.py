"""What screens need: a window that notes what goes wrong, a generated book, workers that can be killed."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field

from bench_fixtures import SITE
from playwright.sync_api import Page, Response
from private_bench import CHECKOUT, PrivateBench
from support_workers import kill, start_worker

CUSTOMERS = 10_000
SCREENSHOTS = CHECKOUT / ".work/screenshots"
# The throw-away bench runs no socket server; the desk says so in its console.
EXPECTED_TO_FAIL = ("socket.io",)
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


@dataclass(frozen=True)
class Desk:
	"""One window on the desk and what went wrong in it."""

	page: Page
	url: str
	name: str
	problems: list[str] = field(default_factory=list)

	def open(self, path: str, until: str) -> None:
		"""Open a page of the desk and wait until an element matching `until` is visible."""
		self.page.goto(self.url + path)
		self.page.locator(until).first.wait_for(state="visible", timeout=40_000)

	def screenshot(self, subject: str) -> None:
		"""Keep a picture of what is on the screen."""
		SCREENSHOTS.mkdir(parents=True, exist_ok=True)
		self.page.screenshot(path=SCREENSHOTS / f"{subject}-{self.name}.png")

	def overflow(self) -> int:
		"""Return by how many pixels the page is wider than the window."""
		return self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def note_refusal(problems: list[str]) -> Callable[[Response], None]:
	"""Return a listener that notes every answer that is an error."""

	def note(response: Response) -> None:
		if response.status >= 400 and not any(word in response.url for word in EXPECTED_TO_FAIL):
			problems.append(f"{response.status} {response.url}")

	return note

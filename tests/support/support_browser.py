"""What screens need: a window that notes what goes wrong, a generated book, workers that can be killed."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from bench_fixtures import SITE
from playwright.sync_api import Browser, Page, Request, Response
from private_bench import CHECKOUT, PrivateBench
from support_workers import forget_jobs, kill, start_worker

CUSTOMERS = 10_000
SCREENSHOTS = CHECKOUT / ".work/screenshots"
SLOW, SLOW_REQUESTS = 5000, CHECKOUT / ".work/slow_requests.log"
# The throw-away bench runs no socket server; the desk says so in its console.
EXPECTED_TO_FAIL = ("socket.io",)
STANDS = """() => {
	const open = $(".modal.show").toArray();
	return open.length && open.every((modal) => !($(modal).data("bs.modal") || {})._isTransitioning);
}"""
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
	bench.play(FILL, SITE, str(CUSTOMERS), str(CHECKOUT / "tests/support"))


@dataclass
class Workers:
	"""The workers of the bench's queues; none works until it is started."""

	bench: PrivateBench
	started: list[subprocess.Popen[bytes]] = field(default_factory=list)

	def start(self) -> None:
		"""Start one more."""
		self.started.append(start_worker(self.bench, "long,default,short"))

	def forget_jobs(self) -> None:
		"""Empty the queues of what nobody has worked on."""
		forget_jobs(self.bench)

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

	def screenshot(self, subject: str, whole: bool = False) -> None:
		"""Keep a picture of what is on the screen, or of the whole page."""
		SCREENSHOTS.mkdir(parents=True, exist_ok=True)
		self.page.screenshot(path=SCREENSHOTS / f"{subject}-{self.name}.png", full_page=whole)

	def press(self, label: str) -> None:
		"""Press a button of the form by its English words; a narrow window keeps them in the menu."""
		words = self.page.evaluate("label => __(label)", label)
		button = self.page.locator(".page-actions .custom-actions button:visible", has_text=words)
		if not button.count():
			self.page.locator(".page-actions .menu-btn-group > button:visible").click()
			button = self.page.locator(".menu-btn-group .dropdown-item:visible", has_text=words)
		button.first.click()

	def agree(self) -> None:
		"""Press the main button of the dialog, once it stands: what would close one that still moves in is ignored."""
		self.page.wait_for_function(STANDS)
		self.page.locator(".modal.show .btn-primary:visible").first.click()

	def overflow(self) -> int:
		"""Return by how many pixels the page is wider than the window."""
		return self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


As = Callable[[str], AbstractContextManager[Desk]]
"""What opens a window for a person of the branch."""


@contextmanager
def window_of(
	browser: Browser, url: str, user: str, password: str, language: str, width: int = 1280
) -> Iterator[Desk]:
	"""Yield a window on the desk for a person; nothing may fail in it."""
	context = browser.new_context(viewport={"width": width, "height": 844})
	answer = context.request.post(f"{url}/api/method/login", form={"usr": user, "pwd": password})
	assert answer.ok, answer.text()
	desk = Desk(context.new_page(), url, f"{language}-{width}")
	desk.page.on("pageerror", lambda error: desk.problems.append(str(error)))
	desk.page.on("response", note_refusal(desk.problems))
	desk.page.on("requestfinished", note_slow)
	yield desk
	context.close()
	assert desk.problems == []


def note_slow(request: Request) -> None:
	"""Keep on record what a window waited for longer than a few seconds."""
	if request.timing["responseEnd"] > SLOW:
		with SLOW_REQUESTS.open("a", encoding="utf-8") as log:
			log.write(f"{datetime.now():%H:%M:%S} {request.timing['responseEnd']:.0f} ms {request.url}\n")


def note_refusal(problems: list[str]) -> Callable[[Response], None]:
	"""Return a listener that notes every answer that is an error."""

	def note(response: Response) -> None:
		if response.status >= 400 and not any(word in response.url for word in EXPECTED_TO_FAIL):
			problems.append(f"{response.status} {response.url}")

	return note

"""A site with the app behind a loopback server, and Chromium logged in to its desk."""

from __future__ import annotations

import secrets
import shutil
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.error import URLError

import private_mariadb
import pytest
from bench_fixtures import SITE, bench, installed_dump, prepared_dump
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from private_bench import PrivateBench
from support_browser import As, Desk, Workers, fill_site, note_refusal, note_slow, window_of
from support_desk_screens import morning

__all__ = ["bench", "installed_dump", "prepared_dump"]

# Each language and each width of a screen is seen; the other two of four windows are for the pictures.
SPARE_WINDOWS = {("en", 390), ("zh", 1280)}
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


def pytest_addoption(parser: pytest.Parser) -> None:
	parser.addoption(
		"--every-window", action="store_true", help="both languages at both widths, as make evidence does"
	)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
	"""Leave out the spare windows of the tests that are for both widths, unless every window is asked for."""
	if config.getoption("--every-window"):
		return
	spare = [item for item in items if is_spare(item)]
	config.hook.pytest_deselected(items=spare)
	items[:] = [item for item in items if item not in spare]


def is_spare(item: pytest.Item) -> bool:
	"""Return whether a test is for both widths and this is a spare window of it."""
	if any("desk" in mark.args[0] for mark in item.iter_markers("parametrize")):
		return False
	chosen = item.callspec.params if hasattr(item, "callspec") else {}
	return (chosen.get("language"), chosen.get("desk", chosen.get("desk_as"))) in SPARE_WINDOWS


@pytest.fixture(scope="session")
def book(bench: PrivateBench, url: str) -> None:
	"""A generated book of ten thousand customers on the site."""
	fill_site(bench)


@pytest.fixture(scope="session")
def workers(bench: PrivateBench, book: None) -> Iterator[Workers]:
	"""The workers of the site with the book."""
	workers = Workers(bench)
	yield workers
	workers.kill()


@pytest.fixture
def at_work(workers: Workers) -> Iterator[None]:
	"""A worker for the jobs of a test, and for none that others left: a long one of them would hold it up."""
	workers.forget_jobs()
	workers.start()
	yield
	workers.kill()


@pytest.fixture(scope="session")
def password(bench: PrivateBench, installed_dump: Path) -> str:
	"""Administrator's password on the site."""
	bench.restore(SITE, installed_dump)
	password = secrets.token_hex(12)
	bench.frappe(SITE, "set-admin-password", password)
	return password


@pytest.fixture(scope="session")
def url(bench: PrivateBench, password: str) -> Iterator[str]:
	"""Address of the served site."""
	port = private_mariadb.free_port()
	python, script = bench.source / "env/bin/python", Path(__file__).with_name("serve_site.py")
	server = private_mariadb.start_process(
		[str(python), str(script), SITE, str(port)], cwd=bench.sites, env=bench.environment
	)
	address = f"http://127.0.0.1:{port}"
	private_mariadb.wait_for(lambda: urllib.request.urlopen(f"{address}/api/method/ping"), URLError, server)
	yield address
	private_mariadb.stop(server)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(QUIET))
		yield browser
		browser.close()


@pytest.fixture(scope="session", params=["en", "zh"])
def language(request: pytest.FixtureRequest, bench: PrivateBench, url: str) -> str:
	"""Administrator's language, one after the other."""
	bench.sql(SITE, f"UPDATE tabUser SET language = '{request.param}' WHERE name = 'Administrator'")
	bench.frappe(SITE, "clear-cache")
	return request.param


@pytest.fixture(scope="session")
def session(browser: Browser, url: str, language: str, password: str) -> dict:
	"""Cookies of a session that speaks the language."""
	context = browser.new_context()
	answer = context.request.post(f"{url}/api/method/login", form={"usr": "Administrator", "pwd": password})
	assert answer.ok, answer.text()
	cookies = context.storage_state()
	context.close()
	return cookies


@pytest.fixture(scope="session")
def profile(browser: Browser, session: dict) -> Iterator[BrowserContext]:
	"""A browser's profile with what it keeps of the desk's scripts, which takes most of the time to load."""
	context = browser.new_context(storage_state=session)
	yield context
	context.close()


@pytest.fixture(params=[1280, 390], ids=["wide", "narrow"])
def desk(
	request: pytest.FixtureRequest, profile: BrowserContext, url: str, session: dict, language: str
) -> Iterator[Desk]:
	"""A window on the desk, wide as on a table or narrow as in a hand; at the end nothing must have failed in it."""
	profile.clear_cookies()
	profile.add_cookies(session["cookies"])
	page = profile.new_page()
	page.set_viewport_size({"width": request.param, "height": 844})
	desk = Desk(page, url, f"{language}-{request.param}")
	desk.page.on("pageerror", lambda error: desk.problems.append(str(error)))
	desk.page.on("response", note_refusal(desk.problems))
	desk.page.on("requestfinished", note_slow)
	yield desk
	page.goto(f"{url}/robots.txt")
	page.evaluate("localStorage.clear()")
	page.close()
	assert desk.problems == []


@pytest.fixture(scope="session")
def branch(bench: PrivateBench, url: str, language: str) -> dict[str, str]:
	"""The small branch of a language, with its people."""
	return morning(bench, language)


@pytest.fixture(params=[1280, 390], ids=["wide", "narrow"])
def desk_as(
	request: pytest.FixtureRequest, browser: Browser, url: str, branch: dict[str, str], language: str
) -> As:
	"""What opens a window for a person of the branch; nothing may fail in it."""

	def opened(person: str) -> AbstractContextManager[Desk]:
		return window_of(browser, url, branch[person], branch["password"], language, request.param)

	return opened

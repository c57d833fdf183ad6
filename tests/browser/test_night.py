"""The night on the screen: begun by a button, its worker killed, the loss shown, finished after the next wake-up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from bench_fixtures import SITE
from playwright.sync_api import expect
from private_bench import PrivateBench
from support_browser import Workers

PRIMARY = ".page-actions .primary-action:visible"
PANEL = "[data-fieldname=progress_panel]"
WRITTEN = (
	*("Customer", "Customer Retention State", "Star Rating", "Star Review"),
	*("Customer Callback", "Customer Callback Purpose"),
)
"""Tables that a night writes, and that other screens are tested with."""

WAKE_A_QUARTER_LATER = """
import sys, frappe
from datetime import timedelta
frappe.init(site=sys.argv[1]); frappe.connect()
from frappe.utils.background_jobs import get_queue
from rq.utils import utcnow
queue = get_queue("long")
for job_id in queue.started_job_registry.get_job_ids():
	queue.fetch_job(job_id).heartbeat(utcnow() - timedelta(minutes=15), ttl=3600)
from cs_retention.cs_retention.retention_night import wake
wake()
frappe.db.commit()
"""


@pytest.fixture
def workers_of_the_night(bench: PrivateBench, workers: Workers) -> Iterator[Workers]:
	"""Nobody at work, no night on record, and chunks small enough to be killed in mid-run; the book is put back."""
	for doctype in WRITTEN:
		bench.sql(SITE, f"CREATE TABLE `kept {doctype}` AS SELECT * FROM `tab{doctype}`")
	for table in ("tabRetention Run", "tabRetention Run Chunk"):
		bench.sql(SITE, f"DELETE FROM `{table}`")
	for name, value in {"night_hour": 0, "night_chunk": 400}.items():
		bench.sql(
			SITE,
			f"UPDATE tabSingles SET value = '{value}' WHERE doctype = 'CS Retention Settings' AND field = '{name}'",
		)
	bench.frappe(SITE, "clear-cache")
	yield workers
	workers.kill()
	for doctype in WRITTEN:
		bench.sql(SITE, f"DELETE FROM `tab{doctype}`")
		bench.sql(SITE, f"INSERT INTO `tab{doctype}` SELECT * FROM `kept {doctype}`")
		bench.sql(SITE, f"DROP TABLE `kept {doctype}`")
	# A night left at work would keep every plan of later screens for itself; a form may still look at it.
	bench.sql(SITE, "UPDATE `tabRetention Run` SET status = 'Done' WHERE status = 'Running'")
	bench.frappe(SITE, "clear-cache")


def wait_for(reached: Callable[[], bool]) -> None:
	end = time.monotonic() + 60
	while not reached():
		assert time.monotonic() < end
		time.sleep(0.05)


def test_a_night_is_begun_loses_its_worker_says_so_and_is_finished(
	desk, bench: PrivateBench, workers_of_the_night: Workers
) -> None:
	desk.open("/app/retention-run", ".no-result:visible")
	desk.page.locator(PRIMARY).first.click()
	desk.page.wait_for_url("**/retention-run/Night*")
	desk.page.locator(f"{PANEL} .indicator-pill.orange").wait_for(timeout=20_000)
	kill_in_a_chunk(bench, workers_of_the_night)
	assert run_of(bench)[0] == "Running"
	desk.page.locator(f"{PANEL} .indicator-pill.red").wait_for(timeout=20_000)
	assert desk.overflow() <= 0
	desk.screenshot("retention-run-worker-lost")
	bench.play(WAKE_A_QUARTER_LATER, SITE)
	workers_of_the_night.start()
	desk.page.wait_for_function("cur_frm.doc.status !== 'Running'", timeout=90_000)
	assert run_of(bench) == ("Done", None, 0), left_out(bench)
	expect(desk.page.locator(f"{PANEL} .indicator-pill.green")).to_have_count(5)
	desk.screenshot("retention-run-done")
	# What changed since is looked at by day, or when somebody asks for it.
	desk.open("/app/retention-run", ".list-row:visible")
	desk.page.locator(PRIMARY).first.click()
	desk.page.wait_for_url("**/retention-run/Night*")
	wait_for(lambda: looked_until(bench))
	desk.page.evaluate("cur_frm.reload_doc()")
	until = desk.page.locator("[data-fieldname=looked_until] .control-value:visible")
	expect(until).to_contain_text(":")
	until.scroll_into_view_if_needed()
	assert desk.overflow() <= 0
	desk.screenshot("retention-run-by-day")


def looked_until(bench: PrivateBench) -> str | None:
	((until,),) = bench.sql(
		SITE, "SELECT looked_until FROM `tabRetention Run` ORDER BY site_date DESC LIMIT 1"
	)
	return until


def kill_in_a_chunk(bench: PrivateBench, workers: Workers) -> None:
	"""Have a worker do some chunks of the night and kill it while it holds one; between two it holds none."""
	workers.start()
	wait_for(lambda: chunks(bench, "Done") >= 5 and chunks(bench, "Claimed") == 1)
	workers.kill()
	assert chunks(bench, "Claimed") == 1


def chunks(bench: PrivateBench, status: str) -> int:
	((count,),) = bench.sql(SITE, f"SELECT COUNT(*) FROM `tabRetention Run Chunk` WHERE status = '{status}'")
	return count


def left_out(bench: PrivateBench) -> list[str]:
	"""Return whom the night left out and why."""
	return [
		text
		for (text,) in bench.sql(
			SITE, "SELECT spared FROM `tabRetention Run Chunk` WHERE customers_spared > 0"
		)
	]


def run_of(bench: PrivateBench) -> tuple:
	(run,) = bench.sql(SITE, "SELECT status, error, customers_spared FROM `tabRetention Run`")
	return run


def test_a_failed_night_says_why_and_offers_to_run_again(
	desk, bench: PrivateBench, workers_of_the_night: Workers
) -> None:
	name = "Night:2026-01-05"
	bench.sql(
		SITE,
		"INSERT INTO `tabRetention Run` (name, job, site_date, status, phase, attempts, error, creation, modified)"
		f" VALUES ('{name}', 'Night', '2026-01-05', 'Failed', 'Basis', 3,"
		" 'OperationalError: (1114, The table is full)', NOW(), NOW())",
	)
	bench.sql(
		SITE,
		"INSERT INTO `tabRetention Run Chunk` (name, run, phase, first_key, status, error, creation, modified)"
		f" VALUES ('failed', '{name}', 'Basis', '', 'Failed', 'OperationalError: (1114, ...)', NOW(), NOW())",
	)
	desk.open(f"/app/retention-run/{name}", f"{PANEL} .indicator-pill.red")
	again = desk.page.evaluate("__('Run Again')")
	expect(desk.page.locator(PRIMARY)).to_have_text(again)
	desk.screenshot("retention-run-failed")
	desk.page.locator(PRIMARY).click()
	desk.page.wait_for_function("cur_frm.doc.status === 'Running'", timeout=20_000)

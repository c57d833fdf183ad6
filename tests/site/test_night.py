"""The night on a site: woken by the hour, opened once per date, run by workers, seen and helped by managers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from personas import make_personas, user
from private_bench import PrivateBench
from support_reviews import connected, fill_book, mirrors, states

SITE = "night.localhost"
CUSTOMERS = 120
RUN, CHUNK = "Retention Run", "Retention Run Chunk"
FIVE = datetime(2026, 11, 16, 5, 7)


@pytest.fixture(scope="module")
def book(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	with connected(bench, installed_dump, SITE) as frappe:
		fill_book(frappe, CUSTOMERS)
		make_personas()
		frappe.db.commit()
		yield frappe


@pytest.fixture
def frappe(book: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
	"""Frappe on a site whose ledger is empty, at five in the morning."""
	empty_ledger(book)
	at(monkeypatch, FIVE)
	yield book
	book.db.rollback()
	book.set_user("Administrator")
	book.local.lang = "en"
	set_settings(book, run_nightly=1, night_hour=4, night_workers=1, night_chunk=5000, catch_up_days=30)
	empty_ledger(book)


def empty_ledger(frappe: Any) -> None:
	"""Forget every night, alert and job that waits."""
	from frappe.utils.background_jobs import get_queue

	frappe.db.rollback()
	for doctype in (RUN, CHUNK, "Notification Log"):
		frappe.db.delete(doctype)
	# A night of the same date would find everybody as the one of the test before left them.
	frappe.db.sql("UPDATE `tabCustomer Retention State` SET steady_mark = NULL")
	frappe.db.commit()
	get_queue("long").empty()


def set_settings(frappe: Any, **fields: int) -> None:
	for name, value in fields.items():
		frappe.db.set_single_value("CS Retention Settings", name, value)
	frappe.db.commit()
	frappe.clear_document_cache("CS Retention Settings", "CS Retention Settings")


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
	"""Set the site's clock, for the night and whatever it calls."""
	night = "cs_retention.cs_retention.retention_night.now_datetime"
	monkeypatch.setattr(night, lambda: moment)
	run = "cs_retention.cs_retention.doctype.retention_run.retention_run.nowdate"
	monkeypatch.setattr(run, lambda: moment.date().isoformat())


def wake(frappe: Any) -> None:
	from cs_retention.cs_retention import retention_night

	retention_night.wake()
	frappe.db.commit()


def work(frappe: Any, name: str) -> Any:
	from cs_retention.cs_retention import retention_night

	retention_night.work(name, "1")
	frappe.db.commit()
	return frappe.get_doc(RUN, name)


def runs(frappe: Any) -> dict[str, str]:
	return dict(frappe.get_all(RUN, fields=["name", "status"], as_list=True, order_by="name"))


def jobs() -> list[str]:
	"""Return the ids of the night's jobs that wait."""
	from frappe.utils.background_jobs import get_queue

	return [job_id for job_id in get_queue("long").get_job_ids() if "retention_night" in job_id]


def test_a_night_opens_at_its_hour_and_not_before(frappe, monkeypatch) -> None:
	at(monkeypatch, datetime(2026, 11, 16, 3, 59))
	wake(frappe)
	assert runs(frappe) == {"Night:2026-11-15": "Running"}, "that of the day before is still due"
	at(monkeypatch, datetime(2026, 11, 16, 4, 7))
	wake(frappe)
	assert runs(frappe) == {"Night:2026-11-15": "Skipped", "Night:2026-11-16": "Running"}


def test_a_night_runs_to_its_end_and_everything_is_there(frappe) -> None:
	wake(frappe)
	run = work(frappe, "Night:2026-11-16")
	assert (run.status, run.phase, run.customers_spared) == ("Done", "Say", 0)
	kept = frappe.db.count("Customer", {"disabled": 0, "is_internal_customer": 0})
	assert run.customers == kept > 100
	assert run.policy_version == "Standard v1"
	planned = frappe.db.count("Customer Callback", {"status": "Planned"})
	assert planned > 0
	level = {customer: state["star_level"] for customer, state in states(frappe).items()}
	shown = {name: value for name, value in mirrors(frappe).items() if value}
	assert len(shown) == kept
	assert all(level[name] == value for name, value in shown.items())


def test_the_same_date_is_run_once_however_often_the_scheduler_wakes(frappe) -> None:
	wake(frappe)
	work(frappe, "Night:2026-11-16")
	done = frappe.get_doc(RUN, "Night:2026-11-16").as_dict()
	for _ in range(3):
		wake(frappe)
		work(frappe, "Night:2026-11-16")
	assert frappe.get_doc(RUN, "Night:2026-11-16").as_dict() == done
	assert frappe.db.count(RUN) == 1


def test_a_wake_enqueues_each_worker_once_an_hour_and_none_for_a_night_that_is_done(
	frappe, monkeypatch
) -> None:
	set_settings(frappe, night_workers=2)
	wake(frappe)
	wake(frappe)
	assert len(jobs()) == 2
	work(frappe, "Night:2026-11-16")
	at(monkeypatch, FIVE + timedelta(hours=1))
	wake(frappe)
	assert len(jobs()) == 2


NIGHT = "Night:2026-11-16"
NOON = datetime(2026, 11, 16, 12, 7)


@pytest.fixture
def noon(frappe: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
	"""Frappe at noon after a night, which a change of now is later than."""
	from cs_retention.facts.changes import NAMED_BY

	wake(frappe)
	work(frappe, NIGHT)
	for doctype in NAMED_BY:
		frappe.db.sql(f"UPDATE `tab{doctype}` SET modified = '2026-11-15 10:00:00'")
	frappe.db.commit()
	at(monkeypatch, NOON)
	return frappe


def look(frappe: Any) -> tuple[Any, ...]:
	"""Look by day and return until when, at how many customers, and how many of their states changed so far."""
	from cs_retention.cs_retention import retention_night

	retention_night.look_again(NIGHT)
	frappe.db.commit()
	return frappe.db.get_value(RUN, NIGHT, ["looked_until", "looked_at", "changed_by_day"])


def looks() -> list[str]:
	"""Return the ids of the looks by day that wait."""
	from frappe.utils.background_jobs import get_queue

	return [job_id for job_id in get_queue("long").get_job_ids() if "retention_look" in job_id]


def test_a_wake_by_day_has_those_who_changed_looked_at_until_the_day_is_over(noon, monkeypatch) -> None:
	from frappe.utils.background_jobs import get_queue

	assert looks() == []
	for _ in range(2):
		wake(noon)
	assert len(looks()) == 1
	get_queue("long").empty()
	noon.set_user(user("manager"))
	assert run_now()["status"] == "Done"
	noon.set_user("Administrator")
	noon.db.commit()
	assert len(looks()) == 1
	get_queue("long").empty()
	at(monkeypatch, datetime(2026, 11, 17, 2, 0))
	wake(noon)
	assert looks() == []


def test_a_port_out_asked_at_noon_shows_at_noon_and_its_calls_are_planned_anew(noon, monkeypatch) -> None:
	from cs_retention.callbacks import replanning

	replan, planned = replanning.replan, []
	monkeypatch.setattr(replanning, "replan", lambda names: planned.append((list(names), replan(names))))
	query = {"health_band": "Healthy", "star_level": ("!=", "New")}
	state = noon.get_last_doc("Customer Retention State", query, order_by="customer")
	assert look(noon) == (NOON, 0, 0)
	asked = {"doctype": "Churn Signal", "customer": state.customer, "rule": "Port-Out Asked"}
	signal = noon.get_doc(asked).insert()
	noon.db.commit()
	assert look(noon) == (NOON, 1, 1)
	now = noon.get_doc("Customer Retention State", state.name)
	assert (now.health, now.health_band, now.main_reason) == (39, "At Risk", "warning")
	assert noon.db.get_value("Customer", state.customer, "retention_health_band") == "At Risk"
	assert planned == [([state.customer], None)], "None: nothing stood in the way of the plan"
	signal.reload()
	signal.close("False Alarm", "it was the neighbour")
	noon.db.commit()
	look(noon)
	assert noon.db.get_value("Customer Retention State", state.name, "health_band") == "Healthy"


def test_an_issue_that_was_deleted_at_noon_is_a_complaint_no_more(noon) -> None:
	state = noon.get_last_doc("Customer Retention State", {"card": "Free Buyer", "health": (">", 60)})
	kind = "Complaint"
	if not noon.db.exists("Issue Type", kind):
		noon.get_doc({"doctype": "Issue Type", "__newname": kind, "name": kind}).insert()
	told = {"doctype": "Issue", "customer": state.customer, "opening_date": "2026-11-16", "issue_type": kind}
	issues = [noon.get_doc({**told, "subject": f"no line {number}"}).insert() for number in range(2)]
	noon.db.set_value("Issue", {"name": ("in", [each.name for each in issues])}, "opening_date", "2026-11-16")
	noon.db.commit()
	look(noon)
	worse = noon.db.get_value("Customer Retention State", state.name, "health")
	assert worse < state.health
	for issue in issues:
		issue.delete()
	noon.db.commit()
	look(noon)
	assert noon.db.get_value("Customer Retention State", state.name, "health") == state.health


def test_what_passes_is_left_to_the_next_look_and_what_does_not_is_told(noon, monkeypatch) -> None:
	from pymysql.err import OperationalError

	from cs_retention.cs_retention import retention_night

	def failing(error: Exception) -> Any:
		def look_by_day(*_rest: Any) -> None:
			raise error

		return look_by_day

	deadlock = noon.QueryDeadlockError(OperationalError(1213, "Deadlock found when trying to get lock"))
	monkeypatch.setattr(retention_night, "look_by_day", failing(deadlock))
	assert look(noon) == (None, 0, 0)
	monkeypatch.setattr(retention_night, "look_by_day", failing(ValueError("no such band")))
	with pytest.raises(ValueError, match="no such band"):
		look(noon)


def test_a_site_that_switched_the_night_off_has_none(frappe) -> None:
	set_settings(frappe, run_nightly=0)
	wake(frappe)
	assert runs(frappe) == {}


def test_dates_that_were_missed_are_on_record_and_say_why(frappe, monkeypatch) -> None:
	wake(frappe)
	work(frappe, "Night:2026-11-16")
	set_settings(frappe, catch_up_days=2)
	at(monkeypatch, FIVE + timedelta(days=4))
	wake(frappe)
	assert list(runs(frappe).values()) == ["Done", "Skipped", "Skipped", "Skipped", "Running"]
	said = [progress(f"Night:2026-11-{day}")["reasons"] for day in (17, 18, 19)]
	too_old, newer = ["missed more than 2 days ago"], ["the night of 20 Nov 2026 computed everything anew"]
	assert said == [too_old, newer, newer]
	frappe.local.lang = "zh"
	assert progress("Night:2026-11-18")["reasons"] == ["2026年11月20日 的夜间运行已全部重新计算"]


def progress(name: str) -> dict[str, Any]:
	from cs_retention.cs_retention.doctype.retention_run.retention_run import get_progress

	return get_progress(name)


def test_the_form_shows_how_far_a_night_is(frappe) -> None:
	wake(frappe)
	shown = progress("Night:2026-11-16")
	assert [row["chunks"] for row in shown["phases"]] == [1, 0, 0, 0, 0]
	work(frappe, "Night:2026-11-16")
	shown = progress("Night:2026-11-16")
	assert shown["status"] == "Done"
	assert all(row["ended"] == row["chunks"] > 0 for row in shown["phases"])
	assert shown["phases"][1]["customers"] > 100


@pytest.fixture
def poison(frappe: Any, monkeypatch: pytest.MonkeyPatch) -> str:
	"""Name of a customer whom nothing can be rated for."""
	from cs_retention.nightly import rate

	name = frappe.get_all(
		"Customer", {"disabled": 0, "is_internal_customer": 0}, pluck="name", order_by="name"
	)[7]
	assess = rate.assess

	def poisoned(facts: Any, *rest: Any) -> Any:
		if facts.customer == name:
			raise ZeroDivisionError("a figure that cannot be")
		return assess(facts, *rest)

	monkeypatch.setattr(rate, "assess", poisoned)
	return name


def test_a_customer_that_cannot_be_rated_is_left_out_and_managers_are_told(frappe, poison) -> None:
	wake(frappe)
	run = work(frappe, "Night:2026-11-16")
	assert (run.status, run.customers_spared) == ("Done", 1)
	assert progress(run.name)["left_out"] == [[poison, "ZeroDivisionError: a figure that cannot be"]]
	alerts = frappe.get_all("Notification Log", ["for_user", "subject", "document_name", "type"])
	assert {alert.for_user for alert in alerts} == {user("manager"), user("second-manager")}
	assert {(alert.document_name, alert.type) for alert in alerts} == {(run.name, "Alert")}
	assert "left out 1 customers" in alerts[0].subject


def test_a_night_that_fails_is_begun_again_by_the_next_wakes_and_then_by_a_manager_only(
	frappe, monkeypatch
) -> None:
	from cs_retention.nightly import phases

	read = phases.read_basis

	def broken(*_rest: Any) -> None:
		raise RuntimeError("no basis today")

	monkeypatch.setattr(phases, "read_basis", broken)
	for hour in (5, 6, 7, 8):
		at(monkeypatch, FIVE.replace(hour=hour))
		wake(frappe)
		run = work(frappe, "Night:2026-11-16")
		assert (run.status, run.error) == ("Failed", "RuntimeError: no basis today")
	assert run.attempts == 3
	assert frappe.db.count("Notification Log", {"for_user": user("manager")}) == 3
	monkeypatch.setattr(phases, "read_basis", read)
	wake(frappe)
	assert runs(frappe) == {run.name: "Failed"}
	frappe.set_user(user("manager"))
	retry(run.name)
	frappe.set_user("Administrator")
	assert work(frappe, run.name).status == "Done"
	assert frappe.get_doc(RUN, run.name).error is None


def retry(name: str) -> None:
	from cs_retention.cs_retention.doctype.retention_run import retention_run

	retention_run.retry(name)


def test_a_failed_night_cannot_be_run_again_once_a_later_date_is_on_record(frappe, monkeypatch) -> None:
	wake(frappe)
	frappe.db.set_value(RUN, "Night:2026-11-16", "status", "Failed")
	frappe.db.commit()
	at(monkeypatch, FIVE + timedelta(days=1))
	wake(frappe)
	with pytest.raises(frappe.ValidationError, match="a later date is on record"):
		retry("Night:2026-11-16")


def run_now() -> Any:
	from cs_retention.cs_retention.doctype.retention_run import retention_run

	return retention_run.run_now()


def test_run_now_opens_the_date_and_changes_nothing_once_it_is_done(frappe, monkeypatch) -> None:
	at(monkeypatch, datetime(2026, 11, 16, 1, 30))
	frappe.set_user(user("manager"))
	assert run_now() == {"name": "Night:2026-11-16", "status": "Running"}
	frappe.db.commit()
	frappe.set_user("Administrator")
	work(frappe, "Night:2026-11-16")
	before = frappe.get_all(CHUNK, ["name", "modified", "status"], order_by="name")
	frappe.set_user(user("manager"))
	assert run_now() == {"name": "Night:2026-11-16", "status": "Done"}
	frappe.set_user("Administrator")
	assert frappe.get_all(CHUNK, ["name", "modified", "status"], order_by="name") == before


def test_run_now_after_the_clock_went_back_says_so(frappe, monkeypatch) -> None:
	wake(frappe)
	at(monkeypatch, FIVE - timedelta(days=3))
	with pytest.raises(frappe.ValidationError, match="later date is on record"):
		run_now()


@pytest.mark.parametrize("persona", ["east", "desk", "auditor", "clerk"])
def test_only_who_may_change_the_settings_starts_a_night(frappe, persona) -> None:
	wake(frappe)
	frappe.set_user(user(persona))
	with pytest.raises(frappe.PermissionError):
		run_now()
	with pytest.raises(frappe.PermissionError):
		retry("Night:2026-11-16")


@pytest.mark.parametrize(
	("persona", "may"), [("manager", True), ("auditor", True), ("east", False), ("desk", False)]
)
def test_a_night_is_read_by_managers_and_auditors_and_changed_by_nobody(frappe, persona, may) -> None:
	wake(frappe)
	frappe.set_user(user(persona))
	run = frappe.get_doc(RUN, "Night:2026-11-16")
	assert run.has_permission("read") is may
	assert not any(run.has_permission(right) for right in ("write", "create", "delete"))
	if not may:
		with pytest.raises(frappe.PermissionError):
			progress(run.name)


@pytest.mark.parametrize(
	("field", "value", "words"),
	[
		("night_hour", 24, "From Hour"),
		("catch_up_days", 0, "Days to Catch Up"),
		("night_workers", 17, "Workers"),
		("night_chunk", 0, "Customers per Chunk"),
	],
)
def test_settings_no_night_could_run_with_are_refused(frappe, field, value, words) -> None:
	settings = frappe.get_doc("CS Retention Settings")
	settings.set(field, value)
	with pytest.raises(frappe.ValidationError, match=words):
		settings.save()


def test_a_cached_customer_shows_the_level_of_the_night(frappe) -> None:
	name = frappe.get_all(
		"Customer", {"disabled": 0, "is_internal_customer": 0}, pluck="name", order_by="name"
	)[3]
	frappe.db.set_value("Customer", name, "retention_star_level", "Two Star", update_modified=False)
	frappe.db.commit()
	stale = frappe.get_cached_value("Customer", name, "retention_star_level")
	wake(frappe)
	work(frappe, "Night:2026-11-16")
	now = frappe.get_cached_value("Customer", name, "retention_star_level")
	state = states(frappe)[name]["star_level"]
	assert (stale, now) == ("Two Star", state)


def test_the_timeout_of_a_job_gives_the_chunk_back_and_the_next_worker_finishes(frappe, monkeypatch) -> None:
	from rq.timeouts import JobTimeoutException

	from cs_retention.nightly import phases

	rate_page = phases.rate_page

	def slow(*_rest: Any) -> None:
		raise JobTimeoutException("Task exceeded maximum timeout value")

	monkeypatch.setattr(phases, "rate_page", slow)
	wake(frappe)
	with pytest.raises(JobTimeoutException):
		work(frappe, "Night:2026-11-16")
	assert {row.status for row in frappe.get_all(CHUNK, {"phase": "Rate"}, "status")} == {"Open"}
	monkeypatch.setattr(phases, "rate_page", rate_page)
	assert work(frappe, "Night:2026-11-16").status == "Done"


def test_a_lost_connection_in_mid_chunk_is_opened_again_and_the_night_goes_on(frappe, monkeypatch) -> None:
	from cs_retention.nightly import phases

	rate_page, killed = phases.rate_page, []

	def killing(store: Any, *rest: Any) -> Any:
		mirrored = rate_page(store, *rest)
		if not killed:
			((thread,),) = frappe.db.sql("SELECT CONNECTION_ID()")
			killed.append(thread)
			with pytest.raises(frappe.db.OperationalError):
				frappe.db.sql(f"KILL CONNECTION {thread}")
		return mirrored

	monkeypatch.setattr(phases, "rate_page", killing)
	wake(frappe)
	run = work(frappe, "Night:2026-11-16")
	assert killed
	assert (run.status, run.customers_spared) == ("Done", 0)


def test_the_policy_a_night_began_with_holds_to_its_end(frappe) -> None:
	wake(frappe)
	kept = json.loads(frappe.db.get_value(RUN, "Night:2026-11-16", "policy"))
	assert kept["planning"]["capacity"] == frappe.db.get_single_value("CS Retention Settings", "capacity")

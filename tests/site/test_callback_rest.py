"""What strangers may not do to a callback through REST: every forbidden transition, stale forms, bad values, foreign calls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from private_bench import PrivateBench
from served_site import Call, filled, served

from cs_retention.engine.vocabulary import CallbackStatus
from cs_retention.engine.workdays import WorkCalendar, next_working_day, previous_working_day

SITE = "calls.localhost"
WORK = "method/cs_retention.callbacks.work"
CALENDAR = WorkCalendar()
SAID = "talked about the new tariff"


@pytest.fixture(scope="module")
def tokens(bench: PrivateBench, installed_dump: Path) -> dict[str, str]:
	"""API token by persona, on a site of this module's own."""
	return filled(bench, installed_dump, SITE, "make_called.py")


@pytest.fixture(scope="module")
def call(bench: PrivateBench, tokens: dict[str, str]) -> Iterator[Call]:
	"""Call the served site as a persona."""
	with served(bench, SITE, tokens) as call:
		yield call


@pytest.fixture
def callback(call: Call, today: date) -> str:
	"""A new call of account manager east, agreed with the customer."""
	day = next_working_day(today + timedelta(days=20), CALENDAR)
	fields = {"customer": "Corner shop", "due_date": str(day), "channel": "Phone"}
	answer = call("east", "POST", "resource/Customer Callback", json=fields)
	assert answer.ok, answer.text
	return answer.json()["data"]["name"]


@pytest.fixture(scope="module")
def today(bench: PrivateBench, call: Call) -> date:
	"""The site's date."""
	answer = call("east", "GET", "method/cs_retention.callbacks.work.prepare", params={"callback": "none"})
	assert answer.status_code == 404
	code = (
		"import frappe, sys; frappe.init(site=sys.argv[1]); frappe.connect(); print(frappe.utils.nowdate())"
	)
	return date.fromisoformat(bench.play(code, SITE).splitlines()[-1])


def stored(bench: PrivateBench, callback: str) -> tuple[Any, ...]:
	return bench.sql(SITE, f"SELECT * FROM `tabCustomer Callback` WHERE name = '{callback}'")[0]


def said(answer: requests.Response) -> str:
	"""Return what a refusal tells the person."""
	assert answer.status_code in (403, 417), answer.text
	return " ".join(json.loads(each)["message"] for each in json.loads(answer.json()["_server_messages"]))


def log(call: Call, callback: str, persona: str = "east", **changes: Any) -> requests.Response:
	given = {"outcome": "Reached", "summary": SAID, "spoken_to": "Ms Lin", "no_next_reason": "moves away"}
	return call(persona, "POST", f"{WORK}.log_done", json={"callback": callback, **given, **changes})


@pytest.mark.parametrize(
	"status", [status for status in CallbackStatus if status is not CallbackStatus.PLANNED]
)
def test_no_request_brings_a_callback_into_a_state(
	call: Call, bench: PrivateBench, callback: str, status: CallbackStatus
) -> None:
	before = stored(bench, callback)
	by_put = call("manager", "PUT", f"resource/Customer Callback/{callback}", json={"status": status.value})
	value = {"doctype": "Customer Callback", "name": callback, "fieldname": "status", "value": status.value}
	by_value = call("manager", "POST", "method/frappe.client.set_value", json=value)
	for answer in (by_put, by_value):
		assert "Use Log Call, Not Reached or Skip Call" in said(answer)
	assert stored(bench, callback) == before


@pytest.mark.parametrize(
	("field", "value", "remedy"),
	[
		("due_date", "2030-01-07", "Use Reschedule"),
		("responsible", "west@branch.example", "Use Reassign"),
		("done_by", "west@branch.example", "Use Log Call"),
		("done_on", "2026-11-01", "Use Log Call"),
		("touch", "somewhere", "Could not find Customer Touch"),
		("is_committed", 0, "Use Log Call"),
		("open_key", "quota|x", "Use Log Call"),
		("window_end", "2030-01-07", "Use Log Call"),
		("purposes", [], "Use Log Call"),
		("attempts", [{"attempted_on": "2026-11-01", "person": "east@branch.example"}], "Use Not Reached"),
		("skip_reason", "no", "Use Skip Call"),
	],
)
def test_what_only_actions_write_is_refused(
	call: Call, bench: PrivateBench, callback: str, field: str, value: Any, remedy: str
) -> None:
	before = stored(bench, callback)
	answer = call("east", "PUT", f"resource/Customer Callback/{callback}", json={field: value})
	assert remedy in answer.text
	assert answer.status_code == 417
	assert stored(bench, callback) == before


def test_a_closed_callback_stays_as_recorded(call: Call, bench: PrivateBench, callback: str) -> None:
	assert log(call, callback).ok
	before = stored(bench, callback)
	for change in ({"status": "Planned"}, {"summary": "something else was said"}, {"channel": "Visit"}):
		answer = call("manager", "PUT", f"resource/Customer Callback/{callback}", json=change)
		assert "stays as recorded" in said(answer)
	assert "holds what people recorded" in said(
		call("manager", "DELETE", f"resource/Customer Callback/{callback}")
	)
	assert stored(bench, callback) == before


@pytest.mark.parametrize(
	("changes", "words"),
	[
		({"outcome": "Chatted"}, ("Outcome", "Chatted", "Reached")),
		({"outcome": "Not Reached"}, ("Outcome", "log an attempt")),
		({"summary": "ok"}, ("Summary", "ok", "at least 8 letters")),
		({"summary": "aaaaaaaaaaaaaa"}, ("Summary", "say in a sentence")),
		({"summary": ""}, ("Summary", "an empty value")),
		({"spoken_to": " "}, ("Spoken To", "name the person")),
		({"satisfaction": 9}, ("Satisfaction", "9", "1 to 5")),
		({"no_next_reason": None}, ("Next Date", "say why there is none")),
		({"no_next_reason": None, "next_date": "2020-01-06"}, ("Next Date", "give a date after")),
		({"done_on": "2099-01-05"}, ("Done On", "today or an earlier date")),
		(
			{"promises": [{"promise": "offer", "promised_by": "east@branch.example"}]},
			("Due Date", "by when the promise is kept"),
		),
		({"channel": "Telegraph"}, ("Channel", "Telegraph")),
		({"contact": "nobody at all"}, ("Contact", "nobody at all")),
	],
)
def test_a_call_that_cannot_be_logged_says_why_and_nothing_is_stored(
	call: Call, bench: PrivateBench, callback: str, changes: dict[str, Any], words: tuple[str, ...]
) -> None:
	before = stored(bench, callback), bench.sql(SITE, "SELECT COUNT(*) FROM `tabCustomer Touch`")
	answer = log(call, callback, **changes)
	assert answer.status_code == 417, answer.text
	for word in words:
		assert word in answer.text, answer.text
	assert (stored(bench, callback), bench.sql(SITE, "SELECT COUNT(*) FROM `tabCustomer Touch`")) == before


def test_the_next_date_is_a_working_day(call: Call, callback: str, today: date) -> None:
	saturday = previous_working_day(today + timedelta(days=30), CALENDAR)
	saturday += timedelta(days=5 - saturday.weekday())
	answer = log(call, callback, no_next_reason=None, next_date=str(saturday))
	assert "is no working day of" in said(answer)


@pytest.mark.parametrize("method", ["log_done", "log_attempt", "reschedule", "skip", "reassign"])
def test_nothing_is_changed_by_a_get(call: Call, bench: PrivateBench, callback: str, method: str) -> None:
	before = stored(bench, callback)
	answer = call("east", "GET", f"{WORK}.{method}", params={"callback": callback, "reason": "abroad"})
	assert answer.status_code == 403
	assert stored(bench, callback) == before


def test_a_document_method_is_no_request(call: Call, bench: PrivateBench, callback: str) -> None:
	before = stored(bench, callback)
	given = {"run_method": "skip", "reason": "abroad"}
	assert call("east", "POST", f"resource/Customer Callback/{callback}", json=given).status_code == 403
	assert stored(bench, callback) == before


def test_of_two_who_log_at_once_one_does(call: Call, bench: PrivateBench, callback: str) -> None:
	touches = f"SELECT COUNT(*) FROM `tabCustomer Touch` WHERE callback = '{callback}'"
	with ThreadPoolExecutor(2) as both:
		answers = list(both.map(lambda _number: log(call, callback), range(2)))
	assert sorted(answer.status_code for answer in answers) == [200, 417]
	assert bench.sql(SITE, touches) == [(1,)]
	assert "already" in said(next(answer for answer in answers if not answer.ok))


def test_a_stale_form_overwrites_nothing(call: Call, bench: PrivateBench, callback: str) -> None:
	stale = call("east", "GET", f"resource/Customer Callback/{callback}").json()["data"]
	assert log(call, callback).ok
	before = stored(bench, callback)
	answer = call("east", "POST", "method/frappe.client.save", json={"doc": stale})
	assert answer.status_code in (409, 417), answer.text
	assert stored(bench, callback) == before


@pytest.mark.parametrize("method", ["prepare", "log_done", "log_attempt", "reschedule", "skip", "reassign"])
def test_a_foreign_call_is_nobody_elses_business(
	call: Call, bench: PrivateBench, callback: str, method: str
) -> None:
	before = stored(bench, callback)
	given = {"callback": callback, "outcome": "Reached", "summary": SAID, "due_date": "2026-12-07"}
	given |= {"reason": "abroad", "person": "team@branch.example"}
	for persona in ("team", "clerk", "desk"):
		verb = {"params": given} if method == "prepare" else {"json": given}
		answer = call(persona, "GET" if method == "prepare" else "POST", f"{WORK}.{method}", **verb)
		assert answer.status_code == 403, answer.text
	assert stored(bench, callback) == before


def test_an_auditor_reads_and_changes_nothing(call: Call, callback: str) -> None:
	assert call("auditor", "GET", f"{WORK}.prepare", params={"callback": callback}).ok
	assert log(call, callback, persona="auditor").status_code == 403


def test_html_in_what_was_said_is_kept_as_text_and_refusals_show_it_inert(call: Call, callback: str) -> None:
	refused = log(call, callback, outcome="<img src=x onerror=alert(1)>")
	assert "<img" not in said(refused)
	html = "said <b>no</b> & <script>alert(1)</script> to the offer"
	answer = log(call, callback, summary=html)
	assert answer.ok, answer.text
	kept = call("east", "GET", f"resource/Customer Callback/{callback}").json()["data"]["summary"]
	assert "<script" not in kept
	assert "to the offer" in kept


@pytest.mark.parametrize(
	"given",
	[{"due_date": "2026-02-30"}, {"due_date": "tomorrow"}, {"due_date": ""}, {"due_date": ["2026-12-01"]}],
)
def test_a_date_that_is_none_is_refused(call: Call, bench: PrivateBench, callback: str, given: dict) -> None:
	before = stored(bench, callback)
	answer = call(
		"east", "POST", f"{WORK}.reschedule", json={"callback": callback, "reason": "abroad", **given}
	)
	assert answer.status_code == 417, answer.text
	assert stored(bench, callback) == before

"""Bad input of every kind in every field, argument, filter and list: refused with a sentence, or stored and shown inert.

Each place is given a share of the inputs; BAD_INPUTS=all gives it every one, and the table at the end counts them.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from app_files import doctypes, reports
from bad_inputs import QUERIES, for_argument, for_filter
from call_graph import functions
from private_bench import PrivateBench
from served_site import filled
from support_inputs import (
	Tally,
	changes,
	copied,
	doctype_of,
	parameters,
	sender,
	share,
	usual_arguments,
)
from werkzeug.test import TestResponse
from wire import messages, wired

from cs_retention import hooks

SITE = "inputs.localhost"
FORMS = sorted(name for name, described in doctypes().items() if not described.get("istable"))
PACKAGE = "cs_retention."
FILTERS = {
	**{"from_date": "2026-10-01", "to_date": "2026-10-31", "group_by": "Level", "figure": "customers"},
	**{"company": "Wind Power LLC", "row": "", "by": "Person", "period": "Month", "year": 2026},
	**{"quarter": "Q3", "before": "", "after": "Standard", "status": "Candidate", "tier": "Standard"},
	**{"category": "", "territory": "", "alliance_manager": "", "with_met": 1, "only_targets": 1},
	**{"offer": "said so on the phone", "account_manager": "", "level": "", "level_at_start": ""},
	**{"level_at_end": ""},
}
"""What reports are asked for, each as somebody would."""


INSTEAD_OF_FRAPPE = "cs_retention.cs_retention.doors."
"""Requests of Frappe that the app answers for it, asked under Frappe's own path."""
CALLBACK = "Customer Callback"
CHART = {
	**{"name": "Calls", "type": "Bar", "document_type": CALLBACK, "timespan": "Last Year"},
	**{
		"chart_type": "Group By",
		"group_by_type": "Count",
		"group_by_based_on": "docstatus",
		"filters_json": "[]",
	},
}
DOORS: dict[str, dict[str, Any]] = {
	"frappe.client.get": {"filters": '{"status": "Planned"}'},
	"frappe.client.get_count": {"filters": '{"status": "Planned"}'},
	"frappe.desk.listview.get_group_by_count": {"current_filters": "[]", "field": "assigned_to"},
	"frappe.desk.notifications.get_open_count": {"name": "none"},
	"frappe.desk.doctype.dashboard_chart.dashboard_chart.get": {"chart": json.dumps(CHART)},
	"frappe.desk.doctype.tag.tag.get_tagged_docs": {"tag": "%urgent%"},
	"frappe.desk.search.get_link_title": {"docname": "none"},
}
"""Each of these requests with what it is asked about a DocType of ours."""


def requests() -> dict[str, tuple[str, Any]]:
	"""Return what can be asked of the app: verb and function by name."""
	found = {}
	for name, function in functions().items():
		for each in function.node.decorator_list:
			if "frappe.whitelist" in ast.unparse(each) and not name.startswith(INSTEAD_OF_FRAPPE):
				(methods,) = (word.value for word in each.keywords if word.arg == "methods")
				found[name] = (ast.literal_eval(methods)[0], function)
	return found


REQUESTS = requests()


@pytest.fixture(scope="module")
def tally() -> Iterator[Tally]:
	"""Counts of this run, printed at its end."""
	tally = Tally()
	yield tally
	print("", *tally.lines(), sep="\n")


@pytest.fixture(scope="module")
def call(bench: PrivateBench, installed_dump: Path, site: str) -> Iterator[Callable[..., TestResponse]]:
	"""Send a request as Administrator, whom no missing right keeps from reaching the rules, to a site with every record."""
	tokens = filled(bench, installed_dump, SITE, "make_every_record.py")
	with wired(bench, SITE, tokens) as wire:
		yield lambda *request, **arguments: wire("Administrator", *request, **arguments)


@pytest.fixture(scope="module")
def usual(bench: PrivateBench, call: Callable[..., TestResponse]) -> dict[str, Any]:
	"""Arguments that are nothing out of the ordinary."""
	return usual_arguments(bench, SITE)


@pytest.fixture(scope="module")
def record(bench: PrivateBench, call: Callable[..., TestResponse]) -> Callable[[str], str]:
	"""Return the path of a record of a DocType."""

	def path(doctype: str) -> str:
		name = doctype
		if not doctypes().get(doctype, {}).get("issingle"):
			((name,),) = bench.sql(SITE, f"SELECT name FROM `tab{doctype}` ORDER BY creation LIMIT 1")
		return f"resource/{doctype}/{name}"

	return path


WORK, BULLETIN = "method/cs_retention.callbacks.work", "method/cs_retention.retention_reports.bulletin"
CASES = "method/cs_retention.churn_retention.case_calendar.get_events"
DESK = "method/cs_retention.callbacks.desk.get_desk"
MIGRATION = {"report_name": "Alliance Migration", "filters": '{"year": NaN}'}
ONCE: tuple[tuple[str, dict[str, Any], tuple[str, ...]], ...] = (
	("Customer Consent", {"status": "Fortnightly"}, ("Status", "Fortnightly", "Given, Withdrawn")),
	("Message Template", {"message_class": "Fortnightly"}, ("Class", "Fortnightly", "Legal and Service")),
	("Contact Policy", {"status": "Fortnightly"}, ("Status", "Fortnightly", "Draft")),
	("Retention Case", {"status": "Fortnightly"}, ("Status", "Fortnightly", "Open")),
	("Retention Recommendation", {"status": "Fortnightly"}, ("Status", "Fortnightly", "Open")),
	("Alliance Campaign", {"merchants": [{"merchant": "Nobody"}]}, ("Merchant", "Nobody", "that there is")),
	(f"{WORK}.reschedule", {"due_date": "9999-12-31"}, ("Due Date", "9999-12-31", "between 1900 and 2199")),
	(f"{WORK}.log_attempt", {"channel": "Phone", "next_time": "25:99"}, ("Time", "25:99", "14:30")),
	(f"{BULLETIN}.make_bulletin", {"month": "2026-02-30"}, ("Month", "2026-02-30", "2026-11-24")),
	(CASES, {"start": "0000-00-00"}, ("Start", "0000-00-00", "2026-11-24")),
	(DESK, {"person": "x\\' or 1=1 -- "}, ("Person", "or 1=1", "a user that there is")),
	("method/frappe.desk.query_report.run", MIGRATION, ("Year", "nan", "give a number")),
)
"""What ended in an error of the server, or worse, before it was looked at."""


@pytest.mark.parametrize(("where", "change", "words"), ONCE, ids=lambda value: str(value)[:40])
def test_what_once_ended_in_an_error_is_refused_with_a_sentence(
	call, record, usual, where: str, change: dict[str, Any], words: tuple[str, ...]
) -> None:
	taken = ("callback", "reason", "company", "due_date", "next_date", "start", "end")
	given = {**{name: usual[name] for name in taken}, **change}
	if not where.startswith("method/"):
		answer = call("PUT", record(where), json=change)
	elif where in (CASES, DESK):
		answer = call("GET", where, query_string=given)
	else:
		answer = call("POST", where, json=given)
	assert answer.status_code == 417, answer.get_data(as_text=True)
	(said,) = messages(answer)
	assert all(word in said for word in words), said


@pytest.mark.parametrize("doctype", FORMS)
def test_a_field_refuses_or_holds_what_comes(call, record, tally: Tally, doctype: str) -> None:
	path, is_single = record(doctype), bool(doctypes()[doctype].get("issingle"))
	stored = call("GET", path).json["data"]
	for number, (field, value, change) in enumerate(changes(stored, doctype, 16)):
		if number % 3 == 0:
			answer = call("PUT", path, json=change)
		elif number % 3 == 1 and not is_single:
			answer = call("POST", f"resource/{doctype}", json={**copied(stored), **change})
		else:
			form = {"doc": json.dumps({**stored, **change, "doctype": doctype}), "action": "Save"}
			answer = call("POST", "method/frappe.desk.form.save.savedocs", json=form)
		tally.note(f"fields {doctype} {field}", value, answer)


@pytest.mark.parametrize("name", REQUESTS, ids=lambda name: name.removeprefix(PACKAGE))
def test_a_request_refuses_or_takes_what_comes(call, record, usual, tally: Tally, name: str) -> None:
	verb, function = REQUESTS[name]
	short, taken = name.removeprefix(PACKAGE), parameters(function)
	doctype = doctype_of(short)
	given = {each: usual[each] for each in taken if each in usual}
	if doctype and "name" in taken:
		given |= {"name": record(doctype).rpartition("/")[2]}
	send = sender(call, name, verb, record(doctype) if doctype else None)
	assert send(given).status_code < 500
	for place, (argument, annotation) in enumerate(taken.items()):
		for value in share(for_argument(annotation), place + len(name), 8):
			answer = send({**given, argument: value})
			tally.note(f"arguments {short}({argument})", value, answer)


def test_every_request_answered_for_frappe_is_asked() -> None:
	assert set(DOORS) == set(hooks.override_whitelisted_methods)


@pytest.mark.parametrize("path", DOORS)
def test_a_request_answered_for_frappe_refuses_or_takes_what_comes(call, tally: Tally, path: str) -> None:
	usual = {"doctype": CALLBACK, "no_cache": 1, **DOORS[path]}
	for place, argument in enumerate(DOORS[path]):
		for value in share(for_argument("list" if "filters" in argument else "str"), place, 2):
			answer = call("POST", f"method/{path}", json={**usual, argument: value})
			# An answer in JSON may say again what was asked for.
			if answer.status_code >= 400:
				tally.note(f"arguments {path}({argument})", value, answer)


@pytest.mark.parametrize("report", reports())
def test_a_report_refuses_or_takes_what_comes(call, tally: Tally, report: str) -> None:
	def run(filters: dict[str, Any]) -> TestResponse:
		asked = {"report_name": report, "filters": json.dumps(filters)}
		return call("POST", "method/frappe.desk.query_report.run", json=asked)

	folder = reports()[report]["path"].parent
	source = "".join(file.read_text(encoding="utf-8") for file in folder.glob("*.[jp]*"))
	own = {name: value for name, value in FILTERS.items() if re.search(rf"\b{name}\b", source)}
	assert run(own).status_code == 200, run(own).get_data(as_text=True)
	for place, name in enumerate(own):
		for value in share(for_filter(name), place, 8):
			tally.note(f"filters {report} {name}", value, run({**own, name: value}))


@pytest.mark.parametrize("doctype", [name for name in FORMS if not doctypes()[name].get("issingle")])
def test_a_list_refuses_or_answers_what_is_asked(call, tally: Tally, doctype: str) -> None:
	for number, query in share([*QUERIES.items()], len(doctype), 4):
		answer = call("GET", f"resource/{doctype}", query_string=query)
		assert answer.status_code < 500, (doctype, query, answer.get_data(as_text=True)[:600])
		assert "api_secret" not in answer.get_data(as_text=True) or answer.status_code >= 400
		tally.counts[number, "lists", "taken" if answer.status_code < 400 else "refused"] += 1

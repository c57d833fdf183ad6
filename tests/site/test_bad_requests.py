"""Requests of a bad shape: by GET, without a token, twice at once, with more in the body than a form sends."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from app_files import doctypes
from call_graph import functions
from personas import user
from private_bench import PrivateBench
from served_site import Call, filled, served
from support_inputs import usual_arguments

SITE = "requests.localhost"
PASSWORD = "Correct-Horse-7"
CONSENT = {"channel": "Email", "status": "Given", "consent_date": "2026-11-02", "evidence": "said so"}
CHANGING = sorted(
	name
	for name, function in functions().items()
	if any("frappe.whitelist(methods=['POST']" in ast.unparse(each) for each in function.node.decorator_list)
	and not function.owner
)


@pytest.fixture(scope="module")
def tokens(bench: PrivateBench, installed_dump: Path) -> dict[str, str]:
	"""API token by persona, on a site of this module's own."""
	return filled(bench, installed_dump, SITE, "make_every_record.py")


@pytest.fixture(scope="module")
def call(bench: PrivateBench, tokens: dict[str, str]) -> Iterator[Call]:
	"""Call the served site as a persona."""
	with served(bench, SITE, tokens) as call:
		yield call


@pytest.fixture
def stored(bench: PrivateBench) -> Callable[[], list[tuple[Any, ...]]]:
	"""Return what marks the state of all tables of ours."""
	tables = [f"tab{name}" for name, described in doctypes().items() if not described.get("issingle")]
	sums = ", ".join(f"`{table}`" for table in tables)
	return lambda: bench.sql(SITE, f"CHECKSUM TABLE {sums}, `tabCustomer`, `tabSingles`")


def test_a_get_changes_nothing(bench: PrivateBench, call: Call, stored) -> None:
	assert len(CHANGING) > 50
	usual, before = usual_arguments(bench, SITE), stored()
	for name in CHANGING:
		answer = call("Administrator", "GET", f"method/{name}", params=usual)
		assert answer.status_code == 403, (name, answer.text[:300])
	assert stored() == before


@pytest.mark.parametrize("doctype", ["User", "File", "DocType"])
def test_a_record_that_is_none_of_ours_opens_no_case(call: Call, stored, doctype: str) -> None:
	before, given = stored(), {"doctype": doctype, "name": "Administrator", "exit_type": "Cancellation"}
	answer = call("manager", "POST", "method/cs_retention.churn_retention.case_sources.open_from", json=given)
	assert answer.status_code == 417
	assert "A case is opened from a signal or a complaint." in answer.text
	assert stored() == before


@pytest.fixture
def session(bench: PrivateBench, call: Call) -> Iterator[requests.Session]:
	"""A browser in which account manager east has logged in and opened the desk."""
	bench.play(
		"import frappe, sys; from frappe.utils.password import update_password; frappe.init(site=sys.argv[1]);"
		" frappe.connect(); update_password(sys.argv[2], sys.argv[3]); frappe.db.commit()",
		*(SITE, user("east"), PASSWORD),
	)
	address = call("east", "GET", "method/ping").url.partition("/api/")[0]
	with requests.Session() as session:
		session.address = address
		given = {"usr": user("east"), "pwd": PASSWORD}
		assert session.post(f"{address}/api/method/login", data=given, timeout=60).ok
		yield session


def test_a_browser_without_the_token_of_its_page_changes_nothing(session: requests.Session, stored) -> None:
	page = session.get(f"{session.address}/app", timeout=60).text
	token = page.partition('csrf_token = "')[2].partition('"')[0]
	assert token
	path, form = f"{session.address}/api/resource/Customer Consent", {"customer": "East shop", **CONSENT}
	before = stored()
	for headers in ({}, {"X-Frappe-CSRF-Token": "another"}):
		answer = session.post(path, json=form, headers=headers, timeout=60)
		assert (answer.status_code, answer.json()["exc_type"]) == (400, "CSRFTokenError")
	assert stored() == before
	assert session.post(path, json=form, headers={"X-Frappe-CSRF-Token": token}, timeout=60).ok


def test_a_form_sent_twice_at_once_is_stored_once(bench: PrivateBench, call: Call) -> None:
	form = {"customer": "West shop", "source": "List 9", "level": "Two Star", "decided_on": "2026-11-03"}

	def send(_number: int) -> requests.Response:
		return call("manager", "POST", "resource/Head Office Level", json=form)

	with ThreadPoolExecutor(2) as both:
		answers = list(both.map(send, range(2)))
	first, second = sorted(answer.status_code for answer in answers)
	assert first == 200 and second in (409, 417), [each.text for each in answers]
	where = "customer = 'West shop' AND source = 'List 9'"
	assert bench.sql(SITE, f"SELECT COUNT(*) FROM `tabHead Office Level` WHERE {where}") == [(1,)]


FORGED = {
	**{"owner": "Administrator", "modified_by": "Administrator", "creation": "2001-01-01 00:00:00"},
	**{"ignore_permissions": 1, "flags": {"ignore_permissions": 1, "ignore_validate": 1}},
}


def test_more_in_a_body_than_a_form_sends_gives_no_rights(bench: PrivateBench, call: Call, stored) -> None:
	before, path = stored(), "resource/Customer Consent"
	foreign = {"customer": "Team shop", **CONSENT, **FORGED}
	assert call("east", "POST", path, json=foreign).status_code == 403
	assert (
		call(
			"east",
			"POST",
			"method/frappe.client.insert",
			json={"doc": {**foreign, "doctype": "Customer Consent"}},
		).status_code
		== 403
	)
	assert call(
		"east", "POST", path, json={"customer": "East shop", **CONSENT, "docstatus": 1}
	).status_code in (403, 417)
	assert stored() == before
	made = call("east", "POST", path, json={"customer": "East shop", **CONSENT, **FORGED})
	assert made.ok, made.text
	name = made.json()["data"]["name"]
	fields = "owner, modified_by, YEAR(creation) > 2001, docstatus"
	kept = bench.sql(SITE, f"SELECT {fields} FROM `tabCustomer Consent` WHERE name = '{name}'")
	assert kept == [(user("east"), user("east"), 1, 0)]


SUBMITTED = [name for name, described in doctypes().items() if described.get("is_submittable")]
SAVED = sorted(
	name
	for name, described in doctypes().items()
	if not described.get("istable") and not described.get("issingle") and name not in SUBMITTED
)


@pytest.mark.parametrize("doctype", SAVED)
def test_a_dict_cannot_be_set_past_a_field(bench: PrivateBench, call: Call, doctype: str) -> None:
	((name, *before),) = bench.sql(
		SITE, f"SELECT name, owner, creation, docstatus FROM `tab{doctype}` ORDER BY creation LIMIT 1"
	)
	values = {"owner": user("clerk"), "creation": "2001-01-01 00:00:00", "modified_by": user("clerk")}
	asked = {"doctype": doctype, "name": name}
	for fieldname in (values, {**values, "docstatus": 1}, {**values, "flags": {"ignore_permissions": 1}}):
		answer = call(
			"Administrator", "POST", "method/frappe.client.set_value", json={**asked, "fieldname": fieldname}
		)
		assert answer.status_code < 500, answer.text
	where = f"FROM `tab{doctype}` WHERE name = '{name}'"
	assert bench.sql(SITE, f"SELECT owner, creation, docstatus {where}") == [tuple(before)]
	assert bench.sql(SITE, f"SELECT modified_by {where}") != [(user("clerk"),)]

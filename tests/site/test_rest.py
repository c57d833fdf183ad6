"""The same through REST, where strangers come in: lists, records, and every way to write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from app_files import doctypes
from personas import OF_A_CUSTOMER, PERSONAS, SEES
from private_bench import PrivateBench
from served_site import Call, filled, served

from cs_retention.setup.permission_table import PERMISSIONS

SITE = "rest.localhost"
LISTED = sorted(
	name for name, doc in doctypes().items() if not doc.get("istable") and not doc.get("issingle")
)


@pytest.fixture(scope="module")
def tokens(bench: PrivateBench, installed_dump: Path) -> dict[str, str]:
	"""API token by persona, on a site of this module's own."""
	return filled(bench, installed_dump, SITE, "make_branch.py")


@pytest.fixture(scope="module")
def call(bench: PrivateBench, tokens: dict[str, str]) -> Iterator[Call]:
	"""Call the served site as a persona."""
	with served(bench, SITE, tokens) as call:
		yield call


def rows(answer: requests.Response) -> list[dict]:
	"""Return the rows of a list; none when it was refused."""
	assert answer.status_code in (200, 403), answer.text
	return answer.json()["data"] if answer.ok else []


@pytest.mark.parametrize("doctype", LISTED)
def test_every_list_shows_exactly_what_can_be_opened(call: Call, bench: PrivateBench, doctype: str) -> None:
	names = [name for (name,) in bench.sql(SITE, f"SELECT name FROM `tab{doctype}`")]
	for persona in PERSONAS:
		listed = {
			row["name"] for row in rows(call(persona, "GET", f"resource/{doctype}?limit_page_length=0"))
		}
		answers = {name: call(persona, "GET", f"resource/{doctype}/{name}").status_code for name in names}
		assert set(answers.values()) <= {200, 403}
		assert listed == {name for name, status in answers.items() if status == 200}, persona


@pytest.mark.parametrize("doctype", OF_A_CUSTOMER)
def test_nobody_changes_what_they_do_not_see(call: Call, bench: PrivateBench, doctype: str) -> None:
	stored = bench.sql(SITE, f"SELECT name, customer FROM `tab{doctype}`")
	for persona in ("east", "desk", "team", "alliance", "clerk"):
		foreign = [name for name, customer in stored if customer not in SEES.get(persona, set())]
		for name in foreign:
			path = f"resource/{doctype}/{name}"
			assert call(persona, "PUT", path, json={"customer": "East shop"}).status_code == 403
			assert call(persona, "DELETE", path).status_code == 403
	assert bench.sql(SITE, f"SELECT name, customer FROM `tab{doctype}`") == stored


@pytest.mark.parametrize("doctype", ["Customer Retention State", "Star Rating"])
def test_nobody_but_the_set_writers_writes_a_state_or_a_rating(
	call: Call, bench: PrivateBench, doctype: str
) -> None:
	((name,),) = bench.sql(SITE, f"SELECT name FROM `tab{doctype}` WHERE customer = 'East shop'")
	for persona in PERSONAS:
		assert call(persona, "PUT", f"resource/{doctype}/{name}", json={"score": 100}).status_code == 403
		assert call(persona, "POST", f"resource/{doctype}", json={"customer": "East shop"}).status_code == 403
		assert call(persona, "DELETE", f"resource/{doctype}/{name}").status_code == 403


def test_rights_to_create_are_those_of_the_table(call: Call) -> None:
	absence = {"person": "east@branch.example", "from_date": "2026-12-01", "to_date": "2026-12-02"}
	for persona, roles in PERSONAS.items():
		granted = {right for role in roles for right in PERMISSIONS["Owner Absence"].get(role, "").split()}
		status = call(persona, "POST", "resource/Owner Absence", json=absence).status_code
		assert status == (200 if "create" in granted else 403), persona


def test_a_policy_is_activated_by_post_and_by_a_manager_only(call: Call, bench: PrivateBench) -> None:
	path = "resource/Star Policy/Standard v1"
	for persona in ("east", "auditor"):
		assert call(persona, "POST", path, json={"run_method": "new_version"}).status_code == 403
	call("manager", "GET", f"{path}?run_method=new_version")
	assert bench.sql(SITE, "SELECT COUNT(*) FROM `tabStar Policy`") == [(1,)], "a GET stores nothing"
	answer = call("manager", "POST", path, json={"run_method": "new_version"})
	assert (answer.status_code, answer.json()["data"]) == (200, "Standard v2")
	refused = call("manager", "POST", "resource/Star Policy/Standard v2", json={"run_method": "activate"})
	assert refused.status_code == 417
	assert "Try it first, then activate it" in refused.text


def test_a_request_cannot_approve_for_somebody_else(call: Call, bench: PrivateBench) -> None:
	((name,),) = bench.sql(SITE, "SELECT name FROM `tabStar Override` WHERE customer = 'East shop'")
	path = f"resource/Star Override/{name}"
	assert call("east", "PUT", path, json={"docstatus": 1}).status_code == 403
	assert call("second-manager", "PUT", path, json={"docstatus": 1}).status_code == 403
	assert call("manager", "PUT", path, json={"docstatus": 1}).status_code == 200

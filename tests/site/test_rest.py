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


class TestWarningsOfAnotherSystem:
	"""What another system may say of customers, as a Retention Manager's token."""

	@pytest.fixture
	def warned(self, call: Call):
		"""Post a warning."""

		def post(given: str, persona: str = "manager", **fields: str) -> requests.Response:
			warning = {"customer_given": given, "source": "Billing watch", "batch": "2026-11", **fields}
			return call(persona, "POST", "resource/External Warning", json=warning)

		return post

	def test_a_known_customer_is_warned_of_once_per_list(self, call: Call, warned) -> None:
		first = warned("East shop", note="pays by another bank")
		assert first.ok, first.text
		taken = first.json()["data"]
		assert (taken["status"], taken["customer"]) == ("Taken", "East shop")
		signal = call("east", "GET", f"resource/Churn Signal/{taken['signal']}").json()["data"]
		assert (signal["rule"], signal["status"]) == ("External Warning", "Open")
		for given in ("East shop", "EAST SHOP"):
			again = warned(given)
			assert again.status_code == 409
			assert "stands on the list" in again.text
		assert warned("East shop", batch="2026-12").ok

	def test_an_unknown_one_is_kept_aside_seen_and_taken_after_mending(self, call: Call, warned) -> None:
		answer = warned("Westshop", batch="mended")
		assert answer.ok, answer.text
		aside = answer.json()["data"]
		assert aside["status"] == "Kept Aside"
		assert aside["problem"].startswith("Westshop is no customer here.")
		filters = '{"status": "Kept Aside", "batch": "mended"}'
		listed = call("manager", "GET", "resource/External Warning", params={"filters": filters})
		assert [row["name"] for row in rows(listed)] == [aside["name"]]
		assert rows(call("west", "GET", "resource/External Warning", params={"filters": filters})) == []
		path = f"resource/External Warning/{aside['name']}"
		assert call("west", "PUT", path, json={"customer_given": "West shop"}).status_code == 403
		mended = call("manager", "PUT", path, json={"customer_given": "West shop"})
		assert mended.ok, mended.text
		assert (mended.json()["data"]["status"], mended.json()["data"]["customer"]) == ("Taken", "West shop")
		assert call("manager", "PUT", path, json={"customer_given": "East shop"}).status_code == 417

	def test_nobody_forges_what_follows_and_only_who_may_warns(self, call: Call, warned) -> None:
		forged = warned("Nobody known", batch="forged", status="Taken", customer="East shop")
		assert forged.ok, forged.text
		assert (forged.json()["data"]["status"], forged.json()["data"].get("customer")) == (
			"Kept Aside",
			None,
		)
		for persona in ("east", "desk", "auditor", "alliance", "clerk"):
			assert warned("East shop", persona, batch=persona).status_code == 403
		assert warned("East shop", batch="late", warned_on="2099-01-01").status_code == 417

	def test_what_was_kept_with_a_signal_is_no_field_of_a_request(
		self, call: Call, bench: PrivateBench
	) -> None:
		((name,),) = bench.sql(
			SITE, "SELECT name FROM `tabChurn Signal` WHERE customer = 'East shop' LIMIT 1"
		)
		bench.sql(SITE, f"UPDATE `tabChurn Signal` SET evidence = '[]' WHERE name = '{name}'")
		for persona in ("east", "manager", "auditor"):
			assert "evidence" not in call(persona, "GET", f"resource/Churn Signal/{name}").json()["data"]

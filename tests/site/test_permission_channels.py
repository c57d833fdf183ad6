"""The sensitive DocTypes through every channel of a served site: who may not read a record finds it in none.

Each channel is first shown to work, for a manager, who reads everything.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
import requests
from channels import CHANNELS, COUNTS, MARKED, MARKER, REPORT, SHOP, Row
from private_bench import PrivateBench
from pypdf import PdfReader
from served_site import Call, filled, served

SITE = "channels.localhost"
OUTSIDERS = ("east", "team", "desk", "alliance", "clerk", None)
"""Who answers for other customers or for none, has no role of ours, or has not signed in."""
REFUSED = (401, 403, 404, 417)


@pytest.fixture(scope="module")
def tokens(bench: PrivateBench, installed_dump: Path) -> dict[str, str]:
	"""API token by persona, on a site of this module's own."""
	return filled(bench, installed_dump, SITE, "make_channels.py")


@pytest.fixture(scope="module")
def call(bench: PrivateBench, tokens: dict[str, str]) -> Iterator[Call]:
	"""Call the served site as a persona."""
	with served(bench, SITE, tokens) as call:
		yield call


@pytest.fixture(scope="module")
def rows(bench: PrivateBench, tokens: dict[str, str]) -> list[Row]:
	"""The record of every sensitive DocType that is looked for."""
	query = "SELECT name FROM `tab{}` WHERE customer = '" + SHOP + "'"
	of_shop = {
		doctype: query.format(doctype) for doctype in MARKED if doctype != "Quarterly Retention Report"
	}
	found = [Row(doctype, bench.sql(SITE, text)[0][0]) for doctype, text in of_shop.items()]
	return [*found, Row("Quarterly Retention Report", REPORT)]


def asked(call: Call, persona: str | None, channel: object) -> requests.Response:
	place = "params" if channel.verb == "GET" else "data"
	return call(persona, channel.verb, channel.path, **{place: dict(channel.arguments)})


@pytest.mark.parametrize("name", CHANNELS)
def test_a_record_that_is_not_seen_is_in_no_channel(call: Call, rows: list[Row], name: str) -> None:
	for row in rows:
		channel = CHANNELS[name](row)
		shown = asked(call, "administrator", channel)
		assert (shown.status_code, channel.found in shown.text) == (200, True), (
			row.doctype,
			shown.text[:500],
		)
		for persona in OUTSIDERS:
			answer = asked(call, persona, channel)
			assert answer.status_code in (200, *REFUSED), (row.doctype, persona, answer.text)
			named = f"{channel.path} {json.dumps(dict(channel.arguments))}"
			for secret in {MARKER, SHOP, row.name, channel.found}:
				if secret not in named:
					assert secret not in answer.text, (row.doctype, persona, secret)


PDFS = {
	"download_pdf": lambda row: {"doctype": row.doctype, "name": row.name},
	"download_multi_pdf": lambda row: {"doctype": row.doctype, "name": json.dumps([row.name])},
}
"""Requests for a PDF; whether one can be made is the server's matter, whether it may be is ours."""


def pages(answer: requests.Response) -> int:
	"""Return how many pages an answer has; where several records are asked for, Frappe leaves out those not seen."""
	return len(PdfReader(BytesIO(answer.content)).pages)


@pytest.mark.parametrize("name", PDFS)
def test_no_pdf_is_made_of_a_record_that_is_not_seen(call: Call, rows: list[Row], name: str) -> None:
	for row in rows:
		for persona in OUTSIDERS:
			answer = call(persona, "GET", f"method/frappe.utils.print_format.{name}", params=PDFS[name](row))
			assert answer.status_code in REFUSED or pages(answer) == 0, (row, persona, answer.status_code)
		allowed = call(
			"administrator", "GET", f"method/frappe.utils.print_format.{name}", params=PDFS[name](row)
		)
		assert allowed.status_code not in REFUSED[:3], (row, allowed.text[:300])


def test_the_global_search_knows_nothing_of_ours(call: Call) -> None:
	for persona in ("administrator", *OUTSIDERS):
		answer = call(persona, "GET", "method/frappe.utils.global_search.search", params={"text": MARKER})
		assert answer.status_code in (200, *REFUSED)
		assert MARKER not in answer.text.replace(f'"{MARKER}"', "")
		assert SHOP not in answer.text


def number(answer: requests.Response) -> int:
	"""Return how many rows an answer counts; none where it is refused."""
	if not answer.ok:
		assert answer.status_code in REFUSED, answer.text
		return 0
	told = answer.json().get("message")
	if isinstance(told, list):
		return sum(group["count"] for group in told)
	if isinstance(told, dict):
		values = told["dataPoints"].values() if "dataPoints" in told else told["datasets"][0]["values"]
		return int(sum(values))
	return int(told or 0)


@pytest.mark.parametrize("name", COUNTS)
def test_no_count_tells_of_rows_that_are_not_seen(
	call: Call, bench: PrivateBench, rows: list[Row], name: str
) -> None:
	for row in rows:
		((stored,),) = bench.sql(SITE, f"SELECT COUNT(*) FROM `tab{row.doctype}`")
		assert number(asked(call, "administrator", COUNTS[name](row))) == stored, row.doctype
		for persona in OUTSIDERS:
			seen = call(persona, "GET", f"resource/{row.doctype}?limit_page_length=0")
			visible = len(seen.json()["data"]) if seen.ok else 0
			told = number(asked(call, persona, COUNTS[name](row)))
			assert told in (visible, 0) if name == "chart as heat map" else told == visible, (row, persona)


def test_connections_of_a_customer_do_not_tell_of_rows_that_are_not_seen(call: Call) -> None:
	def counted(persona: str) -> int:
		path = "method/frappe.desk.notifications.get_open_count"
		answer = call(persona, "GET", path, params={"doctype": "Customer", "name": SHOP})
		links = answer.json()["message"]["count"]["external_links_found"]
		return sum(link["count"] for link in links if link["doctype"] in MARKED)

	assert counted("administrator") == 3, "a callback, a case and its release file"
	assert {persona: counted(persona) for persona in OUTSIDERS if persona} == dict.fromkeys(OUTSIDERS[:-1], 0)
	assert counted("west") == 3


def test_links_of_a_customer_are_followed_to_rows_that_are_seen(call: Call, rows: list[Row]) -> None:
	for persona in ("administrator", *filter(None, OUTSIDERS)):
		path = "method/frappe.desk.form.linked_with.get"
		answer = call(persona, "GET", path, params={"doctype": "Customer", "docname": SHOP})
		shown = {row.doctype for row in rows if f'"{row.name}"' in answer.text}
		assert shown == ({*MARKED} - {"Quarterly Retention Report"} if persona == "administrator" else set())

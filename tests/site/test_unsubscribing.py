"""Unsubscribing by link, as a stranger does it: a page that asks, one answer for every link that is signed, no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from private_bench import PrivateBench
from served_site import Call, filled, served

SITE = "unsubscribe.localhost"
METHODS = "method/cs_retention.callbacks.unsubscribing"


@pytest.fixture(scope="module")
def links(bench: PrivateBench, installed_dump: Path) -> dict[str, str]:
	"""Parameters of links: of a message that was sent, of one that is gone, and a token of nobody's."""
	return filled(bench, installed_dump, SITE, "make_links.py")


@pytest.fixture(scope="module")
def call(bench: PrivateBench, links: dict[str, str]) -> Iterator[Call]:
	with served(bench, SITE, {}) as call:
		yield call


def consents(bench: PrivateBench) -> list[tuple]:
	return bench.sql(SITE, "SELECT channel, status, address, evidence FROM `tabCustomer Consent`")


def words(answer: requests.Response) -> str:
	"""Return what a page says, without what differs from one page to the next whatever it says."""
	return re.sub(r"<script.*?</script>|csrf_token[^>]*|\d{4}-\d\d-\d\d[^\"<]*", "", answer.text, flags=re.S)


def test_opening_a_link_asks_and_does_nothing(call: Call, bench: PrivateBench, links) -> None:
	answer = call(None, "GET", f"{METHODS}.ask?{links['sent']}")
	assert answer.status_code == 200
	assert '<form method="post"' in answer.text
	assert call(None, "GET", f"{METHODS}.unsubscribe?{links['sent']}").status_code == 403
	assert consents(bench) == []


def test_the_answer_is_the_same_whatever_is_on_record_and_an_entry_is_made_once(
	call: Call, bench: PrivateBench, links
) -> None:
	first, second, gone = (
		call(None, "POST", f"{METHODS}.unsubscribe?{links[which]}") for which in ("sent", "sent", "gone")
	)
	assert first.status_code == second.status_code == gone.status_code == 200
	assert words(first) == words(second) == words(gone)
	assert "no more messages of this kind" in first.text
	((channel, status, address, evidence),) = consents(bench)
	assert (channel, status, address) == ("Email", "Withdrawn", "east@shop.example")
	assert evidence.startswith("Unsubscribed by the link")


def test_a_link_that_is_not_signed_is_damaged_and_changes_nothing(
	call: Call, bench: PrivateBench, links
) -> None:
	before = consents(bench)
	forged = re.sub(r"t=[^&]+", "t=another", links["sent"])
	for link in (
		forged,
		links["sent"][:-1],
		links["sent"].replace("lang=en", "lang=zh"),
		"",
		f"{links['sent']}%C3%A9",
	):
		for method, act in (("GET", "ask"), ("POST", "unsubscribe")):
			answer = call(None, method, f"{METHODS}.{act}?{link}")
			assert answer.status_code == 400
			assert "not complete" in answer.text
	assert consents(bench) == before


def test_a_page_is_in_the_language_of_the_message(call: Call, links) -> None:
	assert "不再接收" in call(None, "GET", f"{METHODS}.ask?{links['chinese']}").text


def test_whoever_tries_often_waits(call: Call, links) -> None:
	statuses = [call(None, "POST", f"{METHODS}.unsubscribe?{links['gone']}").status_code for _ in range(30)]
	assert statuses[-1] == 429

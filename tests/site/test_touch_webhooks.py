"""Webhooks on Customer Touch: a worker tells another system of what was written in a set, once it is committed."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from mail_servers import serving
from personas import make_customer
from private_bench import PrivateBench
from support_reviews import connected
from support_workers import forget_jobs, kill, start_worker

SITE = "webhooks.localhost"
EVENING = datetime(2026, 11, 26, 21)
MORNING = EVENING + timedelta(hours=12, minutes=5)
FIELDS = ("customer", "decision", "outcome", "message_key", "message_class")
PATIENCE = 180


class Listener(ThreadingHTTPServer):
	"""Another system: keeps what it is told."""

	daemon_threads = True

	def __init__(self) -> None:
		self.told: list[dict[str, Any]] = []
		super().__init__(("127.0.0.1", 0), _Told)

	@property
	def url(self) -> str:
		return f"http://127.0.0.1:{self.server_address[1]}"

	def hear(self, count: int) -> list[dict[str, Any]]:
		"""Return what was told as soon as it is so much, in an order, and forget it."""
		end = time.monotonic() + PATIENCE
		while len(self.told) < count and time.monotonic() < end:
			time.sleep(0.05)
		heard, self.told = self.told, []
		return sorted(heard, key=lambda told: (told["event"], told["customer"]))


class _Told(BaseHTTPRequestHandler):
	server: Listener

	def do_POST(self) -> None:
		told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
		self.server.told.append({"event": self.path.strip("/"), **told})
		self.send_response(200)
		self.send_header("Content-Length", "0")
		self.end_headers()

	def log_message(self, *_: Any) -> None:
		"""Print nothing."""


@pytest.fixture(scope="module")
def frappe(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	"""Frappe on a site with two customers, one of them without an address, and a worker."""
	with connected(bench, installed_dump, SITE) as frappe:
		make_customer("Corner shop", email_id="corner@shop.example")
		make_customer("Mute shop")
		frappe.db.commit()
		forget_jobs(bench)
		worker = start_worker(bench, "default,short,long")
		yield frappe
		kill(worker)


@pytest.fixture
def system(frappe: Any) -> Iterator[Listener]:
	"""Another system that is told of touches that are new, and of those that become something else."""
	with serving(Listener()) as listener:
		made = [webhook(frappe, listener, event) for event in ("after_insert", "on_change")]
		frappe.db.commit()
		yield listener
		frappe.db.rollback()
		for name in made:
			frappe.delete_doc("Webhook", name)
		for doctype in ("Customer Touch", "Message Outbox", "Call Log"):
			frappe.db.delete(doctype)
		frappe.db.commit()


def webhook(frappe: Any, listener: Listener, event: str, **fields: Any) -> str:
	data = [{"fieldname": name, "key": name} for name in FIELDS]
	usual = {
		"name": f"Touches {event}",
		"webhook_doctype": "Customer Touch",
		"webhook_docevent": event,
		"request_method": "POST",
	}
	usual |= {"request_url": f"{listener.url}/{event}", "enabled": 1, "request_structure": "Form URL-Encoded"}
	return frappe.get_doc({"doctype": "Webhook", **usual, "webhook_data": data, **fields}).insert().name


def want(customer: str, recipient: str = "") -> Any:
	from cs_retention.engine.vocabulary import MessageChannel, MessageClass
	from cs_retention.nightly.contact_touches import WantedMessage

	return WantedMessage(
		key=f"{customer}|visit".lower(),
		customer=customer,
		class_=MessageClass.RETENTION,
		channel=MessageChannel.EMAIL,
		recipient=recipient,
		subject="Your visit",
		body="Dear customer, thank you.",
		language="en",
		asked_at=EVENING,
		source="Send a Message",
	)


def send(frappe: Any) -> None:
	from cs_retention.callbacks.automatic_touches import send_messages

	send_messages([want("Corner shop", "corner@shop.example"), want("Mute shop")], EVENING)


def told(heard: list[dict[str, Any]], *fields: str) -> list[tuple[Any, ...]]:
	return [tuple(each[field] for field in fields) for each in heard]


def test_touches_written_in_a_set_are_told_after_the_commit_and_again_when_they_are_decided(
	frappe, system
) -> None:
	from cs_retention.callbacks.automatic_touches import new_sender

	send(frappe)
	assert system.told == []
	frappe.db.commit()
	heard = system.hear(2)
	assert told(heard, "event", "customer", "decision", "outcome", "message_key") == [
		("after_insert", "Corner shop", "Held", None, "corner shop|visit"),
		("after_insert", "Mute shop", "Skipped", None, "mute shop|visit"),
	]
	new_sender().release(MORNING, print)
	heard = system.hear(1)
	assert told(heard, "event", "customer", "decision", "message_class") == [
		("on_change", "Corner shop", "Sent", "Retention")
	]


def test_what_is_rolled_back_is_told_to_nobody(frappe, system) -> None:
	send(frappe)
	frappe.db.rollback()
	frappe.get_doc(
		{"doctype": "Customer Touch", "customer": "Mute shop", "channel": "Phone", "outcome": "Reached"}
	).insert()
	frappe.db.commit()
	assert told(system.hear(1), "event", "customer", "outcome", "decision") == [
		("after_insert", "Mute shop", "Reached", None)
	]


def test_a_condition_picks_out_what_another_system_is_to_know(frappe, system) -> None:
	name = frappe.get_all("Webhook", {"webhook_docevent": "after_insert"}, pluck="name")[0]
	frappe.get_doc("Webhook", name).update({"condition": 'doc.decision == "Skipped"'}).save()
	send(frappe)
	frappe.db.commit()
	assert told(system.hear(1), "customer", "decision") == [("Mute shop", "Skipped")]
	time.sleep(1)
	assert system.told == []


def test_a_contact_that_a_document_tells_of_has_the_webhook_of_that_document(frappe, system) -> None:
	links = [{"link_doctype": "Customer", "link_name": "Corner shop"}]
	call = {"id": "77", "from": "+4930123456", "to": "+4930654321", "medium": "x", "status": "Completed"}
	call |= {"type": "Incoming", "duration": 95, "start_time": "2026-11-26 10:00:00", "links": links}
	with_call = webhook(
		frappe,
		system,
		"after_insert",
		name="Calls",
		webhook_doctype="Call Log",
		request_url=f"{system.url}/call",
		webhook_data=[{"fieldname": "id", "key": "customer"}],
	)
	frappe.get_doc({"doctype": "Call Log", **call}).insert()
	frappe.db.commit()
	noted = frappe.get_all("Customer Touch", {"source_doctype": "Call Log"}, pluck="customer")
	assert (noted, told(system.hear(1), "event", "customer")) == (["Corner shop"], [("call", "77")])
	frappe.delete_doc("Webhook", with_call)

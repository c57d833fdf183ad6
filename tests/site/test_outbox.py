"""The outbox on a site: into the mail queue, to the gateway, held after a restore, seen and helped by managers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from email import message_from_string, policy
from pathlib import Path
from typing import Any

import pytest
from mail_servers import TextGateway, serving
from personas import make_customer, make_personas, user
from private_bench import PrivateBench
from support_reviews import connected

from cs_retention.engine.outbox import Message
from cs_retention.engine.vocabulary import MessageChannel, MessageClass

SITE = "outbox.localhost"
OUTBOX, QUEUE = "Message Outbox", "Email Queue"
TABLES = (OUTBOX, QUEUE, "Email Queue Recipient", "Email Unsubscribe", "Notification Log", "SMS Log")
METHODS = "cs_retention.cs_retention.doctype.message_outbox.message_outbox"


@pytest.fixture(scope="module")
def mailing(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	with connected(bench, installed_dump, SITE) as frappe:
		frappe.conf.mail_server, frappe.conf.auto_email_id = "127.0.0.1", "shop@branch.example"
		frappe.conf.email_sender_name = "Branch"
		make_personas()
		frappe.db.commit()
		yield frappe


@pytest.fixture
def frappe(mailing: Any) -> Iterator[Any]:
	"""Frappe on a site with an empty outbox that was never swept."""
	empty(mailing)
	yield mailing
	mailing.set_user("Administrator")
	mailing.local.lang = "en"
	empty(mailing)


def empty(frappe: Any) -> None:
	from cs_retention.cs_retention.retention_outbox import PULSE, mark_path

	frappe.db.rollback()
	for doctype in TABLES:
		frappe.db.delete(doctype)
	frappe.db.delete("Singles", {"doctype": ("in", (PULSE, "SMS Settings"))})
	frappe.clear_document_cache(PULSE, PULSE)
	frappe.db.value_cache.clear()
	mark_path().unlink(missing_ok=True)
	frappe.db.commit()


def message(key: str = "test|1", **changes: Any) -> Message:
	usual = {
		"channel": MessageChannel.EMAIL,
		"recipient": "kunde@example.com",
		"subject": "Grüße 问候",
		"body": "Hello & <welcome>\n\nSee https://example.com/a?b=1&c=2.",
		"language": "en",
		"ready_at": datetime(2026, 1, 1),
	}
	return Message(key=key, **{**usual, **changes})


def text(key: str = "text|1", **changes: Any) -> Message:
	return message(key, channel=MessageChannel.SMS, recipient="+49 30 123456", subject="", **changes)


def put(frappe: Any, *messages: Message) -> None:
	from cs_retention.cs_retention.outbox import put

	put(messages)
	frappe.db.commit()


def sweep(frappe: Any) -> None:
	from cs_retention.cs_retention import retention_outbox

	frappe.db.value_cache.clear()
	retention_outbox.sweep()


def outbox(frappe: Any, *fields: str) -> list[tuple]:
	return frappe.get_all(OUTBOX, fields=list(fields), as_list=True, order_by="dedupe_key")


def alerts(frappe: Any, persona: str = "manager") -> list[str]:
	return frappe.get_all(
		"Notification Log", {"for_user": user(persona)}, pluck="subject", order_by="creation"
	)


def test_a_message_becomes_one_mail_that_looks_as_every_mail_of_the_site(frappe) -> None:
	put(frappe, message(), message())
	sweep(frappe)
	sweep(frappe)
	((status, queued, sent_at),) = outbox(frappe, "status", "email_queue", "sent_at")
	assert status == "Sent" and sent_at
	ours = frappe.get_doc(QUEUE, queued)
	theirs = frappe.sendmail(["kunde@example.com"], subject="Grüße 问候", message="Hello")
	assert frappe.db.count(QUEUE) == 2
	assert [row.recipient for row in ours.recipients] == ["kunde@example.com"]
	for field in ("sender", "status", "priority", "retry", "email_account", "attachments", "show_as_cc"):
		assert (ours.get(field) or None) == (theirs.get(field) or None), field
	first, second = (message_from_string(doc.message, policy=policy.SMTP) for doc in (ours, theirs))
	for header in ("Subject", "From"):
		assert first[header] == second[header]
	assert first["To"] == "kunde@example.com" and first["Message-Id"] == f"<{ours.message_id}>"
	html = first.get_body(("html",)).get_content()
	assert "<p>Hello &amp; &lt;welcome&gt;</p>" in html
	assert '<a href="https://example.com/a?b=1&amp;c=2">' in html
	assert "body-table" in html and "body-table" in second.get_body(("html",)).get_content()
	assert first.get_body(("plain",)).get_content().splitlines()[0] == "Hello & <welcome>"


def test_a_message_is_written_with_what_it_is_about_or_not_at_all(frappe) -> None:
	put(frappe, message())
	from cs_retention.cs_retention.outbox import put as write

	write([message("test|2"), message()])
	frappe.db.rollback()
	assert outbox(frappe, "dedupe_key", "status") == (("test|1", "Queued"),)


def test_switched_off_messages_wait(frappe) -> None:
	put(frappe, message())
	frappe.db.set_single_value("CS Retention Settings", "send_messages", 0)
	sweep(frappe)
	assert outbox(frappe, "status") == (("Queued",),)
	frappe.db.set_single_value("CS Retention Settings", "send_messages", 1)
	sweep(frappe)
	assert outbox(frappe, "status") == (("Sent",),)


def test_without_an_account_a_message_waits_and_says_why(frappe, monkeypatch) -> None:
	monkeypatch.delitem(frappe.conf, "mail_server")
	monkeypatch.setattr(frappe.local, "outgoing_email_account", {}, raising=False)
	put(frappe, message())
	sweep(frappe)
	((status, attempts, error),) = outbox(frappe, "status", "attempts", "error")
	assert (status, attempts) == ("Queued", 1)
	assert "Email Account" in error


def test_texts_go_to_the_gateway_of_the_settings_in_both_ways(frappe) -> None:
	put(frappe, text("text|0"))
	sweep(frappe)
	assert outbox(frappe, "status", "attempts", "error") == (("Queued", 1, "SMS Settings name no gateway."),)
	with serving(
		TextGateway(lambda number: {2: "400", 3: "drop", 4: "500", 5: "503"}.get(number, "take"))
	) as gateway:
		for name, value in {
			"sms_gateway_url": gateway.url,
			"message_parameter": "text",
			"receiver_parameter": "to",
			"use_post": 1,
		}.items():
			frappe.db.set_single_value("SMS Settings", name, value)
		put(frappe, *(text(f"text|{number}") for number in range(1, 6)))
		sweep(frappe)
		assert gateway.taken[0] == {"text": message().body, "to": "+4930123456"}
	found = outbox(frappe, "status", "reason", "attempts")[1:]
	assert found == (
		("Sent", None, 0),
		("Queued", None, 1),
		("On Review", "No Answer from the Gateway", 0),
		("On Review", "No Answer from the Gateway", 0),
		("Queued", None, 1),
	)
	assert frappe.db.count("SMS Log") == 1
	assert alerts(frappe) == ["Messages held for review: 2."]
	put(frappe, text("text|9"))
	sweep(frappe)
	assert outbox(frappe, "status", "attempts")[-1] == ("Queued", 1), "the gateway is gone: nothing was sent"


def restored(frappe: Any, days: int = 1) -> None:
	"""Make the database look like a backup of some days ago, in which a message waits."""
	from cs_retention.cs_retention.retention_outbox import PULSE, now_datetime

	put(frappe, message("before|1"), message("before|2"))
	last = now_datetime() - timedelta(days=days)
	frappe.db.set_single_value(PULSE, "last_sweep", last)
	frappe.db.commit()


def test_after_a_restore_messages_are_held_and_managers_decide(frappe) -> None:
	sweep(frappe)
	restored(frappe)
	sweep(frappe)
	assert outbox(frappe, "status", "reason") == (("On Review", "Database Restored"),) * 2
	assert len(alerts(frappe)) == 1 and "restored" in alerts(frappe)[0]
	put(frappe, message("derived|anew"))
	sweep(frappe)
	assert {status for (status,) in outbox(frappe, "status")} == {"On Review"}
	first, second, third = (name for (name,) in outbox(frappe, "name"))
	frappe.set_user(user("manager"))
	api = frappe.get_attr
	assert api(f"{METHODS}.get_hold")()
	assert api(f"{METHODS}.send")([first]) == 1
	assert api(f"{METHODS}.discard")([second]) == 1
	assert api(f"{METHODS}.send")([second]) == 0, "what was discarded is not sent"
	frappe.db.commit()
	frappe.set_user("Administrator")
	sweep(frappe)
	frappe.set_user(user("manager"))
	api(f"{METHODS}.end_hold")()
	assert api(f"{METHODS}.get_hold")() is None
	assert api(f"{METHODS}.send")([third]) == 1
	frappe.db.commit()
	frappe.set_user("Administrator")
	put(frappe, message("new"))
	sweep(frappe)
	states = dict(outbox(frappe, "dedupe_key", "status"))
	assert states["derived|anew"] == states["new"] == "Sent"
	assert states["before|2"] == "Cancelled"


def test_what_a_manager_sends_is_not_held_again_while_others_are(frappe) -> None:
	sweep(frappe)
	restored(frappe)
	sweep(frappe)
	first, _second = (name for (name,) in outbox(frappe, "name"))
	frappe.set_user(user("manager"))
	frappe.get_attr(f"{METHODS}.send")([first])
	frappe.db.commit()
	frappe.set_user("Administrator")
	sweep(frappe)
	assert outbox(frappe, "status", "reviewed_by") == (("Sent", user("manager")), ("On Review", None))


def test_a_site_that_stood_still_and_a_mark_that_is_behind_hold_nothing(frappe) -> None:
	from cs_retention.cs_retention.retention_outbox import PULSE, mark_path, now_datetime

	sweep(frappe)
	put(frappe, message())
	long_ago = now_datetime() - timedelta(days=9)
	frappe.db.set_single_value(PULSE, "last_sweep", long_ago)
	mark_path().write_text((long_ago - timedelta(minutes=1)).isoformat())
	sweep(frappe)
	assert outbox(frappe, "status") == (("Sent",),)


def test_a_machine_without_a_mark_holds_what_an_old_database_has(frappe) -> None:
	from cs_retention.cs_retention.retention_outbox import mark_path

	sweep(frappe)
	restored(frappe)
	mark_path().unlink()
	sweep(frappe)
	assert {status for (status,) in outbox(frappe, "status")} == {"On Review"}


def test_a_message_that_failed_is_sent_again_by_the_mail_it_has(frappe) -> None:
	put(frappe, message())
	sweep(frappe)
	((name, queued),) = outbox(frappe, "name", "email_queue")
	frappe.db.set_value(QUEUE, queued, {"status": "Error", "error": "x\n550 no such mailbox", "retry": 3})
	sweep(frappe)
	sweep(frappe)
	assert outbox(frappe, "status", "error") == (("Failed", "550 no such mailbox"),)
	assert alerts(frappe) == ["Messages that could not be sent: 1. Open them to see why."]
	assert frappe.get_attr(f"{METHODS}.send")([name]) == 1
	assert frappe.db.get_value(QUEUE, queued, ["status", "retry"]) == ("Not Sent", 0)
	sweep(frappe)
	assert outbox(frappe, "status", "email_queue") == (("Sent", queued),) and frappe.db.count(QUEUE) == 1
	frappe.db.set_value(QUEUE, queued, "status", "Error")
	sweep(frappe)
	frappe.delete_doc(QUEUE, queued)
	assert frappe.get_attr(f"{METHODS}.send")([name]) == 1
	sweep(frappe)
	assert outbox(frappe, "status") == (("Sent",),) and frappe.db.count(QUEUE) == 1


@pytest.mark.parametrize("persona", ["east", "desk", "alliance", "clerk"])
def test_who_does_not_manage_sees_no_message_and_decides_about_none(frappe, persona) -> None:
	put(frappe, message())
	((name,),) = outbox(frappe, "name")
	frappe.set_user(user(persona))
	for method in ("send", "discard"):
		with pytest.raises(frappe.PermissionError):
			frappe.get_attr(f"{METHODS}.{method}")([name])
	with pytest.raises(frappe.PermissionError):
		frappe.get_attr(f"{METHODS}.end_hold")()
	with pytest.raises(frappe.PermissionError):
		frappe.get_attr(f"{METHODS}.get_hold")()


def test_an_auditor_looks_and_decides_nothing(frappe) -> None:
	put(frappe, message())
	((name,),) = outbox(frappe, "name")
	frappe.set_user(user("auditor"))
	assert frappe.get_list(OUTBOX, pluck="name") == [name]
	with pytest.raises(frappe.PermissionError):
		frappe.get_attr(f"{METHODS}.send")([name])


@pytest.mark.parametrize("number", [0, 501])
def test_too_many_messages_at_once_are_refused_with_their_number(frappe, number) -> None:
	with pytest.raises(frappe.ValidationError, match=f"{number} messages were chosen. Choose 1 to 500."):
		frappe.get_attr(f"{METHODS}.discard")([f"m{place}" for place in range(number)])


def test_messages_follow_a_customer_that_is_merged_and_go_with_one_that_is_deleted(frappe) -> None:
	from cs_retention.cs_retention.states import ensure_state

	names = [
		frappe.get_doc({"doctype": "Customer", "customer_name": f"Shop {number}"}).insert().name
		for number in (1, 2)
	]
	states = [ensure_state(name) for name in names]
	put(frappe, message(customer_state=states[0], class_=MessageClass.CARE))
	frappe.rename_doc("Customer", names[0], names[1], merge=True)
	assert outbox(frappe, "customer_state", "message_class") == ((states[1], "Care"),)
	frappe.delete_doc("Customer", names[1])
	assert outbox(frappe, "name") == ()


def test_an_address_that_came_back_is_spared_until_somebody_says_that_it_works_again(frappe) -> None:
	from cs_retention.callbacks.automatic_touches import get_touches, send_messages
	from cs_retention.nightly.contact_touches import WantedMessage

	make_customer("Corner shop", account_manager="east", email_id="corner@shop.example")

	def send(key: str) -> tuple[str, str]:
		noon = datetime.combine(frappe.utils.getdate(), time(12))
		wanted = WantedMessage(
			key=key,
			customer="Corner shop",
			class_=MessageClass.COMPLAINT,
			channel=MessageChannel.EMAIL,
			recipient="corner@shop.example",
			subject="Your complaint",
			body="Dear customer, we are on it.",
			language="en",
			asked_at=noon,
			source="Send a Message",
		)
		(decided,) = send_messages([wanted], noon)
		frappe.db.commit()
		return decided.decision.outcome.value, decided.decision.reasons[0].code

	try:
		assert send("first") == ("Sent", "within_cap")
		frappe.db.set_value(OUTBOX, {"dedupe_key": "first"}, "ready_at", datetime(2026, 1, 1))
		sweep(frappe)
		refused = "smtplib.SMTPRecipientsRefused: {'corner@shop.example': (550, b'5.1.1 no such user')}"
		frappe.db.set_value(
			QUEUE, {"status": "Not Sent"}, {"status": "Error", "error": f"Traceback\n{refused}"}
		)
		sweep(frappe)
		(touch,) = get_touches("Corner shop")["touches"]
		(entry,) = get_touches("Corner shop")["consents"]
		assert (touch["decision"], touch["is_failed"], "message_key" in touch) == ("Sent", True, False)
		assert (entry.status, entry.address, entry.evidence) == (
			"Bounced",
			"corner@shop.example",
			"550 5.1.1 no such user",
		)
		assert send("second") == ("Skipped", "address_bounced")
		newest = get_touches("Corner shop")["touches"][0]
		assert newest["why"][0].startswith("what was sent to corner@shop.example came back on")
		frappe.set_user(user("east"))
		fields = {"channel": "Email", "status": "Reachable", "address": "corner@shop.example"}
		said = {"doctype": "Customer Consent", "customer": "Corner shop", "evidence": "wrote to us today"}
		frappe.get_doc({**said, **fields}).insert()
		frappe.set_user("Administrator")
		assert send("third") == ("Held", "gap_too_short")
	finally:
		frappe.db.rollback()
		for doctype in ("Customer Touch", "Customer Consent"):
			frappe.db.delete(doctype, {"customer": "Corner shop"})
		frappe.delete_doc("Customer", "Corner shop")
		frappe.db.commit()

"""The contact policy on a site: drafted, tried and activated, and what it makes of messages that people send."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from personas import make_customer, make_personas, user

from cs_retention.engine.contact_policy import ContactPolicy

FIRST = "Standard v1"
NOON, EVENING, MORNING = (
	datetime(2026, 11, 26, 12),
	datetime(2026, 11, 26, 21),
	datetime(2026, 11, 27, 9, 5),
)
TEXT = {"subject": "Your visit", "text": "Dear customer, thank you."}


@pytest.fixture
def draft(frappe):
	"""A second version of the seeded policy."""
	return frappe.get_doc("Contact Policy", frappe.get_doc("Contact Policy", FIRST).new_version())


@pytest.fixture
def clock(monkeypatch):
	"""Set the time that messages are sent and released at; noon to begin with."""
	from cs_retention.callbacks import automatic_touches, messages, retention_touches

	def stand_at(moment: datetime) -> None:
		for module in (automatic_touches, messages, retention_touches):
			monkeypatch.setattr(module, "now_datetime", lambda: moment)

	stand_at(NOON)
	return stand_at


@pytest.fixture
def shops(frappe, clock):
	"""Three customers of account manager east, one of them without an address, and one of west."""
	make_personas()
	for name in ("Corner shop", "Key shop"):
		make_customer(
			name, account_manager="east", email_id=f"{name[:3].lower()}@shop.example", mobile_no="+4930123456"
		)
	make_customer("Mute shop", account_manager="east")
	make_customer("West shop", account_manager="west", email_id="west@shop.example")
	frappe.set_user(user("east"))
	return ["Corner shop", "Key shop", "Mute shop"]


def send(
	customers: list[str], class_: str = "Care", channel: str = "Email", token: str = "t", **text: str
) -> Any:
	from cs_retention.callbacks import messages

	return messages.send(customers, token, message_class=class_, channel=channel, **{**TEXT, **text})


def preview(customers: list[str], class_: str = "Care", channel: str = "Email", **text: str) -> Any:
	from cs_retention.callbacks import messages

	return messages.preview(customers, message_class=class_, channel=channel, **{**TEXT, **text})


def tried(draft: Any, class_: str, channel: str = "Email", language: str = "en") -> None:
	"""Play the job that tries a policy, and read the policy again."""
	import frappe

	from cs_retention.callbacks.contact_trial import run_trial

	run_trial(draft.name, str(NOON.date()), language, class_, channel)
	frappe.local.lang = "en"
	draft.reload()


def outbox(frappe) -> list[Any]:
	fields = ["recipient", "subject", "body", "message_class", "touch_key", "customer_state"]
	return frappe.get_all("Message Outbox", {"message_class": ("is", "set")}, fields, order_by="recipient")


def touches(frappe, customer: str) -> list[Any]:
	fields = [
		"name",
		"decision",
		"message_class",
		"held_until",
		"person",
		"source",
		"contact_policy",
		"outcome",
	]
	return frappe.get_all("Customer Touch", {"customer": customer}, fields, order_by="creation")


def consent(frappe, customer: str, **fields: Any) -> Any:
	entry = {
		"channel": "Email",
		"status": "Given",
		"consent_date": "2026-11-01",
		"evidence": "said on the phone",
	}
	return frappe.get_doc({"doctype": "Customer Consent", "customer": customer, **entry, **fields}).insert()


class TestPolicy:
	def test_the_seeded_policy_is_that_of_the_rules_and_in_force(self, frappe) -> None:
		from cs_retention.cs_retention.contact_policies import load_contact_policy

		assert load_contact_policy() == ContactPolicy(version=FIRST)

	@pytest.mark.parametrize(
		("change", "message"),
		[
			(
				lambda doc: doc.caps[0].update({"touches": 0}),
				r"Touches in 30 Days, at Most.*: .*0.* from 1 to 366",
			),
			(lambda doc: doc.caps.pop(), r"Caps.*: .*an empty value.* row without level and channel"),
			(lambda doc: doc.caps.append(doc.caps[0]), r"Caps.*: .*Key Account.* keep one row"),
			(lambda doc: doc.classes.pop(), r"Classes.*: .*Marketing.* exactly one row"),
			(
				lambda doc: doc.classes[2].update({"keeps_free": 4}),
				r"Care: Places Kept Free.*: .*4.* less than 4, the smallest cap",
			),
			(lambda doc: doc.update({"quiet_to": "20:00"}), r"Quiet To.*: .*20:00.* leave at least an hour"),
			(
				lambda doc: doc.update({"quiet_from": None}),
				r"Quiet From.*: .*an empty value.* give both ends",
			),
			(
				lambda doc: doc.update({"min_gap_days": 40}),
				r"Days Between Automatic Touches.*: .*40.* from 0 to 30",
			),
		],
	)
	def test_what_cannot_work_names_field_value_and_remedy(self, frappe, draft, change, message) -> None:
		change(draft)
		with pytest.raises(frappe.ValidationError, match=message):
			draft.save()

	def test_a_change_reaches_the_engine_and_undoes_the_trial(self, frappe, draft) -> None:
		from cs_retention.cs_retention.contact_policies import load_contact_policy
		from cs_retention.cs_retention.policy_life import record_trial

		record_trial(draft, "nothing held")
		draft.save()
		assert draft.status == "Tried"
		draft.update({"quiet_from": "12:00:00", "quiet_to": "14:00:00"})
		draft.append("caps", {"level": "Two Star", "channel": "SMS", "touches": 1})
		draft.classes[2].keeps_free = draft.classes[3].keeps_free = 0
		draft.save()
		policy = load_contact_policy(draft.name)
		assert policy.quiet_hours() == ("12:00", "14:00")
		assert policy.caps[-1].about == ("Two Star", "SMS")
		assert (draft.status, draft.trial_summary) == ("Draft", None)

	def test_only_a_tried_policy_is_activated_and_by_a_manager(self, frappe, draft) -> None:
		from cs_retention.callbacks.contact_trial import get_trial_progress, try_policy

		make_personas()
		for persona in ("east", "desk"):
			frappe.set_user(user(persona))
			with pytest.raises(frappe.PermissionError):
				try_policy(draft.name, "Care", "Email")
			with pytest.raises(frappe.PermissionError):
				draft.activate()
		frappe.set_user(user("manager"))
		assert get_trial_progress(draft.name)["is_running"] is False
		with pytest.raises(frappe.ValidationError, match=r"is Draft\. Try it first"):
			draft.activate()
		tried(draft, "Care")
		draft.activate()
		assert frappe.get_all("Contact Policy", {"status": "Active"}, pluck="name") == [draft.name]
		with pytest.raises(frappe.ValidationError, match="cannot be deleted"):
			frappe.delete_doc("Contact Policy", FIRST)

	def test_a_trial_is_one_job_and_is_told_in_the_language_of_who_asked(self, frappe, draft) -> None:
		from frappe.utils.background_jobs import get_job

		from cs_retention.callbacks.contact_trial import get_trial_progress, try_policy
		from cs_retention.cs_retention.trials import job_id

		frappe.set_user("Administrator")
		try_policy(draft.name, "Care", "SMS")
		frappe.db.commit()
		job = get_job(job_id("Contact Policy", draft.name))
		try:
			assert get_trial_progress(draft.name) == {"is_running": True, "progress": 0}
			with pytest.raises(frappe.ValidationError, match="is being tried at this moment"):
				try_policy(draft.name, "Care", "SMS")
			arguments = job.kwargs["kwargs"]
			assert (arguments["message_class"], arguments["channel"]) == ("Care", "SMS")
		finally:
			job.delete()
		tried(draft, "Care", language="zh")
		assert "关怀" in draft.trial_summary and ", " not in draft.trial_summary

	def test_its_sentence_has_the_numbers_and_marks_of_the_language(self, frappe, draft, monkeypatch) -> None:
		from cs_retention.callbacks.automatic_touches import new_sender
		from cs_retention.callbacks.contact_trial import Trial
		from cs_retention.engine.vocabulary import MessageChannel, MessageClass, TouchDecision

		trial = Trial(new_sender(draft.name), MessageClass.CARE, MessageChannel.EMAIL, NOON)
		trial.counts.update(
			{(TouchDecision.SENT, ""): 2987, (TouchDecision.SKIPPED, "without consent"): 16733}
		)
		assert trial.summary().endswith(": 2,987 sent, 16,733 skipped without consent")
		monkeypatch.setattr(frappe.local, "lang", "zh")
		assert trial.summary().endswith("：2,987 条发送，16,733 条跳过（没有同意）")

	def test_a_trial_of_what_is_no_class_or_channel_is_refused(self, frappe, draft) -> None:
		from cs_retention.callbacks.contact_trial import try_policy

		frappe.set_user("Administrator")
		for chosen, told in ((("Spam", "Email"), "Spam"), (("Care", "Fax"), "Fax")):
			with pytest.raises(frappe.ValidationError, match=rf"{told}.* cannot be used; choose one of"):
				try_policy(draft.name, *chosen)

	def test_a_policy_changed_meanwhile_is_not_taken_for_tried(self, frappe, draft, monkeypatch) -> None:
		from cs_retention.callbacks import contact_trial

		class Slow(contact_trial.Trial):
			def run(self, tell: Any) -> None:
				super().run(tell)
				frappe.get_doc("Contact Policy", draft.name).update({"min_gap_days": 9}).save()

		# A trial that fails is rolled back; this policy was never committed.
		for each in ("commit", "rollback"):
			monkeypatch.setattr(frappe.local.db, each, lambda *given, **more: None)
		monkeypatch.setattr(contact_trial, "Trial", Slow)
		frappe.set_user("Administrator")
		tried(draft, "Care")
		assert (draft.status, draft.trial_summary) == ("Draft", None)
		assert draft.trial_error.endswith("was changed while it was tried. Try it again.")

	def test_a_trial_of_a_large_book_takes_as_many_statements_as_of_a_small_one(
		self, frappe, draft, shops, monkeypatch
	) -> None:
		frappe.set_user("Administrator")
		counts, sql = [], frappe.local.db.sql

		def counting(*args: Any, **kwargs: Any) -> Any:
			counts[-1] += 1
			return sql(*args, **kwargs)

		for number in (1, 2, 300):
			for place in range(number):
				name = f"Trial {number} {place}"
				customer = {"doctype": "Customer", "name": name, "customer_name": name}
				frappe.get_doc({**customer, "email_id": f"t{number}-{place}@shop.example"}).db_insert()
				touch = {"channel": "Phone", "outcome": "Reached", "touch_date": "2026-11-25"}
				frappe.get_doc({"doctype": "Customer Touch", "customer": name, **touch}).db_insert()
			counts.append(0)
			monkeypatch.setattr(frappe.local.db, "sql", counting)
			tried(draft, "Care")
			monkeypatch.setattr(frappe.local.db, "sql", sql)
		assert counts[1] == counts[2] <= 60, counts

	def test_a_trial_counts_the_book_says_why_and_sends_nothing(self, frappe, draft, shops) -> None:
		frappe.set_user("Administrator")
		consent(frappe, "Corner shop", channel="All Channels", status="Withdrawn")
		consent(frappe, "Key shop")
		others = frappe.db.count("Customer") - 4
		tried(draft, "Marketing")
		figures = json.loads(draft.trial_figures)
		groups = {(decision, cause): count for decision, cause, count in figures["groups"]}
		assert groups[("Sent", "")] == 1
		assert groups[("Skipped", "not to be contacted")] == 1
		assert groups[("Skipped", "without address")] >= 1
		assert sum(groups.values()) == others + 4
		assert "1 sent" in draft.trial_summary
		assert "Marketing by Email on" in draft.trial_summary
		by_name = {row["customer"]: row for row in figures["rows"]}
		assert by_name["Corner shop"]["why"] == ["wants no messages since 1 Nov 2026"]
		assert (outbox(frappe), touches(frappe, "Key shop")) == ([], [])


class TestConsent:
	def test_an_entry_is_never_changed(self, frappe, shops) -> None:
		entry = consent(frappe, "Corner shop")
		entry.status = "Withdrawn"
		with pytest.raises(frappe.CannotChangeConstantError):
			entry.save()

	@pytest.mark.parametrize(
		("fields", "message"),
		[
			({"consent_date": "2199-01-01"}, "lies in the future"),
			({"status": "Bounced"}, "which one is meant"),
			({"channel": "All Channels", "address": "a@x.example"}, "choose the one channel"),
			({"address": "a at x"}, "is no mail address"),
			({"evidence": ""}, "evidence"),
		],
	)
	def test_what_cannot_be_an_entry_is_refused_with_a_sentence(self, frappe, shops, fields, message) -> None:
		with pytest.raises(frappe.ValidationError, match=message):
			consent(frappe, "Corner shop", **fields)

	def test_addresses_are_kept_as_they_are_compared(self, frappe, shops) -> None:
		assert consent(frappe, "Corner shop", address=" COR@Shop.example ").address == "cor@shop.example"
		assert consent(frappe, "Corner shop", channel="SMS", address="+49 30 12-34").address == "+49301234"


class TestSending:
	def test_what_becomes_of_a_message_is_shown_before_and_stored_after(self, frappe, shops) -> None:
		consent(frappe, "Key shop", status="Withdrawn")
		shown = preview(shops)
		assert shown["now"]["counts"] == {"Sent": 1, "Merged": 0, "Held": 0, "Skipped": 2}
		assert shown["tomorrow"] == shown["now"]["counts"]
		assert shown["sample"]["text"].startswith(
			"Dear customer, thank you.\n\nNo more of these messages: http"
		)
		assert touches(frappe, "Corner shop") == []
		sent = send(shops)
		assert sent == shown["now"]
		assert {row["customer"]: row["why"] for row in sent["rows"]} == {
			"Corner shop": ["touch 1 of 4 in 30 days"],
			"Key shop": ["consent to Email withdrawn on 1 Nov 2026"],
			"Mute shop": ["no address for Email"],
		}
		(touch,) = touches(frappe, "Corner shop")
		assert (touch.decision, touch.person, touch.source, touch.contact_policy, touch.outcome) == (
			*("Sent", user("east"), "Send a Message", FIRST),
			None,
		)
		(row,) = outbox(frappe)
		assert (row.recipient, row.touch_key, row.message_class) == ("cor@shop.example", touch.name, "Care")
		assert row.body.startswith("Dear customer, thank you.\n\nNo more of these messages: http")

	def test_one_token_sends_once(self, frappe, shops) -> None:
		send(shops)
		assert send(shops)["rows"] == []
		assert len(outbox(frappe)) == 2

	def test_a_message_of_the_evening_is_held_and_sent_in_the_morning(
		self, frappe, shops, clock, monkeypatch
	) -> None:
		from cs_retention.callbacks import automatic_touches, retention_touches

		clock(EVENING)
		send(["Corner shop"])
		(touch,) = touches(frappe, "Corner shop")
		assert (touch.decision, str(touch.held_until), outbox(frappe)) == ("Held", "2026-11-27 09:00:00", [])
		found = automatic_touches.get_touches("Corner shop")["touches"]
		assert [row["why"] for row in found] == [["quiet hours from 20:00 to 09:00"]]
		clock(MORNING)
		# The job commits and rolls back; here everything stays in the test's own transaction.
		for name in ("commit", "rollback"):
			monkeypatch.setattr(frappe.local.db, name, lambda *args, **kwargs: None)
		frappe.set_user("Administrator")
		retention_touches.release()
		retention_touches.release()
		(touch,) = touches(frappe, "Corner shop")
		assert (touch.decision, touch.held_until, len(outbox(frappe))) == ("Sent", None, 1)

	def test_a_held_message_is_called_off_once_by_who_answers_for_the_customer(
		self, frappe, shops, clock
	) -> None:
		from cs_retention.callbacks.automatic_touches import call_off, why

		clock(EVENING)
		send(["Corner shop"])
		(touch,) = touches(frappe, "Corner shop")
		frappe.set_user(user("west"))
		with pytest.raises(frappe.PermissionError):
			call_off(touch.name)
		frappe.set_user(user("east"))
		call_off(touch.name)
		doc = frappe.get_doc("Customer Touch", touch.name)
		assert (doc.decision, doc.held_until, why(doc.reasons)) == (
			"Skipped",
			None,
			[f"called off by {user('east')}"],
		)
		with pytest.raises(frappe.ValidationError, match="is not held any more"):
			call_off(touch.name)

	def test_an_address_that_another_customer_has_too_is_said_so(self, frappe, shops) -> None:
		frappe.set_user("Administrator")
		for name in ("Key shop", "West shop"):
			contact = frappe.db.get_value("Customer", name, "customer_primary_contact")
			for doctype, record in (("Customer", name), ("Contact", contact)):
				frappe.db.set_value(doctype, record, "email_id", "cor@shop.example")
		frappe.set_user(user("east"))
		(row,) = preview(["Corner shop"])["now"]["rows"]
		assert row["why"][-1] == "also the address of Key shop, West shop"

	def test_a_second_message_waits_for_the_gap_and_a_complaint_does_not(self, frappe, shops) -> None:
		send(["Corner shop"])
		(again,) = send(["Corner shop"], token="2")["rows"]
		assert (again["decision"], str(again["held_until"])) == ("Held", "2026-11-28 09:00:00")
		(complaint,) = send(["Corner shop"], "Complaint", token="3")["rows"]
		assert complaint["decision"] == "Sent"

	def test_a_person_writes_only_to_customers_they_answer_for(self, frappe, shops) -> None:
		with pytest.raises(frappe.PermissionError, match="Of the 2 customers you answer for 1 only"):
			send(["Corner shop", "West shop"])
		for persona in ("alliance", "auditor", "clerk"):
			frappe.set_user(user(persona))
			with pytest.raises(frappe.PermissionError):
				preview(["Corner shop"])

	@pytest.mark.parametrize(
		"words", [("Nothing", "Email"), ("Care", "Pigeon"), (None, "Email"), ("Care", None)]
	)
	def test_a_class_or_channel_that_is_none_is_refused_with_the_choices(self, frappe, shops, words) -> None:
		for asked in (preview, send):
			with pytest.raises(frappe.ValidationError, match="choose one of"):
				asked(["Corner shop"], *words)

	def test_a_name_that_is_no_customer_is_refused_and_is_given_no_state(self, frappe, shops) -> None:
		for person in (user("east"), "Administrator"):
			frappe.set_user(person)
			for ask in (preview, send):
				with pytest.raises(frappe.PermissionError, match="Of the 2 customers you answer for 1 only"):
					ask(["Corner shop", "Nobody's shop"])
		assert not frappe.db.exists("Customer Retention State", {"customer": "Nobody's shop"})

	def test_only_a_manager_sends_past_the_policy(self, frappe, shops) -> None:
		consent(frappe, "Corner shop", channel="All Channels", status="Withdrawn")
		with pytest.raises(frappe.PermissionError, match=r"Legal and Service.*Choose another class"):
			send(["Corner shop"], "Legal and Service")
		frappe.set_user(user("manager"))
		assert send(["Corner shop"], "Legal and Service")["counts"]["Sent"] == 1
		assert outbox(frappe)[0].body == TEXT["text"]

	@pytest.mark.parametrize(
		("more", "message"),
		[
			({"subject": "one\r\nBcc: x@x.example"}, "Subject.*: write it in one line"),
			({"subject": " "}, "Subject.*: say in a line"),
			({"text": "\n"}, "Message Text.*: write what the message says"),
			({"text": "x" * 100_001}, "Message Text.*: give at most 100000 characters"),
			({"channel": "SMS", "text": "x" * 1001}, "Message Text.*: give at most 1000 characters"),
		],
	)
	def test_a_text_that_cannot_be_sent_is_refused_before_anything(
		self, frappe, shops, more, message
	) -> None:
		with pytest.raises(frappe.ValidationError, match=message):
			send(["Corner shop"], **more)
		assert touches(frappe, "Corner shop") == []

	def test_a_template_writes_in_the_customers_language_and_leaves_no_gap(self, frappe, shops) -> None:
		from cs_retention.callbacks import messages

		frappe.set_user("Administrator")
		wordings = [
			{"language": "en", "subject": "For {customer}", "body": "Dear {contact}, the check begins."},
			{"language": "zh", "subject": "{customer}", "body": "电话 {account_manager_phone}"},
		]
		template = {"title": "Winter", "message_class": "Marketing", "channel": "Email", "is_enabled": 1}
		doc = frappe.get_doc({"doctype": "Message Template", **template, "wordings": wordings}).insert()
		frappe.db.set_value("Customer", "Key shop", "language", "zh")
		for customer in ("Corner shop", "Key shop"):
			consent(frappe, customer)
		frappe.set_user(user("east"))
		shown = messages.preview(shops, template=doc.name)
		assert (shown["sample"]["subject"], shown["sample"]["language"]) == ("For Corner shop", "en")
		rows = {row["customer"]: row for row in messages.send(shops, "t", template=doc.name)["rows"]}
		assert rows["Key shop"]["why"] == ["nothing is known for {account_manager_phone}"]
		(row,) = outbox(frappe)
		assert row.body.count("unsubscribing.ask?t=") == 1
		assert f"?t={row.touch_key}&lang=en&sig=" in row.body
		assert touches(frappe, "Corner shop")[0].source == doc.name
		frappe.db.set_value("Message Template", doc.name, "is_enabled", 0)
		with pytest.raises(frappe.ValidationError, match="is not in use"):
			messages.preview(shops, template=doc.name)

	def test_nobody_at_all_is_refused(self, frappe, shops) -> None:
		with pytest.raises(frappe.ValidationError, match="0 customers are named"):
			send([])


class TestLedger:
	def test_people_enter_no_automatic_touch_and_change_none(self, frappe, shops) -> None:
		forged = {"decision": "Sent", "message_class": "Care", "recipient": "x@x.example"}
		touch = {"doctype": "Customer Touch", "customer": "Corner shop", "channel": "Phone", **forged}
		with pytest.raises(frappe.MandatoryError, match="what came of it"):
			frappe.get_doc(touch).insert()
		entered = frappe.get_doc({**touch, "outcome": "Reached", "touch_date": NOON.date()}).insert()
		assert (entered.decision, entered.message_class, entered.recipient) == (None, None, None)
		send(["Corner shop"])
		(automatic,) = [row for row in touches(frappe, "Corner shop") if row.decision]
		doc = frappe.get_doc("Customer Touch", automatic.name)
		doc.run_method("onload")
		assert doc.get_onload("why") == ["touch 2 of 4 in 30 days"]
		doc.summary = "changed"
		with pytest.raises(frappe.ValidationError, match="is an automatic touch and read-only"):
			doc.save()

	def test_the_timeline_and_the_handover_card_tell_people_and_house_apart(self, frappe, shops) -> None:
		from cs_retention.callbacks.cover import last_contacts
		from cs_retention.callbacks.timeline import get_content

		frappe.get_doc(
			{"doctype": "Customer Touch", "customer": "Corner shop", "channel": "Phone", "outcome": "Reached"}
		).insert()
		send(["Corner shop"])
		shown = [entry["content"] for entry in get_content("Customer", "Corner shop")]
		assert sum("Email · Sent" in content for content in shown) == 1
		assert [row["outcome"] for row in last_contacts("Corner shop")] == ["Reached"]

	def test_what_never_reached_a_customer_goes_with_it(self, frappe, shops, clock) -> None:
		clock(EVENING)
		send(["Corner shop"])
		consent(frappe, "Corner shop")
		frappe.set_user("Administrator")
		for doctype in ("Customer Touch", "Customer Consent"):
			assert frappe.db.count(doctype, {"customer": "Corner shop"}) == 1
		contact = frappe.db.get_value("Customer", "Corner shop", "customer_primary_contact")
		frappe.db.set_value("Customer", "Corner shop", "customer_primary_contact", None)
		frappe.delete_doc("Contact", contact, force=True)
		frappe.delete_doc("Customer", "Corner shop")
		for doctype in ("Customer Touch", "Customer Consent"):
			assert frappe.db.count(doctype, {"customer": "Corner shop"}) == 0

	def test_a_merge_hands_touches_and_consents_to_the_winner(self, frappe, shops, clock) -> None:
		clock(EVENING)
		send(["Corner shop", "Key shop"])
		consent(frappe, "Corner shop", status="Withdrawn")
		frappe.set_user("Administrator")
		frappe.rename_doc("Customer", "Corner shop", "Key shop", merge=True, force=True)
		assert len(touches(frappe, "Key shop")) == 2
		assert frappe.db.get_value("Customer Consent", {"customer": "Key shop"}, "status") == "Withdrawn"

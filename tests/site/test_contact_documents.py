"""Any contact counts: documents of ERPNext that tell of one, at once and in the night, and what takes it back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from personas import make_customer, user
from private_bench import PrivateBench
from support_calls import SAID, TODAY, branch_at_work, first_call, planned

SITE = "contacts.localhost"
TOUCH, CALLBACK, SETTINGS = "Customer Touch", "Customer Callback", "CS Retention Settings"
SHOP = "Corner shop"
MORNING = f"{TODAY} 09:40:00"


@pytest.fixture(scope="module")
def branch(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	"""Frappe on a site with a planned branch."""
	with branch_at_work(bench, installed_dump, SITE) as frappe:
		yield frappe


@pytest.fixture
def frappe(branch: Any) -> Iterator[Any]:
	"""Frappe as Administrator; what a test writes is rolled back."""
	yield branch
	branch.set_user("Administrator")
	branch.db.rollback()
	branch.clear_document_cache(SETTINGS, SETTINGS)
	branch.local.message_log = []


def call_log(frappe: Any, *parties: tuple[str, str], **given: Any) -> Any:
	document = {
		**{"doctype": "Call Log", "id": frappe.generate_hash(length=12), "type": "Outgoing"},
		**{"from": "8605550100", "to": "8605550199", "status": "Completed", "duration": 252},
		**{"start_time": MORNING, "links": links(parties), **given},
	}
	return frappe.get_doc(document).insert()


def links(parties: Any) -> list[dict[str, str]]:
	return [{"link_doctype": doctype, "link_name": name} for doctype, name in parties]


def communication(frappe: Any, **given: Any) -> Any:
	document = {
		**{
			"doctype": "Communication",
			"communication_type": "Communication",
			"subject": "asked about a line",
		},
		**{"communication_medium": "Phone", "communication_date": MORNING, "sent_or_received": "Received"},
		**given,
	}
	return frappe.get_doc(document).insert()


def visit(frappe: Any, customer: str) -> Any:
	# Nothing but the purposes, which are rows of ERPNext's own setup, is left out.
	document = frappe.get_doc(
		{
			**{"doctype": "Maintenance Visit", "customer": customer, "mntc_date": TODAY},
			**{"completion_status": "Fully Completed", "maintenance_type": "Unscheduled"},
			**{"company": frappe.get_all("Company", pluck="name")[0]},
			"purposes": [{"service_person": seller(frappe), "description": "line", "work_done": "repaired"}],
		}
	)
	return document.insert().submit()


def seller(frappe: Any) -> str:
	found = frappe.get_all("Sales Person", {"is_group": 0}, pluck="name", limit=1)
	if found:
		return found[0]
	parent = frappe.get_all("Sales Person", {"is_group": 1}, pluck="name", limit=1)
	fields = {"sales_person_name": "East desk", "parent_sales_person": parent[0], "is_group": 0}
	return frappe.get_doc({"doctype": "Sales Person", **fields}).insert().name


def event(frappe: Any, *parties: tuple[str, str], **given: Any) -> Any:
	participants = [{"reference_doctype": doctype, "reference_docname": name} for doctype, name in parties]
	document = {
		**{"doctype": "Event", "subject": "at the shop", "event_category": "Meeting", "status": "Closed"},
		**{"starts_on": MORNING, "event_type": "Public", "event_participants": participants},
		**given,
	}
	return frappe.get_doc(document).insert()


def contact_of(frappe: Any, *customers: str) -> tuple[str, str]:
	document = {"doctype": "Contact", "first_name": "Lin", "links": links(("Customer", c) for c in customers)}
	return "Contact", frappe.get_doc(document).insert().name


def noted(frappe: Any, doc: Any) -> list[tuple[str, str]]:
	"""Return customer and outcome of what is noted of a document."""
	of = {"source_doctype": doc.doctype, "source_name": doc.name}
	rows = frappe.get_all(TOUCH, of, ["customer", "outcome"], order_by="customer")
	return [(row.customer, row.outcome) for row in rows]


def errors(frappe: Any) -> list[str]:
	return frappe.get_all("Error Log", {"method": ("like", "%contact%")}, pluck="error")


class TestAtOnce:
	def test_an_answered_call_meets_the_callback_which_says_by_what(self, frappe) -> None:
		from cs_retention.callbacks.work import prepare

		name = first_call(frappe, SHOP)
		log = call_log(frappe, ("Customer", SHOP), employee_user_id=user("west"), summary="a new tariff")
		touch = frappe.get_doc(TOUCH, {"source_name": log.name})
		assert (touch.customer, touch.channel, touch.outcome, touch.person, touch.summary) == (
			*(SHOP, "Phone", "Reached"),
			*(user("west"), "a new tariff"),
		)
		doc = frappe.get_doc(CALLBACK, name)
		assert (doc.status, doc.touch, doc.open_key) == ("Met", touch.name, None)
		assert [(row.met, row.open_key) for row in doc.purposes] == [(1, None)]
		facts = prepare(name)
		assert facts["met_by"] == {"doctype": "Call Log", "name": log.name}
		assert facts["why"] == ["met by the contact of 24 Nov 2026 (Phone); it was due on 25 Nov 2026"]
		assert str(planned(frappe, SHOP)[0].due_date) > TODAY
		assert errors(frappe) == []

	def test_what_was_talked_about_is_logged_on_the_contact_that_the_phone_system_reported(
		self, frappe
	) -> None:
		from cs_retention.callbacks.work import log_done, prepare, skip

		name = first_call(frappe, SHOP)
		log = call_log(frappe, ("Customer", SHOP))
		frappe.set_user(user("east"))
		said = {"outcome": "Reached", "summary": SAID, "spoken_to": "Ms Lin", "satisfaction": 4}
		with pytest.raises(frappe.ValidationError, match="Met"):
			skip(name, "no longer")
		log_done(name, **said, next_date=prepare(name)["proposed"]["date"])
		doc = frappe.get_doc(CALLBACK, name)
		assert (doc.status, doc.done_by, str(doc.done_on)) == ("Done", user("east"), TODAY)
		assert [(row.met, row.open_key) for row in doc.purposes] == [(1, None)]
		touches = frappe.get_all(
			TOUCH, {"customer": SHOP}, ["name", "summary", "satisfaction", "source_name", "callback"]
		)
		assert touches == [
			{"name": doc.touch, "summary": SAID, "satisfaction": 4, "source_name": log.name, "callback": name}
		]
		assert len([row for row in planned(frappe, SHOP) if str(row.due_date)[:7] == "2026-11"]) == 0
		with pytest.raises(frappe.ValidationError, match="Done"):
			log_done(name, **said, no_next_reason="moves away")

	def test_another_call_than_the_one_that_met_it_is_another_contact(self, frappe) -> None:
		from cs_retention.callbacks.work import log_done

		name = first_call(frappe, SHOP)
		call_log(frappe, ("Customer", SHOP), start_time="2026-11-23 10:00:00")
		assert frappe.db.get_value(CALLBACK, name, "status") == "Met"
		log_done(
			name, "Reached", SAID, "Ms Lin", no_next_reason="moves away", done_on=date.fromisoformat(TODAY)
		)
		assert frappe.db.count(TOUCH, {"customer": SHOP}) == 2

	@pytest.mark.parametrize(
		"given", [{"status": "No Answer"}, {"duration": 0}, {"start_time": "2024-01-02 10:00:00"}]
	)
	def test_a_call_that_was_not_answered_or_is_long_past_is_no_contact(self, frappe, given) -> None:
		name = first_call(frappe, SHOP)
		assert noted(frappe, call_log(frappe, ("Customer", SHOP), **given)) == []
		assert frappe.db.get_value(CALLBACK, name, "status") == "Planned"

	def test_a_call_counts_once_it_has_been_answered(self, frappe) -> None:
		log = call_log(frappe, ("Customer", SHOP), status="Ringing", duration=0)
		assert noted(frappe, log) == []
		log.update({"status": "Completed", "duration": 60})
		log.save()
		assert noted(frappe, log) == [(SHOP, "Reached")]
		log.save()
		assert noted(frappe, log) == [(SHOP, "Reached")]

	def test_a_phone_communication_counts_and_a_mail_does_not(self, frappe) -> None:
		about = {"reference_doctype": "Customer", "reference_name": SHOP}
		mail = communication(frappe, communication_medium="Email", **about)
		assert noted(frappe, mail) == []
		spoken = communication(frappe, **about)
		assert noted(frappe, spoken) == [(SHOP, "Reached")]
		frappe.delete_doc("Communication", spoken.name)
		assert frappe.get_all(TOUCH, {"customer": SHOP}, ["outcome", "source", "source_name"]) == [
			{"outcome": "Withdrawn", "source": f"Communication {spoken.name}", "source_name": None}
		]

	def test_a_contact_of_two_customers_speaks_for_both(self, frappe) -> None:
		lin = contact_of(frappe, SHOP, "West shop")
		both = [(SHOP, "Reached"), ("West shop", "Reached")]
		assert noted(frappe, call_log(frappe, lin)) == both
		assert noted(frappe, communication(frappe, timeline_links=links([lin]))) == both

	def test_a_maintenance_visit_is_a_visit_until_it_is_cancelled(self, frappe) -> None:
		name = planned(frappe, "Key shop")[0].name
		doc = visit(frappe, "Key shop")
		assert noted(frappe, doc) == [("Key shop", "Visited")]
		assert frappe.db.get_value(CALLBACK, name, "status") == "Met"
		doc.cancel()
		assert noted(frappe, doc) == [("Key shop", "Withdrawn")]
		assert frappe.db.get_value(CALLBACK, name, ["status", "touch"]) == ("Planned", None)
		doc.delete()
		assert errors(frappe) == []

	def test_a_meeting_is_a_visit_once_and_what_it_keeps_in_the_timeline_is_no_second_contact(
		self, frappe
	) -> None:
		doc = event(frappe, ("Customer", SHOP), event_category="Call", status="Open")
		assert noted(frappe, doc) == []
		doc.update({"status": "Completed"})
		doc.save()
		assert noted(frappe, doc) == [(SHOP, "Reached")]
		assert frappe.db.count(TOUCH, {"customer": SHOP}) == 1
		doc.update({"status": "Cancelled"})
		doc.save()
		assert noted(frappe, doc) == [(SHOP, "Withdrawn")]

	def test_a_customer_taken_out_of_a_document_is_withdrawn(self, frappe) -> None:
		log = call_log(frappe, ("Customer", SHOP), ("Customer", "West shop"))
		log.set("links", [row for row in log.links if row.link_name != SHOP])
		log.save()
		assert noted(frappe, log) == [(SHOP, "Withdrawn"), ("West shop", "Reached")]

	def test_a_promised_date_is_met_by_a_call_on_its_day_but_not_by_one_of_the_day_it_was_agreed(
		self, frappe
	) -> None:
		fields = {"customer": "West shop", "due_date": TODAY, "channel": "Phone"}
		agreed = frappe.get_doc({"doctype": CALLBACK, **fields}).insert()
		call_log(frappe, ("Customer", "West shop"))
		assert frappe.db.get_value(CALLBACK, agreed.name, "status") == "Planned"
		frappe.db.set_value(CALLBACK, agreed.name, "planned_on", "2026-11-23")
		call_log(frappe, ("Customer", "West shop"))
		assert frappe.db.get_value(CALLBACK, agreed.name, "status") == "Met"

	def test_deleting_a_call_plans_again_what_it_had_met(self, frappe) -> None:
		name = first_call(frappe, SHOP)
		log = call_log(frappe, ("Customer", SHOP))
		assert frappe.db.get_value(CALLBACK, name, "status") == "Met"
		frappe.delete_doc("Call Log", log.name)
		doc = frappe.get_doc(CALLBACK, name)
		assert (doc.status, doc.touch, doc.open_key) == ("Planned", None, doc.occurrence_key)
		assert [(row.met, row.open_key) for row in doc.purposes] == [
			(0, row.obligation_key) for row in doc.purposes
		]
		# The same call reported once more is noted once more.
		again = call_log(frappe, ("Customer", SHOP), id=log.name)
		assert noted(frappe, again) == [(SHOP, "Reached")]

	def test_a_kind_switched_off_is_not_noted(self, frappe) -> None:
		settings = frappe.get_doc(SETTINGS)
		settings.count_call_logs = 0
		settings.save()
		assert noted(frappe, call_log(frappe, ("Customer", SHOP))) == []
		settings.update({"count_call_logs": 1, "call_seconds": 300})
		settings.save()
		assert noted(frappe, call_log(frappe, ("Customer", SHOP))) == []
		assert noted(frappe, call_log(frappe, ("Customer", SHOP), duration=300)) == [(SHOP, "Reached")]
		settings.call_seconds = 0
		with pytest.raises(frappe.ValidationError, match=r"Least Length of a Call.*at least 1 second"):
			settings.save()


class TestHost:
	def test_a_document_without_customer_costs_nothing(self, frappe, monkeypatch) -> None:
		from cs_retention.callbacks import contact_events

		monkeypatch.setattr(contact_events, "guarded", lambda work: pytest.fail("asked the database"))
		communication(frappe, communication_medium="Email", reference_doctype="Customer", reference_name=SHOP)
		communication(frappe, reference_doctype="User", reference_name="Administrator")
		event(frappe, event_category="Meeting")
		call_log(frappe)

	def test_what_goes_wrong_with_us_refuses_nothing_and_the_night_makes_good_for_it(
		self, frappe, monkeypatch
	) -> None:
		from cs_retention.callbacks import contact_events

		def broken(*_given: Any) -> int:
			frappe.db.set_value("Customer", SHOP, "website", "half done")
			frappe.throw("no")

		with monkeypatch.context() as patched:
			patched.setattr(contact_events, "note_contacts_of", broken)
			log = call_log(frappe, ("Customer", SHOP))
		assert frappe.db.exists("Call Log", log.name)
		assert frappe.db.get_value("Customer", SHOP, "website") != "half done"
		assert frappe.local.message_log == []
		assert len(errors(frappe)) == 1
		assert noted(frappe, log) == []

	def test_a_deadlock_is_raised_for_it_has_undone_the_document(self, frappe, monkeypatch) -> None:
		from cs_retention.callbacks import contact_events

		def deadlocked(*_given: Any) -> int:
			raise frappe.QueryDeadlockError

		monkeypatch.setattr(contact_events, "note_contacts_of", deadlocked)
		with pytest.raises(frappe.QueryDeadlockError):
			call_log(frappe, ("Customer", SHOP))

	def test_documents_that_are_imported_are_left_to_the_night(self, frappe, monkeypatch) -> None:
		monkeypatch.setitem(frappe.flags, "in_import", True)
		assert noted(frappe, call_log(frappe, ("Customer", SHOP))) == []

	def test_a_customer_with_nothing_but_noted_contacts_can_be_deleted(self, frappe) -> None:
		make_customer("Passing shop")
		doc = visit(frappe, "Passing shop")
		assert noted(frappe, doc) == [("Passing shop", "Visited")]
		doc.cancel()
		frappe.delete_doc("Maintenance Visit", doc.name)
		spoken = communication(frappe, reference_doctype="Customer", reference_name="Passing shop")
		assert noted(frappe, spoken) == [("Passing shop", "Reached")]
		frappe.db.delete(TOUCH, {"customer": "Passing shop", "source_name": ("is", "not set")})
		frappe.delete_doc("Customer", "Passing shop")
		assert not frappe.db.exists(TOUCH, {"customer": "Passing shop"})


class TestRights:
	def test_whoever_writes_a_document_reports_the_contact_and_sees_no_more_than_before(self, frappe) -> None:
		frappe.set_user(user("clerk"))
		spoken = frappe.get_doc(
			{
				**{"doctype": "Event", "subject": "call", "event_category": "Call", "status": "Closed"},
				**{"starts_on": MORNING, "event_type": "Public"},
				"event_participants": [{"reference_doctype": "Customer", "reference_docname": SHOP}],
			}
		).insert()
		frappe.set_user("Administrator")
		assert noted(frappe, spoken) == [(SHOP, "Reached")]
		name = frappe.db.get_value(TOUCH, {"source_name": spoken.name})
		frappe.set_user(user("clerk"))
		assert not frappe.has_permission(TOUCH, "read", doc=name)
		frappe.set_user(user("east"))
		assert frappe.get_doc(TOUCH, name).has_permission("read")
		frappe.set_user(user("team"))
		assert not frappe.get_doc(TOUCH, name).has_permission("read")

	def test_a_request_cannot_claim_that_a_document_told_of_its_contact(self, frappe) -> None:
		fields = {"customer": SHOP, "channel": "Phone", "outcome": "Reached", "touch_date": TODAY}
		claimed = {"source_doctype": "User", "source_name": "Administrator", "source_key": "mine"}
		doc = frappe.get_doc({"doctype": TOUCH, **fields, **claimed}).insert()
		assert (doc.source_doctype, doc.source_name, doc.source_key) == (None, None, None)

	def test_the_timeline_leads_to_the_document(self, frappe) -> None:
		from cs_retention.callbacks.timeline import get_content

		log = call_log(frappe, ("Customer", SHOP), summary="<b>tariff</b>")
		(entry,) = get_content("Customer", SHOP)
		assert f"/call-log/{log.name}" in entry["content"]
		assert "&lt;b&gt;tariff" in entry["content"]


class TestMerging:
	def test_a_document_noted_of_both_customers_counts_once_for_the_one_that_is_left(self, frappe) -> None:
		for name in ("Shop to drop", "Shop to keep"):
			make_customer(name)
		both = call_log(frappe, ("Customer", "Shop to drop"), ("Customer", "Shop to keep"))
		alone = call_log(frappe, ("Customer", "Shop to drop"), start_time="2026-11-23 10:00:00")
		frappe.rename_doc("Customer", "Shop to drop", "Shop to keep", merge=True, force=True)
		assert noted(frappe, both) == [("Shop to keep", "Reached")]
		assert noted(frappe, alone) == [("Shop to keep", "Reached")]
		frappe.get_doc("Call Log", both.name).save()
		counted = {"customer": "Shop to keep", "outcome": "Reached"}
		assert frappe.db.count(TOUCH, counted) == 2


class TestNight:
	def test_what_was_written_behind_our_back_is_noted_by_the_night_and_only_once(self, frappe) -> None:
		"""The last test: a night commits."""
		from cs_retention.cs_retention.states import open_store
		from cs_retention.nightly.run import run_night
		from cs_retention.star_levels.policies import load_policy

		name = first_call(frappe, SHOP)
		frappe.flags.in_import = True
		log = call_log(frappe, ("Customer", SHOP))
		frappe.flags.in_import = False
		seen = call_log(frappe, ("Customer", "West shop"))
		frappe.db.commit()
		tomorrow = date.fromisoformat(TODAY) + timedelta(days=1)
		assert run_night(open_store(), load_policy(), tomorrow).rate.contacts == 1
		frappe.db.rollback()
		assert noted(frappe, log) == [(SHOP, "Reached")]
		assert noted(frappe, seen) == [("West shop", "Reached")]
		doc = frappe.get_doc(CALLBACK, name)
		assert (doc.status, frappe.db.get_value(TOUCH, doc.touch, "source_name")) == ("Met", log.name)
		assert run_night(open_store(), load_policy(), tomorrow).rows_written == 0

"""Calendar, bulk actions, timeline and the Customer form's call: what each shows, to whom, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from personas import user
from private_bench import PrivateBench
from support_calls import TODAY, branch_at_work, first_call

SITE = "screens.localhost"
NOW = date.fromisoformat(TODAY)


@pytest.fixture(scope="module")
def branch(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	with branch_at_work(bench, installed_dump, SITE) as frappe:
		frappe.db.commit()
		yield frappe


@pytest.fixture
def frappe(branch: Any) -> Iterator[Any]:
	yield branch
	branch.db.rollback()
	branch.set_user("Administrator")
	branch.local.message_log = []


def put_on(frappe: Any, customer: str, day: date) -> str:
	name = first_call(frappe, customer)
	frappe.db.set_value("Customer Callback", name, {"due_date": day, "is_committed": 1})
	return name


def events(frappe: Any, persona: str, start: date, end: date, **asked: Any) -> dict[str, dict[str, Any]]:
	from cs_retention.callbacks.calendar import get_events

	frappe.set_user(user(persona))
	return {row["name"]: row for row in get_events(str(start), str(end), **asked)}


def test_the_calendar_shows_the_calls_of_its_range_with_how_they_stand(frappe) -> None:
	late, due = put_on(frappe, "Corner shop", NOW - timedelta(days=1)), put_on(frappe, "Key shop", NOW)
	found = events(frappe, "east", NOW - timedelta(days=7), NOW)
	assert {name: row["due"] for name, row in found.items() if name in (late, due)} == {
		late: "overdue",
		due: "today",
	}
	assert found[late]["title"] == "Corner shop"
	assert late not in events(frappe, "east", NOW, NOW + timedelta(days=7))


def test_the_calendar_keeps_the_filters_and_the_rows_of_the_list(frappe) -> None:
	mine, theirs = put_on(frappe, "Corner shop", NOW), put_on(frappe, "West shop", NOW)
	assert set(events(frappe, "east", NOW, NOW)) >= {mine}
	assert theirs not in events(frappe, "east", NOW, NOW)
	only = '[["Customer Callback", "customer", "=", "Key shop"]]'
	assert mine not in events(frappe, "manager", NOW, NOW, filters=only)
	with pytest.raises(frappe.PermissionError):
		events(frappe, "clerk", NOW, NOW)


def test_what_has_ended_cannot_be_dragged(frappe) -> None:
	name = put_on(frappe, "Corner shop", NOW)
	frappe.set_user(user("east"))
	frappe.get_doc("Customer Callback", name).skip("closed for the renovation")
	row = events(frappe, "east", NOW, NOW)[name]
	assert (row["due"], row["docstatus"]) == ("", 1)


def test_many_calls_are_given_away_each_by_its_own_rules(frappe) -> None:
	from cs_retention.callbacks.bulk import reassign

	ours, lone = put_on(frappe, "Corner shop", NOW), put_on(frappe, "West shop", NOW)
	frappe.set_user(user("manager"))
	came = reassign([ours, lone], user("east"), "week of the fair")
	assert came["done"] == 1
	(failed,) = came["failed"]
	assert failed["name"] == lone
	assert failed["customer"] == "West shop"
	assert "neither account manager nor backup" in failed["why"]
	assert frappe.db.get_value("Customer Callback", ours, "responsible") == user("east")


def test_many_calls_are_moved_with_one_reason(frappe) -> None:
	from cs_retention.callbacks.bulk import reschedule

	name = put_on(frappe, "Corner shop", NOW)
	frappe.set_user(user("east"))
	came = reschedule([name], NOW + timedelta(days=2), "the owner is travelling")
	assert (came["done"], came["failed"]) == (1, [])
	doc = frappe.get_doc("Customer Callback", name)
	assert (doc.due_date, doc.reschedules[0].reason) == (NOW + timedelta(days=2), "the owner is travelling")


def test_many_calls_are_logged_with_one_result_and_each_has_its_next_date(frappe) -> None:
	from cs_retention.callbacks.bulk import complete

	names = [put_on(frappe, shop, NOW) for shop in ("Corner shop", "Key shop")]
	frappe.set_user(user("east"))
	came = complete(
		frappe.as_json(names), "Visited", "met at the fair, both want the new tariff", "the owners"
	)
	assert (came["done"], came["failed"]) == (2, [])
	rows = [frappe.get_doc("Customer Callback", name) for name in names]
	assert {row.status for row in rows} == {"Done"}
	assert all(row.next_date or row.no_next_reason for row in rows)
	again = complete(names, "Visited", "met at the fair, both want the new tariff", "the owners")
	assert (again["done"], len(again["failed"])) == (0, 2)


def test_a_call_of_somebody_else_s_customer_fails_without_its_name(frappe) -> None:
	from cs_retention.callbacks.bulk import reschedule

	theirs = first_call(frappe, "West shop")
	frappe.set_user(user("east"))
	came = reschedule([theirs, "no-such-call"], NOW + timedelta(days=1), "the owner is travelling")
	assert [row["customer"] for row in came["failed"]] == [theirs, "no-such-call"]


def test_too_many_and_none_are_refused_and_many_go_to_a_job(frappe) -> None:
	from frappe.utils.background_jobs import get_queue

	from cs_retention.callbacks import bulk

	frappe.set_user(user("manager"))
	for names in ([], [str(number) for number in range(bulk.MOST + 1)]):
		with pytest.raises(frappe.ValidationError, match="were chosen"):
			bulk.reassign(names, user("east"), "week of the fair")
	waiting = get_queue("default").count
	came = bulk.reassign([f"call {n}" for n in range(bulk.AT_ONCE + 1)], user("east"), "week of the fair")
	assert came["is_enqueued"]
	frappe.db.commit()
	assert get_queue("default").count == waiting + 1
	get_queue("default").empty()


@pytest.mark.parametrize(
	("persona", "language", "said"),
	[("east", "en", "1 callbacks done, 1 not"), ("root", "zh", "回访已完成 1 条，未完成 1 条")],
)
def test_a_job_tells_who_asked_what_came_of_it(frappe, persona: str, language: str, said: str) -> None:
	from cs_retention.callbacks.bulk import work_and_tell

	name = put_on(frappe, "Corner shop", NOW)
	# Whose name is not their address hears of it as well.
	asked = "Administrator" if persona == "root" else user(persona)
	frappe.set_user(asked)
	work_and_tell(
		"reschedule",
		[name, "no-such-call"],
		{"due_date": NOW + timedelta(days=2), "reason": "travelling now"},
		language,
	)
	frappe.set_user("Administrator")
	frappe.local.lang = "en"
	told = frappe.get_all("Notification Log", {"for_user": asked}, ["subject", "email_content"])
	assert [alert.subject for alert in told] == [said]
	assert "no-such-call" in told[0].email_content


def test_the_timeline_tells_contacts_to_who_sees_them(frappe) -> None:
	from cs_retention.callbacks.timeline import get_content

	said = "wants <script>alert(1)</script> a tablet"
	touch = {"customer": "Corner shop", "channel": "Phone", "outcome": "Reached", "person": user("east")}
	frappe.get_doc({"doctype": "Customer Touch", "touch_date": NOW, "summary": said, **touch}).insert()
	frappe.set_user(user("east"))
	(entry,) = get_content("Customer", "Corner shop")
	assert "<script>" not in entry["content"]
	assert "a tablet" in entry["content"]
	assert entry["creation"].startswith(TODAY)
	for persona in ("team", "clerk"):
		frappe.set_user(user(persona))
		assert get_content("Customer", "Corner shop") == []


def test_the_customer_form_offers_the_next_call_to_who_may_log_it(frappe) -> None:
	from cs_retention.callbacks.customer import get_next_call

	name = put_on(frappe, "Corner shop", NOW)
	for persona, offered in (("east", name), ("team", None), ("auditor", None)):
		frappe.set_user(user(persona))
		assert get_next_call("Corner shop")["callback"] == offered

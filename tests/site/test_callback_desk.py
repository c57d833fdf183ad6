"""The Callback Desk: whose calls stand where, what a row says, who may see it, and how little it reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from personas import make_customer, user
from private_bench import PrivateBench
from support_calls import TODAY, branch_at_work, first_call, planned
from support_reviews import fill_book

SITE = "desk.localhost"
NOW = date.fromisoformat(TODAY)
SECTIONS = ["overdue", "today", "week", "covering"]


@pytest.fixture(scope="module")
def branch(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	with branch_at_work(bench, installed_dump, SITE) as frappe:
		frappe.db.commit()
		yield frappe


@pytest.fixture
def frappe(branch: Any) -> Iterator[Any]:
	yield branch
	branch.db.rollback()
	branch.cache.delete_value("user_permissions")
	branch.set_user("Administrator")
	branch.local.lang = "en"


def desk_of(frappe: Any, persona: str, **asked: Any) -> dict[str, Any]:
	from cs_retention.callbacks.desk import get_desk

	frappe.set_user(user(persona))
	return get_desk(**asked)


def put_on(frappe: Any, customer: str, day: date, **fields: Any) -> str:
	"""Put a customer's next call on a day, as a night would have."""
	name = first_call(frappe, customer)
	frappe.db.set_value("Customer Callback", name, {"due_date": day, "is_committed": 1, **fields})
	return name


def where(desk: dict[str, Any]) -> dict[str, str]:
	"""Return the section of every call by its name."""
	return {row["name"]: section["name"] for section in desk["sections"] for row in section["rows"]}


def test_calls_stand_in_the_section_of_their_date(frappe) -> None:
	overdue = put_on(frappe, "Corner shop", NOW - timedelta(days=1))
	today = put_on(frappe, "Key shop", NOW)
	desk = desk_of(frappe, "east")
	assert [section["name"] for section in desk["sections"]] == SECTIONS
	found = where(desk)
	assert (found[overdue], found[today]) == ("overdue", "today")
	counts = {section["name"]: section["count"] for section in desk["sections"]}
	assert counts == {name: list(found.values()).count(name) for name in SECTIONS}


def test_a_row_says_who_the_customer_is_and_why_now(frappe) -> None:
	name = put_on(frappe, "Key shop", NOW - timedelta(days=2))
	desk = desk_of(frappe, "east")
	row = next(row for row in desk["sections"][0]["rows"] if row["name"] == name)
	assert (row["customer_name"], row["is_key_account"], row["channel"]) == ("Key shop", True, "Phone")
	assert "call owed in week" in row["why"][0]
	assert row["due"].endswith("2 days late")


def test_a_row_leads_to_what_there_is_to_talk_about(frappe) -> None:
	name = put_on(frappe, "Corner shop", NOW)
	frappe.get_doc(
		{"doctype": "Issue", "subject": "Line <b>dead</b> since Monday", "customer": "Corner shop"}
	).insert()
	touch = {"customer": "Corner shop", "channel": "Phone", "outcome": "Reached", "person": user("west")}
	for summary, hour in (("wants a tablet", "16:00:00"), ("asked about a bill", "09:00:00")):
		said = {"touch_date": NOW - timedelta(days=40), "touch_time": hour, "summary": summary}
		frappe.get_doc({"doctype": "Customer Touch", **said, **touch}).insert()
	frappe.db.set_value("Customer Retention State", {"customer": "Corner shop"}, "overdue_amount", 320)
	add_contact(frappe, "Corner shop", "13800000001", NOW.replace(year=1980) + timedelta(days=3))
	frappe.get_doc("User", user("east")).add_roles("Support Team")
	row = next(
		row
		for section in desk_of(frappe, "east")["sections"]
		for row in section["rows"]
		if row["name"] == name
	)
	assert row["phone"] == "13800000001"
	assert {point["kind"] for point in row["points"]} == {"issue", "overdue", "birthday", "file"}
	assert row["last"]["summary"] == "wants a tablet"
	assert row["last"]["person"] == "West"


def add_contact(frappe: Any, customer: str, phone: str, born: date) -> None:
	frappe.get_doc(
		{
			"doctype": "Contact",
			"first_name": "Owner",
			"is_primary_contact": 1,
			"retention_date_of_birth": born,
			"phone_nos": [{"phone": phone, "is_primary_mobile_no": 1}],
			"links": [{"link_doctype": "Customer", "link_name": customer}],
		}
	).insert()


def test_issues_are_no_talking_point_for_who_may_not_read_them(frappe) -> None:
	from cs_retention.callbacks.talking_points import open_issues

	frappe.get_doc({"doctype": "Issue", "subject": "secret", "customer": "Corner shop"}).insert()
	assert open_issues(["Corner shop"], "en")
	frappe.set_user(user("clerk"))
	assert open_issues(["Corner shop"], "en") == {}


def test_a_sickness_entered_this_morning_shows_the_calls_at_the_backup(frappe) -> None:
	name = put_on(frappe, "Corner shop", NOW)
	assert name not in where(desk_of(frappe, "west"))
	frappe.set_user("Administrator")
	absence = {"doctype": "Owner Absence", "person": user("east"), "from_date": NOW, "to_date": NOW}
	frappe.get_doc(absence).insert()
	desk = desk_of(frappe, "west")
	assert where(desk)[name] == "covering"
	assert desk_of(frappe, "east")["is_away"]


def test_a_call_of_the_backup_who_is_away_shows_at_the_account_manager(frappe) -> None:
	name = put_on(frappe, "Corner shop", NOW, responsible=user("west"))
	assert name not in where(desk_of(frappe, "east"))
	frappe.set_user("Administrator")
	absence = {"doctype": "Owner Absence", "person": user("west"), "from_date": NOW, "to_date": NOW}
	frappe.get_doc(absence).insert()
	assert where(desk_of(frappe, "east"))[name] == "covering"


def test_what_the_night_gave_to_the_backup_is_cover_and_not_the_backup_s_own(frappe) -> None:
	name = put_on(frappe, "Corner shop", NOW, responsible=user("west"))
	assert where(desk_of(frappe, "west"))[name] == "covering"
	assert name not in where(desk_of(frappe, "east"))


def test_a_call_of_a_customer_given_away_is_on_nobody_s_desk(frappe) -> None:
	name = put_on(frappe, "Corner shop", NOW)
	frappe.db.set_value(
		"Customer", "Corner shop", {"account_manager": user("west"), "retention_backup_manager": None}
	)
	assert name not in where(desk_of(frappe, "east"))


def test_the_desk_of_others_is_for_those_who_see_all(frappe) -> None:
	put_on(frappe, "Corner shop", NOW)
	with pytest.raises(frappe.PermissionError):
		desk_of(frappe, "west", person=user("east"))
	people = {row["value"] for row in desk_of(frappe, "manager")["people"]}
	assert people >= {user("east"), user("west")}
	assert not people & {user("clerk"), user("alliance")}
	for persona in ("manager", "auditor"):
		assert where(desk_of(frappe, persona, person=user("east")))


@pytest.mark.parametrize("method", ["get_desk", "get_more", "get_row"])
def test_who_has_no_role_of_ours_is_refused(frappe, method: str) -> None:
	name = put_on(frappe, "Corner shop", NOW)
	arguments = {
		"get_more": {"section": "today", "after_date": NOW, "after_name": ""},
		"get_row": {"name": name},
	}
	frappe.set_user(user("clerk"))
	with pytest.raises(frappe.PermissionError):
		frappe.get_attr(f"cs_retention.callbacks.desk.{method}")(**arguments.get(method, {}))


def test_a_row_of_somebody_else_s_customer_is_refused(frappe) -> None:
	from cs_retention.callbacks.desk import get_row

	name = first_call(frappe, "West shop")
	frappe.set_user(user("east"))
	with pytest.raises(frappe.PermissionError):
		get_row(name)


def test_a_call_that_was_made_has_no_row_any_more(frappe) -> None:
	from cs_retention.callbacks.desk import get_row

	name = put_on(frappe, "Corner shop", NOW)
	frappe.set_user(user("east"))
	assert get_row(name)["section"] == "today"
	frappe.db.set_value("Customer Callback", name, "due_date", NOW + timedelta(days=2))
	assert get_row(name)["section"] == "week"
	frappe.db.set_value("Customer Callback", name, "due_date", NOW + timedelta(days=20))
	assert get_row(name) is None
	frappe.get_doc("Customer Callback", name).skip("closed for the renovation")
	assert get_row(name) is None


def test_promises_due_stand_with_who_gave_them(frappe) -> None:
	name = put_on(frappe, "Corner shop", NOW)
	frappe.set_user(user("east"))
	frappe.get_doc("Customer Callback", name).complete(
		"Reached",
		"talked about the router that fails",
		"the owner",
		no_next_reason="calls after the repair",
		promised=[
			{"promise": "new router", "promised_by": user("east"), "due_date": NOW + timedelta(days=1)}
		],
	)
	(promise,) = desk_of(frappe, "east")["promises"]
	assert (promise["promise"], promise["customer_name"], promise["is_overdue"]) == (
		"new router",
		"Corner shop",
		False,
	)
	assert desk_of(frappe, "team")["promises"] == []


def test_more_rows_come_page_by_page_and_none_twice(frappe) -> None:
	from cs_retention.callbacks import desk

	names = fill_day(frappe, 60)
	shown = desk_of(frappe, "east")
	overdue = shown["sections"][0]
	assert (overdue["count"], len(overdue["rows"])) == (60, desk.PAGE)
	seen = overdue["rows"]
	frappe.get_doc("Customer Callback", seen[-1]["name"]).skip("closed for the renovation")
	while more := desk.get_more("overdue", seen[-1]["due_date"], seen[-1]["name"]):
		seen += more
	assert sorted(row["name"] for row in seen) == names


def test_user_permissions_narrow_the_desk_and_its_counts(frappe) -> None:
	kept, hidden = put_on(frappe, "Corner shop", NOW), put_on(frappe, "Key shop", NOW)
	rule = {"user": user("east"), "allow": "Customer", "for_value": "Corner shop"}
	frappe.get_doc({"doctype": "User Permission", **rule}).insert()
	desk = desk_of(frappe, "east")
	assert (where(desk).get(kept), hidden in where(desk)) == ("today", False)
	counts = {section["name"]: section["count"] for section in desk["sections"]}
	# Frappe keeps them beside the transaction, which ends with a rollback.
	frappe.cache.hdel("user_permissions", user("east"))
	assert counts["today"] == 1


def test_an_address_asked_for_comes_back_inert(frappe) -> None:
	with pytest.raises(frappe.PermissionError, match="&lt;img"):
		desk_of(frappe, "west", person="<img src=x onerror=alert(1)>")


def fill_day(frappe: Any, count: int) -> list[str]:
	"""Give east so many more customers with a call that is overdue; return the names of these calls."""
	from cs_retention.cs_retention.states import ensure_states

	for number in range(count):
		frappe.get_doc(
			{
				"doctype": "Customer",
				"customer_name": f"Stall {number:03d}",
				"customer_type": "Company",
				"account_manager": user("east"),
			}
		).insert()
	ensure_states()
	states = frappe.get_all(
		"Customer Retention State", {"customer": ("like", "Stall %")}, ["name", "customer"]
	)
	for row in states:
		doc = frappe.get_doc(
			{"doctype": "Customer Callback", "customer": row.customer, "due_date": NOW, "channel": "Phone"}
		).insert()
		frappe.db.set_value("Customer Callback", doc.name, "due_date", NOW - timedelta(days=1))
	return sorted(frappe.get_all("Customer Callback", {"customer": ("like", "Stall %")}, pluck="name"))


def test_the_first_paint_asks_and_reads_the_same_whatever_the_size_of_the_book(frappe) -> None:
	put_on(frappe, "Corner shop", NOW)
	personas = ("east", "manager")
	small = {persona: cost_of(frappe, persona) for persona in personas}
	frappe.set_user("Administrator")
	fill_book(frappe, 2000)
	fill_calls(frappe)
	large = {persona: cost_of(frappe, persona) for persona in personas}
	for persona in personas:
		assert large[persona][0] <= small[persona][0] < 40
		assert large[persona][1] <= small[persona][1] + 200, f"rows read for {persona} grow with the book"


def fill_calls(frappe: Any) -> None:
	"""Give every customer of the book a call this week, all of somebody else's."""
	from cs_retention.cs_retention.states import ensure_states

	ensure_states()
	frappe.db.sql(
		"INSERT INTO `tabCustomer Callback` (name, customer, state, status, responsible, due_date, channel)"
		" SELECT CONCAT('call-', name), customer, name, 'Planned', 'manager.1@branch.example', %s, 'Phone'"
		" FROM `tabCustomer Retention State` WHERE customer NOT LIKE '%%shop'",
		NOW,
	)


def cost_of(frappe: Any, persona: str) -> tuple[int, int]:
	"""Return the number of queries of a desk, and of the rows that the server read for it."""
	desk_of(frappe, persona)
	before, asked = rows_read(frappe), []
	original = frappe.db.sql
	frappe.db.sql = lambda *args, **kwargs: asked.append(args) or original(*args, **kwargs)
	try:
		desk_of(frappe, persona)
	finally:
		frappe.db.sql = original
	return len(asked), rows_read(frappe) - before


def rows_read(frappe: Any) -> int:
	status = frappe.db.sql("SHOW SESSION STATUS LIKE 'Handler_read%'")
	return sum(int(value) for _name, value in status)


def test_the_team_shows_load_and_whom_nobody_answers_for(frappe) -> None:
	from cs_retention.callbacks.desk_team import assign_manager, get_team

	put_on(frappe, "Corner shop", NOW)
	frappe.set_user(user("manager"))
	team = get_team()
	east = next(row for row in team["people"] if row["person"] == user("east"))
	assert team["days"][0]["date"] == NOW
	assert east["loads"][0]["calls"] >= 1
	assert "Lone shop" in [row["name"] for row in team["unmanaged"]["rows"]]
	assign_manager("Lone shop", user("west"))
	assert frappe.db.get_value("Customer", "Lone shop", "account_manager") == user("west")
	assert {row.responsible for row in planned(frappe, "Lone shop")} == {user("west")}
	with pytest.raises(frappe.ValidationError, match="somebody by now"):
		assign_manager("Lone shop", user("east"))


def test_whom_nobody_answers_for_stand_by_the_rank_of_their_level(frappe) -> None:
	from cs_retention.callbacks.desk_team import unmanaged

	ranked = ["Five Star", "Four Star", "Three Star", "Two Star", "One Star", "New"]
	for level in sorted(ranked):
		make_customer(f"Kiosk {level}")
		frappe.db.set_value("Customer", f"Kiosk {level}", "retention_star_level", level)
	frappe.set_user(user("manager"))
	found = unmanaged()
	levels = [row["retention_star_level"] or "" for row in found["rows"]]
	places = [[*ranked, ""].index(level) for level in levels]
	assert places == sorted(places), "who has no level stands last"
	assert set(ranked) <= set(levels)
	assert found["count"] >= len(levels)


def test_what_found_no_room_is_listed_of_those_that_the_manager_may_see(frappe) -> None:
	from cs_retention.callbacks.desk_team import get_team

	unmet = [{"to": str(NOW), "reason": None}]
	for customer in ("Corner shop", "Key shop"):
		frappe.db.set_value(
			"Customer Retention State", {"customer": customer}, "plan_shortfall", frappe.as_json(unmet)
		)
	territory = {"doctype": "Territory", "territory_name": "50% Quay", "parent_territory": "All Territories"}
	frappe.get_doc(territory).insert()
	frappe.db.set_value("Customer", "Key shop", "territory", "50% Quay")
	permission = {"user": user("manager"), "allow": "Territory", "for_value": "50% Quay"}
	frappe.get_doc({"doctype": "User Permission", **permission}).insert()
	frappe.set_user(user("manager"))
	overflow = get_team()["overflow"]
	assert [row["customer"] for row in overflow["rows"]] == ["Key shop"]
	assert overflow["count"] == 1


def test_the_team_is_for_managers(frappe) -> None:
	from cs_retention.callbacks.desk_team import get_team

	for persona in ("east", "auditor", "clerk"):
		frappe.set_user(user(persona))
		with pytest.raises(frappe.PermissionError):
			get_team()


def test_what_found_no_room_is_given_to_the_backup_on_a_day_proposed(frappe) -> None:
	from cs_retention.callbacks.desk_team import get_team, give_to
	from cs_retention.engine.planned import Overflow, OverflowCause
	from cs_retention.engine.reasons import Reason
	from cs_retention.nightly.plan_marks import shortfall_row

	until = NOW + timedelta(days=6)
	reason = Reason.of("no_room", what="2026-W48", missing=1, days=0)
	unmet = Overflow("Corner shop", user("east"), NOW, until, 1, OverflowCause.NO_ROOM, reason)
	frappe.db.set_value(
		"Customer Retention State",
		{"customer": "Corner shop"},
		"plan_shortfall",
		frappe.as_json([shortfall_row(unmet)]),
	)
	frappe.db.delete("Customer Callback", {"customer": "Corner shop"})
	frappe.set_user(user("manager"))
	row = next(row for row in get_team()["overflow"]["rows"] if row["customer"] == "Corner shop")
	assert row["why"] == ["week 48 of 2026: every day is full"]
	proposal = next(each for each in row["proposals"] if each["person"] == user("west"))
	assert NOW <= proposal["date"] <= until
	with pytest.raises(frappe.ValidationError, match="neither account manager nor backup"):
		give_to("Corner shop", user("team"), proposal["date"])
	made = give_to("Corner shop", proposal["person"], proposal["date"])
	assert (made["responsible"], made["due_date"]) == (user("west"), proposal["date"])


def test_the_hand_over_card_tells_the_backup_what_was_said(frappe) -> None:
	from cs_retention.callbacks.cover import get_card

	for day in range(1, 6):
		touch = {
			"customer": "Corner shop",
			"channel": "Phone",
			"outcome": "Reached",
			"summary": f"talk {day}",
		}
		frappe.get_doc(
			{"doctype": "Customer Touch", "touch_date": NOW - timedelta(days=day), **touch}
		).insert()
	frappe.set_user(user("west"))
	card = get_card("Corner shop")
	assert [row["summary"] for row in card["contacts"]] == ["talk 1", "talk 2", "talk 3"]
	frappe.set_user(user("team"))
	assert get_card("Corner shop")["contacts"] == []
	frappe.set_user("Administrator")
	with pytest.raises(frappe.DoesNotExistError):
		get_card("Nobody's shop")


def test_facts_chosen_in_the_settings_stand_in_the_row(frappe) -> None:
	frappe.db.set_value("Customer", "Corner shop", "mobile_no", "13900000002")
	name = put_on(frappe, "Corner shop", NOW)
	row = next(
		row
		for section in desk_of(frappe, "east")["sections"]
		for row in section["rows"]
		if row["name"] == name
	)
	assert {"label": "Phone Number", "value": "13900000002"} in row["facts"]


def test_facts_are_those_of_documents_that_the_reader_may_see(frappe) -> None:
	from cs_retention.callbacks.customer_facts import read_customer_facts

	for customer in ("Corner shop", "Key shop"):
		frappe.db.set_value("Customer", customer, "mobile_no", "13900000002")
	territory = {"doctype": "Territory", "territory_name": "50% Pier", "parent_territory": "All Territories"}
	frappe.get_doc(territory).insert()
	frappe.db.set_value("Customer", "Key shop", "territory", "50% Pier")
	permission = {"user": user("east"), "allow": "Territory", "for_value": "50% Pier"}
	frappe.set_user(user("east"))
	assert set(read_customer_facts(["Corner shop", "Key shop"])) == {"Corner shop", "Key shop"}
	frappe.set_user("Administrator")
	frappe.get_doc({"doctype": "User Permission", **permission}).insert()
	frappe.set_user(user("east"))
	assert set(read_customer_facts(["Corner shop", "Key shop"])) == {"Key shop"}


@pytest.mark.parametrize(
	("fact", "said"),
	[
		({"document_type": "Currency", "document_field": "symbol"}, "names its customer"),
		({"document_type": "Customer", "document_field": "no_such"}, "choose one of"),
		({"document_type": "User", "document_field": "api_secret"}, "names its customer"),
		({"document_type": "Contract", "document_field": "status", "value": "Sum"}, "holds a number"),
		({"document_type": "Contract", "document_field": "status", "value": "Months Since"}, "holds a date"),
	],
)
def test_a_fact_that_cannot_be_read_is_refused(frappe, fact: dict, said: str) -> None:
	settings = frappe.get_doc("CS Retention Settings")
	settings.append("customer_facts", {"label": "Fact", **fact})
	with pytest.raises(frappe.ValidationError, match=said):
		settings.save()


def test_the_desk_speaks_chinese(frappe) -> None:
	name = put_on(frappe, "Key shop", NOW - timedelta(days=1))
	frappe.local.lang = "zh"
	frappe.set_user(user("east"))
	frappe.local.lang = "zh"
	from cs_retention.callbacks.desk import get_desk

	row = next(row for section in get_desk()["sections"] for row in section["rows"] if row["name"] == name)
	assert "逾期 1 天" in row["due"]

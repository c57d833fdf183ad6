"""A book handed over on a site: tried, acknowledged, moved in sets, resumed after a kill, handed back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from personas import make_customer, user
from private_bench import PrivateBench
from support_calls import TODAY, branch_at_work, first_call

SITE = "handover.localhost"
NOW = date.fromisoformat(TODAY)
HANDOVER, ROW = "Book Handover", "Book Handover Row"


@pytest.fixture(scope="module")
def branch(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	with branch_at_work(bench, installed_dump, SITE) as frappe:
		for number in range(5):
			make_customer(f"Stall {number}", account_manager="east", retention_backup_manager="team")
		frappe.db.commit()
		yield frappe


@pytest.fixture
def frappe(branch: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
	"""Frappe as a retention manager; what a hand-over commits is undone, row by row."""
	monkeypatch.setattr(branch.db, "commit", lambda: None)
	branch.set_user(user("manager"))
	yield branch
	branch.db.rollback()
	branch.set_user("Administrator")


def new_handover(frappe: Any, *people: str, **fields: Any) -> Any:
	document = {
		"doctype": HANDOVER,
		"from_person": user("east"),
		"role": "Account Manager",
		"reason": "leaves the branch",
		"targets": [{"person": user(person)} for person in people],
	}
	return frappe.get_doc({**document, **fields}).insert()


def tried(frappe: Any, *people: str, **fields: Any) -> Any:
	from cs_retention.callbacks.doctype.book_handover.book_handover import try_handover

	doc = new_handover(frappe, *people, **fields)
	try_handover(doc.name)
	return doc.reload()


def moved(frappe: Any, doc: Any) -> Any:
	from cs_retention.callbacks.handover import move_all

	doc.is_acknowledged = 1
	doc.submit()
	move_all(doc.name)
	return doc.reload()


def managers(frappe: Any, role: str = "account_manager") -> dict[str, str | None]:
	return dict(frappe.get_all("Customer", fields=["name", role], as_list=True))


def rows(frappe: Any, doc: Any) -> dict[str, tuple[str, str | None]]:
	found = frappe.get_all(ROW, {"handover": doc.name}, ["customer", "status", "after"])
	return {row.customer: (row.status, row.after) for row in found}


def test_trying_shows_who_would_get_whom_and_moves_nobody(frappe) -> None:
	before = managers(frappe)
	doc = tried(frappe, "west")
	assert doc.status == "Tried"
	# West is the backup of both shops and cannot be their account manager as well.
	assert rows(frappe, doc)["Corner shop"] == ("Left", None)
	assert rows(frappe, doc)["Stall 0"] == ("Proposed", user("west"))
	assert (doc.customers, doc.left_over) == (5, 2)
	assert managers(frappe) == before


def test_a_book_is_split_so_that_numbers_are_even(frappe) -> None:
	doc = tried(frappe, "desk", "clerk", split="Fewest Customers")
	taken = [after for _status, after in rows(frappe, doc).values()]
	assert sorted(taken.count(user(person)) for person in ("desk", "clerk")) == [3, 4]


def test_filters_hand_over_a_part(frappe) -> None:
	frappe.db.set_value("Customer", "Stall 3", "retention_star_level", "Five Star")
	doc = tried(frappe, "west", star_level="Five Star")
	assert set(rows(frappe, doc)) == {"Stall 3"}


def test_a_territory_stands_for_those_below_it(frappe) -> None:
	frappe.set_user("Administrator")
	for name, parent, is_group in (("North", "All Territories", 1), ("North Quay", "North", 0)):
		territory = {"doctype": "Territory", "territory_name": name, "parent_territory": parent}
		frappe.get_doc({**territory, "is_group": is_group}).insert()
	frappe.db.set_value("Customer", "Stall 4", "territory", "North Quay")
	frappe.set_user(user("manager"))
	assert set(rows(frappe, tried(frappe, "desk", of_territory="North"))) == {"Stall 4"}


def test_moving_takes_customers_calls_and_promises_along(frappe) -> None:
	call = first_call(frappe, "Corner shop")
	frappe.set_user(user("east"))
	due = {"promise": "new router", "promised_by": user("east"), "due_date": NOW + timedelta(days=9)}
	frappe.get_doc("Customer Callback", first_call(frappe, "Key shop")).complete(
		"Reached",
		"talked about the router that fails",
		"the owner",
		no_next_reason="after the repair",
		promised=[due],
	)
	frappe.set_user(user("manager"))
	doc = moved(frappe, tried(frappe, "desk"))
	assert (doc.status, doc.moved, doc.left_over) == ("Done", 7, 0)
	assert managers(frappe)["Corner shop"] == user("desk")
	assert frappe.db.get_value("Customer", "Corner shop", "retention_backup_manager") == user("west")
	assert (
		frappe.db.get_value("Customer Callback", call, ["responsible", "account_manager"])
		== (user("desk"),) * 2
	)
	promise = frappe.db.get_value(
		"Customer Callback Promise", {"promise": "new router"}, ["promised_by", "todo"]
	)
	assert promise[0] == user("desk")
	assert frappe.db.get_value("ToDo", promise[1], "allocated_to") == user("desk")
	log = frappe.get_all(ROW, {"handover": doc.name, "customer": "Key shop"}, ["promises", "status"])
	assert log == [{"promises": 1, "status": "Moved"}]


def test_a_cached_customer_shows_its_new_manager(frappe) -> None:
	assert frappe.get_cached_doc("Customer", "Stall 0").account_manager == user("east")
	moved(frappe, tried(frappe, "desk"))
	assert frappe.get_cached_doc("Customer", "Stall 0").account_manager == user("desk")


def test_the_backup_role_is_handed_over_alone_or_with_the_other(frappe) -> None:
	doc = moved(frappe, tried(frappe, "desk", from_person=user("team"), role="Both"))
	assert doc.moved == 5
	assert managers(frappe, "retention_backup_manager")["Stall 0"] == user("desk")
	assert managers(frappe)["Stall 0"] == user("east")


def test_who_gives_the_backup_role_alone_keeps_what_they_have_as_account_manager(frappe) -> None:
	call = first_call(frappe, "Corner shop")
	frappe.db.set_value("Customer", "Corner shop", "retention_backup_manager", user("east"))
	doc = tried(frappe, "desk", role="Backup")
	assert frappe.get_all(ROW, {"handover": doc.name}, ["customer", "callbacks"]) == [
		{"customer": "Corner shop", "callbacks": 0}
	]
	doc = moved(frappe, doc)
	assert (doc.status, doc.moved) == ("Done", 1)
	people = ["account_manager", "retention_backup_manager"]
	assert frappe.db.get_value("Customer", "Corner shop", people) == (user("east"), user("desk"))
	assert frappe.db.get_value("Customer Callback", call, ["responsible", "account_manager"]) == (
		user("east"),
		user("east"),
	)


def test_who_stands_in_both_roles_is_followed_by_two_people(frappe) -> None:
	frappe.db.set_value("Customer", "Stall 0", "retention_backup_manager", user("east"))
	doc = moved(frappe, tried(frappe, "desk", "clerk", role="Both"))
	assert doc.status == "Done"
	people = {managers(frappe)["Stall 0"], managers(frappe, "retention_backup_manager")["Stall 0"]}
	assert people == {user("desk"), user("clerk")}


def test_a_run_that_was_cut_off_goes_on_where_it_was(frappe, monkeypatch) -> None:
	from cs_retention.callbacks import handover

	monkeypatch.setattr(handover, "CHUNK", 2)
	doc = tried(frappe, "desk")
	doc.submit()
	handover.move_chunk(doc)
	assert list(managers(frappe).values()).count(user("desk")) == 2
	handover.move_all(doc.name)
	handover.move_all(doc.name)
	assert doc.reload().moved == 7
	assert list(managers(frappe).values()).count(user("desk")) == 7


def test_who_changed_hands_while_it_moved_is_left_and_told(frappe) -> None:
	doc = tried(frappe, "desk")
	doc.submit()
	frappe.db.set_value("Customer", "Stall 1", "account_manager", user("west"))
	from cs_retention.callbacks.handover import move_all

	move_all(doc.name)
	assert (doc.reload().moved, doc.left_over) == (6, 1)
	assert managers(frappe)["Stall 1"] == user("west")


def test_handing_back_gives_everybody_back_but_who_changed_since(frappe) -> None:
	from cs_retention.callbacks.doctype.book_handover.book_handover import hand_back, list_rows, try_handover

	before = managers(frappe)
	first = moved(frappe, tried(frappe, "desk"))
	frappe.db.set_value("Customer", "Stall 2", "account_manager", user("west"))
	back = frappe.get_doc(HANDOVER, hand_back(first.name))
	try_handover(back.name)
	assert (back.reload().customers, back.left_over) == (6, 1)
	listed = list_rows(back.name)
	assert listed["count"] == 7
	(left,) = [row for row in listed["rows"] if row["status"] == "Left"]
	assert left["reason"] == "somebody else answers for this customer by now"
	moved(frappe, back)
	assert managers(frappe) == {**before, "Stall 2": user("west")}


@pytest.mark.parametrize(
	("people", "fields", "said"),
	[
		(["east"], {}, "gives the customers away"),
		(["west", "west"], {}, "named twice"),
		([], {}, "targets"),
		(["west"], {"reason": ""}, "reason"),
		(["west"], {"from_person": None}, "Name who gives"),
	],
)
def test_what_cannot_be_is_refused(frappe, people, fields, said) -> None:
	with pytest.raises(frappe.ValidationError, match=said):
		new_handover(frappe, *people, **fields)


def test_who_cannot_log_in_gets_nobody(frappe) -> None:
	frappe.db.set_value("User", user("desk"), "enabled", 0)
	with pytest.raises(frappe.ValidationError, match="is disabled"):
		new_handover(frappe, "desk")


def test_it_is_submitted_only_when_tried_acknowledged_and_still_true(frappe) -> None:
	with pytest.raises(frappe.ValidationError, match="Try the hand-over first"):
		new_handover(frappe, "desk").submit()
	with pytest.raises(frappe.ValidationError, match="2 customers would not move"):
		tried(frappe, "west").submit()
	doc = tried(frappe, "desk")
	frappe.db.set_value("Customer", "Stall 1", "account_manager", user("west"))
	with pytest.raises(frappe.ValidationError, match="changed hands since"):
		doc.submit()
	with pytest.raises(frappe.ValidationError, match="no customer to move"):
		tried(frappe, "west", from_person=user("clerk")).submit()


def test_a_request_cannot_claim_that_it_was_tried(frappe) -> None:
	doc = new_handover(frappe, "desk", status="Tried", customers=9)
	assert doc.status == "Draft"
	assert not doc.customers
	done = tried(frappe, "desk")
	done.reason = "leaves at the end of the month"
	done.save()
	assert done.status == "Tried"
	done.split = "Round Robin"
	done.save()
	assert (done.status, done.is_acknowledged) == ("Draft", 0)


def test_it_is_for_managers_and_never_cancelled(frappe) -> None:
	from cs_retention.callbacks.doctype.book_handover.book_handover import list_rows, try_handover

	doc = new_handover(frappe, "desk")
	for persona in ("east", "clerk", "auditor"):
		frappe.set_user(user(persona))
		with pytest.raises(frappe.PermissionError):
			try_handover(doc.name)
	assert list_rows(doc.name)["count"] == 0, "an auditor reads"
	frappe.set_user(user("manager"))
	done = moved(frappe, tried(frappe, "desk"))
	with pytest.raises(frappe.ValidationError, match="Hand Back"):
		done.cancel()


def test_the_people_it_is_about_are_told_in_their_language(frappe) -> None:
	frappe.db.set_value("User", user("desk"), "language", "zh")
	moved(frappe, tried(frappe, "desk"))
	told = dict(frappe.get_all("Notification Log", fields=["for_user", "subject"], as_list=True))
	assert told[user("east")] == "0 customers were handed over to you, 7 to others."
	assert told[user("desk")].startswith("有 7 位客户移交给您")


def test_statements_do_not_grow_with_the_customers_of_a_chunk(frappe) -> None:
	few = statements(frappe, 5)
	assert statements(frappe, 60) == few


def statements(frappe: Any, count: int) -> int:
	"""Return how many statements moving so many customers takes."""
	from cs_retention.callbacks import handover

	for number in range(count):
		customer = {
			"name": f"Kiosk {count} {number}",
			"customer_name": "Kiosk",
			"account_manager": user("team"),
		}
		frappe.get_doc({"doctype": "Customer", **customer}).db_insert()
	doc = tried(frappe, "desk", from_person=user("team"))
	doc.submit()
	asked: list[Any] = []
	original = frappe.db.sql
	frappe.db.sql = lambda *args, **kwargs: asked.append(args) or original(*args, **kwargs)
	try:
		handover.move_chunk(doc)
	finally:
		frappe.db.sql = original
	frappe.db.delete("Customer", {"customer_name": "Kiosk"})
	return len(asked)

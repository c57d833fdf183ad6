"""Reminders on a site: one digest per person and day, nudges, late calls and the week to managers, in their languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from personas import user
from private_bench import PrivateBench
from support_calls import TODAY, branch_at_work, first_call

SITE = "reminders.localhost"
NOW = date.fromisoformat(TODAY)  # a Tuesday
SETTINGS, LOG, OUTBOX = "CS Retention Settings", "Notification Log", "Message Outbox"


@pytest.fixture(scope="module")
def branch(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	with branch_at_work(bench, installed_dump, SITE) as frappe:
		frappe.db.set_value("User", user("east"), {"language": "zh", "full_name": "李静"})
		frappe.db.set_value("User", user("west"), "language", "en")
		frappe.db.commit()
		yield frappe


@pytest.fixture
def frappe(branch: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
	"""Frappe on the branch at nine in the morning, nothing due but what a test puts there."""
	branch.db.set_value("Customer Callback", {"status": "Planned"}, "due_date", NOW + timedelta(days=60))
	at(monkeypatch, 9)
	yield branch
	branch.db.rollback()
	branch.set_user("Administrator")
	branch.clear_document_cache(SETTINGS, SETTINGS)


def at(monkeypatch: pytest.MonkeyPatch, hour: int, minute: int = 0, day: date = NOW) -> None:
	moment = datetime(day.year, day.month, day.day, hour, minute)
	monkeypatch.setattr("cs_retention.callbacks.retention_reminders.now_datetime", lambda: moment)


def remind() -> None:
	from cs_retention.callbacks.retention_reminders import remind

	remind()


def put_on(frappe: Any, customer: str, day: date, **fields: Any) -> str:
	name = first_call(frappe, customer)
	frappe.db.set_value("Customer Callback", name, {"due_date": day, "is_committed": 1, **fields})
	return name


def settings(frappe: Any, **fields: Any) -> None:
	for name, value in fields.items():
		frappe.db.set_single_value(SETTINGS, name, value)
	frappe.clear_document_cache(SETTINGS, SETTINGS)


def bells(frappe: Any, persona: str) -> list[str]:
	return frappe.get_all(LOG, {"for_user": user(persona)}, pluck="subject", order_by="subject")


def mails(frappe: Any, persona: str) -> list[Any]:
	fields = ["dedupe_key", "subject", "body", "language", "recipient", "status"]
	return frappe.get_all(OUTBOX, {"recipient": user(persona)}, fields, order_by="dedupe_key")


def test_everybody_with_something_to_do_is_told_once_in_the_bell_and_by_mail(frappe) -> None:
	put_on(frappe, "Corner shop", NOW - timedelta(days=1))
	put_on(frappe, "Key shop", NOW, due_time="10:30:00")
	put_on(frappe, "West shop", NOW)
	settings(frappe, send_weekly_digest=0)
	remind()
	remind()
	assert bells(frappe, "east") == ["今日：1 项逾期，1 项待访"]
	((key, subject, body, language, _to, status),) = [tuple(mail.values()) for mail in mails(frappe, "east")]
	assert (key, subject, language, status) == (
		f"digest|{user('east')}|{TODAY}",
		"今日：1 项逾期，1 项待访",
		"zh",
		"Queued",
	)
	assert "- Corner shop · 应于11月23日 周一" in body and "- Key shop · 10:30" in body
	assert "/app/callback-desk" in body
	assert bells(frappe, "west") == ["Today: 1 to call"]
	assert [mail.subject for mail in mails(frappe, "west")] == ["Today: 1 to call"]
	assert bells(frappe, "team") == mails(frappe, "team") == []


def test_before_its_hour_and_with_nothing_to_do_nobody_is_told(frappe, monkeypatch) -> None:
	settings(frappe, send_weekly_digest=0)
	at(monkeypatch, 7, 59)
	put_on(frappe, "Corner shop", NOW)
	remind()
	assert bells(frappe, "east") == []
	put_on(frappe, "Corner shop", NOW + timedelta(days=1))
	at(monkeypatch, 8)
	remind()
	assert bells(frappe, "east") == bells(frappe, "west") == []
	assert frappe.db.count(OUTBOX) == 0


@pytest.mark.parametrize("is_forgotten", [False, True])
def test_changing_the_hour_sends_nothing_twice(frappe, monkeypatch, is_forgotten) -> None:
	from cs_retention.cs_retention.retention_outbox import PULSE

	put_on(frappe, "Corner shop", NOW)
	remind()
	before = frappe.db.count(OUTBOX), frappe.db.count(LOG)
	for hour in (11, 9, 15):
		settings(frappe, digest_hour=hour)
		if is_forgotten:
			frappe.db.delete("Singles", {"doctype": PULSE, "field": "reminded_for"})
		at(monkeypatch, hour)
		remind()
	assert (frappe.db.count(OUTBOX), frappe.db.count(LOG)) == before
	at(monkeypatch, 15, day=NOW + timedelta(days=1))
	remind()
	assert frappe.db.count(OUTBOX) > before[0]


def test_the_backup_is_told_of_calls_of_somebody_away_and_who_is_away_of_nothing(frappe) -> None:
	put_on(frappe, "Corner shop", NOW)
	frappe.get_doc(
		{"doctype": "Owner Absence", "person": user("east"), "from_date": NOW, "to_date": NOW}
	).insert()
	remind()
	assert bells(frappe, "east") == []
	assert "1 for colleagues" in bells(frappe, "west")[0]
	assert "Corner shop · for 李静" in mails(frappe, "west")[0].body


def test_a_promise_that_is_due_is_told_to_who_keeps_it(frappe) -> None:
	name = first_call(frappe, "Corner shop")
	row = {
		**{"doctype": "Customer Callback Promise", "parent": name, "parenttype": "Customer Callback"},
		**{"parentfield": "promises", "promise": "send the\noffer", "promised_by": user("west")},
		**{"due_date": NOW - timedelta(days=1), "status": "Open"},
	}
	frappe.get_doc(row).db_insert()
	remind()
	assert bells(frappe, "west") == ["Today: 1 promise"]
	assert "Corner shop · due Mon 23 Nov · send the offer" in mails(frappe, "west")[0].body


def test_a_digest_can_be_switched_off(frappe) -> None:
	put_on(frappe, "Corner shop", NOW)
	settings(frappe, send_digests=0, send_weekly_digest=0)
	remind()
	assert bells(frappe, "east") == []


def test_a_name_that_is_markup_is_text_in_the_bell(frappe, monkeypatch) -> None:
	frappe.db.set_value("Customer", "West shop", "customer_name", "<img src=x onerror=alert(1)>")
	put_on(frappe, "West shop", NOW, due_time="09:10:00")
	remind()
	assert any("&lt;img" in subject for subject in bells(frappe, "west"))


def test_a_timed_call_rings_once_shortly_before(frappe, monkeypatch) -> None:
	put_on(frappe, "West shop", NOW, due_time="10:30:00")
	settings(frappe, send_digests=0, send_weekly_digest=0)
	for minute, count in ((10, 0), (15, 1), (20, 1), (40, 1)):
		at(monkeypatch, 10, minute)
		remind()
		assert len(bells(frappe, "west")) == count
	assert bells(frappe, "west") == ["Call West shop at 10:30"]
	assert mails(frappe, "west") == []


def test_managers_are_told_of_a_call_after_two_working_days_once(frappe, monkeypatch) -> None:
	settings(frappe, send_digests=0, send_weekly_digest=0)
	name = put_on(frappe, "Corner shop", NOW - timedelta(days=4))  # Friday
	remind()
	assert bells(frappe, "manager") == []  # Tuesday: late on Monday only
	for days in (1, 2):
		at(monkeypatch, 9, day=NOW + timedelta(days=days))
		remind()
	assert bells(frappe, "manager") == bells(frappe, "second-manager") == ["Calls that nobody made: 1"]
	assert "Corner shop · due Fri 20 Nov · 李静" in mails(frappe, "manager")[0].body
	assert frappe.db.get_value("Customer Callback", name, "escalated_on") == NOW + timedelta(days=1)


def test_the_own_manager_is_told_and_the_days_can_be_set(frappe) -> None:
	chief = employee(frappe, "second-manager")
	frappe.db.set_value("Employee", employee(frappe, "east"), "reports_to", chief)
	put_on(frappe, "Corner shop", NOW - timedelta(days=4))
	settings(frappe, send_digests=0, send_weekly_digest=0, escalation_days=1)
	remind()
	assert bells(frappe, "second-manager") == ["Calls that nobody made: 1"]
	assert bells(frappe, "manager") == []


def employee(frappe: Any, persona: str) -> str:
	from personas import make_sales_person

	return frappe.db.get_value("Sales Person", make_sales_person(persona), "employee")


def test_managers_are_told_the_week_once_with_everybody_in_it(frappe, monkeypatch) -> None:
	settings(frappe, send_digests=0, escalation_days=0)
	put_on(frappe, "Corner shop", NOW - timedelta(days=6))
	remind()
	at(monkeypatch, 9, day=NOW + timedelta(days=1))
	remind()
	assert bells(frappe, "manager") == ["Callbacks of week 47 of 2026"]
	(mail,) = mails(frappe, "manager")
	assert mail.dedupe_key == f"week|{user('manager')}|2026-w47"
	assert (
		"- 李静: 1 due, 0 made, 0 not reached or missed; open: overdue calls 1, overdue promises 0"
		in mail.body
	)
	assert bells(frappe, "auditor") == []


def test_a_day_takes_as_many_statements_for_many_calls_as_for_few(frappe, monkeypatch) -> None:
	from cs_retention.callbacks import retention_reminders

	counts, sql = [], frappe.local.db.sql

	def counting(*args: Any, **kwargs: Any) -> Any:
		counts[-1] += 1
		return sql(*args, **kwargs)

	for number in (1, 40):
		source = first_call(frappe, "Corner shop")
		doc = frappe.get_doc("Customer Callback", source)
		for place in range(number):
			doc.name, doc.open_key, doc.due_date = f"extra{number}-{place}", None, NOW - timedelta(days=9)
			doc.occurrence_key = None
			doc.db_insert()
		frappe.db.delete("Singles", {"doctype": "Outbox Pulse"})
		counts.append(0)
		monkeypatch.setattr(frappe.local.db, "sql", counting)
		retention_reminders.remind()
		monkeypatch.setattr(frappe.local.db, "sql", sql)
	assert counts[1] <= counts[0] <= 60


@pytest.mark.parametrize(
	("field", "value", "said"),
	[
		("digest_hour", 24, "Digests From Hour"),
		("nudge_minutes", 500, "Minutes Before a Timed Call"),
		("escalation_days", 99, "Escalate After"),
	],
)
def test_figures_nobody_could_be_reminded_by_are_refused(frappe, field, value, said) -> None:
	doc = frappe.get_doc(SETTINGS)
	doc.set(field, value)
	with pytest.raises(frappe.ValidationError, match=said):
		doc.save()


FIGURES = {
	"send_digests": 0,
	"send_weekly_digest": 0,
	"digest_hour": 8,
	"nudge_minutes": 0,
	"escalation_days": 0,
}


def tried(frappe: Any, **figures: Any) -> dict[str, Any]:
	from cs_retention.callbacks.reminder_trial import try_reminders

	frappe.set_user(user("manager"))
	return {kind["kind"]: kind for kind in try_reminders(**{**FIGURES, **figures})["kinds"]}


def test_what_would_be_sent_tomorrow_is_shown_with_its_rows_and_nothing_is_written(frappe) -> None:
	tomorrow = NOW + timedelta(days=1)
	put_on(frappe, "Corner shop", tomorrow)
	put_on(frappe, "Key shop", NOW - timedelta(days=6))
	put_on(frappe, "West shop", tomorrow, due_time="15:30:00")
	frappe.db.set_value("User", user("west"), "email", "no address")
	before = frappe.db.count(OUTBOX), frappe.db.count(LOG)
	found = tried(frappe)
	assert (frappe.db.count(OUTBOX), frappe.db.count(LOG)) == before
	assert [(kind["kind"], kind["is_on"], kind["words"]) for kind in found.values()] == [
		(
			"digest",
			False,
			"would send 2: 1 × in the bell and by mail, 1 × in the bell alone, no mail address",
		),
		("nudge", False, "would send 1: 1 × in the bell"),
		("escalation", False, "would send 2: 2 × in the bell and by mail"),
		("week", False, "told on Mon 30 Nov"),
	]
	rows = {row["user"]: (row["subject"], row["is_told"]) for row in found["digest"]["rows"]}
	assert rows == {
		user("east"): ("今日：1 项逾期，1 项待访", True),
		user("west"): ("Today: 1 to call", True),
	}
	assert "Key shop" in found["digest"]["rows"][0]["text"]
	assert found["nudge"]["rows"][0]["subject"] == "Call West shop at 15:30"
	assert tried(frappe, send_digests=1)["digest"]["words"].startswith("will send 2")


def test_who_is_off_or_disabled_is_counted_with_the_reason(frappe) -> None:
	tomorrow = NOW + timedelta(days=1)
	put_on(frappe, "Corner shop", tomorrow)
	put_on(frappe, "West shop", tomorrow)
	absence = {"doctype": "Owner Absence", "person": user("west"), "from_date": tomorrow, "to_date": tomorrow}
	frappe.get_doc(absence).insert()
	promise = {
		**{"doctype": "Customer Callback Promise", "parent": first_call(frappe, "West shop")},
		**{"parenttype": "Customer Callback", "parentfield": "promises", "promise": "send the offer"},
		**{"promised_by": user("west"), "due_date": tomorrow, "status": "Open"},
	}
	frappe.get_doc(promise).db_insert()
	frappe.db.set_value("User", user("east"), "enabled", 0)
	digest = tried(frappe)["digest"]
	assert (digest["told"], digest["words"]) == (
		0,
		"would send 0: 1 × not told, day off, 1 × not told, user disabled",
	)


def test_the_day_after_the_trial_sends_what_it_said(frappe, monkeypatch) -> None:
	tomorrow = NOW + timedelta(days=1)
	put_on(frappe, "Corner shop", tomorrow)
	put_on(frappe, "West shop", NOW - timedelta(days=6))
	found = tried(frappe, send_digests=1, escalation_days=2)
	frappe.set_user("Administrator")
	settings(frappe, send_digests=1, escalation_days=2, send_weekly_digest=0, nudge_minutes=0)
	at(monkeypatch, 8, day=tomorrow)
	remind()
	said = sorted(row["subject"] for kind in ("digest", "escalation") for row in found[kind]["rows"])
	assert sorted(frappe.get_all(LOG, pluck="subject")) == said and len(said) == 4


def test_a_trial_is_for_those_who_may_change_the_settings_and_refuses_figures_that_make_no_sense(
	frappe,
) -> None:
	from cs_retention.callbacks.reminder_trial import try_reminders

	with pytest.raises(frappe.ValidationError, match="Digests From Hour"):
		tried(frappe, digest_hour=24)
	frappe.set_user(user("east"))
	with pytest.raises(frappe.PermissionError):
		try_reminders(**FIGURES)


def test_before_a_weekend_the_next_working_day_is_tried(frappe, monkeypatch) -> None:
	friday = NOW + timedelta(days=3)
	monkeypatch.setattr(
		"cs_retention.callbacks.reminder_trial.now_datetime",
		lambda: datetime(friday.year, friday.month, friday.day, 17),
	)
	put_on(frappe, "Corner shop", friday)
	found = tried(frappe)
	assert found["digest"]["words"] == "would send 1: 1 × in the bell and by mail"
	assert found["week"]["words"] == "would send 2: 2 × in the bell and by mail"

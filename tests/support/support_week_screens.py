"""A week of reminders and messages, told by a clock that is moved: an account manager's calls, a customer written to.

It is the last whole week, so that everything in it lies behind whoever looks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any
from unittest.mock import patch

from bench_fixtures import SITE
from private_bench import CHECKOUT, PrivateBench
from support_desk_screens import SHOPS, add_call

MAKE = """
import json, sys
sys.path.insert(0, sys.argv[2])
import frappe
frappe.init(site=sys.argv[1]); frappe.connect()
from support_week_screens import make_week
print(json.dumps(make_week(frappe, sys.argv[3])))
frappe.db.commit()
"""
PEOPLE = {"en": ("Hannah Vale", "Tom Brook"), "zh": ("孙悦", "何涛")}
ROLES = (("Retention Manager", "Sales Manager", "Sales User"), ("Customer Account Manager", "Sales User"))
STREET = {"en": " in Bridge Street", "zh": "桥街店"}
MONDAY, TUESDAY, THURSDAY, NEXT_MONDAY = (timedelta(days=days) for days in (0, 1, 3, 7))


def week(bench: PrivateBench, language: str) -> dict[str, Any]:
	"""Let the week of a language go by; return the two people, their password, the customer written to."""
	printed = bench.python("-c", MAKE, SITE, str(CHECKOUT / "tests/support"), language)
	return json.loads(printed.splitlines()[-1])


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
	"""Let reminders and the bell believe that it is a moment."""
	from cs_retention.callbacks import retention_reminders
	from cs_retention.cs_retention import bells, states

	with ExitStack() as stack:
		for module in (retention_reminders, bells, states):
			stack.enter_context(patch.object(module, "now_datetime", lambda: moment))
		yield


def remind_at(frappe: Any, monday: date, days: timedelta, at: time) -> None:
	from cs_retention.callbacks.retention_reminders import remind

	with clock_at(datetime.combine(monday + days, at)):
		remind()
	frappe.db.commit()


def make_week(frappe: Any, language: str) -> dict[str, Any]:
	from make_messages import make_messages

	today = frappe.utils.getdate()
	monday = today - timedelta(days=today.weekday() + 7)
	password = frappe.generate_hash(length=20)
	manager, agent = (
		make_person(frappe, name, roles, language, password)
		for name, roles in zip(PEOPLE[language], ROLES, strict=True)
	)
	late, due, timed = (f"{shop}{STREET[language]}" for shop in SHOPS[language][:3])
	frappe.db.delete("Singles", {"doctype": "Outbox Pulse", "field": "reminded_for"})
	frappe.db.set_single_value("CS Retention Settings", {"digest_hour": 8, "nudge_minutes": 15})
	make_messages(frappe, due, monday + THURSDAY, language)
	calls = {late: monday - timedelta(days=4), due: monday + MONDAY, timed: monday + TUESDAY}
	for shop, day in calls.items():
		make_shop(frappe, shop, agent, today, day)
	at_half_past_ten = {"due_time": "10:30:00"}
	frappe.db.set_value("Customer Callback", {"customer": timed, "status": "Planned"}, at_half_past_ten)
	remind_at(frappe, monday, MONDAY, time(8, 5))
	remind_at(frappe, monday, TUESDAY, time(8, 5))
	remind_at(frappe, monday, TUESDAY, time(10, 20))
	remind_at(frappe, monday, NEXT_MONDAY, time(8, 5))
	frappe.db.delete("Singles", {"doctype": "Outbox Pulse", "field": "reminded_for"})
	escalation = {"dedupe_key": f"escalation|{manager}|{monday + TUESDAY}"}
	mail = frappe.db.get_value("Message Outbox", escalation)
	people = {"manager": manager, "agent": agent, "agent_name": PEOPLE[language][1]}
	return {**people, "password": password, "customer": due, "escalation": mail}


def make_person(frappe: Any, name: str, roles: tuple[str, ...], language: str, password: str) -> str:
	address = f"week-{roles[0].lower().replace(' ', '-')}.{language}@branch.example"
	account = {"doctype": "User", "email": address, "first_name": name, "language": language}
	rights = [{"role": role} for role in roles]
	given = {"send_welcome_email": 0, "new_password": password, "roles": rights}
	return frappe.get_doc({**account, **given}).insert().name


def make_shop(frappe: Any, name: str, agent: str, today: date, due: date) -> None:
	"""Give a customer to the account manager, with a call of a day; the one written to is there already."""
	from cs_retention.cs_retention.states import ensure_state

	if not frappe.db.exists("Customer", name):
		customer = {"doctype": "Customer", "customer_name": name, "customer_type": "Company"}
		frappe.get_doc(customer).insert()
	frappe.db.set_value("Customer", name, "account_manager", agent)
	ensure_state(name)
	add_call(frappe, name, agent, today, due)

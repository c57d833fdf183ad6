"""Days of a branch, over any store: calls are made, documents come, change and go; and the nights between them."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Any

from support_book import add
from support_random_book import PEOPLE

from cs_retention.engine.night import NightPolicy
from cs_retention.engine.policy import Policy
from cs_retention.facts.erpnext_schema import FRAPPE
from cs_retention.nightly.ledger import CHUNK, Ledger
from cs_retention.nightly.phases import Night
from cs_retention.nightly.worker import Worker
from cs_retention.preview.book import book_tables
from cs_retention.store.base import Authorship, Store
from cs_retention.store.schema import host_table

DELETED = "Deleted Document"
TABLES = {**book_tables(), DELETED: host_table(DELETED, FRAPPE[DELETED], {})}
DAY = timedelta(days=1)
STANDING = """
	SELECT callback.customer, callback.responsible, callback.account_manager, callback.due_date, callback.window_start,
		callback.window_end, callback.channel, callback.is_committed, callback.reasons, purpose.kind
	FROM `tabCustomer Callback` callback JOIN `tabCustomer Callback Purpose` purpose ON purpose.parent = callback.name
	WHERE callback.status = 'Planned'
"""
ENDED = """
	SELECT customer, responsible, due_date, channel, status, reasons FROM `tabCustomer Callback`
	WHERE status != 'Planned'
"""
STATES = """
	SELECT customer, star_level, is_key_account, health, next_callback, owed_in_period, met_in_period,
		plan_valid_until, plan_shortfall FROM `tabCustomer Retention State`
"""
LOOKED_AT = "SELECT COUNT(*) FROM `tabCustomer Retention State` WHERE plan_look_on = %(day)s"
SCOPES = f"SELECT scope FROM `tab{CHUNK}` WHERE run = %(run)s AND phase = 'Plan'"


class Clock:
	"""The site's clock, and names for its rows in the order in which they are made."""

	def __init__(self) -> None:
		self.moment = datetime(2026, 11, 1)
		self.authorship = Authorship(
			now=lambda: self.moment, new_name=map("row-{:06d}".format, count(1)).__next__
		)


class Branch:
	"""A branch over a store whose rows are stamped by a clock; its nights look at everybody, or where there is a reason."""

	def __init__(self, store: Store, clock: Clock, policy: Policy, looks_at_all: bool) -> None:
		self.store, self.clock, self.policy, self.looks_at_all = store, clock, policy, looks_at_all
		self.ledger = Ledger(store, lambda: clock.moment)

	def night(self, day: date) -> int | None:
		"""Let a night pass; return at how many plans it looked, None for everybody's."""
		self.clock.moment = datetime.combine(day, time(4))
		name = self.ledger.open_dates(day, NightPolicy(), lambda: self.policy)
		before: dict[str, Any] = {} if self.looks_at_all else {"night_before": self.ledger.night_before}

		def open_night(run):
			basis = lambda: self.ledger.basis_of(run.name)  # noqa: E731
			return Night(self.store, self.policy, run.as_of, basis, chunk=50, **before)

		Worker(self.ledger, name, open_night, sleep=lambda _seconds: None).work()
		self.clock.moment = datetime.combine(day, time(15))
		scopes = [json.loads(scope) for (scope,) in self.store.rows(SCOPES, {"run": name})]
		((looked_at,),) = self.store.rows(LOOKED_AT, {"day": day})
		return looked_at if any(scope["looked_at"] for scope in scopes) else None

	def live(self, day: date, dice: Random) -> None:
		"""Let a day pass."""
		live_through(self.store, day, dice)
		self.store.commit()

	def found(self) -> list[set[str]]:
		"""Return what stands, what has ended, and the states, as text."""
		found = []
		for query in (STANDING, ENDED, STATES):
			rows = self.store.rows(query)
			found.append({"|".join("" if cell is None else str(cell) for cell in row) for row in rows})
		return found


def one(store, query, dice, **values):
	"""Return one of the rows of a query, the same in both books; None where there is none."""
	rows = sorted(store.rows(query, values), key=str)
	return dice.choice(rows) if rows else None


def customer_of(store, dice):
	return one(store, "SELECT name FROM `tabCustomer` WHERE is_internal_customer = 0", dice)[0]


def live_through(store, day, dice):
	"""Let a day pass: most calls that are due are made, and a few of the other things happen that may happen."""
	make_calls(store, day, dice)
	for happens in dice.sample(EVENTS, 4):
		happens(store, day, dice)


def make_calls(store, day, dice):
	query = "SELECT customer, channel, name FROM `tabCustomer Callback` WHERE status = 'Planned' AND due_date = %(day)s"
	due = sorted(store.rows(query, {"day": day}), key=lambda row: row[:2])
	made = [row for row in due if dice.random() < 0.8]
	for customer, channel, name in made:
		outcome = dice.choice(("Reached", "Reached", "Reached", "Not Reached"))
		add(store, "Customer Touch", [touch(customer, day, channel, outcome, callback=name)])


def touch(customer, day, channel, outcome, **fields):
	return {"customer": customer, "touch_date": day, "channel": channel, "outcome": outcome, **fields}


def calls_by_itself(store, day, dice):
	add(store, "Customer Touch", [touch(customer_of(store, dice), day, "Phone", "Reached")])


def notes_a_call_late(store, day, dice):
	add(store, "Customer Touch", [touch(customer_of(store, dice), day - 9 * DAY, "Phone", "Reached")])


def loses_a_touch(store, day, dice):
	if found := one(
		store,
		"SELECT customer, touch_date, name FROM `tabCustomer Touch` WHERE touch_date >= %(since)s",
		dice,
		since=day - 5 * DAY,
	):
		forget(store, "Customer Touch", found[2], {"customer": found[0]})


def forget(store, doctype, name, document):
	store.delete_rows(doctype, [name])
	add(store, DELETED, [{"deleted_doctype": doctype, "data": json.dumps(document)}])


def resolves_a_complaint(store, day, dice):
	name = f"ISS-{day}"
	complaint = {"issue_type": "Complaint", "status": "Closed", "opening_date": day - DAY}
	resolved = datetime.combine(day, time(12))
	add(
		store,
		"Issue",
		[{"name": name, "customer": customer_of(store, dice), "sla_resolution_date": resolved, **complaint}],
	)


def resolved_lately(store, day, dice):
	query = "SELECT name FROM `tabIssue` WHERE name LIKE %(ours)s AND sla_resolution_date >= %(since)s"
	return one(store, query, dice, ours="ISS-2%", since=day - 4 * DAY)


def gives_a_complaint_to_another(store, day, dice):
	if found := resolved_lately(store, day, dice):
		store.update_rows("Issue", ("name", "customer"), [(found[0], customer_of(store, dice))])


def opens_a_complaint_again(store, day, dice):
	if found := resolved_lately(store, day, dice):
		store.update_rows("Issue", ("name", "status"), [(found[0], "Open")])


def delivers(store, day, dice):
	sent = {"docstatus": 1, "is_return": 0, "posting_date": day + dice.choice((0, 3)) * DAY}
	add(store, "Delivery Note", [{"name": f"DN-{day}", "customer": customer_of(store, dice), **sent}])


def cancels_a_delivery(store, day, dice):
	if found := one(
		store,
		"SELECT name FROM `tabDelivery Note` WHERE docstatus = 1 AND posting_date >= %(since)s",
		dice,
		since=day - 3 * DAY,
	):
		store.update_rows("Delivery Note", ("name", "docstatus"), [(found[0], 2)])


def visits_for_maintenance(store, day, dice):
	visit = {"docstatus": 1, "mntc_date": day + dice.choice((0, 2)) * DAY}
	add(store, "Maintenance Visit", [{"name": f"MV-{day}", "customer": customer_of(store, dice), **visit}])


def plans_maintenance(store, day, dice):
	name = f"MS-{day}"
	add(store, "Maintenance Schedule", [{"name": name, "customer": customer_of(store, dice), "docstatus": 1}])
	planned = {"scheduled_date": day + dice.randint(10, 60) * DAY, "completion_status": "Pending"}
	add(
		store,
		"Maintenance Schedule Detail",
		[{"name": f"{name}-1", "parent": name, "parenttype": "Maintenance Schedule", **planned}],
	)


def tells_a_birthday(store, day, dice):
	born = (day + dice.randint(1, 40) * DAY).replace(year=1972)
	add(store, "Contact", [{"name": f"person-{day}", "retention_date_of_birth": born}])
	linked = {"parenttype": "Contact", "link_doctype": "Customer", "link_name": customer_of(store, dice)}
	add(store, "Dynamic Link", [{"name": f"link-{day}", "parent": f"person-{day}", **linked}])


def leaves_its_customer(store, day, dice):
	if found := one(
		store, "SELECT name, parent FROM `tabDynamic Link` WHERE name LIKE %(ours)s", dice, ours="link-2%"
	):
		store.delete_rows("Dynamic Link", [found[0]])
		store.update_rows("Contact", ("name", "retention_date_of_birth"), [(found[1], None)])


def wishes(store, day, dice):
	customer, channel = customer_of(store, dice), dice.choice(("Phone", "WeChat", "Message"))
	pause = (day + DAY, day + dice.randint(3, 20) * DAY) if dice.random() < 0.5 else (None, None)
	fields = ("customer", "preferred_channel", "pause_from", "pause_to")
	store.upsert_rows("Callback Schedule", fields, [(customer, channel, *pause)])


def goes_to_another(store, day, dice):
	managers = customer_of(store, dice), dice.choice(PEOPLE), dice.choice((*PEOPLE, None))
	store.update_rows("Customer", ("name", "account_manager", "retention_backup_manager"), [managers])


def becomes_a_key_account(store, day, dice):
	store.update_rows(
		"Customer", ("name", "retention_key_account"), [(customer_of(store, dice), dice.choice((0, 1)))]
	)


def is_disabled_or_back(store, day, dice):
	store.update_rows("Customer", ("name", "disabled"), [(customer_of(store, dice), dice.choice((0, 1)))])


def is_away(store, day, dice):
	from_date = day + dice.randint(1, 12) * DAY
	absence = {
		"person": dice.choice(PEOPLE),
		"from_date": from_date,
		"to_date": from_date + dice.randint(0, 7) * DAY,
	}
	add(store, "Owner Absence", [{"name": f"away-{day}", **absence}])


def is_there_after_all(store, day, dice):
	if found := one(
		store, "SELECT name FROM `tabOwner Absence` WHERE name LIKE %(ours)s", dice, ours="away-%"
	):
		store.delete_rows("Owner Absence", [found[0]])


def is_saved(store, day, dice):
	case = {"status": "Saved", "verification": "Pending", "closed_on": day}
	add(store, "Retention Case", [{"name": f"CASE-{day}-kept", "customer": customer_of(store, dice), **case}])


def is_let_go(store, day, dice):
	name, customer = f"CASE-{day}", customer_of(store, dice)
	may = {"may_be_called": 1, "call_on": day + 30 * DAY, "win_back_until": day + 90 * DAY}
	add(
		store,
		"Release File",
		[{"name": f"FILE-{day}", "customer": customer, "docstatus": 1, "released_on": day, **may}],
	)
	add(
		store,
		"Retention Case",
		[{"name": name, "customer": customer, "status": "Released", "release_file": f"FILE-{day}"}],
	)


def buys_again(store, day, dice):
	if found := one(store, "SELECT customer FROM `tabRetention Case` WHERE status = 'Released'", dice):
		invoice = {"company": "East", "docstatus": 1, "is_opening": "No", "base_net_total": 500}
		add(
			store,
			"Sales Invoice",
			[{"name": f"SINV-{day}", "customer": found[0], "posting_date": day + DAY, **invoice}],
		)


def joins_the_alliance(store, day, dice):
	name, tier = f"MER-{day}", dice.choice(("Monthly", "Quarterly"))
	store.upsert_rows("Alliance Tier", ("name", "exchange_months"), [("Monthly", 1), ("Quarterly", 3)])
	fields = ("customer", "name", "tier", "status", "admitted_on")
	store.upsert_rows("Alliance Merchant", fields, [(customer_of(store, dice), name, tier, "Member", day)])


def changes_a_tier(store, day, dice):
	store.update_rows("Alliance Tier", ("name", "exchange_months"), [("Quarterly", dice.choice((1, 2, 3)))])


def is_invited(store, day, dice):
	campaign = {"name": f"CAM-{day}", "status": "Running", "to_date": day + 20 * DAY}
	add(store, "Alliance Campaign", [campaign])
	voucher = {"campaign": f"CAM-{day}", "way": "Phone", "status": "Open", "invited_on": day}
	add(store, "Alliance Voucher", [{"name": f"VOU-{day}", "customer": customer_of(store, dice), **voucher}])


def ends_a_campaign(store, day, dice):
	if found := one(store, "SELECT name FROM `tabAlliance Campaign`", dice):
		store.update_rows(
			"Alliance Campaign", ("name", "status"), [(found[0], dice.choice(("Running", "Closed")))]
		)


EVENTS = (
	calls_by_itself,
	notes_a_call_late,
	loses_a_touch,
	resolves_a_complaint,
	gives_a_complaint_to_another,
	opens_a_complaint_again,
	delivers,
	cancels_a_delivery,
	visits_for_maintenance,
	plans_maintenance,
	tells_a_birthday,
	leaves_its_customer,
	wishes,
	goes_to_another,
	becomes_a_key_account,
	is_disabled_or_back,
	is_away,
	is_there_after_all,
	is_saved,
	is_let_go,
	buys_again,
	joins_the_alliance,
	changes_a_tier,
	is_invited,
	ends_a_campaign,
)

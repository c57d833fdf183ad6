"""Use a site as people did with the first release, and run on it: use_first_release.py SITE."""

import sys
from datetime import timedelta
from pathlib import Path

import frappe
from frappe.utils import add_days, getdate, now_datetime, nowdate

import cs_retention

# Its own helpers, which know its records.
sys.path.insert(0, str(Path(cs_retention.__file__).parents[1] / "tests/support"))

from personas import make_personas, user
from support_reviews import new_review, play

from cs_retention.callbacks.handover import move_all
from cs_retention.callbacks.work import log_attempt, log_done, prepare, reassign, reschedule, skip
from cs_retention.churn_retention.backtest_job import run_job
from cs_retention.cs_retention import retention_night
from cs_retention.setup import demo
from cs_retention.star_levels.policy_trial import run_trial

EAST, WEST, MANAGER = user("east"), user("west"), user("manager")
FRIDAY = "friday"


def edit_seeds() -> None:
	"""Change, delete and supersede what the site began with."""
	level = frappe.get_doc("Star Level", "Two Star")
	level.min_gap_days = 9
	level.save()
	frappe.delete_doc("Role Profile", "Alliance Manager")
	settings = frappe.get_doc("CS Retention Settings")
	settings.update({"capacity": 12, "night_hour": 0, "catch_up_days": 20})
	settings.customer_facts = settings.customer_facts[1:]
	settings.save()
	first = frappe.get_doc("Star Policy", {"status": "Active"})
	tried = with_other_weights(first)
	run_trial(tried.name, nowdate(), "en")
	tried.reload().activate()
	with_other_weights(tried)


def with_other_weights(policy: object) -> object:
	"""Return a draft that weighs the first factor more and the second less."""
	draft = frappe.get_doc("Star Policy", policy.new_version())
	draft.factors[0].weight += 5
	draft.factors[1].weight -= 5
	return draft.save()


def enter_wishes() -> None:
	"""Enter what people enter beside the plan, on the first customers of the book."""
	names = frappe.get_all(
		"Customer", {"disabled": 0, "retention_key_account": 0}, pluck="name", order_by="name"
	)
	for name in names[:30]:
		customer = frappe.get_doc("Customer", name)
		customer.update({"account_manager": EAST, "retention_backup_manager": WEST})
		customer.save()
	insert("Callback Schedule", customer=names[1], **{FRIDAY: 1})
	insert("Owner Absence", person=EAST, from_date=add_days(nowdate(), 20), to_date=add_days(nowdate(), 24))
	insert("Head Office Level", customer=names[2], level="Four Star", decided_on=nowdate(), source="List 7")
	override = {"customer": names[3], "level": "Five Star", "reason": "new branch", "until": "2099-12-31"}
	doc = insert("Star Override", approver=MANAGER, **override)
	frappe.set_user(MANAGER)
	frappe.get_doc("Star Override", doc.name).submit()
	frappe.set_user("Administrator")


def insert(doctype: str, **fields: object) -> object:
	return frappe.get_doc({"doctype": doctype, **fields}).insert()


def run_night() -> None:
	"""Run the night of yesterday, so that today's is still due."""
	yesterday = now_datetime().replace(hour=5) - timedelta(days=1)
	retention_night.now_datetime = lambda: yesterday
	retention_night.wake()
	(run,) = frappe.get_all("Retention Run", {"status": "Running"}, pluck="name")
	retention_night.work(run, "1")
	assert frappe.db.get_value("Retention Run", run, "status") == "Done"


def review() -> None:
	"""Review the stars and submit what came of it."""
	play(frappe, new_review(frappe, as_of=nowdate(), kind="Annual").name, "Compute", "Submit")


def work_on_calls() -> None:
	"""Do everything that can be done with a callback, as account manager east."""
	frappe.set_user(EAST)
	planned = {"status": "Planned", "responsible": EAST}
	calls = frappe.get_all("Customer Callback", planned, ["name", "customer"], order_by="due_date, name")
	by_customer = {call.customer: call.name for call in reversed(calls)}
	done, promised, tried, moved, skipped, given = list(by_customer.values())[:6]
	for name, promises in ((done, []), (promised, [{"promise": "a new router", "promised_by": EAST}])):
		due = add_days(nowdate(), 5)
		next_date = prepare(name)["proposed"]["date"]
		said = {"summary": "talked about the new tariff and the second line", "spoken_to": "Ms Lin"}
		promises = [{**promise, "due_date": due} for promise in promises]
		log_done(name, "Reached", **said, next_date=next_date, satisfaction=4, promises=promises)
	log_attempt(tried, note="no answer")
	window_end = frappe.db.get_value("Customer Callback", moved, "window_end")
	reschedule(moved, max(getdate(nowdate()), getdate(window_end)), "is on holiday")
	skip(skipped, "closed this month")
	# The first release takes no call on a day off, and today may be one.
	if getdate(nowdate()).weekday() < 5:
		reassign(given, WEST, "knows the owner")
	else:
		frappe.db.set_value("Customer Callback", given, "responsible", WEST)
		customer = frappe.db.get_value("Customer Callback", given, "customer")
		frappe.db.set_value("Customer", customer, "account_manager", WEST)
	frappe.set_user("Administrator")


def hand_over() -> None:
	"""Hand a book over: half of it tried only, the other moved."""
	from cs_retention.callbacks.doctype.book_handover.book_handover import try_handover

	people = {"from_person": EAST, "role": "Account Manager", "reason": "leaves the branch"}
	for is_moved in (False, True):
		doc = insert("Book Handover", **people, targets=[{"person": user("team")}, {"person": user("desk")}])
		try_handover(doc.name)
		doc.reload()
		if is_moved:
			doc.is_acknowledged = 1
			doc.submit()
			move_all(doc.name)


def look_back() -> None:
	"""Try the warnings on the book's own past."""
	run_job(insert("Churn Backtest", until=nowdate()).name, "en")


STEPS = (
	*(make_personas, demo.load, edit_seeds, enter_wishes, run_night),
	*(review, work_on_calls, hand_over, look_back),
)

frappe.init(site=sys.argv[1])
frappe.connect()
frappe.flags.in_test = True
for step in STEPS:
	step()
	frappe.db.commit()
frappe.destroy()

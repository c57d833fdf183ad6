from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from cs_retention.callbacks.automatic_touches import why
from cs_retention.callbacks.report_rows import column, inert, percent, seen, share_of
from cs_retention.callbacks.working_days import today
from cs_retention.cs_retention.contact_policies import load_contact_policy
from cs_retention.cs_retention.inputs import report_filters
from cs_retention.cs_retention.states import STATE, open_store
from cs_retention.engine.contact_policy import CAP_DAYS, Cap, ContactPolicy
from cs_retention.engine.kpi import Ratio, TouchKind
from cs_retention.engine.vocabulary import LADDER, MessageChannel, MessageClass
from cs_retention.facts.contact_pressure import (
	COUNTED,
	PressingTouch,
	read_class_groups,
	read_pressed_customers,
	read_pressing_touches,
	read_pressure_groups,
)

Row = dict[str, Any]
BY_LEVEL, BY_CLASS = "Level", "Class"
PEOPLE = TouchKind.PEOPLE.value
CLASSES = (PEOPLE, *(class_.value for class_ in MessageClass))
TOUCHES, HELD, CUSTOMERS, OVER = "Touches", "Held", "Customers", "Over Cap"
MADE = (TouchKind.PEOPLE, TouchKind.SENT)
KINDS = {
	TOUCHES: MADE,
	PEOPLE: (TouchKind.PEOPLE,),
	"Sent": (TouchKind.SENT,),
	"Merged": (TouchKind.MERGED,),
	"Skipped": (TouchKind.SKIPPED,),
}
"""What of touches a figure counts; held ones are told by their mark, whatever became of them since."""


def execute(filters: dict[str, Any] | None = None) -> tuple[Any, ...]:
	"""Return the touches per customer within the days of a cap, by level or class, or what a figure counted."""
	filters = report_filters(filters)
	last = getdate(filters.to_date or today())
	span = last - timedelta(days=CAP_DAYS - 1), last
	by = BY_CLASS if filters.group_by == BY_CLASS else BY_LEVEL
	if filters.figure in (CUSTOMERS, OVER) and by == BY_LEVEL:
		return customer_columns(), list(customer_rows(filters, span))
	if filters.figure in (*KINDS, HELD):
		return touch_columns(), list(touch_rows(filters, span, by))
	rows = level_rows(span) if by == BY_LEVEL else class_rows(span)
	return columns(by), rows, None, chart(rows, by), summary(level_rows(span) if by == BY_CLASS else rows)


def level_rows(span: tuple[date, date]) -> list[Row]:
	"""Return a row per level that has customers."""
	policy, found = load_contact_policy(), {}
	for group in read_pressure_groups(open_store(), seen(STATE, "customer"), *span):
		counts = dict(zip(COUNTED, group.counts, strict=True))
		level = found.setdefault(group.level, Counter())
		level[CUSTOMERS] += group.customers
		level[OVER] += group.customers if cap_exceeded(policy, group.level, counts) else 0
		level.update({name: counts[name] * group.customers for name in COUNTED})
	ordered = sorted(found.items(), key=lambda item: LADDER.index(item[0]))
	return [level_row(level, counts, policy) for level, counts in ordered]


def level_row(level: str, counts: Counter, policy: ContactPolicy) -> Row:
	"""Return the figures of a level."""
	sent = counts["automatic"] + counts["exempt"]
	cap = next(policy.caps_of(level, MessageChannel.EMAIL))
	return {
		"key": level,
		"label": _(level),
		"cap": cap.touches,
		"customers": counts[CUSTOMERS],
		**figures(
			counts["people"], sent, counts["merged"], counts["skipped"], counts["waiting"], counts["held"]
		),
		"per_customer": per(counts["people"] + sent, counts[CUSTOMERS]),
		"over": counts[OVER],
		"over_share": float(Ratio(counts[OVER], counts[CUSTOMERS]).percent() or 0),
	}


def class_rows(span: tuple[date, date]) -> list[Row]:
	"""Return a row for what people did and one per class that anything was wanted of."""
	found: dict[str, Counter] = {}
	for group in read_class_groups(open_store(), seen(STATE, "customer"), *span):
		counts = found.setdefault(group.class_ or PEOPLE, Counter())
		counts[group.kind] += group.touches
		counts["was_held"] += group.touches if group.was_held else 0
	customers = sum(row["customers"] for row in level_rows(span))
	rows = []
	for class_ in sorted(found, key=CLASSES.index):
		counts = found[class_]
		people, sent, merged, waiting, skipped = (counts[kind] for kind in TouchKind)
		label = _("Calls and Visits") if class_ == PEOPLE else _(class_, context="Customer Touch")
		shown = figures(people, sent, merged, skipped, waiting, counts["was_held"])
		rows.append({"key": class_, "label": label, **shown, "per_customer": per(people + sent, customers)})
	return rows


def figures(people: int, sent: int, merged: int, skipped: int, waiting: int, held: int) -> Row:
	"""Return the figures that levels and classes have in common; shares are of the automatic touches that were wanted."""
	wanted = sent + merged + skipped + waiting
	return {
		"touches": people + sent,
		"people": people,
		"sent": sent,
		"merged": merged,
		"skipped": skipped,
		"held": held,
		"wanted": wanted,
		"held_share": float(Ratio(held, wanted).percent() or 0),
		"merged_share": float(Ratio(merged, wanted).percent() or 0),
	}


def cap_exceeded(policy: ContactPolicy, level: str, counts: dict[str, int]) -> Cap | None:
	"""Return the cap that a customer's touches exceed."""
	by_channel = {MessageChannel.EMAIL: counts["by_email"], MessageChannel.SMS: counts["by_sms"]}
	return policy.exceeded(level, counts["people"] + counts["automatic"], by_channel)


def per(touches: int, customers: int) -> float | None:
	"""Return touches per customer."""
	return round(touches / customers, 2) if customers else None


def columns(by: str) -> list[Row]:
	"""Return the columns of figures."""
	of_levels = [
		column("cap", _("Cap"), width=80),
		column("customers", _("Customers", context="Book of Business")),
	]
	over = [column("over", _("Over Cap")), percent("over_share", _("Share Over Cap"))]
	return [
		column(
			"label", _("Star Level") if by == BY_LEVEL else _("Class", context="Customer Touch"), "Data", 150
		),
		*(of_levels if by == BY_LEVEL else []),
		column("touches", _("Touches")),
		column("per_customer", _("Per Customer"), "Float", 120, precision=2),
		column("people", _("Calls and Visits"), width=130),
		column("sent", _("Sent", context="Customer Touch")),
		column("merged", _("Merged", context="Customer Touch")),
		column("skipped", _("Skipped", context="Customer Touch")),
		column("held", _("Ever Held"), width=120),
		percent("held_share", _("Held Share")),
		percent("merged_share", _("Merged Share")),
		*(over if by == BY_LEVEL else []),
	]


def chart(rows: Sequence[Row], by: str) -> Row:
	"""Return touches per customer of every row."""
	datasets = [{"name": _("Touches per Customer"), "values": [row["per_customer"] or 0 for row in rows]}]
	return {"data": {"labels": [row["label"] for row in rows], "datasets": datasets}, "type": "bar"}


def summary(rows: Sequence[Row]) -> list[Row]:
	"""Return touches per customer, and the shares over all levels."""
	names = ("customers", "touches", "merged", "held", "wanted", "over")
	total = {name: sum(row[name] for row in rows) for name in names}
	each = per(total["touches"], total["customers"])
	return [
		{
			"label": _("Touches per Customer"),
			"value": f"{each or 0:.2f}",
			"datatype": "Data",
			"indicator": "Blue",
		},
		share_of(_("Held Share"), Ratio(total["held"], total["wanted"]).percent(), "Blue"),
		share_of(_("Merged Share"), Ratio(total["merged"], total["wanted"]).percent(), "Blue"),
		share_of(
			_("Share Over Cap"),
			Ratio(total["over"], total["customers"]).percent(),
			"Red" if total["over"] else "Green",
		),
	]


def customer_rows(filters: frappe._dict, span: tuple[date, date]) -> Iterator[Row]:
	"""Yield the customers of a level, or those of them who are over a cap."""
	policy = load_contact_policy()
	for found in read_pressed_customers(open_store(), seen(STATE, "customer"), *span):
		counts = dict(zip(COUNTED, found.counts, strict=True))
		cap = cap_exceeded(policy, found.level, counts)
		if found.level == filters.row and (cap or filters.figure == CUSTOMERS):
			yield {
				"customer": found.customer,
				"customer_name": inert(found.customer_name),
				"level": _(found.level),
				"touches": counts["people"] + counts["automatic"] + counts["exempt"],
				"people": counts["people"],
				"counted": counts["people"] + counts["automatic"],
				"cap": (cap or next(policy.caps_of(found.level, MessageChannel.EMAIL))).touches,
			}


def customer_columns() -> list[Row]:
	"""Return the columns of a list of customers."""
	return [
		column("customer", _("Customer"), "Link", 200, options="Customer"),
		column("customer_name", _("Customer Name"), "Data", 200),
		column("level", _("Star Level"), "Data", 130),
		column("touches", _("Touches")),
		column("people", _("Calls and Visits"), width=130),
		column("counted", _("Counted for the Cap"), width=150),
		column("cap", _("Cap"), width=80),
	]


def touch_rows(filters: frappe._dict, span: tuple[date, date], by: str) -> Iterator[Row]:
	"""Yield the touches that a figure counted."""
	for found in read_pressing_touches(open_store(), seen(STATE, "customer"), *span):
		key = found.level if by == BY_LEVEL else found.class_ or PEOPLE
		if key == filters.row and is_counted(found, filters.figure):
			yield {
				"touch": found.name,
				"customer": found.customer,
				"customer_name": inert(found.customer_name),
				"level": _(found.level),
				"day": found.day,
				"class": _(found.class_, context="Customer Touch") if found.class_ else "",
				"channel": _(found.channel, context="Customer Touch"),
				"decision": _("Calls and Visits") if found.kind is TouchKind.PEOPLE else _(found.kind.value),
				"reason": inert("; ".join(why(found.reasons))),
			}


def is_counted(found: PressingTouch, figure: str) -> bool:
	"""Tell whether a figure counts a touch."""
	return found.was_held if figure == HELD else found.kind in KINDS[figure]


def touch_columns() -> list[Row]:
	"""Return the columns of a list of touches."""
	return [
		column("touch", _("Touch"), "Link", 130, options="Customer Touch"),
		column("customer", _("Customer"), "Link", 180, options="Customer"),
		column("customer_name", _("Customer Name"), "Data", 180),
		column("level", _("Star Level"), "Data", 110),
		column("day", _("Date"), "Date"),
		column("class", _("Class", context="Customer Touch"), "Data", 130),
		column("channel", _("Channel"), "Data", 100),
		column("decision", _("Decision", context="Customer Touch"), "Data", 130),
		column("reason", _("Reason"), "Data", 300),
	]

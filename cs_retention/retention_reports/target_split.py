"""A target is split: a longer period into shorter ones, a territory or company among people, by what was counted a year before."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, fmt_money, formatdate

from cs_retention.callbacks.working_days import today
from cs_retention.cs_retention.inputs import read_mapping, read_number
from cs_retention.cs_retention.people import full_names
from cs_retention.cs_retention.retention_night import load_rules
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.target_periods import SPLITS
from cs_retention.engine.targets import split
from cs_retention.engine.vocabulary import Kpi, TargetHolder, TargetMeasure, TargetPeriod
from cs_retention.nightly.targets import Holder, by_part, by_person, read_counted
from cs_retention.retention_reports.targets import TARGET

PEOPLE = TargetHolder.PERSON.value
CARRIED = ("kpi", "measure", "company")


class Part(NamedTuple):
	"""One part of a split: its key in the dialog, what it is called, and the fields that tell it from the whole."""

	key: str
	label: str
	fields: Mapping[str, Any]


@frappe.whitelist(methods=["GET"])
def propose(name: str, into: str) -> list[dict[str, Any]]:
	"""Return the parts that a target can be split into, each with what was counted a year before and its value."""
	target = frappe.get_doc(TARGET, name)
	target.check_permission("write")
	parts, past = parts_of(target, into)
	values = values_of(target, parts, past)
	return [
		{
			"key": part.key,
			"label": part.label,
			"past": float(past[part.key]),
			"value": float(values[part.key]),
		}
		for part in parts
	]


@frappe.whitelist(methods=["POST"])
def split_target(name: str, into: str, values: str) -> int:
	"""Write the parts with these values by key, changing what was split before, and return how many there are."""
	target = frappe.get_doc(TARGET, name)
	target.check_permission("write")
	parts, _past = parts_of(target, into)
	values_given = read_mapping(values, _("Values"))
	given = {key: Decimal(str(read_number(value, key))) for key, value in values_given.items()}
	validate_values(target, parts, given)
	for part in parts:
		write_part(target, part, float(given[part.key]))
	return len(parts)


def parts_of(target: Document, into: str) -> tuple[list[Part], dict[str, Decimal]]:
	"""Return the parts and what was counted of each a year before; refuse a split that cannot be made."""
	span = target.get_span()
	holder = Holder(target.company, target.in_territory or "", target.person or "")
	was = span.year_before
	if into == PEOPLE and not target.person:
		counted, people = read_counted(open_store(), load_rules(), Kpi(target.kpi), was, today(), holder)
		named = sorted(people.managers(holder))
		called = full_names({*named})
		parts = [Part(person, called.get(person, person), {"person": person}) for person in named]
		past = by_person(counted, named)
	elif into in {kind.value for kind in SPLITS[span.kind]}:
		kind = TargetPeriod(into)
		spans = span.parts(kind)
		counted, _people = read_counted(open_store(), load_rules(), Kpi(target.kpi), was, today(), holder)
		past = {each.start.isoformat(): count for each, count in by_part(counted, spans).items()}
		parts = [
			Part(
				each.start.isoformat(),
				f"{formatdate(each.start)} – {formatdate(each.end)}",
				{"period": into, "from_date": each.start},
			)
			for each in spans
		]
	else:
		frappe.throw(
			_("A target of one {0} cannot be split into {1}.").format(
				frappe.bold(_(target.period, context=TARGET)),
				frappe.bold(escape_html(_(into, context=TARGET))),
			),
			title=_("Split Not Possible"),
		)
	if not parts:
		frappe.throw(
			_("No customer there has an account manager. Name account managers first."),
			title=_("Split Not Possible"),
		)
	return parts, past


def values_of(target: Document, parts: list[Part], past: Mapping[str, Decimal]) -> dict[str, Decimal]:
	"""Return the value of every part: whole numbers that add up to the target's, or the figure itself for each."""
	value = Decimal(str(target.value))
	if target.measure == TargetMeasure.FIGURE.value:
		return {part.key: value for part in parts}
	return split(value, {part.key: past[part.key] for part in parts})


def validate_values(target: Document, parts: list[Part], given: Mapping[str, Decimal]) -> None:
	"""Refuse values of other parts, negative ones, and numbers that do not add up to the target."""
	if set(given) != {part.key for part in parts}:
		frappe.throw(
			_("The parts have changed meanwhile. Open the dialog again."), title=_("Split Not Possible")
		)
	wrong = next((part for part in parts if given[part.key] < 0), None)
	if wrong:
		frappe.throw(
			_("Target of {0} is negative. Give 0 or more.").format(frappe.bold(wrong.label)),
			title=_("Split Not Possible"),
		)
	if target.measure == TargetMeasure.FIGURE.value:
		return
	total = sum(given.values())
	if total != Decimal(str(target.value)):
		frappe.throw(
			_("The parts add up to {0}, the target is {1}. Change the parts by {2}.").format(
				*(
					frappe.bold(fmt_money(number, precision=0))
					for number in (total, target.value, Decimal(str(target.value)) - total)
				)
			),
			title=_("Split Not Possible"),
		)


def write_part(target: Document, part: Part, value: float) -> None:
	"""Write the target of one part, or change the one that is there."""
	told = {
		**{field: target.get(field) for field in CARRIED},
		"period": target.period,
		"from_date": target.from_date,
		"in_territory": target.in_territory,
		"person": target.person,
		**part.fields,
	}
	# A person's target is one of all territories: it is found by whom it is for.
	if "person" in part.fields:
		told["in_territory"] = None
	named = {field: told[field] or ("is", "not set") for field in told if field != "measure"}
	found = frappe.db.get_value(TARGET, named)
	document = frappe.get_doc(TARGET, found) if found else frappe.new_doc(TARGET)
	document.update({**told, "value": value, "split_from": target.name})
	document.save()

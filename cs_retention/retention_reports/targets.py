"""Values, targets, what is achieved and who ranks where: the one place that reports, bulletin and workspace ask."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import frappe

from cs_retention.callbacks.working_days import today
from cs_retention.cs_retention.contact_policies import contact_policy_in_force
from cs_retention.cs_retention.people import full_names
from cs_retention.cs_retention.permissions import sees_all
from cs_retention.cs_retention.retention_night import load_rules
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.kpis import KeyFigure, Quotient
from cs_retention.engine.target_periods import TargetSpan
from cs_retention.engine.targets import TargetStanding, measured, standings
from cs_retention.engine.vocabulary import Kpi, TargetHolder, TargetMeasure
from cs_retention.facts.keys import fold
from cs_retention.facts.people import read_customers
from cs_retention.facts.selection import Selection
from cs_retention.nightly.quarter_evidence import EVERYBODY
from cs_retention.nightly.targets import read_figures, read_opened

TARGET = "Retention Target"
HOLDER_FIELDS = {
	TargetHolder.PERSON: "person",
	TargetHolder.TERRITORY: "in_territory",
	TargetHolder.COMPANY: "company",
}
"""The field that names whom a target is for."""


class Line(NamedTuple):
	"""Where one holder stands in a key figure; `figure` is None where there is a target and nothing was counted."""

	kpi: Kpi
	measure: TargetMeasure
	standing: TargetStanding[str]
	figure: KeyFigure | None


def read_lines(span: TargetSpan, company: str, by: TargetHolder, as_of: date | None = None) -> list[Line]:
	"""Return how every holder stands in every key figure of a period, ranked among all holders."""
	as_of = as_of or today()
	figures = (
		read_figures(open_store(), load_rules(), span, as_of, company, by, contact_policy_in_force())
		if as_of >= span.start
		else {}
	)
	targets = read_targets(span, company, by)
	return [
		line
		for kpi in Kpi
		if kpi in figures or kpi in targets
		for line in lines_of(kpi, figures.get(kpi, {}), targets.get(kpi, {}))
	]


def read_rows(
	span: TargetSpan, company: str, by: TargetHolder, kpi: Kpi, holder: str, seen: Selection
) -> list[tuple[Mapping[str, Any], Quotient]]:
	"""Return the rows that a holder's key figure opens, of those customers that are seen, each with what it adds."""
	store, as_of = open_store(), today()
	if as_of < span.start:
		return []
	opened = read_opened(
		store, load_rules(), span, as_of, company, by, kpi, holder, contact_policy_in_force()
	)
	if seen == EVERYBODY:
		return list(opened)
	customers = read_customers(store, seen)
	return [(shown, part) for shown, part in opened if fold(str(shown["customer"])) in customers]


def lines_of(kpi: Kpi, figures: Mapping[str, KeyFigure], targets: Mapping[str, Any]) -> list[Line]:
	"""Return the holders of one key figure in the order of rank."""
	measures = {key: TargetMeasure(row.measure) for key, row in targets.items()}
	usual = TargetMeasure.NUMBER if set(measures.values()) == {TargetMeasure.NUMBER} else TargetMeasure.FIGURE
	values = {key: measured(figure, measures.get(key, usual)) for key, figure in figures.items()}
	wanted = {key: Decimal(str(row.value)) for key, row in targets.items()}
	return [
		Line(kpi, measures.get(found.key, usual), found, figures.get(found.key))
		for found in standings(kpi, values, wanted)
		if found.target is not None or found.value is not None
	]


def read_targets(span: TargetSpan, company: str, by: TargetHolder) -> dict[Kpi, dict[str, Any]]:
	"""Return the targets of a period by key figure and holder; a person's whole target, not that in one territory."""
	key = HOLDER_FIELDS[by]
	rows = frappe.get_all(
		TARGET,
		{
			"period": span.kind.value,
			"from_date": span.start,
			"company": company,
			**{
				field: ("is", "set" if field == key else "not set")
				for field in HOLDER_FIELDS.values()
				if field != "company"
			},
		},
		["kpi", "measure", "value", key],
	)
	found: dict[Kpi, dict[str, Any]] = defaultdict(dict)
	for row in rows:
		found[Kpi(row.kpi)][row[key]] = row
	return found


def names_of(lines: Iterable[Line], by: TargetHolder) -> Mapping[str, str]:
	"""Return what holders are called; a person by the full name."""
	keys = {line.standing.key for line in lines}
	return {key: key for key in keys} | (full_names(keys) if by is TargetHolder.PERSON else {})


def seen_by_reader(lines: list[Line], by: TargetHolder) -> list[Line]:
	"""Return what the session's user may see of them: everything, or the own lines of a person."""
	if sees_all(None):
		return lines
	if by is not TargetHolder.PERSON:
		return []
	return [line for line in lines if line.standing.key == frappe.session.user]


def target_condition(user: str | None = None, doctype: str = "") -> str:
	"""Return the condition on targets: those of a person are that person's and of those who see all."""
	if sees_all(user):
		return ""
	person = frappe.db.escape(user or frappe.session.user, percent=False)
	return f"COALESCE(`tab{TARGET}`.person, '') IN ('', {person})"


def has_target_permission(doc: Any, ptype: str | None = None, user: str | None = None) -> bool:
	"""Whether somebody sees a target: the own one, one of a territory or company, or any for those who see all."""
	return sees_all(user) or doc.get("person") in (None, "", user or frappe.session.user)

"""What is tried with bad input on a site: every field, argument and filter, and what an answer to it must be."""

from __future__ import annotations

import ast
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from app_files import doctypes
from bad_inputs import for_field, number_of
from call_graph import Function
from private_bench import PrivateBench
from werkzeug.test import TestResponse
from wire import messages

ALL = "BAD_INPUTS"
"""Set to `all` in the environment, every value is tried everywhere; else each place is given its share of them."""

LAYOUT = ("Section Break", "Column Break", "Tab Break", "HTML", "Button")
OF_FRAPPE = ("name", "owner", "creation", "modified", "modified_by", "docstatus", "idx")
LIVE = re.compile("<script>alert|<img src=x onerror|<svg/onload")
"""Markup of the inputs that a page would run."""

NOT_FOUND = re.compile(r"not found$")
"""What Frappe says of a record that there is not: its own words around the name that was asked for, as given."""

Field = tuple[str, str, str | None]


class Tally:
	"""How often each input was refused or taken, by where it was tried."""

	def __init__(self) -> None:
		self.counts: Counter[tuple[int, str, str]] = Counter()

	def note(self, where: str, value: object, answer: TestResponse) -> None:
		"""Hold an answer to what is promised, and count it."""
		text = answer.get_data().decode(errors="replace")
		shown = f"{where}, {value!r:.80}: {answer.status_code} {text[:600]}"
		assert answer.status_code < 500, shown
		if answer.status_code < 400:
			assert not LIVE.search(text), shown
		else:
			assert_refused(answer, shown)
		outcome = "taken" if answer.status_code < 400 else "refused"
		self.counts[number_of(value), where.partition(" ")[0], outcome] += 1

	def lines(self) -> Iterator[str]:
		"""Yield the table, a line per input: refused and taken by where it was tried."""
		places = sorted({where for _number, where, _outcome in self.counts})
		yield f"| input | {' | '.join(f'{where} refused | taken' for where in places)} |"
		for number in sorted({number for number, *_others in self.counts}):
			cells = (self.counts[number, where, said] for where in places for said in ("refused", "taken"))
			yield f"| {number or 'other shapes'} | {' | '.join(map(str, cells))} |"


def assert_refused(answer: TestResponse, shown: str) -> None:
	"""A refusal says why, in words that no page runs, and nothing was to be stored.

	Of a value of another type than an argument's Frappe itself says in its answer no more than that it is refused.
	"""
	if answer.mimetype != "application/json":
		assert not LIVE.search(answer.get_data(as_text=True)), shown
		return
	said = messages(answer)
	assert answer.commits == 0, shown
	assert "Traceback" not in answer.get_data(as_text=True), shown
	assert said or answer.json["exc_type"] in ("FrappeTypeError", "PermissionError"), shown
	assert not any(LIVE.search(each) for each in said if not NOT_FOUND.search(each)), shown


def share(values: Sequence[object], place: int, one_of: int) -> list[object]:
	"""Return what a place is given of the values: one of so many, another share at the next place."""
	return list(values) if os.environ.get(ALL) == "all" else list(values[place % one_of :: one_of])


def fields_of(doctype: str) -> list[Field]:
	"""Return name and type of every field of a form, and the table of those that stand in a row."""
	own = [field for field in doctypes()[doctype]["fields"] if field["fieldtype"] not in LAYOUT]
	of_rows = [
		(field["fieldname"], field["fieldtype"], table["fieldname"])
		for table in own
		if table["fieldtype"] == "Table"
		for field in doctypes()[table["options"]]["fields"]
		if field["fieldtype"] not in LAYOUT
	]
	return [*((field["fieldname"], field["fieldtype"], None) for field in own), *of_rows]


def changes(
	stored: Mapping[str, Any], doctype: str, one_of: int
) -> Iterator[tuple[str, object, dict[str, Any]]]:
	"""Yield field, bad value, and the change that puts it there; a row is changed beside what stands in it."""
	for place, (name, fieldtype, table) in enumerate(fields_of(doctype)):
		for value in share(for_field(fieldtype), place, one_of):
			if not table:
				yield name, value, {name: value}
			else:
				row = next(iter(stored.get(table) or [{}]))
				yield f"{table}.{name}", value, {table: [{**row, name: value}]}


def copied(stored: Mapping[str, Any]) -> dict[str, Any]:
	"""Return what a new record like a stored one is made of."""
	return {name: value for name, value in stored.items() if name not in OF_FRAPPE}


def usual_arguments(bench: PrivateBench, site: str) -> dict[str, Any]:
	"""Return an argument of every name that no rule refuses by itself, so far as there is one."""

	def first(doctype: str, field: str = "name") -> str:
		return bench.sql(site, f"SELECT {field} FROM `tab{doctype}` ORDER BY creation LIMIT 1")[0][0]

	campaign = {"title": "Autumn", "from_date": "2099-01-01", "to_date": "2099-01-31", "is_for_loyal": 1}
	reasons = [{"reason": "Too Expensive", "words": "pays less elsewhere"}]
	return {
		**{"customer": "East shop", "customers": '["East shop"]', "company": first("Company")},
		**{"person": "west@branch.example", "reason": "is abroad until then", "note": "tried at noon"},
		**{"callback": first("Customer Callback"), "callbacks": json.dumps([first("Customer Callback")])},
		**{"due_date": "2026-12-14", "next_date": "2026-12-14", "next_time": "10:00", "day": "2026-12-14"},
		**{"outcome": "Reached", "summary": "talked about the new tariff", "spoken_to": "Ms Lin"},
		**{"start": "2026-11-01", "end": "2026-11-30", "no_next_reason": "moves away"},
		**{"doctype": "Churn Signal", "name": first("Churn Signal"), "until": "2099-12-31"},
		**{"signals": json.dumps([first("Churn Signal")]), "closed_as": "False Alarm"},
		**{"messages": json.dumps([first("Message Outbox")]), "touch": first("Customer Touch")},
		**{"warnings": json.dumps([first("External Warning")]), "case": first("Retention Case")},
		**{"exit_type": "Cancellation", "asked_on": "2026-11-02", "reasons": json.dumps(reasons)},
		**{"offer": first("Retention Offer"), "recommendation": first("Retention Recommendation")},
		**{"answer": "Accepted", "kept_by": "a new tariff", "lost_words": "moves away", "is_reached": 1},
		**{"template": first("Message Template"), "message_class": "Care", "channel": "Email"},
		**{"subject": "A word", "text": "Dear customer", "token": "once", "words": "talked of leaving"},
		**{"section": "today", "after_date": "2026-11-01", "after_name": "a", "group": "Down"},
		**{"campaign": json.dumps(campaign), "tiers": '["Standard"]', "into": "Month", "values": "{}"},
		**{"month": "2026-10-01", "year": 2026, "quarter": "Q3", "merchant": first("Alliance Merchant")},
		**{"code": first("Alliance Voucher", "code"), "amount": 1, "action": "Admit", "satisfaction": 5},
		**{"send_digests": 1, "send_weekly_digest": 1, "digest_hour": 8, "nudge_minutes": 30},
		**{"escalation_days": 2},
	}


NAMED = {
	"callbacks.contact_trial": "Contact Policy",
	"retention_reports.target_split": "Retention Target",
}
"""DocTypes that `name` is of, in requests that lie beside no DocType."""


def doctype_of(request: str) -> str | None:
	"""Return the DocType that `name` of a request is of."""
	if found := re.search(r"doctype\.(\w+)\.", request):
		return next(name for name in doctypes() if name.lower().replace(" ", "_") == found[1])
	return next((doctype for path, doctype in NAMED.items() if request.startswith(path)), None)


def parameters(function: Function) -> dict[str, str]:
	"""Return annotations by the names of what a request takes."""
	taken = [each for each in function.node.args.args if each.arg != "self"]
	return {each.arg: ast.unparse(each.annotation) if each.annotation else "" for each in taken}


def sender(
	call: Callable[..., TestResponse], full_name: str, verb: str, record: str | None
) -> Callable[..., TestResponse]:
	"""Return what sends a request: by its method, or as the action of a record whose class it belongs to."""
	path = f"method/{full_name}"
	cls, action = full_name.split(".")[-2:]

	def send(arguments: Mapping[str, Any]) -> TestResponse:
		if cls[0].isupper():
			return call("POST", record, json={"run_method": action, **arguments})
		if verb == "POST":
			return call("POST", path, json=dict(arguments))
		texts = {
			name: value if isinstance(value, str) else json.dumps(value) for name, value in arguments.items()
		}
		return call("GET", path, query_string={name: text[:5000] for name, text in texts.items()})

	return send

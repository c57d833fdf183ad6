"""What a request may do: it asks for a right first, changes by POST alone, lists only what its reader may see.

Whatever departs from that is named here, one by one, with the reason.
"""

from __future__ import annotations

import ast
import re

import pytest
from app_files import python_files
from call_graph import Function, calls, dotted, functions, reachable, statements

PACKAGE = "cs_retention."

OTHER_CHECKS = {
	"callbacks.desk_team.validate_manager": "the team view is for a role; its figures belong to no document",
	"cs_retention.doors.shows": "whoever does not see a row gets back the name that was sent, not a refusal",
	"callbacks.unsubscribing.is_signed": "a page for guests: the signed link is the right to answer a message",
}
"""Functions that refuse a request in another way than by the right to a document."""

DOORS = "cs_retention.doors."
"""Requests of Frappe that we answer for it: by its methods, and of others' DocTypes as it does."""

GUESTS = {
	"callbacks.unsubscribing.ask": "whoever got a message may ask for no more without a login",
	"callbacks.unsubscribing.unsubscribe": "the click of the same page; signed, POST, the same answer always",
}

IGNORES_PERMISSIONS = {
	"callbacks.unsubscribing.withdraw": "the signed link is the right to answer; a guest has no other",
	"star_levels.review_jobs.finish": "the job writes for the user whose right was checked at its start",
}

LISTS_WITHOUT_RIGHTS = {
	"callbacks.automatic_touches.failed_keys": "which of the touches shown failed; keys of what the reader sees",
	"callbacks.cover.absent_people": "names of colleagues, to compare with who is away",
	"callbacks.cover.open_promises": "rows of callbacks that were just listed with the reader's rights",
	"callbacks.doctype.book_handover.book_handover.hand_back": "the log of a hand-over checked above",
	"callbacks.handover.rows_back": "the log of a hand-over that its maker may read",
	"callbacks.reminder_people.read_readers": "a job or a manager's trial asks, for everybody",
	"churn_retention.charts.open_cases_by_exit_type": "names of the exit types, rules of the house",
	"churn_retention.report.churn_and_save.churn_and_save.closed_cases": "rows of the cases just listed",
	"churn_retention.report.retention_offers.retention_offers.made_offers": "kept where the case is listed after",
	"churn_retention.signal_calls.link": "callbacks of customers whose signals the user was found to change",
	"churn_retention.signal_evidence.readable": "tells what is gone from what is hidden; the latter is left out",
	"cs_retention.bells.languages_of": "who can log in, and their language; nothing is returned to a request",
	"cs_retention.bells.listened_to": "who has switched the bell off; nothing is returned to a request",
	"cs_retention.bells.ring": "which alerts are written already; nothing is returned but a number",
	"cs_retention.night_progress.left_out": "rows of a run checked above",
	"cs_retention.night_progress.lost_chunks": "rows of a run checked above",
	"cs_retention.people.full_names": "what colleagues are called",
	"cs_retention.outbox.waiting_mails": "which mails of messages checked before still wait in Frappe's queue",
	"merchant_alliance.benefits.open_vouchers": "title and end of the campaigns of vouchers just listed",
	"merchant_alliance.campaign_trials.notice_lost": "the campaign that was just opened; it is told that its job is lost",
	"merchant_alliance.campaigns.below": "the branches of a tree of the house, to compare with",
	"merchant_alliance.campaigns.standings": "merchants by name, to refuse those who may not take part",
	"merchant_alliance.exchanges.last_contacts": "the day alone: an alliance manager answers for merchants",
	"merchant_alliance.quarter_reviews.read_merchants": "a job over the quarter, started by who may create reviews",
	"merchant_alliance.quarter_reviews.read_parts": "a job over the quarter, started by who may create reviews",
	"merchant_alliance.report.alliance_standing.alliance_standing.contract_ends": "the day of contracts on rows listed",
	"merchant_alliance.retention_alliance.close": "touches of the campaign that is closed; nothing is returned",
	"merchant_alliance.sanctions.in_force": "that a merchant is kept out is known to whoever may read it",
	"merchant_alliance.tiers.read_tiers": "figures of the tiers, rules of the house",
	"retention_reports.charts.read_values": "figures of the reports just listed",
	"retention_reports.report_actions.follow": "rows of the earlier report of the same company and readers",
	"retention_reports.stored_figures.compared": "figures of a frozen report with the same readers",
	"retention_reports.targets.read_targets": "a job or report of a company that its reader was found to read",
	"star_levels.policies.load_policy": "the cadence of the levels, rules of the house",
	"star_levels.standing.approvers": "names of colleagues who may approve",
}
"""Functions that a request reaches and that list rows without the rights of its reader."""

OWN_SQL = {
	"cs_retention.permissions.answers_for": "the text behind the lists, a constant; its values are parameters",
	"setup.indexes.drop_index": "ALTER TABLE, which the query builder has not; names are constants",
	"setup.uninstall.drop_columns": "ALTER TABLE, which the query builder has not; names are our fixture's",
}

UNGUARDED_LISTS = {"frappe.get_all", "frappe.db.get_all", "frappe.db.get_list"}
SQL = re.compile(r"frappe(?:\.local)?\.db\.(?:sql|sql_list|sql_ddl|multisql)")


def whitelist_of(function: Function) -> ast.expr | None:
	"""Return the decorator that opens a function to requests."""
	return next(
		(each for each in function.node.decorator_list if "frappe.whitelist" in ast.unparse(each)), None
	)


WHITELISTED = {name: function for name, function in functions().items() if whitelist_of(function)}
REPORTS = [name for name in functions() if ".report." in name and name.endswith(".execute")]


def arguments(decorator: ast.expr | None) -> dict[str | None, ast.expr]:
	return {each.arg: each.value for each in decorator.keywords} if isinstance(decorator, ast.Call) else {}


def short(name: str) -> str:
	return name.removeprefix(PACKAGE)


def is_check(call: ast.Call) -> bool:
	"""Tell whether a call refuses whoever has not the right."""
	called = ast.unparse(call.func)
	throws = any(each.arg == "throw" and ast.unparse(each.value) == "True" for each in call.keywords)
	return called.endswith(".check_permission") or (called.endswith("has_permission") and throws)


def checks(statement: ast.stmt, function: Function, seen: frozenset[str] = frozenset()) -> bool:
	"""Tell whether a statement asks for a right, or calls what does so itself whatever happens."""
	for call in calls(statement):
		name = dotted(call.func, function)
		if is_check(call) or short(name) in OTHER_CHECKS:
			return True
		if name in functions() and name not in seen:
			called = functions()[name]
			plain = [
				each for each in statements(called) if not isinstance(each, ast.If | ast.For | ast.While)
			]
			if any(checks(each, called, seen | {name}) for each in plain):
				return True
	return False


def first_of(function: Function) -> list[ast.stmt]:
	"""Return the first statement, with the next where the first only gets the document that the next checks."""
	first, *others = statements(function)
	gets = isinstance(first, ast.Assign) and re.match(
		r"frappe\.get_(cached_)?doc\(", ast.unparse(first.value)
	)
	return [first, *others[:1]] if gets else [first]


def test_requests_were_found() -> None:
	assert len(WHITELISTED) > 100
	assert len(REPORTS) > 8
	assert len(reachable([*WHITELISTED, *REPORTS])) > len(WHITELISTED) * 5


@pytest.mark.parametrize("name", WHITELISTED, ids=short)
def test_a_request_asks_for_a_right_first(name: str) -> None:
	assert any(checks(each, WHITELISTED[name]) for each in first_of(WHITELISTED[name]))


@pytest.mark.parametrize("name", WHITELISTED, ids=short)
def test_a_request_names_its_one_method_and_no_guest_makes_it(name: str) -> None:
	given = arguments(whitelist_of(WHITELISTED[name]))
	methods = ast.literal_eval(given["methods"])
	assert methods in ((["GET", "POST"],) if short(name).startswith(DOORS) else (["GET"], ["POST"]))
	assert ("allow_guest" in given) is (short(name) in GUESTS)
	assert "xss_safe" not in given


def test_no_request_takes_rights_or_flags_as_an_argument() -> None:
	taken = {"ignore_permissions", "flags", "owner", "docstatus"}
	named = {
		(short(name), each.arg)
		for name, function in WHITELISTED.items()
		for each in (*function.node.args.args, *function.node.args.kwonlyargs)
	}
	assert {(name, each) for name, each in named if each in taken} == set()
	assert not any(function.node.args.kwarg for function in WHITELISTED.values())


def test_permissions_are_ignored_where_it_is_said_why() -> None:
	found = {short(name) for name, function in functions().items() if ignores_permissions(function.node)}
	assert found == set(IGNORES_PERMISSIONS)
	texts = [file for file in python_files() if "ignore_permissions" in file.read_text(encoding="utf-8")]
	assert len(texts) == len(IGNORES_PERMISSIONS)


def ignores_permissions(node: ast.AST) -> bool:
	return any(
		(isinstance(each, ast.keyword) and each.arg == "ignore_permissions")
		or (isinstance(each, ast.Attribute) and each.attr == "ignore_permissions")
		for each in ast.walk(node)
	)


def test_a_request_lists_without_rights_where_it_is_said_why() -> None:
	listing = {
		name
		for name in reachable([*WHITELISTED, *REPORTS])
		if any(ast.unparse(call.func) in UNGUARDED_LISTS for call in calls(functions()[name].node))
	}
	assert {short(name) for name in listing} == set(LISTS_WITHOUT_RIGHTS)


def test_sql_is_sent_as_text_where_it_is_said_why() -> None:
	sending = {
		short(name)
		for name, function in functions().items()
		if any(SQL.fullmatch(ast.unparse(call.func)) for call in calls(function.node))
	}
	assert sending == set(OWN_SQL)


SQL_WORD = re.compile(r"\s*(?:SELECT|UPDATE|DELETE|INSERT|WITH|ALTER|CREATE|DROP|KILL)\b")
ROOMS_OF_SQL = ("store", "facts", "nightly", "preview")
"""The rooms that write statements and see no request; names in them are ours, values are parameters or literals."""

SQL_PUT_TOGETHER = {
	"cs_retention.permissions.answers_for": "around a constant",
	"cs_retention.references.seen_rows": "of names of our DocTypes and their own conditions",
	"setup.indexes.drop_index": "names are constants",
	"setup.uninstall.drop_columns": "names are our fixture's",
	"star_levels.migration.read_cells": "of constants and Frappe's own match conditions",
	"star_levels.migration.read_customers_of": "of constants and Frappe's own match conditions",
	"star_levels.review_steps.read_figures": "of constants",
}
"""Functions of other rooms that put a statement together, and of what; none of it comes with a request."""


def test_sql_is_put_together_where_it_is_said_of_what() -> None:
	found = {
		short(name)
		for name, function in functions().items()
		if short(name).partition(".")[0] not in ROOMS_OF_SQL
		if any(is_statement(each) for each in ast.walk(function.node))
	}
	assert found == set(SQL_PUT_TOGETHER)


def is_statement(node: ast.AST) -> bool:
	"""Tell whether a text with something filled in is a statement."""
	if not isinstance(node, ast.JoinedStr):
		return False
	first = node.values[0]
	return isinstance(first, ast.Constant) and bool(SQL_WORD.match(str(first.value)))

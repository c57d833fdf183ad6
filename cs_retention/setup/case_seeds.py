"""What every site begins with for retention cases: reasons, exit types, the Workflow of the engine's table, the board.

No frappe here: the contract tier compares the Workflow with the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cs_retention.engine.retention_case import TRANSITIONS, CaseAction, CaseStatus
from cs_retention.engine.retention_exit import DEFAULT_EXIT_RULES

CASE = "Retention Case"
BOARD = "Retention Cases"
ROOT = "All Churn Reasons"
REASONS = {
	"Price": ("Too Expensive", "Better Offer Elsewhere", "Bill Not Understood"),
	"Quality": ("Coverage", "Speed or Outages", "Product Does Not Fit"),
	"Service": ("Complaint Not Solved", "Not Looked After", "Promise Not Kept"),
	"Change at the Customer": ("Moves Away", "Closes Business", "No Longer Needed"),
	"Competitor Called": (),
	"Not Told": (),
}
"""Reasons for leaving, a group each with what stands below it; a group without any is a reason itself."""
STYLES = {
	CaseStatus.OPEN: "Danger",
	CaseStatus.IN_CONTACT: "Primary",
	CaseStatus.OFFER_PENDING: "Warning",
	CaseStatus.SAVED: "Success",
	CaseStatus.LOST: "Inverse",
	CaseStatus.RELEASED: "Info",
}
INDICATORS = {
	CaseStatus.OPEN: "Red",
	CaseStatus.IN_CONTACT: "Blue",
	CaseStatus.OFFER_PENDING: "Orange",
	CaseStatus.SAVED: "Green",
	CaseStatus.LOST: "Gray",
	CaseStatus.RELEASED: "Purple",
}


def case_seeds() -> Iterator[dict[str, Any]]:
	"""Yield every seed of cases, what others name first."""
	yield from reasons()
	yield from exit_rules()
	yield from words_of_workflow()
	yield workflow()
	yield board()


def reasons() -> Iterator[dict[str, Any]]:
	"""Yield the tree of reasons, each after the one above it."""
	yield reason(ROOT, None, True)
	for group, below in REASONS.items():
		yield reason(group, ROOT, bool(below))
		yield from (reason(each, group, False) for each in below)


def reason(name: str, parent: str | None, is_group: bool) -> dict[str, Any]:
	"""Return one reason."""
	return {
		"doctype": "Churn Reason",
		"name": name,
		"reason": name,
		"parent_churn_reason": parent,
		"is_group": int(is_group),
	}


def exit_rules() -> Iterator[dict[str, Any]]:
	"""Yield the exit types of the engine."""
	for rule in DEFAULT_EXIT_RULES:
		yield {
			"doctype": "Retention Exit Rule",
			"name": rule.exit_type,
			"exit_type": rule.exit_type,
			"allows_offers": int(rule.allows_offers),
			"has_clock": int(rule.clock_days is not None),
			"clock_days": rule.clock_days or 0,
		}


def words_of_workflow() -> Iterator[dict[str, Any]]:
	"""Yield the states and actions, which Frappe keeps as records of their own."""
	for status in CaseStatus:
		yield {
			"doctype": "Workflow State",
			"name": status.value,
			"workflow_state_name": status.value,
			"style": STYLES[status],
		}
	for action in CaseAction:
		yield {
			"doctype": "Workflow Action Master",
			"name": action.value,
			"workflow_action_name": action.value,
		}


def workflow() -> dict[str, Any]:
	"""Return the Workflow: the engine's table, one row per role."""
	return {
		"doctype": "Workflow",
		"name": CASE,
		"workflow_name": CASE,
		"document_type": CASE,
		"workflow_state_field": "status",
		"is_active": 1,
		"send_email_alert": 0,
		"states": [
			{"state": status.value, "doc_status": "0", "allow_edit": "All", "update_field": ""}
			for status in CaseStatus
		],
		"transitions": [
			{
				"state": before.value,
				"action": action.value,
				"next_state": after.value,
				"allowed": worker.value,
				"allow_self_approval": 1,
			}
			for (before, action), (after, workers) in TRANSITIONS.items()
			for worker in workers
		],
	}


def board() -> dict[str, Any]:
	"""Return the Kanban board by status."""
	return {
		"doctype": "Kanban Board",
		"name": BOARD,
		"kanban_board_name": BOARD,
		"reference_doctype": CASE,
		"field_name": "status",
		"fields": '["exit_type", "account_manager", "status_since", "next_action_on"]',
		"columns": [
			{"column_name": status.value, "status": "Active", "indicator": INDICATORS[status]}
			for status in CaseStatus
		],
	}

"""Who moves in a Star Review: groups of its ratings, counted and listed page by page as far as somebody sees them."""

from typing import Any

import frappe
from frappe import _
from frappe.query_builder import Column
from frappe.utils import escape_html

from cs_retention.engine.star_review import Move
from cs_retention.nightly.reviews import STAR_RATING

PAGE = 20
FIELDS = (
	"customer",
	"customer.customer_name as customer_name",
	"previous_level",
	"level",
	"own_level",
	"head_office_level",
	"override",
	"override.until as override_until",
	"score",
	"next_level",
	"next_level_gap",
	"status",
)
MOVES = {
	"up": Move.UP,
	"down": Move.DOWN,
	"first_rated": Move.FIRST,
	"same": Move.SAME,
}
"""Groups that are one kind of move, named as the review's figures."""


def filters_of(review: Any, group: str) -> list[list[Any]]:
	"""Return the filters of a group; the names are those of the review's figures."""
	own = [["review", "=", review.name]]
	if group in MOVES:
		return [*own, ["move", "=", MOVES[group].value]]
	handed_down = ["head_office_level", "is", "set"]
	groups = {
		"near_next_level": [["next_level", "is", "set"], ["next_level_gap", "<=", review.near_points]],
		"overrides_kept": [["override", "is", "set"]],
		"imported": [handed_down],
		"imported_differ": [handed_down, ["head_office_level", "!=", Column("own_level")]],
	}
	if group not in groups:
		frappe.throw(
			_("A review has no group {0}.").format(frappe.bold(escape_html(group))), title=_("Unknown Group")
		)
	return [*own, *groups[group]]


def list_group(review: Any, group: str, start: int) -> dict[str, Any]:
	"""Return a page of a group's ratings and how many there are."""
	filters = filters_of(review, group)
	rows = frappe.get_list(
		STAR_RATING,
		filters=filters,
		fields=list(FIELDS),
		order_by="customer",
		limit_start=max(0, start),
		limit=PAGE,
	)
	((total,),) = frappe.get_list(
		STAR_RATING, filters=filters, fields=["count(name)"], order_by="", as_list=True
	)
	return {"rows": rows, "total": total, "start": max(0, start), "page": PAGE}

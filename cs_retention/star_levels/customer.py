"""What becomes of ratings, overrides and handed-down levels when customers are merged or deleted."""

import frappe
from frappe.model.document import Document
from frappe.utils import nowdate

from cs_retention.cs_retention.merging import delete_collisions, states_to_fold
from cs_retention.engine.vocabulary import RatingStatus
from cs_retention.store.keys import UNIQUE_KEYS


def fold_ratings(doc: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""Hand the loser's ratings to the winner as history, its handed-down levels, and end a second override."""
	states = states_to_fold(old, new, merge)
	if not states:
		return
	loser, winner = states
	for doctype in ("Star Rating", "Head Office Level"):
		for key in UNIQUE_KEYS[doctype].values():
			delete_collisions(doctype, loser, winner, key[1:])
	# Reverted: cancelling a review must not give the winner a level that the loser had before it.
	reverted = {"state": winner, "status": RatingStatus.REVERTED.value}
	frappe.db.set_value("Star Rating", {"state": loser}, reverted)
	frappe.db.set_value("Head Office Level", {"state": loser}, "state", winner)
	end_second_override(old, new)


def end_second_override(loser: str, winner: str) -> None:
	"""Cancel the loser's override in force where the winner has one."""
	in_force = {"docstatus": 1, "until": (">=", nowdate())}
	if frappe.db.exists("Star Override", {"customer": winner, **in_force}):
		frappe.db.set_value("Star Override", {"customer": loser, **in_force}, "docstatus", 2)


def delete_ratings(doc: Document, method: str | None = None) -> None:
	"""Delete what was computed or handed down for a customer; an override that was approved keeps the customer."""
	frappe.db.delete("Star Rating", {"customer": doc.name})
	frappe.db.delete("Head Office Level", {"customer": doc.name})
	frappe.db.delete("Star Override", {"customer": doc.name, "docstatus": 0})

"""When two customers become one: every room folds its own records from the loser into the winner."""

import frappe

from cs_retention.cs_retention.states import get_state


def states_to_fold(old: str, new: str, merge: bool) -> tuple[str, str] | None:
	"""Return the states of loser and winner of a merge; None where a rename alone carries everything over."""
	if not merge:
		return None
	loser, winner = get_state(old), get_state(new)
	return (loser, winner) if loser and winner and loser != winner else None


def delete_collisions(
	doctype: str, loser: str, winner: str, key: tuple[str, ...], whose: str = "state"
) -> None:
	"""Delete the loser's rows whose key, beside the field that says whose they are, the winner has too."""
	theirs, kept = frappe.qb.DocType(doctype).as_("theirs"), frappe.qb.DocType(doctype).as_("kept")
	query = frappe.qb.from_(theirs).join(kept).on(kept[whose] == winner).where(theirs[whose] == loser)
	for fieldname in key:
		query = query.where(theirs[fieldname] == kept[fieldname])
	if names := query.select(theirs.name).run(pluck=True):
		frappe.db.delete(doctype, {"name": ("in", names)})

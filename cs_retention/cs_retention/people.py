"""What colleagues are called."""

from collections.abc import Iterable

import frappe


def full_names(people: Iterable[str | None]) -> dict[str, str]:
	"""Return what people are called, in one query; names of colleagues are no secret here."""
	users = sorted({person for person in people if person})
	if not users:
		return {}
	return dict(frappe.get_all("User", {"name": ("in", users)}, ["name", "full_name"], as_list=True))

"""Who reads a screen: their language."""

import frappe


def language() -> str:
	"""Return the reader's language without its country, as our translations are named."""
	return (frappe.local.lang or "en").partition("-")[0]

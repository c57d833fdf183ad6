"""What a customer's file lacks: on the Customer form, and among what there is to talk about in the next call.

Completing a file is never a call of its own: it rides on the next one.
"""

from collections.abc import Iterator

import frappe

from cs_retention.cs_retention.reader import language
from cs_retention.cs_retention.settings import SETTINGS, file_policy
from cs_retention.cs_retention.states import STATE, open_store
from cs_retention.engine.completeness import Completeness, assess
from cs_retention.facts.completeness import FiledCustomer, read_files
from cs_retention.facts.selection import Selection
from cs_retention.render.translate import translate

PART = "Customer File Requirement"


def read_completeness(selection: Selection) -> Iterator[tuple[FiledCustomer, Completeness]]:
	"""Yield the selected customers of the book with what their files lack, in order of their names."""
	policy = file_policy(frappe.get_cached_doc(SETTINGS))
	for found in read_files(open_store(), selection):
		yield found, assess(found.file, policy)


def get_file_words(customer: str) -> str | None:
	"""Return how complete a customer's file is, and what it lacks; None where the reader sees no record of it."""
	state = frappe.db.get_value(STATE, {"customer": customer})
	if not state or not frappe.has_permission(STATE, "read", state):
		return None
	lang = language()
	for _found, completeness in read_completeness(Selection.of([customer])):
		return share_words(completeness, lang)
	return None


def share_words(completeness: Completeness, lang: str) -> str:
	"""Return share and gaps in words."""
	share = translate("{0} % of what is required is there", lang).format(completeness.share)
	return f"{share} · {missing_words(completeness, lang)}" if completeness.missing else share


def missing_words(completeness: Completeness, lang: str) -> str:
	"""Return what is missing in words."""
	parts = (translate(part.value, lang, PART) for part in completeness.missing)
	return translate("missing: {0}", lang).format(("、" if lang == "zh" else ", ").join(parts))

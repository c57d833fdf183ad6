"""What becomes of the snapshots of quarters when two customers are merged."""

from frappe.model.document import Document

from cs_retention.cs_retention.merging import delete_collisions
from cs_retention.store.keys import UNIQUE_KEYS

COHORT = "Quarterly Cohort Customer"


def fold_cohort(doc: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""Let the winner's rows of a snapshot stand where both customers have one; the others are renamed."""
	if merge:
		((quarter, _customer, company),) = UNIQUE_KEYS[COHORT].values()
		delete_collisions(COHORT, old, new, (quarter, company), whose="customer")

"""The two fields on Customer that mirror its state, so that lists can be filtered by them."""

from __future__ import annotations

from collections.abc import Sequence

from cs_retention.facts.selection import SELECTED, Selection
from cs_retention.store.base import Store

MIRRORS = {"retention_star_level": "star_level", "retention_health_band": "health_band"}
"""Field on Customer, and the field of the state that it mirrors."""

OTHER = " OR ".join(
	f"COALESCE(customer.{field}, '') <> COALESCE(state.{source}, '')" for field, source in MIRRORS.items()
)
STALE = f"""SELECT customer.name FROM `tabCustomer` customer
	JOIN `tabCustomer Retention State` state ON state.customer = customer.name
	WHERE customer.name {SELECTED} AND ({OTHER}) ORDER BY customer.name"""


def write_mirrors(store: Store, selection: Selection) -> Sequence[str]:
	"""Copy level and band to the selected customers that show others, and return these customers.

	`modified` stays, so that whoever has the form open can still save it.
	"""
	names = [name for (name,) in selection.rows(store, STALE)]
	store.copy_fields("Customer", MIRRORS, "Customer Retention State", "customer", names)
	return names

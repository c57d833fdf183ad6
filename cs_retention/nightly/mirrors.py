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
"""What a customer has whose fields show another level or band than its state."""
STALE = f"""SELECT customer.name FROM `tabCustomer` customer
	JOIN `tabCustomer Retention State` state ON state.customer = customer.name
	WHERE customer.name {SELECTED} AND ({OTHER})"""


def ask_stale(store: Store, selection: Selection) -> None:
	"""Announce what `read_stale` asks."""
	selection.ahead(store, STALE, 1)


def read_stale(store: Store, selection: Selection) -> list[str]:
	"""Return the selected customers, disabled ones too, that show another level or band than their state."""
	return [name for (name,) in selection.lines(store, STALE, 1)]


def copy_mirrors(store: Store, names: Sequence[str]) -> None:
	"""Copy level and band to customers.

	`modified` stays, so that whoever has the form open can still save it.
	"""
	store.copy_fields("Customer", MIRRORS, "Customer Retention State", "customer", names)

"""Customer Retention State and its mirrors on Customer.

A customer has exactly one: its unique customer allows no second. A new customer is given it by the first record that
names it, at the latest by the night, together with all others; saving a Customer does not wait for it.
"""

from collections.abc import Collection, Iterable

import frappe
from frappe.utils import now_datetime

from cs_retention.store.base import Authorship, batches
from cs_retention.store.schema import own_tables
from cs_retention.store.site import SiteStore

STATE = "Customer Retention State"


def open_store() -> SiteStore:
	"""Return the store over this site's connection."""
	authorship = Authorship(now=now_datetime, user=frappe.session.user)
	return SiteStore(frappe.db, authorship, own_tables())


def get_state(customer: str) -> str | None:
	"""Return the name of a customer's state."""
	return frappe.db.get_value(STATE, {"customer": customer})


def ensure_state(customer: str) -> str:
	"""Return the name of a customer's state, which is made when there is none."""
	if not get_state(customer):
		add_states([customer])
	return get_state(customer)


def ensure_states() -> int:
	"""Give every customer without a state one and return how many they were."""
	customer, state = frappe.qb.DocType("Customer"), frappe.qb.DocType(STATE)
	query = (
		frappe.qb.from_(customer).left_join(state).on(state.customer == customer.name).select(customer.name)
	)
	return add_states(query.where(state.name.isnull()).run(pluck=True))


def add_states(customers: Iterable[str]) -> int:
	"""Add the states of customers; one that somebody else added meanwhile stays as it is."""
	return open_store().upsert_rows(STATE, ("customer",), ([customer] for customer in customers))


def look_anew(state: str) -> None:
	"""Have the next night assess a customer as if the health were another, and its signals with it."""
	open_store().update_rows(STATE, ("name", "health_mark"), [(state, None)])


def lock_state(customer: str) -> None:
	"""Let nobody else decide about the customer until this transaction ends."""
	frappe.db.get_value(STATE, ensure_state(customer), for_update=True)


def clear_customers(customers: Collection[str]) -> None:
	"""Drop the cached documents of customers that set writers changed, now and once more after the commit."""
	cache_key, make_key = frappe.get_document_cache_key, frappe.cache.make_key
	keys = [make_key(cache_key("Customer", customer)) for customer in customers]

	def clear() -> None:
		for batch in batches(keys):
			frappe.cache.delete_value(batch, make_keys=False)

	clear()
	frappe.db.after_commit.add(clear)
	frappe.db.after_rollback.add(clear)

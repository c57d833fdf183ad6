"""What of callbacks follows a customer to another person: open calls of the one who gives, and promises given."""

from collections.abc import Mapping, Sequence

import frappe
from frappe.query_builder.functions import Count

from cs_retention.callbacks.promises import CALLBACK, PROMISE
from cs_retention.engine.vocabulary import CallbackStatus, PromiseStatus

PLANNED, OPEN = CallbackStatus.PLANNED.value, PromiseStatus.OPEN.value


def callbacks() -> tuple[str, object, object]:
	"""Return how planned callbacks are counted and moved."""
	return "callbacks", count_callbacks, move_callbacks


def promises() -> tuple[str, object, object]:
	"""Return how open promises are counted and moved."""
	return "promises", count_promises, move_promises


def count_callbacks(customers: Sequence[str], person: str) -> Mapping[str, int]:
	"""Return how many planned callbacks with customers a person is to make."""
	callback = frappe.qb.DocType(CALLBACK)
	query = frappe.qb.from_(callback).select(callback.customer, Count("*")).groupby(callback.customer)
	theirs = callback.customer.isin(customers) & (callback.responsible == person)
	return dict(query.where(theirs & (callback.status == PLANNED)).run())


def move_callbacks(customers: Sequence[str], before: str, after: str) -> None:
	"""Give the planned callbacks that were one person's to another; their dates and keys stay."""
	callback = frappe.qb.DocType(CALLBACK)
	planned = callback.customer.isin(customers) & (callback.status == PLANNED)
	for field in (callback.responsible, callback.account_manager):
		frappe.qb.update(callback).set(field, after).where(planned & (field == before)).run()


def count_promises(customers: Sequence[str], person: str) -> Mapping[str, int]:
	"""Return how many open promises to customers a person gave."""
	callback, promise = frappe.qb.DocType(CALLBACK), frappe.qb.DocType(PROMISE)
	query = frappe.qb.from_(promise).join(callback).on(callback.name == promise.parent)
	theirs = callback.customer.isin(customers) & (promise.promised_by == person) & (promise.status == OPEN)
	return dict(query.select(callback.customer, Count("*")).where(theirs).groupby(callback.customer).run())


def move_promises(customers: Sequence[str], before: str, after: str) -> None:
	"""Give open promises and their ToDos to who answers for the customers now."""
	callback, promise, todo = (
		frappe.qb.DocType(CALLBACK),
		frappe.qb.DocType(PROMISE),
		frappe.qb.DocType("ToDo"),
	)
	given = (
		frappe.qb.from_(promise)
		.join(callback)
		.on(callback.name == promise.parent)
		.select(promise.name, promise.todo)
		.where(callback.customer.isin(customers) & (promise.promised_by == before) & (promise.status == OPEN))
		.run()
	)
	if not given:
		return
	names, todos = [name for name, _todo in given], [name for _name, name in given if name]
	frappe.qb.update(promise).set(promise.promised_by, after).where(promise.name.isin(names)).run()
	if todos:
		frappe.qb.update(todo).set(todo.allocated_to, after).where(todo.name.isin(todos)).run()

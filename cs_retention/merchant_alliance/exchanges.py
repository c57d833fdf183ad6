"""Exchanges with merchants: by when each is met next, when it was, and who is to do it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import frappe
from frappe.utils import cint

from cs_retention.callbacks.customer import CALLBACK
from cs_retention.cs_retention.states import STATE
from cs_retention.engine.alliance_life import exchange_months
from cs_retention.engine.obligation_sources import TABLE
from cs_retention.engine.vocabulary import CallbackStatus, ObligationSource
from cs_retention.engine.workdays import month_span

Row = Mapping[str, Any]
PURPOSE = "Customer Callback Purpose"


def months_of(row: Row, months: Mapping[str, int]) -> int:
	"""Return the months within which a merchant is met once, as its tier says."""
	return cint(months.get(row["tier"] or "")) or exchange_months(None)


def due_by(row: Row, spoken: date | None, months: Mapping[str, int], today: date) -> date | None:
	"""Return by when a merchant is to be met; None where somebody spoke to it in its month or quarter."""
	first, last = month_span(today, months_of(row, months))
	return None if spoken and spoken >= first else last


def last_contacts(customers: Sequence[str]) -> Mapping[str, date | None]:
	"""Return when each merchant was last spoken to, as the ledger of contacts has it."""
	# The day alone: an alliance manager answers for merchants, not for their states.
	return dict(
		frappe.get_all(STATE, {"customer": ("in", customers)}, ["customer", "last_contact"], as_list=True)
	)


def planned_calls(customers: Sequence[str]) -> Mapping[str, Any]:
	"""Return day and person of the call that the plan has for the exchange with each customer, the first one."""
	callback, purpose = frappe.qb.DocType(CALLBACK), frappe.qb.DocType(PURPOSE)
	prefix = TABLE[ObligationSource.MERCHANT_EXCHANGE].prefix
	rows = (
		frappe.qb.from_(callback)
		.join(purpose)
		.on(purpose.parent == callback.name)
		.select(callback.customer, callback.name, callback.due_date, callback.responsible)
		.where(callback.customer.isin(list(customers) or [""]))
		.where((callback.status == CallbackStatus.PLANNED.value) & purpose.obligation_key.like(f"{prefix}|%"))
		.orderby(callback.due_date, order=frappe.qb.desc)
		.run(as_dict=True)
	)
	# The last one stands: the earliest day.
	return {row.customer: row for row in rows}

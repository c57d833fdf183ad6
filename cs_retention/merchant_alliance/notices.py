"""Ending contracts: whoever looks after the merchant is told 60 and 14 days before, each once, in the bell and by mail."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import frappe
from frappe import _
from frappe.utils import get_url_to_form, now_datetime
from frappe.utils.user import get_users_with_role

from cs_retention.callbacks.reminder_people import Reader, mail_to, read_readers
from cs_retention.cs_retention.bells import Bell, ring
from cs_retention.cs_retention.outbox import put
from cs_retention.engine.alliance_life import NOTICE_DAYS, contract_notice
from cs_retention.engine.outbox import Message, key_of
from cs_retention.merchant_alliance.merchants import MERCHANT
from cs_retention.merchant_alliance.permissions import MANAGER
from cs_retention.merchant_alliance.reviews import BELONGS
from cs_retention.render import formats


def warn_of_contracts(today: date) -> None:
	"""Tell of every contract that ends within the days of a notice; one who was told of it is not told again."""
	rows = ending(today)
	if not rows:
		return
	told = [(row, user) for row in rows for user in looks_after(row)]
	readers = read_readers({user for _row, user in told})
	known = [(row, readers[user]) for row, user in told if user in readers]
	ring(bell(row, reader) for row, reader in known)
	put(mails(known))


def ending(today: date) -> list[Any]:
	"""Return the merchants of the alliance whose contract ends soon, with the notice that is due."""
	merchant, contract = frappe.qb.DocType(MERCHANT), frappe.qb.DocType("Contract")
	last = today + timedelta(days=max(NOTICE_DAYS))
	rows = (
		frappe.qb.from_(merchant)
		.join(contract)
		.on(contract.name == merchant.contract)
		.select(
			merchant.name,
			merchant.merchant_name,
			merchant.alliance_manager,
			merchant.backup_manager,
			contract.end_date,
		)
		.where(merchant.status.isin(BELONGS) & (contract.docstatus == 1) & contract.end_date[today:last])
		.orderby(merchant.name)
		.run(as_dict=True)
	)
	return [row.update({"notice": contract_notice(row.end_date, today)}) or row for row in rows]


def looks_after(row: Any) -> Sequence[str]:
	"""Return who looks after a merchant: its manager and the backup, else everybody who manages the alliance."""
	named = [user for user in (row.alliance_manager, row.backup_manager) if user]
	return named or sorted(get_users_with_role(MANAGER))


def key(row: Any, user: str) -> str:
	"""Return the key of a notice: one for each merchant, end, notice and person."""
	return key_of("contract_notice", row.name.lower(), row.end_date, row.notice, user)


def subject(row: Any, lang: str) -> str:
	"""Return whose contract ends when."""
	day = formats.full_day(row.end_date, lang)
	return _("The contract with {0} ends on {1}", lang).format(row.merchant_name, day)


def bell(row: Any, reader: Reader) -> Bell:
	"""Return the notice in the bell of a reader."""
	link = f"/app/alliance-merchant/{row.name}"
	return Bell(key(row, reader.user), reader.user, subject(row, reader.language), link, MERCHANT, row.name)


def mails(known: Iterable[tuple[Any, Reader]]) -> Iterable[Message]:
	"""Yield the notices of those who have an address that mails can be sent to."""
	now = now_datetime()
	for row, reader in known:
		text = _("Renew it, or let the merchant leave: {0}", reader.language)
		body = text.format(get_url_to_form(MERCHANT, row.name))
		if mail := mail_to(reader, key(row, reader.user), subject(row, reader.language), body, now):
			yield mail

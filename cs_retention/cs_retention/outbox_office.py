"""What a site does for the sweep of the outbox: compose mails as its other mails look, hand texts to its gateway."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any

import frappe
import requests
from frappe import _
from frappe.core.doctype.sms_settings.sms_settings import send_sms
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.email.email_body import get_formatted_html
from urllib3.exceptions import NewConnectionError

from cs_retention.nightly.outbox import NotSentError
from cs_retention.nightly.outbox_rows import Mail, Waiting
from cs_retention.render import mail

SMS_SETTINGS = "SMS Settings"
BUSY = 503


class SiteOffice:
	"""Composes and sends for one sweep; what its mails have in common is read once."""

	def __init__(self) -> None:
		self._accounts: dict[str | None, Any] = {}
		self._frames: dict[tuple[str, str], str] = {}

	def compose(self, waiting: Waiting) -> Mail:
		"""Return a message as a mail from the account for customers, or from the usual one to our own people."""
		account = self._account("Customer" if waiting.customer_state else None)
		if not account.email_id:
			raise ValueError(_("There is no outgoing Email Account with an address. Make one the default."))
		letter = mail.Letter(
			key=waiting.key,
			sender=account.default_sender,
			reply_to=account.default_sender,
			recipient=waiting.recipient,
			subject=waiting.subject,
			body=waiting.body,
			written_at=datetime.now(timezone.utc),
			has_files=bool(waiting.attachments),
		)
		copy = account.get("always_bcc")
		return Mail(
			sender=letter.sender,
			recipients=(waiting.recipient, copy) if copy else (waiting.recipient,),
			text=mail.mail_text(letter, self._frame(account, waiting.language), frappe.local.site),
			message_id=mail.message_id(waiting.key, frappe.local.site),
			account=account.name if account.is_exists_in_db() else None,
		)

	def send_text(self, waiting: Waiting) -> None:
		"""Hand a text to the gateway of SMS Settings; refused or not reached it is certain that it was not sent."""
		if not frappe.db.get_single_value(SMS_SETTINGS, "sms_gateway_url"):
			raise NotSentError(_("SMS Settings name no gateway."))
		try:
			send_sms([waiting.recipient], waiting.body, success_msg=False)
		except requests.RequestException as error:
			if is_certain(error):
				raise NotSentError(str(error)) from error
			raise

	def _account(self, doctype: str | None) -> Any:
		if doctype not in self._accounts:
			self._accounts[doctype] = EmailAccount.find_outgoing(match_by_doctype=doctype, _raise_error=True)
		return self._accounts[doctype]

	def _frame(self, account: Any, language: str) -> str:
		"""Return what the site puts around the text of a mail: brand, signature, footer."""
		key = account.name, language
		if key not in self._frames:
			with speaking(language):
				self._frames[key] = get_formatted_html(mail.SUBJECT, mail.CONTENT, email_account=account)
		return self._frames[key]


def is_certain(error: requests.RequestException) -> bool:
	"""Tell whether a gateway has certainly sent nothing: it refused the text, or no connection came about."""
	if isinstance(error, requests.HTTPError):
		return error.response.status_code < 500 or error.response.status_code == BUSY
	if isinstance(error, requests.ConnectTimeout):
		return True
	return isinstance(getattr(error.args[0] if error.args else None, "reason", None), NewConnectionError)


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
	"""Let Frappe speak a language for a while."""
	before = frappe.local.lang
	frappe.local.lang = language or before
	try:
		yield
	finally:
		frappe.local.lang = before

"""Unsubscribing by the link in a message: a page that asks, a POST that does it, and one answer whatever there was."""

import hmac

import frappe
from frappe import _
from frappe.rate_limiter import rate_limit
from frappe.utils import escape_html, format_date, get_url, nowdate
from frappe.utils.verified_command import get_secret

from cs_retention.engine.consent import plain_address
from cs_retention.engine.contact_policy import EXEMPT
from cs_retention.engine.vocabulary import ConsentStatus
from cs_retention.nightly.contact_touches import WantedMessage, text_of
from cs_retention.render.translate import LANGUAGES, translate

CONSENT, TOUCH = "Customer Consent", "Customer Touch"
PATH = "/api/method/cs_retention.callbacks.unsubscribing"
TRIES_AN_HOUR, HOUR = 30, 3600
SIGNS = 32
NO_TOUCH = "0" * 13
"""Stands for the name of a touch that is not written yet: a name is as long."""


def finish(message: WantedMessage, text: str, touch: str) -> str:
	"""Return the text of the message of a touch with the way to unsubscribe; legal and service messages have none."""
	if message.class_ is EXEMPT:
		return text
	url = link(touch or NO_TOUCH, message.language)
	return text_of(
		[text, translate("No more of these messages: {0}", language_of(message.language)).format(url)]
	)


def link(touch: str, lang: str) -> str:
	"""Return the address of the page that asks whether the recipient of a touch wants no more."""
	return get_url(f"{PATH}.ask?{signed(touch, language_of(lang))}")


def language_of(lang: str) -> str:
	"""Return the language of the page for a message in one."""
	base = lang.partition("-")[0]
	return base if base in LANGUAGES else "en"


def signed(touch: str, lang: str) -> str:
	"""Return the parameters of the link in the message of a touch, with their signature."""
	return f"t={touch}&lang={lang}&sig={signature_of(touch, lang)}"


def signature_of(touch: str, lang: str) -> str:
	"""Return the signature of a link, short enough for an SMS."""
	message = f"unsubscribe|{touch}|{lang}"
	return hmac.new(get_secret().encode(), message.encode(), "sha256").hexdigest()[:SIGNS]


@frappe.whitelist(methods=["GET"], allow_guest=True)
@rate_limit(limit=TRIES_AN_HOUR, seconds=HOUR)
def ask(t: str | None = None, lang: str | None = None, sig: str | None = None) -> None:
	"""Show the page that asks for a click: mail programs open links by themselves, and must not unsubscribe anybody."""
	if not is_signed(t, lang, sig):
		return
	frappe.local.lang = lang
	form = """
		<form method="post" action="{action}">
			<input type="hidden" name="csrf_token" value="{token}">
			<p>{question}</p>
			<button type="submit" class="btn btn-primary">{unsubscribe}</button>
		</form>"""
	token = frappe.session.data.csrf_token or ""
	places = {
		"action": f"{PATH}.unsubscribe?{signed(t, lang)}",
		"token": token,
		"question": _("Shall this address get no more messages of this kind from us?"),
		"unsubscribe": _("Unsubscribe"),
	}
	html = form.format(**{name: escape_html(text) for name, text in places.items()})
	frappe.respond_as_web_page(_("No More Messages"), html, primary_action=None)


@frappe.whitelist(methods=["POST"], allow_guest=True)
@rate_limit(limit=TRIES_AN_HOUR, seconds=HOUR)
def unsubscribe(t: str | None = None, lang: str | None = None, sig: str | None = None) -> None:
	"""Withdraw the consent of the address that a message went to; the answer is the same whatever is on record."""
	if not is_signed(t, lang, sig):
		return
	withdraw(t)
	frappe.local.lang = lang
	frappe.respond_as_web_page(
		_("No More Messages"),
		escape_html(_("Thank you. This address gets no more messages of this kind from us.")),
		indicator_color="green",
		primary_action=None,
	)


def is_signed(touch: str | None, lang: str | None, signature: str | None) -> bool:
	"""Tell whether the parameters are as we signed them; if not, the page says that the link is damaged."""
	if touch and lang in LANGUAGES:
		given = str(signature).encode()
		if hmac.compare_digest(signature_of(touch, lang).encode(), given):
			return True
	frappe.respond_as_web_page(
		_("Damaged Link"),
		escape_html(_("The link is not complete. Copy it from the message as a whole.")),
		http_status_code=400,
		primary_action=None,
	)
	return False


def withdraw(touch: str) -> None:
	"""Record that the address of a message wants no more, unless that is the last that was recorded of it."""
	sent = frappe.db.get_value(
		TOUCH, touch, ["customer", "message_channel", "recipient", "touch_date"], as_dict=True
	)
	if not (sent and sent.recipient) or is_withdrawn(sent):
		return
	consent = frappe.new_doc(
		CONSENT,
		customer=sent.customer,
		channel=sent.message_channel,
		address=sent.recipient,
		status=ConsentStatus.WITHDRAWN.value,
		consent_date=nowdate(),
		evidence=_("Unsubscribed by the link in the message of {0}").format(format_date(sent.touch_date)),
	)
	# Whoever has the signed link was sent the message: that is their right to answer it.
	consent.insert(ignore_permissions=True)


def is_withdrawn(sent: frappe._dict) -> bool:
	"""Tell whether the last entry about an address is its withdrawal."""
	of_address = {
		"customer": sent.customer,
		"channel": sent.message_channel,
		"address": plain_address(sent.recipient),
	}
	last = frappe.db.get_value(CONSENT, of_address, "status", order_by="consent_date desc, creation desc")
	return last == ConsentStatus.WITHDRAWN.value

"""Customers with messages sent, merged, held and skipped, for the screens of the contact policy."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from personas import make_customer

TEXT = "Dear customer, the workshop has your machine ready."
SUBJECTS = {
	"en": ("Your machine is ready", "Thank you for your patience", "A winter check", "by telephone"),
	"zh": ("您的机器已修好", "感谢您的耐心等待", "冬季检修", "电话告知"),
}


def make_messages(frappe: Any, customer: str, day: date | None = None, language: str = "en") -> None:
	"""Make a customer to whom a message was held last night and sent with another one, one was skipped, one waits.

	`day` is the one after that night, today by default.
	"""
	from cs_retention.callbacks.automatic_touches import new_sender
	from cs_retention.cs_retention.states import ensure_state
	from cs_retention.engine.vocabulary import MessageChannel, MessageClass
	from cs_retention.nightly.contact_touches import WantedMessage

	today = datetime.combine(day or frappe.utils.getdate(), time())
	ready, thanks, winter, told = SUBJECTS[language]
	evening, morning = today - timedelta(hours=3), today + timedelta(hours=9, minutes=5)
	make_customer(customer, email_id="harbour@shop.example", mobile_no="+4930123456")
	ensure_state(customer)
	frappe.get_doc(
		{
			"doctype": "Customer Consent",
			"customer": customer,
			**{
				"channel": "SMS",
				"status": "Withdrawn",
				"consent_date": today - timedelta(days=20),
				"evidence": told,
			},
		}
	).insert()

	def want(key: str, class_: MessageClass, subject: str, at: datetime, sms: bool = False) -> WantedMessage:
		return WantedMessage(
			key=f"{customer}|{key}".lower(),
			customer=customer,
			class_=class_,
			channel=MessageChannel.SMS if sms else MessageChannel.EMAIL,
			recipient="+4930123456" if sms else "harbour@shop.example",
			subject=subject,
			body=TEXT,
			language=language,
			asked_at=at,
			source="Send a Message",
		)

	sender = new_sender()
	last_night = [
		want("ready", MessageClass.COMPLAINT, ready, evening),
		want("thanks", MessageClass.CARE, thanks, evening),
		want("offer", MessageClass.CARE, winter, evening, sms=True),
	]
	sender.send(last_night, evening)
	frappe.db.commit()
	sender.release(morning, print)
	sender.send([want("winter", MessageClass.CARE, winter, morning)], morning)
	frappe.db.commit()


def make_book(frappe: Any) -> None:
	"""Make customers with a mail address: 42 who consented, 3 of those called often, 5 who were never asked."""
	from frappe.utils import add_days, nowdate

	from cs_retention.cs_retention.states import ensure_states

	for number in range(50):
		customer = make_customer(f"Workshop {number:02d}", email_id=f"workshop{number:02d}@shop.example").name
		entry = {
			"channel": "Email",
			"status": "Given",
			"consent_date": "2026-10-01",
			"evidence": "order form",
		}
		if number < 45:
			frappe.get_doc({"doctype": "Customer Consent", "customer": customer, **entry}).db_insert()
		for days in (28, 26, 11, 10) if 42 <= number < 45 else ():
			call = {"channel": "Phone", "outcome": "Reached", "touch_date": add_days(nowdate(), -days)}
			frappe.get_doc({"doctype": "Customer Touch", "customer": customer, **call}).db_insert()
	ensure_states()
	frappe.db.commit()

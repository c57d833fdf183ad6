from typing import Any

import frappe
from frappe import _

from cs_retention.cs_retention.inputs import refuse_value
from cs_retention.cs_retention.message_templates import as_template, compose
from cs_retention.cs_retention.record import Record
from cs_retention.cs_retention.refusals import refuse
from cs_retention.engine.messages import PLACEHOLDERS
from cs_retention.engine.reasons import MessageError


class MessageTemplate(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from cs_retention.cs_retention.doctype.message_template_text.message_template_text import (
			MessageTemplateText,
		)

		channel: DF.Literal["Email", "SMS"]
		is_enabled: DF.Check
		message_class: DF.Literal["Legal and Service", "Complaint", "Retention", "Care", "Marketing"]
		title: DF.Data
		wordings: DF.Table[MessageTemplateText]
	# end: auto-generated types

	def validate(self) -> None:
		try:
			as_template(self)
		except MessageError as error:
			refuse(error, self, _("Template Not Possible"))


@frappe.whitelist(methods=["GET"])
def get_placeholders() -> list[str]:
	"""Return the placeholders that a template may use, as they are written."""
	frappe.has_permission("Message Template", "read", throw=True)
	return [f"{{{name}}}" for name in PLACEHOLDERS]


@frappe.whitelist(methods=["GET"])
def try_out(template: str, customer: str) -> dict[str, Any]:
	"""Return what a customer would be sent by a template, to which address, and what nothing is known for."""
	frappe.has_permission("Customer", "read", customer, throw=True)
	doc = frappe.get_doc("Message Template", template)
	doc.check_permission("read")
	composed = compose(as_template(doc), [customer]).get(customer)
	if not composed:
		refuse_value(_("Customer"), customer, _("name a record that there is"))
	return {
		"language": composed.language,
		"recipient": composed.recipient,
		"subject": composed.subject,
		"body": composed.body,
		"unknown": [f"{{{name}}}" for name in composed.unknown],
	}

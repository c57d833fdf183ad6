"""Templates filled in for customers: one query per kind of fact for all of them, each in the customer's language."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import frappe
from frappe.model.document import Document

from cs_retention.engine.messages import MessageTemplate, Wording, fill, fill_line, unknown_values
from cs_retention.engine.vocabulary import MessageChannel, MessageClass


class Composed(NamedTuple):
	"""What a customer is sent; `unknown` are placeholders for which nothing is known, `recipient` may be empty."""

	language: str
	recipient: str
	subject: str
	body: str
	unknown: list[str]


class Person(NamedTuple):
	"""What a mail says of somebody."""

	name: str
	email: str
	phone: str
	mobile: str


NOBODY = Person("", "", "", "")


def read_template(name: str) -> MessageTemplate:
	"""Return a template as the engine takes it."""
	return as_template(frappe.get_cached_doc("Message Template", name))


def as_template(doc: Document) -> MessageTemplate:
	"""Return a document as the engine's template; MessageError for one that nobody could be sent."""
	wordings = (Wording(row.language or "", row.subject or "", row.body or "") for row in doc.wordings)
	return MessageTemplate(MessageClass(doc.message_class), MessageChannel(doc.channel), tuple(wordings))


def compose(
	template: MessageTemplate, customers: Sequence[str], more: Mapping[str, Mapping[str, str]] | None = None
) -> dict[str, Composed]:
	"""Return what each of the customers is sent, by customer; `more` is filled in as well, by customer."""
	rows = read_customers(customers)
	contacts = read_contacts(customers)
	managers = read_users({row.account_manager for row in rows if row.account_manager})
	site, company = frappe.db.get_default("lang"), frappe.db.get_default("company")
	composed = {}
	for row in rows:
		contact = contacts.get(row.name, NOBODY)
		manager = managers.get(row.account_manager, NOBODY)
		values = {
			"customer": row.customer_name,
			"contact": contact.name or row.customer_name,
			"account_manager": manager.name,
			"account_manager_phone": manager.phone or manager.mobile,
			"account_manager_email": manager.email,
			"company": company or "",
			**(more or {}).get(row.name, {}),
		}
		is_mail = template.channel is MessageChannel.EMAIL
		recipient = (
			contact.email or row.email_id if is_mail else contact.mobile or contact.phone or row.mobile_no
		)
		composed[row.name] = filled(template.in_language([row.language, site]), values, recipient or "")
	return composed


def filled(wording: Wording, values: Mapping[str, str], recipient: str) -> Composed:
	"""Return a wording filled in."""
	return Composed(
		language=wording.language,
		recipient=recipient,
		subject=fill_line(wording.subject, values),
		body=fill(wording.body, values),
		unknown=unknown_values(wording, values),
	)


def read_customers(customers: Sequence[str]) -> list[Any]:
	"""Return the customers themselves; who asks for one may read it, or is a job."""
	customer = frappe.qb.DocType("Customer")
	query = frappe.qb.from_(customer).where(customer.name.isin(customers))
	fields = ("name", "customer_name", "language", "account_manager", "email_id", "mobile_no")
	return query.select(*(customer[field] for field in fields)).run(as_dict=True)


def read_contacts(customers: Sequence[str]) -> dict[str, Person]:
	"""Return whom to address at each of the customers: the primary contact, else the first one."""
	contact, link = frappe.qb.DocType("Contact"), frappe.qb.DocType("Dynamic Link")
	rows = (
		frappe.qb.from_(contact)
		.join(link)
		.on((link.parent == contact.name) & (link.parenttype == "Contact"))
		.select(
			link.link_name,
			contact.first_name,
			contact.last_name,
			contact.email_id,
			contact.phone,
			contact.mobile_no,
		)
		.where((link.link_doctype == "Customer") & link.link_name.isin(customers))
		.orderby(contact.is_primary_contact)
		.orderby(contact.name, order=frappe.qb.desc)
		.run()
	)
	found: dict[str, Person] = {}
	for customer, first, last, *reached in rows:
		# The last one stands: the primary contact, else the first by name.
		found[customer] = Person(" ".join(filter(None, (first, last))), *(value or "" for value in reached))
	return found


def read_users(users: set[str]) -> dict[str, Person]:
	"""Return what a mail says of users."""
	user = frappe.qb.DocType("User")
	query = frappe.qb.from_(user).where(user.name.isin(users))
	rows = (
		query.select(user.name, user.full_name, user.email, user.phone, user.mobile_no).run() if users else ()
	)
	return {name: Person(*(value or "" for value in told)) for name, *told in rows}

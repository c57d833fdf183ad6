"""Fill a site with a customer and a message to it, and print the parameters of links to unsubscribe: make_links.py SITE."""

import json
import sys

import frappe
from personas import make_customer, make_personas

frappe.init(site=sys.argv[1])
frappe.connect()
frappe.flags.in_test = True
make_personas()
make_customer("East shop", account_manager="east", email_id="East@shop.example")

from cs_retention.callbacks import messages, unsubscribing  # noqa: E402

messages.send(
	["East shop"], "t", message_class="Legal and Service", channel="Email", subject="Contract", text="Yours."
)
(touch,) = frappe.get_all("Customer Touch", pluck="name")
frappe.db.commit()
links = {"sent": (touch, "en"), "gone": ("0" * 13, "en"), "chinese": (touch, "zh")}
print(json.dumps({name: unsubscribing.signed(*link) for name, link in links.items()}))
frappe.destroy()

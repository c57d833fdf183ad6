"""Complete ERPNext's setup wizard on a site, as ERPNext's own tests do: set_up_company.py SITE."""

import sys

import frappe
from erpnext.setup.utils import before_tests

frappe.init(site=sys.argv[1])
frappe.connect()
frappe.flags.in_test = True
before_tests()
frappe.db.commit()
frappe.destroy()

"""Serve a site on the loopback address with its clock stopped: serve_stopped.py SITE PORT DAY, run in the sites folder."""

import sys

import frappe.app
from stopped_clock import stopped_clock
from werkzeug.serving import run_simple

site, port, day = sys.argv[1], int(sys.argv[2]), sys.argv[3]
frappe.app._site = site
frappe.app._sites_path = "."
with stopped_clock(day):
	run_simple("127.0.0.1", port, frappe.app.application_with_statics(), threaded=True)

"""Serve one site of a bench on the loopback address only: serve_site.py SITE PORT, run in the sites folder."""

import sys

import frappe.app
from werkzeug.serving import run_simple

site, port = sys.argv[1], int(sys.argv[2])
frappe.app._site = site
frappe.app._sites_path = "."
run_simple("127.0.0.1", port, frappe.app.application_with_statics(), threaded=True)

"""Serve one site of a bench on the loopback address only: serve_site.py SITE PORT, run in the sites folder."""

import sys

import frappe.app
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import run_simple

site, port = sys.argv[1], int(sys.argv[2])
frappe.app._site = site
frappe.app._sites_path = "."
# There is no socket server; Frappe would answer each of its clients' tries with a whole page of the website.
without_sockets = DispatcherMiddleware(frappe.app.application_with_statics(), {"/socket.io": NotFound()})
run_simple("127.0.0.1", port, without_sockets, threaded=True)

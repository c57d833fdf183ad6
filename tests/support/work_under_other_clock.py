"""Be a worker of the bench whose clock differs: work_under_other_clock.py SECONDS QUEUES, run in the sites folder."""

import sys
from datetime import timedelta

import frappe.utils
import frappe.utils.data
from frappe.utils.bench_helper import main

seconds, queues = timedelta(seconds=int(sys.argv[1])), sys.argv[2]
right = frappe.utils.data.now_datetime
# Before anything of the app takes a name of its own for it.
frappe.utils.now_datetime = frappe.utils.data.now_datetime = lambda: right() + seconds
sys.argv = ["frappe", "frappe", "worker", "--queue", queues]
main()

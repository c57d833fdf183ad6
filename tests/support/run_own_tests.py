"""Run a DocType's own tests on a site as `bench run-tests` does and write what each came to: SITE DOCTYPE FILE."""

import json
import sys
from pathlib import Path

import frappe
from frappe import test_runner

NOT_HERE = ("Payment Gateway", "Payment Gateway Account")
"""Of the app `payments`, which ERPNext's test records want and a bench need not have."""


class Noting(test_runner.TimeLoggingTestResult):
	"""Notes every test that begins."""

	def startTest(self, test: object) -> None:
		begun.append(test.id())
		super().startTest(test)


def outcomes(result: Noting) -> dict[str, str]:
	"""Return what every test came to; what failed outside a test, as a class that cannot be set up, is one more."""
	told = dict.fromkeys(begun, "passed")
	told |= {test.id(): "skipped" for test, _why in result.skipped}
	return told | {test.id(): "failed" for test, _why in (*result.failures, *result.errors)}


begun: list[str] = []
site, doctype, file = sys.argv[1:]
test_runner.TimeLoggingTestResult = Noting
frappe.init(site=site)
frappe.connect()
frappe.local.test_objects = {name: [] for name in NOT_HERE}
found = outcomes(test_runner.main(site, doctype=doctype))
Path(file).write_text(json.dumps(found), encoding="utf-8")
frappe.destroy()

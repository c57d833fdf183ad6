"""A Python of a bench that has imported Frappe once and plays each scene in a fork of itself.

Reads a line of JSON per scene: {"code": "...", "arguments": [..], "out": FILE}. The fork sees sys.argv as `python -c`
would give it and writes what it prints into FILE; answered by a line with its exit status.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback

# What nearly every scene needs and takes seconds to import.
NEEDED = (
	"erpnext.accounts.doctype.sales_invoice.sales_invoice",
	"erpnext.selling.doctype.customer.customer",
	"frappe.core.doctype.user.user",
	"frappe.utils.background_jobs",
	"frappe.utils.global_search",
)


def main() -> None:
	"""Play scenes until there are no more."""
	answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
	for module in NEEDED:
		importlib.import_module(module)
	for line in sys.stdin:
		scene = json.loads(line)
		child = os.fork()
		if not child:
			os._exit(play(scene))
		_, status = os.waitpid(child, 0)
		print(os.waitstatus_to_exitcode(status), file=answers, flush=True)


def play(scene: dict) -> int:
	"""Run the code of a scene and return its exit status."""
	out = os.open(scene["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
	nothing = os.open(os.devnull, os.O_RDONLY)
	for ours, theirs in ((nothing, 0), (out, 1), (out, 2)):
		os.dup2(ours, theirs)
	sys.argv = ["-c", *scene["arguments"]]
	status = 0
	try:
		exec(compile(scene["code"], "<scene>", "exec"), {"__name__": "__main__"})
	except SystemExit as end:
		status = end.code if isinstance(end.code, int) else int(end.code is not None)
	except BaseException:
		traceback.print_exc()
		status = 1
	sys.stdout.flush()
	sys.stderr.flush()
	return status


if __name__ == "__main__":
	main()

"""Fill a site with what every channel could show of a customer, and print an API token per persona: make_channels.py SITE."""

import json
import sys

import frappe
from channels import MARKED, MARKER, REPORT, SHOP, file_name
from frappe.desk.doctype.tag.tag import add_tag
from personas import PERSONAS, make_branch, token

frappe.init(site=sys.argv[1])
frappe.connect()
frappe.flags.in_test = True
make_branch()

file = frappe.new_doc("Release File")
file.update({"name": "RELEASE-2026-90001", "customer": SHOP})
file.retention_case = frappe.db.get_value("Retention Case", {"customer": SHOP})
file.db_insert()
report = frappe.new_doc("Quarterly Retention Report")
report.update({"name": REPORT, "year": 2026, "quarter": "2026-Q3"})
report.db_insert()
for doctype, field in MARKED.items():
	name = (
		REPORT
		if doctype == "Quarterly Retention Report"
		else frappe.db.get_value(doctype, {"customer": SHOP})
	)
	frappe.db.set_value(doctype, name, field, MARKER)
	record = frappe.get_doc(doctype, name)
	record.add_comment("Comment", MARKER)
	add_tag("urgent", doctype, name)
	document = {"file_name": file_name(doctype), "content": MARKER + doctype, "is_private": 1}
	attached = {"attached_to_doctype": doctype, "attached_to_name": name}
	frappe.get_doc({"doctype": "File", **document, **attached}).insert()
	version = frappe.new_doc("Version")
	changed = json.dumps({"changed": [[field, "", MARKER]]})
	version.update({"ref_doctype": doctype, "docname": name, "data": changed})
	version.insert()

tokens = {persona: token(persona) for persona in PERSONAS}
frappe.db.commit()
print(json.dumps(tokens))
frappe.destroy()

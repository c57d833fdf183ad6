"""Every row and column on a site that belongs to the app."""

from __future__ import annotations

from app_files import desk_records, doctypes, fixture, modules
from private_bench import PrivateBench, database_of

from cs_retention.engine.retention_case import CaseAction, CaseStatus

ON_THE_DESK = (
	*(
		"Workspace",
		"Module Onboarding",
		"Number Card",
		"Dashboard",
		"Dashboard Chart",
		"Dashboard Chart Source",
	),
	*("Report", "Page", "Print Format"),
)
"""Kinds of Frappe's records that stand in a module of ours."""


def quoted(names: object) -> str:
	return ", ".join(f"'{getattr(name, 'value', name)}'" for name in names)


def rows_of_ours(bench: PrivateBench, site: str) -> dict[str, list[tuple]]:
	"""Return every row and column on the site that belongs to the app, by kind; empty kinds left out."""
	ours, roles = quoted(doctypes()), quoted(role["name"] for role in fixture("role"))
	tables = quoted(f"tab{name}" for name in doctypes())
	schema = f"table_schema = '{database_of(site)}'"
	queries = {
		"installed": "SELECT 1 FROM tabDefaultValue WHERE defkey = 'installed_apps' AND defvalue LIKE '%cs_retention%'",
		"listed": "SELECT app_name FROM `tabInstalled Application` WHERE app_name = 'cs_retention'",
		"modules": "SELECT name, app_name FROM `tabModule Def` WHERE app_name = 'cs_retention' ORDER BY name",
		"doctypes": f"SELECT name, module, issingle FROM tabDocType WHERE module IN ({quoted(modules())}) ORDER BY name",
		"fields": f"SELECT parent, fieldname, fieldtype, options, label, idx FROM tabDocField WHERE parent IN ({ours})"
		" ORDER BY parent, idx",
		"permissions": "SELECT parent, role, permlevel, `read`, `write`, `create`, `delete`, submit, cancel FROM tabDocPerm"
		f" WHERE parent IN ({ours}) OR role IN ({roles}) ORDER BY parent, role, permlevel",
		"custom permissions": f"SELECT name FROM `tabCustom DocPerm` WHERE role IN ({roles})",
		"tables": f"SELECT table_name, column_name, column_type FROM information_schema.columns WHERE {schema}"
		f" AND table_name IN ({tables}) ORDER BY 1, 2",
		"indexes": f"SELECT DISTINCT table_name, index_name, column_name, seq_in_index FROM information_schema.statistics"
		f" WHERE {schema} AND (table_name IN ({tables}) OR index_name LIKE 'retention\\_%') ORDER BY 1, 2, 4",
		"roles": f"SELECT name, desk_access, is_custom FROM tabRole WHERE name IN ({roles}) ORDER BY name",
		"roles given": f"SELECT parenttype, parent, role FROM `tabHas Role` WHERE role IN ({roles}) ORDER BY 1, 2, 3",
		"custom fields": "SELECT name, dt, fieldtype, label, options, insert_after, idx, read_only FROM `tabCustom Field`"
		f" WHERE module IN ({quoted(modules())}) OR fieldname LIKE 'retention\\_%' ORDER BY name",
		"property setters": f"SELECT name, value FROM `tabProperty Setter` WHERE module IN ({quoted(modules())})",
		"columns": f"SELECT table_name, column_name, column_type FROM information_schema.columns WHERE {schema}"
		" AND column_name LIKE 'retention\\_%' ORDER BY 1, 2",
		"patches": "SELECT patch FROM `tabPatch Log` WHERE patch LIKE 'cs_retention.%' ORDER BY 1",
		"role profiles": "SELECT p.name, r.role FROM `tabRole Profile` p LEFT JOIN `tabHas Role` r ON r.parent = p.name"
		f" WHERE r.role IN ({roles}) OR p.name IN ({roles}) ORDER BY 1, 2",
		"settings": f"SELECT doctype, field, value FROM tabSingles WHERE doctype IN ({ours})"
		" AND field NOT IN ('modified', 'creation') ORDER BY 1, 2",
		"defaults": "SELECT defkey, defvalue FROM tabDefaultValue WHERE defkey LIKE 'cs_retention%'",
		"about ours": f"SELECT ref_doctype, docname FROM tabVersion WHERE ref_doctype IN ({ours}) UNION ALL"
		f" SELECT share_doctype, share_name FROM tabDocShare WHERE share_doctype IN ({ours}) UNION ALL"
		f" SELECT reference_doctype, reference_name FROM tabComment WHERE reference_doctype IN ({ours})",
		"workflows": f"SELECT name, is_active FROM tabWorkflow WHERE document_type IN ({ours}) UNION ALL"
		f" SELECT name, private FROM `tabKanban Board` WHERE reference_doctype IN ({ours})",
		"workflow words": f"SELECT name FROM `tabWorkflow State` WHERE name IN ({quoted(CaseStatus)}) UNION ALL"
		f" SELECT name FROM `tabWorkflow Action Master` WHERE name IN ({quoted(CaseAction)})",
		**{
			kind: f"SELECT name, module FROM `tab{kind}` WHERE module IN ({quoted(modules())}) ORDER BY name"
			for kind in ON_THE_DESK
		},
		"Onboarding Step": "SELECT name, is_complete, is_skipped FROM `tabOnboarding Step`"
		f" WHERE name IN ({quoted(desk_records('Onboarding Step'))}) ORDER BY name",
		"parts of the workspace": " UNION ALL ".join(
			f"SELECT parent, label FROM `tab{table}` WHERE parent IN ({quoted(desk_records('Workspace'))})"
			for table in ("Workspace Link", "Workspace Shortcut", "Workspace Chart", "Workspace Number Card")
		)
		+ " ORDER BY 1, 2",
		"users with profiles": f"SELECT name FROM tabUser WHERE role_profile_name IN ({roles})",
		"jobs": "SELECT method, frequency FROM `tabScheduled Job Type` WHERE method LIKE 'cs_retention.%' ORDER BY 1",
	}
	found = {kind: bench.sql(site, query) for kind, query in queries.items()}
	return {kind: rows for kind, rows in found.items() if rows}

"""What our code takes for granted of Frappe and ERPNext is still true on this bench; drift fails here."""

from __future__ import annotations

import ast
import csv
import textwrap
from pathlib import Path

import host
import pytest
from app_files import APP, doctypes, syntax
from private_bench import PrivateBench, database_of

from cs_retention.facts.erpnext_schema import ERPNEXT, FRAPPE, INDEXES


@pytest.mark.parametrize("doctype", sorted({**ERPNEXT, **FRAPPE}))
def test_erpnext_has_the_columns_our_queries_read(bench: PrivateBench, site: str, doctype: str) -> None:
	rows = bench.sql(
		site,
		"SELECT column_name, column_type FROM information_schema.columns"
		f" WHERE table_schema = '{database_of(site)}' AND table_name = 'tab{doctype}'",
	)
	on_site = dict(rows)
	wanted = dict({**ERPNEXT, **FRAPPE}[doctype])
	assert {name: on_site.get(name) for name in wanted} == wanted


@pytest.mark.parametrize("doctype", sorted(INDEXES))
def test_erpnext_has_the_indexes_our_queries_use(bench: PrivateBench, site: str, doctype: str) -> None:
	rows = bench.sql(
		site,
		"SELECT GROUP_CONCAT(column_name ORDER BY seq_in_index) FROM information_schema.statistics"
		f" WHERE table_schema = '{database_of(site)}' AND table_name = 'tab{doctype}' GROUP BY index_name",
	)
	on_site = {tuple(columns.split(",")) for (columns,) in rows}
	assert set(INDEXES[doctype].values()) <= on_site


def test_the_doctypes_our_links_lead_to_exist(frappe) -> None:
	assert set(frappe.get_all("DocType", pluck="name")) >= host.DOCTYPES


def test_frappe_reserves_the_fieldnames_we_take_for_reserved(frappe) -> None:
	from frappe.model import child_table_fields, default_fields

	assert set((*default_fields, *child_table_fields)) == host.RESERVED_FIELDNAMES


def test_our_translations_change_no_word_of_frappe_or_erpnext(bench: PrivateBench) -> None:
	"""A general entry of ours is heard everywhere on the site; a word of theirs that we mean otherwise needs a context."""
	theirs = {}
	for app in ("frappe", "erpnext"):
		theirs |= general_entries(bench.source / "apps" / app / app / "translations/zh.csv")
	ours = general_entries(APP / "translations/zh.csv")
	assert {
		text for text, translation in ours.items() if theirs.get(text, translation) != translation
	} == set()


def general_entries(file: Path) -> dict[str, str]:
	"""Return the entries without a context."""
	with file.open(encoding="utf-8", newline="") as rows:
		return {row[0]: row[1] for row in csv.reader(rows) if len(row) > 1 and not any(row[2:])}


@pytest.mark.parametrize("doctype", sorted(doctypes()))
def test_a_controller_has_the_types_frappe_itself_would_write(frappe, doctype: str) -> None:
	from frappe.types.exporter import TypeExporter

	written = textwrap.dedent(TypeExporter(frappe.get_doc("DocType", doctype))._generate_code())
	ours = syntax(doctypes()[doctype]["path"].with_suffix(".py"))
	assert annotations(ours) == annotations(ast.parse(written))


def annotations(tree: ast.Module) -> dict[str, str]:
	"""Return the type of every annotated field."""
	found = [node for node in ast.walk(tree) if isinstance(node, ast.AnnAssign)]
	return {ast.unparse(node.target): ast.unparse(node.annotation) for node in found}

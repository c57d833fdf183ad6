"""A Quarterly Retention Report as files: the page as PDF under the house's Letter Head, figures and rows as a workbook."""

import mimetypes
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote, urlsplit

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_url
from frappe.utils.weasyprint import import_weasyprint

from cs_retention.cs_retention.outbox_office import speaking
from cs_retention.engine.vocabulary import EvidenceKind, Kpi
from cs_retention.nightly.quarter_rows import COLUMNS, ROW
from cs_retention.render import quarter_alliance, quarter_sections
from cs_retention.render.exports import Cell, write_xlsx
from cs_retention.retention_reports import report_page

PAGE = 20_000
"""Rows read at a time."""

SPOKEN = ("star_level", "level_at_end", "result", "detail")
"""Fields of a row whose values are words of ours."""


def file_name(report: Document, ending: str) -> str:
	"""Return what a file of a report is called."""
	return f"{frappe.scrub(report.company)}-{report.quarter}.{ending}".replace("/", "-")


def make_pdf(report: Document, language: str) -> bytes:
	"""Return a report as a PDF in a language, with charts, under the Letter Head of its company."""
	html_of, _css = import_weasyprint()
	with speaking(language):
		head, foot = letter_head(report)
		page = report_page.render(report, language, get_url(), head, foot)
	return html_of(string=page, base_url=get_url(), url_fetcher=fetch).write_pdf()


def letter_head(report: Document) -> tuple[str, str]:
	"""Return head and foot of the company's Letter Head, else of the site's usual one, as HTML."""
	name = frappe.db.get_value("Company", report.company, "default_letter_head") or frappe.db.get_value(
		"Letter Head", {"is_default": 1, "disabled": 0}
	)
	if not name:
		return "", ""
	found = frappe.get_cached_doc("Letter Head", name)
	return tuple(
		frappe.render_template(text, {"doc": report.as_dict()}) if text else ""
		for text in (found.content, found.footer)
	)


def fetch(address: str) -> dict[str, Any]:
	"""Return a picture that a Letter Head names, out of the site's own files; nothing is asked of a network."""
	parts = urlsplit(address)
	if parts.scheme == "data":
		# Imported where it is needed: it takes a second.
		from weasyprint import default_url_fetcher

		return default_url_fetcher(address)
	folder = Path(frappe.get_site_path("public")).resolve()
	file = (folder / unquote(parts.path).lstrip("/")).resolve()
	if not address.startswith(get_url()) or not file.is_relative_to(folder) or not file.is_file():
		raise ValueError(f"{address} is no public file of this site")
	return {"string": file.read_bytes(), "mime_type": mimetypes.guess_type(file.name)[0]}


def make_workbook(report: Document, user: str, language: str, has_rows: bool = True) -> bytes:
	"""Return figures and counted tables as a workbook, and the rows behind them that a user may read; no cell is computed."""
	with speaking(language), TemporaryDirectory() as folder:
		path = Path(folder) / "report.xlsx"
		sheets = {sheet_name(_("Key Figures")): figures_sheet(report), **counted_sheets(report, language)}
		if has_rows:
			sheets |= {
				sheet_name(_(kind.value, context=ROW)): rows_sheet(report, kind, user) for kind in COLUMNS
			}
		write_xlsx(path, sheets)
		return path.read_bytes()


def sheet_name(text: str) -> str:
	"""Return what a sheet may be called."""
	return text[:31].replace("/", "-")


def figures_sheet(report: Document) -> tuple[Sequence[str], list[Sequence[Cell]]]:
	"""Return the key figures as a sheet; percentages as numbers of percent."""
	heads = (
		*(_("Quarter"), _("Counted Up To"), _("Company"), _("Key Figure"), _("Definition")),
		*(_("Numerator"), _("Denominator"), _("Value"), _("Currency"), _("A Quarter Before")),
		*(_("A Year Before"), _("Target"), _("Rows")),
	)
	page = report_page.page_of(report)
	return heads, [
		(
			*(page.quarter.label, page.until, page.title, _(line.now.kpi.value), line.now.version),
			*(*line.now.ratio, line.now.value, line.now.currency, line.before.value),
			*(line.year_before.value, line.target, line.now.rows),
		)
		for line in page.lines
	]


def counted_sheets(report: Document, language: str) -> dict[str, quarter_sections.Sheet]:
	"""Return the counted tables of a report as sheets, those of the alliance where there is one."""
	page, lang = report_page.page_of(report), report_page.spoken(language)
	found = [*quarter_sections.sheets_of(page.summary.sections, lang)]
	found += quarter_alliance.sheets_of(page.alliance, lang) if page.alliance else []
	return {sheet_name(heading): sheet for heading, sheet in found}


def rows_sheet(
	report: Document, kind: EvidenceKind, user: str
) -> tuple[Sequence[str], Iterator[Sequence[Cell]]]:
	"""Return the rows of a kind that a user may read as a sheet."""
	fields, meta = (*COLUMNS[kind], "counted_in"), frappe.get_meta(ROW)
	return [_(meta.get_label(field), context=ROW) for field in fields], read_rows(report, kind, user, fields)


def read_rows(
	report: Document, kind: EvidenceKind, user: str, fields: Sequence[str]
) -> Iterator[Sequence[Cell]]:
	"""Yield the rows of a kind that a user may read, page by page."""
	start, filters = 0, {"report": report.name, "kind": kind.value}
	paged = {"order_by": "name", "limit_page_length": PAGE, "as_list": True, "user": user}
	while page := frappe.get_list(ROW, filters=filters, fields=list(fields), limit_start=start, **paged):
		yield from ([said(field, cell) for field, cell in zip(fields, row, strict=True)] for row in page)
		start += PAGE


def said(field: str, cell: Any) -> Cell:
	"""Return a cell in the reader's words."""
	if field == "counted_in":
		return ", ".join(_(Kpi[name].value) for name in (cell or "").strip("|").split("|") if name)
	if field == "reasons":
		return ", ".join(_(name) for name in (cell or "").strip("|").split("|") if name)
	return _(cell) if cell and field in SPOKEN else cell

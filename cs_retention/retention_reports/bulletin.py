"""The bulletin of a month: one workbook per company with every key figure's value, target, achieved share and rank."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import frappe
from frappe import _
from frappe.utils import formatdate, get_url_to_form, getdate, now_datetime
from frappe.utils.file_manager import save_file

from cs_retention.callbacks.reminder_people import Reader, mail_to, read_managers, read_readers
from cs_retention.callbacks.working_days import calendars_around, today
from cs_retention.cs_retention.bells import Bell, ring
from cs_retention.cs_retention.inputs import read_date
from cs_retention.cs_retention.outbox import put
from cs_retention.engine.kpis import DEFINITIONS, Unit
from cs_retention.engine.outbox import Message, key_of
from cs_retention.engine.target_periods import TargetSpan
from cs_retention.engine.vocabulary import TargetHolder, TargetMeasure, TargetPeriod
from cs_retention.engine.workdays import add_months, next_working_day
from cs_retention.render.exports import Cell, write_xlsx
from cs_retention.render.translate import translate
from cs_retention.retention_reports.targets import TARGET, Line, names_of, read_lines

BULLETIN = "Retention Bulletin"
REGISTER = "cs_retention_bulletin"
"""Global default with the last month the night made bulletins of, so that one that somebody deleted does not come back."""
HEADER = ("Key Figure", "Holder", "Unit", "Value", "Target", "Achieved %", "Rank", "Counted", "Of")
UNITS = {Unit.PERCENT: "%", Unit.PER_10000: "per 10,000", Unit.EACH: "each"}


def make_due_bulletins(as_of: date | str) -> list[str]:
	"""Make last month's bulletins in the first night of a month whose first working day has come; return their names.

	A company without a target in that month gets none. Its caller, a job of Administrator's, commits.
	"""
	day = getdate(as_of)
	first = day.replace(day=1)
	month = add_months(first, -1)
	if day < next_working_day(first, calendars_around(first).of_company()) or is_made(month):
		return []
	wanted = {"period": TargetPeriod.MONTH.value, "from_date": month}
	companies = frappe.get_all(TARGET, wanted, pluck="company", distinct=True, order_by="company")
	frappe.db.set_global(REGISTER, month.isoformat())
	return [make(company, month, day) for company in companies if not existing(company, month)]


def is_made(month: date) -> bool:
	"""Whether the night made the bulletins of this month or of a later one."""
	# Past the cache of defaults, which could hold what a transaction that broke off had set.
	found = frappe.db.get_value("DefaultValue", {"parent": "__global", "defkey": REGISTER}, "defvalue")
	return month.isoformat() <= (found or "")


@frappe.whitelist(methods=["POST"])
def make_bulletin(company: str, month: str) -> str:
	"""Return the bulletin of a company's month, made now unless it is there; refused before the month is over."""
	frappe.has_permission(BULLETIN, "create", throw=True)
	first = read_date(month, _("Month")).replace(day=1)
	if add_months(first, 1) > today():
		frappe.throw(
			_("{0} is not over. Choose an earlier month.").format(
				frappe.bold(formatdate(first, "MMMM yyyy"))
			),
			title=_("Month Not Over"),
		)
	return existing(company, first) or make(company, first, today())


def existing(company: str, month: date) -> str | None:
	"""Return the bulletin that there is."""
	return frappe.db.get_value(BULLETIN, {"company": company, "month": month})


def make(company: str, month: date, as_of: date) -> str:
	"""Make a bulletin with its workbook in the site's language, and tell retention managers."""
	span, lang = TargetSpan(TargetPeriod.MONTH, month), frappe.db.get_default("lang") or "en"
	lines = {by: read_lines(span, company, by, as_of) for by in TargetHolder}
	bulletin = frappe.get_doc(
		{"doctype": BULLETIN, "company": company, "month": month, "figures": sum(map(len, lines.values()))}
	).insert()
	name = f"{translate('Retention Bulletin', lang)} {company} {month:%Y-%m}.xlsx".replace("/", "-")
	file = save_file(name, workbook(lines, lang), BULLETIN, bulletin.name, is_private=1)
	bulletin.db_set("workbook", file.file_url)
	tell(bulletin, month)
	return bulletin.name


def workbook(lines: dict[TargetHolder, list[Line]], lang: str) -> bytes:
	"""Return a sheet per kind of holder; numbers are numbers, and no cell computes."""
	header = [translate(name, lang, TARGET) for name in HEADER]
	sheets = {translate(by.value, lang): (header, rows_of(found, by, lang)) for by, found in lines.items()}
	with TemporaryDirectory() as folder:
		path = Path(folder) / "bulletin.xlsx"
		write_xlsx(path, sheets)
		return path.read_bytes()


def rows_of(lines: list[Line], by: TargetHolder, lang: str) -> list[list[Cell]]:
	"""Return the rows of a sheet."""
	called = names_of(lines, by)
	return [cells_of(line, called, lang) for line in lines]


def cells_of(line: Line, called: Mapping[str, str], lang: str) -> list[Cell]:
	"""Return a line as a row of the workbook."""
	standing, figure = line.standing, line.figure
	is_number = line.measure is TargetMeasure.NUMBER
	return [
		translate(line.kpi.value, lang),
		called[standing.key],
		translate("Number", lang, TARGET)
		if is_number
		else translate(UNITS[DEFINITIONS[line.kpi].unit], lang),
		standing.value,
		standing.target,
		standing.achieved,
		standing.rank,
		figure.ratio.numerator if figure else None,
		figure.ratio.denominator if figure else None,
	]


def tell(bulletin: Any, month: date) -> None:
	"""Ring and write to every retention manager, once per bulletin; the workbook itself stays on the site."""
	link = f"/app/retention-bulletin/{bulletin.name}"
	readers = {user: each for user, each in read_readers(read_managers()).items() if each.is_enabled}
	told = {user: words_of(bulletin, month, reader) for user, reader in readers.items()}
	keys = {user: key_of("bulletin", user, bulletin.name) for user in readers}
	ring(
		Bell(keys[user], user, subject, link, BULLETIN, bulletin.name)
		for user, (subject, _text) in told.items()
	)
	put(mails(told, readers, keys, now_datetime()))


def mails(
	told: Mapping[str, tuple[str, str]], readers: Mapping[str, Reader], keys: Mapping[str, str], now: datetime
) -> Iterator[Message]:
	"""Yield the mails of those who have an address that mails can be sent to."""
	for user, (subject, text) in told.items():
		if mail := mail_to(readers[user], keys[user], subject, text, now):
			yield mail


def words_of(bulletin: Any, month: date, reader: Reader) -> tuple[str, str]:
	"""Return subject and text in a reader's language."""
	subject = _("Retention bulletin of {0}: {1}", reader.language).format(f"{month:%Y-%m}", bulletin.company)
	text = _("Values, targets, what was achieved and the ranks stand in the workbook of {0}", reader.language)
	return subject, text.format(get_url_to_form(BULLETIN, bulletin.name))

"""Fills an empty book from exports; everything is read and checked, and what is wrong is told all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

from cs_retention.facts.keys import fold
from cs_retention.preview.columns import FILE_KINDS, FileKind
from cs_retention.preview.holidays import days_off, list_range
from cs_retention.preview.problems import BadInput, Problems, quoted
from cs_retention.preview.registers import Register
from cs_retention.preview.tables import Record, Table
from cs_retention.preview.targets import TARGETS
from cs_retention.store.base import Store

HOLIDAY_LIST = "Holidays"
DEFAULT_COMPANY = "Company"
EVERY_ROW_A_COMPLAINT = "Complaint"

Moved = Callable[[int], None]
"""Told how many bytes of all files together were read so far."""


class Import:
	"""One import into one empty book; call `run` once.

	References to customers, invoices and people are written under the spelling that came first, as MariaDB would
	join them. Nothing is committed here.
	"""

	def __init__(self, store: Store, files: Mapping[str, Path], moved: Moved = lambda position: None):
		self.store = store
		self.files = files
		self.moved = moved
		self.customers = Register()
		self.invoices = Register()
		self.people: dict[str, str] = {}
		self.companies: dict[str, str] = {}
		self.sentences: list[str] = []
		self.knows_customers = self.knows_invoices = False
		self._bytes_before = 0

	def run(self) -> None:
		"""Read all files in the order in which they refer to each other; raise BadInput when anything is wrong."""
		for kind in FILE_KINDS:
			if path := self.files.get(kind.kind):
				self._read(kind, path)
		if self.sentences:
			raise BadInput(self.sentences)
		if not self.companies:
			self.companies[fold(DEFAULT_COMPANY)] = DEFAULT_COMPANY
		holiday_list = HOLIDAY_LIST if "holidays" in self.files else None
		rows = [(company, holiday_list) for company in self.companies.values()]
		self.store.insert_rows("Company", ["name", "default_holiday_list"], rows)

	def _read(self, kind: FileKind, path: Path) -> None:
		problems = Problems(path.name or str(path))
		table = Table(path, kind, problems, lambda position: self.moved(self._bytes_before + position))
		if kind.kind == "holidays":
			self._fill_holidays(table, problems)
		else:
			target = TARGETS[kind.kind]
			self.store.insert_rows(target.doctype, target.fieldnames(), self._rows(kind, table, problems))
		self._conclude(kind, table, problems)
		self.sentences.extend(problems.sentences())
		if path.is_file():
			self._bytes_before += path.stat().st_size
			self.moved(self._bytes_before)

	def _conclude(self, kind: FileKind, table: Table, problems: Problems) -> None:
		if kind.kind == "customers":
			self.knows_customers = table.found is not None
			if self.knows_customers and not self.customers.count and not problems.count:
				problems.add("holds no customers; export it again with at least one")
		elif kind.kind == "invoices":
			self.knows_invoices = table.found is not None

	def _rows(self, kind: FileKind, table: Table, problems: Problems) -> Iterator[list[object]]:
		"""Yield what goes into the book; once anything is wrong the rest is only checked."""
		target, check = TARGETS[kind.kind], CHECKS[kind.kind]
		for number, record in enumerate(table.records(), start=1):
			check(self, table, record, problems)
			if not self.sentences and not problems.count:
				yield target.row(record.values, number)

	def _fill_holidays(self, table: Table, problems: Problems) -> None:
		days: dict[date, str] = {}
		for record in table.records():
			if record.is_clean:
				day = date.fromisoformat(str(record.values["date"]))
				kind = str(record.values["type"])
				if days.setdefault(day, kind) != kind:
					remedy = "is both off and a make-up working day; keep one of the two lines"
					problems.add(remedy, record.line, table.header_of("date"), day.isoformat())
		if not days or problems.count:
			return
		first, last = list_range(days)
		self.store.insert_rows(
			"Holiday List", ["name", "from_date", "to_date"], [(HOLIDAY_LIST, first, last)]
		)
		rows = ((HOLIDAY_LIST, day, f"HOLIDAY-{day}") for day in days_off(days))
		self.store.insert_rows("Holiday", ["parent", "holiday_date", "name"], rows)

	def person(self, name: object) -> object:
		"""Return the spelling under which a person was named first; nobody is None."""
		return self.people.setdefault(fold(str(name)), str(name)) if name else None

	def company(self, name: object) -> str:
		"""Return the spelling under which a company was named first."""
		return self.companies.setdefault(fold(str(name)), str(name))


def check_customer(work: Import, table: Table, record: Record, problems: Problems) -> None:
	"""A customer's name stands once; its people are written as they were first."""
	_check_unique(work.customers, table, record, problems)
	for field in ("account_manager", "retention_backup_manager"):
		record.values[field] = work.person(record.values.get(field))
	record.values["customer_name"] = record.values.get("customer_name") or record.values.get("name")


def check_invoice(work: Import, table: Table, record: Record, problems: Problems) -> None:
	"""An invoice's name stands once, and its customer is known."""
	_check_unique(work.invoices, table, record, problems)
	check_reference(work, table, record, problems)
	if company := record.values.get("company"):
		record.values["company"] = work.company(company)


def check_item(work: Import, table: Table, record: Record, problems: Problems) -> None:
	"""An item belongs to an invoice that is known."""
	if not work.knows_invoices or "parent" not in record.values:
		return
	parent = str(record.values["parent"])
	record.values["parent"] = work.invoices.find(parent)
	if record.values["parent"] is None:
		remedy = f"is no invoice of {work.files['invoices'].name}; add the invoice there or drop this line"
		problems.add(remedy, record.line, table.header_of("parent"), parent)


def check_reference(work: Import, table: Table, record: Record, problems: Problems) -> None:
	"""The customer is one of the customers file."""
	if not work.knows_customers or "customer" not in record.values:
		return
	customer = str(record.values["customer"])
	record.values["customer"] = work.customers.find(customer)
	if record.values["customer"] is None:
		remedy = (
			f"is no customer of {work.files['customers'].name}; add the customer there or correct the name"
		)
		problems.add(remedy, record.line, table.header_of("customer"), customer)


def check_issue(work: Import, table: Table, record: Record, problems: Problems) -> None:
	"""The customer is known; without an issue type every row is a complaint; a severity is its priority.

	Who handled it is written as in the customers file.
	"""
	check_reference(work, table, record, problems)
	if not table.has("issue_type"):
		record.values["issue_type"] = EVERY_ROW_A_COMPLAINT
	record.values["priority"] = record.values.get("severity") or record.values.get("priority")
	record.values["modified_by"] = work.person(record.values.get("modified_by"))


def check_absence(work: Import, table: Table, record: Record, problems: Problems) -> None:
	"""The person is written as in the customers file."""
	record.values["owner"] = work.person(record.values.get("owner"))


def _check_unique(register: Register, table: Table, record: Record, problems: Problems) -> None:
	name = record.values.get("name")
	if name is None:
		return
	earlier = register.add(str(name), record.line)
	if earlier is None:
		return
	known, line = earlier
	equal = "stands" if known == name else f"is the same name for MariaDB as {quoted(known)}, which stands"
	remedy = f"{equal} on line {line} already; give every row a name of its own or drop one"
	problems.add(remedy, record.line, table.header_of("name"), str(name))


CHECKS: Mapping[str, Callable[[Import, Table, Record, Problems], None]] = {
	"customers": check_customer,
	"invoices": check_invoice,
	"items": check_item,
	"contracts": check_reference,
	"contacts": check_reference,
	"issues": check_issue,
	"absences": check_absence,
}

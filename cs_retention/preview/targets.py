"""Where the columns of an export stand in an ERPNext-shaped book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Target:
	"""The DocType that a kind of file fills: its fields by the file's columns, and what every row says beside.

	`prefix` names the rows that the export does not name: prefix and running number.
	"""

	doctype: str
	fields: Mapping[str, str]
	constants: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
	prefix: str = ""

	def fieldnames(self) -> list[str]:
		"""Return the fields in the order in which `row` gives their values."""
		return [*self.fields, *self.constants, *(["name"] if self.prefix else [])]

	def row(self, values: Mapping[str, object], number: int) -> list[object]:
		"""Return one row for the store."""
		named = [f"{self.prefix}-{number:08d}"] if self.prefix else []
		return [*(values[column] for column in self.fields.values()), *self.constants.values(), *named]


def _same(*fieldnames: str) -> Mapping[str, str]:
	return {fieldname: fieldname for fieldname in fieldnames}


TARGETS: Mapping[str, Target] = MappingProxyType(
	{
		"customers": Target(
			"Customer",
			_same(
				"name",
				"customer_name",
				"customer_group",
				"territory",
				"account_manager",
				"retention_backup_manager",
				"retention_key_account",
				"retention_billed",
				"creation",
				"disabled",
			),
		),
		"invoices": Target(
			"Sales Invoice",
			_same(
				"name",
				"customer",
				"company",
				"posting_date",
				"due_date",
				"base_net_total",
				"outstanding_amount",
				"is_return",
				"docstatus",
			),
			{"is_opening": "No", "conversion_rate": 1},
		),
		"items": Target("Sales Invoice Item", _same("parent", "item_group"), prefix="ITEM"),
		"contracts": Target(
			"Contract",
			{"party_name": "customer", "start_date": "start_date", "end_date": "end_date"},
			{"party_type": "Customer", "docstatus": 1},
			prefix="CONTRACT",
		),
		"contacts": Target(
			"Customer Touch",
			{
				"customer": "customer",
				"touch_date": "date",
				"channel": "channel",
				"outcome": "outcome",
				"satisfaction": "satisfaction",
			},
			{"source": "Import"},
			prefix="TOUCH",
		),
		"issues": Target(
			"Issue",
			_same(
				"customer",
				"opening_date",
				"status",
				"issue_type",
				"priority",
				"sla_resolution_date",
				"modified",
				"modified_by",
			),
			prefix="ISSUE",
		),
		"absences": Target(
			"Owner Absence",
			{"person": "owner", "from_date": "from_date", "to_date": "to_date"},
			prefix="ABSENCE",
		),
	}
)

"""The columns of ERPNext 15 and HRMS 15 that our code reads, by DocType; tests re-read ERPNext's from a live site.

Types are MariaDB's as Frappe makes them. `retention_*` are our Custom Fields on Customer.
"""

from __future__ import annotations

from collections.abc import Mapping

ERPNEXT: Mapping[str, Mapping[str, str]] = {
	"Account": {
		"name": "varchar(140)",
		"company": "varchar(140)",
		"account_type": "varchar(140)",
		"account_currency": "varchar(140)",
	},
	"Company": {
		"name": "varchar(140)",
		"default_currency": "varchar(140)",
		"default_holiday_list": "varchar(140)",
	},
	"Contract": {
		"name": "varchar(140)",
		"docstatus": "int(1)",
		"party_type": "varchar(140)",
		"party_name": "varchar(140)",
		"start_date": "date",
		"end_date": "date",
	},
	"Customer": {
		"name": "varchar(140)",
		"customer_name": "varchar(140)",
		"customer_group": "varchar(140)",
		"territory": "varchar(140)",
		"account_manager": "varchar(140)",
		"disabled": "int(1)",
		"is_internal_customer": "int(1)",
		"retention_star_level": "varchar(140)",
		"retention_health_band": "varchar(140)",
		"retention_key_account": "int(1)",
		"retention_key_account_reason": "text",
		"retention_billed": "int(1)",
		"retention_backup_manager": "varchar(140)",
	},
	"Employee": {
		"name": "varchar(140)",
		"status": "varchar(140)",
		"user_id": "varchar(140)",
		"company": "varchar(140)",
		"holiday_list": "varchar(140)",
	},
	"Holiday": {"name": "varchar(140)", "parent": "varchar(140)", "holiday_date": "date"},
	"Holiday List": {"name": "varchar(140)", "from_date": "date", "to_date": "date"},
	"Issue": {
		"name": "varchar(140)",
		"customer": "varchar(140)",
		"opening_date": "date",
		"status": "varchar(140)",
		"issue_type": "varchar(140)",
		"priority": "varchar(140)",
		"sla_resolution_date": "datetime(6)",
	},
	"Payment Ledger Entry": {
		"name": "varchar(140)",
		"posting_date": "date",
		"party_type": "varchar(140)",
		"party": "varchar(140)",
		"against_voucher_type": "varchar(140)",
		"against_voucher_no": "varchar(140)",
		"amount": "decimal(21,9)",
		"delinked": "int(1)",
	},
	"Sales Invoice": {
		"name": "varchar(140)",
		"docstatus": "int(1)",
		"customer": "varchar(140)",
		"company": "varchar(140)",
		"posting_date": "date",
		"due_date": "date",
		"is_return": "int(1)",
		"is_opening": "varchar(64)",
		"base_net_total": "decimal(21,9)",
		"outstanding_amount": "decimal(21,9)",
		"party_account_currency": "varchar(140)",
		"conversion_rate": "decimal(21,9)",
	},
	"Sales Invoice Item": {"name": "varchar(140)", "parent": "varchar(140)", "item_group": "varchar(140)"},
	"Subscription": {
		"name": "varchar(140)",
		"party_type": "varchar(140)",
		"party": "varchar(140)",
		"status": "varchar(140)",
		"start_date": "date",
		"end_date": "date",
		"cancelation_date": "date",
	},
}

HRMS: Mapping[str, Mapping[str, str]] = {
	"Leave Application": {
		"name": "varchar(140)",
		"docstatus": "int(1)",
		"employee": "varchar(140)",
		"from_date": "date",
		"to_date": "date",
		"half_day": "int(1)",
		"half_day_date": "date",
		"status": "varchar(140)",
	},
}
"""The same of HRMS, which a site may do without: ask `has_table` before a query."""

INDEXES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
	"Holiday": {"parent": ("parent",)},
	"Issue": {"customer": ("customer",), "status": ("status",)},
	"Payment Ledger Entry": {
		"party": ("party",),
		"against_voucher_no": ("against_voucher_no",),
	},
	"Sales Invoice": {"customer": ("customer",), "posting_date": ("posting_date",)},
	"Sales Invoice Item": {"parent": ("parent",)},
}
"""The indexes of ERPNext's that our queries meet."""

OUR_INDEXES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
	"Customer": {"retention_people": ("account_manager", "retention_backup_manager")},
	"Sales Invoice": {
		"retention_invoice_facts": (
			"customer",
			"docstatus",
			"is_return",
			"posting_date",
			"due_date",
			"base_net_total",
			"outstanding_amount",
			"is_opening",
			"company",
		),
	},
}
"""What we add: people.py finds the customers of a person, invoices.py reads every fact of a customer from the index."""

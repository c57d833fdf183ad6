"""The sample branch: files as the command line takes them, with everything the demonstration shows in them."""

import csv
from collections import Counter
from datetime import date
from importlib import resources

import pytest

from cs_retention.render.exports import safe_cell

AS_OF = date(2026, 9, 21)
COLUMNS = {
	"customers": "name customer_name customer_group territory account_manager retention_backup_manager"
	" retention_key_account creation disabled",
	"invoices": "name customer company posting_date due_date base_net_total outstanding_amount is_return docstatus",
	"items": "parent item_group",
	"contracts": "customer start_date end_date",
	"contacts": "customer date channel outcome satisfaction",
	"issues": "customer opening_date status severity",
	"holidays": "date description type",
	"absences": "owner from_date to_date",
}
FOLDER = resources.files("cs_retention.preview") / "sample_branch"


def read(name):
	text = (FOLDER / f"{name}.csv").read_text(encoding="utf-8")
	return list(csv.DictReader(text.splitlines()))


BRANCH = {name: read(name) for name in COLUMNS}


@pytest.mark.parametrize("name", sorted(COLUMNS))
def test_a_file_has_its_columns_and_no_cell_that_needs_care(name):
	rows = BRANCH[name]
	assert list(rows[0]) == COLUMNS[name].split()
	assert None not in {key for row in rows for key in row}
	assert all(row[key] is not None for row in rows for key in row)
	texts = [value for row in rows for key, value in row.items() if key != "base_net_total"]
	assert all(safe_cell(text) == text for text in texts)


def test_the_branch_is_small_enough_to_ship():
	assert sum(len((FOLDER / f"{name}.csv").read_bytes()) for name in COLUMNS) < 400_000


def test_every_row_speaks_of_a_customer_or_a_bill_of_the_branch():
	customers = {row["name"] for row in BRANCH["customers"]}
	assert len(customers) == len(BRANCH["customers"]) == 120
	assert len({name.casefold().rstrip() for name in customers}) == 120
	for name in ("invoices", "contracts", "contacts", "issues"):
		assert {row["customer"] for row in BRANCH[name]} <= customers
	bills = [row["name"] for row in BRANCH["invoices"]]
	assert len(bills) == len(set(bills))
	assert {row["parent"] for row in BRANCH["items"]} <= set(bills)


def test_four_account_managers_back_each_other_up_in_pairs_and_are_roles_not_people():
	managers = {row["account_manager"] for row in BRANCH["customers"]}
	assert managers == {f"manager.{where}@branch.example" for where in ("east", "west", "north", "south")}
	pairs = {
		(row["account_manager"], row["retention_backup_manager"])
		for row in BRANCH["customers"]
		if row["retention_backup_manager"]
	}
	assert len(pairs) == 4 and all((backup, manager) in pairs for manager, backup in pairs)
	assert {row["owner"] for row in BRANCH["absences"]} <= managers


def test_the_year_has_its_festival_week_and_its_make_up_days():
	days = {row["date"]: row["type"] for row in BRANCH["holidays"]}
	assert all(days[f"2026-10-{day:02d}"] == "off" for day in range(1, 8))
	assert days["2026-10-10"] == days["2026-09-20"] == "work"
	assert date(2026, 10, 10).weekday() == 5 and date(2026, 9, 20).weekday() == 6


def test_contacts_were_made_on_working_days_before_the_date_of_the_book():
	days = {date.fromisoformat(row["date"]): row["type"] for row in BRANCH["holidays"]}
	for row in BRANCH["contacts"]:
		day = date.fromisoformat(row["date"])
		assert day < AS_OF and days.get(day, "work" if day.weekday() < 5 else "off") == "work"


def test_most_of_the_branch_is_billed_monthly_under_a_contract_and_for_more_than_a_year():
	bills = Counter(row["customer"] for row in BRANCH["invoices"] if row["posting_date"].endswith("-05"))
	contracted = {row["customer"] for row in BRANCH["contracts"]}
	assert sum(1 for customer, count in bills.items() if count >= 14 and customer in contracted) >= 60


def test_returns_cancelled_and_draft_bills_and_a_disabled_customer_are_there_to_be_handled():
	assert any(row["is_return"] == "1" and float(row["base_net_total"]) < 0 for row in BRANCH["invoices"])
	assert {row["docstatus"] for row in BRANCH["invoices"]} == {"0", "1", "2"}
	assert any(row["disabled"] == "1" for row in BRANCH["customers"])
	assert sum(row["retention_key_account"] == "1" for row in BRANCH["customers"]) == 8

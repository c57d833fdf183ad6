"""The report of levels counts, for everybody, exactly the customers whose state that person may see."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from personas import make_personas, user
from private_bench import PrivateBench
from support_book import AS_OF
from support_reviews import connected, fill_book, new_review, play, shake

REPORT = "Star Level Distribution and Migration"
SITE = "migration.localhost"
START, END = date(2026, 11, 1), AS_OF
LEVELS = ["Five Star", "Four Star", "Three Star", "Two Star", "One Star", "Not Rated"]


@pytest.fixture(scope="module")
def book(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	"""Frappe on a site with two reviews, in whose book one account manager answers for every seventh customer."""
	with connected(bench, installed_dump, SITE) as frappe:
		fill_book(frappe, 300)
		make_personas()
		for name in frappe.get_all("Customer", pluck="name", order_by="name")[::7]:
			frappe.db.set_value("Customer", name, "account_manager", user("east"))
		frappe.db.commit()
		play(frappe, new_review(frappe, kind="Initial", as_of=START).name, "Compute", "Submit")
		shake(frappe)
		play(frappe, new_review(frappe, kind="Annual", as_of=END).name, "Compute", "Submit")
		yield frappe


@pytest.fixture(params=["manager", "east", "auditor"])
def person(request: pytest.FixtureRequest, book: Any) -> Iterator[str]:
	book.set_user(user(request.param))
	yield request.param
	book.set_user("Administrator")


def run(frappe: Any, **filters: Any) -> dict[str, Any]:
	"""Run the report as the desk does."""
	from frappe.desk.query_report import run as run_report

	period = {"company": "East", "from_date": str(START), "to_date": str(END)}
	return run_report(REPORT, {**period, **filters})


def fieldname(measure: str, level: str) -> str:
	return f"{measure}_{level.lower().replace(' ', '_')}"


def brute_force(frappe: Any, person: str) -> tuple[Counter, dict[tuple[str, str], float]]:
	"""Return customers and revenue per pair of levels, customer by customer."""
	names = {row.name.lower(): row for row in frappe.get_all("Customer", ["*"]) if not row.disabled}
	seen = [row for row in names.values() if not row.is_internal_customer]
	if person == "east":
		seen = [row for row in seen if row.account_manager == user("east")]
	revenue: dict[str, float] = defaultdict(float)
	for row in frappe.get_all("Sales Invoice", ["*"], {"docstatus": 1, "company": "East"}):
		if END.replace(year=END.year - 1) < row.posting_date <= END and row.is_opening != "Yes":
			revenue[key(row.customer)] += row.base_net_total
	pairs: Counter = Counter()
	money: dict[tuple[str, str], float] = defaultdict(float)
	for row in seen:
		pair = (level_at(frappe, row.name, START), level_at(frappe, row.name, END))
		pairs[pair] += 1
		money[pair] += revenue[key(row.name)]
	return pairs, money


def key(name: str) -> str:
	from cs_retention.facts.keys import fold

	return fold(name)


def level_at(frappe: Any, customer: str, day: date) -> str:
	ratings = frappe.get_all(
		"Star Rating", ["level"], {"customer": customer, "as_of": ("<=", day)}, order_by="status_since"
	)
	return ratings[-1].level if ratings and ratings[-1].level != "New" else "Not Rated"


def test_matrix_chart_and_totals_are_those_of_a_count_customer_by_customer(book, person: str) -> None:
	pairs, money = brute_force(book, person)
	found = run(book)
	rows = found["result"]
	assert [row["level"] for row in rows] == [*LEVELS, "Total"]
	for row in rows[:-1]:
		for end in LEVELS:
			assert row[fieldname("customers", end)] == pairs[row["level"], end]
			assert row[fieldname("revenue", end)] == pytest.approx(money[row["level"], end])
	assert rows[-1]["customers_total"] == sum(pairs.values()) > 20
	assert rows[-1]["revenue_total"] == pytest.approx(sum(money.values()))
	started, ended = (dataset["values"] for dataset in found["chart"]["data"]["datasets"])
	assert started == [sum(n for (start, _), n in pairs.items() if start == level) for level in LEVELS]
	assert ended == [sum(n for (_, end), n in pairs.items() if end == level) for level in LEVELS]
	ups = sum(n for (s, e), n in pairs.items() if LEVELS.index(e) < LEVELS.index(s) < 5)
	assert {entry["label"]: entry["value"] for entry in found["report_summary"]}["Up"] == ups > 0


def test_every_cell_opens_as_many_customers_as_it_counts(book, person: str) -> None:
	for row in run(book)["result"][:-1]:
		for end in LEVELS:
			listed = run(book, level_at_start=row["level"], level_at_end=end)["result"]
			assert len(listed) == row[fieldname("customers", end)]
			assert {(line["level_at_start"], line["level_at_end"]) for line in listed} <= {
				(row["level"], end)
			}
			assert sum(line["revenue"] for line in listed) == pytest.approx(row[fieldname("revenue", end)])


def test_the_export_holds_the_rows_of_the_grid(book, person: str) -> None:
	from frappe.desk.query_report import export_query

	period = {"company": "East", "from_date": str(START), "to_date": str(END)}
	rows = run(book)["result"]
	book.local.form_dict = book._dict(
		report_name=REPORT,
		file_format_type="CSV",
		filters=book.as_json(period),
		visible_idx=book.as_json(list(range(len(rows)))),
	)
	export_query()
	lines = book.response["filecontent"].decode("utf-8-sig").splitlines()
	assert str(rows[-1]["customers_total"]) in lines[-1]
	assert len(lines) == len(rows) + 1


def test_who_has_no_right_to_the_report_gets_nothing(book) -> None:
	book.set_user(user("clerk"))
	with pytest.raises(book.PermissionError):
		run(book)
	book.set_user("Administrator")


@pytest.mark.parametrize(
	("filters", "sentence"),
	[
		({"company": None}, "Give .*Company"),
		({"from_date": None}, "Give .*Start"),
		({"from_date": str(END + timedelta(days=1))}, "The start lies after the end"),
	],
)
def test_filters_that_cannot_be_used_are_refused_with_a_sentence(book, filters: dict, sentence: str) -> None:
	with pytest.raises(book.ValidationError, match=sentence):
		run(book, **filters)


def test_figures_of_a_company_out_of_reach_are_refused(book) -> None:
	document = {
		"doctype": "User Permission",
		"user": user("auditor"),
		"allow": "Company",
		"for_value": "West",
	}
	book.get_doc(document).insert()
	book.set_user(user("auditor"))
	with pytest.raises(book.PermissionError, match=r"You may not see figures of .*East"):
		run(book)
	book.set_user("Administrator")
	book.db.rollback()
	book.clear_cache()

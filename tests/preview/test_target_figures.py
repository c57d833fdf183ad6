"""Figures by person and territory add up to the company's; what a target is split by adds up over days and people."""

from __future__ import annotations

from datetime import date

import pytest
from support_quarter import make_truths, write_down

from cs_retention.engine.policy import Policy
from cs_retention.engine.target_periods import TargetSpan
from cs_retention.engine.vocabulary import Kpi, TargetHolder, TargetPeriod
from cs_retention.nightly.quarter import read_quarter
from cs_retention.nightly.targets import Holder, by_part, by_person, read_counted, read_figures, read_opened

AFTER = date(2026, 10, 15)
AUGUST = TargetSpan(TargetPeriod.MONTH, date(2026, 8, 1))
COMPANY = "East"


@pytest.fixture(scope="module")
def book():
	book = write_down(make_truths(1, 80, AFTER))
	names = [name for (name,) in book.rows("SELECT name FROM `tabCustomer` ORDER BY name")]
	fields = ("name", "account_manager", "territory")
	book.update_rows(
		"Customer", fields, [(name, f"{place % 3}@x", f"T{place % 2}") for place, name in enumerate(names)]
	)
	book.insert_rows(
		"Customer Retention State", ("customer", "star_level"), [(name, "One Star") for name in names]
	)
	states = list(book.rows("SELECT name, customer FROM `tabCustomer Retention State`"))
	calls = (
		(customer, state, "Done", "Reached", date(2026, 7 + place % 3, 1 + place % 28), f"{place % 3}@x")
		for place, (state, customer) in enumerate(sorted(states))
	)
	columns = ("customer", "state", "status", "outcome", "due_date", "responsible")
	book.insert_rows("Customer Callback", columns, calls)
	yield book
	book.close()


def test_parts_of_a_figure_add_up_whoever_they_are_grouped_by(book) -> None:
	whole = read_figures(book, Policy(), AUGUST, AFTER, COMPANY, TargetHolder.COMPANY)
	assert whole[Kpi.CUSTOMER_RETENTION][COMPANY].ratio.denominator > 0
	assert whole[Kpi.CALLBACKS_REACHED][COMPANY].ratio.denominator > 0
	for by, count in ((TargetHolder.PERSON, 3), (TargetHolder.TERRITORY, 2)):
		found = read_figures(book, Policy(), AUGUST, AFTER, COMPANY, by)
		assert found.keys() == whole.keys()
		assert len(found[Kpi.CUSTOMER_RETENTION]) == count
		for kpi, figures in found.items():
			total = whole[kpi].get(COMPANY)
			for side in ("numerator", "denominator"):
				parts = sum(getattr(figure.ratio, side) for figure in figures.values())
				assert parts == (getattr(total.ratio, side) if total else 0), (kpi, by)


def test_a_month_is_compared_with_a_month_before(book) -> None:
	figures = read_figures(book, Policy(), AUGUST, AFTER, COMPANY, TargetHolder.COMPANY)
	rows = read_quarter(book, Policy(), AUGUST, AFTER, COMPANY, has_levels=False).cohort
	july = sum(each.row.revenue_before for each in rows if each.row.was_active)
	assert figures[Kpi.NET_REVENUE_RETENTION][COMPANY].ratio.denominator == july
	query = (
		"SELECT SUM(base_net_total) FROM `tabSales Invoice` WHERE company = %(c)s AND docstatus = 1"
		" AND posting_date BETWEEN %(a)s AND %(b)s"
	)
	((bought,),) = book.rows(query, {"c": COMPANY, "a": date(2026, 7, 1), "b": date(2026, 7, 31)})
	assert 0 < july <= bought


def test_what_was_counted_adds_up_over_days_and_people(book) -> None:
	quarter = TargetSpan(TargetPeriod.QUARTER, date(2026, 7, 1))
	counted, people = read_counted(book, Policy(), Kpi.CALLBACKS_REACHED, quarter, AFTER, Holder(COMPANY))
	year_after = TargetSpan(TargetPeriod.QUARTER, date(2027, 7, 1))
	months = by_part(counted, year_after.parts(TargetPeriod.MONTH))
	assert len(months) == 3 and sum(months.values()) == len(counted) > 0
	managers = people.managers(Holder(COMPANY))
	assert sum(by_person(counted, managers).values()) == len(counted) and len(managers) == 3
	assert people.managers(Holder(COMPANY, "T0")) == managers
	of_one, _people = read_counted(
		book, Policy(), Kpi.CALLBACKS_REACHED, quarter, AFTER, Holder(COMPANY, "T0", "0@x")
	)
	assert 0 < len(of_one) < len(counted) and {row.person for row in of_one} == {"0@x"}
	before_the_book = read_counted(
		book, Policy(), Kpi.CALLBACKS_REACHED, quarter, date(2026, 6, 30), Holder(COMPANY)
	)
	assert before_the_book[0] == []


@pytest.mark.parametrize("by", TargetHolder)
def test_a_holder_s_figure_opens_the_rows_that_add_up_to_it(book, by: TargetHolder) -> None:
	opened = 0
	for kpi, holders in read_figures(book, Policy(), AUGUST, AFTER, COMPANY, by).items():
		for holder, figure in holders.items():
			rows = list(read_opened(book, Policy(), AUGUST, AFTER, COMPANY, by, kpi, holder))
			assert len(rows) == figure.rows
			for side in ("numerator", "denominator"):
				total = sum(getattr(part, side) for _shown, part in rows)
				assert total == getattr(figure.ratio, side), (kpi, holder)
			opened += len(rows)
	assert opened > 100
	nothing = read_opened(book, Policy(), AUGUST, AFTER, COMPANY, by, Kpi.UPHELD_COMPLAINTS, COMPANY)
	assert list(nothing) == []

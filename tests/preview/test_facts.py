from contextlib import closing
from dataclasses import fields
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from support_book import (
	AS_OF,
	ON_LEAVE,
	add,
	add_invoices,
	add_leaves,
	days_off,
	open_sqlite_book,
	tables_with_hrms,
)

from cs_retention.engine.customer import CustomerFacts
from cs_retention.engine.policy import ComplaintPolicy
from cs_retention.engine.vocabulary import Channel, ObligationKind
from cs_retention.engine.workdays import WorkCalendar
from cs_retention.facts.agreements import AgreementFacts
from cs_retention.facts.basis import read_book_figures
from cs_retention.facts.book import CustomerRow, page_bounds, pages, read_customers, read_shape
from cs_retention.facts.calendars import read_calendars
from cs_retention.facts.callbacks import read_callbacks
from cs_retention.facts.invoices import InvoiceFacts
from cs_retention.facts.issues import IssueFacts
from cs_retention.facts.people import read_rows_of
from cs_retention.facts.schedules import Schedule, read_schedules
from cs_retention.facts.selection import Selection
from cs_retention.facts.touches import Contact, TouchFacts, read_contacts
from cs_retention.facts.values import as_amount

COMPLAINTS = ComplaintPolicy(issue_types=("Complaint", "投诉"), serious_priorities=("Serious", "严重"))


@pytest.fixture
def book():
	store = open_sqlite_book()
	add(store, "Company", [{"name": "East", "default_currency": "CNY"}])
	add(store, "Customer", [{"name": "Acme"}])
	yield store
	store.close()


def facts_of(book, name="Acme", **options):
	found = [
		facts
		for page in pages(book)
		for facts in read_customers(book, page, read_shape(book), COMPLAINTS, AS_OF, **options)
	]
	return next(facts for facts in found if facts.customer == name)


A_TO_B = Selection.between("A", "B")


def days_ago(days):
	return AS_OF - timedelta(days=days)


def test_what_is_read_stands_in_the_order_of_the_facts():
	*invoices, overdue, oldest = InvoiceFacts._fields
	assert [field.name for field in fields(CustomerFacts)] == [
		*("customer", *CustomerRow._fields[1:], *invoices),
		*("revenue_12m_by_company", overdue, oldest, "overdue_before"),
		*(*IssueFacts._fields, *TouchFacts._fields, "item_groups", *AgreementFacts._fields, "warnings"),
	]


@pytest.mark.parametrize(
	("given", "amount"),
	[
		("0.000000000", 0.0),
		("", 0.0),
		("1000", 1000.0),
		("12.345678000", 12.345678),
		("12.345678500", 12.345679),
		("-0.000000500", -0.000001),
		("0.000000499999999000", 0.0),
		("0.000000500000000000", 0.000001),
		(Decimal("2.5000005"), 2.500001),
		(2.5000005, 2.500001),
		(None, 0.0),
	],
)
def test_an_amount_is_rounded_half_up_to_six_digits_however_it_comes(given, amount):
	assert as_amount(given) == amount


class TestPages:
	def test_disabled_and_internal_customers_are_not_in_the_book(self, book):
		add(book, "Customer", [{"name": "Gone", "disabled": 1}, {"name": "Own", "is_internal_customer": 1}])
		assert [[row.name for row in page] for page in pages(book)] == [["Acme"]]

	def test_pages_follow_each_other_without_a_gap(self, book):
		add(book, "Customer", [{"name": f"C{number}"} for number in range(5)])
		assert [[row.name for row in page] for page in pages(book, 2)] == [
			["Acme", "C0"],
			["C1", "C2"],
			["C3", "C4"],
		]

	@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 7])
	def test_the_bounds_of_pages_are_the_first_and_the_last_of_each(self, book, size):
		names = [{"name": name} for name in ("acne", "Über", "uber 2", "客户", "zz")]
		add(book, "Customer", [*names, {"name": "Aa gone", "disabled": 1}])
		rows = [(page[0].name, page[-1].name) for page in pages(book, size)]
		assert list(page_bounds(book, size)) == rows
		assert len(rows) == -(-6 // size)

	def test_a_book_without_customers_has_no_page(self, book):
		list(book.rows("DELETE FROM `tabCustomer`"))
		assert list(page_bounds(book)) == []

	def test_what_people_entered_on_the_customer_is_passed_on(self, book):
		entered = {
			"name": "Bolt",
			"account_manager": "manager.east@branch.example",
			"retention_backup_manager": "",
			"retention_key_account": 1,
			"retention_billed": 1,
		}
		add(book, "Customer", [entered])
		facts = facts_of(book, "Bolt")
		assert (facts.account_manager, facts.backup_manager) == ("manager.east@branch.example", None)
		assert facts.is_named_key_account and facts.is_billed and facts.is_contract_customer


class TestInvoices:
	def test_a_customer_without_invoices_has_bought_nothing(self, book):
		facts = facts_of(book)
		assert (facts.first_purchase, facts.purchase_days, facts.revenue_12m) == (None, 0, 0.0)
		assert facts.revenue_12m_by_company == ()

	def test_two_invoices_of_one_day_are_one_purchase_day(self, book):
		add_invoices(book, "Acme", {}, {}, {"posting_date": date(2026, 10, 1)})
		facts = facts_of(book)
		assert (facts.first_purchase, facts.last_purchase) == (date(2026, 10, 1), date(2026, 11, 1))
		assert (facts.purchase_days, facts.repeats, facts.revenue_12m) == (2, 1, 300.0)

	def test_drafts_cancelled_and_later_invoices_do_not_count(self, book):
		add_invoices(book, "Acme", {"docstatus": 0}, {"docstatus": 2}, {"posting_date": date(2026, 11, 16)})
		assert facts_of(book).purchase_days == 0

	def test_a_return_lowers_revenue_and_is_no_purchase_day(self, book):
		back = {"is_return": 1, "base_net_total": -30, "posting_date": date(2026, 11, 3)}
		add_invoices(book, "Acme", {}, back)
		facts = facts_of(book)
		assert (facts.purchase_days, facts.last_purchase, facts.revenue_12m) == (1, date(2026, 11, 1), 70.0)

	def test_an_invoice_over_nothing_is_no_purchase_day(self, book):
		add_invoices(book, "Acme", {"base_net_total": 0})
		assert facts_of(book).purchase_days == 0

	def test_an_opening_invoice_counts_as_overdue_only(self, book):
		opening = {"is_opening": "Yes", "outstanding_amount": 80, "due_date": date(2026, 10, 1)}
		add_invoices(book, "Acme", opening)
		facts = facts_of(book)
		assert (facts.purchase_days, facts.revenue_12m, facts.overdue_amount) == (0, 0.0, 80.0)
		assert facts.oldest_overdue == date(2026, 10, 1)

	@pytest.mark.parametrize(
		("posted", "figures"),
		[
			(date(2025, 11, 15), (0, 0.0, 100.0, 0.0, 0.0)),
			(date(2025, 11, 16), (1, 100.0, 0.0, 0.0, 0.0)),
			(date(2024, 11, 15), (0, 0.0, 0.0, 0.0, 0.0)),
			(date(2024, 11, 16), (0, 0.0, 100.0, 0.0, 0.0)),
			(date(2026, 8, 15), (1, 100.0, 0.0, 0.0, 100.0)),
			(date(2026, 8, 16), (1, 100.0, 0.0, 100.0, 0.0)),
			(date(2026, 5, 15), (1, 100.0, 0.0, 0.0, 0.0)),
			(date(2026, 5, 16), (1, 100.0, 0.0, 0.0, 100.0)),
		],
	)
	def test_months_are_counted_back_from_the_date_exclusive(self, book, posted, figures):
		add_invoices(book, "Acme", {"posting_date": posted})
		facts = facts_of(book)
		assert figures == (
			facts.purchase_days_12m,
			facts.revenue_12m,
			facts.revenue_prior_12m,
			facts.revenue_3m,
			facts.revenue_prior_3m,
		)

	def test_overdue_is_what_is_open_and_was_due_before_the_date(self, book):
		add_invoices(
			book,
			"Acme",
			{"outstanding_amount": 1, "due_date": AS_OF},
			{"outstanding_amount": 2, "due_date": days_ago(1)},
			{"outstanding_amount": 4, "due_date": days_ago(40)},
			{"outstanding_amount": 0, "due_date": days_ago(90)},
			{"outstanding_amount": -8, "due_date": days_ago(90), "is_return": 1},
			{"outstanding_amount": 16},
		)
		facts = facts_of(book)
		assert (facts.overdue_amount, facts.oldest_overdue) == (6.0, days_ago(40))

	def test_what_is_owed_in_another_currency_is_converted_at_the_invoices_rate(self, book):
		account = {"company": "East", "account_type": "Receivable", "account_currency": "USD"}
		add(book, "Account", [{"name": "Debtors USD", **account}])
		owed = {"outstanding_amount": 10, "due_date": days_ago(3), "conversion_rate": 7.2}
		add_invoices(
			book,
			"Acme",
			{**owed, "party_account_currency": "USD"},
			{**owed, "party_account_currency": "CNY"},
		)
		assert facts_of(book).overdue_amount == 82.0

	def test_revenue_is_told_apart_by_company_where_there_are_several(self, book):
		add(book, "Company", [{"name": "West"}, {"name": "North"}])
		back = {"is_return": 1, "base_net_total": -5, "company": "North"}
		add_invoices(book, "Acme", {"company": "West"}, {"posting_date": date(2020, 1, 1)}, back)
		facts = facts_of(book)
		assert facts.revenue_12m_by_company == (("East", 0.0), ("West", 100.0))
		assert facts.revenue_12m == 95.0

	def test_in_a_book_of_one_company_revenue_is_the_companys(self, book):
		add_invoices(book, "Acme", {})
		assert facts_of(book).revenue_12m_by_company == (("East", 100.0),)

	def test_binary_noise_is_rounded_away_and_halves_go_up(self, book):
		add_invoices(book, "Acme", {"base_net_total": 0.1}, {"base_net_total": 0.2000005})
		assert facts_of(book).revenue_12m == 0.300001


def test_customers_are_of_their_account_manager_else_of_the_backup_else_of_nobody(book):
	for name, manager, backup in (("Bolt", None, "b@x"), ("Core", "a@x", "b@x"), ("Dock", "", "b@x")):
		add(
			book,
			"Customer",
			[{"name": name, "account_manager": manager, "retention_backup_manager": backup}],
		)
	theirs = {
		person: [row.name for row in read_rows_of(book, [person])] for person in ("a@x", "b@x", "c@x", "")
	}
	assert theirs == {"a@x": ["Core"], "b@x": ["Bolt", "Dock"], "c@x": [], "": ["Acme"]}
	assert [row.name for row in read_rows_of(book, ["b@x", ""])] == ["Acme", "Bolt", "Dock"]


class TestTouches:
	def touch(self, book, days, outcome, satisfaction=0, channel="Phone"):
		row = {
			"customer": "Acme",
			"touch_date": days_ago(days),
			"outcome": outcome,
			"satisfaction": satisfaction,
			"channel": channel,
		}
		add(book, "Customer Touch", [row])

	def test_reached_and_visited_count_as_contact(self, book):
		self.touch(book, 20, "Reached")
		self.touch(book, 10, "Visited")
		self.touch(book, 5, "Not Reached")
		facts = facts_of(book)
		assert (facts.last_contact, facts.unreached_in_a_row) == (days_ago(10), 1)

	def test_only_attempts_after_the_last_contact_are_in_a_row(self, book):
		for days, outcome in ((30, "Not Reached"), (20, "Reached"), (20, "Not Reached"), (3, "Not Reached")):
			self.touch(book, days, outcome)
		self.touch(book, 3, "Not Reached")
		assert facts_of(book).unreached_in_a_row == 2

	def test_attempts_on_somebody_never_reached_all_count(self, book):
		for days in (3, 2, 1):
			self.touch(book, days, "Not Reached")
		assert facts_of(book).unreached_in_a_row == 3

	@pytest.mark.parametrize(
		("touches", "has_refused"),
		[
			([(9, "Reached"), (3, "Refused")], True),
			([(9, "Refused"), (3, "Reached")], False),
			([(3, "Refused"), (3, "Reached")], False),
			([(3, "Refused"), (3, "Not Reached")], True),
			([(3, "Not Reached"), (3, "Refused")], True),
			([(3, "Refused"), (1, "Not Reached")], False),
			([(3, "Refused")], True),
			([(3, "Refused"), (1, "Withdrawn")], True),
			([(3, "Refused"), (1, None)], True),
		],
	)
	def test_a_refusal_is_the_last_word_on_the_last_day_of_touch(self, book, touches, has_refused):
		for days, outcome in touches:
			self.touch(book, days, outcome)
		assert facts_of(book).has_refused is has_refused

	def test_the_last_answer_counts_and_of_one_day_the_lowest(self, book):
		self.touch(book, 30, "Reached", satisfaction=1)
		self.touch(book, 20, "Reached", satisfaction=5)
		self.touch(book, 20, "Refused", satisfaction=3)
		self.touch(book, 10, "Reached")
		facts = facts_of(book)
		assert (facts.last_satisfaction, facts.last_satisfaction_on) == (3, days_ago(20))
		assert facts.last_contact == days_ago(10)

	def test_what_happens_later_is_not_known_yet(self, book):
		self.touch(book, -1, "Reached", satisfaction=5)
		facts = facts_of(book)
		assert (facts.last_contact, facts.last_satisfaction) == (None, None)

	def test_contacts_of_a_range_come_once_per_day_and_channel(self, book):
		for days, outcome, channel in (
			(9, "Reached", "Phone"),
			(5, "Reached", "Phone"),
			(5, "Reached", "Phone"),
			(5, "Visited", "Visit"),
			(4, "Refused", "Phone"),
			(1, "Reached", "Video"),
		):
			self.touch(book, days, outcome, channel=channel)
		found = read_contacts(book, A_TO_B, days_ago(8), days_ago(1))
		assert found == {
			"acme": (
				Contact(days_ago(5), Channel.PHONE),
				Contact(days_ago(5), Channel.VISIT),
				Contact(days_ago(1), Channel.VIDEO),
			)
		}


class TestIssues:
	def issue(self, book, days, issue_type="Complaint", priority="Low", status="Open"):
		row = {
			"customer": "Acme",
			"opening_date": days_ago(days),
			"issue_type": issue_type,
			"priority": priority,
			"status": status,
		}
		add(book, "Issue", [row])

	def test_complaints_are_counted_within_30_90_and_365_days(self, book):
		for days in (29, 30, 89, 90, 364, 365):
			self.issue(book, days)
		facts = facts_of(book)
		assert (facts.complaints_30d, facts.complaints_90d, facts.complaints_12m) == (1, 3, 5)

	def test_other_issues_are_none(self, book):
		self.issue(book, 3, issue_type="Question")
		self.issue(book, 3, issue_type=None)
		assert facts_of(book).complaints_12m == 0

	def test_types_and_priorities_compare_without_case(self, book):
		self.issue(book, 3, issue_type="COMPLAINT", priority="serious")
		self.issue(book, 3, issue_type="投诉", priority="严重")
		facts = facts_of(book)
		assert (facts.complaints_30d, facts.serious_complaints_30d, facts.serious_complaints_12m) == (2, 2, 2)

	def test_resolved_and_closed_ones_are_not_open(self, book):
		for status in ("Closed", "Resolved", "Open", "Replied", "On Hold"):
			self.issue(book, 60, status=status)
		self.issue(book, 100)
		assert facts_of(book).open_complaints_90d == 3


class TestAgreements:
	def contract(self, book, start, end, **other):
		row = {
			"party_type": "Customer",
			"party_name": "Acme",
			"docstatus": 1,
			"start_date": start,
			"end_date": end,
		}
		add(book, "Contract", [{**row, **other}])

	def subscription(self, book, start, end, **other):
		row = {"party_type": "Customer", "party": "Acme", "start_date": start, "end_date": end}
		add(book, "Subscription", [{**row, **other}])

	def read(self, book):
		facts = facts_of(book)
		return facts.has_contract, facts.contract_start, facts.contract_end, facts.is_open_ended

	def test_nothing_is_running_without_any(self, book):
		assert self.read(book) == (False, None, None, False)

	def test_both_ends_belong_to_the_term(self, book):
		self.contract(book, AS_OF, AS_OF)
		assert self.read(book) == (True, AS_OF, AS_OF, False)

	def test_the_latest_end_of_the_running_and_the_earliest_start_of_all_count(self, book):
		self.contract(book, date(2020, 1, 1), date(2020, 12, 31))
		self.contract(book, date(2026, 1, 1), date(2026, 12, 31))
		self.subscription(book, date(2026, 6, 1), date(2027, 5, 31), status="Active")
		assert self.read(book) == (True, date(2020, 1, 1), date(2027, 5, 31), False)

	def test_one_without_an_end_leaves_all_open(self, book):
		self.contract(book, date(2026, 1, 1), date(2026, 12, 31))
		self.subscription(book, date(2026, 6, 1), None)
		assert self.read(book) == (True, date(2026, 1, 1), None, True)

	def test_ended_ones_tell_the_last_end(self, book):
		self.contract(book, date(2020, 1, 1), date(2020, 12, 31))
		self.contract(book, date(2021, 1, 1), date(2021, 6, 30))
		assert self.read(book) == (False, date(2020, 1, 1), date(2021, 6, 30), False)

	def test_drafts_cancelled_future_and_other_parties_bind_nobody(self, book):
		self.contract(book, date(2026, 1, 1), None, docstatus=0)
		self.contract(book, date(2026, 1, 1), None, docstatus=2)
		self.contract(book, date(2026, 1, 1), None, party_type="Supplier")
		self.contract(book, date(2026, 12, 1), date(2027, 12, 1))
		assert self.read(book) == (False, None, None, False)

	@pytest.mark.parametrize("status", ["Cancelled", "Completed"])
	def test_a_subscription_that_is_over_is_not_running(self, book, status):
		self.subscription(book, date(2026, 1, 1), None, status=status)
		assert self.read(book) == (False, date(2026, 1, 1), None, False)


class TestItems:
	def test_item_groups_are_unknown_where_no_invoice_has_items(self, book):
		add_invoices(book, "Acme", {})
		assert facts_of(book).item_groups is None

	def test_distinct_groups_of_sales_over_the_whole_history_count(self, book):
		add(book, "Customer", [{"name": "Bolt"}])
		add_invoices(
			book,
			"Acme",
			{"name": "I1", "posting_date": date(2010, 1, 1)},
			{"name": "I2"},
			{"name": "I3", "is_return": 1},
			{"name": "I4", "docstatus": 0},
			{"name": "I5", "is_opening": "Yes"},
		)
		groups = (("I1", "Phones"), ("I2", "Phones"), ("I2", "Plans"), ("I2", ""), ("I3", "Cables"))
		groups += (("I4", "Tablets"), ("I5", "Watches"))
		add(book, "Sales Invoice Item", [{"parent": parent, "item_group": group} for parent, group in groups])
		assert facts_of(book).item_groups == 2
		assert facts_of(book, "Bolt").item_groups == 0


def test_the_overdue_amount_of_before_comes_from_outside(book):
	assert facts_of(book).overdue_before is None
	assert facts_of(book, overdue_before={"acme": 12.5}).overdue_before == 12.5


class TestBookFigures:
	def figures(self, book):
		return read_book_figures(book, read_shape(book), AS_OF, 6)

	def test_repeat_buyers_give_spans_and_rated_customers_revenues(self, book):
		add(book, "Customer", [{"name": "Bolt"}, {"name": "Cord"}, {"name": "Gone", "disabled": 1}])
		old, new = {"posting_date": date(2026, 5, 15)}, {"posting_date": date(2026, 5, 16)}
		add_invoices(book, "Acme", old, {"posting_date": date(2026, 6, 14), "base_net_total": 50})
		add_invoices(book, "Bolt", new)
		add_invoices(book, "Cord", old)
		add_invoices(book, "Gone", old, {"base_net_total": 1})
		figures = self.figures(book)
		assert list(figures.spans()) == [(30, 1)]
		assert {name: list(found) for name, found in figures.revenues.items()} == {"East": [100.0, 150.0]}

	def test_revenues_stand_under_each_company_bought_from(self, book):
		add(book, "Company", [{"name": "West"}])
		add_invoices(book, "Acme", {"posting_date": date(2020, 1, 1)}, {"company": "West"})
		revenues = self.figures(book).revenues
		assert {name: list(found) for name, found in revenues.items()} == {"East": [0.0], "West": [100.0]}


class TestCalendars:
	def holidays(self, book, name, first, last, *days):
		add(book, "Holiday List", [{"name": name, "from_date": first, "to_date": last}])
		add(book, "Holiday", [{"parent": name, "holiday_date": day} for day in days])

	def read(self, book):
		return read_calendars(book, date(2026, 11, 1), date(2026, 12, 31))

	def test_without_lists_monday_to_friday_is_worked(self, book):
		assert self.read(book).of_company("East") == WorkCalendar()
		assert self.read(book).of_person("manager.east@branch.example") == WorkCalendar()

	def test_inside_a_list_what_is_listed_is_off_and_a_weekend_day_that_is_not_is_worked(self, book):
		self.holidays(
			book,
			"2026",
			date(2026, 11, 2),
			date(2026, 11, 15),
			date(2026, 11, 4),
			date(2026, 11, 7),
			date(2026, 11, 8),
		)
		book.update_rows("Company", ("name", "default_holiday_list"), [("East", "2026")])
		calendar = self.read(book).of_company()
		assert not calendar.is_working(date(2026, 11, 4))
		assert not calendar.is_working(date(2026, 11, 7))
		assert calendar.is_working(date(2026, 11, 14))
		assert calendar.is_working(date(2026, 11, 15))
		assert not calendar.is_working(date(2026, 11, 21))

	def test_a_person_has_its_own_list_else_the_companys_less_its_absences(self, book):
		self.holidays(book, "All", date(2026, 11, 16), date(2026, 11, 20), date(2026, 11, 16))
		self.holidays(book, "Own", date(2026, 11, 16), date(2026, 11, 20), date(2026, 11, 17))
		book.update_rows("Company", ("name", "default_holiday_list"), [("East", "All")])
		person = {"company": "East", "status": "Active"}
		add(
			book,
			"Employee",
			[
				{"user_id": "own@branch.example", "holiday_list": "Own", **person},
				{"user_id": "all@branch.example", **person},
				{"user_id": "left@branch.example", "holiday_list": "Own", **person, "status": "Left"},
			],
		)
		away = {
			"person": "all@branch.example",
			"from_date": date(2026, 11, 18),
			"to_date": date(2026, 11, 19),
		}
		add(book, "Owner Absence", [away])
		calendars = self.read(book)

		def off(user):
			calendar = calendars.of_person(user)
			return [day for day in range(16, 21) if not calendar.is_working(date(2026, 11, day))]

		assert off("own@branch.example") == [17]
		assert off("all@branch.example") == [16, 18, 19]
		assert off("left@branch.example") == [16]
		assert off(None) == [16]

	def test_approved_leave_takes_whole_days_where_hrms_is_installed(self):
		with closing(open_sqlite_book(tables_with_hrms())) as book:
			add_leaves(book, "east@branch.example")
			calendars = self.read(book)
		assert days_off(calendars, "east@branch.example") == ON_LEAVE
		assert days_off(calendars, "west@branch.example") == set()

	def test_leave_and_absence_of_one_person_are_both_taken_out(self):
		with closing(open_sqlite_book(tables_with_hrms())) as book:
			add_leaves(book, "East@branch.example")
			days = {"from_date": date(2026, 11, 17), "to_date": date(2026, 11, 18)}
			add(book, "Owner Absence", [{"person": "east@branch.example", **days}])
			assert days_off(self.read(book), "east@branch.example") == ON_LEAVE | {18}


def test_a_schedule_tells_channel_weekdays_hours_and_pause(book):
	row = {
		"customer": "Acme",
		"preferred_channel": "Message",
		"tuesday": 1,
		"friday": 1,
		"hours_from": "9:30:00",
		"pause_from": date(2026, 12, 1),
	}
	add(book, "Callback Schedule", [row])
	assert read_schedules(book, A_TO_B) == {
		"acme": Schedule(Channel.MESSAGE, time(9, 30), None, date(2026, 12, 1), None, frozenset({1, 4}))
	}


def test_standing_callbacks_come_in_order_of_date_with_their_purposes(book):
	manager = "manager.east@branch.example"
	planned = {"customer": "Acme", "status": "Planned", "channel": "Phone", "responsible": manager}
	add(
		book,
		"Customer Callback",
		[
			{"name": "k2", "due_date": date(2026, 11, 20), "is_committed": 1, **planned},
			{"name": "k1", "due_date": date(2026, 11, 17), **planned},
			{"name": "k0", "due_date": date(2026, 11, 3), **planned, "status": "Done"},
		],
	)
	purpose = {"kind": "Quota", "obligation_key": "Quota|s1|2026-11", "period_start": date(2026, 11, 1)}
	add(book, "Customer Callback Purpose", [{"parent": "k2", "idx": 1, **purpose}])
	first, second = read_callbacks(book, A_TO_B)["acme"]
	assert (first.name, first.purposes, first.is_committed) == ("k1", (), False)
	assert (second.name, second.due_date, second.responsible) == ("k2", date(2026, 11, 20), manager)
	assert second.purposes[0].kind is ObligationKind.QUOTA
	assert second.purposes[0].period_start == date(2026, 11, 1)

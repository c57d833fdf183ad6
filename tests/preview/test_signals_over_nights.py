"""Signals from night to night: raised once, told anew, silent, ended; what people closed; what a history keeps."""

from contextlib import closing
from datetime import date, timedelta
from itertools import pairwise

import pytest
from support_book import AS_OF, add, add_invoices, open_sqlite_book
from support_random_book import fill, random_book

from cs_retention.engine.policy import Policy
from cs_retention.facts.book import page_of, pages
from cs_retention.nightly.basis import read_basis
from cs_retention.nightly.rate import RateCounts, rate_page
from cs_retention.nightly.reason_json import load_reasons
from cs_retention.nightly.run import rate_book

SIGNALS = """
	SELECT customer, rule, status, closed_as, raised_on, closed_on, open_key, night_key, reasons, name
	FROM `tabChurn Signal` ORDER BY customer, rule, raised_on, name
"""
CHANGES = """
	SELECT customer, as_of, band_before, health_before, band, health, main_reason, is_worse, is_told, reasons
	FROM `tabCustomer Health Change` ORDER BY as_of, customer
"""


@pytest.fixture
def store():
	with closing(open_sqlite_book()) as book:
		add(book, "Company", [{"name": "East", "default_currency": "CNY"}])
		yield book


def customer(store, name, *days, **fields):
	add(store, "Customer", [{"name": name, "customer_name": name, **fields}])
	bought(store, name, *days)


def bought(store, name, *days):
	add_invoices(store, name, *({"posting_date": day, "due_date": day} for day in days))
	store.commit()


def monthly(last, count, gap=30):
	return [last - timedelta(days=gap * place) for place in range(count)]


def night(store, number):
	counts = rate_book(store, Policy(), AS_OF + timedelta(days=number), lambda phase, done: None)
	store.commit()
	return counts


def signals(store, *fields):
	names = SIGNALS.split("SELECT ")[1].split("FROM")[0].replace("\n", " ").split(",")
	names = [name.strip() for name in names]
	rows = [dict(zip(names, row, strict=True)) for row in store.rows(SIGNALS)]
	return [tuple(row[field] for field in fields) for row in rows]


def change(store, name, **fields):
	store.update_rows("Churn Signal", ("name", *fields), [(name, *fields.values())])
	store.commit()


def late_customer(store, name="Late"):
	"""A customer who turns late two nights after the first one."""
	customer(store, name, *monthly(AS_OF - timedelta(days=40), 8, gap=20))


def test_a_signal_is_raised_once_and_its_figures_age_without_a_write(store):
	late_customer(store)
	night(store, 0)
	assert signals(store, "rule") == []
	counts = night(store, 3)
	assert counts.signals == 1
	assert signals(store, "rule", "status", "raised_on") == [("Lateness", "Open", "2026-11-18")]
	assert night(store, 3).rows_written == 0
	assert night(store, 4).signals == 0
	((reasons,),) = signals(store, "reasons")
	assert dict(load_reasons(reasons)[0].figures)["days"] == 43


def test_a_purchase_ends_lateness_and_it_may_be_raised_anew(store):
	late_customer(store)
	night(store, 3)
	bought(store, "Late", AS_OF + timedelta(days=4))
	night(store, 5)
	assert signals(store, "status", "closed_as", "closed_on", "open_key", "night_key") == [
		("Closed", "Fact Gone", "2026-11-20", None, None)
	]
	night(store, 5 + 90)
	assert signals(store, "status") == [("Closed",), ("Open",)]


def test_lateness_ends_when_the_customer_is_lost(store):
	late_customer(store)
	night(store, 3)
	night(store, 326)
	assert signals(store, "status", "closed_as") == [("Closed", "Customer Lost")]


def let_go(store, name, day):
	case = {"name": f"CASE-{name}", "customer": name, "status": "Released", "release_file": f"FILE-{name}"}
	add(store, "Retention Case", [{**case, "closed_on": day}])
	add(store, "Release File", [{"name": f"FILE-{name}", "docstatus": 1, "released_on": day}])
	store.commit()


def test_nothing_warns_of_a_customer_who_was_let_go_until_it_is_back(store):
	late_customer(store)
	late_customer(store, "Other")
	night(store, 3)
	enter(store, "Late", "Competitor Named")
	let_go(store, "Late", AS_OF + timedelta(days=3))
	night(store, 4)
	closed = ("Late", "Lateness", "Closed", "Customer Lost", "2026-11-19")
	entered = ("Late", "Competitor Named", "Open", None, None)
	other = ("Other", "Lateness", "Open", None, None)
	told = ("customer", "rule", "status", "closed_as", "closed_on")
	assert signals(store, *told) == [entered, closed, other]
	night(store, 60)
	assert signals(store, *told)[:2] == [entered, closed]
	bought(store, "Late", AS_OF + timedelta(days=70))
	night(store, 70 + 90)
	assert ("Late", "Lateness", "Open", None, None) in signals(store, *told)


def test_what_a_person_closed_stays_closed_until_the_fact_is_gone(store):
	late_customer(store)
	night(store, 3)
	((name,),) = signals(store, "name")
	change(store, name, status="Closed", closed_as="False Alarm", night_key=None)
	night(store, 20)
	assert signals(store, "status", "closed_as") == [("Closed", "False Alarm")]
	bought(store, "Late", AS_OF + timedelta(days=21))
	night(store, 22)
	assert signals(store, "closed_as", "open_key") == [("False Alarm", None)]
	night(store, 22 + 90)
	assert signals(store, "status", "closed_as") == [("Closed", "False Alarm"), ("Open", None)]


def test_a_snoozed_signal_is_silent_to_its_date_and_then_speaks_with_new_figures(store):
	late_customer(store)
	night(store, 3)
	((name,),) = signals(store, "name")
	change(store, name, status="Snoozed", snoozed_until=AS_OF + timedelta(days=13))
	night(store, 12)
	assert signals(store, "status") == [("Snoozed",)]
	night(store, 13)
	((status, reasons),) = signals(store, "status", "reasons")
	assert (status, dict(load_reasons(reasons)[0].figures)["days"]) == ("Open", 53)
	assert night(store, 13).rows_written == 0


def test_a_customer_who_looks_billed_is_proposed_and_never_switched(store):
	customer(store, "Monthly", *monthly(AS_OF - timedelta(days=5), 7))
	customer(store, "Contract", *monthly(AS_OF - timedelta(days=5), 7), retention_billed=1)
	customer(store, "Weekly", *monthly(AS_OF - timedelta(days=5), 20, gap=7))
	night(store, 0)
	assert signals(store, "customer", "rule") == [("Monthly", "Looks Billed")]
	billed = dict(store.rows("SELECT name, retention_billed FROM `tabCustomer`"))
	assert billed == {"Monthly": 0, "Contract": 1, "Weekly": 0}
	assert night(store, 0).rows_written == 0
	store.update_rows("Customer", ("name", "retention_billed"), [("Monthly", 1)])
	night(store, 1)
	assert signals(store, "rule", "closed_as") == [("Looks Billed", "Fact Gone")]


def enter(store, name, rule, **fields):
	((state,),) = store.rows(
		"SELECT name FROM `tabCustomer Retention State` WHERE customer = %(name)s", {"name": name}
	)
	key = f"{state}|{rule}"
	row = {"customer": name, "state": state, "rule": rule, "status": "Open", "open_key": key}
	add(store, "Churn Signal", [{**row, "night_key": key, "name": f"{name} {rule}", **fields}])
	store.commit()


@pytest.mark.parametrize("status", ["Open", "Snoozed"])
def test_what_people_enter_caps_health_until_it_is_closed(store, status):
	customer(store, "Loyal", *monthly(AS_OF - timedelta(days=5), 9, gap=14))
	night(store, 0)
	enter(store, "Loyal", "Cancellation Asked", status=status, snoozed_until=AS_OF + timedelta(days=99))
	night(store, 1)
	health = "SELECT health, health_band, main_reason FROM `tabCustomer Retention State`"
	assert list(store.rows(health)) == [(39, "At Risk", "warning")]
	change(store, "Loyal Cancellation Asked", status="Closed", open_key=None, night_key=None)
	night(store, 2)
	((now, band, _),) = store.rows(health)
	assert now > 60 and band == "Healthy"
	told = [row[2:6] for row in store.rows(CHANGES)]
	assert [(before, after) for before, _, after, _ in told] == [
		("Healthy", "At Risk"),
		("At Risk", "Healthy"),
	]


def test_the_night_wakes_what_people_entered_and_silenced(store):
	customer(store, "Loyal", *monthly(AS_OF - timedelta(days=5), 9, gap=14))
	night(store, 0)
	enter(store, "Loyal", "Competitor Named", status="Snoozed", snoozed_until=AS_OF + timedelta(days=2))
	night(store, 1)
	assert signals(store, "status") == [("Snoozed",)]
	night(store, 2)
	assert signals(store, "status", "open_key") != [("Open", None)]
	assert signals(store, "status") == [("Open",)]
	assert night(store, 2).rows_written == 0


def test_signals_of_a_customer_who_left_the_book_end_but_what_people_entered_stands(store):
	late_customer(store)
	customer(store, "Zoo", *monthly(AS_OF, 3))
	night(store, 3)
	enter(store, "Late", "Port-Out Asked")
	store.update_rows("Customer", ("name", "disabled"), [("Late", 1)])
	customer(store, "Aviary", *monthly(AS_OF, 3))
	night(store, 4)
	assert signals(store, "rule", "status") == [("Lateness", "Closed"), ("Port-Out Asked", "Open")]


def test_a_night_that_comes_between_a_person_and_its_write_leaves_what_the_person_said(store, monkeypatch):
	late_customer(store)
	night(store, 3)
	((name,),) = signals(store, "name")
	bought(store, "Late", AS_OF + timedelta(days=4))
	write = type(store).update_rows

	def closed_first(self, doctype, *given, **named):
		if doctype == "Churn Signal":
			fields = ("name", "status", "closed_as", "night_key")
			write(self, doctype, fields, [(name, "Closed", "Known Cause", None)])
		return write(self, doctype, *given, **named)

	monkeypatch.setattr(type(store), "update_rows", closed_first)
	night(store, 5)
	assert signals(store, "closed_as") == [("Known Cause",)]


def test_history_begins_with_the_first_change_and_marks_who_turned_at_risk(store):
	customer(store, "Drifts", *monthly(AS_OF - timedelta(days=20), 4))
	night(store, 0)
	assert list(store.rows(CHANGES)) == []
	for number in (20, 60, 100, 140, 141):
		night(store, number)
	rows = list(store.rows(CHANGES))
	bands = [row[4] for row in rows]
	assert bands[-1] == "Critical"
	assert [row[7] for row in rows] == [
		int(after != before and after in ("At Risk", "Critical")) for _, _, before, _, after, *_ in rows
	]
	for earlier, later in pairwise(rows):
		assert earlier[4] == later[2]
	assert all(load_reasons(row[9])[0].code == row[6] for row in rows)


def test_bad_facts_raise_no_signal_and_break_nothing(store):
	customer(store, "Empty")
	customer(store, "Returns only")
	add_invoices(store, "Returns only", {"is_return": 1, "base_net_total": -50.0})
	customer(store, "Reversed", *monthly(AS_OF - timedelta(days=5), 3))
	contract = {"party_type": "Customer", "party_name": "Reversed", "docstatus": 1}
	add(store, "Contract", [{**contract, "start_date": date(2027, 5, 1), "end_date": date(2026, 5, 1)}])
	store.commit()
	night(store, 0)
	assert signals(store, "rule") == []
	cards = dict(store.rows("SELECT customer, card FROM `tabCustomer Retention State`"))
	assert set(cards.values()) == {"Free Buyer"}


def agreed(store, name, **dates):
	contract = {"name": f"C-{name}", "party_type": "Customer", "party_name": name, "docstatus": 1}
	add(store, "Contract", [{**contract, **dates}])


def test_bad_facts_of_contract_customers_raise_only_what_is_so(store):
	night_of = AS_OF - timedelta(days=1)
	customer(store, "Marked only", retention_billed=1)
	customer(store, "Marked returns", retention_billed=1)
	add_invoices(store, "Marked returns", {"is_return": 1, "base_net_total": -50.0})
	customer(store, "Marked reversed", *monthly(AS_OF - timedelta(days=5), 9), retention_billed=1)
	agreed(store, "Marked reversed", start_date=night_of, end_date=date(2025, 5, 1))
	customer(store, "New")
	agreed(store, "New", start_date=AS_OF - timedelta(days=3), end_date=AS_OF + timedelta(days=300))
	customer(store, "Never billed")
	agreed(store, "Never billed", start_date=AS_OF - timedelta(days=60), end_date=AS_OF + timedelta(days=300))
	store.commit()
	night(store, 0)
	assert signals(store, "customer", "rule") == [("Never billed", "Missing Bill")]
	healths = [row[0] for row in store.rows("SELECT health FROM `tabCustomer Retention State`")]
	assert len(healths) == 5 and all(0 <= health <= 100 for health in healths)


def test_a_customer_whose_currency_changed_is_judged_in_that_of_the_company(store):
	"""The same business, written in yuan for a year and in dollars since."""
	customer(store, "Exporter")
	days = monthly(AS_OF - timedelta(days=10), 24)
	for place, day in enumerate(days):
		in_dollars = {"party_account_currency": "USD", "conversion_rate": 7.2} if place < 12 else {}
		paid = {"posting_date": day, "due_date": day, "outstanding_amount": 0}
		add_invoices(store, "Exporter", {**paid, **in_dollars, "base_net_total": 720.0})
	add(store, "Account", [{"name": "Debtors USD", "company": "East", "account_type": "Receivable"}])
	store.commit()
	night(store, 0)
	assert signals(store, "rule") == [("Looks Billed",)]
	assert night(store, 0).rows_written == 0


def statements_of(store, page, monkeypatch):
	ran = []
	with monkeypatch.context() as patched:
		for name in ("rows", "lines", "insert_rows", "update_rows", "insert_copies"):
			run = getattr(type(store), name)
			patched.setattr(
				type(store),
				name,
				lambda self, *given, _run=run, _name=name, **named: (
					ran.append(_name) or _run(self, *given, **named)
				),
			)
		basis = read_basis(store, Policy(), AS_OF)
		del ran[:]
		rate_page(store, page_of(page), basis, Policy(), RateCounts())
	return len(ran)


def test_the_statements_of_a_page_do_not_grow_with_its_customers(monkeypatch):
	found = []
	for count in (200, 800):
		with closing(open_sqlite_book()) as book:
			fill(book, random_book(7, count, spell=False))
			(page,) = pages(book)
			found.append(statements_of(book, page, monkeypatch))
			book.commit()
			counts = RateCounts()
			rate_page(book, page_of(page), read_basis(book, Policy(), AS_OF), Policy(), counts)
			assert counts.rows_written == 0
	assert found[0] == found[1]

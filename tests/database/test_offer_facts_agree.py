"""What offers are measured against and whom none is made to, by hand on MariaDB and SQLite: in as many statements as facts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from support_book import add, open_sqlite_book

from cs_retention.engine.retention_offers import OfferAnswer, Offered, OfferFacts
from cs_retention.facts.cases import read_released
from cs_retention.facts.keys import fold
from cs_retention.facts.offers import InBook, read_barred, read_book, read_offer_facts
from cs_retention.facts.selection import Selection

TODAY = date(2026, 11, 26)
NAMES = ("ACME", "Bolt", "Cog", "Dash", "Echo")
STATES = (("ACME", "Five Star", 1), ("Bolt", "One Star", 0), ("Cog", None, 0))
CASES = (
	("RC-01", "ACME", "Saved", "Cancellation"),
	("RC-02", "Bolt", "Open", "Port-out Applied"),
	("RC-03", "Cog", "Released", "Cancellation"),
	("RC-04", "Dash", "Released", "Cancellation"),
	("RC-05", "Dash", "In Contact", "Cancellation"),
)
FILES = {"RF-03": {}, "RF-04": {}}
OFFERS = (
	("RC-01", "Router", 20, date(2026, 11, 1), "Declined"),
	("RC-01", "Old", 20, date(2025, 11, 1), "Accepted"),
	("RC-05", "Free month", 40, TODAY, "Open"),
)


@pytest.fixture
def books(store) -> Iterator[Any]:
	preview = open_sqlite_book()
	for book in (store, preview):
		called = (
			{"name": name, "customer_name": f"{name} Ltd", "disabled": int(name == "Echo")} for name in NAMES
		)
		add(book, "Customer", called)
		book.insert_rows("Customer Retention State", ("customer", "star_level", "is_key_account"), STATES)
		book.insert_rows("Retention Case", ("name", "customer", "status", "exit_type"), CASES)
		for number, file in FILES.items():
			add(
				book,
				"Release File",
				[{"name": number, "docstatus": 1, "released_on": date(2026, 10, 1), **file}],
			)
			book.update_rows("Retention Case", ("name", "release_file"), [(f"RC-{number[-2:]}", number)])
		book.insert_rows("Retention Case Offer", ("parent", "offer", "cost", "made_on", "answer"), OFFERS)
		rules = (("Cancellation", "Cancellation", 1), ("Port-out Applied", "Port-out Applied", 0))
		book.insert_rows("Retention Exit Rule", ("name", "exit_type", "allows_offers"), rules)
		for amount in (100.0, 300.5):
			invoice = {"customer": "ACME", "posting_date": date(2026, 10, 2), "docstatus": 1}
			add(book, "Sales Invoice", [{**invoice, "base_net_total": amount}])
		paid = {"party": "Bolt", "party_type": "Customer", "amount": -7.0, "delinked": 0}
		add(book, "Payment Ledger Entry", [paid])
	yield store, preview
	preview.close()


def test_what_offers_are_measured_against(books) -> None:
	for book in books:
		found = read_offer_facts(book, Selection.of(NAMES), NAMES, TODAY)
		assert found[fold("ACME")] == OfferFacts(
			frozenset({"Five Star", "Key Account"}),
			400.5,
			made=(Offered("Router", 20.0, date(2026, 11, 1), OfferAnswer.DECLINED),),
		)
		assert found[fold("Bolt")] == OfferFacts(frozenset({"One Star"}), balance=7.0)
		assert found[fold("Cog")] == OfferFacts(frozenset({"New"}))
		assert [offer.answer for offer in found[fold("Dash")].made] == [OfferAnswer.OPEN]


def test_who_is_in_the_book_and_who_is_made_no_offer(books) -> None:
	for book in books:
		rows = read_book(book, Selection.of(NAMES))
		assert [row.name for row in rows] == ["ACME", "Bolt", "Cog", "Dash"]
		assert rows[0] == InBook("ACME", "ACME Ltd", None, "Five Star", True, None)
		assert read_barred(book, Selection.of(NAMES)) == {fold("Bolt"), fold("Cog")}


BACK = {
	"Sales Invoice": {"docstatus": 1, "customer": "Cog", "posting_date": date(2026, 10, 2), "is_return": 0},
	"Contract": {
		**{"docstatus": 1, "party_type": "Customer", "party_name": "Cog"},
		"start_date": date(2026, 10, 2),
	},
	"Subscription": {"party_type": "Customer", "party": "Cog", "start_date": date(2026, 10, 2)},
	"Retention Case": {"name": "RC-09", "customer": "Cog", "status": "Open", "exit_type": "Cancellation"},
}
OF_BEFORE = {
	"Sales Invoice": {"posting_date": date(2026, 10, 1)},
	"Contract": {"start_date": date(2026, 9, 1)},
	"Subscription": {"start_date": None},
	"Retention Case": {"name": "RC-00"},
}


@pytest.mark.parametrize("doctype", BACK)
def test_who_was_let_go_is_back_with_what_came_after(books, doctype) -> None:
	for book in books:
		add(book, doctype, [{**BACK[doctype], **OF_BEFORE[doctype]}])
		assert read_released(book, Selection.of(NAMES)) == {fold("Cog")}
		add(book, doctype, [BACK[doctype]])
		assert read_released(book, Selection.of(NAMES)) == frozenset()


def test_who_was_merged_with_somebody_who_never_left_is_back(books) -> None:
	for book in books:
		book.update_rows("Retention Case", ("name", "back_on"), [("RC-03", TODAY)])
		assert read_released(book, Selection.of(NAMES)) == frozenset()

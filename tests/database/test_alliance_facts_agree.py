"""What the alliance reads, by hand on MariaDB and SQLite: an audience counted and page by page, records, what campaigns came to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from support_book import add, open_sqlite_book
from support_quarter_alliance import fill as fill_alliance

from cs_retention.engine.alliance_evidence import CampaignFacts, InspectedFacts, ReceiptFacts
from cs_retention.engine.vocabulary import CampaignSegment
from cs_retention.facts.alliance_audience import Audience, count_audience, read_audience
from cs_retention.facts.alliance_evidence import read_evidence
from cs_retention.facts.alliance_results import read_figures
from cs_retention.facts.selection import Selection

FIRST, LAST = date(2026, 4, 1), date(2026, 6, 30)
MEANT = Audience(critical_since=date(2026, 4, 1), bought_since=date(2025, 7, 1))
STANDINGS = {
	"Ash": ("Five Star", 0, "Healthy", "Quay"),
	"Beech": ("One Star", 0, "Healthy", "Quay"),
	"Elm": ("Two Star", 1, "Healthy", "Hill"),
	"Fir": ("Four Star", 0, "Critical", "Hill"),
	"Gum": ("Four Star", 0, "Critical", None),
	"Hazel": (None, 0, None, None),
}
"""Star level, key account, health and territory by customer; Fir has been critical for long, Gum has just become so."""


def fill(store) -> None:
	fill_alliance(store)
	add(store, "Customer", [{"name": name, "territory": row[3]} for name, row in STANDINGS.items()])
	add(store, "Customer", [{"name": "Off", "disabled": 1}, {"name": "Own", "is_internal_customer": 1}])
	states = [
		{"customer": name, "star_level": level, "is_key_account": is_key, "health_band": band}
		for name, (level, is_key, band, _place) in STANDINGS.items()
	]
	add(store, "Customer Retention State", [*states, {"customer": "Off"}, {"customer": "Own"}])
	change = {"band": "Critical", "band_before": "Watch"}
	days = {"Fir": date(2025, 12, 1), "Gum": date(2026, 6, 1)}
	changes = [{**change, "customer": name, "as_of": day} for name, day in days.items()]
	add(store, "Customer Health Change", changes)
	invoice = {"docstatus": 1, "is_return": 0, "base_net_total": 70, "company": "East"}
	for name, number, day in (("Ash", "SI-1", date(2026, 5, 4)), ("Elm", "SI-2", date(2024, 5, 4))):
		add(store, "Sales Invoice", [{**invoice, "name": number, "customer": name, "posting_date": day}])
		add(store, "Sales Invoice Item", [{"name": f"{number}-1", "parent": number, "item_group": "Skates"}])
	bought = {**invoice, "name": "SI-3", "customer": "Member", "posting_date": date(2026, 5, 2)}
	add(store, "Sales Invoice", [bought])
	inspection = {"merchant": "AM-1", "inspected_on": date(2026, 5, 11), "quality": 4, "cooperation": 5}
	add(store, "Alliance Inspection", [{**inspection, "name": "AI-1", "docstatus": 1}])
	add(store, "Alliance Inspection", [{**inspection, "name": "AI-2", "docstatus": 0}])
	issue = {"retention_merchant": "AM-1", "opening_date": date(2026, 5, 12), "customer": "Member"}
	add(store, "Issue", [{**issue, "name": "I-1", "issue_type": "COMPLAINT"}])
	add(store, "Issue", [{**issue, "name": "I-2", "issue_type": "Question"}])
	store.update_rows("Alliance Merchant", ("name", "supplier"), [("AM-1", "Supply")])
	receipt = {"supplier": "Supply", "docstatus": 1, "posting_date": date(2026, 5, 11)}
	item = {"name": "PR-1-1", "parent": "PR-1", "schedule_date": date(2026, 5, 10)}
	add(store, "Purchase Receipt", [{**receipt, "name": "PR-1", "is_return": 0, "base_net_total": 900}])
	add(store, "Purchase Receipt Item", [item])
	add(store, "Purchase Receipt", [{**receipt, "name": "PR-2", "is_return": 1, "base_net_total": -90}])
	add(store, "Alliance Campaign Merchant", [{"parent": "AC-1", "merchant": "AM-1"}])
	store.update_rows("Alliance Voucher", ("name", "redeemed_at"), used(store))
	store.commit()


def used(store) -> list[tuple[str, str]]:
	rows = store.rows("SELECT name FROM `tabAlliance Voucher` WHERE status = 'Redeemed'")
	return [(name, "AM-1") for (name,) in rows]


@pytest.fixture
def books(store):
	preview = open_sqlite_book()
	for book in (store, preview):
		fill(book)
	yield store, preview
	preview.close()


@pytest.mark.parametrize(
	("limits", "names"),
	[
		({}, "Ash Beech Elm Fir Gum Hazel"),
		({"levels": ("Five Star", "Key Account")}, "Ash Elm"),
		({"territories": ("Quay", "Nowhere")}, "Ash Beech"),
		({"item_groups": ("Skates",)}, "Ash"),
		({"segments": (CampaignSegment.LOYAL,)}, "Ash Elm"),
		({"segments": (CampaignSegment.LOST,)}, "Fir"),
		({"segments": (CampaignSegment.ORDINARY,)}, "Beech Gum Hazel"),
		({"segments": (CampaignSegment.LOYAL, CampaignSegment.LOST)}, "Ash Elm Fir"),
		({"segments": tuple(CampaignSegment)}, "Ash Beech Elm Fir Gum Hazel"),
		({"levels": ("Five Star",), "territories": ("Hill",)}, ""),
	],
)
def test_an_audience_is_counted_as_it_is_read_page_by_page(books, limits, names) -> None:
	audience, wanted = replace(MEANT, **limits), names.split()
	for book in books:
		assert count_audience(book, audience) == len(wanted)
		found, after = [], ""
		while page := read_audience(book, audience, after, 2):
			found += page
			after = page[-1].customer
		assert [member.customer for member in found] == wanted
		assert [member.customer for member in found if member.is_key_account] == (
			["Elm"] if "Elm" in wanted else []
		)


def test_records_about_a_merchant_are_read_alike(books) -> None:
	for book in books:
		found = read_evidence(book, Selection.of(["AM-1", "AM-2"]), FIRST, LAST, ["complaint"])
		assert set(found) == {"AM-1"}
		facts = found["AM-1"]
		assert facts.inspections == (InspectedFacts("AI-1", 4, 5),)
		assert facts.complaints == ("I-1",)
		assert facts.receipts == (
			ReceiptFacts("PR-1", False, 900, True),
			ReceiptFacts("PR-2", True, -90, False),
		)
		assert facts.campaigns == (CampaignFacts("AC-1", 2, 1, 1, 5),)


def test_what_a_campaign_came_to_is_read_alike(books) -> None:
	for book in books:
		figures = read_figures(book, ["AC-1", "AC-2"], ["Complaint"])
		found = figures["AC-1"]
		assert (found.invited, found.came, found.spent, found.complaints) == (2, 1, 40, 1)
		# Both vouchers of this campaign are of one customer: what it bought stands with either.
		assert (found.spend_came, found.spend_stayed, found.mean_satisfaction) == (70, 70, 5)
		assert (figures["AC-2"].invited, figures["AC-2"].cost) == (0, 300)

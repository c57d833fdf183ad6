"""The alliance in the quarterly report: read from the tables, or from files, on the page in both languages, as files."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from importlib import resources

import pytest
from click.testing import CliRunner
from support_book import open_sqlite_book
from support_quarter_alliance import fill as fill_alliance

from cs_retention.engine.kpis import KeyFigure, Quotient
from cs_retention.engine.quarter_periods import QuarterPeriod
from cs_retention.engine.quarter_summary import summarise
from cs_retention.engine.vocabulary import Kpi
from cs_retention.nightly.quarter_alliance import read_alliance
from cs_retention.preview.book import opened
from cs_retention.preview.command import main
from cs_retention.preview.demo import AS_OF, BOOK, fill
from cs_retention.preview.nights import play_night
from cs_retention.render.quarter import Line, QuarterPage, render_quarter

BRANCH = resources.files("cs_retention.preview") / "sample_branch"
FILES = ("merchants", "reviews", "sanctions")
Q2 = QuarterPeriod(2026, 2)


def test_it_is_counted_from_merchants_reviews_contacts_and_campaigns():
	store = open_sqlite_book()
	assert read_alliance(store, Q2, Q2.end, ()) is None
	fill_alliance(store)
	found = read_alliance(store, Q2, AS_OF, ())
	assert found.tiers == [("Strategic", 1, 0), ("Preferred", 1, 1), ("Standard", 0, 1), ("Probation", 1, 0)]
	assert (found.promoted, found.lowered, found.eliminated, found.suspended) == (0, 2, 1, 1)
	assert (found.sanctioned, found.on_probation, found.admitted) == (1, 0, 0)
	assert (found.exchanges_due, found.exchanges_made) == (4, 1)
	(campaign,) = found.campaigns
	assert (campaign.title, campaign.invited, campaign.came, campaign.spent, campaign.cost) == (
		"Spring",
		2,
		1,
		40,
		300,
	)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
	path = tmp_path_factory.mktemp("quarter") / BOOK
	fill(path)
	with opened(path, is_written=True) as known:
		play_night(known, AS_OF, 28)
	return path


@pytest.fixture
def told(book, tmp_path):
	def tell(*options, lang="en"):
		out = tmp_path / lang
		asked = ["quarter", str(book), "--quarter", "2026Q2", "--out", str(out), "--lang", lang, *options]
		result = CliRunner().invoke(main, asked)
		page = out / "quarter.html"
		return result.exit_code, result.output, page.read_text(encoding="utf-8") if page.exists() else "", out

	return tell


def files(*kinds):
	return [f"--{kind}={BRANCH / kind}.csv" for kind in kinds]


def test_of_a_book_without_merchants_the_report_says_nothing_of_an_alliance(told):
	status, said, page, out = told()
	assert (status, "Merchant alliance" in said, "Merchant alliance" in page) == (0, False, False)
	assert not list((out / "tables").glob("ALLIANCE*"))


@pytest.mark.parametrize(
	("lang", "heading", "words"),
	[
		("en", "Merchant alliance", ("At the Beginning", "Strategic", "Under a Sanction", "Exchanges Made")),
		("zh", "商户联盟", ("期初", "战略", "受处罚", "已沟通")),
	],
)
def test_with_files_the_page_tells_of_it_in_both_languages(told, lang, heading, words):
	status, said, page, out = told(*files(*FILES), lang=lang)
	assert status == 0, said
	assert f"{heading}: " in said
	section = page[page.index(f"<h2>{heading}</h2>") :]
	assert all(word in section for word in words)
	with (out / "tables" / "ALLIANCE_TIERS.csv").open(encoding="utf-8", newline="") as file:
		rows = list(csv.DictReader(file))
	assert [row["tier"] for row in rows][:4] == ["Strategic", "Preferred", "Standard", "Probation"]
	assert sum(int(row["ended"]) for row in rows) > 0


def test_one_file_without_the_other_is_refused(told):
	for kinds in (("merchants",), ("reviews",), ("sanctions",)):
		status, said, _page, _out = told(*files(*kinds))
		assert (status, "give both" in said) == (2, True)


def test_a_campaign_stands_on_the_page_with_its_turnout():
	store = open_sqlite_book()
	fill_alliance(store)
	figures = {kpi: KeyFigure(kpi, 1, Quotient(Decimal(0), Decimal(0)), 0) for kpi in Kpi}
	page = QuarterPage(
		"East",
		Q2,
		date(2026, 6, 30),
		False,
		"CNY",
		tuple(Line(each, each, each) for each in figures.values()),
		summarise([], []),
		alliance=read_alliance(store, Q2, AS_OF, ()),
	)
	told = render_quarter(page, "en")
	section = told[told.index("<h2>Merchant alliance</h2>") :]
	for word in ("Spring", "31 May 2026", "50.0", "300"):
		assert word in section, word

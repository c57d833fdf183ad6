"""The report page: self-contained, escaped, the same bytes for the same figures, in both languages."""

import re
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest

from cs_retention.engine.vocabulary import Band, Level
from cs_retention.render import charts, formats
from cs_retention.render.report import (
	Call,
	Drifting,
	Overflow,
	PersonDay,
	ReportPage,
	Week,
	render_report,
	short_names,
)
from cs_retention.render.translate import translate

AS_OF = date(2026, 9, 21)
EAST, NORTH = "manager.east@branch.example", "manager.north@branch.example"
HOSTILE = '<script>alert(1)</script> & "Sons" {{ 7 * 7 }}'


def call(customer="Harbour Noodle House", covers=None, days=9):
	return Call(
		customer, Level.TWO_STAR, False, "Phone", ("Quota",), (), AS_OF + timedelta(days), covers=covers
	)


def drifting(customer, health, revenue):
	return Drifting(customer, EAST, Level.TWO_STAR, False, Band.AT_RISK, health, revenue, (), None)


def page(**changes):
	full = ReportPage(
		title="Harbour Branch",
		as_of=AS_OF,
		horizon_days=28,
		levels={Level.FIVE_STAR: 9, Level.ONE_STAR: 20, Level.NEW: 1},
		bands={Band.HEALTHY: 26, Band.AT_RISK: 3, Band.CRITICAL: 1},
		key_accounts=2,
		revenue_12m=1_000_000.0,
		revenue_at_risk_12m=64_000.0,
		today=(PersonDay(EAST, 1, (call(covers=NORTH),)), PersonDay(NORTH, 0, (), is_absent=True)),
		drifting=(drifting("Small", 20, 100.0), drifting("Large", 35, 9000.0)),
		weeks=(Week(EAST, AS_OF, 9, 20), Week(NORTH, AS_OF, 0, 0)),
		overflow=(Overflow("Large", EAST, AS_OF, AS_OF + timedelta(9), 1, "period_too_short"),),
		overflow_count=1,
	)
	return replace(full, **changes)


class Tags(HTMLParser):
	def __init__(self, text):
		super().__init__()
		self.open, self.seen, self.addresses = [], [], []
		self.feed(text)

	def handle_starttag(self, tag, attrs):
		self.seen.append(tag)
		self.addresses += [value for name, value in attrs if name in ("src", "href", "xlink:href", "action")]
		if tag not in ("meta", "br"):
			self.open.append(tag)

	def handle_endtag(self, tag):
		assert self.open.pop() == tag


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_is_one_well_nested_document_that_reaches_for_nothing(lang):
	text = render_report(page(), lang)
	tags = Tags(text)
	assert tags.open == []
	assert not {"script", "link", "img", "iframe"} & set(tags.seen)
	assert tags.addresses == []
	assert tags.seen.count("svg") == 3
	assert "@import" not in text and "url(" not in text
	assert set(re.findall(r"https?://[^\s\"'<]+", text)) <= {"http://www.w3.org/2000/svg"}
	assert f'<html lang="{lang}">' in text


def test_names_from_the_book_are_shown_inert():
	hostile = page(
		title=HOSTILE,
		today=(PersonDay(HOSTILE, 1, (call(HOSTILE, covers=HOSTILE + "2"),)),),
		drifting=(drifting(HOSTILE, 20, 5.0),),
		weeks=(Week(HOSTILE, AS_OF, 1, 5),),
		overflow=(Overflow(HOSTILE, HOSTILE, AS_OF, AS_OF, 1, "no_room"),),
	)
	text = render_report(hostile, "en")
	assert "script" not in Tags(text).seen
	assert "<script" not in text and "{{ 7 * 7 }}" in text
	assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_the_same_page_gives_the_same_bytes():
	assert render_report(page(), "zh") == render_report(page(), "zh")


def test_the_lead_names_the_headline_figures_in_a_sentence():
	text = re.sub("[ \n\t]+", " ", render_report(page(), "en"))
	assert "The book holds 30 customers; 29 are rated, 9 of them Five Star, and 2 are key accounts." in text
	assert (
		"4 are at risk or critical; 6\u00a0% of the net revenue of the last 12 months (64,000) comes from them."
		in text
	)
	assert "1 callbacks are due today; the weeks shown take 9 of 20 possible ones (45\u00a0%)." in text


def test_the_lead_reads_naturally_in_chinese():
	text = render_report(page(), "zh")
	assert "客户总数 30\uff0c其中已评星 29 户\uff08五星 9 户\uff09\uff0c重点客户 2 户。" in text
	assert "谁在流失\uff0c为什么" in text


def test_who_drifts_is_ordered_by_risk_times_value():
	text = render_report(page(), "en")
	assert text.index("<b>Large</b>") < text.index("<b>Small</b>")
	assert drifting("Large", 35, 9000.0).value_at_risk == 5850
	assert drifting("Returns only", 35, -10.0).value_at_risk == 0


def test_cover_and_absence_are_named():
	text = render_report(page(), "en")
	assert "for manager.north" in text and "absent today" in text


def test_long_lists_are_cut_and_name_the_file_that_holds_the_rest():
	calls = tuple(call(f"Customer {number}") for number in range(8))
	long = page(today=(PersonDay(EAST, 57, calls),), drifting=(), overflow_count=41)
	text = render_report(long, "en")
	assert "and 49 more in callbacks.csv" in text
	text = render_report(page(drifting=(drifting("A", 30, 1.0),)), "en")
	assert "and 3 more in churn.csv" in text


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_empty_book_still_makes_a_page(lang):
	empty = ReportPage("Empty", AS_OF, 28, {}, {}, 0, 0.0, 0.0, (), (), ())
	text = render_report(empty, lang)
	assert translate("Everything that is owed has its day.", lang) in text
	assert translate("No call is due today.", lang) in text
	assert translate("Nothing is planned.", lang) in text


def test_short_names_stay_unique():
	assert short_names(["a@x.example", "b@x.example"]) == {"a@x.example": "a", "b@x.example": "b"}
	assert short_names(["a@x.example", "a@y.example"]) == {
		"a@x.example": "a@x.example",
		"a@y.example": "a@y.example",
	}
	assert short_names(["", "@x"]) == {"": "", "@x": "@x"}


def test_a_chart_holds_no_script_no_date_of_making_and_every_count():
	svg = charts.stars_chart([(level, 1000 + number) for number, level in enumerate(Level)], "zh")
	assert "<script" not in svg and "<!--" not in svg
	assert all(f"{1000 + number:,}" in svg for number in range(len(Level)))
	assert "五星" in svg


@pytest.mark.parametrize(
	("value", "text"),
	[(18200, "18,200"), (18200.5, "18,200.50"), (-3, "-3"), (0.004, "0"), (1e15, "1,000,000,000,000,000")],
)
def test_amounts_have_separators_and_cents_only_where_there_are_any(value, text):
	assert formats.amount(value) == text


def test_figures_read_as_people_write_them():
	assert formats.percent(0.336, "en") == "34\u00a0%" and formats.percent(0.336, "zh") == "34%"
	assert formats.percent(0.001, "zh") == "< 1%" and formats.percent(0, "zh") == "0%"
	assert formats.long_day(AS_OF, "en") == "Monday 21 September 2026"
	assert formats.long_day(AS_OF, "zh") == "2026年9月21日 周一"
	assert formats.short_day(AS_OF, "en") == "Mon 21 Sep"
	assert formats.full_day(AS_OF, "en") == "21 Sep 2026" and formats.full_day(AS_OF, "zh") == "2026年9月21日"
	assert (
		formats.joined(["a", "b", "c"], "en") == "a, b and c" and formats.joined(["a", "b"], "zh") == "a和b"
	)
	assert formats.stars("Four Star", "en") == "★★★★☆" and formats.stars("New", "zh") == "新客户"


def test_unknown_words_and_languages_fall_back_to_english():
	assert translate("no such text", "zh") == "no such text"
	assert translate("Five Star", "xx") == "Five Star"
	assert translate("Five Star", "zh") == "五星"
	assert translate("New", "zh") == "新客户"

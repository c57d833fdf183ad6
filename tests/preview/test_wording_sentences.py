"""Every reason code has its sentence in both languages, written with the figures of that code alone."""

import importlib
import pkgutil
from datetime import date
from decimal import Decimal
from string import Formatter

import pytest

import cs_retention.engine
from cs_retention.engine.planned import OverflowCause
from cs_retention.engine.reasons import Reason
from cs_retention.engine.vocabulary import ObligationKind
from cs_retention.render import wording
from cs_retention.render.formats import period
from cs_retention.render.sentences import SENTENCES, VARIANTS
from cs_retention.render.translate import read_translations
from cs_retention.render.wording import sentence, shortfall

SPECS = {"", *wording.KINDS, *wording.UNITS}


def declared_reasons():
	"""Return every code of every REASONS table of the engine with its figures."""
	declared = {}
	for module in pkgutil.iter_modules(cs_retention.engine.__path__):
		table = getattr(importlib.import_module(f"cs_retention.engine.{module.name}"), "REASONS", {})
		for code, figures in table.items():
			assert declared.setdefault(code, tuple(figures)) == tuple(figures), f"{code} is declared twice"
	return declared


DECLARED = declared_reasons()


def texts_of(code):
	return [SENTENCES[code], *(text for _, text in VARIANTS.get(code, ()))]


def fields(text):
	return {(name, spec) for _, name, spec, _ in Formatter().parse(text) if name is not None}


def test_the_engine_declares_its_reasons_and_each_has_a_sentence_and_no_more():
	assert DECLARED
	assert set(SENTENCES) == set(DECLARED)
	assert set(VARIANTS) <= set(DECLARED)
	assert set(DECLARED) >= wording.SPEAKS_FOR


@pytest.mark.parametrize("code", sorted(DECLARED))
def test_a_sentence_uses_only_the_figures_of_its_code_in_both_languages(code):
	chinese = read_translations("zh")
	for text in texts_of(code):
		assert {name for name, _ in fields(text)} <= set(DECLARED[code]), text
		assert {spec for _, spec in fields(text)} <= SPECS, text
		assert text in chinese, f"no Chinese for {text!r}"
		assert fields(chinese[text]) <= fields(text) | {(name, "") for name, _ in fields(text)}, chinese[text]
	for wanted, _ in VARIANTS.get(code, ()):
		assert set(wanted) <= set(DECLARED[code])


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("code", sorted(DECLARED))
def test_a_sentence_can_be_said_whatever_a_figure_is(code, lang):
	values = [None, 0, 1, 97, 0.25, Decimal("18200.50")]
	if not {spec for text in texts_of(code) for _, spec in fields(text)} & {*wording.KINDS, *wording.UNITS}:
		values += [date(2026, 9, 21), "Two Star"]
	for value in values:
		said = sentence(Reason(code, tuple((name, value) for name in DECLARED[code])), lang)
		assert said.strip() == said and "{" not in said and "}" not in said
		assert "None" not in said and "Decimal" not in said


def test_one_and_many_are_told_apart():
	assert sentence(Reason.of("purchase_days", days=1), "en") == "1 purchase day in 12 months"
	assert sentence(Reason.of("purchase_days", days=7), "en") == "7 purchase days in 12 months"
	assert sentence(Reason.of("purchase_days", days=7), "zh") == "近 12 个月有 7 个购买日"


def test_a_warning_reads_as_the_rules_put_it():
	last = Reason.of("days_against_own_gap", days=97, usual=31.2)
	assert sentence(last, "en") == "last purchase 97 days ago, usually every 31"
	bill = Reason.of("bill_trend", bills=3600.0, before=5400.0, trend=0.667)
	assert sentence(bill, "en") == "bill down 33\u00a0%: 3,600 in 3 months, 5,400 in the 3 before"
	assert sentence(
		Reason.of("contract_days_left", contract_end=date(2026, 10, 31), days=40), "en"
	).startswith("contract ends in 40 days")
	assert sentence(Reason.of("callbacks_missed", times=1), "zh") == "最近一次回访未接通"


def test_a_change_is_down_up_or_none():
	assert [wording.change(ratio, "en") for ratio in (0.66, 1.0, 1.034)] == [
		"down 34\u00a0%",
		"unchanged",
		"up 3\u00a0%",
	]
	assert wording.change(0.5, "zh") == "下降 50%"


def test_what_speaks_for_a_customer_is_no_trouble():
	missed, good = Reason.of("callbacks_missed", times=2), Reason("no_arrears")
	assert wording.troubles([good, missed]) == (missed,)


def test_periods_are_named_in_words():
	named = {
		"2026-W39": "week 39 of 2026",
		"2026-09": "September 2026",
		"2026-Q4": "quarter 4 of 2026",
		"2026": "2026",
	}
	assert {label: period(label, "en") for label in named} == named
	assert period("2026-09", "zh") == "2026年9月" and period("2026-H2", "zh") == "2026 年第 2 半年"


def test_what_the_next_level_lacks_is_one_sentence():
	lacks = [
		Reason.of("more_revenue", amount=Decimal(18200), company="Harbour Branch", revenue=Decimal(90000))
	]
	assert (
		shortfall("Five Star", Decimal("4.00"), lacks, "en")
		== "4 points short of Five Star: 18,200 more in 12-month net revenue"
	)
	assert (
		shortfall("Five Star", Decimal("4.00"), lacks, "zh")
		== "距五星还差 4 分\uff1a近 12 个月净收入再增 18,200"
	)


def test_a_translation_can_reach_nothing_but_figures():
	formatter = wording.SentenceFormatter("en")
	with pytest.raises(KeyError):
		formatter.vformat("{days.__class__}", (), {"days": 1})


def test_every_purpose_and_overflow_reason_has_words_in_both_languages():
	chinese = read_translations("zh")
	assert set(wording.OVERFLOW_WORDS) == {cause.value for cause in OverflowCause}
	assert set(wording.PURPOSES) == set(ObligationKind)
	for text in [*wording.PURPOSES.values(), *wording.OVERFLOW_WORDS.values(), *wording.PARTS.values()]:
		assert text in chinese


def test_a_name_from_the_book_is_never_translated():
	figures = {
		"level": "Five Star",
		"ours": "Two Star",
		"reason": "New",
		"approver": "Week",
		"until": date(2026, 12, 31),
	}
	said = sentence(Reason.of("overridden", **figures), "zh")
	assert "Week" in said and "New" in said and "五星" in said

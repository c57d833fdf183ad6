import json
from datetime import date
from decimal import Decimal

from cs_retention.engine.reasons import Reason
from cs_retention.engine.vocabulary import Level
from cs_retention.nightly import reason_json
from cs_retention.nightly.reason_json import dump_reasons, load_reasons

FIGURES = {
	"count": 7,
	"share": 0.0653,
	"text": 'it\'s "East", 东',
	"level": Level.FIVE_STAR,
	"nothing": None,
	"flag": True,
	"day": date(2026, 11, 15),
	"points": Decimal("12.50"),
}


def test_what_is_read_is_what_was_written_classes_included():
	reason = Reason.of("some_code", **FIGURES)
	(read,) = load_reasons(dump_reasons([reason]))
	assert read == reason
	assert [value.__class__ for _name, value in read.figures if value is not FIGURES["level"]][:3] == [
		int,
		float,
		str,
	]
	assert str(read.as_mapping()["points"]) == "12.50"


def test_it_is_plain_json_that_says_what_each_figure_is():
	first, second = json.loads(dump_reasons([Reason.of("one", **FIGURES), Reason("two")]))
	assert second == {"code": "two", "figures": {}}
	assert first["figures"] == {
		**FIGURES,
		"level": "Five Star",
		"day": {"date": "2026-11-15"},
		"points": {"decimal": "12.50"},
	}


def test_equal_reasons_with_figures_of_other_classes_read_differently():
	assert dump_reasons([Reason.of("a", x=1), Reason.of("a", x=1.0)]) != dump_reasons(
		[Reason.of("a", x=1)] * 2
	)


def test_only_so_many_reasons_are_remembered():
	for number in range(2 * reason_json.MOST_REMEMBERED + 1):
		assert dump_reasons([Reason.of("a", x=number)]) == f'[{{"code":"a","figures":{{"x":{number}}}}}]'
	assert len(reason_json._remembered) <= reason_json.MOST_REMEMBERED


def test_nothing_stored_is_no_reason():
	assert load_reasons(None) == load_reasons("") == load_reasons(dump_reasons([])) == ()

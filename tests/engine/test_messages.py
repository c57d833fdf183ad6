import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.messages import (
	PLACEHOLDERS,
	MessageTemplate,
	Wording,
	check_placeholders,
	fill,
	fill_line,
	unknown_values,
	used_in,
)
from cs_retention.engine.reasons import MessageError
from cs_retention.engine.vocabulary import MessageChannel, MessageClass

EN = Wording("en", "News for {customer}", "Dear {contact},\ncall {account_manager}.")
ZH = Wording("zh", "{customer}您好", "尊敬的{contact}：请联系{account_manager}。")
VALUES = {name: f"<{name}>" for name in PLACEHOLDERS}


def template(*wordings, class_=MessageClass.CARE, channel=MessageChannel.EMAIL):
	return MessageTemplate(class_, channel, wordings)


def refused(*wordings, **changes):
	with pytest.raises(MessageError) as caught:
		template(*wordings, **changes)
	return caught.value


class TestTemplate:
	def test_at_least_one_language_and_each_once(self):
		assert refused().remedy == "write it in at least one language"
		error = refused(EN, EN)
		assert (error.field, error.value, error.remedy) == (
			"wordings.language",
			"en",
			"give each language once",
		)

	@pytest.mark.parametrize(
		"odd",
		[
			"{name}",
			"{customer.name}",
			"{customer!r}",
			"{0}",
			"{}",
			"{ customer }",
			"{Customer}",
			"{a b}",
			"{customer:>9}",
		],
	)
	@pytest.mark.parametrize("field", ["subject", "body"])
	def test_an_unknown_placeholder_is_named_with_those_that_are_known(self, odd, field):
		texts = {"subject": "Hello", "body": "Hello", field: f"Hello {odd}"}
		error = refused(Wording("en", **texts))
		assert (error.field, error.value) == (f"wordings.{field}", odd)
		assert error.remedy == f"use one of {', '.join(f'{{{name}}}' for name in PLACEHOLDERS)}"

	@pytest.mark.parametrize(
		"odd", ["{", "}", "{{ frappe }}", "{% for x in y %}", "}{", "{{customer}}", "{a{b}"]
	)
	def test_other_braces_are_refused(self, odd):
		assert refused(Wording("en", "Hello", f"a {odd} b")).field == "wordings.body"

	def test_a_subject_is_one_line(self):
		error = refused(Wording("en", "Hello\r\nBcc: x@y.z", "Hello"))
		assert (error.field, error.remedy) == (
			"wordings.subject",
			"write it in one line, without line breaks",
		)

	def test_empty_and_endless_wordings(self):
		assert refused(Wording("en", " ", "b")).remedy == "say in a line what the mail is about"
		assert refused(Wording("en", "a", " ")).remedy == "write what the message says"
		assert refused(Wording("en", "a", "b" * 100_001)).remedy == "give at most 100000 characters"
		assert refused(Wording("en", "a", "b\0")).remedy == "leave out the sign with the number 0"
		sms = {"channel": MessageChannel.SMS}
		assert refused(Wording("en", "a", "b"), **sms).remedy == "leave it empty; an SMS has no subject"
		assert refused(Wording("en", "", "b" * 1001), **sms).remedy == "give at most 1000 characters"
		assert template(Wording("en", "", "b"), **sms).wordings[0].body == "b"

	@pytest.mark.parametrize(
		("languages", "found"),
		[
			(["zh"], ZH),
			(["ZH_tw"], ZH),
			(["de", "zh"], ZH),
			(["en-US", "zh"], EN),
			([None, "", "zh-TW"], ZH),
			(["de"], EN),
			([], EN),
		],
	)
	def test_the_language_of_a_message(self, languages, found):
		assert template(EN, ZH).in_language(languages) is found

	def test_a_wording_of_a_country_goes_before_that_of_the_language(self):
		taiwan = Wording("zh-TW", "a", "b")
		assert template(EN, ZH, taiwan).in_language(["zh-TW"]) is taiwan


class TestFill:
	def test_every_placeholder_is_filled(self):
		text = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
		assert fill(text, VALUES) == " ".join(VALUES.values())

	def test_what_is_filled_in_is_not_looked_at_again(self):
		assert fill("{customer}", {"customer": "{company}", "company": "x"}) == "{company}"

	def test_a_line_stays_one(self):
		assert fill_line("For {customer}", {"customer": "A\r\nBcc: x\u2028\0B "}) == "For A Bcc: x B"

	TEXTS = st.lists(
		st.one_of(st.sampled_from([f"{{{name}}}" for name in PLACEHOLDERS]), st.text("ab 中\n", max_size=5))
	).map("".join)

	@given(text=TEXTS, values=st.dictionaries(st.sampled_from(PLACEHOLDERS), st.text("xyz\n", max_size=5)))
	def test_no_placeholder_is_left_whatever_is_known(self, text, values):
		check_placeholders("body", text)
		for filled in (fill(text, values), fill_line(text, values)):
			assert not set("{}") & set(filled)
		assert "\n" not in fill_line(text, values)

	@given(text=st.text("{}abcustomer._!:%[]", max_size=30))
	def test_whatever_passes_has_only_known_placeholders(self, text):
		try:
			check_placeholders("body", text)
		except MessageError:
			return
		assert set(used_in(text)) <= set(PLACEHOLDERS)
		assert not set("{}") & set(fill(text, VALUES))


def test_what_a_customer_has_nothing_for_is_known_before():
	values = {"customer": "Acme", "contact": " ", "company": "East"}
	assert unknown_values(EN, values) == ["contact", "account_manager"]
	assert unknown_values(ZH, VALUES) == []

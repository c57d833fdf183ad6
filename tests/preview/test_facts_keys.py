import pytest

from cs_retention.facts.keys import fold


@pytest.mark.parametrize(
	("one", "other"),
	[("ACME", "acme"), ("Acme ", "ACME"), ("Café", "CAFE"), ("Straße", "STRASSE"), ("ＡＣＭＥ", "acme")],
)
def test_names_mariadb_holds_equal_have_one_key(one, other):
	assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("Acme", "Acme 2"), (" Acme", "Acme"), ("张三", "张四")])
def test_different_names_have_different_keys(one, other):
	assert fold(one) != fold(other)

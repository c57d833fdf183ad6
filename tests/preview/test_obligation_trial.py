"""The try-out of sources: what it says a source adds is what a night with it then plans beside one without it."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from click.testing import CliRunner
from support_book import AS_OF, add, open_sqlite_book
from support_occasions import A, fill_occasions
from support_random_book import fill, random_book

from cs_retention.engine.obligation_policy import FestivalPolicy, ObligationPolicy, SourceRule
from cs_retention.engine.policy import Policy
from cs_retention.engine.vocabulary import ObligationSource
from cs_retention.nightly.obligation_trial import try_sources
from cs_retention.nightly.run import rate_book, run_night
from cs_retention.preview.command import main
from cs_retention.render.wording import added_calls

SAMPLE = replace(ObligationPolicy().sampled_visit, share=Decimal(50))
FESTIVAL = replace(ObligationPolicy().festival, levels=())
RULES = replace(
	ObligationPolicy(),
	sampled_visit=SAMPLE,
	festival=FESTIVAL,
	birthday=replace(ObligationPolicy().birthday, levels=()),
	festivals=FestivalPolicy(own=("2026-11-27 Anniversary",)),
)


def new_book():
	store = open_sqlite_book()
	fill(store, random_book(11, 120, spell=False))
	fill_occasions(store)
	return store


def with_source(source, is_on):
	rows = {each.name.lower(): RULES.rule(each) for each in ObligationSource}
	rows[source.name.lower()] = replace(RULES.rule(source), is_on=is_on)
	return Policy(obligations=ObligationPolicy(**rows, festivals=RULES.festivals))


def calls_of_a_night(policy):
	with closing(new_book()) as book:
		found = run_night(book, policy, AS_OF)
		assert not [row for row in found.plan.overflow if row.cause.value == "no_room"]
		query = "SELECT responsible FROM `tabCustomer Callback` WHERE status = 'Planned'"
		return Counter(person or "" for (person,) in book.rows(query))


@pytest.mark.parametrize("source", list(ObligationSource))
def test_the_calls_a_source_adds_are_those_that_a_night_plans(source):
	policy = with_source(source, is_on=False)
	with closing(new_book()) as book:
		rate_book(book, policy, AS_OF, lambda phase, done: None)
		trial = try_sources(book, policy, AS_OF)
	with_it, without = calls_of_a_night(with_source(source, is_on=True)), calls_of_a_night(policy)
	added = {person: row.calls for person, row in trial.added.get(source, {}).items() if row.calls}
	expected = {person: with_it[person] - without[person] for person in with_it | without}
	assert {person: calls for person, calls in expected.items() if calls} == {
		person: calls for person, calls in added.items() if person
	}
	assert trial.in_all(source).duties > 0


def test_a_source_that_is_on_is_tried_against_the_plan_without_it():
	policy = with_source(ObligationSource.SAMPLED_VISIT, is_on=True)
	with closing(new_book()) as book:
		run_night(book, policy, AS_OF)
		trial = try_sources(book, policy, AS_OF)
	with closing(new_book()) as book:
		rate_book(book, policy, AS_OF, lambda phase, done: None)
		before = try_sources(book, with_source(ObligationSource.SAMPLED_VISIT, is_on=False), AS_OF)
	source = ObligationSource.SAMPLED_VISIT
	assert trial.in_all(source).calls == before.in_all(source).calls > 0


def test_what_arrives_is_counted_as_if_the_last_four_weeks_came_again_and_what_is_ahead_by_the_days_planned():
	with closing(open_sqlite_book()) as book:
		add(book, "Customer", [{"name": "Acme", "account_manager": A}])
		sent = {"customer": "Acme", "docstatus": 1, "is_return": 0}
		days = [AS_OF - timedelta(days=days) for days in (2, 9, 16, 23, 30)]
		add(book, "Delivery Note", [{"name": f"DN-{day}", "posting_date": day, **sent} for day in days])
		rate_book(book, Policy(), AS_OF, lambda phase, done: None)
		told = []
		trial = try_sources(book, Policy(), AS_OF, told.append)
	source = ObligationSource.AFTER_DELIVERY
	added = trial.added[source][A]
	# Four weekly deliveries; one call in each of the two months is the month's own.
	assert (added.coming, trial.per_week(source, added)) == (2, Fraction(1, 2))
	assert trial.per_week(ObligationSource.BIRTHDAY, replace(added, calls=47)) == Fraction(47 * 7, trial.days)
	assert (trial.days, told) == (47, [1])


def test_a_source_that_could_not_be_on_is_left_out():
	rows = replace(ObligationPolicy(), sampled_visit=SourceRule(share=Decimal(0)))
	with closing(open_sqlite_book()) as book:
		trial = try_sources(book, Policy(obligations=rows), AS_OF)
	assert ObligationSource.SAMPLED_VISIT not in trial.tried
	assert len(trial.tried) == 10
	assert trial.added == {}


def test_statements_do_not_grow_with_the_book():
	asked = []
	for customers in (200, 500):
		with closing(open_sqlite_book()) as book:
			fill(book, random_book(3, customers, spell=False))
			rate_book(book, Policy(), AS_OF, lambda phase, done: None)
			rows, lines, count = book.rows, book.lines, Counter()
			book.rows = lambda *given, rows=rows, count=count: count.update(["asked"]) or rows(*given)
			book.lines = lambda *given, lines=lines, count=count, **told: (
				count.update(["asked"]) or lines(*given, **told)
			)
			try_sources(book, Policy(), AS_OF)
			asked.append(count["asked"])
	assert asked[0] == asked[1]


def test_the_command_says_what_each_source_adds_in_both_languages(tmp_path):
	files = {
		"customers": "name,account_manager,backup_manager\nAcme,east,west\n",
		"invoices": "name,customer,posting_date,base_net_total\nI-1,Acme,2026-01-05,100\n",
		"issues": (
			"customer,opening_date,status,severity,Resolution Date,Assigned To\n"
			"Acme,2026-11-12,Closed,Normal,2026-11-13,east\n"
		),
	}
	given = []
	for kind, text in files.items():
		path = tmp_path / f"{kind}.csv"
		path.write_text(text, encoding="utf-8")
		given += [f"--{kind}", str(path)]
	book, runner = str(tmp_path / "book.sqlite"), CliRunner()
	for command in (["open", book, *given], ["run", book, "--as-of", "2026-11-15"]):
		result = runner.invoke(main, command)
		assert result.exit_code == 0, result.output
	said = runner.invoke(main, ["sources", book]).output
	assert "Complaint Verification (switched on): adds " in said
	assert "Sampled Visit (switched off): would add 0 calls a week" in said
	assert "    west: " in said
	chinese = runner.invoke(main, ["sources", book, "--lang", "zh"]).output
	assert "投诉核实（已启用）" in chinese or "投诉核实 (已启用)" in chinese
	callbacks = runner.invoke(main, ["why", book, "Acme"]).output
	assert "complaint of 12 Nov 2026 to be verified by" in callbacks


def test_what_one_person_loses_another_gets_in_the_same_figures():
	assert [added_calls(Fraction(n, 4), True, "en") for n in (1, -1)] == [
		"adds 0.3 calls a week",
		"adds -0.3 calls a week",
	]
	assert added_calls(Fraction(0), False, "en") == "would add 0 calls a week"

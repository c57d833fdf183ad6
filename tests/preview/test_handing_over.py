"""A book handed over on the command line: tried without a trace, moved with its calls, refused with a sentence."""

import pytest
from click.testing import CliRunner

from cs_retention.preview.book import opened
from cs_retention.preview.command import main
from cs_retention.preview.demo import AS_OF, fill
from cs_retention.preview.nights import play_night

EAST, NORTH, SOUTH = (f"manager.{name}@branch.example" for name in ("east", "north", "south"))


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
	path = tmp_path_factory.mktemp("branch") / "branch.sqlite"
	fill(path)
	with opened(path, is_written=True) as book:
		play_night(book, AS_OF, 28)
	return path


@pytest.fixture
def branch(filled, tmp_path):
	"""Path of a book of the sample branch after a night, for one test to change."""
	copy = tmp_path / "branch.sqlite"
	copy.write_bytes(filled.read_bytes())
	return copy


def hand_over(branch, *arguments):
	result = CliRunner().invoke(main, ["hand-over", str(branch), *arguments])
	return result.exit_code, result.output


def managers(branch):
	with opened(branch) as book:
		return dict(book.store.rows("SELECT name, account_manager FROM `tabCustomer`"))


def calls_of(branch, person):
	query = (
		"SELECT COUNT(*) FROM `tabCustomer Callback` WHERE status = 'Planned' AND responsible = %(person)s"
	)
	with opened(branch) as book:
		((count,),) = book.store.rows(query, {"person": person})
	return count


def test_trying_says_who_gets_how_many_and_changes_nothing(branch):
	before = managers(branch)
	status, said = hand_over(branch, EAST, "--to", NORTH, "--to", SOUTH, "--try")
	count = list(before.values()).count(EAST)
	assert (status, said.splitlines()[0]) == (0, f"{EAST} hands over {count} customers")
	assert managers(branch) == before


@pytest.mark.parametrize("rule", ["Fewest Customers", "Least Revenue", "round robin"])
def test_customers_go_over_with_the_calls_that_stand(branch, rule):
	before = managers(branch)
	status, said = hand_over(branch, EAST, "--to", NORTH, "--to", SOUTH, "--split", rule)
	assert status == 0, said
	after = managers(branch)
	moved = {customer for customer, person in before.items() if person == EAST and after[customer] != EAST}
	assert f"{len(moved)} customers and" in said.splitlines()[-1]
	assert {after[customer] for customer in moved} == {NORTH, SOUTH}
	assert calls_of(branch, EAST) == 0
	assert {customer: after[customer] for customer in before if customer not in moved} == {
		customer: person for customer, person in before.items() if customer not in moved
	}


def test_whoever_is_the_backup_of_all_gets_nobody(branch):
	with opened(branch, is_written=True) as book:
		names = [name for name, person in managers(branch).items() if person == EAST]
		fields = ("name", "retention_backup_manager")
		book.store.update_rows("Customer", fields, [(name, NORTH) for name in names])
		book.store.commit()
	status, said = hand_over(branch, EAST, "--to", NORTH)
	assert status == 0
	assert "stay: everybody named is their backup" in said
	assert said.splitlines()[-1] == "0 customers and 0 calls moved"


@pytest.mark.parametrize(
	("arguments", "remedy"),
	[
		(("nobody@branch.example", "--to", NORTH), "is account manager of no customer"),
		((EAST, "--to", EAST.upper()), "name somebody else"),
	],
)
def test_what_cannot_be_is_refused(branch, arguments, remedy):
	status, said = hand_over(branch, *arguments)
	assert (status, remedy in said) == (2, True), said


def test_a_promise_needs_its_date_and_its_words(branch):
	usual = ["log", str(branch), "Maple Ridge School", "--outcome", "Reached", "--summary", "router fails"]
	for given, remedy in (
		(["--promise", "a new router"], "go together"),
		(["--by", "2026-09-29"], "go together"),
		(["--promise", "a new router", "--by", str(AS_OF)], "give a later date"),
		(["--promise", "a new router", "--by", "2026-10-04"], "is no working day"),
	):
		result = CliRunner().invoke(main, [*usual, *given])
		assert (result.exit_code, remedy in result.output) == (2, True), result.output


def test_a_promise_is_kept_on_record_with_the_call(branch):
	usual = ["log", str(branch), "Maple Ridge School", "--outcome", "Reached", "--summary", "router fails"]
	result = CliRunner().invoke(main, [*usual, "--promise", "a new router", "--by", "2026-09-29"])
	assert result.exit_code == 0, result.output
	assert "promise due" in result.output
	with opened(branch) as book:
		rows = list(book.store.rows("SELECT promise, due_date, status FROM `tabCustomer Callback Promise`"))
	assert [(what, str(day), status) for what, day, status in rows] == [
		("a new router", "2026-09-29", "Open")
	]

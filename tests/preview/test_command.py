"""The commands: exit status, what they print, what they write and what they leave alone."""

from __future__ import annotations

import csv
from datetime import date
from importlib import resources
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from random_exports import KINDS

from cs_retention.engine import health
from cs_retention.engine.backtest import WARNED
from cs_retention.engine.policy import Policy
from cs_retention.engine.ranking import Verdict
from cs_retention.preview.book import opened
from cs_retention.preview.command import main
from cs_retention.preview.policies import tomllib
from cs_retention.render.backtest import RULES, VERDICTS
from cs_retention.render.translate import read_translations

BRANCH = Path(str(resources.files("cs_retention.preview") / "sample_branch"))
EXPORTS = [part for kind in KINDS for part in (f"--{kind}", str(BRANCH / f"{kind}.csv"))]
FILES = ["callbacks.csv", "churn.csv", "overflow.csv", "ratings.csv", "report.html", "workload.csv"]
AS_OF = "2026-09-21"


def call(*words: object, status: int = 0) -> Result:
	result = CliRunner().invoke(main, [str(word) for word in words])
	assert result.exit_code == status, result.output + repr(result.exception)
	return result


def rows(path: Path) -> list[dict[str, str]]:
	with path.open(encoding="utf-8", newline="") as stream:
		return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
	"""A book of the sample branch after its first night; tests that write take a copy."""
	book = tmp_path_factory.mktemp("kept") / "preview.sqlite"
	call("open", book, *EXPORTS)
	call("run", book, "--as-of", AS_OF)
	return book


@pytest.fixture
def book(kept: Path, tmp_path: Path) -> Path:
	copy = tmp_path / "preview.sqlite"
	copy.write_bytes(kept.read_bytes())
	return copy


@pytest.fixture(scope="module")
def out(kept: Path) -> Path:
	folder = kept.parent / "out"
	call("report", kept, "--out", folder)
	return folder


def test_preview_writes_the_same_files_as_open_run_and_report(kept, out, tmp_path):
	call("preview", *EXPORTS, "--as-of", AS_OF, "--days", 28, "--out", tmp_path / "once")

	assert sorted(path.name for path in (tmp_path / "once").iterdir()) == FILES
	for name in FILES:
		assert (tmp_path / "once" / name).read_bytes() == (out / name).read_bytes(), name


def test_the_files_have_exactly_their_columns(out):
	heads = {name: (out / name).read_text("utf-8").splitlines()[0] for name in FILES if name.endswith(".csv")}

	assert heads == {
		"ratings.csv": "customer,score,level,key_account,revenue,frequency,tenure,payment,service,breadth,next_level,next_level_gap",
		"churn.csv": "customer,card,health,band,recency,lateness,repeats,bill_trend,commitment,arrears,service,tenure,contact,deductions,reasons",
		"callbacks.csv": "customer,owner,due_date,window_start,window_end,channel,purposes,reason,within_horizon",
		"workload.csv": "owner,date,callbacks,capacity,smallest_possible_peak",
		"overflow.csv": "customer,owner,period_start,period_end,missing,reason",
	}


def test_the_score_is_the_sum_of_the_points_as_written_and_new_customers_have_neither(out):
	ratings = rows(out / "ratings.csv")

	assert len(ratings) == 119
	for row in ratings:
		points = [
			row[factor] for factor in ("revenue", "frequency", "tenure", "payment", "service", "breadth")
		]
		if row["level"] == "New":
			assert [row["score"], *points] == [""] * 7
		else:
			assert f"{sum(round(float(point) * 100) for point in points) / 100:.2f}" == row["score"]
	assert {row["key_account"] for row in ratings} == {"0", "1"}


def test_every_planned_call_is_in_the_workload_of_its_person(out):
	calls = rows(out / "callbacks.csv")
	load = {(row["owner"], row["date"]): int(row["callbacks"]) for row in rows(out / "workload.csv")}

	assert sum(load.values()) == len(calls)
	for owner, day in {(row["owner"], row["due_date"]) for row in calls}:
		assert load[owner, day] == sum((row["owner"], row["due_date"]) == (owner, day) for row in calls)
	assert {row["within_horizon"] for row in calls} == {"0", "1"}
	assert all((row["due_date"] <= "2026-10-18") == (row["within_horizon"] == "1") for row in calls)


def test_no_day_of_the_workload_is_above_the_smallest_possible_peak(out):
	workload = rows(out / "workload.csv")
	assert any(int(row["callbacks"]) for row in workload)
	for row in workload:
		assert int(row["callbacks"]) <= int(row["smallest_possible_peak"])


def test_the_parts_of_a_card_add_up_to_the_health_less_deductions(out):
	cards = {
		"Free Buyer": ("recency", "lateness", "repeats"),
		"Contract Customer": ("bill_trend", "commitment", "arrears", "service", "tenure", "contact"),
	}
	found = rows(out / "churn.csv")
	assert {row["card"] for row in found if row["band"] != "Prospect"} == {*cards}
	assert any(row["band"] == "Prospect" for row in found)
	for row in found:
		if row["band"] == "Prospect":
			assert row["health"] == row["deductions"] == ""
			continue
		own = sum(int(row[part]) for part in cards[row["card"]])
		assert int(row["health"]) <= max(0, own - int(row["deductions"]))
		assert all(row[part] == "" for card, parts in cards.items() if card != row["card"] for part in parts)


def test_the_report_is_one_page_in_either_language(kept, tmp_path):
	call("report", kept, "--out", tmp_path, "--lang", "zh")

	page = (tmp_path / "report.html").read_text("utf-8")
	assert "<h1>Harbour Branch</h1>" in page
	assert page.startswith("<!DOCTYPE html>") and 'lang="zh' in page and "五星" in page
	assert "http://" not in page.replace("http://www.w3.org/", "") and "https://" not in page


def test_a_book_says_stars_health_calls_and_why_with_their_because(kept):
	assert "because" in call("stars", kept).output
	assert "because" in call("health", kept).output
	assert "manager.east@branch.example" in call("callbacks", kept).output
	key = next(row["name"] for row in rows(BRANCH / "customers.csv") if row["retention_key_account"] == "1")
	told = call("why", kept, key.upper()).output
	assert told.startswith(key) and "Key Account" in told and "Score" in told and "Planned calls:" in told


def test_a_book_says_which_facts_warn_of_churn_in_either_language(kept):
	told = call("signals", kept, "--most", 99).output
	assert told.startswith("Signals as of Mon 21 Sep: ")
	assert "Lantern Street Hotel  Contract Ending" in told and "because contract ends in 40 days" in told
	few = call("signals", kept, "--most", 2, "--lang", "zh").output
	assert "账单走势" in few and "用 --most 显示" in few


def test_calls_can_be_asked_for_one_person_and_one_day(kept, out):
	wanted = [
		row
		for row in rows(out / "callbacks.csv")
		if row["owner"] == "manager.east@branch.example" and row["due_date"] == "2026-09-22"
	]
	told = call(
		"callbacks", kept, "--person", "Manager.East@branch.example", "--on", "2026-09-22", "--most", 99
	).output

	assert told.startswith(f"Calls on Tuesday 22 September 2026: {len(wanted)}")
	assert all(row["customer"] in told for row in wanted)
	assert "manager.west@branch.example:" not in told


def test_a_reached_call_closes_its_callback_and_the_plan_moves(book):
	before = planned(book)
	customer = next(
		row["customer"] for row in before if row["due_date"] == AS_OF and row["channel"] == "Phone"
	)
	told = call(
		"log", book, customer, "--outcome", "Reached", "--summary", "content", "--satisfaction", 5
	).output

	assert f"{customer}: Reached on Mon 21 Sep" in told and "the call planned for Mon 21 Sep is done" in told
	assert not [row for row in planned(book) if row["customer"] == customer and row["due_date"] == AS_OF]
	others = [row for row in before if row["customer"] != customer and row["within_horizon"] == "1"]
	stay = {(row["customer"], row["due_date"], row["owner"]) for row in planned(book)}
	assert all((row["customer"], row["due_date"], row["owner"]) in stay for row in others)


def test_an_agreed_date_stands_in_the_plan(book):
	customer = next(row["customer"] for row in planned(book) if row["due_date"] == AS_OF)
	call(
		"log", book, customer, "--outcome", "已接通", "--summary", "decides next week", "--next", "2026-09-30"
	)

	(agreed,) = [
		row for row in planned(book) if row["customer"] == customer and row["due_date"] == "2026-09-30"
	]
	assert "Promise" in agreed["purposes"]


def test_an_agreed_date_nobody_can_keep_stays_open_until_somebody_can(book, tmp_path):
	customer, manager = next(
		(row["customer"], row["owner"]) for row in planned(book) if row["due_date"] == AS_OF
	)
	call(
		"log",
		book,
		customer,
		"--outcome",
		"Reached",
		"--summary",
		"asks to be called",
		"--next",
		"2026-09-30",
	)
	with opened(book, is_written=True) as known:
		people = {row["account_manager"] for row in rows(BRANCH / "customers.csv")}
		known.store.insert_rows(
			"Owner Absence",
			("person", "from_date", "to_date"),
			[(person, date(2026, 9, 29), date(2026, 9, 30)) for person in people],
		)
		known.store.commit()
	for day in ("2026-09-28", "2026-09-29", "2026-10-08"):
		call("run", book, "--as-of", day)
	(agreed,) = [row for row in planned(book) if row["customer"] == customer and "Promise" in row["purposes"]]
	assert agreed["due_date"] >= "2026-10-08"
	assert manager in people


def test_a_night_before_the_last_one_is_refused(book):
	output = call("run", book, "--as-of", "2026-09-20", status=2).output
	assert "the last night of preview.sqlite was 2026-09-21; give that date or a later one" in output


def test_a_call_that_reached_nobody_leaves_the_duty_to_call(book):
	customer = next(
		row["customer"] for row in planned(book) if row["due_date"] == AS_OF and row["channel"] == "Phone"
	)
	call("log", book, customer, "--outcome", "No Answer", "--summary", "rang twice")

	assert [row for row in planned(book) if row["customer"] == customer and row["due_date"] >= AS_OF]


@pytest.mark.parametrize(
	("words", "sentence"),
	[
		(("--outcome", "Perhaps", "--summary", "x"), "is not known here; give one of Reached, Visited, Not Reached, Refused"),
		(("--outcome", "Reached", "--summary", " "), "say in a few words what the customer told"),
		(("--outcome", "Reached", "--summary", "x", "--next", "2026-09-21"), "is not after the call on 2026-09-21; give a later date"),
		(("--outcome", "Reached", "--summary", "x", "--next", "31/12/2026"), "write the date as YYYY-MM-DD"),
		(("--outcome", "Reached", "--summary", "x", "--next", "2026-09-26"), "the next one is 2026-09-28"),
	],
)  # fmt: skip
def test_a_call_that_cannot_be_logged_changes_nothing(book, words, sentence):
	customer = rows(BRANCH / "customers.csv")[0]["name"]
	before = planned(book)

	assert sentence in call("log", book, customer, *words, status=2).output
	assert planned(book) == before


def planned(book: Path) -> list[dict[str, str]]:
	folder = book.parent / "planned"
	call("report", book, "--out", folder)
	return rows(folder / "callbacks.csv")


def test_compare_tells_who_moves_and_the_weekly_calls_and_leaves_the_book_alone(book, tmp_path):
	policy = tmp_path / "policy2.toml"
	policy.write_text(
		'[stars.lower_bounds]\n"Five Star" = 95\n[cadence."Four Star"]\ncontacts_max = 2\ncontacts_min = 2\n'
	)
	before = book.read_bytes()
	told = call("compare", book, policy, "--most", 3).output

	assert " customers move" in told and "Five Star → Four Star" in told
	assert "Calls per week" in told and "manager.east@branch.example: " in told
	assert book.read_bytes() == before


def test_comparing_a_policy_with_itself_moves_nobody(kept, tmp_path):
	policy = tmp_path / "same.toml"
	policy.write_text(call("policy").output)

	told = call("compare", kept, policy).output
	assert told.startswith("0 of 119 customers move")
	assert told.count("(+0.0)") == 4


def test_the_default_policy_is_printed_as_toml_that_gives_the_same_policy():
	assert Policy.from_mapping(tomllib.loads(call("policy").output)) == Policy()


@pytest.mark.parametrize(
	("text", "sentence"),
	[
		("[stars.weights]\nrevenue = 50\n", "policy.toml, field stars.weights"),
		('[stars.lower_bounds]\n"Four Star" = 90\n', "policy.toml, field stars.lower_bounds"),
		("[stars\n", "policy.toml: is no TOML"),
		("[stars]\ncolour = 1\n", "policy.toml, field stars.colour"),
	],
)  # fmt: skip
def test_a_policy_that_cannot_be_is_refused_with_its_field(tmp_path, text, sentence):
	(tmp_path / "policy.toml").write_text(text)
	told = call(
		"preview",
		*EXPORTS,
		"--policy",
		tmp_path / "policy.toml",
		"--as-of",
		AS_OF,
		"--out",
		tmp_path / "out",
		status=2,
	)

	assert sentence in told.output
	assert not (tmp_path / "out").exists()


def test_bad_exports_end_with_status_2_and_nothing_is_written(tmp_path):
	bad = tmp_path / "invoices.csv"
	bad.write_text("name,customer,posting_date,base_net_total\nI-1,Nobody,2026-02-30,NaN\n", "utf-8")
	exports = ["--customers", BRANCH / "customers.csv", "--invoices", bad]

	told = call("open", tmp_path / "book.sqlite", *exports, status=2).output
	assert told.splitlines() == [
		'invoices.csv, line 2, column posting_date: "2026-02-30" is no day of the calendar; write the date as YYYY-MM-DD, for example 2026-11-23',
		'invoices.csv, line 2, column base_net_total: "NaN" is not a number; write digits with a point for decimals, for example 1234.50',
		'invoices.csv, line 2, column customer: "Nobody" is no customer of customers.csv; add the customer there or correct the name',
	]
	call("preview", *exports, "--as-of", AS_OF, "--out", tmp_path / "out", status=2)
	assert [path.name for path in tmp_path.iterdir()] == ["invoices.csv"]


def test_a_date_that_cannot_be_read_is_refused(kept):
	assert "write the date as YYYY-MM-DD" in call("run", kept, "--as-of", "21/09/2026", status=2).output
	assert "is no day of the calendar" in call("callbacks", kept, "--on", "2026-02-30", status=2).output


def test_a_date_no_calendar_reaches_is_refused(kept):
	assert "lies after the year 2199" in call("run", kept, "--as-of", "9999-12-31", status=2).output
	assert "lies before the year 1900" in call("run", kept, "--as-of", "0001-01-01", status=2).output


def test_a_book_cannot_be_put_where_there_is_no_folder(tmp_path):
	assert (
		"does not exist; make it first"
		in call("open", tmp_path / "none" / "b.sqlite", *EXPORTS, status=2).output
	)


def test_a_book_is_not_overwritten_by_accident(book):
	before = book.read_bytes()

	assert "exists already" in call("open", book, *EXPORTS, status=2).output
	assert book.read_bytes() == before


def test_what_is_no_book_is_told_with_the_remedy(tmp_path):
	assert "make it with: cs-retention open" in call("stars", tmp_path / "none.sqlite", status=2).output
	(tmp_path / "text.sqlite").write_text("this is text")
	assert "is no book of cs-retention" in call("stars", tmp_path / "text.sqlite", status=2).output


def test_before_the_first_night_every_list_says_what_to_type(tmp_path):
	call("open", tmp_path / "new.sqlite", *EXPORTS)

	for command in (("stars",), ("health",), ("callbacks",), ("report", "--out", tmp_path / "out")):
		told = call(command[0], tmp_path / "new.sqlite", *command[1:], status=2).output
		assert "give it one with: cs-retention run BOOK --as-of YYYY-MM-DD" in told
	assert "give it one with" in call("why", tmp_path / "new.sqlite", "Anybody", status=2).output


def test_an_unknown_customer_is_told(kept):
	assert '"Nobody" is no customer of the book' in call("why", kept, "Nobody", status=2).output


def test_a_customer_named_like_a_formula_cannot_start_one(tmp_path):
	(tmp_path / "customers.csv").write_text('name,account_manager\n"=HYPERLINK(1)",@someone\n', "utf-8")
	(tmp_path / "invoices.csv").write_text(
		'name,customer,posting_date,base_net_total\nI-1,"=HYPERLINK(1)",2026-01-05,10\n', "utf-8"
	)
	exports = [part for kind in ("customers", "invoices") for part in (f"--{kind}", tmp_path / f"{kind}.csv")]
	call("preview", *exports, "--as-of", AS_OF, "--out", tmp_path / "out")

	assert rows(tmp_path / "out" / "ratings.csv")[0]["customer"] == "'=HYPERLINK(1)"
	assert rows(tmp_path / "out" / "callbacks.csv")[0]["owner"] == "'@someone"


def test_the_page_proposes_days_of_the_backup_for_a_call_that_found_no_room(tmp_path):
	book = tmp_path / "busy.sqlite"
	call("open", book, *EXPORTS, "--policy", BRANCH / "policy.toml")
	call("run", book, "--as-of", AS_OF)
	call("report", book, "--out", tmp_path / "short")
	short = next(row for row in rows(tmp_path / "short" / "overflow.csv") if row["reason"] == "no_room")
	customers = rows(BRANCH / "customers.csv")
	other = next(row["account_manager"] for row in customers if row["account_manager"] != short["owner"])
	with opened(book, is_written=True) as known:
		backup = [(short["customer"], other)]
		known.store.update_rows("Customer", ("name", "retention_backup_manager"), backup)
		known.store.commit()
	call("report", book, "--out", tmp_path / "proposed")
	page = (tmp_path / "proposed" / "report.html").read_text(encoding="utf-8")
	assert f"{other.partition('@')[0]} has room on Mon 21 Sep" in page


def test_a_backtest_says_what_the_warning_was_worth_in_either_language(kept):
	told = call("backtest", kept).output
	assert "The book of 21 Sep 2025 against what happened until 21 Sep 2026" in told
	assert told.count("The book of") == 4
	assert "Healthy: of 72 customers who looked like this a year ago, 100\u00a0% are still billed" in told
	assert "too little to judge: 0 left, at least 10 are needed" in told
	assert "payments are not on record" in told
	chinese = call("backtest", kept, "--lang", "zh").output
	assert "一年前情况相同的 72 位客户中，100% 仍在出账" in chinese
	assert len(chinese.splitlines()) == len(told.splitlines())


def test_a_backtest_can_end_earlier_and_try_another_policy(kept, tmp_path):
	policy = tmp_path / "strict.toml"
	policy.write_text("[health.bands]\nhealthy = 95\n", encoding="utf-8")
	before = kept.read_bytes()
	told = call("backtest", kept, "--until", "2026-06-30", "--policy", policy, "--most", 0).output
	assert "The book of 30 Jun 2025 against what happened until 30 Jun 2026" in told
	assert "Watch: of " in told
	assert "more; --most shows them" in told
	assert kept.read_bytes() == before


def test_a_backtest_cannot_look_beyond_the_book(kept):
	refused = call("backtest", kept, "--until", "2026-09-22", status=2)
	assert "--until 2026-09-22: the book knows nothing after its last night of 2026-09-21" in refused.stderr


def test_every_rule_and_verdict_of_a_backtest_has_a_name_in_both_languages():
	assert set(RULES) == {*health.REASONS, WARNED}
	chinese = read_translations("zh")
	assert {*RULES.values(), *VERDICTS.values()} <= set(chinese)
	assert set(VERDICTS) == set(Verdict)

"""The demonstration: the sample branch through the real night, the same words every time, as README shows them."""

import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from cs_retention.preview.command import main
from cs_retention.preview.demo import BOOK, SUBSCRIBER

README = Path(__file__).parents[2] / "README.md"
SCENES = (
	"Stars",
	"Callbacks today",
	"The coming weeks",
	"Warnings",
	"Overflow",
	"Cover",
	"Calls logged",
	"Promises",
	"Hand-over",
	"Cases",
	"Alliance",
	"The Quarter",
)


def play(folder, *options):
	"""Return what `cs-retention demo` prints when it is called in a folder."""
	with pytest.MonkeyPatch.context() as patch:
		patch.chdir(folder)
		result = CliRunner().invoke(main, ["demo", *options], catch_exceptions=False)
	assert result.exit_code == 0, result.output
	return result.output


@pytest.fixture(scope="module")
def played(tmp_path_factory):
	folder = tmp_path_factory.mktemp("demo")
	return folder, play(folder)


def scenes(text):
	"""Return the scenes between the opening and the closing words, each as its lines."""
	_, *middle, _ = text.strip().split("\n\n")
	return [scene.splitlines() for scene in middle]


def unwrapped(lines):
	"""Return the lines of a scene with those joined that were broken for their width."""
	joined = []
	for line in lines:
		indent = len(line) - len(line.lstrip())
		if indent % 4:
			joined[-1] += line[indent - 1 :]
		else:
			joined.append(line)
	return joined


def test_each_noun_has_its_scene_of_five_to_ten_lines(played):
	found = scenes(played[1])
	assert [lines[0].split("  ")[0] for lines in found] == list(SCENES)
	for lines in map(unwrapped, found):
		assert 5 <= len(lines) <= 10, lines[0]


def test_the_demonstration_says_the_same_twice(played, tmp_path):
	assert play(tmp_path) == played[1]


def test_it_can_be_played_again_over_its_own_book(played):
	folder, output = played
	assert play(folder) == output


def test_every_entry_has_its_because(played):
	for lines in map(unwrapped, scenes(played[1])[:-6]):
		entries = [n for n, line in enumerate(lines) if line.startswith("    ") and line[4] != " " and n > 0]
		counts = [n for n in entries if lines[n].startswith(("    Five Star", "    Healthy"))]
		assert len(entries) - len(counts) >= 2
		for place in set(entries) - set(counts):
			assert lines[place + 1].startswith("        because "), lines[place]


def test_the_subscriber_is_warned_of_before_the_first_missing_bill(played):
	assert (
		f"{SUBSCRIBER}  38 At Risk = Bill trend 6 + Commitment 6 + Arrears 9 + Service 4 + Tenure 7 + Contact 6"
		in played[1]
	)


def test_the_regular_who_went_quiet_is_told_with_its_own_rhythm(played):
	assert "last purchase 97 days ago, usually every 31" in played[1]


def test_the_backup_covers_the_absent_account_manager(played):
	todays = scenes(played[1])[1]
	assert any(line.strip().startswith("manager.south covers manager.north: ") for line in todays)
	assert "because manager.north@branch.example works on no day from 21 Sep 2026 to 24 Sep 2026" in played[1]
	assert not any(line.strip().startswith("manager.north") for line in todays)


def test_key_accounts_are_called_in_every_week_and_five_star_customers_one_to_three_times_by_health(played):
	weeks = {line.split("  ")[2]: line for line in unwrapped(scenes(played[1])[2]) if "★" in line}
	for customer, calls in (("Stone Lion Cement", 1), ("Cedar Court Hotel", 2), ("Maple Ridge School", 3)):
		assert weeks[customer].count("Oct") == calls
	days = re.findall(r"(\d+)\u00a0(?:Sep|Oct)", weeks["Granite Hill Power Plant"])
	assert (
		len({date(2026, 9 if int(day) > 20 else 10, int(day)).isocalendar()[1] for day in days})
		== len(days)
		== 4
	)


def test_what_the_backup_covers_returns(played):
	covered = unwrapped(scenes(played[1])[5])
	assert any("manager.south calls on" in line and "then manager.north again on" in line for line in covered)


def test_a_promise_opens_the_next_call(played):
	promised = "\n".join(unwrapped(scenes(played[1])[7]))
	assert '--promise "a new router" --by 2026-09-30' in promised
	assert "promise due" in promised


def test_a_book_is_handed_over_with_its_calls(played):
	handed = unwrapped(scenes(played[1])[8])
	gave, *got, moved, first = handed[1:]
	count = int(gave.rsplit(" ", 2)[1])
	assert sum(int(line.split(" gets ")[1].split(" ")[0]) for line in got) == count
	assert f"{count} customers and " in moved
	assert first.endswith(("manager.north", "manager.south"))


def test_a_case_is_kept_and_found_again_and_a_release_without_proof_is_refused(played):
	told = "\n".join(unwrapped(scenes(played[1])[9]))
	for said in (
		"day 30: Verified, because 5,319.59 bought",
		"have a manager approve it first",
		"to be let go by Tue 8 Sep, passed on on Mon 7 Sep",
		"allows no offer; let the customer go without delay",
		"Release refused: Proof: an empty value cannot be used; attach the signed consent as a private file.",
	):
		assert said in told


def test_merchants_are_raised_on_probation_to_go_and_kept_out_of_campaigns(played):
	told = "\n".join(unwrapped(scenes(played[1])[10]))
	for said in (
		"Bright Smile Dental: raised from Preferred to Strategic",
		"Green Leaf Grocers: lowered from Standard to Probation",
		"Metro Car Wash: elimination proposed",
		"could take its place: Ring Road Tyres and Silver Spanner Garage",
		"Lotus Fitness: suspended; no campaigns until Tuesday 22 June 2027",
	):
		assert said in told


def test_the_quarter_is_told_in_five_sentences_with_its_rows_beside(played):
	folder, text = played
	told = unwrapped(scenes(text)[11])[1:]
	assert told[0].startswith("    The quarter began with 107 active customers") and len(told) == 6
	assert (folder / "demo-out/quarter/quarter.html").is_file()
	assert (folder / "demo-out/quarter/rows/COHORT_RETENTION.csv").is_file()


def test_a_logged_call_moves_the_plan(played):
	logged = "\n".join(scenes(played[1])[6])
	for moved in ("is done", "stays: ", "moved from Mon 21 Sep: ", "newly planned: "):
		assert moved in logged


def test_it_leaves_a_book_and_a_report_where_it_says(played):
	folder, text = played
	assert f"The book is demo-out/{BOOK}, the report demo-out/report.html." in text
	assert (folder / "demo-out" / BOOK).is_file()
	assert (folder / "demo-out/report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_last_line_can_be_typed(played):
	folder, text = played
	last = re.search(r'Next: cs-retention why (\S+) "(.+)"', text)
	with pytest.MonkeyPatch.context() as patch:
		patch.chdir(folder)
		result = CliRunner().invoke(main, ["why", last[1], last[2]])
	assert result.exit_code == 0 and SUBSCRIBER in result.output


def test_it_speaks_chinese(tmp_path):
	text = play(tmp_path, "--lang", "zh")
	assert "今日回访" in text and "因为" in text and "because" not in text
	assert '<html lang="zh">' in (tmp_path / "demo-out/report.html").read_text(encoding="utf-8")


def test_the_readme_shows_what_the_demonstration_prints(played):
	shown = README.read_text(encoding="utf-8").split("<!-- demo -->")[1].split("<!-- /demo -->")[0]
	shown = "\n".join(line for line in shown.splitlines() if not line.startswith("```"))
	assert shown.strip() == played[1].strip()

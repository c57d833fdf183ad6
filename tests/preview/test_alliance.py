"""`cs-retention alliance`: reviews replayed up to a quarter, standing.csv, and what bad files are told."""

import csv
from importlib import resources

import pytest
from click.testing import CliRunner

from cs_retention.preview.command import main

BRANCH = resources.files("cs_retention.preview") / "sample_branch"
MERCHANTS = "merchant,category,territory,status,admitted_on,eliminated_on,contract_end,admission_points,parent_merchant\n"
REVIEWS = "merchant,quarter,quality,price,cooperation,satisfaction,evidence\n"
SANCTIONS = "merchant,decided_on,breach,evidence,lifted_on,lift_reason\n"
SHOP = "Shop,Food,North,,2024-01-01,,,,\n"
LOW = "Shop,{0},2,3,3,3,inspection\n"


@pytest.fixture
def told(tmp_path):
	"""Replay texts of the files and return exit status, what was said, and the rows of standing.csv by merchant."""

	def tell(merchants=SHOP, reviews="", sanctions="", quarter="2026Q2", lang="en"):
		texts = {
			"merchants": MERCHANTS + merchants,
			"reviews": REVIEWS + reviews,
			"sanctions": SANCTIONS + sanctions,
		}
		options = []
		for kind, text in texts.items():
			(tmp_path / f"{kind}.csv").write_text(text, encoding="utf-8")
			options += [f"--{kind}", str(tmp_path / f"{kind}.csv")]
		out = tmp_path / "out"
		arguments = ["alliance", *options, "--quarter", quarter, "--out", str(out), "--lang", lang]
		result = CliRunner().invoke(main, arguments)
		standing = out / "standing.csv"
		lines = standing.read_text(encoding="utf-8").splitlines() if standing.exists() else []
		return result.exit_code, result.output, {row["merchant"]: row for row in csv.DictReader(lines)}

	return tell


def test_the_sample_branch_has_one_of_each(tmp_path):
	with resources.as_file(BRANCH) as folder:
		files = [f"--{kind}={folder / kind}.csv" for kind in ("merchants", "reviews", "sanctions")]
		arguments = ["alliance", *files, "--quarter", "2026Q2", "--out", str(tmp_path)]
		result = CliRunner().invoke(main, arguments)
	assert result.exit_code == 0, result.output
	for said in (
		"Bright Smile Dental: raised from Preferred to Strategic",
		"Green Leaf Grocers: lowered from Standard to Probation",
		"Metro Car Wash: elimination proposed",
		"could take its place: Ring Road Tyres and Silver Spanner Garage",
		"Lotus Fitness: suspended; no campaigns until Tuesday 22 June 2027",
		"spared probation until 2 Aug 2026, admitted on 4 May 2026",
		"North Gate Bookshop: eliminated",
	):
		assert said in result.output, said


def test_two_reviews_in_probation_without_a_break_propose_elimination(told):
	reviews = "".join(LOW.format(f"2025Q{number}") for number in (4, 2, 3, 1))
	_status, _said, rows = told(reviews=reviews, quarter="2025Q1")
	assert (rows["Shop"]["tier"], rows["Shop"]["reviews_in_probation"]) == ("Probation", "1")
	assert rows["Shop"]["elimination_proposed"] == "0"
	_status, said, rows = told(reviews=reviews, quarter="2025Q3")
	assert (rows["Shop"]["reviews_in_probation"], rows["Shop"]["elimination_proposed"]) == ("3", "1")
	assert "Shop: elimination proposed" in said


def test_nothing_behind_the_quarter_is_known(told):
	reviews = LOW.format("2026Q2") + "Shop,2026Q3,5,5,5,5,inspection\n"
	breach = "Shop,2026-08-01,false prices,receipt,,\n"
	_status, _said, rows = told(reviews=reviews, sanctions=breach)
	assert (rows["Shop"]["tier"], rows["Shop"]["sanctioned_until"]) == ("Probation", "")
	_status, _said, rows = told(reviews=reviews, sanctions=breach, quarter="2026Q3")
	assert (rows["Shop"]["tier_before"], rows["Shop"]["tier"]) == ("Probation", "Standard")
	assert rows["Shop"]["why"].endswith("not above Standard: a sanction holds until 1 Aug 2027")
	assert (rows["Shop"]["sanctioned_until"], rows["Shop"]["exchange_due"]) == ("2027-08-01", "2026-09-30")


def test_a_quarter_without_a_review_keeps_the_tier_and_says_nothing(told):
	_status, said, rows = told(reviews=LOW.format("2026Q1"))
	assert (rows["Shop"]["tier_before"], rows["Shop"]["tier"]) == ("Probation", "Probation")
	assert (rows["Shop"]["quality"], rows["Shop"]["why"]) == ("", "")
	assert "Shop:" not in said


def test_a_sanction_that_was_lifted_holds_no_longer(told):
	breach = "Shop,2026-03-01,false prices,receipt,{0},{1}\n"
	assert told(sanctions=breach.format("", ""))[2]["Shop"]["sanctioned_until"] == "2027-03-01"
	assert told(sanctions=breach.format("2026-06-30", "mended"))[2]["Shop"]["sanctioned_until"] == ""
	status, said, _rows = told(sanctions=breach.format("2026-06-30", ""))
	assert (status, "lift_reason" in said) == (2, True)


def test_who_was_eliminated_or_not_admitted_yet_has_no_tier(told):
	merchants = "Gone,Food,North,Eliminated,2020-01-01,2026-06-30,,,\nNext,Food,North,Candidate,,,,81,\n"
	later = "Late,Food,North,,2026-07-01,,,,\nStays,Food,North,Eliminated,2020-01-01,2026-07-01,,,\n"
	_status, said, rows = told(merchants + later)
	assert [rows[name]["status"] for name in ("Gone", "Next", "Late", "Stays")] == [
		"Eliminated",
		"Candidate",
		"Candidate",
		"Admitted",
	]
	assert [rows[name]["exchange_due"] for name in ("Gone", "Next", "Stays")] == ["", "", "2026-06-30"]
	assert rows["Gone"]["replacements"] == "Next"
	assert "Gone: eliminated" in said


def test_an_ending_contract_is_noticed(told):
	merchants = "Shop,Food,North,,2024-01-01,,2026-07-10,,\nLong,Food,North,,2024-01-01,,2028-01-01,,\n"
	_status, _said, rows = told(merchants)
	assert (rows["Shop"]["contract_notice"], rows["Long"]["contract_notice"]) == ("14", "")


def test_quarters_and_words_may_be_chinese(told):
	merchants = "Shop,餐饮,北城,已加盟,2024-01-01,,,,\n"
	reviews = "Shop,2026年第二季度,2,3,3,3,现场检查\n"
	status, said, rows = told(merchants, reviews, quarter="2026-q2", lang="zh")
	assert (status, rows["Shop"]["tier"]) == (0, "Probation")
	assert "察看" in said and "Probation" not in said


@pytest.mark.parametrize(
	("merchants", "reviews", "sentence"),
	[
		(SHOP, "Shop,2026Q2,6,3,3,3,seen\n", 'reviews.csv, line 2, column quality: "6" is no score'),
		(SHOP, "Shop,2026Q2,3,3,3,3,\n", "reviews.csv, line 2, column evidence"),
		(SHOP, "Shop,2026Q5,3,3,3,3,seen\n", '"2026Q5" is no quarter; write it as 2026Q4'),
		(SHOP, "Shop,0026Q1,3,3,3,3,seen\n", "has a year outside 1900 to 2199"),
		(SHOP, LOW.format("2026Q2") + LOW.format("2026-Q2"), "has a review of 2026-Q2 on line 2 already"),
		(SHOP, "Other,2026Q2,3,3,3,3,seen\n", '"Other" is no merchant of merchants.csv'),
		(SHOP + SHOP.upper(), "", "stands on line 2 already; give every merchant once"),
		("A,,,,,,,,B\nB,,,,,,,,A\n", "", "it belongs to a itself; name another"),
		("A,,,,,,,,Nobody\n", "", '"Nobody" is no merchant of this file'),
		("A,,,,2026-01-02,2026-01-01,,,\n", "", "is before admitted_on 2026-01-02"),
		("A,,,,,,,101,\n", "", '"101" is outside 0 to 100'),
	],
)
def test_files_that_cannot_be_used_are_refused_with_line_value_and_remedy(told, merchants, reviews, sentence):
	status, said, rows = told(merchants, reviews)
	assert (status, rows) == (2, {})
	assert sentence in said

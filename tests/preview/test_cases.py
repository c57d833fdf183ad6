"""`cs-retention cases`: events replayed through the engine, refusals in the form's sentence, checks of what was kept."""

import csv
from importlib import resources

import pytest
from click.testing import CliRunner

from cs_retention.engine.release_file import PROOF_KINDS
from cs_retention.preview.case_files import CaseEvent
from cs_retention.preview.case_steps import STEPS
from cs_retention.preview.command import main

BRANCH = resources.files("cs_retention.preview") / "sample_branch"
CASES = "case,customer,opened_on,source,level,exit_type,asked_on,contract_end,is_key_account\n"
EVENTS = "case,date,event,person,words,reason,offer,cost,passed_on,consent_on,consent_by,identity,proof,proof_size,dues\n"
INVOICES = "name,customer,posting_date,base_net_total,docstatus\n"
MONTHLY = "".join(f"I-{month},ACME,2026-{month:02d}-05,100,1\n" for month in range(1, 13))
CASE = "C-1,ACME,2026-03-02,Signal,Four Star,Cancellation,2026-03-02,,\n"
TALK = "C-1,2026-03-03,Talk,a,compares prices,Price\n"
KEPT = f"{TALK}C-1,2026-03-04,Stays,a,the bill is explained\n"


@pytest.fixture
def replayed(tmp_path):
	"""Replay texts of the three files and return exit status, what was said, and the rows of both files."""

	def replay(cases=CASE, events="", invoices=MONTHLY, as_of="2026-12-31", lang="en"):
		texts = {"cases": CASES + cases, "events": EVENTS + events, "invoices": INVOICES + invoices}
		options = []
		for kind, text in texts.items():
			(tmp_path / f"{kind}.csv").write_text(text, encoding="utf-8")
			options += [f"--{kind}", str(tmp_path / f"{kind}.csv")]
		out = tmp_path / "out"
		result = CliRunner().invoke(
			main, ["cases", *options, "--as-of", as_of, "--out", str(out), "--lang", lang]
		)
		read = [rows(out / name) if out.exists() else [] for name in ("cases.csv", "refusals.csv")]
		return result.exit_code, result.output, *read

	return replay


def rows(path):
	return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_every_event_has_its_step():
	assert set(STEPS) == set(CaseEvent)
	assert "pdf" in PROOF_KINDS


def test_a_case_that_is_kept_is_verified_by_invoices(replayed):
	status, said, (case,), refused = replayed(events=KEPT)
	assert (status, refused) == (0, [])
	assert (case["status"], case["opened_on"], case["reached_on"]) == ("Saved", "2026-03-02", "2026-03-03")
	assert (case["first_contact_due"], case["first_contact_late"]) == ("2026-03-05", "0")
	assert [case[f"day_{days}"] for days in (30, 60, 90)] == ["Verified"] * 3
	assert case["verification"] == "Verified"
	assert "Kept 1 of 1 closed (100.0 %)" in said and "Verified 1 of 1 decided (100.0 %)" in said


def test_nothing_behind_the_date_is_known(replayed):
	_status, _said, (case,), _refused = replayed(events=KEPT, as_of="2026-03-03")
	assert (case["status"], case["day_30"], case["next_call"]) == ("In Contact", "", "")
	_status, _said, (case,), _refused = replayed(events=KEPT, as_of="2026-04-03")
	assert (case["status"], case["day_30"], case["day_60"]) == ("Saved", "Verified", "")
	assert case["next_call"] == "2026-04-04"


def test_a_save_that_does_not_hold_opens_a_new_case(replayed):
	invoices = "".join(line + "\n" for line in MONTHLY.splitlines()[:3])
	_status, said, cases, _refused = replayed(events=KEPT, invoices=invoices)
	first, again = cases
	assert (first["day_30"], first["verification"]) == ("Verified", "Relapsed")
	assert (again["source"], again["status"], again["follows"]) == ("Relapse", "Open", "C-1")
	assert again["opened_on"] == "2026-05-03" and again["first_contact_late"] == "1"
	assert "nothing bought from 2 Apr 2026 to 3 May 2026" in first["why"]
	assert "Kept 0 of 1 closed (0.0 %)" in said


def test_no_second_case_is_opened_by_a_relapse_either(replayed):
	later = "C-2,acme,2026-04-20,Desk,Four Star,Cancellation,,,\n"
	_status, _said, cases, refused = replayed(CASE + later, KEPT, MONTHLY.split("I-4")[0])
	assert [case["case"] for case in cases] == ["C-1", "C-2"]
	assert refused == []


def test_a_customer_has_one_open_case(replayed):
	second = "C-2,acme ,2026-03-03,Complaint,Four Star,,,,\n"
	late = "C-2,2026-03-04,Talk,a,hello there\n"
	_status, _said, cases, refused = replayed(CASE + second, TALK + late)
	assert [case["case"] for case in cases] == ["C-1"]
	assert [(row["file"], row["line"], row["field"]) for row in refused] == [
		("cases", "3", "customer"),
		("events", "3", "case"),
	]
	assert "has the open case C-1; go on with that one" in refused[0]["sentence"]


OFFER = "C-1,2026-03-04,Offer,a,,,Router,50\n"
DEAR = "C-1,2026-03-04,Offer,a,,,Router,500\n"


@pytest.mark.parametrize(
	("events", "field", "sentence"),
	[
		("C-1,2026-03-01,Talk,a,too early\n", "case", "it is not open on that day; open it first"),
		("C-1,2026-03-03,Talk,a\n", "words", "say what was talked about"),
		(
			"C-1,2026-03-03,Stays,a,fine\n",
			"action",
			"not reached yet allows: Reach Customer and Customer Leaves",
		),
		(f"{TALK}C-1,2026-03-04,Stays,a\n", "status", "say what kept the customer"),
		(f"{TALK}C-1,2026-03-04,Accept,a\n", "offer", "there is no open offer"),
		(f"{TALK}{OFFER}{OFFER}", "offer", "note the answer to the offer that is open first"),
		(f"{TALK}{OFFER}C-1,2026-03-05,Stays,a,fine\n", "status", "dialog Answer Offer"),
		(f"{TALK}{DEAR}C-1,2026-03-05,Accept,a\n", "answer", "have a manager approve it first"),
		(f"{TALK}{DEAR}C-1,2026-03-05,Approve\n", "approved_by", "name the manager who approves"),
		(f"{KEPT}C-1,2026-03-09,Attempt,a\n", "action", "a case that is kept is closed; open a new one"),
		(f"{KEPT}C-1,2026-03-09,Talk,a,again\n", "action", "a case that is kept is closed; open a new one"),
		(f"{TALK}C-1,2026-03-05,Release,a\n", "action", "a case that is in contact allows"),
		(f"{TALK}C-1,2026-03-05,Leaves,a\n", "status", "say how it ended"),
	],
)
def test_what_is_out_of_order_is_refused_and_changes_nothing(replayed, events, field, sentence):
	status, said, _cases, refused = replayed(events=events)
	assert status == 0
	assert [(row["field"], row["case"]) for row in refused] == [(field, "C-1")]
	assert sentence in refused[0]["sentence"] and refused[0]["sentence"] in said


def test_two_offers_a_year_are_the_limit(replayed):
	declined = "C-1,2026-03-05,Decline,a\n"
	_status, _said, (case,), refused = replayed(events=TALK + (OFFER + declined.replace("05", "04")) * 3)
	assert "; the customer has had 2 offers" in refused[0]["sentence"]
	assert (case["status"], case["offers"]) == ("In Contact", "2")


def test_an_offer_above_the_limit_is_approved_accepted_and_counted(replayed):
	road = f"{TALK}{DEAR}C-1,2026-03-05,Approve,boss\nC-1,2026-03-05,Accept,a\nC-1,2026-03-06,Stays,a,new router\n"
	_status, said, (case,), refused = replayed(events=road)
	assert (refused, case["status"], case["accepted_cost"]) == ([], "Saved", "500.0")
	assert "Cost per verified save 500.00" in said


PORT_OUT = "C-1,ACME,2026-03-06,Desk,Five Star,Port-out Applied,2026-03-06,,1\n"


def test_a_port_out_gets_no_offer_and_a_record_that_nothing_was_delayed(replayed):
	events = (
		"C-1,2026-03-06,Talk,a,goes elsewhere,Coverage\n"
		"C-1,2026-03-06,Offer,a,,,Router,1\n"
		"C-1,2026-03-09,Leaves,a,number ported\n"
		"C-1,2026-03-09,Leaves,a,number ported,,,,2026-03-09\n"
	)
	_status, _said, (case,), refused = replayed(PORT_OUT, events)
	assert [row["field"] for row in refused] == ["offer", "passed_on"]
	assert (case["status"], case["clock_end"], case["passed_on"]) == ("Lost", "2026-03-09", "2026-03-09")
	assert case["verification"] == ""


def test_a_port_out_without_the_day_of_the_application_is_not_opened(replayed):
	_status, _said, cases, refused = replayed(PORT_OUT.replace("2026-03-06,,1", ",,1"))
	assert cases == []
	assert (refused[0]["field"], refused[0]["event"]) == ("asked_on", "")


GOOD = "C-1,2026-03-10,Release,a,,,,,,2026-03-10,Ms Lin,ID Document,consent.pdf,4000\n"


@pytest.mark.parametrize(
	("release", "field"),
	[
		(GOOD.replace("2026-03-10,Ms", ",Ms"), "consent_on"),
		(GOOD.replace("Ms Lin", ""), "consent_by"),
		(GOOD.replace("consent.pdf", ""), "proof"),
		(GOOD.replace("consent.pdf", "consent.exe"), "proof"),
		(GOOD.replace("4000", "40000000"), "proof"),
		(GOOD.replace("ID Document", ""), "identity_check"),
		(GOOD.replace("4000", "4000,12.5"), "settled_how"),
	],
)
def test_a_release_is_refused_without_consent_proof_and_settlement(replayed, release, field):
	lost = f"{TALK}C-1,2026-03-05,Leaves,a,moves abroad\n"
	_status, _said, (case,), refused = replayed(events=lost + release)
	assert [row["field"] for row in refused] == [field]
	assert case["status"] == "Lost"
	_status, _said, (case,), refused = replayed(events=lost + release + GOOD)
	assert case["status"] == "Released" and len(refused) == 1


def test_it_speaks_chinese(replayed):
	_status, said, _cases, refused = replayed(events="C-1,2026-03-03,Stays,a,fine\n", lang="zh")
	assert "被拒绝" in said and "状态为待联系的个案只允许：联系客户" in refused[0]["sentence"]


@pytest.mark.parametrize(
	("files", "sentence"),
	[
		(
			{"cases": CASE + CASE.replace("C-1", "c-1")},
			'cases.csv, line 3, column case: "c-1" stands on line 2',
		),
		(
			{"events": TALK.replace("C-1", "C-9")},
			'events.csv, line 2, column case: "C-9" is no case of cases.csv',
		),
		({"events": TALK.replace("Talk", "Chat")}, "is not known here; give one of Attempt, Talk"),
		({"cases": CASE.replace("Four Star", "Six Star")}, "is not known here"),
		({"cases": CASE.replace("2026-03-02", "2/3/2026")}, "write the date as YYYY-MM-DD"),
		({"invoices": MONTHLY.replace("100", "a lot")}, "is no amount"),
	],
)
def test_files_that_cannot_be_read_are_refused_as_a_whole(replayed, files, sentence):
	status, said, cases, _refused = replayed(**files)
	assert (status, cases) == (2, [])
	assert sentence in said


def test_drafts_and_other_customers_prove_nothing(replayed):
	invoices = MONTHLY.split("I-3")[0] + "D-1,ACME,2026-03-20,100,0\nO-1,Bolt,2026-03-20,100,1\n"
	_status, _said, cases, _refused = replayed(events=KEPT, invoices=invoices)
	assert cases[0]["day_30"] == "Relapsed"


def test_a_contract_in_force_verifies_who_is_not_billed(replayed):
	case = CASE.replace("2026-03-02,,\n", "2026-03-02,2027-12-31,\n")
	_status, _said, (row,), _refused = replayed(case, KEPT, "X-1,ACME,2020-01-01,1,1\n")
	assert [row[f"day_{days}"] for days in (30, 60, 90)] == ["Verified"] * 3
	assert "a contract runs on" in row["why"]

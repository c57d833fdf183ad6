"""Two quarters of a branch of known truth on a site: made by the night, counted, mailed, submitted, amended, seen by whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from personas import make_personas, user
from private_bench import PrivateBench
from stopped_clock import stopped_clock
from support_book import add_invoices, all_tables
from support_quarter import expected, make_truths, write_into
from support_reviews import connected

from cs_retention.engine.quarter_periods import QuarterPeriod
from cs_retention.engine.quarter_summary import QuarterSummary
from cs_retention.engine.vocabulary import Kpi, ReportSection
from cs_retention.nightly.quarter import COHORT_KPIS
from cs_retention.render.quarter_sections import (
	GROUP_COLUMNS,
	TOLD,
	filters_of,
	group_filters,
	migration_filters,
)

SITE = "quarters.localhost"
Q2, Q3 = QuarterPeriod(2026, 2), QuarterPeriod(2026, 3)
REPORT, ROW, COHORT = "Quarterly Retention Report", "Quarterly Report Row", "Quarterly Cohort Customer"
MODULE = "cs_retention.retention_reports.doctype.quarterly_retention_report.quarterly_retention_report"
FORMULA = "=HYPERLINK(1)"
# Where there are several companies, one that is bound and bought nowhere yet stands in none.
TRUTHS = [
	truth
	for truth in make_truths(11, 70, date(2026, 9, 30))
	if truth.bought and not (truth.contract and truth.contract[0] < truth.first_purchase())
]


def store_of(frappe: Any) -> Any:
	from cs_retention.store.base import Authorship
	from cs_retention.store.site import SiteStore

	return SiteStore(frappe.db, Authorship(now=frappe.utils.now_datetime), all_tables())


def fill(frappe: Any) -> None:
	"""Write the branch, half of it east's and half west's, a name that starts a formula among them."""
	TRUTHS[0].name = FORMULA
	for truth in TRUTHS:
		# One that complains before it buys anywhere stands in no company either.
		truth.complaints = [day for day in truth.complaints if day >= truth.first_purchase()]
		truth.serious = [day for day in truth.serious if day in truth.complaints]
	write_into(store_of(frappe), TRUTHS)
	for number, truth in enumerate(TRUTHS):
		manager = user("east" if number % 2 else "west")
		frappe.db.set_value(
			"Customer",
			truth.name,
			{"account_manager": manager, "customer_name": truth.name},
			update_modified=False,
		)
	frappe.db.set_value("User", user("second-manager"), "language", "zh")
	frappe.db.commit()


def play(frappe: Any, day: str) -> list[str]:
	"""Run the night of a date with its own workers' code, and the jobs that it leaves; return the reports it made."""
	from cs_retention.cs_retention import retention_night
	from cs_retention.retention_reports import report_job, report_mails

	before = set(frappe.get_all(REPORT, pluck="name"))
	jobs: list[dict] = []
	enqueue = frappe.enqueue
	frappe.enqueue = lambda method, **named: jobs.append({"method": method, **named})
	try:
		with stopped_clock(day, 5):
			name = retention_night.see_to(date.fromisoformat(day))
			retention_night.work(name, "1")
			for job in [job for job in jobs if job["method"] == report_job.run_job]:
				report_job.run_job(job["name"], "en", job["by_mail"])
			mails = [job for job in jobs if job["method"] == report_mails.put_by_name]
			for job in mails:
				report_mails.put_by_name(job["name"])
	finally:
		frappe.enqueue = enqueue
	frappe.db.commit()
	assert frappe.db.get_value("Retention Run", name, "status") == "Done"
	return sorted(set(frappe.get_all(REPORT, pluck="name")) - before)


@pytest.fixture(scope="module")
def played(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[tuple[Any, str, str]]:
	"""Frappe after the first nights of two quarters, and the reports that these made of the quarters before."""
	with connected(bench, installed_dump, SITE) as frappe:
		make_personas()
		fill(frappe)
		((second,), (third,)) = (play(frappe, day) for day in ("2026-07-01", "2026-10-01"))
		yield frappe, second, third


@pytest.fixture
def frappe(played: tuple[Any, str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
	"""Frappe on that site; what a test writes is put back."""
	book, *_names = played
	monkeypatch.setattr(book.local.db, "commit", lambda *given, **named: None)
	with stopped_clock("2026-10-01", 12):
		yield book
	book.db.rollback()
	book.set_user("Administrator")
	book.local.lang = "en"


def figures_of(report: Any) -> dict[Kpi, tuple]:
	from cs_retention.retention_reports.stored_figures import figure_of

	rows = {Kpi(row.kpi): figure_of(row, "numerator", "denominator").ratio for row in report.figures}
	return {kpi: tuple(map(Decimal, ratio)) for kpi, ratio in rows.items()}


def counted(frappe: Any, name: str) -> Any:
	"""Return a report after its job has run, here and now."""
	from cs_retention.retention_reports.report_job import run_job

	run_job(name, "en")
	return frappe.get_doc(REPORT, name)


@pytest.mark.parametrize(("place", "quarter", "is_reconstructed"), [(1, Q2, 1), (2, Q3, 0)])
def test_every_figure_equals_the_truth_and_opens_its_rows(
	frappe, played, place, quarter, is_reconstructed
) -> None:
	report = frappe.get_doc(REPORT, played[place])
	assert (report.quarter, report.status, report.company) == (quarter.label, "Computed", "East")
	assert report.is_reconstructed == is_reconstructed and report.until == quarter.end
	figures = figures_of(report)
	truth = {kpi: tuple(map(Decimal, pair)) for kpi, pair in expected(TRUTHS, quarter).items()}
	assert {kpi: figures[kpi] for kpi in COHORT_KPIS} == truth
	for row in report.figures:
		opened = {"report": report.name, "counted_in": ("like", f"%|{Kpi(row.kpi).name}|%")}
		assert frappe.db.count(ROW, opened) == row.row_count, row.kpi
	lost = {"report": report.name, "reached_in": ("like", "%|CUSTOMER_CHURN|%")}
	assert frappe.db.count(ROW, lost) == figures[Kpi.CUSTOMER_CHURN][0]
	money = frappe.get_all(
		ROW,
		{"report": report.name, "counted_in": ("like", "%|NET_REVENUE_RETENTION|%")},
		["sum(revenue_within) as now", "sum(revenue_before) as past"],
	)[0]
	assert (money.now, money.past) == tuple(map(float, figures[Kpi.NET_REVENUE_RETENTION]))


def numbers_of(summary: QuarterSummary) -> Iterator[tuple[dict[str, Any], int]]:
	"""Yield the filters behind every number that opens rows, and how many it says."""
	for section, rows in summary.sections.items():
		opening = [column for column in TOLD[section].columns if column.opens is not None]
		for row, column in product(rows, opening):
			yield filters_of(column, row.name, TOLD[section]), row.sums[column.sum]
	for heading, groups in summary.groups.items():
		for group, (_label, name, opens) in product(groups, GROUP_COLUMNS):
			yield group_filters(heading, group.name, opens), getattr(group, name)
	for (before, after), (customers, _revenue) in summary.migration.items():
		yield migration_filters(before, after), customers


def test_every_number_of_the_tables_opens_its_rows(frappe, played) -> None:
	report = frappe.get_doc(REPORT, played[2])
	summary = QuarterSummary.from_mapping(json.loads(report.summary))
	found = set()
	for filters, count in numbers_of(summary):
		asked = {"report": report.name, **filters}
		assert len(frappe.get_list(ROW, asked, pluck="name", limit_page_length=0)) == count, filters
		found.add(filters["kind"])
	assert {"Customer", "Case", "Complaint"} <= found
	assert "Eight quarters" in frappe.get_attr(f"{MODULE}.get_page")(report.name)
	trend = {row.name: row.sums for row in summary.sections[ReportSection.TREND]}
	truth = expected(TRUTHS, Q2)[Kpi.COHORT_RETENTION]
	assert (trend["2026Q2"]["kept"], trend["2026Q2"]["began"]) == truth and len(trend) == 8


def test_the_snapshot_stands_on_the_site_and_the_report_of_the_quarter_reads_it(frappe, played) -> None:
	began = frappe.get_all(COHORT, {"quarter_start": Q3.start, "company": "East"}, ["customer", "was_active"])
	assert {row.customer for row in began if row.was_active} == {
		truth.name for truth in TRUTHS if truth.is_active(Q3.eve)
	}
	assert len({row.customer for row in began}) == len(began)
	name = next(row.customer for row in began if not row.was_active)
	add_invoices(store_of(frappe), name, {"posting_date": Q3.eve})
	report = counted(frappe, played[2])
	assert frappe.db.get_value(ROW, {"report": report.name, "customer": name}, "was_active") in (0, None)


def test_nothing_is_made_twice(frappe, played) -> None:
	from cs_retention.retention_reports.report_mails import put
	from cs_retention.retention_reports.scheduled import open_quarterly_reports

	counts = lambda: [  # noqa: E731
		frappe.db.count(doctype) for doctype in (REPORT, ROW, COHORT, "Message Outbox", "Notification Log")
	]
	before = counts()
	assert open_quarterly_reports("2026-10-01") == open_quarterly_reports("2026-10-02") == []
	assert put(frappe.get_doc(REPORT, played[2])) == 0
	assert counts() == before
	frappe.delete_doc(REPORT, played[2])
	assert frappe.db.count(ROW, {"report": played[2]}) == 0
	assert open_quarterly_reports("2026-10-02") == []
	figures = figures_of(frappe.get_doc(REPORT, played[1]))
	assert figures_of(counted(frappe, played[1])) == figures


def test_a_frozen_report_stays_and_the_next_draft_knows_better(frappe, played) -> None:
	_book, second, third = played
	frappe.set_user(user("manager"))
	report = frappe.get_doc(REPORT, second)
	report.submit()
	frozen, rows = figures_of(report), frappe.db.count(ROW, {"report": second})
	frappe.set_user("Administrator")
	late = next(truth for truth in TRUTHS if truth.is_active(Q2.eve) and truth.is_active(Q2.end))
	add_invoices(store_of(frappe), late.name, {"posting_date": date(2026, 5, 4), "base_net_total": 7_777})
	frappe.set_user(user("manager"))
	compute = frappe.get_attr(f"{MODULE}.compute_report")
	with pytest.raises(frappe.ValidationError, match=r"its figures are frozen\. Cancel and amend it"):
		compute(second)
	again = counted(frappe, third)
	assert figures_of(frappe.get_doc(REPORT, second)) == frozen
	before = next(row for row in again.figures if row.kpi == Kpi.NET_REVENUE_RETENTION.value)
	assert Decimal(str(before.before_numerator)) == frozen[Kpi.NET_REVENUE_RETENTION][0]
	report.reload()
	report.cancel()
	amended = frappe.copy_doc(report)
	amended.update({"docstatus": 0, "amended_from": second})
	amended.insert()
	assert amended.status == "Draft" and not amended.figures
	amended = counted(frappe, amended.name)
	changed = figures_of(amended)[Kpi.NET_REVENUE_RETENTION][0] - frozen[Kpi.NET_REVENUE_RETENTION][0]
	assert changed == 7_777
	amended.submit()
	assert figures_of(frappe.get_doc(REPORT, second)) == frozen
	assert frappe.db.count(ROW, {"report": second}) == rows


def test_the_alliance_stands_in_it_and_is_frozen_with_it(frappe, played) -> None:
	_book, _second, third = played
	report = frappe.get_doc(REPORT, third)
	assert report.alliance is None
	assert "Merchant alliance" not in page_in(report, "en")
	shop = frappe.db.get_value("Customer", {"disabled": 0}, "name")
	merchant = frappe.get_doc(
		{
			"doctype": "Alliance Merchant",
			"name": "AM-Q",
			"customer": shop,
			"merchant_name": shop,
			"status": "Admitted",
			"admitted_on": "2026-07-10",
		}
	)
	merchant.db_insert()
	judged = {"doctype": "Alliance Review", "merchant": merchant.name, "year": 2026, "docstatus": 1}
	for quarter, tier in (("Q2", "Standard"), ("Q3", "Strategic")):
		review = {**judged, "name": f"AR-{quarter}", "quarter": quarter, "tier": tier, "earned_tier": tier}
		frappe.get_doc(review).db_insert()
	report = counted(frappe, third)
	kept = json.loads(report.alliance)
	assert (kept["ended"], kept["admitted"], kept["promoted"]) == ({"Strategic": 1}, 1, 1)
	report.submit()
	frappe.db.set_value("Alliance Review", "AR-Q3", "tier", "Probation")
	frozen = frappe.get_doc(REPORT, third)
	assert json.loads(frozen.alliance) == kept
	for language, words in (("en", ("Merchant alliance", "Strategic")), ("zh", ("商户联盟", "战略"))):
		assert all(word in page_in(frozen, language) for word in words)


def page_in(report: Any, language: str) -> str:
	"""Return a report as its page."""
	from cs_retention.retention_reports.report_page import render

	return render(report, language)


def test_the_chart_of_retention_draws_what_was_frozen_and_for_whom_it_may(frappe, played) -> None:
	from cs_retention.retention_reports.charts import retention_by_quarter

	frappe.set_user(user("manager"))
	assert retention_by_quarter() == {}, "nothing is submitted yet"
	report = frappe.get_doc(REPORT, played[1])
	report.submit()
	drawn = retention_by_quarter()
	assert drawn["labels"] == ["2026Q2"]
	kept, revenue = drawn["datasets"]
	reached, of = expected(TRUTHS, Q2)[Kpi.COHORT_RETENTION]
	assert kept == {"name": "Snapshot Retained", "values": [pytest.approx(100 * reached / of, abs=0.05)]}
	assert revenue["name"] == "Revenue Retained, Net" and revenue["values"][0] > 0
	frappe.local.lang = "zh"
	assert retention_by_quarter()["datasets"][0]["name"] == "基期客户保留率"
	report.cancel()
	assert retention_by_quarter() == {}
	frappe.set_user(user("east"))
	with pytest.raises(frappe.PermissionError):
		retention_by_quarter()


def test_a_quarter_has_one_submitted_report_and_is_submitted_when_it_is_counted_to_its_end(
	frappe, played
) -> None:
	twin = frappe.get_doc({"doctype": REPORT, "company": "East", "year": 2026, "part": "Q3"}).insert()
	with pytest.raises(frappe.ValidationError, match="Compute it before it is submitted"):
		twin.submit()
	frappe.get_doc(REPORT, played[2]).submit()
	twin = counted(frappe, twin.name)
	with pytest.raises(frappe.ValidationError, match="is submitted already"):
		twin.submit()
	running = frappe.get_doc({"doctype": REPORT, "company": "East", "year": 2026, "part": "Q4"}).insert()
	running = counted(frappe, running.name)
	assert str(running.until) == "2026-10-01"
	with pytest.raises(frappe.ValidationError, match="is counted up to"):
		running.submit()
	for year, part, said in ((2027, "Q1", "begins on"), (1999, "Q1", "give a year from 2000 on")):
		with pytest.raises(frappe.ValidationError, match=said):
			frappe.get_doc({"doctype": REPORT, "company": "East", "year": year, "part": part}).insert()


def test_a_request_writes_no_figures(frappe, played) -> None:
	report = frappe.get_doc(REPORT, played[2])
	report.figures[0].numerator, report.summary, report.until = 1, "{}", "2026-12-31"
	report.save()
	stored = frappe.get_doc(REPORT, played[2])
	assert figures_of(stored)[Kpi.CUSTOMER_RETENTION][0] > 1
	assert stored.summary != "{}" and stored.until == Q3.end
	forged = {"doctype": REPORT, "company": "East", "year": 2026, "part": "Q1", "status": "Computed"}
	forged = frappe.get_doc({**forged, "summary": "{}", "scheduled_key": "x", "until": "2026-12-31"}).insert()
	assert (forged.status, forged.summary, forged.scheduled_key, forged.until) == ("Draft", None, None, None)


def test_actions_come_back_in_the_next_report_with_their_state(frappe, played) -> None:
	report = frappe.get_doc(REPORT, played[1])
	wanted = {"person": user("east"), "due_date": "2026-09-01"}
	report.extend("actions", [{"action": name, **wanted} for name in ("call the silent", "mend the line")])
	report.save()
	report.submit()
	report.actions[1].update({"state": "Done", "note": "mended in May"})
	report.save()
	frappe.delete_doc(REPORT, played[2])
	following = frappe.get_doc({"doctype": REPORT, "company": "East", "year": 2026, "part": "Q3"}).insert()
	assert [(row.action, row.state, row.agreed_in) for row in following.actions] == [
		("call the silent", "Open", "2026Q2"),
		("mend the line", "Done", "2026Q2"),
	]
	report.actions[0].state = "Dropped"
	report.save()
	following = counted(frappe, following.name)
	assert [row.state for row in following.actions] == ["Dropped", "Done"]
	page = frappe.get_attr(f"{MODULE}.get_page")(following.name)
	assert "call the silent" in page and "mended in May" in page
	following.submit()
	with stopped_clock("2027-01-04"):
		last = frappe.get_doc({"doctype": REPORT, "company": "East", "year": 2026, "part": "Q4"}).insert()
	assert last.actions == []
	for name in ("download_pdf", "download_workbook"):
		with pytest.raises(frappe.ValidationError, match="not computed yet"):
			frappe.get_attr(f"{MODULE}.{name}")(last.name)


def test_who_sees_what(frappe, played) -> None:
	_book, _second, third = played
	every = set(frappe.get_all(ROW, {"report": third}, pluck="name"))
	own = {row.name for row in frappe.get_all("Customer", {"account_manager": user("east")})}
	page, workbook = (frappe.get_attr(f"{MODULE}.{name}") for name in ("get_page", "download_workbook"))
	for persona in ("manager", "auditor"):
		frappe.set_user(user(persona))
		assert {row.name for row in frappe.get_list(ROW, {"report": third}, limit_page_length=0)} == every
		assert "<html" in page(third)
	frappe.set_user(user("auditor"))
	with pytest.raises(frappe.PermissionError):
		frappe.get_attr(f"{MODULE}.compute_report")(third)
	frappe.set_user(user("east"))
	seen = frappe.get_list(ROW, {"report": third}, ["name", "customer"], limit_page_length=0)
	assert seen and {row.customer for row in seen} <= own and len(seen) < len(every)
	assert {row.customer for row in frappe.get_list(COHORT, fields=["customer"], limit_page_length=0)} <= own
	stranger = next(iter(every - {row.name for row in seen}))
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc(ROW, stranger).check_permission("read")
	for name in ("get_page", "get_progress", "download_pdf", "download_workbook", "mail_report"):
		with pytest.raises(frappe.PermissionError):
			frappe.get_attr(f"{MODULE}.{name}")(third)
	frappe.set_user(user("manager"))
	workbook(third)
	sheets = load_workbook(BytesIO(frappe.response.filecontent))
	assert len(list(sheets["Customer"].iter_rows(min_row=2))) == len(
		frappe.get_all(ROW, {"report": third, "kind": "Customer"})
	)


def test_a_workbook_holds_what_its_reader_may_read_and_computes_nothing(frappe, played) -> None:
	from cs_retention.retention_reports.report_files import make_workbook

	report = frappe.get_doc(REPORT, played[2])
	everybody, own = (
		load_workbook(BytesIO(make_workbook(report, user(persona), "en"))) for persona in ("manager", "east")
	)
	names = lambda book: {row[0].value for row in book["Customer"].iter_rows(min_row=2)}  # noqa: E731
	mine = {row.name for row in frappe.get_all("Customer", {"account_manager": user("east")})}
	assert names(own) and names(own) == {name for name in names(everybody) if name in mine}
	assert "'" + FORMULA in names(everybody) and FORMULA not in names(everybody)
	cells = [cell for sheet in everybody for row in sheet.iter_rows(min_row=2) for cell in row]
	assert {cell.data_type for cell in cells if cell.value is not None} == {"s", "n"}
	figures = {row[3].value: row for row in everybody["Key Figures"].iter_rows(min_row=2)}
	retained = figures[Kpi.COHORT_RETENTION.value]
	assert (retained[5].value, retained[6].value) == tuple(
		map(int, expected(TRUTHS, Q3)[Kpi.COHORT_RETENTION])
	)
	chinese = load_workbook(BytesIO(make_workbook(report, user("manager"), "zh")))
	assert chinese.sheetnames[0] == "关键指标" and "客户" in chinese.sheetnames
	assert len(chinese.sheetnames) == len(everybody.sheetnames)
	assert chinese["约束率，按星级"]["A1"].value == "星级"


def test_a_workbook_holds_every_counted_table_with_numbers_as_numbers(frappe, played) -> None:
	from cs_retention.retention_reports.report_files import make_workbook
	from cs_retention.retention_reports.report_page import page_of

	report = frappe.get_doc(REPORT, played[2])
	book = load_workbook(BytesIO(make_workbook(report, user("manager"), "en", has_rows=False)))
	counted = {each.value: rows for each, rows in page_of(report).summary.sections.items() if rows}
	assert counted and book.sheetnames[: 1 + len(counted)] == ["Key Figures", *counted]
	levels = {row[0].value: row for row in book["Commitment, by star level"].iter_rows(min_row=2)}
	heads = [cell.value for cell in book["Commitment, by star level"][1]]
	assert heads[:2] == ["Star Level", "Active at the End"] and heads[-1] == "Bound at All (%)"
	for row in counted["Commitment, by star level"]:
		cells = levels[row.name or "–"]
		assert cells[1].value == row.sums["active"]
		assert cells[-1].value == pytest.approx(100 * row.sums["overall"] / row.sums["active"], abs=0.05)


def test_it_is_mailed_to_each_in_the_own_language_with_pdf_and_workbook(frappe, played) -> None:
	from cs_retention.cs_retention.outbox_office import SiteOffice
	from cs_retention.nightly.outbox_rows import WAITING_FIELDS, Waiting

	mails = frappe.get_all("Message Outbox", {"dedupe_key": ("like", "quarterly-report%")}, [*WAITING_FIELDS])
	by_reader = {(mail.recipient, mail.dedupe_key.split("|")[1]): mail for mail in mails}
	wanted = {user("manager"), user("second-manager")}
	assert {recipient for recipient, _report in by_reader} >= wanted
	assert user("east") not in {recipient for recipient, _report in by_reader}
	report = frappe.get_doc(REPORT, played[2])
	ours = {
		recipient: mail for (recipient, name), mail in by_reader.items() if name == report.name.lower()
	} or {mail.recipient: mail for mail in mails if report.name in mail.body}
	english, chinese = ours[user("manager")], ours[user("second-manager")]
	assert english.subject == "Retention report: East, quarter 3 of 2026"
	assert chinese.subject.startswith("客户维系报告：East") and "草稿" in chinese.body
	assert report.name in english.body and "draft" in english.body
	for mail in (english, chinese):
		files = [frappe.get_doc("File", each["fid"]) for each in json.loads(mail.attachments)]
		assert [file.file_name.rsplit(".")[-1] for file in files] == ["pdf", "xlsx"]
		assert all(file.is_private and file.attached_to_doctype == "Message Outbox" for file in files)
		assert files[0].get_content()[:4] == b"%PDF"
	mail = SiteOffice().compose(Waiting(*(english[field] for field in WAITING_FIELDS)))
	assert "multipart/mixed" in mail.text
	frappe.set_user(user("east"))
	with pytest.raises(frappe.PermissionError):
		files[1].check_permission("read")


def test_recipients_are_those_of_the_settings_who_may_read_it(frappe, played) -> None:
	from cs_retention.retention_reports.report_mails import readers_of, start

	report, settings = frappe.get_doc(REPORT, played[2]), frappe.get_doc("CS Retention Settings")
	settings.extend(
		"report_recipients",
		[{"user": user("east")}, {"role": "Retention Auditor"}, {"user": user("manager")}],
	)
	settings.save()
	found = {reader.user for reader in readers_of(report)}
	assert {user("auditor"), user("manager")} <= found
	assert not found & {user("east"), user("second-manager")}
	settings.report_recipients = []
	settings.append("report_recipients", {"user": user("east")})
	settings.save()
	with pytest.raises(frappe.ValidationError, match="Nobody among the recipients may read"):
		start(report)


def test_the_page_and_the_pdf_speak_the_readers_language_and_bear_the_letter_head(frappe, played) -> None:
	from cs_retention.retention_reports.report_files import fetch, letter_head, make_pdf

	report = frappe.get_doc(REPORT, played[2])
	frappe.local.lang = "zh"
	page = frappe.get_attr(f"{MODULE}.get_page")(report.name)
	assert '<html lang="zh">' in page and "期初活跃" in page and "草稿" in page
	assert "quarterly-report-row?report=" in page and "COHORT_RETENTION" in page
	head = {"doctype": "Letter Head", "letter_head_name": "House", "is_default": 1, "source": "HTML"}
	frappe.get_doc({**head, "content": "<b>{{ doc.company }} House</b>"}).insert()
	assert letter_head(report)[0] == "<b>East House</b>"
	assert make_pdf(report, "zh")[:4] == b"%PDF"
	for address in ("http://169.254.169.254/", "file:///etc/passwd", "/etc/passwd"):
		with pytest.raises(ValueError):
			fetch(address)


def test_a_job_that_fails_says_why(frappe, played, monkeypatch) -> None:
	from cs_retention.retention_reports import report_job

	monkeypatch.setattr(frappe.local.db, "rollback", lambda *given, **named: None)

	def broken(*given: Any, **named: Any) -> Any:
		raise RuntimeError("the disk is full")

	monkeypatch.setattr(report_job, "read_quarter", broken)
	with pytest.raises(RuntimeError):
		report_job.run_job(played[2], "en")
	monkeypatch.undo()
	report = frappe.get_doc(REPORT, played[2])
	assert report.status == "Failed" and report.error.startswith("the disk is full. The Error Log says more")


def test_merged_customers_have_one_row_in_a_snapshot(frappe, played) -> None:
	loser, winner = [
		row.customer for row in frappe.get_all(COHORT, {"quarter_start": Q3.start}, ["customer"])
	][:2]
	frappe.rename_doc("Customer", loser, winner, merge=True)
	assert frappe.db.count(COHORT, {"quarter_start": Q3.start, "customer": winner}) == 1
	assert not frappe.db.exists(COHORT, {"customer": loser})


def test_the_day_a_year_begins_on_is_checked(frappe) -> None:
	settings = frappe.get_doc("CS Retention Settings")
	settings.quarters_begin = "31 April"
	with pytest.raises(
		frappe.ValidationError, match=r"31 April.* cannot be used; write month and day as 04-01"
	):
		settings.save()
	settings.reload()
	settings.quarters_begin = "04-06"
	settings.save()
	report = frappe.get_doc({"doctype": REPORT, "company": "East", "year": 2026, "part": "Q1"}).insert()
	assert (report.quarter, str(report.from_date), str(report.to_date)) == (
		"FY2026Q1",
		"2026-04-06",
		"2026-07-05",
	)
	assert report.period.before.label == "FY2025Q4"


def test_a_target_of_the_company_stands_beside_its_figure(frappe, played) -> None:
	kpi = Kpi.COHORT_RETENTION
	wanted = {"kpi": kpi.value, "measure": "Figure", "period": "Quarter", "from_date": Q3.start, "value": 95}
	frappe.get_doc({"doctype": "Retention Target", "company": "East", **wanted}).insert()
	report = counted(frappe, played[2])
	found = {row.kpi: row for row in report.figures}
	assert (found[kpi.value].has_target, found[kpi.value].target) == (1, 95)
	assert sum(row.has_target for row in report.figures) == 1
	page = frappe.get_attr(f"{MODULE}.get_page")(report.name)
	assert "Target, Achieved" in page

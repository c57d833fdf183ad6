"""Where cases come from and what a reader sees of them: signals, complaints, offers that lapse, notes of a case."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from personas import user
from private_bench import PrivateBench
from support_calls import TODAY, as_east, branch_at_work, refused
from support_cases import answer, in_contact, lost, make_invoice, make_offer_of, open_at_desk, release_file
from support_service_documents import make_complaint

SITE = "casesources.localhost"
CASE, SIGNAL = "Retention Case", "Churn Signal"
SHOP = "Corner shop"


@pytest.fixture(scope="module")
def branch(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	"""Frappe on a site with a planned branch and a competitor."""
	with branch_at_work(bench, installed_dump, SITE) as frappe:
		make_invoice(frappe, SHOP, 1200)
		make_offer_of(frappe, "Free month", 40)
		frappe.get_doc({"doctype": "Competitor", "competitor_name": "Northern Line"}).insert()
		frappe.db.commit()
		yield frappe


@pytest.fixture
def frappe(branch: Any) -> Iterator[Any]:
	"""Frappe as account manager east; what a test writes is rolled back."""
	with as_east(branch) as frappe:
		yield frappe


def signal(frappe: Any, customer: str = SHOP, rule: str = "Cancellation Asked", **fields: Any) -> Any:
	document = {"doctype": SIGNAL, "customer": customer, "rule": rule, "note": "found a cheaper tariff"}
	return frappe.get_doc({**document, **fields}).insert()


class TestSignals:
	def test_a_signal_opens_a_case_that_names_it_and_is_named_by_it(self, frappe) -> None:
		from cs_retention.churn_retention import case_sources

		heard = signal(frappe, rule="Competitor Named", competitor="Northern Line")
		facts = case_sources.prepare(SIGNAL, heard.name)
		assert (facts["open_case"], facts["suggested"]) == (None, "Drifting Away")
		case = frappe.get_doc(CASE, case_sources.open_from(SIGNAL, heard.name, facts["suggested"]))
		assert (case.source, case.churn_signal, case.competitor, case.status) == (
			*("Signal", heard.name),
			*("Northern Line", "Open"),
		)
		heard.reload()
		assert (heard.retention_case, str(heard.acted_on), heard.acted_by) == (
			*(case.name, TODAY),
			user("east"),
		)

	@pytest.mark.parametrize(
		("rule", "exit_type"),
		[("Cancellation Asked", "Cancellation"), ("Port-Out Asked", "Port-out Considered")],
	)
	def test_the_exit_type_that_a_signal_speaks_of_is_suggested(
		self, frappe, rule: str, exit_type: str
	) -> None:
		from cs_retention.churn_retention.case_sources import prepare

		assert prepare(SIGNAL, signal(frappe, rule=rule).name)["suggested"] == exit_type

	def test_a_second_signal_joins_the_open_case(self, frappe) -> None:
		from cs_retention.churn_retention.case_sources import open_from, prepare

		case = in_contact(frappe, SHOP)
		heard = signal(frappe)
		assert prepare(SIGNAL, heard.name)["open_case"] == case.name
		assert open_from(SIGNAL, heard.name) == case.name
		assert heard.reload().retention_case == case.name
		assert frappe.db.count(CASE) == 1

	def test_signals_of_the_list_are_taken_up_customer_by_customer(self, frappe) -> None:
		from cs_retention.churn_retention.case_sources import open_from_signals

		heard = [signal(frappe), signal(frappe, rule="Port-Out Asked"), signal(frappe, "Key shop")]
		told = open_from_signals([row.name for row in heard])
		assert (len(told["cases"]), told["left"]) == (2, 0)
		assert {row.reload().retention_case for row in heard} == set(told["cases"])
		heard[0].close("False Alarm", "a mistake")
		assert open_from_signals([heard[0].name]) == {"cases": [], "left": 1}
		with refused(frappe, "51 signals were chosen"):
			open_from_signals([str(number) for number in range(51)])

	def test_nobody_opens_a_case_of_a_signal_they_do_not_see(self, frappe) -> None:
		from cs_retention.churn_retention.case_sources import open_from

		heard = signal(frappe)
		for persona in ("team", "auditor"):
			frappe.set_user(user(persona))
			with pytest.raises(frappe.PermissionError):
				open_from(SIGNAL, heard.name)

	def test_a_signal_of_another_customer_is_refused(self, frappe) -> None:
		heard = signal(frappe, "Key shop")
		with refused(frappe, "is not about", SHOP):
			in_contact(frappe, SHOP, churn_signal=heard.name)


class TestComplaints:
	def test_a_complaint_opens_a_case_and_shows_it(self, frappe) -> None:
		from cs_retention.churn_retention.case_sources import add_connections, open_from

		frappe.set_user("Administrator")
		issue = make_complaint(SHOP, "2026-11-20")
		name = open_from("Issue", issue.name, "Cancellation", TODAY)
		case = frappe.get_doc(CASE, name)
		assert (case.source, case.issue, str(case.asked_on)) == ("Complaint", issue.name, TODAY)
		assert open_from("Issue", issue.name) == name
		(shown,) = add_connections({})["transactions"]
		assert shown["items"] == [CASE]

	def test_what_is_no_complaint_is_refused(self, frappe) -> None:
		from cs_retention.churn_retention.case_sources import open_from

		frappe.set_user("Administrator")
		question = frappe.get_doc({"doctype": "Issue", "subject": "opening hours", "customer": SHOP}).insert()
		with refused(frappe, question.name, "is no complaint"):
			open_from("Issue", question.name)
		question.db_set("customer", None)
		with refused(frappe, "names no customer"):
			open_from("Issue", question.name)
		with refused(frappe, "from a signal or a complaint"):
			open_from("Customer", SHOP)


class TestOffers:
	def test_an_offer_stands_for_its_days_and_is_accepted_within_them(self, frappe) -> None:
		from cs_retention.churn_retention import case_actions

		frappe.db.set_value("Retention Offer", "Free month", "valid_days", 3)
		frappe.clear_document_cache("Retention Offer", "Free month")
		case = in_contact(frappe, SHOP)
		case_actions.make_offer(case.name, "Free month")
		(row,) = case.reload().offers
		assert str(row.stands_until) == "2026-11-27"
		frappe.db.set_value(row.doctype, row.name, "stands_until", "2026-11-23")
		with refused(frappe, "the offer stood until 11-23-2026; note that it is declined"):
			answer(case.name, "Accepted")
		assert answer(case.name, "Declined")["status"] == "In Contact"

	@pytest.mark.parametrize(("field", "day"), [("to_date", "2026-11-23"), ("from_date", "2026-11-25")])
	def test_an_offer_outside_its_dates_is_not_made(self, frappe, field: str, day: str) -> None:
		from cs_retention.churn_retention import case_actions

		frappe.db.set_value("Retention Offer", "Free month", field, day)
		frappe.clear_document_cache("Retention Offer", "Free month")
		case = in_contact(frappe, SHOP)
		assert case_actions.get_ladder(case.name)["offers"] == []
		with refused(frappe, "it does not stand on 11-24-2026; take another"):
			case_actions.make_offer(case.name, "Free month")


class TestTheState:
	def test_a_case_says_since_when_it_is_in_its_state(self, frappe) -> None:
		case = in_contact(frappe, SHOP)
		assert str(case.status_since) == TODAY
		frappe.db.set_value(CASE, case.name, "status_since", "2026-11-20")
		case.reload()
		case.next_action_on = "2026-11-30"
		case.status_since = "2026-01-01"
		case.save()
		assert str(case.reload().status_since) == "2026-11-20", "the house says since when, not a request"
		case.append("offers", {"offer": "Free month"})
		case.save()
		assert (case.status, str(case.status_since)) == ("Offer Pending", TODAY)


class TestBadInput:
	def test_a_file_that_is_too_large_or_empty_is_no_proof(self, frappe) -> None:
		case = lost(frappe, SHOP)
		frappe.set_user(user("manager"))
		file = release_file(frappe, case)
		proof = {"file_url": file.proof, "attached_to_name": file.name}
		for size, words in ((11 << 20, "larger than 10 MB; attach a smaller scan"), (0, "the file is empty")):
			frappe.db.set_value("File", proof, "file_size", size)
			with refused(frappe, "Proof", words):
				file.submit()
			file.reload()
		assert frappe.db.get_value(CASE, case.name, "status") == "Lost"

	def test_a_customer_renamed_in_mid_case_keeps_it(self, frappe) -> None:
		from cs_retention.churn_retention import case_actions

		case = in_contact(frappe, SHOP)
		frappe.set_user("Administrator")
		frappe.rename_doc("Customer", SHOP, "Corner shop and sons", force=True)
		case.reload()
		assert (case.customer, case.open_key) == ("Corner shop and sons", case.state)
		with refused(frappe, f"open case {case.name}; go on with that one"):
			in_contact(frappe, "Corner shop and sons")
		assert case_actions.customer_stays(case.name, "the new owner likes us")["status"] == "Saved"

	@pytest.mark.parametrize("is_winner_gone", [True, False])
	def test_a_released_customer_merged_with_one_who_never_left_is_back(
		self, frappe, is_winner_gone: bool
	) -> None:
		case = lost(frappe, SHOP if is_winner_gone else "Key shop")
		frappe.set_user(user("manager"))
		release_file(frappe, case).submit()
		frappe.set_user("Administrator")
		frappe.rename_doc("Customer", "Key shop", SHOP, merge=True, force=True)
		case.reload()
		assert (case.customer, case.status, str(case.back_on)) == (SHOP, "Released", TODAY)

	def test_two_released_customers_merged_stay_released(self, frappe) -> None:
		cases = [lost(frappe, shop) for shop in (SHOP, "Key shop")]
		frappe.set_user(user("manager"))
		for case in cases:
			release_file(frappe, case).submit()
		frappe.set_user("Administrator")
		frappe.rename_doc("Customer", "Key shop", SHOP, merge=True, force=True)
		assert {case.reload().back_on for case in cases} == {None}

	def test_an_invoice_cancelled_after_a_check_speaks_in_the_next_one(self, frappe) -> None:
		from cs_retention.churn_retention import case_actions
		from cs_retention.churn_retention.case_night import work_on_cases

		case = in_contact(frappe, SHOP)
		case_actions.customer_stays(case.name, "the bill is explained")
		frappe.set_user("Administrator")
		make_invoice(frappe, SHOP, 110, "2026-12-01")
		work_on_cases("2026-12-24")
		assert case.reload().verification == "Verified"
		frappe.db.set_value("Sales Invoice", {"customer": SHOP, "posting_date": "2026-12-01"}, "docstatus", 2)
		work_on_cases("2026-12-25")
		assert [row.result for row in case.reload().checks] == ["Verified"]

	@pytest.mark.parametrize("status", ["Saved", "Released", "Offer Pending", "Lost"])
	def test_a_case_begins_at_the_beginning(self, frappe, status: str) -> None:
		with refused(frappe, "A case begins as", "Open", status):
			in_contact(frappe, SHOP, status=status)
		assert not frappe.db.exists(CASE, {"customer": SHOP})


class TestTheAudit:
	def drawn(self, frappe, as_of: str = "2026-12-01") -> list[Any]:
		from cs_retention.churn_retention.case_night import work_on_cases

		frappe.set_user("Administrator")
		work_on_cases(as_of)
		return frappe.get_all("Release Audit", fields=["name", "month", "release_file", "released_by"])

	def released(self, frappe, *shops: str) -> list[str]:
		frappe.set_user(user("manager"))
		files = [release_file(frappe, lost(frappe, shop)) for shop in shops]
		for file in files:
			file.submit()
		return [file.name for file in files]

	def test_once_a_month_files_of_the_month_before_are_drawn(self, frappe) -> None:
		names = self.released(frappe, SHOP, "Key shop")
		assert self.drawn(frappe, "2026-11-30") == []
		(row,) = self.drawn(frappe)
		assert (row.month, row.released_by) == ("2026-11", user("manager"))
		assert row.release_file in names
		assert self.drawn(frappe, "2026-12-02") == [row]
		told = {"for_user": user("second-manager"), "link": "/app/release-audit?month=2026-11"}
		assert frappe.get_all("Notification Log", told, pluck="subject") == [
			"1 release files of 2026-11 are to be audited."
		]

	def test_another_manager_says_what_was_found_once(self, frappe) -> None:
		self.released(frappe, SHOP)
		(row,) = self.drawn(frappe)
		frappe.set_user(user("manager"))
		audit = frappe.get_doc("Release Audit", row.name)
		audit.result = "In Order"
		with refused(frappe, "ask another manager"):
			audit.save()
		frappe.set_user(user("second-manager"))
		audit.reload()
		audit.result = "Not in Order"
		with refused(frappe, "Findings"):
			audit.save()
		# A refused save has changed when the document, as it is held here, was changed last.
		audit.reload()
		audit.update({"result": "Not in Order", "words": "the consent is not signed"})
		audit.save()
		assert (audit.audited_by, str(audit.audited_on)) == (user("second-manager"), TODAY)
		audit.result = "In Order"
		with refused(frappe, "Result", "stays as recorded"):
			audit.save()
		with pytest.raises(frappe.PermissionError):
			frappe.new_doc("Release Audit", month="2026-10", release_file=row.release_file).insert()
		for persona in ("east", "desk"):
			frappe.set_user(user(persona))
			assert not frappe.has_permission("Release Audit", "read")


class TestTheDashboard:
	def test_every_number_opens_the_cases_it_counts(self, frappe) -> None:
		from frappe.desk.doctype.number_card.number_card import get_result

		from cs_retention.churn_retention import case_actions

		kept = in_contact(frappe, SHOP)
		case_actions.customer_stays(kept.name, "the bill is explained")
		late = open_at_desk(frappe, "Key shop", words=None)["name"]
		frappe.db.set_value(CASE, late, "first_contact_due", "2026-11-20")
		names = [row.card for row in frappe.get_doc("Dashboard", "Retention Cases").cards]
		counted = {}
		for name in names:
			card = frappe.get_doc("Number Card", name)
			filters = [*frappe.parse_json(card.filters_json), *frappe.parse_json(card.dynamic_filters_json)]
			filters = [
				[TODAY if part == "frappe.datetime.get_today()" else part for part in row] for row in filters
			]
			counted[name] = get_result(card.as_json(), frappe.as_json(filters))
		assert counted == {
			"Cases at Work": 1,
			"Late First Contacts": 1,
			"Saves to Be Verified": 1,
			"Verified Saves": 0,
		}
		frappe.db.set_value(CASE, kept.name, "verification", "Verified")
		card = frappe.get_doc("Number Card", "Verified Saves")
		assert get_result(card.as_json(), card.filters_json) == 1


class TestNotes:
	"""What stands in the notes of a case is not read at the front desk, whichever way it is asked for."""

	def written(self, frappe) -> str:
		frappe.set_user(user("desk"))
		name = open_at_desk(frappe, SHOP)["name"]
		frappe.set_user(user("east"))
		frappe.get_doc(CASE, name).update({"churn_notes": "the owner drinks"}).save()
		return name

	def listed(self, frappe, fields: list[str]) -> list[Any]:
		from frappe.desk import reportview

		frappe.local.form_dict = frappe._dict(
			doctype=CASE, fields=frappe.as_json(fields), filters="[]", page_length=20, start=0
		)
		return reportview.get()

	def test_in_lists(self, frappe) -> None:
		name = self.written(frappe)
		fields = ["`tabRetention Case`.`name`", "`tabRetention Case`.`churn_notes`"]
		for persona, seen in (("east", True), ("manager", True), ("desk", False)):
			frappe.set_user(user(persona))
			found = str(self.listed(frappe, fields))
			assert name in found and ("drinks" in found) is seen, persona
			rows = frappe.get_list(CASE, fields=["name", "churn_notes"])
			assert ("drinks" in str(rows)) is seen, persona

	def test_in_exports(self, frappe) -> None:
		from frappe.core.doctype.data_import.exporter import Exporter

		name = self.written(frappe)
		for persona, seen in (("east", True), ("desk", False)):
			frappe.set_user(user(persona))
			exporter = Exporter(
				CASE,
				export_fields={CASE: ["name", "customer", "churn_notes"]},
				export_data=True,
				file_type="CSV",
			)
			text = io.StringIO()
			csv.writer(text).writerows(exporter.get_csv_array())
			assert name in text.getvalue() and ("drinks" in text.getvalue()) is seen, persona

	def test_in_the_reports_of_cases(self, frappe) -> None:
		from cs_retention.churn_retention import case_actions
		from cs_retention.churn_retention.report.churn_and_save.churn_and_save import execute

		name = self.written(frappe)
		case_actions.customer_leaves(name, "moves abroad")
		months = {"from_date": "2026-11-01", "to_date": "2026-11-30"}
		for asked in (months, {**months, "figure": "closed", "row": "Too Expensive"}):
			assert "drinks" not in str(execute(asked))

	def test_in_rest(self, frappe) -> None:
		name = self.written(frappe)
		frappe.set_user(user("desk"))
		doc = frappe.get_doc(CASE, name)
		doc.apply_fieldlevel_read_permissions()
		assert "drinks" not in str(doc.as_dict())

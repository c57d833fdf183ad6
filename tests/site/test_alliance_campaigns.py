"""Campaigns of the alliance on a site: who takes part, who is meant, tried and sent in pages, vouchers honoured once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

import pytest
from personas import as_person, make_customer, make_personas, user
from private_bench import PrivateBench
from support_alliance import MANAGER, SANCTION, act, admitted, contract, judged, review
from support_reviews import connected

from cs_retention.engine.alliance_voucher import voucher_code

SITE = "alliance-campaigns.localhost"
CAMPAIGN, VOUCHER, TEMPLATE = "Alliance Campaign", "Alliance Voucher", "Alliance Invitation"
MEMBERS = ("Member A", "Member B", "Member C", "Member D", "Key member")
"""A and B allow mails; C has been spoken to often; D never agreed; the key account is called."""

SHOPS = ("Corner Optics", "Harbour Bakery")


@pytest.fixture(scope="module")
def branch(site: str, bench: PrivateBench, installed_dump: Any) -> Iterator[Any]:
	"""Frappe on a site on which a campaign was tried and sent; it is committed."""
	with connected(bench, installed_dump, SITE) as frappe:
		make_personas()
		frappe.get_doc({"doctype": "Industry Type", "industry": "Food"}).insert(ignore_if_duplicate=True)
		frappe.db.set_default("company", frappe.get_all("Company", pluck="name")[0])
		for shop in SHOPS:
			make_customer(shop)
			contract(frappe, shop)
		for member in MEMBERS:
			make_member(frappe, member)
		frappe.set_user(MANAGER)
		for shop in SHOPS:
			admitted(frappe, shop)
		doc = campaign(frappe)
		tried(frappe, doc)
		frappe.db.commit()
		yield frappe


@pytest.fixture
def frappe(branch: Any) -> Iterator[Any]:
	with as_person(branch, "alliance", "Alliance Settings") as frappe:
		yield frappe


@pytest.fixture(scope="module")
def sent(branch: Any) -> Any:
	"""The campaign after its members were invited at noon, one to a page."""
	from cs_retention.merchant_alliance import invitations

	branch.set_user(MANAGER)
	doc = branch.get_last_doc(CAMPAIGN)
	with pytest.MonkeyPatch.context() as patch:
		noon = datetime.combine(branch.utils.getdate(), time(12))
		patch.setattr(invitations, "now_datetime", lambda: noon)
		patch.setattr(invitations, "PAGE", 1)
		doc.flags.by_action = True
		doc.status = "Inviting"
		doc.save()
		branch.db.commit()
		# A job is killed after two pages, in the middle of the third; another one goes on.
		assert invitations.invite_page(doc.name)
		branch.db.commit()
		assert invitations.invite_page(doc.name)
		branch.db.commit()
		invitations.invite_page(doc.name)
		branch.db.rollback()
		invitations.invite_all(doc.name)
	return doc.reload()


def methods() -> Any:
	from cs_retention.merchant_alliance.doctype.alliance_campaign import alliance_campaign

	return alliance_campaign


def tried(frappe: Any, doc: Any, language: str = "en") -> Any:
	"""Play the job that tries a campaign, and read the campaign again."""
	from cs_retention.merchant_alliance.campaign_trials import run_trial

	run_trial(doc.name, frappe.utils.nowdate(), language)
	return doc.reload()


def redeem(code: str, merchant: str, amount: float = 0, satisfaction: int = 0) -> Any:
	from cs_retention.merchant_alliance.doctype.alliance_voucher.alliance_voucher import redeem

	return redeem(code, merchant, amount, satisfaction)


def make_member(frappe: Any, name: str) -> None:
	from cs_retention.cs_retention.states import ensure_state

	mail = f"{name.replace(' ', '').lower()}@member.example"
	make_customer(name, account_manager="east", email_id=mail)
	state = ensure_state(name)
	values = {
		"star_level": "Three Star",
		"health_band": "Healthy",
		"is_key_account": int(name == "Key member"),
	}
	frappe.db.set_value("Customer Retention State", state, values)
	if name != "Member D":
		consent = {
			"channel": "Email",
			"status": "Given",
			"consent_date": "2024-01-01",
			"evidence": "by phone",
		}
		frappe.get_doc({"doctype": "Customer Consent", "customer": name, **consent}).insert()
	for days in range(3) if name == "Member C" else ():
		day = frappe.utils.add_days(frappe.utils.nowdate(), -20 - days)
		touch = {
			"channel": "Phone",
			"outcome": "Reached",
			"touch_date": day,
			"summary": "spoke about the bill",
		}
		frappe.get_doc({"doctype": "Customer Touch", "customer": name, **touch}).insert()


def merchant(frappe: Any, shop: str = SHOPS[0]) -> str:
	return frappe.db.get_value("Alliance Merchant", {"customer": shop})


def campaign(frappe: Any, **fields: Any) -> Any:
	today = frappe.utils.nowdate()
	document = {
		"doctype": CAMPAIGN,
		"title": "Winter weeks",
		"from_date": today,
		"to_date": frappe.utils.add_days(today, 20),
		"cost": 300,
		"template": TEMPLATE,
		"levels": [{"level": "Three Star"}, {"level": "Key Account"}],
		"merchants": [{"merchant": merchant(frappe, shop)} for shop in SHOPS],
	}
	return frappe.get_doc({**document, **fields}).insert()


def vouchers(frappe: Any, doc: Any) -> dict[str, Any]:
	fields = ["name", "customer", "code", "way", "status", "message_key"]
	return {row.customer: row for row in frappe.get_all(VOUCHER, {"campaign": doc.name}, fields)}


class TestPlanning:
	def test_what_invitations_would_come_to_is_said_with_the_rows(self, frappe) -> None:
		doc = frappe.get_last_doc(CAMPAIGN)
		assert (doc.status, doc.members) == ("Tried", 5)
		assert doc.trial_summary.startswith(
			"2 invited by message, 1 to be called, 1 held by cap, 1 skipped without consent, as of "
		)
		figures = frappe.parse_json(doc.trial_figures)
		assert {row["customer"]: row["decision"] for row in figures["rows"]} == {
			"Member A": "Sent",
			"Member B": "Sent",
			"Member C": "Held",
			"Member D": "Skipped",
		}

	@pytest.mark.parametrize(
		("fields", "said"),
		[
			({"to_date": "2020-01-01"}, "give .* or a later date"),
			({"from_date": "2020-01-01", "to_date": "2020-02-01"}, "give today or a later date"),
			({"from_date": "2026-01-01", "to_date": "2099-01-01"}, "a campaign lasts 366 days at most"),
			({"template": "Birthday Greeting"}, "is of the class .*Care.* Choose a template"),
			({"template": "Campaign Notice"}, r"has no .*voucher_code.* in .*en"),
		],
	)
	def test_campaigns_that_cannot_be_are_refused(self, frappe, fields, said) -> None:
		with pytest.raises(frappe.ValidationError, match=said):
			campaign(frappe, merchants=[], **fields)

	def test_merchants_that_may_not_take_part_are_refused_with_why(self, frappe) -> None:
		slots = {"merchants": [{"merchant": merchant(frappe)}]}
		with pytest.raises(
			frappe.ValidationError, match=r"Standard.* has 1 campaigns a quarter and takes part in 1"
		):
			campaign(frappe, **slots)
		with pytest.raises(frappe.ValidationError, match=r"Row 1: .* stands there already"):
			campaign(frappe, merchants=slots["merchants"] * 2)
		frappe.db.set_value("Alliance Tier", "Standard", "campaign_slots", 9)
		act(frappe.get_doc("Alliance Merchant", merchant(frappe)), "Suspend")
		with pytest.raises(frappe.ValidationError, match="only admitted merchants take part"):
			campaign(frappe, **slots)

	def test_merchants_are_chosen_by_tier_and_those_who_may_not_are_left_out(self, frappe) -> None:
		for shop, scores in zip(SHOPS, ((4.5, 4.5, 3, 3), (4.5, 4.5, 3, 3)), strict=True):
			judged(frappe, frappe.get_doc("Alliance Merchant", merchant(frappe, shop)), "2026-Q1", *scores)
		today = frappe.utils.nowdate()
		form = frappe.as_json({"name": None, "from_date": today})
		found = methods().get_merchants(form, '["Preferred", "<b>"]')
		assert [row["merchant_name"] for row in found] == list(SHOPS)
		sanction(frappe, merchant(frappe))
		assert [row["merchant_name"] for row in methods().get_merchants(form, '["Preferred"]')] == [SHOPS[1]]
		with pytest.raises(frappe.ValidationError, match="Say first when"):
			methods().get_merchants("{}", '["Preferred"]')

	def test_the_audience_is_counted_while_it_is_put_together(self, frappe) -> None:
		from cs_retention.cs_retention.states import STATE

		def count(**fields: Any) -> int:
			return methods().count_members(frappe.as_json(fields))

		assert (count(), count(levels=[{"level": "Key Account"}]), count(levels=[{"level": "One Star"}])) == (
			5,
			1,
			0,
		)
		assert (count(is_for_loyal=1), count(is_for_ordinary=1), count(is_for_lost=1)) == (5, 0, 0)
		frappe.db.set_value(STATE, {"customer": ("in", MEMBERS[:2])}, "health_band", "Critical")
		change = {
			"customer": "Member A",
			"as_of": frappe.utils.nowdate(),
			"band_before": "Watch",
			"band": "Critical",
		}
		# No role may create one: the night writes it.
		frappe.get_doc({"doctype": "Customer Health Change", **change}).db_insert()
		assert (count(is_for_loyal=1), count(is_for_ordinary=1), count(is_for_lost=1)) == (3, 1, 1)
		assert count(is_for_loyal=1, is_for_ordinary=1, is_for_lost=1) == 5
		root = frappe.db.get_value("Territory", {"parent_territory": ("is", "not set")})
		leaf = frappe.get_doc({"doctype": "Territory", "territory_name": "Harbour", "parent_territory": root})
		frappe.set_user("Administrator")
		leaf.insert()
		frappe.db.set_value("Customer", "Member C", "territory", "Harbour")
		frappe.set_user(MANAGER)
		assert (count(territory=root), count(territory="Harbour")) == (5, 1)
		groups = frappe.get_all("Item Group", {"is_group": 0}, pluck="name")
		assert count(interest=groups[0]) == 0

	def test_an_empty_audience_and_a_campaign_without_merchants_are_refused(self, frappe) -> None:
		nobody = campaign(frappe, merchants=[], levels=[{"level": "One Star"}])
		frappe.db.commit()
		tried(frappe, nobody)
		assert (nobody.status, nobody.trial_error[:19]) == ("Draft", "Nobody is meant by ")
		nobody.delete()
		frappe.db.commit()
		bare = campaign(frappe, merchants=[], template=None)
		with pytest.raises(frappe.ValidationError, match=r"Merchants, Message Template.*choose before"):
			methods().try_campaign(bare.name)
		with pytest.raises(frappe.ValidationError, match="was not tried as it is"):
			methods().send_invitations(bare.name)

	def test_a_trial_is_one_job_and_is_waited_for_until_it_ends(self, frappe) -> None:
		from frappe.utils.background_jobs import get_job

		from cs_retention.cs_retention.trials import job_id

		doc = frappe.get_last_doc(CAMPAIGN)
		assert methods().get_trial_progress(doc.name)["is_waited_for"] is False
		methods().try_campaign(doc.name)
		frappe.db.commit()
		job = get_job(job_id(CAMPAIGN, doc.name))
		try:
			assert methods().get_trial_progress(doc.name) == {"is_waited_for": True, "progress": 0}
			for method in (methods().try_campaign, methods().send_invitations):
				with pytest.raises(
					frappe.ValidationError, match=r"Winter weeks.* is being tried at this moment"
				):
					method(doc.name)
		finally:
			job.delete()
		# Nobody works on it any more, but it has hardly begun.
		assert methods().get_trial_progress(doc.name)["is_waited_for"] is True
		tried(frappe, doc, "zh")
		assert "达到上限" in doc.trial_summary
		assert methods().get_trial_progress(doc.name)["is_waited_for"] is False
		tried(frappe, doc)
		frappe.db.commit()

	@pytest.mark.parametrize("by_form", [True, False])
	def test_a_trial_whose_job_is_lost_is_told_of_and_begins_again(self, frappe, by_form) -> None:
		from cs_retention.merchant_alliance.retention_alliance import look_after

		doc = frappe.get_last_doc(CAMPAIGN)
		begun = frappe.utils.add_to_date(frappe.utils.now_datetime(), minutes=-4)
		frappe.db.set_value(CAMPAIGN, doc.name, "trial_begun", begun)
		if by_form:
			assert methods().get_trial_progress(doc.name)["is_waited_for"] is False
		else:
			look_after()
		assert doc.reload().trial_error == "The trial was cut off. Try it again."
		methods().try_campaign(doc.name)
		assert doc.reload().trial_error is None
		tried(frappe, doc)
		assert (doc.status, doc.trial_begun, doc.trial_error) == ("Tried", None, None)

	def test_a_campaign_changed_meanwhile_is_not_taken_for_tried(self, frappe, monkeypatch) -> None:
		from cs_retention.merchant_alliance import campaign_trials

		class Slow(campaign_trials.CampaignTrial):
			def run(self, tell: Any) -> None:
				super().run(tell)
				frappe.get_doc(CAMPAIGN, self.campaign.name).update({"is_for_lost": 1}).save()
				frappe.db.commit()

		doc = campaign(frappe, merchants=[])
		frappe.db.commit()
		monkeypatch.setattr(campaign_trials, "CampaignTrial", Slow)
		tried(frappe, doc)
		assert (doc.status, doc.trial_summary, doc.is_for_lost) == ("Draft", None, 1)
		assert doc.trial_error.endswith("was changed while it was tried. Try it again.")
		doc.delete()
		frappe.db.commit()

	def test_a_trial_of_a_large_audience_takes_as_many_statements_as_of_a_small_one(
		self, frappe, monkeypatch
	) -> None:
		frappe.set_user("Administrator")
		doc, counts, sql = frappe.get_last_doc(CAMPAIGN), [], frappe.local.db.sql

		def counting(query: str, *args: Any, **kwargs: Any) -> Any:
			counts[-1] += 1
			return sql(query, *args, **kwargs)

		for wave in range(3):
			for number in range(20 if wave == 2 else 2):
				make_member(frappe, f"Wave {wave} {number}")
			counts.append(0)
			monkeypatch.setattr(frappe.local.db, "sql", counting)
			tried(frappe, doc)
			monkeypatch.setattr(frappe.local.db, "sql", sql)
		assert doc.members == 5 + 24
		assert counts[1] == counts[2] <= 60, counts

	def test_what_was_tried_is_another_campaign_when_it_is_changed(self, frappe) -> None:
		doc = frappe.get_last_doc(CAMPAIGN)
		doc.update({"theme": "skates", "status": "Running", "trial_summary": "all invited"})
		doc.save()
		assert (doc.status, doc.trial_summary[:9]) == ("Tried", "2 invited")
		doc.is_for_lost = 1
		doc.save()
		assert (doc.status, doc.trial_summary, doc.members) == ("Draft", None, None)

	def test_who_has_no_part_in_the_alliance_sees_no_campaign(self, frappe) -> None:
		doc = frappe.get_last_doc(CAMPAIGN)
		frappe.set_user(user("east"))
		assert not frappe.has_permission(CAMPAIGN, "read", doc=doc)
		for method in (methods().try_campaign, methods().get_result, methods().send_invitations):
			with pytest.raises(frappe.PermissionError):
				method(doc.name)
		with pytest.raises(frappe.PermissionError):
			methods().count_members("{}")


def sanction(frappe: Any, name: str) -> Any:
	breach = {"kind": "Benefit Refused", "breach": "refused a member", "evidence": "receipt of 2 May"}
	day = frappe.utils.nowdate()
	doc = frappe.get_doc({"doctype": SANCTION, "merchant": name, "decided_on": day, **breach}).insert()
	doc.submit()
	return doc


class TestInvitations:
	def test_everybody_is_invited_once_although_the_job_was_killed(self, frappe, sent) -> None:
		found = vouchers(frappe, sent)
		assert {name: row.way for name, row in found.items()} == {
			**{name: "Message" for name in MEMBERS[:3]},
			"Key member": "Phone",
		}
		assert (sent.status, sent.invited_so_far) == ("Running", 5)
		touches = frappe.get_all(
			"Customer Touch", {"source": sent.name}, ["customer", "decision"], order_by="customer"
		)
		assert [(row.customer, row.decision) for row in touches] == [
			("Member A", "Sent"),
			("Member B", "Sent"),
			("Member C", "Held"),
			("Member D", "Skipped"),
		]
		mails = frappe.get_all(
			"Message Outbox", {"dedupe_key": ("like", "campaign|%")}, ["body", "recipient"]
		)
		assert len(mails) == 2
		assert all(any(row.code in mail.body for row in found.values()) for mail in mails)

	def test_a_page_of_many_members_takes_as_many_statements_as_one_of_few(
		self, frappe, sent, monkeypatch
	) -> None:
		from cs_retention.merchant_alliance import invitations

		noon = datetime.combine(frappe.utils.getdate(), time(12))
		monkeypatch.setattr(invitations, "now_datetime", lambda: noon)
		monkeypatch.setattr(frappe.local.db, "commit", lambda *given, **more: None)
		monkeypatch.setattr(frappe.local.db, "rollback", lambda *given, **more: None)
		frappe.set_user("Administrator")
		counts, sql = [], frappe.local.db.sql

		def counting(*given: Any, **more: Any) -> Any:
			counts[-1] += 1
			return sql(*given, **more)

		for wave, members in enumerate((2, 2, 20)):
			for number in range(members):
				make_member(frappe, f"Wave {wave} {number:02d}")
			frappe.db.set_value(CAMPAIGN, sent.name, {"status": "Inviting", "invited_upto": f"Wave {wave}"})
			counts.append(0)
			monkeypatch.setattr(frappe.local.db, "sql", counting)
			assert invitations.invite_page(sent.name)
			monkeypatch.setattr(frappe.local.db, "sql", sql)
		assert frappe.db.count(VOUCHER, {"campaign": sent.name, "customer": ("like", "Wave%")}) == 24
		assert counts[1] == counts[2] <= 60, counts

	def test_it_stays_as_members_were_told(self, frappe, sent) -> None:
		doc = frappe.get_doc(CAMPAIGN, sent.name)
		doc.is_for_lost = 1
		with pytest.raises(frappe.ValidationError, match="Only title, theme and cost may change"):
			doc.save()
		with pytest.raises(frappe.ValidationError, match="it stays on record"):
			doc.reload().delete()
		with pytest.raises(frappe.ValidationError, match="has invited its members"):
			methods().try_campaign(sent.name)

	def test_the_plan_has_key_accounts_called(self, frappe, sent) -> None:
		from cs_retention.cs_retention.states import open_store
		from cs_retention.facts.alliance_duties import read_invitations
		from cs_retention.facts.selection import Selection

		found = read_invitations(open_store(), Selection.of(MEMBERS), frappe.utils.getdate())
		((customer, (occasion,)),) = found.items()
		assert (customer, occasion.document) == ("key member", vouchers(frappe, sent)["Key member"].name)

	def test_closed_it_sends_no_more_and_honours_nothing(self, frappe, sent) -> None:
		code = vouchers(frappe, sent)["Member A"].code
		methods().close_campaign(sent.name)
		assert frappe.get_all("Customer Touch", {"source": sent.name, "decision": "Held"}) == []
		with pytest.raises(frappe.ValidationError, match="the campaign is over"):
			redeem(code, merchant(frappe))
		with pytest.raises(frappe.ValidationError, match="Only a campaign that is running is closed"):
			methods().close_campaign(sent.name)


class TestLeaving:
	@pytest.mark.parametrize(
		("why", "leave"),
		[
			("Suspended", lambda frappe, doc: act(doc, "Suspend")),
			("Eliminated", lambda frappe, doc: act(doc, "Eliminate")),
			("Sanctioned", lambda frappe, doc: sanction(frappe, doc.name)),
			("Disabled", lambda frappe, doc: frappe.db.set_value("Customer", doc.customer, "disabled", 1)),
		],
	)
	def test_a_merchant_leaves_its_campaigns_the_same_day(self, frappe, sent, why, leave) -> None:
		from cs_retention.merchant_alliance.retention_alliance import look_after

		code = vouchers(frappe, sent)["Member A"].code
		leave(frappe, frappe.get_doc("Alliance Merchant", merchant(frappe)))
		with pytest.raises(frappe.ValidationError, match="it takes no part in the campaign"):
			redeem(code, merchant(frappe))
		look_after()
		rows = frappe.get_doc(CAMPAIGN, sent.name).merchants
		assert [(str(row.left_on), row.left_why) for row in rows] == [
			(frappe.utils.nowdate(), why),
			("None", None),
		]
		assert redeem(code, merchant(frappe, SHOPS[1]))["customer_name"] == "Member A"

	def test_a_campaign_that_is_over_is_closed_by_the_job(self, frappe, sent) -> None:
		from cs_retention.merchant_alliance.retention_alliance import look_after

		yesterday = frappe.utils.add_days(frappe.utils.nowdate(), -1)
		frappe.db.set_value(CAMPAIGN, sent.name, {"from_date": yesterday, "to_date": yesterday})
		look_after()
		assert frappe.db.get_value(CAMPAIGN, sent.name, "status") == "Closed"


class TestVouchers:
	def test_a_voucher_is_honoured_once_however_it_is_typed(self, frappe, sent) -> None:
		code = vouchers(frappe, sent)["Member B"].code
		assert redeem(code.lower().replace("-", " "), merchant(frappe), 40, 5) == {
			"customer_name": "Member B",
			"campaign": "Winter weeks",
		}
		row = frappe.get_doc(VOUCHER, {"code": code})
		assert (row.status, row.amount, row.satisfaction, row.redeemed_by) == ("Redeemed", 40, 5, MANAGER)
		with pytest.raises(frappe.ValidationError, match=r"was honoured already, on .* at .*Corner Optics"):
			redeem(code, merchant(frappe, SHOPS[1]))

	@pytest.mark.parametrize(
		("code", "figures", "said"),
		[
			("7K3M", {}, "a voucher has 10 signs"),
			(voucher_code(5), {}, "Nobody was given the voucher"),
			("OWN", {"amount": -1}, "give 0 or more"),
			("OWN", {"satisfaction": 9}, "give a number from 1 to 5"),
		],
	)
	def test_what_cannot_be_honoured_is_refused(self, frappe, sent, code, figures, said) -> None:
		code = vouchers(frappe, sent)["Member A"].code if code == "OWN" else code
		with pytest.raises(frappe.ValidationError, match=said):
			redeem(code, merchant(frappe), **figures)

	def test_two_at_once_are_honoured_once(self, frappe, sent) -> None:
		"""Twenty pairs of connections, let go at the same moment."""
		name, shop = vouchers(frappe, sent)["Member A"].name, merchant(frappe)
		frappe.db.commit()
		for _trial in range(20):
			barrier, came = threading.Barrier(2), []
			pair = [threading.Thread(target=claim, args=(name, shop, barrier, came)) for _each in range(2)]
			[thread.start() for thread in pair]
			[thread.join(30) for thread in pair]
			assert sorted(came) == [False, True]
			frappe.db.set_value(VOUCHER, name, "status", "Open")
			frappe.db.commit()

	def test_the_desk_redeems_and_an_account_manager_sees_those_of_its_own_customers(
		self, frappe, sent
	) -> None:
		code = vouchers(frappe, sent)["Member A"].code
		frappe.set_user(user("desk"))
		listed = frappe.get_attr(
			"cs_retention.merchant_alliance.doctype.alliance_voucher.alliance_voucher.list_merchants"
		)
		assert [row["label"] for row in listed()] == list(SHOPS)
		assert redeem(code, merchant(frappe))["customer_name"] == "Member A"
		frappe.set_user(user("west"))
		assert frappe.get_list(VOUCHER) == []
		with pytest.raises(frappe.PermissionError):
			redeem(code, merchant(frappe))
		frappe.set_user(user("east"))
		assert len(frappe.get_list(VOUCHER)) == 4
		frappe.set_user(MANAGER)
		doc = frappe.get_doc(VOUCHER, {"code": code})
		doc.status = "Open"
		with pytest.raises(frappe.ValidationError, match="redeemed with its code"):
			doc.save()


def claim(name: str, shop: str, barrier: threading.Barrier, came: list[bool]) -> None:
	"""Redeem a voucher over a connection of its own, as a request does."""
	import frappe

	frappe.init(site=SITE)
	frappe.connect()
	frappe.set_user(MANAGER)
	try:
		code = frappe.db.get_value(VOUCHER, name, "code")
		barrier.wait(30)
		redeem(code, shop)
		frappe.db.commit()
		came.append(True)
	except frappe.ValidationError:
		came.append(False)
	finally:
		frappe.destroy()


class TestMerging:
	@pytest.mark.parametrize(("used", "kept"), [("Member A", "Member A"), (None, "Member B")])
	def test_of_two_vouchers_of_one_campaign_the_used_one_stands(self, frappe, sent, used, kept) -> None:
		found = vouchers(frappe, sent)
		if used:
			redeem(found[used].code, merchant(frappe))
		frappe.set_user("Administrator")
		frappe.rename_doc("Customer", "Member A", "Member B", merge=True)
		left = frappe.get_all(VOUCHER, {"customer": "Member B"}, ["code", "state"])
		state = frappe.db.get_value("Customer Retention State", {"customer": "Member B"})
		assert [(row.code, row.state) for row in left] == [(found[kept].code, state)]


class TestResults:
	def test_the_report_shows_every_campaign_that_invited_somebody(self, frappe, sent) -> None:
		from frappe.desk.query_report import run

		redeem(vouchers(frappe, sent)["Member A"].code, merchant(frappe), 40, 5)
		result = run("Campaign Results", {})
		(row,) = [row for row in result["result"] if isinstance(row, dict)]
		redeem(vouchers(frappe, sent)["Member C"].code, merchant(frappe))
		held = next(row for row in run("Campaign Results", {})["result"] if isinstance(row, dict))
		assert (held["invited"], held["came"]) == (4, 2), "who came before the message went out was invited"
		assert (row["title"], row["invited"], row["came"], round(row["turnout"], 1)) == (
			"Winter weeks",
			3,
			1,
			33.3,
		)
		assert (row["cost_per_comer"], row["spent"]) == (300, 40)
		assert [each["value"] for each in result["report_summary"]] == [1, 3, 1, 40, 300]
		assert run("Campaign Results", {"to_date": "2020-01-01"})["result"] == []

	def test_the_desk_and_the_customer_form_tell_of_open_vouchers_and_benefits(self, frappe, sent) -> None:
		from cs_retention.callbacks.talking_points import collect
		from cs_retention.merchant_alliance.benefits import get_benefits

		frappe.db.set_value("Alliance Merchant", merchant(frappe), "benefits", "ten percent")
		found = vouchers(frappe, sent)
		frappe.set_user(user("east"))
		points = [row for row in collect(["Member A"], "en")["Member A"] if row["kind"] == "voucher"]
		assert [row["route"] for row in points] == [["Form", VOUCHER, found["Member A"].name]]
		assert points[0]["text"].startswith(f"voucher {found['Member A'].code} for Winter weeks, until ")
		told = get_benefits("Member A")
		assert [row["text"] for row in told["vouchers"]] == [points[0]["text"]]
		assert [row["benefits"] for row in told["merchants"]] == ["ten percent"]
		assert get_benefits(SHOPS[0]) == {"vouchers": [], "merchants": []}
		frappe.set_user(user("west"))
		assert get_benefits("Member A")["vouchers"] == []

	def test_a_campaign_comes_to_figures_that_feed_the_reviews(self, frappe, sent) -> None:
		found = vouchers(frappe, sent)
		redeem(found["Member A"].code, merchant(frappe), 40, 5)
		redeem(found["Key member"].code, merchant(frappe), 60, 4)
		told = methods().get_result(sent.name)
		figures = dict(told["figures"])
		assert (told["invited"], figures["Came"], figures["Turnout"], figures["Satisfaction of Members"]) == (
			3,
			"2",
			"66.7 %",
			"4.5",
		)
		quarter = (frappe.utils.getdate(sent.to_date).month + 2) // 3
		doc = review(
			frappe,
			frappe.get_doc("Alliance Merchant", merchant(frappe)),
			f"{frappe.utils.getdate(sent.from_date).year}-Q{quarter}",
			*(4, 4, 4, 4),
			scores=[
				{"criterion": "Quality", "part": "floor", "weight": 1, "score": 4, "evidence": "seen"},
				{"criterion": "Price", "part": "shelf", "weight": 1, "score": 4, "evidence": "seen"},
				{
					"criterion": "Cooperation",
					"part": "Campaigns",
					"weight": 1,
					"score": 1,
					"evidence": "-",
					"source": "Campaigns",
				},
				{
					"criterion": "Satisfaction",
					"part": "Members",
					"weight": 1,
					"score": 1,
					"evidence": "-",
					"source": "Members",
				},
			],
		)
		assert [(row.source, row.score) for row in doc.scores if row.source] == [
			("Campaigns", 5),
			("Members", 4.5),
		]
		assert (doc.cooperation, doc.satisfaction) == (5, 4.5)

"""The road of a case on the screen: asked at the desk, offered, kept; a port-out without an offer; lost and printed."""

from __future__ import annotations

import base64
import time

import pytest
from bench_fixtures import SITE
from playwright.sync_api import expect
from private_bench import PrivateBench
from support_browser import SCREENSHOTS, Desk
from support_case_screens import leaver, on_site
from support_cases import PICTURE

CASE = "/app/retention-case"


@pytest.fixture
def customer(bench: PrivateBench, url: str, desk) -> str:
	"""Name of a customer of this test's own."""
	return leaver(bench, f"Quay Side Bakery {desk.name} {time.time_ns() % 10**6}")


def press(desk, label: str) -> None:
	"""Press a button or an item of a menu of the form by its English words."""
	desk.page.evaluate(
		"label => { const words = __(label);"
		"const all = $(cur_frm.page.wrapper).find('button, .dropdown-item, .menu-item-label');"
		"all.filter((_i, each) => $(each).text().trim() === words)[0].click(); }",
		label,
	)


def dialog(desk, label: str) -> None:
	press(desk, label)
	desk.page.wait_for_function("window.cur_dialog && cur_dialog.display")
	desk.page.locator(".modal.show .btn-modal-primary:visible").wait_for()
	desk.page.wait_for_timeout(600)


def send(desk) -> None:
	desk.agree()


def sent(desk) -> None:
	send(desk)
	expect(desk.page.locator(".modal.show")).to_have_count(0, timeout=30_000)
	desk.page.wait_for_load_state("networkidle")
	desk.page.wait_for_timeout(500)


def refused(desk, words: str) -> None:
	"""Wait for the sentence of a refusal, which is no fault of the screen, and close it."""
	message = desk.page.locator(".msgprint:visible")
	message.wait_for()
	assert desk.page.evaluate("words => __(words)", words)[:12] in message.inner_text()
	desk.problems[:] = [problem for problem in desk.problems if not problem.startswith("417 ")]
	desk.page.wait_for_timeout(300)


def give_reason(desk) -> None:
	"""Enter a reason: a row of the table, or on a phone the fields of one."""
	if desk.name.endswith("-390"):
		desk.page.evaluate("cur_dialog.set_value('reason', 'Too Expensive')")
		return
	desk.page.locator(".modal.show [data-fieldname=reasons] .grid-add-row").click()
	desk.page.wait_for_timeout(500)
	desk.page.evaluate(
		"() => { const grid = cur_dialog.fields_dict.reasons.grid;"
		"Object.assign(grid.get_data()[0], { reason: 'Too Expensive' }); grid.refresh(); }"
	)


def ask(desk, customer: str, exit_type: str) -> None:
	"""Open the talk with a customer who wants to leave, and fill in what comes before the result."""
	desk.open(f"/app/customer/{customer}", ".form-layout:visible")
	desk.page.wait_for_load_state("networkidle")
	dialog(desk, "Wants to Leave")
	desk.page.evaluate(
		"type => cur_dialog.set_values({ asked_by: 'Ms Lin', identity_check: 'ID Document', exit_type: type,"
		" talk: 'has an offer from elsewhere' })",
		exit_type,
	)
	give_reason(desk)
	desk.page.wait_for_timeout(500)


def stored(bench: PrivateBench, customer: str, *fields: str) -> tuple:
	((*found,),) = bench.sql(
		SITE, f"SELECT {', '.join(fields)} FROM `tabRetention Case` WHERE customer = '{customer}'"
	)
	return tuple(found)


def open_case(desk, name: str) -> None:
	desk.open(f"{CASE}/{name}", ".form-layout:visible")
	desk.page.wait_for_load_state("networkidle")


def test_a_customer_is_asked_offered_and_kept(desk, bench: PrivateBench, customer: str) -> None:
	ask(desk, customer, "Cancellation")
	desk.page.evaluate("cur_dialog.set_value('offer', 'One Month Free')")
	desk.page.wait_for_timeout(300)
	desk.screenshot("case-wants-to-leave")
	sent(desk)
	name, status = stored(bench, customer, "name", "status")
	assert status == "Offer Pending"
	open_case(desk, name)
	desk.screenshot("case-offer-pending")
	assert desk.overflow() <= 0
	dialog(desk, "Answer Offer")
	desk.page.evaluate("cur_dialog.set_value('answer', 'Accepted')")
	sent(desk)
	dialog(desk, "Customer Stays")
	desk.page.evaluate("cur_dialog.set_value('kept_by', 'a month free, and the bill is explained')")
	desk.screenshot("case-customer-stays")
	sent(desk)
	assert stored(bench, customer, "status", "kept_by") == (
		"Saved",
		"a month free, and the bill is explained",
	)
	desk.page.wait_for_function("cur_frm.doc.status === 'Saved'")
	desk.screenshot("case-saved")
	desk.open(f"{CASE}/view/kanban/Retention%20Cases", ".kanban-column")
	desk.page.wait_for_load_state("networkidle")
	desk.screenshot("case-board")


def test_a_port_out_has_no_offer_and_its_customer_leaves_well(
	desk, bench: PrivateBench, customer: str
) -> None:
	ask(desk, customer, "Port-out Applied")
	assert desk.page.locator(".modal.show [data-fieldname=offer]:visible").count() == 0
	desk.page.evaluate("cur_dialog.set_values({ result: 'Lost', result_words: 'the number goes elsewhere' })")
	desk.page.wait_for_timeout(500)
	desk.page.locator(".modal.show [data-fieldname=result]").first.scroll_into_view_if_needed()
	desk.screenshot("case-port-out")
	send(desk)
	refused(desk, "Passed On")
	desk.page.evaluate("frappe.msg_dialog.hide()")
	desk.page.wait_for_function("window.cur_dialog && cur_dialog.fields_dict.passed_on")
	assert bench.sql(SITE, f"SELECT name FROM `tabRetention Case` WHERE customer = '{customer}'") == []
	desk.page.evaluate("cur_dialog.set_value('passed_on', frappe.datetime.get_today())")
	desk.page.wait_for_timeout(300)
	sent(desk)
	name, status = stored(bench, customer, "name", "status")
	assert status == "Lost"
	release(desk, bench, name)


def release(desk, bench: PrivateBench, case: str) -> None:
	"""Write the release file of a case, and find that it is not submitted without a proof."""
	open_case(desk, case)
	press(desk, "Release File")
	desk.page.wait_for_function("cur_frm && cur_frm.doctype === 'Release File' && cur_frm.is_new()")
	desk.page.evaluate(
		"cur_frm.set_value({ consent_on: frappe.datetime.get_today(), consent_by: 'Ms Lin',"
		" identity_check: 'ID Document', settled_how: 'paid in cash' })"
	)
	desk.page.wait_for_timeout(300)
	desk.page.evaluate("cur_frm.save()")
	desk.page.wait_for_function("!cur_frm.is_new() && !cur_frm.is_dirty()")
	desk.screenshot("release-file")
	desk.page.evaluate(
		"frappe.call({ method: 'frappe.client.submit', args: { doc: cur_frm.doc } }).catch(() => {})"
	)
	refused(desk, "Proof")
	desk.screenshot("release-refused")
	name = desk.page.evaluate("cur_frm.doc.name")
	desk.page.evaluate("frappe.msg_dialog && frappe.msg_dialog.hide()")
	submit_with_proof(desk, name)
	assert bench.sql(SITE, f"SELECT status FROM `tabRetention Case` WHERE name = '{case}'") == [("Released",)]
	desk.screenshot("release-submitted")
	print_file(desk, name)


def submit_with_proof(desk, name: str) -> None:
	"""Attach the signed consent as a private file, save and submit."""
	address = desk.page.evaluate(
		"""async ([name, picture]) => {
			const bytes = Uint8Array.from(atob(picture), letter => letter.charCodeAt(0));
			const form = new FormData();
			form.append('file', new Blob([bytes], { type: 'image/png' }), `consent-${name}.png`);
			const rest = { is_private: 1, doctype: 'Release File', docname: name, fieldname: 'proof' };
			Object.entries(rest).forEach(([key, value]) => form.append(key, value));
			const headers = { 'X-Frappe-CSRF-Token': frappe.csrf_token };
			const answer = await fetch('/api/method/upload_file', { method: 'POST', headers, body: form });
			return (await answer.json()).message.file_url;
		}""",
		[name, base64.b64encode(PICTURE + name.encode()).decode()],
	)
	assert "/private/" in address
	desk.page.evaluate(
		"async url => { await cur_frm.reload_doc(); await cur_frm.set_value('proof', url); }", address
	)
	desk.page.evaluate("cur_frm.save()")
	desk.page.wait_for_function("!cur_frm.is_dirty() && cur_frm.doc.proof")
	desk.page.evaluate("() => { cur_frm.savesubmit(); }")
	desk.agree()
	desk.page.wait_for_function("cur_frm.doc.docstatus === 1")
	desk.page.wait_for_load_state("networkidle")
	desk.page.wait_for_timeout(500)


def print_file(desk, name: str) -> None:
	"""Show the file as it is printed, and print it to PDF."""
	language = desk.name.partition("-")[0]
	desk.open(
		f"/printview?doctype=Release%20File&name={name}&format=Release%20File&no_letterhead=1&_lang={language}",
		".print-format",
	)
	desk.screenshot("release-print")
	printed = SCREENSHOTS / f"release-print-{desk.name}.pdf"
	margins = dict.fromkeys(("top", "right", "bottom", "left"), "15mm")
	desk.page.pdf(path=printed, format="A4", margin=margins, print_background=True)
	assert printed.read_bytes().startswith(b"%PDF")


def enter_signal(desk, customer: str) -> str:
	"""Enter what was heard, and have a call made of it."""
	desk.open("/app/churn-signal/new", ".form-layout:visible")
	desk.page.wait_for_function("window.cur_frm && cur_frm.doctype === 'Churn Signal' && cur_frm.is_new()")
	desk.page.evaluate(
		"async customer => { await cur_frm.set_value('customer', customer);"
		" await cur_frm.set_value('rule', 'Cancellation Asked');"
		" await cur_frm.set_value('note', 'has an offer from elsewhere'); cur_frm.save(); }",
		customer,
	)
	desk.page.wait_for_function("!cur_frm.is_new() && !cur_frm.is_dirty()")
	desk.page.wait_for_load_state("networkidle")
	press(desk, "Make Callback")
	desk.page.wait_for_function("cur_frm.doc.callback")
	desk.page.wait_for_load_state("networkidle")
	desk.page.wait_for_timeout(800)
	desk.screenshot("case-signal")
	return desk.page.evaluate("cur_frm.doc.name")


def approve(desk, bench: PrivateBench, browser, case: str) -> None:
	"""Approve the offer of a case as another manager, in a window of their own."""
	language, _, width = desk.name.partition("-")
	email = f"approver.{desk.name}.{time.time_ns()}@branch.example"
	password = on_site(bench, "make_approver", email, language)
	context = browser.new_context(viewport={"width": int(width), "height": 844})
	assert context.request.post(f"{desk.url}/api/method/login", form={"usr": email, "pwd": password}).ok
	other = Desk(context.new_page(), desk.url, desk.name)
	open_case(other, case)
	press(other, "Approve Offer")
	other.page.wait_for_function("cur_frm.doc.offers[0].approved_by")
	other.page.wait_for_load_state("networkidle")
	other.page.evaluate("cur_frm.scroll_to_field('offers')")
	other.page.wait_for_timeout(800)
	other.screenshot("case-offer-approved")
	context.close()


def test_from_a_signal_to_a_save_that_an_invoice_verifies(
	desk, bench: PrivateBench, browser, customer: str
) -> None:
	signal = enter_signal(desk, customer)
	dialog(desk, "Open Case")
	assert desk.page.evaluate("cur_dialog.get_value('exit_type')") == "Cancellation"
	desk.screenshot("case-from-signal")
	send(desk)
	desk.page.wait_for_function("cur_frm && cur_frm.doctype === 'Retention Case' && !cur_frm.is_new()")
	settle(desk)
	name, source, named = stored(bench, customer, "name", "source", "churn_signal")
	assert (source, named) == ("Signal", signal)
	desk.page.evaluate("cur_frm.add_child('reasons', { reason: 'Too Expensive' }); cur_frm.save()")
	desk.page.wait_for_function("cur_frm.doc && !cur_frm.is_dirty() && cur_frm.doc.reasons.length === 1")
	settle(desk)
	dialog(desk, "Log Contact")
	desk.page.evaluate("cur_dialog.set_value('words', 'would stay with a new router')")
	sent(desk)
	dialog(desk, "Make Offer")
	desk.page.evaluate("cur_dialog.set_value('offer', 'New Router')")
	desk.screenshot("case-make-offer")
	sent(desk)
	answer_offer(desk)
	refused(desk, "Answer")
	desk.screenshot("case-over-limit")
	desk.page.evaluate("frappe.msg_dialog.hide(); cur_dialog && cur_dialog.hide()")
	approve(desk, bench, browser, name)
	open_case(desk, name)
	answer_offer(desk)
	expect(desk.page.locator(".modal.show")).to_have_count(0, timeout=30_000)
	desk.page.wait_for_function("cur_frm.doc && cur_frm.doc.offers[0].answer === 'Accepted'")
	settle(desk)
	dialog(desk, "Customer Stays")
	desk.page.evaluate("cur_dialog.set_value('kept_by', 'a new router')")
	sent(desk)
	on_site(bench, "let_time_pass", customer)
	open_case(desk, name)
	assert stored(bench, customer, "status", "verification") == ("Saved", "Verified")
	desk.page.evaluate("cur_frm.scroll_to_field('verification')")
	desk.page.wait_for_timeout(800)
	desk.screenshot("case-verified")
	desk.open(f"{CASE}?status=Saved", ".list-row:visible")
	desk.page.wait_for_load_state("networkidle")
	desk.screenshot("case-list")
	desk.open("/app/dashboard-view/Retention%20Cases", ".number-widget-box:visible")
	desk.page.wait_for_load_state("networkidle")
	desk.page.wait_for_timeout(1500)
	desk.screenshot("case-dashboard")


def settle(desk) -> None:
	"""Wait until a form that was loaded anew is drawn."""
	desk.page.wait_for_load_state("networkidle")
	desk.page.wait_for_timeout(1200)


def answer_offer(desk) -> None:
	dialog(desk, "Answer Offer")
	desk.page.evaluate("cur_dialog.set_value('answer', 'Accepted')")
	send(desk)


@pytest.mark.parametrize("desk", [1280], ids=["wide"], indirect=True)
def test_a_card_that_is_dragged_without_its_facts_says_which_dialog(
	desk, bench: PrivateBench, customer: str
) -> None:
	ask(desk, customer, "Cancellation")
	sent(desk)
	name, status = stored(bench, customer, "name", "status")
	assert status == "In Contact"
	desk.open(f"{CASE}/view/kanban/Retention%20Cases", ".kanban-column")
	desk.page.wait_for_load_state("networkidle")
	card = desk.page.locator(f".kanban-card-wrapper[data-name='{name}']")
	card.wait_for()
	drag(desk, card, desk.page.locator(".kanban-column[data-column-value=Saved] .kanban-cards"))
	refused(desk, "Status")
	assert "Customer Stays" in said(desk) or desk.page.evaluate("__('Customer Stays')") in said(desk)
	desk.screenshot("case-dragged")
	assert stored(bench, customer, "status") == ("In Contact",)


@pytest.mark.parametrize("desk", [1280], ids=["wide"], indirect=True)
def test_an_offer_is_recommended_to_whoever_meets_its_candidates(
	desk, bench: PrivateBench, customer: str
) -> None:
	desk.open("/app/retention-offer/One%20Month%20Free", ".form-layout:visible")
	desk.page.evaluate("cur_frm.custom_buttons[__('Candidates', null, 'Retention Offer')].trigger('click')")
	desk.page.locator(".dt-row .dt-cell__content").first.wait_for(timeout=60_000)
	desk.page.evaluate("frappe.query_report.set_filter_value('account_manager', 'Administrator')")
	desk.page.wait_for_load_state("networkidle")
	desk.page.wait_for_timeout(1500)
	desk.page.locator(".dt-scrollable .dt-cell--col-0 input").first.check()
	desk.screenshot("offer-candidates")
	desk.page.locator(".page-actions button:visible", has_text=desk.page.evaluate("__('Recommend')")).click()
	desk.page.wait_for_function("window.cur_dialog && cur_dialog.fields_dict.reason")
	desk.page.evaluate("cur_dialog.set_value('reason', 'the fourth year')")
	desk.page.wait_for_timeout(500)
	desk.screenshot("offer-recommended")
	send(desk)
	desk.page.locator(".msgprint:visible").wait_for()
	count = "SELECT COUNT(*) FROM `tabRetention Recommendation` WHERE offer = 'One Month Free' AND reason = 'the fourth year'"
	assert bench.sql(SITE, count)[0][0] >= 1
	assert desk.overflow() <= 0


def said(desk) -> str:
	return desk.page.locator(".msgprint:visible").inner_text()


def drag(desk, card, column) -> None:
	"""Drag a card into a column by the mouse."""
	card.scroll_into_view_if_needed()
	start, end = card.bounding_box(), column.bounding_box()
	mouse = desk.page.mouse
	mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
	mouse.down()
	mouse.move(start["x"] + start["width"] / 2 + 15, start["y"] + start["height"] / 2 + 5, steps=4)
	mouse.move(end["x"] + min(end["width"] / 2, 90), end["y"] + 40, steps=25)
	desk.page.wait_for_timeout(300)
	mouse.up()

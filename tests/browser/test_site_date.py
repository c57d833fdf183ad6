"""Days are the site's: a reader whose own date is another finds it in forms and dialogs, and is not refused for tomorrow."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from app_files import doctypes
from support_browser import Desk
from support_case_screens import leaver

FIRST_AND_LAST = ("Pacific/Kiritimati", "Pacific/Pago_Pago")
"""Zones 25 hours apart: in one of them at least the date is another than the site's."""
FORMS = {
	name: field["fieldname"]
	for name, described in doctypes().items()
	for field in described["fields"]
	if field.get("default") == "Today"
}
"""The forms that propose today, each with the field."""


@pytest.mark.parametrize("desk", [1280], ids=["wide"], indirect=True)
def test_forms_and_dialogs_begin_with_the_date_of_the_site(desk: Desk, language: str, bench) -> None:
	customer = leaver(bench, f"Elsewhere {language}")
	desk.open("/app/customer-consent", ".no-result:visible, .list-row-container .list-row")
	asked = "frappe.call({ method: 'cs_retention.callbacks.desk.get_desk', type: 'GET' }).then((r) => r.message.today)"
	site = desk.page.evaluate(asked)
	zone = next(zone for zone in FIRST_AND_LAST if f"{datetime.now(ZoneInfo(zone)):%F}" != site)
	desk.page.evaluate("zone => { frappe.boot.time_zone.user = zone; }", zone)
	assert desk.page.evaluate("frappe.datetime.get_today()") != site
	for doctype, fieldname in FORMS.items():
		desk.page.evaluate("doctype => { frappe.new_doc(doctype); }", doctype)
		opened = "doctype => cur_frm?.doctype === doctype && cur_frm.is_new() && cur_frm.doc"
		desk.page.wait_for_function(opened, arg=doctype)
		desk.page.wait_for_timeout(500)
		assert desk.page.evaluate("fieldname => cur_frm.doc[fieldname]", fieldname) == site, doctype
	desk.page.evaluate("customer => { cs_retention.cases.wants_to_leave(customer, () => {}); }", customer)
	asked_on = desk.page.locator(".modal.show [data-fieldname=asked_on] input")
	asked_on.wait_for(state="visible")
	assert asked_on.input_value() == desk.page.evaluate("day => frappe.datetime.str_to_user(day)", site)

"""Requests of Frappe that pass over who reads: the gap is there in Frappe's own, and closed for our DocTypes.

East answers for one customer of four; what concerns West shop is not East's business.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from personas import make_branch, user

CALLBACK, CASE, STATE = "Customer Callback", "Retention Case", "Customer Retention State"
EAST, WEST = "East shop", "West shop"
NOTE = "leaves for a rival"
COUNT = "frappe.client.get_count"
GET = "frappe.client.get"
GROUPS = "frappe.desk.listview.get_group_by_count"
OPEN = "frappe.desk.notifications.get_open_count"
CHART = "frappe.desk.doctype.dashboard_chart.dashboard_chart.get"
TAGGED = "frappe.desk.doctype.tag.tag.get_tagged_docs"
TITLE = "frappe.desk.search.get_link_title"


@pytest.fixture(scope="module")
def filled(site: str) -> Iterator[Any]:
	"""The branch, with what Frappe keeps beside its rows."""
	import frappe
	from frappe.desk.doctype.tag.tag import add_tag
	from frappe.desk.form import assign_to

	make_branch()
	for callback in frappe.get_all(CALLBACK, ["name", "customer"]):
		add_tag("urgent", CALLBACK, callback.name)
		assign_to.add({"doctype": CALLBACK, "name": callback.name, "assign_to": [user("manager")]})
		document = {"file_name": f"{callback.customer}.txt", "content": callback.customer, "is_private": 1}
		attached = {"attached_to_doctype": CALLBACK, "attached_to_name": callback.name}
		frappe.get_doc({"doctype": "File", **document, **attached}).insert()
	for case in frappe.get_all(CASE, ["name", "customer"]):
		frappe.db.set_value(CASE, case.name, "churn_notes", NOTE if case.customer == WEST else "none")
	yield frappe
	frappe.set_user("Administrator")
	frappe.db.rollback()


@pytest.fixture
def frappe(filled: Any) -> Iterator[Any]:
	"""Frappe over the branch, as East; a test's request is put away after it."""
	filled.set_user(user("east"))
	yield filled
	filled.set_user("Administrator")
	filled.local.form_dict = filled._dict()
	filled.local.message_log = []


def own(frappe: Any, path: str) -> Any:
	"""Return Frappe's own function."""
	return frappe.get_attr(path)


def door(frappe: Any, path: str) -> Any:
	"""Return what a request for Frappe's function reaches."""
	return frappe.get_attr(frappe.override_whitelisted_method(path))


def name_of(frappe: Any, doctype: str, customer: str) -> str:
	return frappe.db.get_value(doctype, {"customer": customer})


def test_a_count_is_of_the_rows_seen(frappe: Any) -> None:
	assert own(frappe, COUNT)(CALLBACK) == 4
	assert door(frappe, COUNT)(CALLBACK) == 1
	assert own(frappe, COUNT)(CALLBACK, {"customer": WEST}) == 1
	assert door(frappe, COUNT)(CALLBACK, {"customer": WEST}) == 0
	for kind, count in (("Promise", 1), ("Quota", 0)):
		of_rows = [["Customer Callback Purpose", "kind", "=", kind]]
		assert door(frappe, COUNT)(CALLBACK, json.dumps(of_rows)) == count
		assert len({*frappe.get_list(CALLBACK, of_rows, pluck="name")}) == count
	frappe.set_user(user("manager"))
	assert door(frappe, COUNT)(CALLBACK) == 4
	assert door(frappe, COUNT)("Customer") == own(frappe, COUNT)("Customer") >= 4
	frappe.set_user(user("clerk"))
	assert own(frappe, COUNT)(CALLBACK) == 4
	with pytest.raises(frappe.PermissionError):
		door(frappe, COUNT)(CALLBACK)


def test_people_a_list_is_grouped_by_are_those_of_the_rows_seen(frappe: Any) -> None:
	assert own(frappe, GROUPS)(CALLBACK, "[]", "assigned_to") == [{"name": user("manager"), "count": 4}]
	assert door(frappe, GROUPS)(CALLBACK, "[]", "assigned_to") == [{"name": user("manager"), "count": 1}]
	by_customer = door(frappe, GROUPS)(CALLBACK, "[]", "customer")
	assert [(row["name"], row["count"]) for row in by_customer] == [(EAST, 1)]


def test_connections_count_the_rows_seen(frappe: Any) -> None:
	def counted(count: Any, customer: str) -> int:
		links = count("Customer", customer)["count"]["external_links_found"]
		return next(link["count"] for link in links if link["doctype"] == CALLBACK)

	assert (counted(own(frappe, OPEN), WEST), counted(door(frappe, OPEN), WEST)) == (1, 0)
	assert (counted(own(frappe, OPEN), EAST), counted(door(frappe, OPEN), EAST)) == (1, 1)


def test_a_form_opens_without_counts_where_one_takes_too_long(
	frappe: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
	from cs_retention.cs_retention import doors

	monkeypatch.setattr(doors, "count_seen", lambda *asked: frappe.db.sql("SELECT SLEEP(3)"))
	assert door(frappe, OPEN)("Customer", EAST) == {"count": []}
	assert frappe.db.sql("SELECT @@max_statement_time")[0][0] == 1


def test_a_record_is_found_by_filters_among_those_seen(frappe: Any) -> None:
	assert door(frappe, GET)(CALLBACK, filters={"status": "Planned"})["customer"] == EAST
	assert door(frappe, GET)(CALLBACK, name_of(frappe, CALLBACK, EAST))["customer"] == EAST
	# Frappe's own says that there is one, and that it is another's.
	with pytest.raises(frappe.PermissionError):
		own(frappe, GET)(CALLBACK, filters={"customer": WEST})
	with pytest.raises(frappe.DoesNotExistError):
		door(frappe, GET)(CALLBACK, filters={"customer": WEST})


def heat_map(year: int) -> str:
	chart = {"chart_type": "Count", "type": "Heatmap", "document_type": CALLBACK, "based_on": "creation"}
	return json.dumps({"name": "Calls", **chart, "heatmap_year": year, "filters_json": "[]"})


def test_a_heat_map_is_for_who_sees_every_row(frappe: Any) -> None:
	year = frappe.utils.getdate().year
	assert sum(own(frappe, CHART)(chart=heat_map(year), no_cache=1)["dataPoints"].values()) == 4
	with pytest.raises(frappe.PermissionError):
		door(frappe, CHART)(chart=heat_map(year))
	frappe.set_user(user("manager"))
	assert sum(door(frappe, CHART)(chart=heat_map(year), no_cache=1)["dataPoints"].values()) == 4


def test_tags_tell_of_the_rows_seen(frappe: Any) -> None:
	assert len(own(frappe, TAGGED)(CALLBACK, "%urgent%")) == 4
	assert door(frappe, TAGGED)(CALLBACK, "%urgent%") == ((name_of(frappe, CALLBACK, EAST),),)
	assert frappe.db.count("Tag Link", {"tag": "urgent"}) == 4
	assert frappe.get_list("Tag Link", {"tag": "urgent"}, pluck="title") == [EAST]


def test_the_title_of_a_link_is_for_who_sees_the_row(frappe: Any) -> None:
	east, west = name_of(frappe, STATE, EAST), name_of(frappe, STATE, WEST)
	assert own(frappe, TITLE)(STATE, west) == WEST
	assert [door(frappe, TITLE)(STATE, name) for name in (east, west)] == [EAST, west]
	frappe.set_user(user("clerk"))
	assert door(frappe, TITLE)(STATE, west) == west


def test_files_of_our_rows_are_listed_with_the_rows(frappe: Any) -> None:
	from frappe.core.doctype.file import file

	attached = {"attached_to_doctype": CALLBACK}
	assert CALLBACK in file.get_permission_query_conditions(user("east")), (
		"Frappe lists them by DocType alone"
	)
	assert frappe.db.count("File", attached) == 4
	assert frappe.get_list("File", attached, pluck="file_name") == [f"{EAST}.txt"]
	frappe.set_user(user("manager"))
	assert len(frappe.get_list("File", attached)) == 4


def test_a_prepared_report_of_ours_is_its_makers(frappe: Any) -> None:
	frappe.set_user("Administrator")
	frappe.get_doc("User", user("east")).add_roles("Prepared Report User")
	prepared = frappe.new_doc("Prepared Report")
	prepared.update({"report_name": "Callback Compliance", "status": "Completed", "owner": user("manager")})
	prepared.name = "made by the manager"
	prepared.db_insert()
	frappe.db.set_value("Prepared Report", prepared.name, "owner", user("manager"))
	prepared.reload()
	from frappe.core.doctype.prepared_report import prepared_report

	assert prepared_report.has_permission(prepared, user("east")), "Frappe's own opens it to every reader"
	frappe.set_user(user("east"))
	assert (prepared.has_permission("read"), frappe.get_list("Prepared Report")) == (False, [])
	frappe.set_user(user("manager"))
	assert frappe.get_attr("cs_retention.cs_retention.references.has_report_permission")(prepared)


class TestFieldsOfAHigherLevel:
	"""The notes on a case are not for the desk, which sees the cases that it opened."""

	@pytest.fixture
	def desk(self, frappe: Any) -> Any:
		frappe.db.set_value(CASE, {"customer": ("in", (EAST, WEST))}, "owner", user("desk"))
		frappe.set_user(user("desk"))
		return frappe

	@staticmethod
	def listed(frappe: Any, **request: Any) -> list:
		"""List cases as a request does."""
		from frappe import client

		frappe.local.form_dict = frappe._dict(doctype=CASE, **request)
		return client.get_list(CASE, **request)

	def test_it_is_in_no_answer(self, desk: Any) -> None:
		from frappe import client

		assert len(self.listed(desk, fields=["*"])) == 2
		assert NOTE not in str(self.listed(desk, fields=["*"]))
		assert NOTE not in str(self.listed(desk, fields=["name", "churn_notes"]))
		assert NOTE not in str(door(desk, GET)(CASE, name_of(desk, CASE, WEST)))
		assert not client.get_value(CASE, "churn_notes", {"customer": WEST}).get("churn_notes")

	@pytest.mark.parametrize(
		"request_",
		[
			{"filters": {"churn_notes": NOTE}},
			{"filters": json.dumps({"churn_notes": ("like", "leaves%")})},
			{"filters": [["churn_notes", "like", "leaves%"]]},
			{"filters": [[CASE, "churn_notes", "like", "leaves%"]]},
			{"or_filters": [["churn_notes", "=", NOTE]]},
			{"order_by": "churn_notes desc"},
			{"order_by": f"`tab{CASE}`.`churn_notes` asc"},
			{"group_by": "churn_notes"},
		],
		ids=str,
	)
	def test_nobody_finds_or_sorts_by_what_is_hidden(
		self, desk: Any, request_: dict, monkeypatch: pytest.MonkeyPatch
	) -> None:
		with pytest.raises(desk.PermissionError, match="filter or sort"):
			self.listed(desk, **request_)
		desk.set_user(user("manager"))
		assert self.listed(desk, **request_)
		# Frappe's own lets it choose and order the rows.
		desk.set_user(user("desk"))
		monkeypatch.setattr(
			"cs_retention.cs_retention.hidden_fields.hidden_names", lambda user, doctype: iter(())
		)
		assert self.listed(desk, **request_)

	def test_a_value_that_sounds_like_a_field_is_no_field(self, desk: Any) -> None:
		assert self.listed(desk, filters=[["lost_words", "like", "%churn_notes%"]]) == []
		assert len(self.listed(desk, filters=[["customer", "!=", "churn_notes"]], order_by="creation")) == 2

	def test_a_joined_table_hides_the_same(self, desk: Any) -> None:
		from cs_retention.cs_retention.hidden_fields import refuse_hidden_columns

		for order in ("retention_case.churn_notes", f"`tab{CASE}`.`churn_notes`", f"tab{CASE}.churn_notes"):
			desk.local.form_dict = desk._dict(order_by=order)
			with pytest.raises(desk.PermissionError):
				refuse_hidden_columns(user("desk"), "Release File")
			assert refuse_hidden_columns(user("manager"), "Release File") == ""

	def test_it_is_no_way_to_a_record_either(self, desk: Any) -> None:
		filters = {"churn_notes": ("like", "leaves%")}
		desk.local.form_dict = desk._dict(filters=json.dumps(filters))
		assert own(desk, GET)(CASE, filters=filters)["customer"] == WEST
		with pytest.raises(desk.PermissionError):
			door(desk, GET)(CASE, filters=filters)
		with pytest.raises(desk.PermissionError):
			door(desk, COUNT)(CASE, filters)

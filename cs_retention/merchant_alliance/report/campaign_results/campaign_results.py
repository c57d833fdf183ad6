from collections.abc import Sequence
from typing import Any

import frappe
from frappe import _

from cs_retention.callbacks.report_rows import inert
from cs_retention.cs_retention.inputs import report_filters
from cs_retention.engine.alliance_campaign import CampaignFigures
from cs_retention.merchant_alliance.campaigns import CAMPAIGN
from cs_retention.merchant_alliance.results import figures_of

Row = dict[str, Any]


def execute(filters: dict[str, Any] | None = None) -> tuple[Any, ...]:
	"""Return what campaigns came to, the last one first."""
	wanted = report_filters(filters)
	campaigns = begun(wanted)
	figures = figures_of([row.name for row in campaigns])
	rows = [line(row, figures[row.name]) for row in campaigns]
	return columns(), rows, None, chart(rows), summary(figures.values())


def begun(filters: frappe._dict) -> list[Row]:
	"""Return the campaigns that members were invited to, of those that the reader may see and the filters ask for."""
	chosen: dict[str, Any] = {"status": ("not in", ("Draft", "Tried"))}
	if filters.from_date:
		chosen["to_date"] = (">=", filters.from_date)
	if filters.to_date:
		chosen["from_date"] = ("<=", filters.to_date)
	fields = ["name", "title", "status", "from_date", "to_date"]
	return frappe.get_list(CAMPAIGN, chosen, fields, order_by="from_date desc, name desc", limit=0)


def line(row: Row, found: CampaignFigures) -> Row:
	"""Return a campaign as the report shows it."""
	names = ("invited", "came", "spent", "per_comer", "per_stayer", "cost", "cost_per_comer", "complaints")
	return {
		**row,
		"title": inert(row.title),
		**{name: getattr(found, name) for name in names},
		"turnout": None if found.turnout is None else 100 * found.turnout,
		"satisfaction": found.mean_satisfaction,
	}


def columns() -> list[Row]:
	"""Return the columns."""
	listed = (
		("name", _("Campaign", context="Alliance Voucher"), "Link", 120, CAMPAIGN),
		("title", _("Title", context="Alliance Campaign"), "Data", 180, None),
		("status", _("Status"), "Data", 90, None),
		("from_date", _("From", context="Alliance Campaign"), "Date", 100, None),
		("to_date", _("To", context="Alliance Campaign"), "Date", 100, None),
		("invited", _("Invited"), "Int", 90, None),
		("came", _("Came"), "Int", 90, None),
		("turnout", _("Turnout"), "Percent", 90, None),
		("spent", _("Redeemed For"), "Currency", 110, None),
		("per_comer", _("Bought of Us: Each Who Came"), "Currency", 140, None),
		("per_stayer", _("Bought of Us: Each Who Did Not"), "Currency", 140, None),
		("cost", _("Cost", context="Alliance Campaign"), "Currency", 100, None),
		("cost_per_comer", _("Cost for Each Who Came"), "Currency", 120, None),
		("complaints", _("Complaints About Its Merchants"), "Int", 110, None),
		("satisfaction", _("Satisfaction of Members"), "Float", 100, None),
	)
	return [
		{"fieldname": name, "label": label, "fieldtype": kind, "width": width, "options": options}
		for name, label, kind, width, options in listed
	]


def chart(rows: Sequence[Row]) -> Row | None:
	"""Return the turnout of the campaigns, the first one in front."""
	shown = [row for row in reversed(rows) if row["turnout"] is not None]
	if not shown:
		return None
	values = [round(row["turnout"], 1) for row in shown]
	return {
		"data": {
			"labels": [row["title"] for row in shown],
			"datasets": [{"name": _("Turnout"), "values": values}],
		},
		"type": "bar",
	}


def summary(figures: Any) -> list[Row]:
	"""Return the figures above the report."""
	found = list(figures)
	totals = (
		(_("Campaigns"), len(found), "Int"),
		(_("Invited"), sum(each.invited for each in found), "Int"),
		(_("Came"), sum(each.came for each in found), "Int"),
		(_("Redeemed For"), sum(each.spent for each in found), "Currency"),
		(_("Cost", context="Alliance Campaign"), sum(each.cost for each in found), "Currency"),
	)
	return [{"label": label, "value": value, "datatype": kind} for label, value, kind in totals]

"""What a campaign came to, in figures and in words."""

from collections.abc import Sequence
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import fmt_money

from cs_retention.cs_retention.settings import complaint_types
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.alliance_campaign import CampaignFigures
from cs_retention.facts.alliance_results import read_figures


def figures_of(campaigns: Sequence[str]) -> dict[str, CampaignFigures]:
	"""Return what campaigns came to, by name."""
	if not campaigns:
		return {}
	types = complaint_types()
	return read_figures(open_store(), campaigns, types)


def told(campaign: Document) -> dict[str, Any]:
	"""Return the figures of a campaign with what they are called, as the form shows them."""
	found = figures_of([campaign.name])[campaign.name]
	currency = frappe.db.get_default("currency")

	def money(amount: float | None) -> str | None:
		return None if amount is None else fmt_money(amount, currency=currency)

	return {
		"invited": found.invited,
		"figures": [
			[_("Invited"), f"{found.invited:,}"],
			[_("Came"), f"{found.came:,}"],
			[_("Turnout"), percent(found.turnout)],
			[_("Redeemed For"), money(found.spent)],
			[_("Bought of Us: Each Who Came"), money(found.per_comer)],
			[_("Bought of Us: Each Who Did Not"), money(found.per_stayer)],
			[_("Cost for Each Who Came"), money(found.cost_per_comer)],
			[_("Complaints About Its Merchants"), f"{found.complaints:,}"],
			[_("Satisfaction of Members"), rounded(found.mean_satisfaction)],
		],
	}


def percent(share: float | None) -> str | None:
	"""Return a share in percent, to a tenth."""
	return None if share is None else f"{100 * share:.1f} %"


def rounded(mean: float | None) -> str | None:
	"""Return a mean to a tenth."""
	return None if mean is None else f"{mean:.1f}"

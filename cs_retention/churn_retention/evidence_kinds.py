"""Which documents speak for which rule of a signal: where they stand, what is shown of them, which ones count."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from erpnext import get_company_currency
from frappe.utils import flt

from cs_retention.cs_retention.settings import complaint_types
from cs_retention.engine.churn_signals import RHYTHM_DAYS
from cs_retention.engine.vocabulary import Outcome, SignalRule
from cs_retention.engine.workdays import add_months


@dataclass(frozen=True)
class Kind:
	"""One kind of documents: the DocType, its fields for the day and the figure, and which speak as of a day.

	`party` is the field that names the customer, `is_owed` says that the figure is in the currency of the account.
	"""

	doctype: str
	day: str
	figure: str
	chosen: Callable[[date], Mapping[str, Any]]
	party: str = "customer"
	is_owed: bool = False

	def filters(self, customers: Sequence[str], day: date) -> dict[str, Any]:
		"""Return the filters of the documents of some customers that speak as of a day."""
		return {self.party: ("in", list(customers)), **self.chosen(day)}

	def fields(self) -> list[str]:
		"""Return the fields to read, under the names that `figure_of` and the rows of evidence know."""
		names = ["name", f"{self.party} as party", f"{self.day} as day", f"{self.figure} as figure"]
		return [*names, "company", "party_account_currency", "conversion_rate"] if self.is_owed else names

	def figure_of(self, row: Any) -> Any:
		"""Return what is shown of a document, in the company's currency."""
		if not self.is_owed or row.party_account_currency in (None, get_company_currency(row.company)):
			return row.figure
		return flt(row.figure * row.conversion_rate, 2)


def invoices_since(months: int) -> Kind:
	"""Return the invoices of the last months."""
	return Kind(
		"Sales Invoice",
		"posting_date",
		"base_net_total",
		lambda day: {
			"docstatus": 1,
			"posting_date": ("between", (add_months(day, -months), day)),
		},
	)


PURCHASES = Kind(
	"Sales Invoice",
	"posting_date",
	"base_net_total",
	lambda day: {
		**{"docstatus": 1, "is_return": 0, "is_opening": "No"},
		"posting_date": ("between", (day - timedelta(days=RHYTHM_DAYS), day)),
	},
)
OVERDUE = Kind(
	"Sales Invoice",
	"due_date",
	"outstanding_amount",
	lambda day: {
		**{"docstatus": 1, "is_return": 0},
		**{"due_date": ("<", day), "outstanding_amount": (">", 0)},
	},
	is_owed=True,
)
COMPLAINTS = Kind(
	"Issue",
	"opening_date",
	"subject",
	lambda day: {
		"issue_type": ("in", complaint_types()),
		"opening_date": ("between", (day - timedelta(days=89), day)),
	},
)
ANSWERS = Kind(
	"Customer Touch",
	"touch_date",
	"satisfaction",
	lambda day: {"satisfaction": (">", 0), "touch_date": ("<=", day)},
)
ATTEMPTS = Kind(
	"Customer Touch",
	"touch_date",
	"outcome",
	lambda day: {
		"outcome": ("in", (Outcome.NOT_REACHED.value, Outcome.REFUSED.value)),
		"touch_date": ("<=", day),
	},
)
CONTRACTS = Kind(
	"Contract",
	"end_date",
	"status",
	lambda day: {
		**{"party_type": "Customer", "docstatus": 1},
		"end_date": (">=", day),
	},
	"party_name",
)
SUBSCRIPTIONS = Kind(
	"Subscription",
	"end_date",
	"status",
	lambda day: {"party_type": "Customer", "end_date": (">=", day)},
	"party",
)
WARNINGS = Kind(
	"External Warning",
	"warned_on",
	"source",
	lambda day: {"warned_on": ("<=", day)},
)

KINDS: Mapping[SignalRule, tuple[Kind, ...]] = {
	SignalRule.LATENESS: (invoices_since(24),),
	SignalRule.REVENUE_HALVED: (invoices_since(24),),
	SignalRule.BILL_TREND: (invoices_since(6),),
	SignalRule.MISSING_BILL: (invoices_since(12),),
	SignalRule.OVERDUE_GROWING: (OVERDUE,),
	SignalRule.COMPLAINTS: (COMPLAINTS,),
	SignalRule.LOW_SATISFACTION: (ANSWERS,),
	SignalRule.UNREACHED: (ATTEMPTS,),
	SignalRule.CONTRACT_ENDING: (CONTRACTS, SUBSCRIPTIONS),
	SignalRule.LOOKS_BILLED: (PURCHASES,),
	SignalRule.EXTERNAL_WARNING: (WARNINGS,),
}

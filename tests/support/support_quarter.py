"""A branch of known truth for a quarter: who bought, left, came back and is bound is decided before it is written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from support_book import add, add_invoices, open_sqlite_book

from cs_retention.engine.night import NightPolicy
from cs_retention.engine.policy import Policy
from cs_retention.engine.quarter_periods import QuarterPeriod
from cs_retention.engine.vocabulary import Kpi
from cs_retention.nightly.ledger import Ledger
from cs_retention.nightly.phases import Night
from cs_retention.nightly.worker import Ending, Worker
from cs_retention.store.base import Store
from cs_retention.store.sqlite import SQLiteStore

MOVED = "Moved to Another Branch"
GROUPS = ("Wholesale", "Retail", "Public")
TERRITORIES, MANAGERS = ("North", "South"), ("a@branch.example", "b@branch.example")


@dataclass
class Truth:
	"""What was decided of one customer: net amounts by day, the contract, complaints, the day it left."""

	name: str
	bought: dict[date, int] = field(default_factory=dict)
	contract: tuple[date, date | None] | None = None
	complaints: list[date] = field(default_factory=list)
	serious: list[date] = field(default_factory=list)
	offer: tuple[date, date | None] | None = None
	left_on: date | None = None
	is_transferred: bool = False
	is_disabled: bool = False
	group: str = ""

	def is_active(self, day: date) -> bool:
		"""Tell whether it is active at the end of a day, by looking at every day of the year before."""
		last = max((when for when, amount in self.bought.items() if when <= day and amount > 0), default=None)
		if self.left_on and self.left_on <= day and not (last and last > self.left_on):
			return False
		if self.contract and self.contract[0] <= day and not (self.contract[1] and self.contract[1] < day):
			return True
		year = {day - timedelta(days=back) for back in range(365)}
		return any(amount > 0 and when in year for when, amount in self.bought.items())

	def revenue(self, first: date, last: date) -> int:
		"""Return what it bought, returns taken off, from one day to another."""
		return sum(amount for day, amount in self.bought.items() if first <= day <= last)

	def first_purchase(self) -> date | None:
		"""Return the day it first bought on."""
		return min((day for day, amount in self.bought.items() if amount > 0), default=None)


def make_truths(seed: int, customers: int, end: date) -> list[Truth]:
	"""Return customers of all kinds whose purchases lie in the two years before a day."""
	random, truths = Random(seed), []
	for number in range(customers):
		truth = Truth(f"Customer {number:03d}", group=GROUPS[number % 5 % 3])
		since, until = sorted(random.sample(range(760), 2))
		days = [end - timedelta(days=back) for back in range(since, until, random.choice([15, 40, 120]))]
		truth.bought = {day: random.choice([100, 250, 900]) for day in days[: random.randint(0, 40)]}
		if truth.bought and random.random() < 0.2:
			truth.bought[max(truth.bought) + timedelta(days=1)] = -50
		if random.random() < 0.2:
			begins = end - timedelta(days=random.randint(0, 500))
			ends = begins + timedelta(days=random.randint(30, 700))
			truth.contract = begins, random.choice([None, ends])
		truth.complaints = [end - timedelta(days=random.randint(0, 200)) for _ in range(random.randint(0, 2))]
		if random.random() < 0.15:
			truth.left_on = end - timedelta(days=random.randint(0, 200))
		truth.is_disabled = random.random() < 0.1
		truth.serious = [day for day in truth.complaints if random.random() < 0.4]
		truth.is_transferred = random.random() < 0.5
		if random.random() < 0.4:
			accepted = end - timedelta(days=random.randint(0, 300))
			truth.offer = accepted, random.choice([None, accepted + timedelta(days=random.randint(20, 400))])
		truths.append(truth)
	return truths


def write_down(truths: list[Truth]) -> SQLiteStore:
	"""Return a book in memory that tells of these customers."""
	store = open_sqlite_book()
	write_into(store, truths)
	return store


def write_into(store: Store, truths: list[Truth]) -> None:
	"""Write into an empty book of one company what a site would tell of these customers."""
	add(store, "Company", [{"name": "East", "default_currency": "CNY"}])
	add(store, "Retention Exit Rule", [{"name": MOVED, "exit_type": MOVED, "stays_in_house": 1}])
	for number, truth in enumerate(truths):
		person = {
			"account_manager": MANAGERS[number % 2],
			"territory": TERRITORIES[number % 3 % 2],
			"customer_group": truth.group,
			"disabled": int(truth.is_disabled),
			"is_internal_customer": 0,
			"retention_key_account": 0,
			"retention_billed": 0,
		}
		add(store, "Customer", [{"name": truth.name, **person}])
		add_invoices(
			store,
			truth.name,
			*(
				{"posting_date": day, "base_net_total": amount, "is_return": int(amount < 0)}
				for day, amount in truth.bought.items()
			),
		)
		if truth.contract:
			begins, ends = truth.contract
			party = {"party_type": "Customer", "party_name": truth.name, "docstatus": 1}
			add(store, "Contract", [{**party, "start_date": begins, "end_date": ends}])
		asked = {"customer": truth.name, "issue_type": "Complaint", "status": "Closed"}
		add(
			store,
			"Issue",
			[
				{**asked, "opening_date": day, "priority": "Urgent" if day in truth.serious else "Low"}
				for day in truth.complaints
			],
		)
		if truth.left_on:
			case = {"customer": truth.name, "status": "Released", "closed_on": truth.left_on}
			add(store, "Retention Case", [{**case, "exit_type": MOVED if truth.is_transferred else "Ending"}])
		if truth.offer:
			accepted, bound = truth.offer
			add(
				store,
				"Retention Case",
				[{"name": f"KEPT-{number}", "customer": truth.name, "status": "Saved"}],
			)
			made = {"parent": f"KEPT-{number}", "answered_on": accepted, "bound_until": bound}
			answers = ["Accepted", "Declined"] if number % 2 else ["Accepted"]
			add(store, "Retention Case Offer", [{**made, "answer": answer} for answer in answers])
	store.commit()


def play_night(store: Store, day: date, chunk: int = 20, **options: object) -> str:
	"""Run the night of a date in chunks, as the worker of a site does, and return how it ended."""
	ledger = Ledger(store, lambda: datetime(day.year, day.month, day.day, 5))
	name = ledger.open_dates(day, NightPolicy(), Policy)
	assert name, f"{day} is on record"
	night = lambda run: Night(  # noqa: E731
		store, ledger.rules_of(run.name), run.as_of, lambda: ledger.basis_of(run.name), chunk, **options
	)
	assert Worker(ledger, name, night, sleep=lambda _: None).work() is Ending.NOTHING_LEFT
	return ledger.read(name).status.value


def expected(truths: list[Truth], quarter: QuarterPeriod) -> dict[Kpi, tuple]:
	"""Return numerator and denominator of every figure, from the truth alone."""
	eve, end = quarter.start - timedelta(days=1), quarter.end
	months_before = QuarterPeriod.of(eve, quarter.begins).start
	start = [truth for truth in truths if truth.is_active(eve)]
	ends = [truth for truth in truths if truth.is_active(end)]
	kept = [truth for truth in start if truth in ends]
	lost = [truth for truth in start if truth not in ends]
	new = [truth for truth in ends if is_new(truth, quarter) and truth not in start]
	then = {truth.name: Decimal(truth.revenue(months_before, eve)) for truth in start}
	now = {truth.name: Decimal(truth.revenue(quarter.start, end)) for truth in start}
	moved = [truth for truth in lost if truth.is_transferred and gone(truth, end)]
	left = [truth for truth in lost if truth not in moved and (truth.is_disabled or gone(truth, end))]
	bound = [truth for truth in ends if truth.contract and has_contract(truth, end)]
	tied = [truth for truth in ends if truth.offer and is_tied(truth, end)]
	serious = sum(quarter.start <= day <= end for truth in truths for day in truth.serious)
	average = Decimal(len(start) + len(ends)) / 2
	complaints = sum(quarter.start <= day <= end for truth in truths for day in truth.complaints)
	return {
		Kpi.CUSTOMER_RETENTION: (len(ends) - len(new), len(start)),
		Kpi.COHORT_RETENTION: (len(kept), len(start)),
		Kpi.GROSS_REVENUE_RETENTION: (sum(min(then[name], now[name]) for name in then), sum(then.values())),
		Kpi.NET_REVENUE_RETENTION: (sum(now.values()), sum(then.values())),
		Kpi.CUSTOMER_CHURN: (len(lost), len(start)),
		Kpi.CHURN_LEFT: (len(left), len(start)),
		Kpi.CHURN_TRANSFERRED: (len(moved), len(start)),
		Kpi.CHURN_DORMANT: (len(lost) - len(left) - len(moved), len(start)),
		Kpi.REVENUE_CHURN: (sum(then[truth.name] for truth in lost), sum(then.values())),
		Kpi.HARD_COMMITMENT: (len(bound), len(ends)),
		Kpi.SOFT_COMMITMENT: (len(tied), len(ends)),
		Kpi.OVERALL_COMMITMENT: (
			len([truth for truth in ends if truth in bound or truth in tied]),
			len(ends),
		),
		Kpi.COMPLAINTS: (complaints, average),
		Kpi.ESCALATED_COMPLAINTS: (serious, average),
	}


def is_tied(truth: Truth, day: date) -> bool:
	accepted, bound = truth.offer
	return accepted <= day and bound is not None and bound >= day


def is_new(truth: Truth, quarter: QuarterPeriod) -> bool:
	first = truth.first_purchase()
	return first is not None and quarter.start <= first <= quarter.end


def gone(truth: Truth, day: date) -> bool:
	last = max(
		(when for when, amount in truth.bought.items() if amount > 0 and when <= day), default=date.min
	)
	return truth.left_on is not None and last <= truth.left_on <= day


def has_contract(truth: Truth, day: date) -> bool:
	begins, ends = truth.contract
	return begins <= day and (ends is None or ends >= day)

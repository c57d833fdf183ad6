"""Nights that leave alone whom nothing moved store what nights that look at everybody do."""

import random
from contextlib import ExitStack, closing
from datetime import timedelta
from fractions import Fraction

import pytest
from support_book import AS_OF, add, open_sqlite_book
from support_random_book import fill, random_book

from cs_retention.engine.health_policy import HealthPolicy, SignalPolicy
from cs_retention.engine.policy import Policy
from cs_retention.engine.star_policy import StarPolicy
from cs_retention.engine.vocabulary import ScheduledReviews
from cs_retention.nightly import basis, rate
from cs_retention.nightly.run import rate_book
from cs_retention.nightly.states import READERS

CUSTOMERS = 80
NIGHTS = 75
AUTOMATIC = Policy()
PROPOSED = Policy(stars=StarPolicy(scheduled_reviews=ScheduledReviews.PROPOSED))
STATE = tuple(field for field in READERS if field != "steady_mark")
KEPT = {
	"Customer Retention State": (*STATE, "health_reasons", "health_as_of", "value_at_risk"),
	"Star Rating": ("as_of", "kind", "previous_level", "level", "reasons"),
	"Churn Signal": ("rule", "status", "raised_on", "closed_on", "closed_as", "reasons", "value_at_risk"),
	"Customer Health Change": ("as_of", "band_before", "band", "main_reason", "reasons", "is_worse"),
}
INVOICE = {
	"company": "East",
	"docstatus": 1,
	"is_return": 0,
	"is_opening": "No",
	"party_account_currency": "CNY",
}


@pytest.fixture
def books():
	with ExitStack() as stack:
		found = [stack.enter_context(closing(open_sqlite_book())) for _ in range(2)]
		for store in found:
			fill(store, random_book(8, CUSTOMERS, spell=False))
		yield found


def stored(store, doctype):
	query = f"SELECT customer, {', '.join(KEPT[doctype])} FROM `tab{doctype}`"
	return sorted(map(repr, store.rows(query)))


def night(store, number, policy=AUTOMATIC):
	counts = rate_book(store, policy, AS_OF + timedelta(days=number), lambda phase, done: None)
	store.commit()
	return counts


def look_at_everybody(store):
	store.change("UPDATE `tabCustomer Retention State` SET steady_mark = NULL WHERE 1 = 1", {})


def customers(store):
	query = "SELECT name FROM `tabCustomer` WHERE disabled = 0 AND is_internal_customer = 0 ORDER BY name"
	return [name for (name,) in store.rows(query)]


def live_a_day(store, number, dice):
	"""Let people buy, pay, complain, be called, sign, cancel and be warned of; signals are snoozed and closed."""
	day, names = AS_OF + timedelta(days=number), customers(store)
	for _ in range(2):
		bought = {"posting_date": day, "due_date": day + timedelta(days=dice.choice((0, 20)))}
		amount = float(dice.randint(1, 5000))
		sums = {"base_net_total": amount, "outstanding_amount": dice.choice((0, amount))}
		add(store, "Sales Invoice", [{"customer": dice.choice(names), **INVOICE, **bought, **sums}])
	called = {
		"touch_date": day,
		"channel": "Phone",
		"outcome": dice.choice(("Reached", "Not Reached", "Refused")),
	}
	add(
		store,
		"Customer Touch",
		[{"customer": dice.choice(names), **called, "satisfaction": dice.choice((0, 1, 5))}],
	)
	opened = {"opening_date": day, "issue_type": "Complaint", "priority": dice.choice(("Low", "Serious"))}
	if dice.random() < 0.3:
		add(
			store,
			"Issue",
			[{"customer": dice.choice(names), **opened, "status": dice.choice(("Open", "Closed"))}],
		)
	if dice.random() < 0.2:
		ends = {"start_date": day, "end_date": day + timedelta(days=dice.choice((40, 70, 200)))}
		add(
			store,
			"Contract",
			[{"party_name": dice.choice(names), "party_type": "Customer", "docstatus": 1, **ends}],
		)
	if dice.random() < 0.2:
		given = {"level": dice.choice(("Five Star", "One Star")), "reason": "branch", "docstatus": 1}
		days = {"approved_on": day, "until": day + timedelta(days=dice.randint(1, 15))}
		add(
			store,
			"Star Override",
			[{"customer": dice.choice(names), **given, **days, "approver": "m@branch.example"}],
		)
	if dice.random() < 0.1:
		store.update_rows(
			"Customer", ("name", "retention_key_account"), [(dice.choice(names), dice.randint(0, 1))]
		)
	paid = "SELECT name FROM `tabSales Invoice` WHERE outstanding_amount > 0 ORDER BY customer, posting_date, base_net_total"
	owed = [name for (name,) in store.rows(paid)]
	store.update_rows("Sales Invoice", ("name", "outstanding_amount"), [(dice.choice(owed), 0)])
	treat_a_signal(store, day, dice)
	store.commit()


def treat_a_signal(store, day, dice):
	query = "SELECT name FROM `tabChurn Signal` WHERE status = 'Open' AND night_key > '' ORDER BY customer, rule, raised_on"
	found = [name for (name,) in store.rows(query)]
	if not found or dice.random() < 0.5:
		return
	name = dice.choice(found)
	if dice.random() < 0.5:
		fields = ("name", "status", "snoozed_until", "night_key")
		store.update_rows(
			"Churn Signal", fields, [(name, "Snoozed", day + timedelta(days=dice.randint(1, 9)), None)]
		)
	else:
		fields = ("name", "status", "closed_as", "closed_on", "night_key")
		store.update_rows("Churn Signal", fields, [(name, "Closed", "Warned Rightly", day, None)])


def marks(store):
	return dict(
		store.rows("SELECT customer, steady_mark FROM `tabCustomer Retention State` ORDER BY customer")
	)


def looked_at(store, number, monkeypatch, policy=AUTOMATIC):
	"""Return whom a night looks at."""
	found, as_before = set(), rate.PageRating.rate
	with monkeypatch.context() as patch:
		patch.setattr(
			rate.PageRating, "rate", lambda *given: (found.add(given[1].row.name), as_before(*given))[1]
		)
		night(store, number, policy)
	return found


@pytest.mark.parametrize("policy", [AUTOMATIC, PROPOSED])
@pytest.mark.parametrize("gap", [None, Fraction(301, 10)])
def test_nights_store_the_same_whether_or_not_they_look_at_everybody(books, policy, gap, monkeypatch):
	"""The usual gap of so small a book moves every other night, and everybody with it; `gap` holds it still."""
	if gap is not None:
		monkeypatch.setattr(basis, "median_gap", lambda spans: gap)
	steady, everybody = books
	dice = [random.Random(3), random.Random(3)]
	counts = []
	for number in range(NIGHTS):
		look_at_everybody(everybody)
		counts.append([len(looked_at(store, number, monkeypatch, policy)) for store in books])
		for store, chances in zip(books, dice, strict=True):
			live_a_day(store, number, chances)
		for doctype in KEPT:
			assert stored(steady, doctype) == stored(everybody, doctype), (number, doctype)
	left_alone = sum(few < most / 2 for few, most in counts)
	assert left_alone > (NIGHTS / 2 if gap else NIGHTS / 4)
	assert [len(stored(store, "Customer Health Change")) > 50 for store in books] == [True, True]
	raised = [set(store.rows("SELECT rule, closed_as FROM `tabChurn Signal`")) for store in books]
	assert raised[0] == raised[1]
	assert len({rule for rule, _ in raised[0]}) > 6


def test_the_same_date_again_looks_at_nobody(books, monkeypatch):
	assert looked_at(books[0], 0, monkeypatch) == set(customers(books[0]))
	assert looked_at(books[0], 0, monkeypatch) == set()


@pytest.mark.parametrize(
	"policy",
	[
		Policy(churn_version="other"),
		Policy(version="other"),
		Policy(health=HealthPolicy(signals=SignalPolicy(lost_after_days=100))),
		Policy.from_mapping({"complaints": {"issue_types": ["Question"]}}),
	],
)
def test_another_policy_looks_at_everybody(books, monkeypatch, policy):
	night(books[0], 0)
	assert looked_at(books[0], 1, monkeypatch, policy) == set(customers(books[0]))


def test_the_first_of_a_month_looks_at_everybody(books, monkeypatch):
	night(books[0], 0, PROPOSED)
	days = (AS_OF.replace(day=28) + timedelta(days=5)).replace(day=1) - AS_OF
	assert looked_at(books[0], days.days, monkeypatch, PROPOSED) == set(customers(books[0]))


def test_a_night_before_the_last_look_looks_at_everybody(books, monkeypatch):
	night(books[0], 3)
	assert looked_at(books[0], 2, monkeypatch) == set(customers(books[0]))


@pytest.mark.parametrize(
	("field", "value"),
	[
		("health_mark", None),
		("star_level", "One Star"),
		("own_level", "One Star"),
		("reviewed_on", "2026-01-05"),
	],
)
def test_who_was_changed_by_hand_is_looked_at(books, monkeypatch, field, value):
	night(books[0], 0)
	query = "SELECT name, customer FROM `tabCustomer Retention State` WHERE star_level IN ('Two Star', 'Three Star') ORDER BY customer"
	state, customer = next(iter(books[0].rows(query)))
	books[0].update_rows("Customer Retention State", ("name", field), [(state, value)])
	assert customer in looked_at(books[0], 0, monkeypatch)


def test_a_look_that_finds_nothing_other_is_remembered_and_is_no_row_written(books, monkeypatch):
	store, day = books[0], AS_OF - timedelta(days=300)
	night(store, 0)
	customer = next(name for name, mark in marks(store).items() if mark)
	asked = {"opening_date": day, "issue_type": "Complaint", "priority": "Low", "status": "Closed"}
	add(store, "Issue", [{"customer": customer, **asked}])
	assert night(store, 0).rows_written == 0
	add(store, "Issue", [{"customer": customer, **asked}])
	assert looked_at(store, 0, monkeypatch) == {customer}
	assert looked_at(store, 0, monkeypatch) == set()

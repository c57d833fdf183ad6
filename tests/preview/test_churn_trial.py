"""A policy held against the one in force: bands from and to, and both back-tests; nothing is written."""

from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

from support_book import add, add_invoices, open_sqlite_book
from support_past_book import filled

from cs_retention.engine.health_policy import BandBounds, Deductions, FreeCard, HealthPolicy
from cs_retention.engine.policy import Policy
from cs_retention.nightly.churn_trial import try_churn_policy

TODAY = date(2026, 11, 15)
NOW = Policy()


def tried(other, customers=60):
	told = []
	with closing(open_sqlite_book()) as store:
		filled(store, customers=customers)
		store.commit()
		trial = try_churn_policy(store, NOW, other, TODAY, customers, told.append)
		tables = ("Customer Retention State", "Churn Signal", "Customer Health Change")
		counts = [next(store.rows(f"SELECT COUNT(*) FROM `tab{table}`"))[0] for table in tables]
	return trial, told, counts


def test_a_policy_held_against_itself_moves_nobody_and_is_worth_the_same():
	trial, told, written = tried(NOW)
	assert trial.moved == 0 and sum(trial.bands.values()) > 0
	assert trial.now == trial.then and len(trial.now) == 4
	assert told == sorted(told) and told[-1] <= 1
	assert written == [0, 0, 0]


def test_higher_bounds_move_customers_down():
	strict = replace(NOW, health=HealthPolicy(bands=BandBounds(healthy=99, watch=98, at_risk=97)))
	trial, _told, _written = tried(strict)
	assert trial.moved > 0
	order = ["Healthy", "Watch", "At Risk", "Critical", "Prospect"]
	assert all(order.index(before) <= order.index(after) for before, after in trial.bands)


def test_other_weights_are_judged_on_the_same_past():
	steps = ((0, 0), (1, 60), (2, 70))
	other = replace(
		NOW,
		health=HealthPolicy(
			free=FreeCard(recency=((1, 20),), lateness=((1, 10),), repeats=steps),
		),
	)
	trial, _told, _written = tried(other)
	assert [result.span for result in trial.now] == [result.span for result in trial.then]
	assert trial.now != trial.then


def test_what_was_overdue_before_is_known_to_the_trial():
	other = replace(NOW, health=HealthPolicy(deductions=Deductions(overdue_growing=100)))
	with closing(open_sqlite_book()) as store:
		for name in ("Growing", "Shrinking"):
			add(store, "Customer", [{"name": name, "disabled": 0, "is_internal_customer": 0}])
			days = [TODAY - timedelta(days=30 * ago) for ago in range(1, 9)]
			bills = [{"posting_date": day, "due_date": day + timedelta(days=20)} for day in days]
			add_invoices(store, name, {**bills[0], "outstanding_amount": 100}, *bills[1:])
		marked = {"overdue_mark_on": TODAY - timedelta(days=31)}
		add(store, "Customer Retention State", [{"customer": "Growing", "overdue_mark": 10, **marked}])
		add(store, "Customer Retention State", [{"customer": "Shrinking", "overdue_mark": 200, **marked}])
		store.commit()
		trial = try_churn_policy(store, NOW, other, TODAY, 2, lambda done: None)
	assert sum(trial.bands.values()) == 2 and trial.moved == 1

"""Customers, people and books for tests of the planner."""

import random
from dataclasses import replace
from datetime import date, timedelta

from cs_retention.engine.cadence import PlanningPolicy
from cs_retention.engine.horizon import Horizon
from cs_retention.engine.obligations import (
	CustomerPlanInputs,
	DatedObligation,
	MadeContact,
	StandingCallback,
)
from cs_retention.engine.plan import PersonInputs, plan_book, plan_customer
from cs_retention.engine.vocabulary import KEY_ACCOUNT, Band, Channel, Level, ObligationKind
from cs_retention.engine.workdays import WorkCalendar

POLICY = PlanningPolicy()
CADENCES = POLICY.by_level()
COMPANY = WorkCalendar()
AS_OF = date(2026, 11, 11)
A, B = "manager.a@branch.example", "manager.b@branch.example"
EVERYBODY = (A, B, "manager.c@branch.example")


def customer(name="C1", level=Level.ONE_STAR, **given) -> CustomerPlanInputs:
	"""A customer of A and B, Healthy, called in the month before."""
	cadence = CADENCES[KEY_ACCOUNT if given.get("is_key_account") else level.value]
	fields = {
		"customer": name,
		"state": f"s-{name}",
		"account_manager": A,
		"backup_manager": B,
		"level": level,
		"is_key_account": False,
		"band": Band.HEALTHY,
		"cadence": cadence,
		"later_cadence": cadence,
		"last_contact": date(2026, 10, 20),
	}
	return CustomerPlanInputs(**{**fields, **given})


def called(inputs, *days, channel=Channel.PHONE):
	"""The customer after contacts on these days."""
	made = tuple(MadeContact(day, channel) for day in days)
	return replace(inputs, contacts=(*inputs.contacts, *made), last_contact=max(days))


def dated(kind, start, end, state="s-C1", **given) -> DatedObligation:
	return DatedObligation(f"{kind.value}|{state}|{start}", kind, start, end, **given)


def people(calendar=COMPANY, away=(), capacity=20, base=None, reserve=2):
	"""A look-up of people who keep the company's calendar: `away` maps persons to days."""

	def look_up(person):
		own = calendar.without(dict(away).get(person, ()))
		return PersonInputs(person, own, capacity, reserve, (base or {}).get(person, {}))

	return look_up


def everybody_works(person, day):
	return person is not None


def plan_one(inputs, as_of=AS_OF, policy=POLICY, calendar=COMPANY, works=everybody_works):
	"""The plan of one customer; `day(n)` of its horizon gives dates."""
	horizon = Horizon(calendar, policy, as_of)
	return plan_customer(inputs, horizon, works), horizon


def book(customers, as_of=AS_OF, calendar=COMPANY, policy=POLICY, group=None, **given):
	return plan_book(customers, people(calendar, **given), Horizon(calendar, policy, as_of), group)


def standing(plan, shown=date.max):
	"""The callbacks a plan leaves behind, by customer; those due up to `shown` are committed."""
	found = {}
	for number, contact in enumerate(plan.contacts):
		found.setdefault(contact.customer, []).append(
			StandingCallback(
				contact.callback or f"CB-{number:05d}",
				contact.due_date,
				contact.channel,
				contact.responsible,
				tuple(purpose.key for purpose in contact.purposes),
				contact.due_date <= shown,
				contact.window_start,
				contact.window_end,
			)
		)
	return found


def callback(key, due, is_committed=True, name="CB-1", **given):
	fields = {"channel": Channel.PHONE, "responsible": A, **given}
	return StandingCallback(
		name, due, keys=(key,) if isinstance(key, str) else key, is_committed=is_committed, **fields
	)


def rows(plan):
	"""The contacts of a plan without names and reasons, in order."""
	return sorted(
		(
			contact.customer,
			contact.due_date,
			contact.responsible,
			contact.window_start,
			contact.window_end,
			contact.channel.value,
			tuple(purpose.key for purpose in contact.purposes),
		)
		for contact in plan.contacts
	)


def random_book(seed, count=40, with_dates=True):
	"""(customers, calendar, as_of, away) of a small branch with a festival week, absences and dated obligations."""
	rng = random.Random(seed)
	as_of = AS_OF + timedelta(days=rng.randrange(40))
	holiday = as_of + timedelta(days=rng.randrange(25))
	calendar = WorkCalendar(
		off=frozenset(holiday + timedelta(days=n) for n in range(rng.choice((0, 3, 8)))),
		work=frozenset({holiday - timedelta(days=(holiday.weekday() + 2) % 7)}),
	)
	away = {
		person: [as_of + timedelta(days=rng.randrange(30) + n) for n in range(rng.choice((0, 2, 9, 40)))]
		for person in EVERYBODY
	}
	return [random_customer(rng, n, as_of, with_dates) for n in range(count)], calendar, as_of, away


def random_customer(rng, number, as_of, with_dates):
	name = f"C{number:03d}"
	level = rng.choice(list(Level))
	last = as_of - timedelta(days=rng.randrange(40)) if rng.random() < 0.8 else None
	made = customer(
		name,
		level,
		is_key_account=rng.random() < 0.2,
		account_manager=rng.choice((*EVERYBODY, None)),
		backup_manager=rng.choice((*EVERYBODY, None, None)),
		band=rng.choice(list(Band)),
		last_contact=last,
		contacts=(MadeContact(last, rng.choice((Channel.PHONE, Channel.VISIT))),) if last else (),
		missed_in_a_row=rng.randrange(3),
		value_at_risk=rng.randrange(3),
	)
	return replace(made, **_extras(rng, made, as_of)) if with_dates else made


def _extras(rng, made, as_of):
	extras = {}
	if rng.random() < 0.4:
		kind = rng.choice([kind for kind in ObligationKind if kind is not ObligationKind.QUOTA])
		start = as_of + timedelta(days=rng.randrange(-6, 20))
		end = start + timedelta(days=rng.randrange(9))
		urgent = kind is ObligationKind.COMPLAINT
		extras["obligations"] = (dated(kind, start, end, made.state, is_urgent=urgent),)
	if rng.random() < 0.1:
		extras["pause"] = (
			as_of + timedelta(days=rng.randrange(9)),
			as_of + timedelta(days=rng.randrange(9, 40)),
		)
	if rng.random() < 0.1:
		extras["attempts"] = (as_of,)
	if rng.random() < 0.2:
		extras["preferred_weekdays"] = frozenset({rng.randrange(5)})
	if rng.random() < 0.1:
		extras["channels"] = frozenset({Channel.MESSAGE, Channel.VISIT})
	return extras

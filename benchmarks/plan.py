"""Planning a seeded book: processor seconds, memory, and ratios to the whole book. Run: python benchmarks/plan.py [customers]."""

from __future__ import annotations

import random
import statistics
import sys
import time
import tracemalloc
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from cs_retention.engine.cadence import PlanningPolicy
from cs_retention.engine.horizon import Horizon
from cs_retention.engine.obligations import CustomerPlanInputs, DatedObligation, MadeContact, StandingCallback
from cs_retention.engine.plan import BookPlan, PersonInputs, plan_book
from cs_retention.engine.vocabulary import KEY_ACCOUNT, Band, Channel, Level, ObligationKind
from cs_retention.engine.workdays import WorkCalendar

AS_OF = date(2026, 11, 11)
CUSTOMERS_PER_PERSON = 250
ROUNDS = 3
LEVELS = (
	(0.02, KEY_ACCOUNT),
	(0.08, Level.FIVE_STAR.value),
	(0.25, Level.FOUR_STAR.value),
	(0.55, Level.THREE_STAR.value),
	(0.80, Level.TWO_STAR.value),
	(1.00, Level.ONE_STAR.value),
)
BANDS = (Band.HEALTHY,) * 6 + (Band.WATCH,) * 2 + (Band.AT_RISK, Band.CRITICAL)
KINDS = (ObligationKind.COMPLAINT, ObligationKind.AFTER_SERVICE, ObligationKind.PROMISE, ObligationKind.CARE)


def make_book(count: int, policy: PlanningPolicy, dated_share: float = 0.1) -> list[CustomerPlanInputs]:
	"""Return a seeded book: six levels, last contacts over 40 days, one customer in ten with a dated obligation."""
	rng = random.Random(20261111)
	cadences = policy.by_level()
	people = [f"manager.{n:03d}@branch.example" for n in range(max(1, count // CUSTOMERS_PER_PERSON))]
	return [_customer(n, rng, cadences, people, dated_share) for n in range(count)]


def _customer(n, rng, cadences, people, dated_share):
	share = rng.random()
	level = next(level for upper, level in LEVELS if share <= upper)
	last = AS_OF - timedelta(days=rng.randrange(1, 40)) if rng.random() < 0.85 else None
	mine = n % len(people)
	return CustomerPlanInputs(
		customer=f"CUST-{n:06d}",
		state=f"state{n:06d}",
		account_manager=people[mine],
		backup_manager=people[(mine + 1) % len(people)] if rng.random() < 0.8 else None,
		level=Level.FIVE_STAR if level == KEY_ACCOUNT else Level(level),
		is_key_account=level == KEY_ACCOUNT,
		band=rng.choice(BANDS),
		cadence=cadences[level],
		later_cadence=cadences[level],
		last_contact=last,
		contacts=(MadeContact(last),) if last and last >= AS_OF.replace(day=1) else (),
		obligations=_dated(n, rng) if rng.random() < dated_share else (),
		value_at_risk=rng.random(),
		missed_in_a_row=rng.randrange(3),
	)


def _dated(n, rng):
	kind = rng.choice(KINDS)
	start = AS_OF + timedelta(days=rng.randrange(-2, 25))
	end = start + timedelta(days=rng.choice((2, 4, 9)))
	return (DatedObligation(f"{kind.value}|state{n:06d}|X{n}", kind, start, end),)


def person_of(capacity: int = 20, base: dict[str, Counter[date]] | None = None):
	"""Return the look-up of people: every eighth is away for a week."""

	def look_up(person: str) -> PersonInputs:
		number = int(person[8:11])
		away = [AS_OF + timedelta(days=number % 28 + n) for n in range(7)] if number % 8 == 0 else []
		load = base.get(person, Counter()) if base else {}
		return PersonInputs(person, WorkCalendar().without(away), capacity, 2, load)

	return look_up


def measure(name: str, customers: list[CustomerPlanInputs], policy: PlanningPolicy, look_up, against=None):
	"""Print one row (median of three) and return its seconds and plan."""
	spent = []
	for _ in range(ROUNDS):
		started = time.process_time()
		plan = plan_book(customers, look_up, Horizon(WorkCalendar(), policy, AS_OF))
		spent.append(time.process_time() - started)
	seconds = statistics.median(spent)
	tracemalloc.start()
	plan_book(customers, look_up, Horizon(WorkCalendar(), policy, AS_OF))
	peak = tracemalloc.get_traced_memory()[1] / 1e6
	tracemalloc.stop()
	contacts = sum(1 for _ in plan.contacts)
	left = sum(row.missing for row in plan.overflow)
	ratio = f"{seconds / against:.2f}" if against else "1.00"
	print(
		f"{name:<24}{len(customers):>10,}{contacts:>10,}{left:>10,}{seconds:>9.2f} s{peak:>8.1f} MB{ratio:>8}"
	)
	return seconds, plan


def changed_night(book: list[CustomerPlanInputs], plan: BookPlan):
	"""Return the customers of an ordinary night (one in twenty called yesterday) and the load of all others."""
	changed = set(random.Random(5).sample(range(len(book)), len(book) // 20))
	names = {book[n].customer for n in changed}
	base: dict[str, Counter[date]] = {}
	standing: dict[str, list[StandingCallback]] = {}
	for n, contact in enumerate(plan.contacts):
		if contact.customer not in names:
			base.setdefault(contact.responsible, Counter())[contact.due_date] += 1
			continue
		keys = tuple(purpose.key for purpose in contact.purposes)
		standing.setdefault(contact.customer, []).append(
			StandingCallback(
				f"CB-{n}",
				contact.due_date,
				contact.channel,
				contact.responsible,
				keys,
				contact.due_date <= plan.horizon.shown_until,
				contact.window_start,
				contact.window_end,
			)
		)
	yesterday = AS_OF - timedelta(days=1)
	customers = [
		replace(
			book[n],
			last_contact=yesterday,
			contacts=(*book[n].contacts, MadeContact(yesterday, Channel.PHONE)),
			standing=tuple(standing.get(book[n].customer, ())),
		)
		for n in sorted(changed)
	]
	return customers, base


def main(count: int) -> None:
	"""Print the table of ratios."""
	policy = PlanningPolicy()
	book = make_book(count, policy)
	print(
		f"{'plan':<24}{'customers':>10}{'contacts':>10}{'left out':>10}{'seconds':>11}{'memory':>11}{'ratio':>8}"
	)
	whole, plan = measure("whole book", book, policy, person_of())
	measure("quota and visits alone", make_book(count, policy, 0.0), policy, person_of(), whole)
	customers, base = changed_night(book, plan)
	measure("5 % changed", customers, policy, person_of(base=base), whole)
	measure("overloaded", book, policy, person_of(capacity=8), whole)
	tenth = make_book(count // 10, policy)
	measure("a tenth of the book", tenth, policy, person_of(), whole)


if __name__ == "__main__":
	main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)

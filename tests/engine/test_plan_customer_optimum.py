"""One customer's plan against every plan there is: small axes, all sets of contacts tried."""

import random
from itertools import pairwise, product

import pytest
from planner_brute_force import cheapest, cost, days_of

from cs_retention.engine.contacts import Demand, Problem, Quota
from cs_retention.engine.piercing import _absorb, earliest_contacts, solve
from cs_retention.engine.shortest_path import shortest_path
from cs_retention.engine.vocabulary import Channel
from cs_retention.engine.windows import between

PHONE, VISIT, MESSAGE = Channel.PHONE, Channel.VISIT, Channel.MESSAGE
SETS = {
	1: [{PHONE}],
	2: [{PHONE, VISIT}, {VISIT}, {PHONE, VISIT}],
	3: [{MESSAGE}, {PHONE, VISIT}, {VISIT}, {MESSAGE, PHONE, VISIT}],
}
CHANNELS = {1: (PHONE,), 2: (PHONE, VISIT), 3: (MESSAGE, PHONE, VISIT)}


def random_problem(rng: random.Random, days: int, channel_count: int) -> Problem:
	working = rng.getrandbits(days) | rng.getrandbits(days)
	usable = working & (rng.getrandbits(days) | rng.getrandbits(days) | rng.getrandbits(days))
	today = rng.choice((0, 0, 1, 3))
	switch = rng.choice((0, 0, days // 2))
	gap, later_gap = rng.randint(1, 4), rng.randint(1, 4)
	gaps = (gap, later_gap if switch else gap)
	opened = usable >> today << today
	cut = sorted(rng.sample(range(1, days), rng.randint(0, 2)))
	quotas = tuple(
		Quota(first, end - 1, rng.choice((0, 1, 1, 2, 3)), gaps[first >= switch])
		for first, end in pairwise([0, *cut, days])
		if not first < switch < end
	)
	demands = []
	for _ in range(rng.choice((0, 1, 1, 2, 3))):
		first = rng.randrange(days)
		window = usable & between(first, first + rng.randrange(days))
		if window & opened:
			demands.append(Demand(window, frozenset(rng.choice(SETS[channel_count]))))
	fixed = [(day, day, day) for day in range(today, days) if rng.random() < 0.06]
	return Problem(
		working=working,
		usable=usable,
		today=today,
		last=rng.choice((None, None, -2, -1, today - 1)),
		switch=switch,
		gaps=gaps,
		quotas=quotas,
		demands=tuple(demands),
		fixed=tuple(fixed),
		channels=CHANNELS[channel_count],
		counting=frozenset({PHONE, VISIT}),
	)


CASES = [
	pytest.param(days, channels, count, seed, id=f"{days} days, {channels} channels")
	for seed, (days, channels, count) in enumerate(
		[(8, 1, 2500), (11, 1, 250), (5, 2, 500), (6, 2, 120), (4, 3, 150)]
	)
]


@pytest.mark.parametrize(("days", "channel_count", "count", "seed"), CASES)
def test_plan_of_a_customer_costs_no_more_than_any_other_plan(days, channel_count, count, seed):
	rng = random.Random(seed)
	for _ in range(count):
		problem = random_problem(rng, days, channel_count)
		solution = solve(problem)
		contacts = [(contact.pick.day, contact.pick.channel) for contact in solution.contacts]
		assert cost(problem, contacts) == cheapest(problem), problem
		assert sum(solution.short) == cost(problem, contacts)[1]


def test_search_alone_finds_what_the_quick_way_finds():
	rng = random.Random(77)
	quick = 0
	for _ in range(3000):
		problem = random_problem(rng, 14, rng.choice((1, 2)))
		picks, short = earliest_contacts(problem)
		if problem.demands:
			picks = _absorb(problem, picks)
			if picks is None:
				continue
		quick += 1
		found, missing = shortest_path(problem)
		assert cost(problem, [(p.day, p.channel) for p in picks]) == cost(
			problem, [(p.day, p.channel) for p in found]
		)
		assert sum(short) == sum(missing)
	assert quick > 1000


def test_any_days_of_the_windows_keep_the_gaps_and_meet_what_is_owed():
	rng = random.Random(11)
	clean = 0
	for _ in range(3000):
		problem = random_problem(rng, 12, 2)
		solution = solve(problem)
		best = cost(problem, [(contact.pick.day, contact.pick.channel) for contact in solution.contacts])
		for contact in solution.contacts:
			assert contact.days & ~problem.usable == 0
			assert contact.first >= problem.today
			assert all(contact.days & ~problem.demands[index].days == 0 for index in contact.pick.demands)
		if best[0]:
			continue
		clean += 1
		for days in product(*(_some(rng, days_of(contact.days)) for contact in solution.contacts)):
			chosen = [
				(day, contact.pick.channel) for day, contact in zip(days, solution.contacts, strict=True)
			]
			assert cost(problem, chosen) == best
	assert clean > 2000


def _some(rng, days):
	return {days[0], days[-1], rng.choice(days)}


def test_windows_of_a_quota_are_disjoint_and_none_can_grow():
	rng = random.Random(5)
	for _ in range(1500):
		problem = random_problem(rng, 20, 1)
		problem = Problem(
			**{
				**{name: getattr(problem, name) for name in Problem.__slots__},
				"demands": (),
				"today": 0,
				"last": None,
				"fixed": (),
			}
		)
		contacts = solve(problem).contacts
		for before, after in pairwise(contacts):
			assert after.first - before.last >= problem.gap_at(after.first)
		for index, contact in enumerate(contacts):
			for longer in _one_day_longer(problem, contact):
				spans = [longer if n == index else (c.first, c.last) for n, c in enumerate(contacts)]
				assert not _is_allowed(problem, contacts, spans)


def _one_day_longer(problem, contact):
	before = [day for day in days_of(problem.working) if day < contact.first]
	after = [day for day in days_of(problem.working) if day > contact.last]
	yield from [(before[-1], contact.last)] if before else []
	yield from [(contact.first, after[0])] if after else []


def _is_allowed(problem, contacts, spans):
	for contact, (first, last) in zip(contacts, spans, strict=True):
		quota = problem.quotas[contact.pick.quota]
		if (
			first < quota.first
			or last > quota.last
			or problem.working & ~problem.usable & between(first, last)
		):
			return False
	return all(after[0] - before[1] >= problem.gap_at(after[0]) for before, after in pairwise(spans))

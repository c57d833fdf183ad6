"""Every plan of a small case tried one by one: what the planner's results are compared with."""

from itertools import combinations, pairwise, product

from cs_retention.engine.contacts import Problem


def days_of(mask):
	return [day for day in range(mask.bit_length()) if mask >> day & 1]


def all_contact_sets(problem: Problem):
	"""Yield every set of new contacts (day, channel), any number of channels on a day."""
	days = [day for day in days_of(problem.usable) if day >= problem.today]
	subsets = [
		subset
		for count in range(len(problem.channels) + 1)
		for subset in combinations(problem.channels, count)
	]
	for choice in product(subsets, repeat=len(days)):
		yield [(day, channel) for day, channels in zip(days, choice, strict=True) for channel in channels]


def cost(problem: Problem, contacts):
	"""(gaps broken, contacts short, contacts, channel cost) of a set of contacts, None when it is not allowed.

	Not allowed is a set that leaves a demand unmet, or in which a contact is nearer than the gap to another although
	no demand needs it.
	"""
	if any(not _meeting(demand, contacts) for demand in problem.demands):
		return None
	needed = {met[0] for demand in problem.demands if len(met := _meeting(demand, contacts)) == 1}
	events = [(day, True) for day, _, _ in problem.fixed]
	events += [(contact[0], contact in needed) for contact in contacts]
	events += [(problem.last, True)] if problem.last is not None else []
	events.sort()
	broken = 0
	for (before, before_may), (day, may) in pairwise(events):
		if day - before < problem.gaps[day >= problem.switch]:
			if not (before_may and may):
				return None
			broken += 1
	short = 0
	for quota in problem.quotas:
		counted = sum(
			quota.first <= day <= quota.last and channel in problem.counting for day, channel in contacts
		)
		short += max(0, quota.owed - counted)
	return broken, short, len(contacts), sum(problem.channels.index(channel) for _, channel in contacts)


def _meeting(demand, contacts):
	return [
		(day, channel) for day, channel in contacts if demand.days >> day & 1 and channel in demand.channels
	]


def cheapest(problem: Problem):
	"""The least cost of any set of contacts."""
	return min(
		found for found in (cost(problem, contacts) for contacts in all_contact_sets(problem)) if found
	)


def assignments(masks):
	"""Yield every way to give each call one of its places."""
	yield from product(*(days_of(mask) for mask in masks))


def fits(masks, rooms):
	"""Tell whether all calls find a place at once, by trying."""
	return _fits(sorted(masks, key=int.bit_count), list(rooms))


def _fits(masks, rooms):
	if not masks:
		return True
	for place in days_of(masks[0]):
		if rooms[place] > 0:
			rooms[place] -= 1
			if _fits(masks[1:], rooms):
				return True
			rooms[place] += 1
	return False


def best_taken(masks, rooms):
	"""The set of calls to take: of the largest that fit the one whose members rank best, as flags in order of rank."""
	for count in range(len(masks), -1, -1):
		for chosen in combinations(range(len(masks)), count):
			if fits([masks[index] for index in chosen], rooms):
				return [index in chosen for index in range(len(masks))]
	return []


def most_even(masks, base, rooms, width):
	"""(smallest sum of squares, smallest peak) over every way to place all calls within the rooms."""
	squares, peaks = [], []
	for places in assignments(masks):
		if rooms is not None and any(places.count(place) > rooms[place] for place in set(places)):
			continue
		loads = list(base)
		for place in places:
			loads[place % width] += 1
		squares.append(sum(load * load for load in loads))
		peaks.append(max(loads))
	return min(squares), min(peaks)


def smallest_peak(masks, base):
	"""The smallest peak by raising a trial peak until a flow finds room for every call."""
	peak = max(base)
	while not _flow([max(0, peak - load) for load in base], masks):
		peak += 1
	return peak


def _flow(rooms, masks):
	held = {}
	return all(_augment(index, rooms, masks, held, set()) for index in range(len(masks)))


def _augment(index, rooms, masks, held, seen):
	for day in days_of(masks[index]):
		if day in seen:
			continue
		seen.add(day)
		at = held.setdefault(day, [])
		if len(at) < rooms[day]:
			at.append(index)
			return True
		for other in at:
			if _augment(other, rooms, masks, held, seen):
				at.remove(other)
				at.append(index)
				return True
	return False

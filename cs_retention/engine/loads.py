"""One person's days: which calls find room, and the most even spread of them (PLANNER, *choose and level*).

Days are integers and windows bit masks. Calls of equal masks form a class; a board counts each class per day, so the
work grows with classes and days, not with calls.
"""

from __future__ import annotations

from collections.abc import Sequence

from cs_retention.engine.windows import bits

UNBOUNDED = 1 << 30


class Board:
	"""Counts of classes on places. A place is a day, or with `rooms` also the reserve of a day (place day + width).

	`loads` holds the whole load per day, what is given and what is put; `rooms` how many calls each place takes.
	"""

	def __init__(self, base: Sequence[int], rooms: Sequence[int] | None = None):
		self.width = len(base)
		self.loads = list(base)
		places = self.width if rooms is None else len(rooms)
		self.free = [UNBOUNDED] * places if rooms is None else list(rooms)
		self.held: list[dict[int, int]] = [{} for _ in range(places)]
		self.reach = [0] * places
		self.closed = 0

	def put(self, mask: int, place: int) -> None:
		"""Add a call of the class `mask` to a place."""
		held = self.held[place]
		held[mask] = held.get(mask, 0) + 1
		self.reach[place] |= mask
		self.loads[place % self.width] += 1
		self.free[place] -= 1

	def take(self, mask: int, place: int) -> None:
		"""Take a call of the class `mask` from a place."""
		held = self.held[place]
		self.loads[place % self.width] -= 1
		self.free[place] += 1
		if held[mask] > 1:
			held[mask] -= 1
			return
		del held[mask]
		reach = 0
		for other in held:
			reach |= other
		self.reach[place] = reach

	def give(self, place: int, count: int) -> None:
		"""Add to what is given on a place; a negative count takes away."""
		self.loads[place % self.width] += count
		self.free[place] -= count

	def add(self, mask: int, hint: int = -1) -> bool:
		"""Add a call of the class `mask`, on its hint where there is room; False when no chain of moves makes room."""
		# The reserve first: what is in it leaves the day's general room to calls that have no other.
		for place in (hint + self.width, hint) if hint >= 0 else ():
			if mask >> place & 1 and self.free[place] > 0:
				self.put(mask, place)
				return True
		start = mask & ~self.closed
		came: dict[int, int] = dict.fromkeys(bits(start), -1)
		free = [place for place in came if self.free[place] > 0]
		if free:
			self.put(mask, min(free, key=lambda place: self.loads[place % self.width]))
			return True
		seen = self.closed | start
		queue = list(came)
		for place in queue:
			if self.free[place] > 0:
				self.put(mask, self._shift(came, place))
				return True
			new = self.reach[place] & ~seen
			seen |= new
			for other in bits(new):
				came[other] = place
				queue.append(other)
		self.closed = seen
		return False

	def _shift(self, came: dict[int, int], place: int) -> int:
		"""Move one call along each step of the chain that ends at `place`; return the place where it begins."""
		while (before := came[place]) >= 0:
			moved = min(other for other in self.held[before] if other >> place & 1)
			self.take(moved, before)
			self.put(moved, place)
			place = before
		return place

	def level(self) -> None:
		"""Exchange along chains from a fuller day to one at least two lighter until there is none.

		Then the sum of squares of the loads is the smallest possible, and with it the peak.
		"""
		while self._level_once():
			pass

	def _level_once(self) -> bool:
		"""Pass over the days, the fullest first; tell whether anything moved."""
		moved = False
		settled = 0
		places = len(self.held)
		for day in sorted(range(self.width), key=lambda day: (-self.loads[day], day)):
			while True:
				mine = [p for p in range(day, places, self.width) if self.held[p] and not settled >> p & 1]
				seen = self._relieve(mine, self.loads[day], settled) if mine else settled
				if seen is not None:
					settled = seen
					break
				moved = True
		return moved

	def _relieve(self, sources: list[int], load: int, settled: int) -> int | None:
		"""Move one call towards a day at least two lighter and return None, or return the places settled by now."""
		came: dict[int, int] = dict.fromkeys(sources, -1)
		seen = settled
		for place in sources:
			seen |= 1 << place
		queue = sources
		while queue:
			layer: list[int] = []
			for place in queue:
				new = self.reach[place] & ~seen
				seen |= new
				for other in bits(new):
					came[other] = place
					layer.append(other)
			best = min(
				(place for place in layer if self.free[place] > 0),
				key=lambda place: (self.loads[place % self.width], place),
				default=None,
			)
			if best is not None and self.loads[best % self.width] <= load - 2:
				self._shift(came, best)
				return None
			queue = layer
		return seen


def spread(masks: Sequence[int], base: Sequence[int], hints: Sequence[int] = ()) -> Board:
	"""Return the most even board that holds all calls; a call starts on its hint (a day or -1) where it can."""
	board = Board(base)
	loads, put = board.loads, board.put
	rest = []
	for index, mask in enumerate(masks):
		hint = hints[index] if hints else -1
		if hint >= 0 and mask >> hint & 1:
			put(mask, hint)
		else:
			rest.append(mask)
	days_of: dict[int, list[int]] = {mask: list(bits(mask)) for mask in set(rest)}
	for mask in sorted(rest, key=lambda mask: (len(days_of[mask]), mask)):
		put(mask, min(days_of[mask], key=loads.__getitem__))
	board.level()
	return board


def choose(
	masks: Sequence[int], base: Sequence[int], rooms: Sequence[int], hints: Sequence[int] = ()
) -> tuple[Board, list[bool]]:
	"""Return the most even board of the calls that find room, and which do, in the order of the calls.

	Calls come in order of rank. Those taken are the most that fit, and those left out are of the lowest rank
	possible (greedy in a transversal matroid).
	"""
	board = Board(base, rooms)
	taken = [board.add(mask, hints[index] if hints else -1) for index, mask in enumerate(masks)]
	board.level()
	return board, taken


def rooms_of(
	base: Sequence[int], reserved: Sequence[int], capacity: int, reserve: int
) -> tuple[list[int], list[int]]:
	"""Return per day the room for any call and the further room for calls that may use the reserve.

	`base` is the load given, `reserved` the part of it that may use the reserve and takes it up first.
	"""
	general, spare = [], []
	for load, special in zip(base, reserved, strict=True):
		whole = max(0, capacity - load)
		routine = max(0, capacity - reserve - (load - min(reserve, special)))
		general.append(min(whole, routine))
		spare.append(whole - general[-1])
	return general, spare

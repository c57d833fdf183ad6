"""Who could take over calls: never beyond the room there is, never somebody who lacks room, all of it where there is enough."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.book_load import BookLoad, Relief, reliefs


def test_the_largest_need_goes_to_the_largest_room() -> None:
	loads = [
		BookLoad("a", planned=100, capacity=90, without_day=2),
		BookLoad("b", planned=80, capacity=85),
		BookLoad("c", planned=10, capacity=18),
		BookLoad("d", planned=5, capacity=5, without_day=1),
	]
	assert reliefs(loads) == {"a": (Relief("c", 8), Relief("b", 4)), "d": (Relief("b", 1),)}


def test_without_room_nobody_is_proposed() -> None:
	assert reliefs([BookLoad("a", 9, 8)]) == {"a": ()}
	assert reliefs([BookLoad("a", 9, 8), BookLoad("b", 3, 3)]) == {"a": ()}
	assert reliefs([]) == {}


counts = st.integers(0, 50)
books = st.lists(st.builds(BookLoad, st.text("abcdefgh", min_size=1, max_size=2), counts, counts, counts))


@given(books.map(lambda loads: list({load.person: load for load in loads}.values())))
def test_as_much_as_there_is_room_for_is_taken_and_no_more(loads: list[BookLoad]) -> None:
	rooms = {load.person: load.room for load in loads if not load.lacks}
	taken = Counter[str]()
	for given_away in reliefs(loads).values():
		for relief in given_away:
			assert relief.calls > 0
			taken[relief.to] += relief.calls
	assert all(taken[person] <= rooms[person] for person in taken)
	assert taken.total() == min(sum(load.lacks for load in loads), sum(rooms.values()))

"""The snapshot that the first night of a quarter writes: once, to the end, and a report reads it where it stands."""

from __future__ import annotations

from datetime import date

import pytest
from support_book import add, add_invoices, open_sqlite_book
from support_quarter import make_truths, play_night, write_down

from cs_retention.engine.policy import Policy
from cs_retention.engine.quarter_periods import QuarterPeriod, YearStart
from cs_retention.facts.basis import read_book_figures
from cs_retention.facts.book import read_shape
from cs_retention.facts.cohort import is_snapshot_written
from cs_retention.facts.past import past_pages
from cs_retention.nightly import phases
from cs_retention.nightly.cohort import read_cohort
from cs_retention.nightly.levels_then import LevelsThen
from cs_retention.store.base import Store

Q3, AFTER = QuarterPeriod(2026, 3), date(2026, 10, 15)
SHOWN = ("customer", "company", "account_manager", "territory", "star_level", "was_active", "revenue_before")


def written(store: Store, quarter: QuarterPeriod = Q3, *columns: str) -> list[tuple]:
	listed = ", ".join(columns or SHOWN)
	query = (
		f"SELECT {listed} FROM `tabQuarterly Cohort Customer` WHERE quarter_start = %(day)s ORDER BY customer"
	)
	return list(store.rows(query, {"day": quarter.start}))


def seen(store: Store, quarter: QuarterPeriod = Q3) -> list[tuple]:
	"""Return what a report finds of the beginning of a quarter, of those it began with."""
	rows = [each.row for each in read_cohort(store, Policy(), quarter, AFTER)]
	return [
		(
			*(row.customer, row.company, row.account_manager, row.territory, row.level_before),
			*(int(row.was_active), float(row.revenue_before)),
		)
		for row in rows
		if row.level_before
	]


@pytest.mark.parametrize("chunk", [7, 1000])
def test_the_first_night_writes_what_a_report_would_put_together(chunk: int) -> None:
	store = write_down(make_truths(4, 50, AFTER))
	together = seen(store)
	assert play_night(store, Q3.start, chunk) == "Done"
	assert [(*row[:-1], float(row[-1])) for row in written(store)] == sorted(together)
	assert len(together) == 50 and {row[5] for row in together} == {0, 1}
	assert set(written(store, Q3, "quarter", "written_on", "is_reconstructed")) == {
		("2026Q3", Q3.start.isoformat(), 0)
	}


def test_it_is_written_once_and_stays_as_it_was() -> None:
	store = write_down(make_truths(5, 30, AFTER))
	play_night(store, Q3.start)
	before, found = written(store), seen(store)
	name = next(row[0] for row in before if row[5])
	add_invoices(store, name, {"posting_date": Q3.eve, "base_net_total": 5_000})
	store.change("UPDATE tabCustomer SET account_manager = 'c@branch.example', territory = 'West'", {})
	play_night(store, date(2026, 7, 2))
	assert written(store) == before
	assert seen(store) == found
	phases_played = store.rows("SELECT COUNT(*) FROM `tabRetention Run Chunk` WHERE phase = 'Snapshot'")
	assert next(iter(phases_played))[0] == 2


def test_a_missed_first_night_is_made_up_for_and_said() -> None:
	store = write_down(make_truths(6, 30, AFTER))
	found = seen(store)
	add(store, "Customer", [{"name": "Came later", "disabled": 0, "is_internal_customer": 0}])
	play_night(store, date(2026, 8, 20))
	assert set(written(store, Q3, "written_on", "is_reconstructed")) == {("2026-08-20", 1)}
	assert {row[0] for row in found} <= {row[0] for row in seen(store)} | {
		row[0] for row in found if not row[5]
	}


def test_a_night_that_broke_off_is_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
	store = write_down(make_truths(7, 30, AFTER))
	writing, calls = phases.write_snapshot, []

	def failing(store: Store, page: list, *given: object) -> int:
		calls.append([row.name for row in page])
		if len(calls) == 2:
			raise MemoryError("no room")
		return writing(store, page, *given)

	with monkeypatch.context() as patched:
		patched.setattr(phases, "write_snapshot", failing)
		patched.setattr(phases.Night, "halves", lambda *_: ())
		patched.setattr("cs_retention.nightly.worker.customers_of", lambda *_: [])
		assert play_night(store, Q3.start, 10) == "Failed"
	assert not is_snapshot_written(store, Q3) and 0 < len(written(store)) < 30
	play_night(store, date(2026, 7, 3), 10)
	assert is_snapshot_written(store, Q3)
	assert len({row[0] for row in written(store)}) == len(written(store))
	assert set(written(store, Q3, "is_reconstructed")) == {(0,), (1,)}


def test_a_customer_that_cannot_be_read_is_left_out_alone(monkeypatch: pytest.MonkeyPatch) -> None:
	store = write_down(make_truths(8, 12, AFTER))
	writing = phases.write_snapshot

	def poisoned(store: Store, page: list, *given: object) -> int:
		if any(row.name == "Customer 004" for row in page):
			raise ValueError("a figure that is none")
		return writing(store, page, *given)

	monkeypatch.setattr(phases, "write_snapshot", poisoned)
	assert play_night(store, Q3.start) == "Done"
	assert is_snapshot_written(store, Q3)
	assert "Customer 004" not in {row[0] for row in written(store)} and len(written(store)) > 5
	spared = "SELECT customers_spared FROM `tabRetention Run`"
	assert list(store.rows(spared)) == [(1,)]


def test_the_year_of_the_quarters_may_begin_on_another_day() -> None:
	store, begins = write_down(make_truths(9, 10, AFTER)), YearStart(4, 6)
	play_night(store, date(2026, 7, 6), begins=begins)
	quarter = QuarterPeriod(2026, 2, begins)
	assert quarter.start == date(2026, 7, 6)
	assert set(written(store, quarter, "quarter", "is_reconstructed")) == {("FY2026Q2", 0)}
	assert is_snapshot_written(store, quarter)
	play_night(store, date(2026, 10, 7), begins=begins)
	assert written(store, quarter.moved(1), "quarter")


def ranked_book() -> Store:
	"""Return a book of ten customers who bought for 100, 200 .. 1000 in the year before the quarter."""
	store = open_sqlite_book()
	for number in range(1, 11):
		name = f"Customer {number:02d}"
		add(store, "Customer", [{"name": name, "disabled": 0, "is_internal_customer": 0}])
		bills = [{"posting_date": date(2025, month, 1), "base_net_total": 50 * number} for month in (9, 10)]
		add_invoices(store, name, *bills)
	store.commit()
	return store


def revenues_then(store: Store, is_past: bool = True) -> list[float]:
	figures = read_book_figures(store, read_shape(store), Q3.eve, 3, is_past)
	return [amount for amounts in figures.revenues.values() for amount in amounts]


def test_who_is_disabled_later_is_still_compared_with() -> None:
	store = ranked_book()

	def levels() -> dict[str, str]:
		rater = LevelsThen.on(store, Policy(), Q3.eve)
		return {key: level for page in past_pages(store) for key, level in rater.of(page).items()}

	before, revenues = levels(), revenues_then(store)
	assert len(set(before.values())) > 1 and len(revenues) == 10
	store.change("UPDATE tabCustomer SET disabled = 1 WHERE name > 'Customer 05'", {})
	assert levels() == before and revenues_then(store) == revenues
	assert revenues_then(store, is_past=False) == revenues[:5]


def test_who_is_disabled_and_had_not_bought_for_a_year_is_compared_with_nobody() -> None:
	store = ranked_book()
	add(store, "Customer", [{"name": f"Gone {place}", "disabled": place} for place in (0, 1)])
	for place in (0, 1):
		add_invoices(store, f"Gone {place}", {"posting_date": date(2025, 6, 30), "base_net_total": 900})
	assert revenues_then(store)[:2] == [0, 100]
	assert len(revenues_then(store)) == 11

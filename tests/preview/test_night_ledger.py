"""The ledger, its workers and the phases of a night, over a book in memory."""

import json
from array import array
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from fault_state import COHORT, canonical_rows, concat_sqlite
from poison import KINDS, JobTimeout, poison
from support_book import AS_OF, add, open_sqlite_book
from support_random_book import PEOPLE, fill, random_book

from cs_retention.engine.night import NightPolicy, night_of
from cs_retention.engine.policy import Policy
from cs_retention.engine.star_rating import RevenueStanding
from cs_retention.engine.vocabulary import ContactDocument, Phase, RunStatus
from cs_retention.facts.book import BookShape, read_rows
from cs_retention.facts.people import read_rows_of
from cs_retention.facts.selection import Selection
from cs_retention.nightly import phases
from cs_retention.nightly.basis import Basis, FiguresOf, dump_basis, load_basis, load_earlier, read_basis
from cs_retention.nightly.contacts import Gathering
from cs_retention.nightly.ledger import (
	CHUNK,
	ERROR_LENGTH,
	RUN,
	STALE_AFTER,
	Done,
	FencedError,
	Ledger,
	Part,
	in_words,
	name_of,
)
from cs_retention.nightly.phases import Night
from cs_retention.nightly.plan import Planner
from cs_retention.nightly.run import run_night
from cs_retention.nightly.worker import RETRIES, Ending, Worker

CUSTOMERS = 96
PAGE = 20
NIGHT = name_of(AS_OF)
NEXT_DAY = AS_OF + timedelta(days=1)
IN_BOOK = 81
"""Customers of the book that are neither disabled nor internal."""

TUESDAY = date(2026, 11, 17)


NAME = "%(name)s"
BUYER = """SELECT customer.name FROM `tabCustomer` customer JOIN `tabSales Invoice` invoice ON invoice.customer = customer.name
	WHERE customer.disabled = 0 AND customer.is_internal_customer = 0 AND invoice.docstatus = 1
		AND invoice.base_net_total > 0 AND invoice.is_return = 0 AND invoice.posting_date < '2026-01-01'"""


class Clock:
	"""The site's clock, set by hand."""

	def __init__(self):
		self.now = datetime(2026, 11, 15, 4)

	def __call__(self):
		return self.now


@pytest.fixture
def store():
	opened = open_sqlite_book()
	yield opened
	opened.close()


@pytest.fixture
def clock():
	return Clock()


@pytest.fixture
def ledger(store, clock):
	return Ledger(store, clock)


@pytest.fixture
def book(store):
	"""A book of a hundred customers, some with a backup for when their account manager is away."""
	fill(store, random_book(5, CUSTOMERS, spell=False))
	names = [
		name
		for (name,) in list(
			store.rows("SELECT name FROM `tabCustomer` WHERE account_manager = %(a)s", {"a": PEOPLE[0]})
		)
	]
	store.update_rows(
		"Customer", ("name", "retention_backup_manager"), [(name, PEOPLE[1]) for name in names[:5]]
	)
	store.commit()
	return store


def opened_run(ledger, day=AS_OF):
	return ledger.read(ledger.open_dates(day, NightPolicy(), Policy))


def ledger_rows(store, doctype, *columns):
	order = "site_date" if doctype == RUN else "phase, first_key"
	return list(store.rows(f"SELECT {', '.join(columns)} FROM `tab{doctype}` ORDER BY {order}"))


def night_over(ledger, **options):
	return lambda run: Night(
		ledger.store,
		ledger.rules_of(run.name),
		run.as_of,
		lambda: ledger.basis_of(run.name),
		chunk=PAGE,
		**options,
	)


def worker_of(ledger, name=NIGHT, stops=(), **options):
	usual = {"sleep": lambda _seconds: None, "patience": 0.05}
	return Worker(ledger, name, night_over(ledger, stops=stops), **{**usual, **options})


def written(store):
	# The snapshot of a quarter is the ledger's alone.
	return canonical_rows(store._connection.cursor(), concat_sqlite, (COHORT,))


class TestOpeningDates:
	def test_the_first_night_has_its_row_its_rules_and_one_chunk(self, ledger, store):
		assert ledger.open_dates(AS_OF, NightPolicy(), Policy) == "Night:2026-11-15"
		assert ledger_rows(
			store, RUN, "name", "site_date", "status", "phase", "attempts", "policy_version"
		) == [("Night:2026-11-15", "2026-11-15", "Running", "Basis", 1, "default-1")]
		assert ledger_rows(store, CHUNK, "phase", "first_key", "status") == [("Basis", "", "Open")]

	def test_a_date_is_opened_once(self, ledger, store):
		opened_run(ledger)
		assert ledger.open_dates(AS_OF, NightPolicy(), lambda: pytest.fail("rules asked in vain")) is None
		assert ledger.open_dates(AS_OF - timedelta(days=3), NightPolicy(), Policy) is None
		assert len(ledger_rows(store, CHUNK, "name")) == 1

	def test_missed_dates_are_skipped_with_the_reason(self, ledger, store, clock):
		opened_run(ledger)
		due = AS_OF + timedelta(days=4)
		ledger.open_dates(due, NightPolicy(catch_up_days=2), Policy)
		rows = ledger_rows(store, RUN, "site_date", "status", "reasons", "policy", "finished_on")[1:]
		codes = [json.loads(reasons)[0]["code"] if reasons else None for _, _, reasons, _, _ in rows]
		assert codes == ["older_than_window", "superseded", "superseded", None]
		assert [row[1] for row in rows] == ["Skipped"] * 3 + ["Running"]
		assert [bool(row[3]) for row in rows] == [False] * 3 + [True]
		assert [bool(row[4]) for row in rows] == [True] * 3 + [False]

	def test_the_run_keeps_its_rules(self, ledger):
		rules = Policy.from_mapping(
			{"version": "v7", "planning": {"capacity": 9}, "cadence": {"Five Star": {"visit_months": 0}}}
		)
		name = ledger.open_dates(AS_OF, NightPolicy(), lambda: rules)
		assert ledger.rules_of(name) == rules

	def test_a_later_date_ends_what_an_earlier_one_left_unfinished(self, ledger, store):
		run = opened_run(ledger)
		chunk = ledger.take(run)
		opened_run(ledger, NEXT_DAY)
		assert ledger.read(run.name).status is RunStatus.SKIPPED
		((reasons, finished_on),) = ledger_rows(store, RUN, "reasons", "finished_on")[:1]
		assert json.loads(reasons) == [{"code": "superseded", "figures": {"by": {"date": "2026-11-16"}}}]
		assert finished_on
		assert sorted(ledger_rows(store, CHUNK, "run", "status")) == [
			(name_of(AS_OF), "Dropped"),
			(name_of(NEXT_DAY), "Open"),
		]
		with pytest.raises(FencedError):
			ledger.finish(chunk, Done())
		assert worker_of(ledger, run.name).work() is Ending.NOTHING_LEFT

	def test_a_run_that_ends_just_then_keeps_its_end(self, ledger, store, monkeypatch):
		run, rows = opened_run(ledger), store.rows

		def ended_meanwhile(query, values=None):
			found = list(rows(query, values))
			if "site_date <" in query:
				store.update_rows(RUN, ("name", "status"), [(run.name, "Done")])
			return iter(found)

		monkeypatch.setattr(store, "rows", ended_meanwhile, raising=False)
		opened_run(ledger, NEXT_DAY)
		assert ledger.read(run.name).status is RunStatus.DONE
		assert ("Open",) in ledger_rows(store, CHUNK, "status")

	def test_there_is_no_run_of_a_date_nobody_opened(self, ledger):
		assert ledger.read(name_of(AS_OF)) is None
		assert worker_of(ledger).work() is Ending.NOTHING_LEFT
		assert ledger.begin_again(name_of(AS_OF), by_person=True) is False


WAKES_EVERY = timedelta(minutes=15)
CHANGES = [
	("America/New_York", date(2026, 3, 8)),
	("America/New_York", date(2026, 11, 1)),
	("Europe/Berlin", date(2026, 3, 29)),
	("Europe/Berlin", date(2026, 10, 25)),
	("Australia/Lord_Howe", date(2026, 4, 5)),
	("Australia/Lord_Howe", date(2026, 10, 4)),
	("Africa/Casablanca", date(2026, 2, 15)),
	("Africa/Casablanca", date(2026, 3, 22)),
	("America/Havana", date(2026, 3, 8)),
	("America/Havana", date(2026, 11, 1)),
]
"""Days on which clocks change: by an hour, by half an hour, and at midnight."""


class TestSummerTime:
	"""The scheduler wakes the night by the time that passes; the night goes by the clock on the wall."""

	def opened(self, ledger, clock, zone, around, hour):
		"""Wake the night every quarter of an hour for six days; return when each date was opened."""
		policy, place = NightPolicy(hour=hour), ZoneInfo(zone)
		moment = datetime(around.year, around.month, around.day, tzinfo=timezone.utc) - timedelta(days=3)
		end, opened = moment + timedelta(days=6), {}
		while moment < end:
			clock.now = moment.astimezone(place).replace(tzinfo=None)
			due = night_of(clock.now, policy)
			if ledger.open_dates(due, policy, Policy):
				opened[due] = moment
			moment += WAKES_EVERY
		return opened

	@pytest.mark.parametrize("hour", [0, 1, 2, 3, 4, 23])
	@pytest.mark.parametrize(("zone", "change"), CHANGES, ids=str)
	def test_every_date_is_opened_once_and_at_its_hour(self, ledger, store, clock, zone, change, hour):
		opened = self.opened(ledger, clock, zone, change, hour)
		assert change in opened
		assert ledger_rows(store, RUN, "site_date") == [(day.isoformat(),) for day in opened]
		assert all(after - before == timedelta(days=1) for before, after in pairwise(opened))
		_first, *later = opened.values()
		apart = [after - before for before, after in pairwise(later)]
		assert timedelta(hours=23) <= min(apart) <= max(apart) <= timedelta(hours=25)
		# An hour that the change leaves out is the next one.
		assert {moment.astimezone(ZoneInfo(zone)).hour for moment in later} <= {hour, hour + 1}

	@pytest.mark.parametrize("hour", [0, 4])
	def test_a_day_that_a_country_leaves_out_is_on_record(self, ledger, store, clock, hour):
		left_out = date(2011, 12, 30)
		opened = self.opened(ledger, clock, "Pacific/Apia", left_out, hour)
		dates = [day for (day,) in ledger_rows(store, RUN, "site_date")]
		assert dates == [(min(opened) + timedelta(days=number)).isoformat() for number in range(len(dates))]
		assert left_out.isoformat() in dates and max(opened).isoformat() == dates[-1]

	def test_an_hour_ahead_takes_a_chunk_over_and_fences_who_has_it(self, ledger, clock):
		run = opened_run(ledger)
		chunk = ledger.take(run)
		clock.now += timedelta(hours=1)
		assert ledger.take(run).name == chunk.name
		with pytest.raises(FencedError):
			ledger.finish(chunk, Done())

	def test_an_hour_back_leaves_a_dead_workers_chunk_an_hour_longer(self, ledger, clock):
		run = opened_run(ledger)
		chunk = ledger.take(run)
		clock.now += STALE_AFTER - timedelta(hours=1)
		assert ledger.take(run) is None
		clock.now += timedelta(hours=1)
		assert ledger.take(run) is None
		clock.now += timedelta(seconds=1)
		assert ledger.take(run).name == chunk.name


class TestChunks:
	@pytest.fixture
	def run(self, ledger):
		run = opened_run(ledger)
		ledger._add_parts(run.name, Phase.BASIS, [Part("b", "c", {"people": ["x"]})])
		ledger.store.commit()
		return run

	def test_each_is_taken_once_in_order(self, ledger, run):
		first, second = ledger.take(run), ledger.take(run)
		assert (first.first, second.first, second.last, second.scope) == ("", "b", "c", {"people": ["x"]})
		assert first.token != second.token
		assert ledger.take(run) is None

	def test_a_finished_one_keeps_figures_and_who_was_left_out(self, ledger, run, store):
		chunk = ledger.take(run)
		ledger.finish(chunk, Done({"customers": 7, "overflow": 2}, [("Acme", "ValueError: no")]))
		store.commit()
		row = ledger_rows(store, CHUNK, "status", "customers", "overflow", "customers_spared", "spared")[0]
		assert row == ("Done", 7, 2, 1, '[["Acme", "ValueError: no"]]')
		with pytest.raises(FencedError):
			ledger.beat(chunk)

	def test_one_given_back_is_taken_again_under_another_token(self, ledger, run):
		chunk = ledger.take(run)
		ledger.release(chunk)
		again = ledger.take(run)
		assert (again.name, again.token == chunk.token) == (chunk.name, False)
		for late in (ledger.beat, ledger.release, lambda late: ledger.finish(late, Done())):
			with pytest.raises(FencedError):
				late(chunk)

	def test_one_cut_gives_its_row_to_the_first_part(self, ledger, run, store):
		ledger.take(run)
		ledger.split(ledger.take(run), [Part("b", "bb"), Part("bc", "c", {"people": ["y"]})])
		assert ledger_rows(store, CHUNK, "first_key", "last_key", "scope", "status") == [
			("", "", "{}", "Claimed"),
			("b", "bb", "{}", "Open"),
			("bc", "c", '{"people": ["y"]}', "Open"),
		]

	def test_a_failed_one_keeps_the_error_cut_to_length(self, ledger, run, store):
		ledger.fail(ledger.take(run), ValueError("x" * 5000))
		((status, error),) = ledger_rows(store, CHUNK, "status", "error")[:1]
		assert (status, len(error)) == ("Failed", ERROR_LENGTH)
		assert in_words(KeyError("a")) == "KeyError: 'a'"

	def test_one_without_a_sign_of_life_is_taken_over_and_its_late_worker_fenced(self, ledger, run, clock):
		chunk = ledger.take(run)
		clock.now += STALE_AFTER
		assert ledger.take(run).first == "b"
		assert ledger.take(run) is None
		clock.now += timedelta(seconds=1)
		assert ledger.take(run).name == chunk.name
		with pytest.raises(FencedError):
			ledger.finish(chunk, Done())

	def test_a_sign_of_life_keeps_it(self, ledger, run, clock):
		chunk = ledger.take(run)
		clock.now += STALE_AFTER
		ledger.beat(chunk)
		ledger.beat(chunk)
		clock.now += STALE_AFTER
		assert ledger.take(run).first == "b"
		assert ledger.take(run) is None


class TestPhases:
	def one_part(self, _phase):
		return [Part("", "")]

	def test_the_next_opens_only_once_every_chunk_has_ended(self, ledger):
		run = opened_run(ledger)
		assert ledger.advance(run, self.one_part) is None
		chunk = ledger.take(run)
		assert ledger.advance(run, self.one_part) is None
		ledger.finish(chunk, Done())
		ledger.store.commit()
		assert ledger.advance(run, self.one_part) == replace(run, phase=Phase.RATE)
		assert ledger.advance(run, self.one_part) is None
		assert ledger.read(run.name).phase is Phase.RATE

	def test_a_phase_without_chunks_is_passed_over_and_after_the_last_the_run_is_done(self, ledger, store):
		run = opened_run(ledger)
		ledger.finish(ledger.take(run), Done({"customers": 3}))
		store.commit()
		assert ledger.advance(run, lambda phase: [Part("", "")] if phase is Phase.SAY else [])
		run = ledger.read(run.name)
		assert run.phase is Phase.SAY
		ledger.finish(ledger.take(run), Done({"customers": 4}, [("Acme", "no")]))
		store.commit()
		assert ledger.advance(run, self.one_part)
		assert ledger_rows(store, RUN, "status", "customers", "customers_spared") == [("Done", 7, 1)]

	def test_a_failed_chunk_fails_the_run_which_may_be_begun_again(self, ledger, store):
		run = opened_run(ledger)
		for attempt in range(1, 4):
			ledger.fail(ledger.take(run), ValueError("no"))
			assert ledger.advance(run, self.one_part)
			failed = ledger_rows(store, RUN, "status", "error", "attempts")
			assert failed == [("Failed", "ValueError: no", attempt)]
			assert ledger.begin_again(run.name, by_person=False) is (attempt < 3)
		assert ledger.begin_again(run.name, by_person=True) is True
		assert ledger_rows(store, RUN, "status", "error", "attempts") == [("Running", None, 4)]
		assert ledger.begin_again(run.name, by_person=True) is False

	def test_an_error_outside_the_chunks_fails_a_run_that_has_not_ended(self, ledger, store):
		run = opened_run(ledger)
		ledger.fail_run(run, ValueError("no parts"))
		ledger.fail_run(run, ValueError("too late"))
		assert ledger_rows(store, RUN, "status", "error") == [("Failed", "ValueError: no parts")]


GATHERING = Gathering((ContactDocument.CALL_LOG, ContactDocument.EVENT), date(2026, 10, 1), AS_OF)

FIGURES = FiguresOf(AS_OF, 7, 6)


def figures(basis):
	given = basis.gathering, basis.figures, basis.has_given_levels, basis.has_released
	return basis.as_of, basis.shape, basis.gap, basis.standing.by_company, *given


class TestBasis:
	def test_a_basis_kept_as_text_gives_back_the_very_same_numbers(self):
		revenues = {"East": array("d", [0.1, 0.1 + 0.2, 1e300]), "客户": array("d")}
		basis = Basis(
			AS_OF,
			BookShape(("East", "客户"), True, False),
			Fraction(61, 3),
			RevenueStanding(revenues),
			GATHERING,
			FIGURES,
			True,
			True,
		)
		again = load_basis(dump_basis(basis))
		assert figures(again) == figures(basis)
		assert again.gap.denominator == 3
		assert {name: found.tobytes() for name, found in again.standing.by_company.items()} == {
			name: found.tobytes() for name, found in revenues.items()
		}

	def test_a_book_without_repeat_buyers_has_no_gap(self):
		basis = Basis(AS_OF, BookShape((), False, False), None, RevenueStanding({}), GATHERING, FIGURES)
		assert figures(load_basis(dump_basis(basis))) == figures(basis)

	def test_the_basis_of_a_night_before_is_taken_where_this_release_kept_it(self):
		basis = Basis(
			AS_OF, BookShape((), False, False), Fraction(30), RevenueStanding({}), GATHERING, FIGURES
		)
		assert figures(load_earlier(dump_basis(basis))) == figures(basis)
		first_release = {"as_of": AS_OF.isoformat(), "shape": {}, "gap": [30, 1], "revenues": {}}
		assert load_earlier(json.dumps(first_release)) is None
		assert load_earlier(None) is None
		older = {name: kept for name, kept in json.loads(dump_basis(basis)).items() if name != "figures"}
		assert load_earlier(json.dumps(older)) is None
		assert load_basis(json.dumps(older)).figures == FiguresOf(AS_OF, 0, 0), "a book that no other is like"

	def test_the_nights_of_a_week_compare_with_the_same_figures_of_the_book(self, book, ledger, clock):
		def basis_of(days):
			clock.now = datetime.combine(TUESDAY, time(5)) + timedelta(days=days)
			day = clock.now.date()
			run = opened_run(ledger, day)
			night = night_over(ledger, read_basis_before=ledger.basis_before)
			Worker(ledger, run.name, night, sleep=lambda _seconds: None, patience=0.05).work()
			return load_basis(ledger.basis_of(run.name))

		def everybody_buys(day):
			for name in [name for (name,) in list(book.rows("SELECT name FROM `tabCustomer`"))]:
				sold = {
					"customer": name,
					"company": "East",
					"docstatus": 1,
					"is_return": 0,
					"is_opening": "No",
				}
				add(book, "Sales Invoice", [{**sold, "posting_date": day, "base_net_total": 7.0}])
			book.commit()

		first = basis_of(0)
		everybody_buys(TUESDAY)
		second = basis_of(1)
		assert (second.as_of, second.figures) == (TUESDAY + timedelta(days=1), first.figures)
		assert (second.gap, second.standing.by_company) == (first.gap, first.standing.by_company)
		next_week = basis_of(6)
		assert next_week.figures.read_on == TUESDAY + timedelta(days=6)
		assert next_week.gap != first.gap
		exact = read_basis(book, Policy(), next_week.as_of)
		assert (next_week.gap, next_week.standing.by_company) == (exact.gap, exact.standing.by_company)

	@pytest.mark.parametrize(
		"change",
		[
			{"shape": BookShape(("East",), True, True)},
			{"figures": FiguresOf(AS_OF, IN_BOOK, 3)},
			{"figures": FiguresOf(AS_OF, IN_BOOK * 2, 6)},
			{"figures": FiguresOf(AS_OF - timedelta(days=7), IN_BOOK, 6)},
			{"gap": None},
		],
	)
	def test_of_another_book_or_by_another_rule_they_are_read_anew(self, book, change):
		exact = read_basis(book, Policy(), AS_OF)
		assert exact.figures == FiguresOf(AS_OF, IN_BOOK, 6)
		known = replace(exact, gap=Fraction(1, 7))
		assert read_basis(book, Policy(), AS_OF, known).gap == Fraction(1, 7)
		found = read_basis(book, Policy(), AS_OF, replace(known, **change))
		assert (found.gap, found.figures) == (exact.gap, exact.figures)

	def test_the_basis_of_a_book(self, book):
		basis = read_basis(book, Policy(), AS_OF)
		assert set(basis.standing.by_company) == {"East", "West"}
		assert figures(load_basis(dump_basis(basis))) == figures(basis)


class TestNights:
	def test_a_night_by_the_ledger_writes_what_a_night_without_it_writes(self, book, ledger):
		other = open_sqlite_book()
		fill(other, random_book(5, CUSTOMERS, spell=False))
		names = [
			name
			for (name,) in list(
				book.rows("SELECT name FROM `tabCustomer` WHERE retention_backup_manager > ''")
			)
		]
		other.update_rows(
			"Customer", ("name", "retention_backup_manager"), [(name, PEOPLE[1]) for name in names]
		)
		for day in (AS_OF, NEXT_DAY, AS_OF + timedelta(days=30)):
			run_night(other, Policy(), day)
			run = opened_run(ledger, day)
			assert worker_of(ledger, run.name).work() is Ending.NOTHING_LEFT
			assert written(book) == written(other), day
			assert run_night(book, Policy(), day).rows_written == 0
		other.close()
		assert {status for (status,) in ledger_rows(book, RUN, "status")} == {"Done", "Skipped"}
		chunks = [phase for (phase,) in ledger_rows(book, CHUNK, "phase")]
		assert chunks.count("Rate") >= 3 * 4
		assert chunks.count("Plan") >= 3 * 3

	def test_figures_add_up_to_what_was_written(self, book, ledger):
		run = opened_run(ledger)
		worker_of(ledger, run.name).work()
		((customers, ratings, spared),) = ledger_rows(
			book, RUN, "customers", "ratings_written", "customers_spared"
		)
		((counted,),) = book.rows("SELECT COUNT(*) FROM `tabCustomer Retention State`")
		((rated,),) = book.rows("SELECT COUNT(*) FROM `tabStar Rating`")
		assert (customers, ratings, spared) == (counted, rated, 0)

	def test_who_cannot_be_rated_yet_leaves_one_rating_for_a_level_given_not_one_a_night(self, book):
		((newcomer,),) = list(
			book.rows(
				"SELECT name FROM `tabCustomer` WHERE disabled = 0 AND is_internal_customer = 0 ORDER BY name DESC LIMIT 1"
			)
		)
		given = {
			"level": "Five Star",
			"reason": "agreed",
			"approver": "x",
			"approved_on": AS_OF,
			"docstatus": 1,
		}
		add(book, "Star Override", [{"customer": newcomer, "until": date(2027, 1, 1), **given}])
		for number in range(3):
			run_night(book, Policy(), AS_OF + timedelta(days=number))
			run_night(book, Policy(), AS_OF + timedelta(days=number))
		rows = list(
			book.rows(
				"SELECT move, level, score FROM `tabStar Rating` WHERE customer = %(c)s", {"c": newcomer}
			)
		)
		assert [row[:2] for row in rows] == [("First Rating", "Five Star")]

	def test_the_last_phase_says_what_it_has_to_say_once(self, book, ledger):
		said = []
		run = opened_run(ledger)
		Worker(ledger, run.name, night_over(ledger, say=said.append)).work()
		assert said == [AS_OF]

	def test_whoever_keeps_customers_in_mind_is_told_whose_mirrors_change(self, book, ledger):
		told = []
		run = opened_run(ledger)
		Worker(ledger, run.name, night_over(ledger, mirrored=told.extend)).work()
		((count,),) = book.rows("SELECT COUNT(*) FROM `tabCustomer Retention State`")
		assert len(told) == len(set(told)) == count


class TestPoison:
	@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "JobTimeout"])
	def test_customers_the_engine_fails_on_are_left_out_and_listed(self, book, ledger, kind):
		names = [
			name
			for (name,) in book.rows(
				"SELECT name FROM `tabCustomer` WHERE disabled = 0 AND is_internal_customer = 0 ORDER BY name"
			)
		]
		rated, planned = set(names[3:40:18]), {names[50]}
		run = opened_run(ledger)
		with poison(rated, planned, KINDS[kind]):
			worker_of(ledger, run.name).work()
		assert ledger.read(run.name).status is RunStatus.DONE
		spared = [pair for (text,) in ledger_rows(book, CHUNK, "spared") for pair in json.loads(text or "[]")]
		assert sorted(name for name, _ in spared) == sorted(rated | planned)
		assert all("Error" in said for _, said in spared)
		known = {name for (name,) in book.rows("SELECT customer FROM `tabCustomer Retention State`")}
		assert known == set(names) - rated
		((planned_at_all,),) = book.rows(
			"SELECT COUNT(*) FROM `tabCustomer Retention State` WHERE plan_fingerprint > ''"
		)
		assert planned_at_all == len(known) - 1

	def test_a_customer_left_out_makes_no_rating_and_the_next_night_takes_it_up(self, book, ledger):
		((name, *_),) = list(book.rows(f"{BUYER} LIMIT 1"))
		run = opened_run(ledger)
		with poison({name}, set(), ValueError):
			worker_of(ledger, run.name).work()
		assert list(
			book.rows(f"SELECT COUNT(*) FROM `tabStar Rating` WHERE customer = {NAME}", {"name": name})
		) == [(0,)]
		worker_of(ledger, opened_run(ledger, NEXT_DAY).name).work()
		states = f"SELECT COUNT(*) FROM `tabCustomer Retention State` WHERE customer = {NAME}"
		assert list(book.rows(states, {"name": name})) == [(1,)]

	def test_a_customer_whose_plan_fails_stands_as_it_stood_and_its_callbacks_are_load(self, book, ledger):
		worker_of(ledger, opened_run(ledger).name).work()
		((name, *_), *_) = list(
			book.rows("SELECT customer, COUNT(*) FROM `tabCustomer Callback` GROUP BY 1 ORDER BY 2 DESC")
		)
		states = [
			(state, "another") for (state,) in book.rows("SELECT name FROM `tabCustomer Retention State`")
		]
		book.update_rows("Customer Retention State", ("name", "plan_fingerprint"), states)
		before = self.standing(book, name)
		planner, loads = Planner(book, Policy(), AS_OF, spare=lambda customer, _error: customer == name), {}
		with poison(set(), {name}, ValueError):
			for people in planner.groups(1):
				found = planner.plan(read_rows_of(book, people), people).loads
				loads |= {load.person: load.loads for load in found if load.person in people}
		assert self.standing(book, name) == before
		for person, counted in loads.items():
			calls = "SELECT due_date, COUNT(*) FROM `tabCustomer Callback` WHERE responsible = %(person)s AND status = 'Planned' GROUP BY 1"
			stored = {date.fromisoformat(day): number for day, number in book.rows(calls, {"person": person})}
			assert dict(counted) == stored, person

	def standing(self, book, customer):
		"""Return what the plan of a customer is."""
		state = f"SELECT next_callback, plan_fingerprint, plan_valid_until FROM `tabCustomer Retention State` WHERE customer = {NAME}"
		calls = (
			f"SELECT name, due_date, status FROM `tabCustomer Callback` WHERE customer = {NAME} ORDER BY name"
		)
		return [list(book.rows(query, {"name": customer})) for query in (state, calls)]

	def test_a_chunk_that_fails_as_a_whole_is_cut_to_the_one_row(self, book, ledger, monkeypatch):
		rate_page = phases.rate_page
		poisoned = sorted(name for (name,) in book.rows("SELECT name FROM `tabCustomer` WHERE disabled = 0"))[
			30
		]

		def failing(store, selection, *arguments):
			mirrored = rate_page(store, selection, *arguments)
			if poisoned in {row.name for row in read_rows(store, selection)}:
				raise ValueError("Incorrect string value")
			return mirrored

		monkeypatch.setattr(phases, "rate_page", failing)
		run = opened_run(ledger)
		worker_of(ledger, run.name).work()
		assert ledger.read(run.name).status is RunStatus.DONE
		spared = [pair for (text,) in ledger_rows(book, CHUNK, "spared") for pair in json.loads(text or "[]")]
		assert spared == [[poisoned, "ValueError: Incorrect string value"]]
		ranges = [
			row[1:] for row in ledger_rows(book, CHUNK, "phase", "first_key", "last_key") if row[0] == "Rate"
		]
		known = {name for (name,) in book.rows("SELECT customer FROM `tabCustomer Retention State`")}
		((people,),) = book.rows(
			"SELECT COUNT(*) FROM `tabCustomer` WHERE disabled = 0 AND is_internal_customer = 0"
		)
		assert poisoned not in known
		assert len(known) == people - 1
		assert all(before[1] < after[0] for before, after in pairwise(ranges))

	def test_people_are_cut_apart_where_they_may_be_and_then_between_customers(
		self, book, ledger, monkeypatch
	):
		plan = Planner.plan
		((poisoned,),) = list(
			book.rows(
				"SELECT name FROM `tabCustomer` WHERE retention_backup_manager > '' AND disabled = 0 AND is_internal_customer = 0 ORDER BY name LIMIT 1"
			)
		)

		def failing(self, rows, people):
			if poisoned in {row.name for row in rows}:
				raise ValueError("Data too long")
			return plan(self, rows, people)

		monkeypatch.setattr(Planner, "plan", failing)
		run = opened_run(ledger)
		night = night_over(ledger)
		Worker(ledger, run.name, lambda run: _with_page(night(run), 1000), sleep=lambda _: None).work()
		assert ledger.read(run.name).status is RunStatus.DONE
		scopes = [
			json.loads(row[1]) for row in ledger_rows(book, CHUNK, "phase", "scope") if row[0] == "Plan"
		]
		assert any("customers" in scope for scope in scopes)
		assert any("customers" not in scope for scope in scopes)
		together = [
			scope["people"]
			for scope in scopes
			if PEOPLE[0] in scope["people"] and PEOPLE[1] in scope["people"]
		]
		assert together
		spared = [pair for (text,) in ledger_rows(book, CHUNK, "spared") for pair in json.loads(text or "[]")]
		assert spared == [[poisoned, "ValueError: Data too long"]]
		((unplanned,),) = book.rows(
			"SELECT COUNT(*) FROM `tabCustomer Retention State` WHERE plan_fingerprint IS NULL"
		)
		assert unplanned == 1

	def test_a_phase_about_no_customer_cannot_be_cut_and_fails(self, book, ledger, monkeypatch):
		def failing(*_arguments):
			raise ValueError("no basis")

		monkeypatch.setattr(phases, "read_basis", failing)
		run = opened_run(ledger)
		assert worker_of(ledger, run.name).work() is Ending.NOTHING_LEFT
		assert ledger_rows(book, RUN, "status", "error") == [("Failed", "ValueError: no basis")]

	def test_parts_that_cannot_be_made_fail_the_run(self, book, ledger, monkeypatch):
		def failing(*_arguments):
			raise ValueError("no pages")

		monkeypatch.setattr(phases, "page_bounds", failing)
		run = opened_run(ledger)
		worker_of(ledger, run.name).work()
		assert ledger_rows(book, RUN, "status", "error") == [("Failed", "ValueError: no pages")]


def _with_page(night, page):
	return Night(night.store, night.policy, night.as_of, night.read_stored_basis, chunk=page)


class TestStopsAndTime:
	@pytest.mark.parametrize("phase", ["rated", "planned"])
	def test_what_stops_a_worker_is_never_swallowed_and_frees_the_chunk(self, book, ledger, phase):
		names = {name for (name,) in book.rows("SELECT name FROM `tabCustomer`")}
		run = opened_run(ledger)
		everybody = (names, set()) if phase == "rated" else (set(), names)
		with poison(*everybody, JobTimeout), pytest.raises(JobTimeout):
			worker_of(ledger, run.name, stops=(JobTimeout,)).work()
		states = [status for (status,) in ledger_rows(book, CHUNK, "status")]
		assert "Claimed" not in states
		assert "Open" in states
		worker_of(ledger, run.name).work()
		assert ledger.read(run.name).status is RunStatus.DONE

	def test_what_stops_a_worker_is_raised_even_when_the_chunk_is_somebody_elses_by_then(
		self, book, ledger, clock
	):
		run = opened_run(ledger)

		def taken_over(_facts, *_arguments):
			raise JobTimeout

		class Slow(Night):
			def work(self, chunk):
				clock.now += 2 * STALE_AFTER
				assert ledger.take(run).name == chunk.name
				raise JobTimeout

		worker = Worker(ledger, run.name, lambda run: Slow(book, Policy(), AS_OF, str, stops=(JobTimeout,)))
		with pytest.raises(JobTimeout):
			worker.work()

	def test_a_stop_between_the_chunks_goes_up_as_well(self, book, ledger, monkeypatch):
		def stopped(*_arguments):
			raise JobTimeout

		monkeypatch.setattr(phases, "page_bounds", stopped)
		run = opened_run(ledger)
		with pytest.raises(JobTimeout):
			worker_of(ledger, run.name, stops=(JobTimeout,)).work()
		assert ledger.read(run.name).status is RunStatus.RUNNING

	def test_a_worker_stops_taking_chunks_when_its_time_is_over(self, book, ledger):
		run, ticks = opened_run(ledger), iter(range(1000))
		assert worker_of(ledger, run.name, clock=ticks.__next__, seconds=6).work() is Ending.OUT_OF_TIME
		states = [status for (status,) in ledger_rows(book, CHUNK, "status")]
		assert set(states) == {"Open", "Done"}
		assert worker_of(ledger, run.name).work() is Ending.NOTHING_LEFT

	def test_a_worker_waits_for_the_others_of_its_phase_and_then_leaves(self, book, ledger):
		run = opened_run(ledger)
		chunk, pauses = ledger.take(run), []
		ticks = iter(range(1000))
		worker = worker_of(ledger, run.name, clock=ticks.__next__, patience=9, sleep=pauses.append)
		assert worker.work() is Ending.OTHERS_AT_WORK
		assert pauses
		ledger.release(chunk)
		assert worker_of(ledger, run.name).work() is Ending.NOTHING_LEFT

	def test_a_chunk_taken_over_meanwhile_is_left_to_the_other(self, book, ledger, clock):
		run = opened_run(ledger)

		class Slow(Night):
			def work(self, chunk):
				done = super().work(chunk)
				if chunk.phase is Phase.BASIS and clock.now.hour == 4:
					self.store.rollback()
					clock.now += timedelta(hours=1)
					taken.append(ledger.take(run))
				return done

		taken = []
		slow = lambda run: Slow(book, Policy(), AS_OF, lambda: ledger.basis_of(run.name))  # noqa: E731
		ending = Worker(ledger, run.name, slow, sleep=lambda _: None, patience=0.05).work()
		assert ending is Ending.OTHERS_AT_WORK
		assert ledger_rows(book, CHUNK, "status", "token") == [("Claimed", taken[0].token)]

	def test_what_passes_is_tried_again_with_growing_pauses_and_then_fails(self, book, ledger, monkeypatch):
		run, pauses, tries = opened_run(ledger), [], []

		class Passing(Exception):
			pass

		def failing(*_arguments):
			tries.append(1)
			raise Passing("deadlock")

		monkeypatch.setattr(phases, "read_basis", failing)
		monkeypatch.setattr(book, "is_passing", lambda error: isinstance(error, Passing), raising=False)
		worker_of(ledger, run.name, sleep=pauses.append).work()
		assert len(tries) == RETRIES + 1
		assert pauses == [0.2, 0.4, 0.8, 1.6, 3.2]
		assert ledger_rows(book, RUN, "status", "error") == [("Failed", "Passing: deadlock")]

	def test_a_server_away_while_the_worker_recovers_is_waited_for(self, book, ledger, monkeypatch):
		"""A chunk fails for good, and the first attempt to roll back finds nobody."""

		class Passing(Exception):
			pass

		def failing(*_arguments):
			raise ValueError("no basis")

		def away():
			monkeypatch.undo()
			monkeypatch.setattr(book, "is_passing", lambda error: isinstance(error, Passing), raising=False)
			raise Passing("refused")

		monkeypatch.setattr(phases, "read_basis", failing)
		monkeypatch.setattr(book, "is_passing", lambda error: isinstance(error, Passing), raising=False)
		monkeypatch.setattr(book, "recover", away, raising=False)
		run = opened_run(ledger)
		assert worker_of(ledger, run.name).work() is Ending.NOTHING_LEFT
		assert ledger_rows(book, RUN, "status", "error") == [("Failed", "ValueError: no basis")]

	def test_what_passes_once_is_done_at_the_second_attempt(self, book, ledger, monkeypatch):
		rate_page, failed = phases.rate_page, []

		class Passing(Exception):
			pass

		def failing(*arguments):
			mirrored = rate_page(*arguments)
			if len(failed) < 2:
				failed.append(1)
				raise Passing("deadlock")
			return mirrored

		monkeypatch.setattr(phases, "rate_page", failing)
		monkeypatch.setattr(book, "is_passing", lambda error: isinstance(error, Passing), raising=False)
		run = opened_run(ledger)
		worker_of(ledger, run.name).work()
		assert ledger.read(run.name).status is RunStatus.DONE
		assert run_night(book, Policy(), AS_OF).rows_written == 0


def test_a_selection_of_names_says_its_names():
	assert Selection.of(["a", "b"]).values == {"customer_0": "a", "customer_1": "b"}

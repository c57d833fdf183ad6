"""The faults of RELIABILITY 4.1 that need no bench: after each, one clean run leaves the state of a run without a fault."""

import fault_trials
import pytest
from fault_scale import scaled, thinned
from poison import KINDS


def test_a_run_without_a_fault_is_what_the_oracle_expects(faults):
	assert list(faults.found) == []
	phases = [phase for phase, _ in faults.chunks]
	assert min(phases.count("Rate"), phases.count("Plan")) >= 5


CALL = "status = 'Planned' AND due_date > '2026-11-03'"
SPOILED = (
	"DELETE FROM `tabRetention Run` WHERE site_date = '2026-11-01'",
	"INSERT INTO `tabRetention Run` (name, job, site_date, status) VALUES ('x', 'Night', '2026-11-01', 'Done')",
	"UPDATE `tabRetention Run` SET reasons = NULL WHERE site_date = '2026-11-01'",
	"UPDATE `tabRetention Run Chunk` SET status = 'Claimed' WHERE phase = 'Plan' LIMIT 1",
	f"UPDATE `tabCustomer Callback` SET due_date = '2026-11-08' WHERE {CALL} LIMIT 1",
	f"UPDATE `tabCustomer Callback` SET due_date = DATE_ADD(window_end, INTERVAL 1 DAY) WHERE {CALL} LIMIT 1",
	f"UPDATE `tabCustomer Callback` SET responsible = 'agent19@branch.example' WHERE {CALL} LIMIT 200",
	"UPDATE `tabCustomer Callback` SET due_date = '2026-11-05' WHERE responsible = 'agent01@branch.example'",
	f"UPDATE `tabCustomer Callback` SET open_key = NULL WHERE {CALL} LIMIT 1",
	f"DELETE FROM `tabCustomer Callback` WHERE {CALL} LIMIT 1",
	"UPDATE `tabCustomer Retention State` SET star_level = 'Two Star' WHERE star_level = 'Four Star' LIMIT 1",
	"UPDATE `tabCustomer Retention State` SET interim_below = interim_below + 1 WHERE rated_on IS NOT NULL LIMIT 1",
	"DELETE FROM `tabCustomer Retention State` LIMIT 1",
	"UPDATE `tabCustomer` SET retention_health_band = 'Prospect' WHERE retention_health_band = 'Watch' LIMIT 1",
	"UPDATE `tabStar Rating` r JOIN `tabCustomer Retention State` s ON s.name = r.state"
	" SET r.level = 'New' WHERE r.as_of = '2026-11-02'",
)


def test_the_oracle_sees_a_book_that_is_spoiled(faults):
	faults.try_all("oracle: spoiled books seen", fault_trials.corrupted, [(text,) for text in SPOILED])


def test_killed_at_a_statement(faults):
	cases = [(number,) for number in faults.statement_numbers(25)]
	faults.try_all("F1 killed at a statement", fault_trials.killed, cases)


def test_killed_around_every_commit(faults):
	cases = [(None, commit, made) for commit in range(1, faults.commits + 1) for made in (False, True)]
	faults.try_all("F1 killed before or after a commit", fault_trials.killed, thinned(cases))


def test_several_wakes_at_once(faults):
	cases = [((2, 4)[number % 2], number) for number in range(scaled(20))]
	faults.try_all("F3 two or four wakes at once", fault_trials.raced, cases)


def test_the_same_date_again(faults):
	faults.try_all("F4 the same date ten times more", fault_trials.repeated, [(max(10, scaled(10)),)])


def test_dates_skipped(faults):
	cases = [(days,) for days in (1, 3, 29, 30, 31, 400)]
	faults.try_all("F5 1 to 400 days later", fault_trials.skipped, cases)


def test_connection_killed(faults):
	cases = [(number,) for number in faults.statement_numbers(25)]
	faults.try_all("F7 connection killed at a statement", fault_trials.cut_off, cases)


ERRORS = (1213, 1205, 1020, 2006, 2013)


@pytest.mark.parametrize(("times", "count"), [(1, 20), (2, 15)])
def test_statement_refused(faults, times, count):
	numbers = faults.statement_numbers(count)
	cases = [(ERRORS[place % 5], number, times) for place, number in enumerate(numbers)]
	name = f"F8 refused {('once', 'twice')[times - 1]}"
	faults.try_all(name, fault_trials.refused, cases)


def test_statement_of_a_chunk_refused_always(faults):
	places = len(faults.chunks)
	cases = [(ERRORS[n % 5], 1 + n * 4 % places, 1 + n * 5 % 23) for n in range(scaled(15))]
	faults.try_all("F8 refused always", fault_trials.refused_always, cases)


def test_poison_customers(faults):
	faults.try_all("F11 1 % poison customers", fault_trials.poisoned, [(kind,) for kind in KINDS])


def test_the_time_of_a_worker_is_over(faults):
	cases = [(seconds,) for seconds in (6, 8, 11)]
	faults.try_all("F12 out of time", fault_trials.out_of_time, cases)


def test_the_queue_stops_a_worker_anywhere(faults):
	cases = [(seed,) for seed in range(scaled(10))]
	faults.try_all("F12 stopped by the queue", fault_trials.interrupted, cases)


def test_rules_changed_in_mid_run(faults):
	cases = [(after,) for after in (1, 3, 6, 9, 12)]
	faults.try_all("F14 rules changed in mid-run", fault_trials.rules_changed, cases)


def test_a_late_worker_is_fenced(faults):
	places = len(faults.chunks) - 1
	cases = [(1 + n * 5 % places, (1, 6, 12)[n % 3]) for n in range(scaled(10))]
	faults.try_all("F17 asleep while taken over", fault_trials.woken_up_late, cases)


def test_a_dead_workers_chunk_is_taken_over(faults):
	places = len(faults.chunks)
	cases = [(1 + n * 3 % places,) for n in range(scaled(5))]
	faults.try_all("F17 dead in its chunk", fault_trials.abandoned, cases)


# The last one: it stamps documents, which the trials before must find as they were.
def test_killed_on_a_night_that_looks_at_few(faults):
	parts = scaled(20)
	cases = [(part, parts) for part in range(1, parts + 1)]
	faults.try_all("F1 killed on a night that looks at few", fault_trials.killed_looking_at_few, cases)

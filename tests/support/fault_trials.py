"""The faults, one function each: put the slot back, do harm, run once cleanly, return what no longer holds.

Functions run in a process of the pool that `begin` has given a slot; processes that are to die are its forks.
"""

import os
import random
import signal
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from itertools import chain
from unittest import mock

import private_mariadb
import pymysql
from fault_branch import FRIDAY, MONDAY
from fault_oracle import key_problems, ledger_problems, plan_problems, star_problems
from fault_slot import LATER, OPENED, Slot, wake, worker
from fault_state import COHORT, STATE, read_rows, state_mark
from poison import KINDS, JobTimeout, poison
from sabotage import Wire

from cs_retention.engine.policy import Policy
from cs_retention.engine.quarter_periods import QuarterPeriod
from cs_retention.engine.vocabulary import Phase
from cs_retention.facts.plans_due import NAMED_BY
from cs_retention.nightly.ledger import FencedError, Ledger, name_of
from cs_retention.nightly.phases import Night
from cs_retention.nightly.run import run_night
from cs_retention.nightly.worker import Ending

HERE = None
"""Slot and folder of this process."""

DAY = timedelta(days=1)
FENCED = 40
"""Exit status of a worker whose chunk was taken from it."""


def begin(address, folder):
	"""Give this process its slot."""
	global HERE
	HERE = Slot(address), folder


@contextmanager
def opened(wire=None):
	store = HERE[0].open(wire)
	try:
		yield store
	finally:
		if store._connection.open:
			store.close()


def mark(*without):
	with HERE[0].cursor() as cursor:
		return state_mark(cursor, without)


def checked(reference, due=MONDAY):
	"""Return what does not hold now; a state with the reference's mark has been walked by the oracle once."""
	with HERE[0].cursor() as cursor:
		problems = [*ledger_problems(cursor, due), *key_problems(cursor)]
		if reference and state_mark(cursor) != reference:
			problems += ["I5: the state is another", *walked(cursor, due)]
		cursor.connection.close()
	return problems


def walked(cursor, due):
	stars = star_problems(cursor, HERE[1]) if due == MONDAY else ()
	return [*stars, *plan_problems(cursor, HERE[1], due)][:20]


def run_cleanly(slots=1, **options):
	"""Do what the next wakes do; the last must find the night ended."""
	with opened() as store:
		ending = wake(store, OPENED + slots * LATER, **options)
	return [] if ending is Ending.NOTHING_LEFT else [f"the clean run stopped: {ending.value}"]


def reference():
	"""Run without a fault; return statements, commits, chunks in order, the mark, and what the oracle finds."""
	HERE[0].put_back()
	wire, chunks = Wire(), []
	with opened(wire) as store:
		wake(store, night=recording(chunks))
	with HERE[0].cursor() as cursor:
		found = [*ledger_problems(cursor), *key_problems(cursor), *walked(cursor, MONDAY)]
		return wire.statements, wire.commits, chunks, state_mark(cursor), found


def recording(chunks, before=lambda place: None):
	"""Return a Night that notes the chunks it works on, and calls `before` with the number of each."""

	class Recording(Night):
		def work(self, chunk):
			chunks.append((chunk.phase.value, chunk.first))
			before(len(chunks))
			return super().work(chunk)

	return Recording


def forked(work):
	"""Run something in a fork of this process and return its id; its exit status is what the work returns."""
	child = os.fork()
	if child:
		return child
	private_mariadb.die_with_parent()
	try:
		os._exit(work() or 0)
	except BaseException:
		os._exit(1)


def ended(child):
	"""Wait for a fork and return its exit status, negative the signal that ended it."""
	return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def die():
	os.kill(os.getpid(), signal.SIGKILL)


def corrupted(_reference, statement):
	"""Run cleanly and spoil the book; return nothing when the oracle sees it."""
	HERE[0].put_back()
	run_cleanly()
	with HERE[0].cursor() as cursor:
		is_spoiled = cursor.execute(statement)
		problems = chain(
			ledger_problems(cursor),
			key_problems(cursor),
			star_problems(cursor, HERE[1]),
			plan_problems(cursor, HERE[1]),
		)
		is_seen = next(problems, None) is not None
	return [] if is_spoiled and is_seen else ["nobody saw it"]


# F1


def killed(reference, statement=None, commit=None, is_made=False):
	"""Kill a worker at a statement, or before or after a commit."""
	HERE[0].put_back()

	def work():
		wire = Wire(
			lambda number, _query: number == statement and die(),
			lambda number, made: (number, made) == (commit, is_made) and die(),
		)
		with opened(wire) as store:
			wake(store)

	status = ended(forked(work))
	problems = [] if status == -signal.SIGKILL else [f"the worker was not killed: {status}"]
	return problems + run_cleanly() + checked(reference)


def killed_looking_at_few(_reference, part, parts):
	"""Kill a later night, which looks at those plans alone that may be another, in a part of its statements."""
	expected, statements = thursday()
	place = max(1, statements * part // parts)

	def work():
		with opened(Wire(lambda number, _query: number == place and die())) as store:
			wake(store, OPENED + 3 * DAY, MONDAY + 3 * DAY)

	live_until_thursday()
	status = ended(forked(work))
	problems = [] if status == -signal.SIGKILL else [f"the worker was not killed: {status}"]
	with opened() as store:
		wake(store, OPENED + 3 * DAY + LATER, MONDAY + 3 * DAY)
	if mark() != expected:
		problems.append("I5: the state is another")
	with HERE[0].cursor() as cursor:
		return [*problems, *ledger_problems(cursor, MONDAY + 3 * DAY), *key_problems(cursor)]


def live_until_thursday():
	"""Let three nights pass; on the last two a week and a month more enter the plans, and everybody's is looked at."""
	HERE[0].put_back()
	run_cleanly()
	with opened() as store:
		for days in (1, 2):
			wake(store, OPENED + days * DAY, MONDAY + days * DAY)
	# What is written here is stamped by the real clock; nobody changed a document since. Of an issue it is a fact.
	with HERE[0].cursor() as cursor:
		for doctype in NAMED_BY.keys() - {"Issue"}:
			cursor.execute(f"UPDATE `tab{doctype}` SET modified = %s", (FRIDAY,))


@cache
def thursday():
	"""Return the mark and the statements of the night after them, without a fault."""
	live_until_thursday()
	wire = Wire()
	with opened(wire) as store:
		wake(store, OPENED + 3 * DAY, MONDAY + 3 * DAY)
	with HERE[0].cursor() as cursor:
		cursor.execute(
			"SELECT COUNT(*) FROM `tabCustomer Retention State` WHERE plan_look_on = %s", (MONDAY + 3 * DAY,)
		)
		assert cursor.fetchone()[0] > 0
	return mark(), wire.statements


# F3


def raced(reference, runners, seed):
	"""Let several wakes run at once, started together within half a second."""
	HERE[0].put_back()
	draw = random.Random(seed)
	gate, opener = os.pipe()

	def runner(pause):
		os.close(opener)
		with opened() as store:
			os.read(gate, 1)
			time.sleep(pause)
			return 0 if wake(store) is Ending.NOTHING_LEFT else 2

	pauses = [draw.choice((0, draw.random() * 0.5)) for _ in range(runners)]
	children = [forked(lambda pause=pause: runner(pause)) for pause in pauses]
	time.sleep(0.15)
	os.close(opener)
	statuses = [ended(child) for child in children]
	os.close(gate)
	problems = [] if not any(statuses) else [f"a runner ended badly: {statuses}"]
	return problems + run_cleanly() + checked(reference)


# F4, F5, F14


def repeated(reference, times):
	"""Wake again and again on the same date, and run the night without the ledger."""
	HERE[0].put_back()
	problems = run_cleanly(0)
	rows = _ledger_rows()
	for number in range(1, times + 1):
		problems += run_cleanly(number)
		with opened() as store:
			if written := run_night(store, Policy(), MONDAY).rows_written:
				problems.append(f"rerun {number} wrote {written} rows")
	if _ledger_rows() != rows:
		problems.append("I1: a rerun changed the ledger")
	return problems + checked(reference)


def _ledger_rows():
	with HERE[0].cursor() as cursor:
		tables = ("Retention Run", "Retention Run Chunk")
		return [sorted(map(repr, read_rows(cursor, doctype))) for doctype in tables]


def skipped(_reference, days):
	"""Let the clock stand days after the last night; the state is that of a night run without a ledger.

	The ledger alone writes the snapshot of the quarter: everybody once, and said to be late.
	"""
	due = FRIDAY + timedelta(days=days)
	HERE[0].put_back()
	with opened() as store:
		run_night(store, Policy(), due)
	expected = mark(COHORT)
	HERE[0].put_back()
	problems = run_cleanly(due=due) + checked(None, due)
	if mark(COHORT) != expected:
		problems.append("I5: the state is another")
	with HERE[0].cursor() as cursor:
		problems += snapshot_problems(cursor, due)
		cursor.execute("SELECT site_date, reasons FROM `tabRetention Run` WHERE status = 'Skipped'")
		for day, reasons in cursor.fetchall():
			code = "older_than_window" if (due - day).days > 30 else "superseded"
			if code not in reasons:
				problems.append(f"I1: {day} is not {code}")
		return problems + walked(cursor, due)


def snapshot_problems(cursor, due):
	cursor.execute(
		f"SELECT DISTINCT quarter_start, is_reconstructed FROM `tab{COHORT}` WHERE written_on = '{due}'"
	)
	if list(cursor.fetchall()) != [(QuarterPeriod.of(due).start, 1)]:
		yield "I5: the snapshot is not that of the quarter"
	cursor.execute(
		f"SELECT COUNT(*), COUNT(DISTINCT customer, company) FROM `tab{COHORT}` WHERE written_on = '{due}'"
	)
	rows, customers = cursor.fetchone()
	if not 0 < rows == customers:
		yield f"I5: {rows} rows of {customers} customers in the snapshot"


def rules_changed(reference, after):
	"""Change the policy after some chunks; the run keeps the one it began with."""
	HERE[0].put_back()
	chunks = []
	clock = iter(range(1000)).__next__
	with opened() as store:
		wake(store, night=recording(chunks), clock=clock, seconds=2 * after)
	other = Policy.from_mapping({"version": "other", "planning": {"capacity": 7, "reserve": 1}})
	problems = run_cleanly(policy=other) + checked(reference)
	with HERE[0].cursor() as cursor:
		cursor.execute(
			f"SELECT churn_policy FROM `tab{STATE}` WHERE health_as_of = %s"
			f" UNION SELECT star_policy FROM `tab{STATE}` WHERE reviewed_on = %s"
			" UNION SELECT policy_version FROM `tabStar Rating` WHERE as_of = %s"
			" UNION SELECT policy_version FROM `tabRetention Run` WHERE site_date = %s",
			[MONDAY] * 4,
		)
		versions = [version for (version,) in cursor.fetchall()]
	return problems if versions == [Policy().version] else [*problems, f"rules of {versions}"]


# F7, F8


def cut_off(reference, statement):
	"""Have the server kill the connection just before a statement."""

	def kill(number, _query):
		if number == statement:
			with HERE[0].root() as root:
				root.cursor().execute(f"KILL {store.connection_id()}")

	HERE[0].put_back()
	with opened(Wire(kill)) as store:
		problems = _woken(store)
	return problems + run_cleanly() + checked(reference)


def _woken(store):
	"""Wake; while nothing is opened yet an error is the next wake's business, afterwards the worker's own."""
	try:
		wake(store)
	except pymysql.err.Error as error:
		with HERE[0].cursor() as cursor:
			cursor.execute("SELECT COUNT(*) FROM `tabRetention Run` WHERE site_date = %s", [MONDAY])
			((count,),) = cursor.fetchall()
		return [f"the worker gave up: {error!r}"] if count else []
	return []


def refused(reference, number, statement, times):
	"""Have the server refuse a statement, and as many of those that follow."""

	def refuse(count, _query):
		if statement <= count < statement + times:
			raise error_of(number)

	HERE[0].put_back()
	with opened(Wire(refuse)) as store:
		problems = _woken(store)
	return problems + run_cleanly() + checked(reference)


def refused_always(reference, number, place, statement):
	"""Have the server refuse a statement of one chunk at every attempt: it fails, the others are done, a retry heals."""
	state = {"place": None, "since": 0, "chunk": None}

	def refuse(count, _query):
		if state["chunk"] and count >= state["since"] + statement:
			state["chunk"] = None
			raise error_of(number)

	class Refusing(Night):
		def work(self, chunk):
			key = (chunk.phase, chunk.first)
			seen.setdefault(key, len(seen) + 1)
			state["chunk"] = key if seen[key] == place else None
			state["since"] = wire.statements
			try:
				return super().work(chunk)
			finally:
				if state["chunk"]:
					state["chunk"] = None
					raise error_of(number)

	seen, wire = {}, Wire(refuse)
	HERE[0].put_back()
	with opened(wire) as store:
		wake(store, night=Refusing)
	problems = []
	with HERE[0].cursor() as cursor:
		cursor.execute("SELECT status, error, phase FROM `tabRetention Run` WHERE site_date = %s", [MONDAY])
		((status, error, phase),) = cursor.fetchall()
		if status != "Failed" or str(number) not in (error or ""):
			problems.append(f"the run is {status} with {error!r}")
		cursor.execute(
			"SELECT status, COUNT(*) FROM `tabRetention Run Chunk` WHERE phase = %s GROUP BY 1", [phase]
		)
		states = dict(cursor.fetchall())
		if states.get("Failed") != 1 or set(states) - {"Done", "Failed"}:
			problems.append(f"chunks: {states}")
	return problems + run_cleanly() + checked(reference)


def error_of(number):
	said = {
		1020: "Record has changed since last read in table",
		1205: "Lock wait timeout exceeded; try restarting transaction",
		1213: "Deadlock found when trying to get lock; try restarting transaction",
		2006: "MySQL server has gone away",
		2013: "Lost connection to MySQL server during query",
	}
	return pymysql.err.OperationalError(number, said[number])


# F11


def poisoned(reference, kind):
	"""Make 1 % of the customers raise in the engine, half where they are rated and half where they are planned."""
	HERE[0].put_back()
	draw = random.Random(kind)
	with HERE[0].cursor() as cursor:
		cursor.execute(
			"SELECT name FROM `tabCustomer` WHERE disabled = 0 AND account_manager > '' ORDER BY name"
		)
		names = draw.sample([name for (name,) in cursor.fetchall()], 10)
	rated, planned = set(names[:5]), set(names[5:])
	is_stopped = False
	with opened() as store, poison(rated, planned, KINDS[kind]):
		try:
			wake(store, stops=(JobTimeout,))
		except JobTimeout:
			is_stopped = True
	if is_stopped or kind == "JobTimeout":
		problems = [] if is_stopped and kind == "JobTimeout" else ["the timeout was swallowed, or made up"]
		return problems + run_cleanly() + checked(reference)
	problems = checked(None) + _spared_problems(rated, planned, kind)
	with opened() as store:
		run_night(store, Policy(), MONDAY)
	with HERE[0].cursor() as cursor:
		return problems + walked(cursor, MONDAY)


def _spared_problems(rated, planned, kind):
	"""Everybody else was done, and those left out are on record with the error."""
	with HERE[0].cursor() as cursor:
		chunks = read_rows(cursor, "Retention Run Chunk")
		spared = [pair for row in chunks for pair in _json(row["spared"])]
		cursor.execute("SELECT customers_spared FROM `tabRetention Run` WHERE site_date = %s", [MONDAY])
		((count,),) = cursor.fetchall()
		cursor.execute(
			f"SELECT customer, reviewed_on, plan_fingerprint FROM `tab{STATE}` WHERE own_level <> 'New'"
		)
		left = {name for name, reviewed_on, _ in cursor.fetchall() if reviewed_on != MONDAY}
	problems = []
	if sorted(name for name, _ in spared) != sorted(rated | planned) or count != len(spared):
		problems.append(f"left out: {spared}, {count}")
	if not all(kind in said or said.startswith("Unicode") for _, said in spared):
		problems.append(f"errors: {spared}")
	if left - rated:
		problems.append(f"not rated: {sorted(left - rated)[:5]}")
	return problems


def _json(text):
	return __import__("json").loads(text) if text else []


# F12


def out_of_time(reference, seconds):
	"""Let the time of a worker end by its own clock: the next goes on with the first open chunk."""
	HERE[0].put_back()
	chunks, now = [], [0]

	def slow(_place):
		now[0] += 1

	endings = []
	for slot in range(4):
		with opened() as store:
			night, clock = recording(chunks, slow), lambda: now[0]
			endings.append(wake(store, OPENED + slot * LATER, night=night, clock=clock, seconds=seconds))
	problems = [] if endings[-1] is Ending.NOTHING_LEFT else [f"four slots were not enough: {endings}"]
	if Ending.OUT_OF_TIME not in endings:
		problems.append("nobody ran out of time")
	if len(chunks) != len(set(chunks)) or chunks != sorted(chunks, key=_order):
		problems.append(f"not in order, or twice: {chunks}")
	return problems + checked(reference)


def _order(chunk):
	return [phase.value for phase in Phase].index(chunk[0]), chunk[1]


def interrupted(reference, seed):
	"""Raise the queue's timeout wherever the worker is at some moment, in two slots; the third ends the night."""
	HERE[0].put_back()
	draw, problems = random.Random(seed), []

	def unraisable(caught):
		"""What strikes in a finalizer Python itself swallows, as it would the queue's own."""
		if isinstance(caught.exc_value, JobTimeout):
			rung.clear()

	def ring(_number, _frame):
		rung.append(True)
		raise JobTimeout("Task exceeded maximum timeout value (1500 seconds)")

	before, hook = signal.signal(signal.SIGALRM, ring), sys.unraisablehook
	sys.unraisablehook = unraisable
	try:
		for slot in range(2):
			rung = []
			with opened() as store:
				signal.setitimer(signal.ITIMER_REAL, draw.uniform(0.02, 0.6))
				try:
					wake(store, OPENED + slot * LATER, stops=(JobTimeout,))
					signal.setitimer(signal.ITIMER_REAL, 0)
					problems += ["the timeout was swallowed"] if rung else []
				except JobTimeout:
					pass
				except BaseException as error:
					problems.append(f"the timeout became {error!r}")
				signal.setitimer(signal.ITIMER_REAL, 0)
	finally:
		signal.setitimer(signal.ITIMER_REAL, 0)
		signal.signal(signal.SIGALRM, before)
		sys.unraisablehook = hook
	return problems + run_cleanly(2) + checked(reference)


# F17


def woken_up_late(reference, place, statement):
	"""Stop a worker at a statement of its chunk: nobody takes the chunk from the living, but once it is stale.

	Its connection is then ended, so that nothing it has locked is in the way; what it does when it wakes is refused.
	"""
	HERE[0].put_back()
	child = forked(lambda: _sleeper(place, statement))
	_, status = os.waitpid(child, os.WUNTRACED)
	if not os.WIFSTOPPED(status):
		return [f"the worker did not stop: {status}"]
	problems = []
	with opened() as store:
		ledger = Ledger(store, lambda: OPENED + LATER / 2)
		held = _claimed(store)
		taken = ledger.take(ledger.read(name_of(MONDAY)))
		if taken and taken.name in held:
			problems.append("a chunk was taken from the living")
		if taken:
			ledger.release(taken)
		ending = wake(store, OPENED + LATER)
	if ending is not Ending.NOTHING_LEFT:
		problems.append(f"the stale chunk was not taken: {ending}")
	os.kill(child, signal.SIGCONT)
	status = ended(child)
	problems += [] if status == FENCED else [f"the late worker was not fenced: {status}"]
	return problems + run_cleanly(2) + checked(reference)


def _claimed(store):
	names = list(store.rows("SELECT name FROM `tabRetention Run Chunk` WHERE status = 'Claimed'"))
	store.rollback()
	return {name for (name,) in names}


def _sleeper(place, statement):
	fenced, chunks = [], []
	change = Ledger._change

	def watched(self, chunk, fields):
		try:
			change(self, chunk, fields)
		except FencedError:
			fenced.append(chunk)
			raise

	def stop(number, _query):
		if number == stop_at[0]:
			os.kill(os.getpid(), signal.SIGSTOP)

	def arm(number):
		if number == place:
			stop_at[0] = wire.statements + statement

	stop_at, wire = [None], Wire(stop)
	with mock.patch.object(Ledger, "_change", watched), opened(wire) as store:
		wake(store, night=recording(chunks, arm))
	return FENCED if fenced else 0


def abandoned(reference, place):
	"""Kill a worker in its chunk: the server knows that its connection is gone, so the next takes the chunk at once."""
	HERE[0].put_back()

	def work():
		with opened() as store:
			wake(store, night=recording([], lambda number: number == place and die()))

	problems = [] if ended(forked(work)) == -signal.SIGKILL else ["the worker was not killed"]
	with opened() as store:
		ending = worker(Ledger(store, lambda: OPENED), name_of(MONDAY), patience=5).work()
	if ending is not Ending.NOTHING_LEFT:
		problems.append(f"the chunk of the dead was not taken: {ending}")
	return problems + run_cleanly() + checked(reference)

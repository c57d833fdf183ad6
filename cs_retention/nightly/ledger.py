"""The ledger of the nights: a row per date, phases in chunks that workers claim, fenced by a token (RELIABILITY).

Every method ends in a commit or changes nothing; only `finish` leaves the commit to what it is part of.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from cs_retention.engine.night import (
	PHASES,
	NightPolicy,
	Target,
	may_begin_again,
	next_phase,
	superseded,
	targets,
)
from cs_retention.engine.policy import Policy
from cs_retention.engine.vocabulary import ChunkStatus, Phase, RunStatus
from cs_retention.facts.values import as_count, as_date, as_datetime
from cs_retention.nightly.reason_json import dump_reasons
from cs_retention.store.base import Store, Value

RUN, CHUNK = "Retention Run", "Retention Run Chunk"
JOB = "Night"
STALE_AFTER = timedelta(minutes=15)
"""Without a sign of life for so long, a chunk is given up even though its holder's connection stands."""

FIGURES = (
	"customers",
	"states_written",
	"ratings_written",
	"callbacks_written",
	"overflow",
	"customers_spared",
)
"""What a chunk counts, and a run adds up."""

ERROR_LENGTH = 1000
OPENING_RETRIES = 3
"""How often dates are opened again when several do it at once and the server lets one of them through."""

UNFINISHED = (ChunkStatus.OPEN.value, ChunkStatus.CLAIMED.value)


class FencedError(Exception):
	"""The chunk was taken over, or its run ended: what was done for it must not be kept."""


@dataclass(frozen=True, slots=True)
class Run:
	"""A night as a worker needs it."""

	name: str
	as_of: date
	status: RunStatus
	phase: Phase


@dataclass(frozen=True, slots=True)
class NightBefore:
	"""The last night that was done: its date, when it began, the mark of its plans' frame, and whom it left out.

	The mark is not known where a later night planned in another frame and did not get to its end.
	"""

	day: date
	began: datetime
	frame: str | None
	left_out: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
	"""A part of a phase, claimed under a token: customers from `first` to `last`, or what `scope` says."""

	name: str
	run: str
	phase: Phase
	first: str
	last: str
	scope: Mapping[str, Any]
	token: str


@dataclass(frozen=True, slots=True)
class Part:
	"""A chunk that is to be: its keys, and what else its phase must know of it."""

	first: str
	last: str
	scope: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Done:
	"""What was done in a chunk: figures by name, and the customers left out with the reason."""

	figures: dict[str, int] = field(default_factory=dict)
	spared: list[tuple[str, str]] = field(default_factory=list)


def name_of(day: date) -> str:
	"""Return the name of the one row that a date's night has."""
	return f"{JOB}:{day.isoformat()}"


def in_words(error: BaseException) -> str:
	"""Return an error as the ledger keeps it: its class and what it says."""
	return f"{type(error).__name__}: {error}"[:ERROR_LENGTH]


Closed = Callable[[str, RunStatus, int], None]


def nobody_told(_run: str, _status: RunStatus, _left_out: int) -> None:
	"""Tell nobody that a run has ended."""


class Ledger:
	"""The ledger over a store; `now` is the site's clock.

	`closed` is told a run that ends, how, and how many customers it left out, in the transaction that ends it.
	"""

	def __init__(self, store: Store, now: Callable[[], datetime], closed: Closed = nobody_told):
		self.store, self.now, self.closed = store, now, closed

	def open_dates(self, due: date, policy: NightPolicy, rules: Callable[[], Policy]) -> str | None:
		"""Give every date up to the one that is due its row and return the run that is new, if one is.

		`rules` is asked once a run is to be opened; the run keeps them to its end. Of several who open a date at once
		one does.
		"""
		for _ in range(OPENING_RETRIES):
			try:
				return self._open_dates(due, policy, rules)
			except Exception as error:
				if not self.store.is_passing(error):
					raise
				self.store.recover()
		return self._open_dates(due, policy, rules)

	def _open_dates(self, due: date, policy: NightPolicy, rules: Callable[[], Policy]) -> str | None:
		found = targets(self.newest(), due, policy)
		self.store.rollback()
		if not found:
			return None
		*skipped, target = found
		is_ours = self.store.add_missing(RUN, RUN_FIELDS, [self._row(target, rules)]) == 1
		if is_ours:
			self.store.add_missing(RUN, RUN_FIELDS, [self._row(each, rules) for each in skipped])
			self._supersede(due)
			self._add_parts(name_of(due), PHASES[0], [Part("", "")])
		self.store.commit()
		return name_of(due) if is_ours else None

	def _row(self, target: Target, rules: Callable[[], Policy]) -> tuple[Any, ...]:
		policy = None if target.reason else rules()
		is_skipped = target.reason is not None
		return (
			name_of(target.day),
			JOB,
			target.day,
			target.status.value,
			None if is_skipped else PHASES[0].value,
			None if is_skipped else self.now(),
			self.now() if is_skipped else None,
			0 if is_skipped else 1,
			policy.version if policy else None,
			json.dumps(policy.to_mapping(), ensure_ascii=False) if policy else None,
			dump_reasons([target.reason]) if target.reason else None,
		)

	def _supersede(self, due: date) -> None:
		"""End what an earlier date left unfinished; its workers find their chunks taken from them."""
		values: dict[str, Value] = {"due": due, "running": RunStatus.RUNNING.value}
		earlier = f"SELECT name FROM `tab{RUN}` WHERE status = %(running)s AND site_date < %(due)s"
		names = [name for (name,) in list(self.store.rows(earlier, values))]
		ended: dict[str, Value] = {
			"status": RunStatus.SKIPPED.value,
			"reasons": dump_reasons([superseded(due)]),
			"finished_on": self.now(),
		}
		# One that ends at this very moment has ended.
		running: dict[str, Value] = {"status": RunStatus.RUNNING.value}
		for name in [name for name in names if self.store.claim(RUN, name, running, ended)]:
			self.store.change(DROP_CHUNKS, {"run": name, "dropped": ChunkStatus.DROPPED.value, **STATES})

	def newest(self) -> date | None:
		"""Return the newest date on record."""
		((day,),) = self.store.rows(
			f"SELECT MAX(site_date) FROM `tab{RUN}` WHERE job = %(job)s", {"job": JOB}
		)
		return as_date(day)

	def read(self, name: str) -> Run | None:
		"""Return a run as it stands now; None when there is none."""
		query = f"SELECT site_date, status, phase FROM `tab{RUN}` WHERE name = %(name)s"
		rows = list(self.store.rows(query, {"name": name}))
		self.store.rollback()
		if not rows:
			return None
		((day, status, phase),) = rows
		return Run(name, as_date(day) or date.max, RunStatus(status), Phase(phase or PHASES[0].value))

	def rules_of(self, name: str) -> Policy:
		"""Return the policy that a run began with."""
		query = f"SELECT policy, policy_version FROM `tab{RUN}` WHERE name = %(name)s"
		((text, version),) = self.store.rows(query, {"name": name})
		return Policy.from_mapping({**json.loads(text), "version": version})

	def basis_of(self, name: str) -> str:
		"""Return the basis that the first phase of a run left, as text."""
		((text,),) = self.store.rows(f"SELECT basis FROM `tab{RUN}` WHERE name = %(name)s", {"name": name})
		return str(text)

	def basis_before(self, day: date) -> str | None:
		"""Return the basis of the last run before a date that has one; None where there is none."""
		rows = list(self.store.rows(BASIS_BEFORE, {"job": JOB, "day": day}))
		return str(rows[0][0]) if rows else None

	def night_before(self, day: date) -> NightBefore | None:
		"""Return the last night before a date that was done; None where there is none."""
		values: dict[str, Value] = {"job": JOB, "day": day, "done": RunStatus.DONE.value}
		for name, site_date, began, frame, others in list(self.store.rows(DONE_BEFORE, values)):
			spared = [text for (text,) in self.store.rows(SPARED, {"run": name})]
			left_out = [customer for text in spared for customer, _error in json.loads(text)]
			return NightBefore(
				as_date(site_date) or day,
				as_datetime(began) or datetime.min,
				None if others else frame or None,
				left_out,
			)
		return None

	def looked_until(self, name: str) -> datetime | None:
		"""Return until when a run's customers were looked at: since it began, or since the last look by day."""
		query = f"SELECT looked_until, started_on FROM `tab{RUN}` WHERE name = %(name)s"
		((looked, started),) = self.store.rows(query, {"name": name})
		return as_datetime(looked) or as_datetime(started)

	def note_look(self, name: str, until: datetime, customers: int, states: int) -> None:
		"""Add a look by day to what a run has on record."""
		values: dict[str, Value] = {"name": name, "until": until, "customers": customers, "states": states}
		self.store.change(NOTE_LOOK, values)
		self.store.commit()

	def take(self, run: Run) -> Chunk | None:
		"""Claim the next chunk of the phase that nobody works on; None when there is none.

		A chunk without a sign of life for long goes first, and the connection that still holds it is ended: what it has
		locked may stand in the way of the others.
		"""
		chunk = self._claim(run)
		if chunk is None and self._reopen_abandoned(run):
			chunk = self._claim(run)
			self.store.rollback()
		return chunk

	def _reopen_abandoned(self, run: Run) -> int:
		"""Give back the chunks of workers whose connection is gone, and return how many they were.

		It ends the transaction in which no chunk was found.
		"""
		values = {"run": run.name, "phase": run.phase.value, **STATES}
		holders = [holder for (holder,) in list(self.store.rows(HOLDERS, values)) if holder]
		gone = [holder for holder in holders if self.store.is_gone(holder)]
		count = sum(self.store.change(REOPEN_OF, {**values, "holder": holder}) for holder in gone)
		self.store.commit()
		return count

	def _claim(self, run: Run) -> Chunk | None:
		values = {"run": run.name, "phase": run.phase.value, "stale": self.now() - STALE_AFTER, **STATES}
		found = self.store.lock_next(NEXT_CHUNK, values)
		if found is None:
			return None
		name, first, last, scope, attempts, status, given_up = found
		if given_up:
			self.store.end(given_up)
		token = secrets.token_hex(8)
		claimed: dict[str, Value] = {"status": CLAIMED, "token": token, "heartbeat": self.now()}
		fields: dict[str, Value] = {
			**claimed,
			"holder": self.store.holder(),
			"attempts": as_count(attempts) + 1,
		}
		self.store.claim(CHUNK, name, {"status": status}, fields)
		self.store.commit()
		return Chunk(name, run.name, run.phase, first or "", last or "", json.loads(scope or "{}"), token)

	def beat(self, chunk: Chunk) -> None:
		"""Give a sign of life; FencedError when the chunk is somebody else's by now."""
		self._change(chunk, {"heartbeat": self.now()})
		self.store.commit()

	def finish(self, chunk: Chunk, done: Done) -> None:
		"""Close a chunk within the transaction that did its work; FencedError when it was taken over meanwhile."""
		figures = {name: done.figures.get(name, 0) for name in FIGURES}
		figures["customers_spared"] = len(done.spared)
		spared = json.dumps(done.spared, ensure_ascii=False) if done.spared else None
		closed = {"status": ChunkStatus.DONE.value, "heartbeat": self.now(), "error": None, "spared": spared}
		self._change(chunk, {**closed, **figures})

	def fail(self, chunk: Chunk, error: BaseException) -> None:
		"""Close a chunk as failed, with its error."""
		self._change(chunk, {"status": ChunkStatus.FAILED.value, "error": in_words(error)})
		self.store.commit()

	def release(self, chunk: Chunk) -> None:
		"""Give a chunk back unfinished; the next worker takes it."""
		self._change(chunk, {"status": ChunkStatus.OPEN.value, "token": None})
		self.store.commit()

	def split(self, chunk: Chunk, parts: Sequence[Part]) -> None:
		"""Put smaller chunks in the place of one that failed: the first takes its row."""
		first, *others = parts
		opened = {
			"status": ChunkStatus.OPEN.value,
			"token": None,
			"first_key": first.first,
			"last_key": first.last,
		}
		self._change(chunk, {**opened, "scope": json.dumps(first.scope, ensure_ascii=False)})
		self._add_parts(chunk.run, chunk.phase, others)
		self.store.commit()

	def _change(self, chunk: Chunk, fields: Mapping[str, Any]) -> None:
		"""Change a chunk that is still claimed under its token."""
		found = {"status": ChunkStatus.CLAIMED.value, "token": chunk.token}
		if not self.store.claim(CHUNK, chunk.name, found, fields):
			raise FencedError(chunk.name)

	def _add_parts(self, run: str, phase: Phase, parts: Sequence[Part]) -> None:
		rows = [
			(run, phase.value, part.first, part.last, json.dumps(part.scope, ensure_ascii=False), OPEN)
			for part in parts
		]
		self.store.add_missing(CHUNK, ("run", "phase", "first_key", "last_key", "scope", "status"), rows)

	def advance(self, run: Run, parts_of: Callable[[Phase], Sequence[Part]]) -> Run | None:
		"""Open the next phase, or close the run, once every chunk of its phase has ended; return the run as it then stands.

		Whoever finishes last does it; when somebody is at it, nobody else is, and None is returned. `parts_of` gives the
		chunks of a phase; a phase without any is passed over.
		"""
		held = self.store.lock_next(HOLD_RUN, {"name": run.name, "phase": run.phase.value, **STATES})
		states = self._states(run) if held else {}
		if not held or any(states.get(status) for status in UNFINISHED):
			self.store.rollback()
			return None
		if states.get(ChunkStatus.FAILED.value):
			return self._close(run, RunStatus.FAILED, self._first_error(run))
		phase = next_phase(run.phase)
		while phase and not (parts := parts_of(phase)):
			phase = next_phase(phase)
		if phase is None:
			return self._close(run, RunStatus.DONE)
		self._add_parts(run.name, phase, parts)
		self.store.update_rows(RUN, ("name", "phase"), [(run.name, phase.value)])
		self.store.commit()
		return replace(run, phase=phase)

	def _states(self, run: Run) -> dict[str, int]:
		values = {"run": run.name, "phase": run.phase.value}
		return {status: as_count(count) for status, count in self.store.rows(COUNT_CHUNKS, values)}

	def _first_error(self, run: Run) -> str | None:
		values = {"run": run.name, "failed": ChunkStatus.FAILED.value}
		for (error,) in self.store.rows(FIRST_ERROR, values):
			return str(error)
		return None

	def _close(self, run: Run, status: RunStatus, error: str | None = None) -> Run:
		((*sums,),) = self.store.rows(SUM_CHUNKS, {"run": run.name})
		figures = dict(zip(FIGURES, map(as_count, sums), strict=True))
		closed = {"status": status.value, "finished_on": self.now(), "error": error, **figures}
		self.store.update_rows(RUN, ("name", *closed), [(run.name, *closed.values())])
		self.closed(run.name, status, figures["customers_spared"])
		self.store.commit()
		return replace(run, status=status)

	def fail_run(self, run: Run, error: BaseException) -> Run | None:
		"""Close a run as failed for an error outside its chunks and return it as it then stands; None: it has ended."""
		if self.store.lock_next(HOLD_RUN, {"name": run.name, "phase": run.phase.value, **STATES}):
			return self._close(run, RunStatus.FAILED, in_words(error))
		self.store.rollback()
		return None

	def begin_again(self, name: str, by_person: bool) -> bool:
		"""Begin a failed run again where it stopped; tell whether it may be, and was."""
		query = f"SELECT status, attempts, site_date FROM `tab{RUN}` WHERE name = %(name)s"
		held = self.store.lock_next(query, {"name": name})
		if held is None:
			self.store.rollback()
			return False
		status, attempts, day = RunStatus(held[0]), as_count(held[1]), as_date(held[2])
		if not may_begin_again(status, attempts, day == self.newest(), by_person):
			self.store.rollback()
			return False
		running = (name, RunStatus.RUNNING.value, None, None, attempts + 1)
		self.store.update_rows(RUN, ("name", "status", "error", "finished_on", "attempts"), [running])
		self.store.change(REOPEN_CHUNKS, {"run": name, "failed": ChunkStatus.FAILED.value, **STATES})
		self.store.commit()
		return True


OPEN, CLAIMED = ChunkStatus.OPEN.value, ChunkStatus.CLAIMED.value
STATES = {
	"open": ChunkStatus.OPEN.value,
	"claimed": ChunkStatus.CLAIMED.value,
	"running": RunStatus.RUNNING.value,
}
RUN_FIELDS = (
	*("name", "job", "site_date", "status", "phase", "started_on", "finished_on", "attempts"),
	*("policy_version", "policy", "reasons"),
)
NEXT_CHUNK = f"""SELECT name, first_key, last_key, scope, attempts, status,
	CASE WHEN status = %(claimed)s THEN holder END
	FROM `tab{CHUNK}`
	WHERE run = %(run)s AND phase = %(phase)s
		AND (status = %(open)s OR (status = %(claimed)s AND heartbeat < %(stale)s))
	ORDER BY CASE WHEN status = %(open)s THEN 1 ELSE 0 END, first_key"""
HOLD_RUN = (
	f"""SELECT name FROM `tab{RUN}` WHERE name = %(name)s AND phase = %(phase)s AND status = %(running)s"""
)
HOLDERS = f"""SELECT DISTINCT holder FROM `tab{CHUNK}`
	WHERE run = %(run)s AND phase = %(phase)s AND status = %(claimed)s"""
REOPEN_OF = f"""UPDATE `tab{CHUNK}` SET status = %(open)s, token = NULL
	WHERE run = %(run)s AND phase = %(phase)s AND status = %(claimed)s AND holder = %(holder)s"""
COUNT_CHUNKS = f"""SELECT status, COUNT(*) FROM `tab{CHUNK}`
	WHERE run = %(run)s AND phase = %(phase)s GROUP BY status"""
SUM_CHUNKS = (
	f"""SELECT {", ".join(f"SUM({name})" for name in FIGURES)} FROM `tab{CHUNK}` WHERE run = %(run)s"""
)
FIRST_ERROR = (
	f"""SELECT error FROM `tab{CHUNK}` WHERE run = %(run)s AND status = %(failed)s ORDER BY first_key"""
)
BASIS_BEFORE = f"""SELECT basis FROM `tab{RUN}` WHERE job = %(job)s AND site_date < %(day)s AND basis > ''
	ORDER BY site_date DESC LIMIT 1"""
DONE_BEFORE = f"""SELECT done.name, done.site_date, done.started_on, done.plan_frame,
		EXISTS (SELECT 1 FROM `tab{RUN}` later WHERE later.job = done.job AND later.site_date < %(day)s
			AND later.site_date > done.site_date AND later.plan_frame <> done.plan_frame)
	FROM `tab{RUN}` done
	WHERE done.job = %(job)s AND done.site_date < %(day)s AND done.status = %(done)s
	ORDER BY done.site_date DESC LIMIT 1"""
SPARED = f"SELECT spared FROM `tab{CHUNK}` WHERE run = %(run)s AND spared > ''"
NOTE_LOOK = f"""UPDATE `tab{RUN}` SET looked_until = %(until)s, looked_at = looked_at + %(customers)s,
	changed_by_day = changed_by_day + %(states)s WHERE name = %(name)s"""
DROP_CHUNKS = f"""UPDATE `tab{CHUNK}` SET status = %(dropped)s, token = NULL
	WHERE run = %(run)s AND status IN (%(open)s, %(claimed)s)"""
REOPEN_CHUNKS = (
	f"UPDATE `tab{CHUNK}` SET status = %(open)s, token = NULL WHERE run = %(run)s AND status = %(failed)s"
)

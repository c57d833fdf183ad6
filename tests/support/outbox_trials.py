"""Faults of the outbox that need no bench, one function each: do harm to a sweep, sweep on, return what does not hold.

A sweep that is to die runs in a fork. Texts go to a gateway that answers over HTTP, as on a site.
"""

from __future__ import annotations

import http.client
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import private_mariadb
import pymysql
from fault_trials import error_of
from mail_servers import TextGateway, serving
from sabotage import Wire
from support_outbox import NOW, Desk, mails_per_key, messages, open_outbox, put, read

from cs_retention.engine.outbox import PAUSES, SENDING_AT_MOST
from cs_retention.engine.vocabulary import MessageChannel
from cs_retention.nightly import outbox
from cs_retention.nightly.outbox import NotSentError, Sweep
from cs_retention.nightly.outbox_rows import OUTBOX, QUEUE, RECIPIENT, Waiting

MAILS, TEXTS = 60, 20
outbox.BATCH, outbox.AT_ONCE = 25, 5
CLEARED = (OUTBOX, QUEUE, RECIPIENT, "Email Unsubscribe")


class HttpDesk(Desk):
	"""An office whose texts go to a gateway over HTTP."""

	def __init__(self, url: str):
		super().__init__()
		self.address = urlsplit(url)

	def send_text(self, waiting: Waiting) -> None:
		try:
			connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=1)
			connection.connect()
		except OSError as error:
			raise NotSentError(str(error)) from error
		connection.request("POST", self.address.path, urlencode({"key": waiting.key}))
		status = connection.getresponse().status
		connection.close()
		if 400 <= status < 500 or status == 503:
			raise NotSentError(f"status {status}")
		if status >= 300:
			raise OSError(f"status {status}")


def cleared(address: Mapping[str, object]) -> None:
	"""Empty the outbox and put messages into it."""
	store = open_outbox(address)
	for doctype in CLEARED:
		store.change(f"DELETE FROM `tab{doctype}`", {})
	put(store, [*messages(MAILS), *messages(TEXTS, MessageChannel.SMS)])
	store.commit()
	store.close()


@contextmanager
def opened(address: Mapping[str, object], wire: Wire | None = None) -> Iterator[Any]:
	store = open_outbox(address, wire=wire)
	try:
		yield store
	finally:
		if store._connection.open:
			store.close()


def sweep(store: Any, url: str, minutes: float = 0) -> None:
	moment = NOW + timedelta(minutes=minutes)
	Sweep(store, lambda: moment, HttpDesk(url), sleep=lambda _: None).run()


def sweep_on(address: Mapping[str, object], url: str) -> None:
	"""Sweep as the scheduler would from then on, until every pause and every doubt is over."""
	with opened(address) as store:
		for minutes in (1, SENDING_AT_MOST.total_seconds() / 60 + 1, 60, sum(PAUSES) + 60):
			sweep(store, url, minutes)


def checked(address: Mapping[str, object], gateway: TextGateway) -> list[str]:
	"""Return what does not hold: one mail per key, no text twice, nothing lost, nothing left half done."""
	problems = []
	with opened(address) as store:
		states = dict(read(store, "dedupe_key", "status"))
		mails = mails_per_key(store)
		recipients = len(read(store, "name", doctype=RECIPIENT, by="name"))
	texts = Counter(form["key"] for form in gateway.taken)
	if len(states) != MAILS + TEXTS:
		problems.append(f"lost: {len(states)} messages of {MAILS + TEXTS}")
	if twice := {key: count for key, count in mails.items() if count != 1}:
		problems.append(f"I3: mails per key {twice}")
	if len(mails) != MAILS or recipients != MAILS:
		problems.append(f"lost: {len(mails)} mails and {recipients} recipients of {MAILS}")
	if twice := {key: count for key, count in texts.items() if count != 1}:
		problems.append(f"I3: texts per key {twice}")
	for key, status in states.items():
		is_mail = "|email|" in key
		allowed = {"Sent"} if is_mail else {"Sent", "On Review"} if key in texts else {"On Review"}
		if status not in allowed:
			problems.append(f"{key} is {status}")
	return problems


def undisturbed(address: Mapping[str, object]) -> tuple[int, int, list[str]]:
	"""Sweep without a fault; return statements, commits, and what does not hold."""
	cleared(address)
	wire = Wire()
	with serving(TextGateway()) as gateway:
		with opened(address, wire) as store:
			sweep(store, gateway.url)
		found = checked(address, gateway)
	return wire.statements, wire.commits, found


def harmed(
	address: Mapping[str, object],
	harm: Callable[[str], None],
	behave: Callable[[int], str] = lambda _number: "take",
) -> list[str]:
	"""Do harm to a sweep, sweep on, and return what does not hold."""
	cleared(address)
	with serving(TextGateway(behave)) as gateway:
		harm(gateway.url)
		sweep_on(address, gateway.url)
		return checked(address, gateway)


def in_fork(work: Callable[[], None]) -> int:
	"""Do something in a fork, and return the fork's id."""
	child = os.fork()
	if child:
		return child
	private_mariadb.die_with_parent()
	try:
		work()
		os._exit(0)
	except BaseException:
		os._exit(1)


def ended(child: int) -> int:
	return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed(
	address: Mapping[str, object],
	statement: int | None = None,
	commit: int | None = None,
	is_made: bool = False,
) -> list[str]:
	"""Kill a sweep at a statement, or before or after a commit."""

	def die() -> None:
		os.kill(os.getpid(), signal.SIGKILL)

	def harm(url: str) -> None:
		def work() -> None:
			wire = Wire(
				lambda number, _query: number == statement and die(),
				lambda number, made: (number, made) == (commit, is_made) and die(),
			)
			with opened(address, wire) as store:
				sweep(store, url)

		assert ended(in_fork(work)) == -signal.SIGKILL

	return harmed(address, harm)


def killed_at_the_gateway(address: Mapping[str, object], number: int) -> list[str]:
	"""Kill a sweep once the gateway has taken a text and before it answers."""
	children: list[int] = []

	def behave(taken: int) -> str:
		if taken == number:
			# The text is taken whatever becomes of who sent it.
			os.kill(children[0], signal.SIGKILL)
		return "take"

	def harm(url: str) -> None:
		def work() -> None:
			time.sleep(0.1)
			with opened(address) as store:
				sweep(store, url)

		children.append(in_fork(work))
		assert ended(children[0]) == -signal.SIGKILL

	return harmed(address, harm, behave)


def answered(address: Mapping[str, object], act: str, number: int) -> list[str]:
	"""Let the gateway answer a text as told; only what it certainly did not take is sent again."""

	def harm(url: str) -> None:
		with opened(address) as store:
			sweep(store, url)

	return harmed(address, harm, lambda taken: act if taken == number else "take")


def raced(address: Mapping[str, object], sweepers: int, seed: int) -> list[str]:
	"""Let several sweep at once."""
	draw = random.Random(seed)

	def harm(url: str) -> None:
		def work(pause: float) -> None:
			with opened(address) as store:
				time.sleep(pause)
				sweep(store, url)

		pauses = [draw.choice((0.05, 0.05 + draw.random() / 20)) for _ in range(sweepers)]
		children = [in_fork(lambda pause=pause: work(pause)) for pause in pauses]
		assert [ended(child) for child in children] == [0] * sweepers

	return harmed(address, harm)


def cut_off(address: Mapping[str, object], statement: int) -> list[str]:
	"""Have the server kill the connection just before a statement."""

	def harm(url: str) -> None:
		def kill(number: int, _query: str) -> None:
			if number == statement:
				other = pymysql.connect(**address)
				other.cursor().execute(f"KILL {store.connection_id()}")
				other.close()

		with opened(address, Wire(kill)) as store:
			sweep(store, url)

	return harmed(address, harm)


def refused(address: Mapping[str, object], number: int, statement: int, times: int) -> list[str]:
	"""Have the server refuse a statement, and those that follow."""

	def harm(url: str) -> None:
		def refuse(count: int, _query: str) -> None:
			if statement <= count < statement + times:
				raise error_of(number)

		with opened(address, Wire(refuse)) as store:
			sweep(store, url)

	return harmed(address, harm)

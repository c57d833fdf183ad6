"""Callbacks that a contact had met, planned again when that contact is withdrawn: nothing that was owed is lost."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import chain

from cs_retention.engine.reasons import Reason
from cs_retention.engine.vocabulary import CallbackStatus
from cs_retention.facts.callbacks import MetCallback, read_met, read_open_keys
from cs_retention.facts.selection import Selection
from cs_retention.facts.touches import NotedContact
from cs_retention.nightly.callback_rows import CALLBACK, PURPOSE
from cs_retention.nightly.reason_json import dump_reasons
from cs_retention.store.base import Row, Store

REOPENED = ("name", "status", "open_key", "touch", "reasons")


def reopen(store: Store, selection: Selection, touches: Mapping[str, NotedContact]) -> None:
	"""Plan the selected customers' callbacks again that these touches had met; the plan decides what becomes of them.

	One whose duty is another callback's by now stays as it is.
	"""
	if not touches:
		return
	met = [row for row in read_met(store, selection) if row.touch in touches]
	taken = read_open_keys(store, list(chain.from_iterable(row.keys() for row in met)))
	free = [row for row in met if taken.isdisjoint(row.keys())]
	store.update_rows(CALLBACK, REOPENED, _callbacks(free, touches))
	purposes = ((name, key, 0) for row in free for name, key in row.purposes.items())
	store.update_rows(PURPOSE, ("name", "open_key", "met"), purposes)


def _callbacks(met: Collection[MetCallback], touches: Mapping[str, NotedContact]) -> Iterator[Row]:
	for row in met:
		touch = touches[row.touch]
		reason = Reason.of("contact_withdrawn", date=touch.day, channel=touch.channel.value)
		yield row.name, CallbackStatus.PLANNED.value, row.occurrence_key, None, dump_reasons([reason])

"""Automatic touches: what a rule or a person wants to send is decided, written into the ledger and put in the outbox.

The ledger (Customer Touch) and the outbox are written in one transaction. Whoever decides about customers holds their
states first, so that no two decide at once and a cap holds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from cs_retention.engine.contact_decisions import Addressee, Decision, WantedTouch, decide
from cs_retention.engine.contact_policy import CAP_DAYS, ContactPolicy
from cs_retention.engine.outbox import Message
from cs_retention.engine.reasons import MessageError, Reason
from cs_retention.engine.vocabulary import Channel, Level, MessageChannel, MessageClass, TouchDecision
from cs_retention.facts.contact_history import (
	HeldTouch,
	Subject,
	read_consents,
	read_due_customers,
	read_held,
	read_known_keys,
	read_made_touches,
	read_subjects,
)
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection
from cs_retention.nightly.reason_json import dump_reasons
from cs_retention.store.base import Store, batches

TOUCH, STATE = "Customer Touch", "Customer Retention State"
BETWEEN = "\n\n"
PAGE, READ = 500, 5000
"""Customers whose held touches are released in one transaction; customers whose facts are read together."""

DECIDED = (
	"was_held",
	"touch_date",
	"touch_time",
	"decision",
	"reasons",
	"held_until",
	"open_key",
	"merged_into",
	"contact_policy",
)
NEW = (
	*("name", "customer", "person", "channel", "message_channel", "message_class", "recipient", "asked_at"),
	*("summary", "message", "language", "source", "message_key", *DECIDED),
)


@dataclass(frozen=True, slots=True)
class WantedMessage:
	"""A message that somebody or some rule wants to send to a customer; of several with one key one is decided about.

	`body` is without the lines on unsubscribing. `source` says what wants it, `person` who, if a person does.
	"""

	key: str
	customer: str
	class_: MessageClass
	channel: MessageChannel
	recipient: str
	subject: str
	body: str
	language: str
	asked_at: datetime
	source: str
	person: str | None = None
	unknown: tuple[str, ...] = ()
	"""What the text says of the customer and nobody knows: it is not sent with gaps in it."""
	touch: str | None = None
	"""The touch it is recorded under already, because it was held."""

	@classmethod
	def of_held(cls, held: HeldTouch) -> WantedMessage:
		"""Return a message that was held."""
		same = (
			"key",
			"customer",
			"class_",
			"channel",
			"recipient",
			"subject",
			"body",
			"language",
			"asked_at",
		)
		fields = {name: getattr(held, name) for name in (*same, "source", "person")}
		return cls(**fields, touch=held.name)


@dataclass(frozen=True, slots=True)
class DecidedMessage:
	"""A message with what became of it."""

	wanted: WantedMessage
	decision: Decision


@dataclass(frozen=True, slots=True)
class Sender:
	"""Decides about messages over a store. It commits nothing but in `release`.

	`put` writes into the outbox; `finish` returns the text of a message under the name of its touch, empty while it has
	none, as it is sent: with the way to unsubscribe.
	"""

	store: Store
	policy: ContactPolicy
	put: Callable[[Iterable[Message]], int]
	finish: Callable[[WantedMessage, str, str], str]
	tell: Callable[[Sequence[str], Sequence[str]], None] = lambda new, changed: None
	"""Is told the names of touches that are new and of those decided again, within the transaction."""

	def preview(self, wanted: Sequence[WantedMessage], as_of: datetime) -> list[DecidedMessage]:
		"""Return what would become of messages at a moment; nothing is written."""
		return [found for found, _subject in self._decide(wanted, as_of, release_due=False)]

	def send(self, wanted: Sequence[WantedMessage], as_of: datetime) -> list[DecidedMessage]:
		"""Decide about messages whose customers are held, write the ledger and the outbox, and return what became of them.

		A message whose key is known is passed over.
		"""
		known = read_known_keys(self.store, [message.key for message in wanted])
		new = {fold(message.key): message for message in wanted if fold(message.key) not in known}
		return self._write(self._decide(list(new.values()), as_of, release_due=False), as_of)

	def hold(self, customers: Iterable[str]) -> None:
		"""Let nobody else decide about the customers until the transaction ends; first of all in a transaction."""
		self.store.hold(STATE, "customer", sorted(set(customers)))

	def call_off(self, touch: str, person: str, as_of: datetime) -> bool:
		"""Skip a touch for good that a person does not want to be sent any more; false when it is not held."""
		found = self.store.claim(
			TOUCH,
			touch,
			{"decision": TouchDecision.HELD.value},
			{
				"decision": TouchDecision.SKIPPED.value,
				"reasons": dump_reasons([Reason.of("called_off", person=person)]),
				"touch_date": as_of.date(),
				"touch_time": f"{as_of:%H:%M:%S}",
				"held_until": None,
				"open_key": None,
			},
		)
		if found:
			self.tell([], [touch])
		return found

	def release(self, as_of: datetime, failed: Callable[[str], None]) -> Counter[TouchDecision]:
		"""Decide again about every held touch whose time has come, and commit page by page.

		What fails with an error that passes is tried once more. A page that fails is tried customer by customer; `failed`
		is told of each that fails alone, inside the handling of its error.
		"""
		came: Counter[TouchDecision] = Counter()
		last = ""
		while customers := read_due_customers(self.store, as_of, last, PAGE):
			last = customers[-1]
			came += self._released(customers, as_of, failed)
		return came

	def _released(
		self, customers: Sequence[str], as_of: datetime, failed: Callable[[str], None]
	) -> Counter[TouchDecision]:
		for is_second in (False, True):
			try:
				return self._release(customers, as_of)
			except Exception as error:
				self.store.recover()
				if self.store.is_passing(error) and not is_second:
					continue
				if len(customers) == 1:
					failed(customers[0])
					return Counter()
				break
		return sum((self._released([customer], as_of, failed) for customer in customers), Counter())

	def _release(self, customers: Sequence[str], as_of: datetime) -> Counter[TouchDecision]:
		self.store.rollback()
		self.hold(customers)
		decided = self._write(self._decide([], as_of, customers), as_of)
		self.store.commit()
		return Counter(found.decision.outcome for found in decided)

	def _decide(
		self,
		wanted: Sequence[WantedMessage],
		as_of: datetime,
		customers: Sequence[str] = (),
		release_due: bool = True,
	) -> list[tuple[DecidedMessage, Subject]]:
		by_customer: defaultdict[str, list[WantedMessage]] = defaultdict(list)
		for message in wanted:
			by_customer[fold(message.customer)].append(message)
		names = {fold(name): name for name in (*customers, *(message.customer for message in wanted))}
		return [
			found
			for page in batches(names.items(), READ)
			for found in self._decide_page(dict(page), by_customer, as_of, release_due)
		]

	def _decide_page(
		self,
		names: Mapping[str, str],
		wanted: Mapping[str, Sequence[WantedMessage]],
		as_of: datetime,
		release_due: bool,
	) -> Iterator[tuple[DecidedMessage, Subject]]:
		selection, today = Selection.of(list(names.values())), as_of.date()
		since = today - timedelta(days=CAP_DAYS - 1)
		subjects = read_subjects(self.store, selection)
		made = read_made_touches(self.store, selection, since, today)
		held = read_held(self.store, selection)
		everything = {
			customer: [*wanted.get(customer, ()), *map(WantedMessage.of_held, held.get(customer, ()))]
			for customer in names
		}
		addresses = [message.recipient for messages in everything.values() for message in messages]
		record = read_consents(self.store, selection, addresses)
		for customer, name in names.items():
			waiting = [
				found for found in held.get(customer, ()) if not release_due or found.held_until > as_of
			]
			kept = {found.name for found in waiting}
			messages = [message for message in everything[customer] if message.touch not in kept]
			subject = subjects.get(customer) or Subject(name, "", Level.NEW.value)
			addressee = Addressee(
				level=subject.level,
				consents=record.of(customer, [message.recipient for message in messages]),
				history=made.get(customer, ()),
				waiting=tuple(as_wanted(WantedMessage.of_held(found)) for found in waiting),
			)
			for decided in self._decide_for(addressee, messages, as_of):
				yield decided, subject

	def _decide_for(
		self, addressee: Addressee, messages: Sequence[WantedMessage], as_of: datetime
	) -> Iterator[DecidedMessage]:
		by_key = {message.key: message for message in messages}
		unfit = {message.key: error for message in messages if (error := self._refused(message))}
		for key, error in unfit.items():
			yield DecidedMessage(by_key[key], Decision(key, TouchDecision.SKIPPED, (error,)))
		fit = [message for message in messages if message.key not in unfit]
		touches = [replace(as_wanted(message), size=self._size(message)) for message in fit]
		for decision in decide(self.policy, addressee, touches, as_of):
			yield DecidedMessage(by_key[decision.key], decision)

	def _refused(self, wanted: WantedMessage) -> Reason | None:
		"""Return why a message could not be sent as it is; one without an address is the policy's business."""
		if wanted.unknown:
			return Reason.of("nothing_known", names=", ".join(wanted.unknown))
		if not wanted.recipient.strip():
			return None
		try:
			message_of(wanted, self.finish(wanted, wanted.body, ""), wanted.asked_at, "", None)
		except MessageError as error:
			return Reason.of("cannot_be_sent", remedy=error.remedy)
		return None

	def _size(self, wanted: WantedMessage) -> int:
		return len(self.finish(wanted, wanted.body, "")) + len(BETWEEN)

	def _write(
		self, found: Sequence[tuple[DecidedMessage, Subject]], as_of: datetime
	) -> list[DecidedMessage]:
		touches = {
			decided.wanted.key: decided.wanted.touch or self.store.new_name() for decided, _subject in found
		}
		new, held = [], []
		for decided, _subject in found:
			end = self._end_of(decided, touches, as_of)
			name = touches[decided.wanted.key]
			if decided.wanted.touch:
				held.append((name, *end))
			else:
				new.append((name, *new_row(decided.wanted), *end))
		self.store.update_rows(TOUCH, ("name", *DECIDED), held, still="open_key")
		self.store.insert_rows(TOUCH, NEW, new)
		self.put(self._messages(found, touches, as_of))
		self.tell([row[0] for row in new], [row[0] for row in held])
		return [decided for decided, _subject in found]

	def _end_of(
		self, decided: DecidedMessage, touches: Mapping[str, str], as_of: datetime
	) -> tuple[Any, ...]:
		decision = decided.decision
		is_held = decision.outcome is TouchDecision.HELD
		return (
			int(is_held or decided.wanted.touch is not None),
			as_of.date(),
			f"{as_of:%H:%M:%S}",
			decision.outcome.value,
			dump_reasons(decision.reasons),
			decision.held_until,
			decision.key if is_held else None,
			touches[decision.merged_into] if decision.merged_into else None,
			self.policy.version,
		)

	def _messages(
		self, found: Sequence[tuple[DecidedMessage, Subject]], touches: Mapping[str, str], as_of: datetime
	) -> Iterator[Message]:
		carried: defaultdict[str, list[WantedMessage]] = defaultdict(list)
		for decided, _subject in found:
			if decided.decision.merged_into:
				carried[decided.decision.merged_into].append(decided.wanted)
		for decided, subject in found:
			wanted = decided.wanted
			if decided.decision.outcome is not TouchDecision.SENT:
				continue
			name = touches[wanted.key]
			parts = [message.body for message in (wanted, *carried[wanted.key])]
			body = self.finish(wanted, text_of(parts), name)
			yield message_of(wanted, body, as_of, subject.state, name)


def as_wanted(message: WantedMessage) -> WantedTouch:
	"""Return a message as the engine takes it."""
	return WantedTouch(message.key, message.class_, message.channel, message.recipient, message.asked_at)


def message_of(
	wanted: WantedMessage, body: str, ready_at: datetime, state: str, touch: str | None
) -> Message:
	"""Return a message as the outbox takes it; MessageError for one that could not be sent as it is."""
	is_mail = wanted.channel is MessageChannel.EMAIL
	return Message(
		key=wanted.key,
		channel=wanted.channel,
		recipient=wanted.recipient.strip(),
		subject=wanted.subject if is_mail else "",
		body=body,
		language=wanted.language,
		ready_at=ready_at,
		customer_state=state,
		touch_key=touch,
		class_=wanted.class_,
	)


def text_of(parts: Iterable[str]) -> str:
	"""Return the parts of a message one below the other, each once."""
	return BETWEEN.join(dict.fromkeys(filter(None, map(str.strip, parts))))


def new_row(wanted: WantedMessage) -> tuple[Any, ...]:
	"""Return the fields of a new touch between its name and its end."""
	return (
		wanted.customer,
		wanted.person,
		Channel.MESSAGE.value,
		wanted.channel.value,
		wanted.class_.value,
		wanted.recipient,
		wanted.asked_at,
		wanted.subject,
		wanted.body,
		wanted.language,
		wanted.source,
		wanted.key,
	)

"""A book handed from one person to others, over files: tried, then moved with the calls that stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cs_retention.engine.handover import Book as Holding
from cs_retention.engine.handover import Share, SplitRule, split
from cs_retention.engine.vocabulary import CallbackStatus
from cs_retention.facts.keys import fold
from cs_retention.preview.book import Book
from cs_retention.preview.nights import last_night, play_night
from cs_retention.preview.problems import BadInput, quoted
from cs_retention.preview.speech import INDENT, Speech

CUSTOMERS = """SELECT name, account_manager, retention_backup_manager, COALESCE((
		SELECT SUM(base_net_total) FROM `tabSales Invoice` invoice
		WHERE invoice.customer = customer.name AND docstatus = 1 AND posting_date > %(since)s), 0)
	FROM `tabCustomer` customer ORDER BY name"""
CALLS = "SELECT name, customer, responsible, account_manager FROM `tabCustomer Callback` WHERE status = %(planned)s"


@dataclass(frozen=True, slots=True)
class Handover:
	"""Who gives, and to whom each customer goes; None for one who cannot go to anybody named."""

	giver: str
	taken: Mapping[str, str | None]
	holdings: Mapping[str, int]
	"""Customers that those who take have already."""

	@property
	def moved(self) -> dict[str, str]:
		"""Return the customers that move, with who takes each."""
		return {customer: person for customer, person in self.taken.items() if person}


def propose(book: Book, giver: str, takers: Sequence[str], rule: SplitRule) -> Handover:
	"""Return how a person's customers would be dealt out; BadInput where nobody gives or the same person takes."""
	night = last_night(book)
	since = night.as_of.replace(year=night.as_of.year - 1, day=min(night.as_of.day, 28))
	rows = list(book.store.rows(CUSTOMERS, {"since": since}))
	people = {fold(row[1]): row[1] for row in rows if row[1]}
	known = people.get(fold(giver))
	if known is None:
		raise BadInput([f"{quoted(giver)} is account manager of no customer; name one who is"])
	if fold(giver) in map(fold, takers):
		raise BadInput([f"--to {quoted(giver)} gives the customers away; name somebody else"])
	numbers, amounts = Counter(row[1] for row in rows), Counter[str]()
	for row in rows:
		amounts[row[1]] += row[3]
	named = [people.get(fold(taker), taker) for taker in dict.fromkeys(takers)]
	shares = [
		Share(name, float(revenue), backup) for name, manager, backup, revenue in rows if manager == known
	]
	holdings = [Holding(taker, numbers[taker], float(amounts[taker])) for taker in named]
	return Handover(known, split(shares, holdings, rule), {taker: numbers[taker] for taker in named})


def move(book: Book, handover: Handover) -> int:
	"""Give the customers away with the calls that stand at their manager, plan anew, and return how many calls moved."""
	store, moved = book.store, handover.moved
	calls = []
	for name, customer, responsible, manager in store.rows(CALLS, {"planned": CallbackStatus.PLANNED.value}):
		taker = moved.get(customer)
		if taker and handover.giver in (responsible, manager):
			calls.append((name, taker if responsible == handover.giver else responsible, taker))
	store.update_rows("Customer", ("name", "account_manager"), moved.items())
	store.update_rows("Customer Callback", ("name", "responsible", "account_manager"), calls)
	store.commit()
	play_night(book, last_night(book).as_of)
	return len(calls)


def told(handover: Handover, speech: Speech) -> Iterator[str]:
	"""Say who gets how many customers, and who cannot be moved."""
	yield speech.say("{0} hands over {1} customers", handover.giver, len(handover.taken))
	gets = Counter(handover.moved.values())
	for person, before in handover.holdings.items():
		yield INDENT + speech.say(
			"{0} gets {1} and then has {2}", person, gets[person], before + gets[person]
		)
	left = [customer for customer, person in handover.taken.items() if not person]
	if left:
		yield INDENT + speech.say("{0} stay: everybody named is their backup", ", ".join(left))

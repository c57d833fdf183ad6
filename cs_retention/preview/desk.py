"""What a person does with an open book: look up a customer, log a call and see the plan move."""

from __future__ import annotations

from datetime import timedelta

from cs_retention.engine.workdays import SEARCH_LIMIT, next_working_day
from cs_retention.facts.calendars import read_calendars
from cs_retention.preview.book import Book
from cs_retention.preview.calls import MadeCall, log_call
from cs_retention.preview.listings import CustomerStanding, read_calls, read_standings
from cs_retention.preview.nights import last_night, play_night
from cs_retention.preview.problems import BadInput, quoted
from cs_retention.preview.speech import Speech


def find_customer(book: Book, customer: str) -> CustomerStanding:
	"""Return the customer of that name, as MariaDB would find it; BadInput when there is none."""
	night = last_night(book)
	name = book.customer_named(customer)
	standing = next(read_standings(book.store, night.as_of, name), None) if name else None
	if standing is None:
		remedy = "is no customer of the book; give the name as it stands in the customers file"
		raise BadInput([f"{book.path.name}: {quoted(customer)} {remedy}"])
	return standing


def check_agreed(book: Book, standing: CustomerStanding, call: MadeCall) -> None:
	"""Refuse dates on which nobody who answers for the customer works; BadInput names the next one that does."""
	people = [person for person in (standing.account_manager, standing.backup_manager) if person]
	for option, agreed in (("--next", call.agreed_next), ("--by", call.promised_by)):
		if agreed is None or not people:
			continue
		calendars = read_calendars(book.store, agreed, agreed + timedelta(days=SEARCH_LIMIT))
		found = min(next_working_day(agreed, calendars.of_person(person)) for person in people)
		if found != agreed:
			remedy = f"is no working day of {' or '.join(people)}; the next one is {found}"
			raise BadInput([f"{option} {quoted(agreed.isoformat())} {remedy}"])


def log_and_replan(book: Book, standing: CustomerStanding, call: MadeCall, speech: Speech) -> list[str]:
	"""Log a call, run the night again and return what became of the customer's plan, line by line."""
	night = last_night(book)
	check_agreed(book, standing, call)
	before = list(read_calls(book.store, standing.customer))
	closed = log_call(book.store, call, standing)
	book.store.commit()
	play_night(book, max(night.as_of, call.day))
	return list(speech.moved(call, closed, before, list(read_calls(book.store, standing.customer))))

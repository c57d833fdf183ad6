"""What a person does with an open book: look up a customer, log a call and see the plan move."""

from __future__ import annotations

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


def log_and_replan(book: Book, standing: CustomerStanding, call: MadeCall, speech: Speech) -> list[str]:
	"""Log a call, run the night again and return what became of the customer's plan, line by line."""
	night = last_night(book)
	before = list(read_calls(book.store, standing.customer))
	closed = log_call(book.store, call, standing)
	book.store.commit()
	play_night(book, max(night.as_of, call.day))
	return list(speech.moved(call, closed, before, list(read_calls(book.store, standing.customer))))

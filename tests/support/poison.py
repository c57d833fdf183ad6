"""Customers that the engine fails on, whatever the error, and the error that is never a customer's."""

from contextlib import contextmanager
from unittest import mock

from cs_retention.nightly import plan, rate


class JobTimeout(Exception):
	"""What a queue raises in a job whose time is over, as rq.timeouts.JobTimeoutException."""


KINDS = {
	"ValueError": lambda: ValueError("no such band"),
	"KeyError": lambda: KeyError(1213),
	"ZeroDivisionError": lambda: ZeroDivisionError("division by zero"),
	"MemoryError": MemoryError,
	"RecursionError": lambda: RecursionError("maximum recursion depth exceeded"),
	"UnicodeError": lambda: UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
	"OSError": lambda: OSError(1205, "no such device"),
	"JobTimeout": lambda: JobTimeout("Task exceeded maximum timeout value (1500 seconds)"),
}
"""Errors by the word that the ledger keeps of them; the last one ends a worker."""


@contextmanager
def poison(rated, planned, error):
	assess, plan_customer = rate.assess, plan.plan_customer

	def poisoned_assess(facts, *arguments):
		if facts.customer in rated:
			raise error()
		return assess(facts, *arguments)

	def poisoned_plan(inputs, *arguments):
		if inputs.customer in planned:
			raise error()
		return plan_customer(inputs, *arguments)

	with (
		mock.patch.object(rate, "assess", poisoned_assess),
		mock.patch.object(plan, "plan_customer", poisoned_plan),
	):
		yield

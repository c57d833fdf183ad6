"""How a customer may leave: what each exit type allows, its clock, and the proof that nothing was delayed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cs_retention.engine.callback_work import check_reason
from cs_retention.engine.reasons import PolicyError, WorkError
from cs_retention.engine.workdays import WorkCalendar, add_working_days

LONGEST_CLOCK = 60


@dataclass(frozen=True, slots=True)
class ExitRule:
	"""What an exit type allows.

	`clock_days` are the working days after the request within which the customer is let go; None for no clock. Where
	no offer may be made there is a clock: whoever may not be talked round may not be kept waiting either.
	"""

	exit_type: str
	allows_offers: bool = True
	clock_days: int | None = None

	def __post_init__(self) -> None:
		if self.clock_days is None:
			if not self.allows_offers:
				raise PolicyError(
					"clock_days",
					None,
					"give the working days within which the customer is let go, as no offer may be made",
				)
		elif not 0 <= self.clock_days <= LONGEST_CLOCK:
			raise PolicyError("clock_days", self.clock_days, "give a number from 0 to 60")


DEFAULT_EXIT_RULES = (
	ExitRule("Drifting Away"),
	ExitRule("Cancellation"),
	ExitRule("Contract Not Renewed"),
	ExitRule("Port-out Considered"),
	ExitRule("Port-out Applied", allows_offers=False, clock_days=1),
)


@dataclass(frozen=True, slots=True)
class LeaveRequest:
	"""What is known of a customer's wish to leave: when it was asked, and when it was passed on to be carried out."""

	rule: ExitRule
	asked_on: date | None = None
	passed_on: date | None = None
	delay_reason: str = ""


def clock_end(request: LeaveRequest, calendar: WorkCalendar) -> date | None:
	"""Return the last day on which the request is passed on in time; None where its exit type has no clock."""
	if request.rule.clock_days is None or request.asked_on is None:
		return None
	return add_working_days(request.asked_on, request.rule.clock_days, calendar)


def check_request(request: LeaveRequest, today: date) -> None:
	"""Refuse a request whose clock has no beginning, or one that lies ahead."""
	if request.rule.clock_days is not None and request.asked_on is None:
		raise WorkError(
			"asked_on", None, "give the day of the request: the clock of this exit type starts there"
		)
	if request.asked_on is not None and request.asked_on > today:
		raise WorkError("asked_on", request.asked_on, "give today or an earlier date")


def check_not_delayed(request: LeaveRequest, calendar: WorkCalendar, today: date) -> None:
	"""Refuse to close a request with a clock before it is on record when it was passed on, and why if that was late."""
	check_request(request, today)
	end = clock_end(request, calendar)
	if end is None or request.asked_on is None:
		return
	if request.passed_on is None:
		raise WorkError(
			"passed_on", None, "say when the request was passed on, in the dialog Customer Leaves"
		)
	if not request.asked_on <= request.passed_on <= today:
		raise WorkError(
			"passed_on",
			request.passed_on,
			"give a date from {asked_on} to {today}",
			asked_on=request.asked_on,
			today=today,
		)
	if request.passed_on > end:
		check_reason("delay_reason", request.delay_reason)

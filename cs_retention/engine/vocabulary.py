"""The closed vocabularies of the field; every value equals the Select option stored on a site."""

from enum import Enum


class Level(str, Enum):
	"""Star level of a customer; NEW stands for a customer without enough history to be rated."""

	FIVE_STAR = "Five Star"
	FOUR_STAR = "Four Star"
	THREE_STAR = "Three Star"
	TWO_STAR = "Two Star"
	ONE_STAR = "One Star"
	NEW = "New"


KEY_ACCOUNT = "Key Account"


class Card(str, Enum):
	"""The two health cards."""

	FREE_BUYER = "Free Buyer"
	CONTRACT_CUSTOMER = "Contract Customer"


class Band(str, Enum):
	"""Health bands; PROSPECT is a free buyer who never bought and has no health."""

	HEALTHY = "Healthy"
	WATCH = "Watch"
	AT_RISK = "At Risk"
	CRITICAL = "Critical"
	PROSPECT = "Prospect"


DRIFTING_BANDS = (Band.AT_RISK, Band.CRITICAL)
"""Bands of customers who drift away."""


class Channel(str, Enum):
	"""How a contact is made."""

	PHONE = "Phone"
	VISIT = "Visit"
	VIDEO = "Video"
	WECHAT = "WeChat"
	MESSAGE = "Message"


class Outcome(str, Enum):
	"""What came of a contact."""

	REACHED = "Reached"
	VISITED = "Visited"
	NOT_REACHED = "Not Reached"
	REFUSED = "Refused"


COUNTED_OUTCOMES = (Outcome.REACHED, Outcome.VISITED)
"""Outcomes of a contact that counts for a quota."""


class PeriodKind(str, Enum):
	"""The period a contact quota speaks of: an ISO week or a calendar month."""

	WEEK = "Week"
	MONTH = "Month"


class ObligationKind(str, Enum):
	"""Why a contact is owed, in the order of their rank."""

	COMPLAINT = "Complaint"
	RETENTION = "Retention"
	PROMISE = "Promise"
	AFTER_SERVICE = "After Service"
	VISIT = "Visit"
	QUOTA = "Quota"
	CARE = "Care"


class CallbackStatus(str, Enum):
	"""Stored states of a callback; due and overdue are read from its date."""

	PLANNED = "Planned"
	DONE = "Done"
	MET = "Met"
	SKIPPED = "Skipped"
	MISSED = "Missed"
	UNREACHED = "Unreached"
	MERGED = "Merged"


class NextStep(str, Enum):
	"""What comes after a call: another one, or none."""

	CALL = "Call"
	NONE = "None"


class PromiseStatus(str, Enum):
	"""Life of a promise given to a customer."""

	OPEN = "Open"
	KEPT = "Kept"
	DROPPED = "Dropped"


class RatingStatus(str, Enum):
	"""Life of a Star Rating row."""

	PROPOSED = "Proposed"
	APPLIED = "Applied"
	REVERTED = "Reverted"


class ScheduledReviews(str, Enum):
	"""What becomes of the interim and annual reviews of the calendar: the night applies them, or a manager submits them."""

	AUTOMATIC = "Automatic"
	PROPOSED = "Proposed"


class PolicyStatus(str, Enum):
	"""Life of a policy a manager keeps: tried before it goes live, read-only from then on."""

	DRAFT = "Draft"
	TRIED = "Tried"
	ACTIVE = "Active"
	RETIRED = "Retired"


class RunStatus(str, Enum):
	"""Life of a night: one row per date, which ends done, skipped with a reason, or failed with an error."""

	RUNNING = "Running"
	DONE = "Done"
	SKIPPED = "Skipped"
	FAILED = "Failed"


class BacktestStatus(str, Enum):
	"""Life of a back-test: computed by a job, again whenever somebody runs it."""

	DRAFT = "Draft"
	RUNNING = "Running"
	COMPUTED = "Computed"
	FAILED = "Failed"


class Phase(str, Enum):
	"""Phases of a night, in their order."""

	BASIS = "Basis"
	RATE = "Rate"
	PLAN = "Plan"
	SAY = "Say"


class ChunkStatus(str, Enum):
	"""Life of a chunk of a phase; one is dropped when a later date takes the night over."""

	OPEN = "Open"
	CLAIMED = "Claimed"
	DONE = "Done"
	FAILED = "Failed"
	DROPPED = "Dropped"


class FactValue(str, Enum):
	"""How a field of several documents becomes one figure beside a call."""

	LATEST = "Latest"
	EARLIEST = "Earliest"
	SUM = "Sum"
	MONTHS_SINCE = "Months Since"

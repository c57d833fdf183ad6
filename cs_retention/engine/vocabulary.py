"""The closed vocabularies that several rooms share; a value is the word that a site stores, where it stores one."""

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

LADDER = (KEY_ACCOUNT, *(level.value for level in Level))
"""Where a customer can stand, the best first: whose cadence it has, New last."""


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
	"""What came of a contact; WITHDRAWN stands for one whose document was cancelled, deleted or changed since."""

	REACHED = "Reached"
	VISITED = "Visited"
	NOT_REACHED = "Not Reached"
	REFUSED = "Refused"
	WITHDRAWN = "Withdrawn"


COUNTED_OUTCOMES = (Outcome.REACHED, Outcome.VISITED)
"""Outcomes of a contact that counts for a quota."""

VAIN_OUTCOMES = (Outcome.NOT_REACHED, Outcome.REFUSED)
"""Outcomes of an attempt that counts for none."""


class ContactDocument(str, Enum):
	"""DocTypes of ERPNext whose documents tell of a contact with a customer."""

	CALL_LOG = "Call Log"
	COMMUNICATION = "Communication"
	MAINTENANCE_VISIT = "Maintenance Visit"
	EVENT = "Event"


class PeriodKind(str, Enum):
	"""The period a contact quota speaks of: an ISO week or a calendar month."""

	WEEK = "Week"
	MONTH = "Month"


class ObligationKind(str, Enum):
	"""Why a contact is owed, in the order of their rank."""

	COMPLAINT = "Complaint"
	RETENTION = "Retention"
	PROMISE = "Promise"
	CASE = "Case"
	AFTER_SERVICE = "After Service"
	VISIT = "Visit"
	QUOTA = "Quota"
	CARE = "Care"


class ObligationSource(str, Enum):
	"""What makes a dated obligation, beside the cadence and what people agree; each is one row of the settings."""

	SAMPLED_VISIT = "Sampled Visit"
	COMPLAINT_VERIFICATION = "Complaint Verification"
	AFTER_DELIVERY = "After Delivery"
	AFTER_MAINTENANCE_VISIT = "After Maintenance Visit"
	MAINTENANCE_REMINDER = "Maintenance Reminder"
	BIRTHDAY = "Birthday"
	FESTIVAL = "Festival"
	AFTER_A_SAVE = "After a Save"
	AFTER_LEAVING = "After Leaving"
	MERCHANT_EXCHANGE = "Merchant Exchange"
	CAMPAIGN_INVITATION = "Campaign Invitation"


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


class HealthScale(str, Enum):
	"""Parts of the health cards that give their points by steps."""

	RECENCY = "Recency"
	LATENESS = "Lateness"
	REPEATS = "Repeats"
	BILL_TREND = "Bill Trend"
	COMMITMENT = "Commitment"
	ARREARS = "Arrears"
	TENURE = "Tenure"


class SignalRule(str, Enum):
	"""What warns of churn; the night finds the facts down to Looks Billed, people and other systems enter the others."""

	LATENESS = "Lateness"
	REVENUE_HALVED = "Revenue Halved"
	BILL_TREND = "Bill Trend"
	MISSING_BILL = "Missing Bill"
	OVERDUE_GROWING = "Overdue Growing"
	COMPLAINTS = "Complaints"
	LOW_SATISFACTION = "Low Satisfaction"
	UNREACHED = "Unreached"
	CONTRACT_ENDING = "Contract Ending"
	LOOKS_BILLED = "Looks Billed"
	CANCELLATION_ASKED = "Cancellation Asked"
	PORT_OUT_ASKED = "Port-Out Asked"
	COMPETITOR_NAMED = "Competitor Named"
	EXTERNAL_WARNING = "External Warning"


class SignalStatus(str, Enum):
	"""Life of a signal: open, silent until a date, or closed with a word on what it was."""

	OPEN = "Open"
	SNOOZED = "Snoozed"
	CLOSED = "Closed"


class SignalClosing(str, Enum):
	"""What a closed signal was: the first three are people's words, the others what became of it by itself."""

	TRUE_WARNING = "True Warning"
	KNOWN_CAUSE = "Known Cause"
	FALSE_ALARM = "False Alarm"
	ACCEPTED = "Proposal Accepted"
	FACT_GONE = "Fact Gone"
	CUSTOMER_LOST = "Customer Lost"
	MERGED = "Merged"


class WarningStatus(str, Enum):
	"""What became of a warning of another system: taken as a signal, or kept aside until its customer is found."""

	KEPT_ASIDE = "Kept Aside"
	TAKEN = "Taken"


class Phase(str, Enum):
	"""Phases of a night, in their order."""

	BASIS = "Basis"
	RATE = "Rate"
	PLAN = "Plan"
	SNAPSHOT = "Snapshot"
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


class MessageChannel(str, Enum):
	"""How a message of ours leaves the house."""

	EMAIL = "Email"
	SMS = "SMS"


class MessageClass(str, Enum):
	"""What a message to a customer is about, in the order in which one gives way to another."""

	SERVICE = "Legal and Service"
	COMPLAINT = "Complaint"
	RETENTION = "Retention"
	CARE = "Care"
	MARKETING = "Marketing"


class OutboxStatus(str, Enum):
	"""Life of a message in the outbox; Sent means handed over, to the mail queue or to the gateway."""

	QUEUED = "Queued"
	SENDING = "Sending"
	SENT = "Sent"
	FAILED = "Failed"
	ON_REVIEW = "On Review"
	CANCELLED = "Cancelled"


class OutboxReason(str, Enum):
	"""Why a message is held for review, or was not sent."""

	RESTORED = "Database Restored"
	INTERRUPTED = "Interrupted While Sending"
	NO_ANSWER = "No Answer from the Gateway"
	UNSUBSCRIBED = "Unsubscribed"
	DISCARDED = "Discarded"


class TouchDecision(str, Enum):
	"""What the contact policy decided about an automatic touch."""

	SENT = "Sent"
	MERGED = "Merged"
	HELD = "Held"
	SKIPPED = "Skipped"


class ConsentRule(str, Enum):
	"""What a class of messages asks of a customer's consent on a channel."""

	NOT_NEEDED = "Not Needed"
	UNLESS_WITHDRAWN = "Unless Withdrawn"
	NEEDED = "Needed"


class ConsentStatus(str, Enum):
	"""What is recorded of a customer's consent; BOUNCED is an address that nothing reaches, REACHABLE one that works again."""

	GIVEN = "Given"
	WITHDRAWN = "Withdrawn"
	BOUNCED = "Bounced"
	REACHABLE = "Reachable"


class ConsentScope(str, Enum):
	"""The channels that a consent speaks of; withdrawn on all of them is "do not contact"."""

	EMAIL = "Email"
	SMS = "SMS"
	ALL = "All Channels"


class Criterion(str, Enum):
	"""What a merchant is judged by, 1 to 5 each."""

	QUALITY = "Quality"
	PRICE = "Price"
	COOPERATION = "Cooperation"
	SATISFACTION = "Satisfaction"


class Axis(str, Enum):
	"""What two criteria earn together (RULES section 3)."""

	DOUBLE_EXCELLENT = "Double Excellent"
	DOUBLE_HIGH = "Double High"


class Tier(str, Enum):
	"""The standing of an admitted merchant, the best first."""

	STRATEGIC = "Strategic"
	PREFERRED = "Preferred"
	STANDARD = "Standard"
	PROBATION = "Probation"


class MerchantStatus(str, Enum):
	"""Where a merchant stands."""

	CANDIDATE = "Candidate"
	ADMITTED = "Admitted"
	SUSPENDED = "Suspended"
	ELIMINATED = "Eliminated"


class MerchantAction(str, Enum):
	"""What an alliance manager may do with a merchant."""

	ADMIT = "Admit"
	SUSPEND = "Suspend"
	RESUME = "Resume"
	ELIMINATE = "Eliminate"
	APPLY_AGAIN = "Apply Again"


class InspectionAnswer(str, Enum):
	"""How a question of an inspection is answered."""

	YES = "Yes"
	PARTLY = "Partly"
	NO = "No"


class InspectionResult(str, Enum):
	"""What an inspection of a merchant came to."""

	PASSED = "Passed"
	WITH_DEFECTS = "With Defects"
	FAILED = "Failed"


class EvidenceSource(str, Enum):
	"""Records that a part of a review is computed from."""

	INSPECTIONS = "Inspections"
	COMPLAINTS = "Complaints"
	RETURNS = "Returns"
	DELIVERIES = "Deliveries"
	CAMPAIGNS = "Campaigns"
	MEMBERS = "Members"


class CampaignStatus(str, Enum):
	"""How far a campaign of the alliance is."""

	DRAFT = "Draft"
	TRIED = "Tried"
	INVITING = "Inviting"
	RUNNING = "Running"
	CLOSED = "Closed"


class CampaignSegment(str, Enum):
	"""Parts of the book that a campaign speaks to (RULES section 2)."""

	LOYAL = "Loyal"
	ORDINARY = "Ordinary"
	LOST = "Lost"


class InvitationWay(str, Enum):
	"""How somebody is invited: key accounts by phone, others by message."""

	PHONE = "Phone"
	MESSAGE = "Message"


class VoucherStatus(str, Enum):
	"""Whether a voucher was redeemed."""

	OPEN = "Open"
	REDEEMED = "Redeemed"


class MerchantLeft(str, Enum):
	"""Why a merchant left a campaign."""

	SUSPENDED = "Suspended"
	SANCTIONED = "Sanctioned"
	ELIMINATED = "Eliminated"
	DISABLED = "Disabled"


class SanctionKind(str, Enum):
	"""What a merchant of the alliance did wrong."""

	PRICE = "Price Not as Agreed"
	BENEFIT = "Benefit Refused"
	VOUCHER = "Voucher Misused"
	COMPLAINT = "Complaint Ignored"
	OTHER = "Other"


class Quarter(str, Enum):
	"""A quarter of a year."""

	FIRST = "Q1"
	SECOND = "Q2"
	THIRD = "Q3"
	FOURTH = "Q4"


class EvidenceKind(str, Enum):
	"""What a row of a quarterly report is about."""

	CUSTOMER = "Customer"
	CALLBACK = "Due Callback"
	QUOTA = "Quota"
	CONTACT = "Contacts"
	SIGNAL = "Signal"
	CASE = "Case"
	COMPLAINT = "Complaint"
	ABSENCE = "Absence"
	FIRST_CONTACT = "First Contact"
	ANSWER = "Answer"
	REMINDER = "Payment Reminder"


class ReportSection(str, Enum):
	"""The counted tables of a quarterly report, in its order, as they are headed."""

	TREND = "Eight quarters"
	CALLS = "Calls and capacity, by person"
	PRESSURE = "Contact pressure, by star level"
	WARNINGS = "Warnings and their quality"
	CASES = "Cases closed, by exit type"
	REASONS = "Reasons of the cases"
	COMPETITORS = "Competitors named"
	COMMITMENT = "Commitment, by star level"
	COMPLAINT_TYPES = "Complaints, by type"


class ActionState(str, Enum):
	"""How an action stands that was agreed on in a quarterly report."""

	OPEN = "Open"
	DONE = "Done"
	DROPPED = "Dropped"


class Loss(str, Enum):
	"""How a customer was lost: left, taken over by another part of the house, or merely silent."""

	LEFT = "Customer Left"
	TRANSFERRED = "Transferred Internally"
	DORMANT = "Dormant"


class Kpi(str, Enum):
	"""The key figures, as the quarterly report names them."""

	CUSTOMER_RETENTION = "Customers Retained"
	COHORT_RETENTION = "Snapshot Retained"
	GROSS_REVENUE_RETENTION = "Revenue Retained, Gross"
	NET_REVENUE_RETENTION = "Revenue Retained, Net"
	CUSTOMER_CHURN = "Customers Lost"
	CHURN_LEFT = "Customers Lost: Left"
	CHURN_TRANSFERRED = "Customers Lost: Transferred"
	CHURN_DORMANT = "Customers Lost: Dormant"
	REVENUE_CHURN = "Revenue Lost"
	HARD_COMMITMENT = "Bound by an Agreement"
	SOFT_COMMITMENT = "Bound by an Offer"
	OVERALL_COMMITMENT = "Bound at All"
	STRICT_SAVES = "Saves, Strict"
	VERIFIED_SAVES = "Saves, Verified"
	COST_PER_SAVE = "Cost per Verified Save"
	CALLBACK_COMPLETION = "Callbacks in Time"
	CALLBACKS_ATTEMPTED = "Callbacks Attempted"
	CALLBACKS_REACHED = "Callbacks Reached"
	CALLBACKS_LATE = "Callbacks Late"
	CALLBACK_SATISFACTION = "Satisfaction in Callbacks"
	QUOTA_FULFILMENT = "Contact Quota Met"
	CONTACT_COVERAGE = "Customers Contacted"
	CONTACT_PRESSURE = "Touches per Customer in 30 Days"
	TOUCHES_KEPT_BACK = "Messages Held or Merged"
	TOUCHES_OVER_CAP = "Touches over the Cap"
	COMPLAINTS = "Complaints per 10,000"
	ESCALATED_COMPLAINTS = "Escalated Complaints per 10,000"
	UPHELD_COMPLAINTS = "Upheld Complaints per 10,000"
	CLOSED_IN_TIME = "Complaints Closed in 3 Days"
	REPEAT_COMPLAINTS = "Repeat Complaints"
	FIRST_CONTACT_RESOLUTION = "Solved at First Contact"
	SATISFACTION = "Satisfied Customers"
	SATISFACTION_REPAIRED = "Satisfaction Repaired"
	WARNING_PRECISION = "Warnings That Proved Right"
	ARREARS_CURED = "Arrears Settled after a Reminder"
	COVER = "Absences Covered"


class TargetPeriod(str, Enum):
	"""How long a target holds."""

	YEAR = "Year"
	QUARTER = "Quarter"
	MONTH = "Month"
	WEEK = "Week"


class TargetMeasure(str, Enum):
	"""What a target is set on: a key figure as it is told, or the number it counts, which can be added up."""

	FIGURE = "Figure"
	NUMBER = "Number"


class TargetHolder(str, Enum):
	"""Whom a target is for."""

	PERSON = "Person"
	TERRITORY = "Territory"
	COMPANY = "Company"


class FilePart(str, Enum):
	"""What a customer's file may have to have; a phone counts in the format that is asked for."""

	CONTACT = "Contact"
	PHONE = "Phone Number"
	CONSENT = "Consent"
	BIRTHDAY = "Birthday"
	ACCOUNT_MANAGER = "Account Manager"
	BACKUP_MANAGER = "Backup Manager"
	DECISION_MAKER = "Decision Maker"

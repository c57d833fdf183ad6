"""Indexes over several columns of our own DocTypes; the controllers make them on a site, schema.py elsewhere."""

from collections.abc import Mapping

Indexes = Mapping[str, Mapping[str, tuple[str, ...]]]

UNIQUE_KEYS: Indexes = {
	"Alliance Voucher": {"unique_alliance_voucher": ("state", "campaign")},
	"Book Handover Row": {"unique_book_handover_row": ("handover", "customer", "role")},
	"External Warning": {"unique_external_warning": ("source", "batch", "customer_given")},
	"Head Office Level": {"unique_head_office_level": ("state", "decided_on", "source")},
	"Quarterly Cohort Customer": {
		"unique_quarterly_cohort_customer": ("quarter_start", "customer", "company")
	},
	"Retention Bulletin": {"unique_retention_bulletin": ("company", "month")},
	"Retention Run Chunk": {"unique_retention_run_chunk": ("run", "phase", "first_key")},
	"Star Rating": {"unique_star_rating": ("state", "as_of", "policy_version", "review")},
}

INDEXES: Indexes = {
	"Churn Signal": {"signals_of_customer": ("customer", "open_key")},
	"Customer Callback": {
		"open_callbacks_of_person": ("responsible", "status", "due_date"),
		"callbacks_of_customer": ("customer", "status"),
		"callbacks_by_day": ("status", "due_date"),
	},
	"Customer Callback Promise": {"open_promises": ("status", "due_date")},
	"Customer Consent": {"consents_of_customer": ("customer", "consent_date")},
	"Customer Touch": {
		"touches_of_customer": ("customer", "touch_date", "outcome", "channel", "satisfaction"),
		"touches_of_document": ("source_doctype", "source_name"),
		"held_touches": ("decision", "held_until", "customer"),
	},
	"Customer Health Change": {
		"changes_of_customer": ("customer", "as_of"),
		"changes_of_date": ("as_of", "is_worse"),
	},
	"Message Outbox": {"messages_ready": ("status", "channel", "ready_at")},
	"Quarterly Report Row": {"rows_of_report": ("report", "kind")},
	"Retention Run Chunk": {"chunks_of_phase": ("run", "phase", "status")},
	"Star Rating": {"states_of_review": ("review", "state")},
}

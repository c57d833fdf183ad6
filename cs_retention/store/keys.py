"""Indexes over several columns of our own DocTypes; the controllers make them on a site, schema.py elsewhere."""

from collections.abc import Mapping

Indexes = Mapping[str, Mapping[str, tuple[str, ...]]]

UNIQUE_KEYS: Indexes = {
	"Book Handover Row": {"unique_book_handover_row": ("handover", "customer", "role")},
	"Head Office Level": {"unique_head_office_level": ("state", "decided_on", "source")},
	"Retention Run Chunk": {"unique_retention_run_chunk": ("run", "phase", "first_key")},
	"Star Rating": {"unique_star_rating": ("state", "as_of", "policy_version", "review")},
}

INDEXES: Indexes = {
	"Customer Callback": {
		"open_callbacks_of_person": ("responsible", "status", "due_date"),
		"callbacks_of_customer": ("customer", "status"),
	},
	"Customer Callback Promise": {"open_promises": ("status", "due_date")},
	"Customer Touch": {
		"touches_of_customer": ("customer", "touch_date", "outcome", "channel", "satisfaction"),
	},
	"Retention Run Chunk": {"chunks_of_phase": ("run", "phase", "status")},
	"Star Rating": {"ratings_of_review": ("review", "status", "state")},
}

import frappe

from cs_retention.cs_retention.record import Record
from cs_retention.store.keys import INDEXES, UNIQUE_KEYS

CHUNK = "Retention Run Chunk"


class RetentionRunChunk(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		attempts: DF.Int
		callbacks_written: DF.Int
		customers: DF.Int
		customers_spared: DF.Int
		error: DF.SmallText | None
		first_key: DF.Data
		heartbeat: DF.Datetime | None
		holder: DF.Data | None
		last_key: DF.Data | None
		overflow: DF.Int
		phase: DF.Literal["Basis", "Rate", "Plan", "Snapshot", "Say"]
		ratings_written: DF.Int
		run: DF.Link
		scope: DF.LongText | None
		spared: DF.LongText | None
		states_written: DF.Int
		status: DF.Literal["Open", "Claimed", "Done", "Failed", "Dropped"]
		token: DF.Data | None
	# end: auto-generated types

	pass


def on_doctype_update() -> None:
	"""Let a chunk stand once in its phase, and index what a worker looks for."""
	for name, fieldnames in UNIQUE_KEYS[CHUNK].items():
		frappe.db.add_unique(CHUNK, list(fieldnames), name)
	for name, fieldnames in INDEXES[CHUNK].items():
		frappe.db.add_index(CHUNK, list(fieldnames), name)

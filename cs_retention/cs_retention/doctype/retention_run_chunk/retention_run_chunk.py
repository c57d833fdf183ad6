import frappe
from frappe.model.document import Document

from cs_retention.store.keys import INDEXES, UNIQUE_KEYS

CHUNK = "Retention Run Chunk"


class RetentionRunChunk(Document):
	pass


def on_doctype_update() -> None:
	"""Let a chunk stand once in its phase, and index what a worker looks for."""
	for name, fieldnames in UNIQUE_KEYS[CHUNK].items():
		frappe.db.add_unique(CHUNK, list(fieldnames), name)
	for name, fieldnames in INDEXES[CHUNK].items():
		frappe.db.add_index(CHUNK, list(fieldnames), name)

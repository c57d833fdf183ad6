"""A review in words: why this tier, and what the nearest better one lacks."""

import json
from typing import Any

from frappe import _
from frappe.model.document import Document

from cs_retention.cs_retention.night_progress import language
from cs_retention.nightly.reason_json import load_reasons
from cs_retention.render import formats
from cs_retention.render.wording import sentence


def told(review: Document) -> dict[str, Any]:
	"""Return the sentences of a review in the reader's language, and what lacks as one."""
	lang = language()
	lacks = json.loads(review.lacks or "{}")
	listed = [
		_("{0} more of {1}").format(formats.points(missing), _(criterion))
		for criterion, missing in lacks.items()
	]
	short = _("{0} short of {1}").format(formats.joined(listed, lang), _(review.next_tier)) if listed else ""
	return {"reasons": [sentence(reason, lang) for reason in load_reasons(review.reasons)], "short": short}

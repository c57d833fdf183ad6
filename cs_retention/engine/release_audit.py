"""Which release files are looked at again: a sample of every month that anybody can draw once more."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum
from hashlib import blake2b

from cs_retention.engine.callback_work import says_something
from cs_retention.engine.reasons import WorkError


class AuditResult(str, Enum):
	"""What somebody found who looked at a file again."""

	IN_ORDER = "In Order"
	NOT_IN_ORDER = "Not in Order"


def audit_sample(month: str, files: Collection[str], percent: int) -> tuple[str, ...]:
	"""Return the files of a month, such as "2026-11", that are audited, in order of their names.

	The share is rounded up, so that no month with a file goes unseen; 0 percent is none. The draw depends on the month
	and the names alone, and a larger share keeps the files of a smaller one.
	"""
	count = -(-len(files) * percent // 100)
	drawn = sorted(files, key=lambda name: blake2b(f"{month}|{name}".encode(), digest_size=8).digest())
	return tuple(sorted(drawn[:count]))


def check_audit(result: AuditResult, words: str, auditor: str, released_by: str) -> None:
	"""Refuse an audit of one's own file, and a fault nobody says anything about."""
	if auditor == released_by:
		raise WorkError(
			"audited_by", auditor, "who released the customer does not audit the file; ask another manager"
		)
	if result is AuditResult.NOT_IN_ORDER and not says_something(words):
		raise WorkError("words", words, "say what is not in order")

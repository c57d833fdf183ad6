"""The monthly sample of release files: the same whenever it is drawn, and never one's own to audit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.reasons import WorkError
from cs_retention.engine.release_audit import AuditResult, audit_sample, check_audit

FILES = [f"RELEASE-2026-{number:05}" for number in range(1, 41)]


def test_a_tenth_of_a_month_is_drawn_and_one_at_least() -> None:
	assert len(audit_sample("2026-11", FILES, 10)) == 4
	assert audit_sample("2026-11", FILES[:1], 10) == (FILES[0],)
	assert audit_sample("2026-11", FILES, 0) == audit_sample("2026-11", [], 10) == ()


def test_every_month_draws_others() -> None:
	assert audit_sample("2026-11", FILES, 10) != audit_sample("2026-12", FILES, 10)


@given(st.permutations(FILES), st.integers(0, 100), st.integers(0, 100))
def test_the_draw_is_the_same_in_any_order_and_a_larger_share_keeps_a_smaller(files, one, other) -> None:
	less, more = sorted((one, other))
	assert audit_sample("2026-11", files, less) == audit_sample("2026-11", FILES, less)
	assert set(audit_sample("2026-11", files, less)) <= set(audit_sample("2026-11", FILES, more))


def test_nobody_audits_their_own_file_and_a_fault_is_told() -> None:
	check_audit(AuditResult.IN_ORDER, "", "one@branch.example", "two@branch.example")
	check_audit(AuditResult.NOT_IN_ORDER, "no signature", "one@branch.example", "two@branch.example")
	with pytest.raises(WorkError, match="ask another manager"):
		check_audit(AuditResult.IN_ORDER, "", "one@branch.example", "one@branch.example")
	with pytest.raises(WorkError, match="say what is not in order"):
		check_audit(AuditResult.NOT_IN_ORDER, " ", "one@branch.example", "two@branch.example")

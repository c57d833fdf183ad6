"""Every path that Frappe would import or open from hooks.py and patches.txt is there."""

from __future__ import annotations

import runpy
from collections.abc import Iterator

import host
import pytest
from app_files import APP, defines, doctypes, patches

HOOKS = {
	name: value for name, value in runpy.run_path(str(APP / "hooks.py")).items() if not name.startswith("__")
}


def texts(value: object) -> Iterator[str]:
	"""Yield every text inside a hook's value."""
	if isinstance(value, str):
		yield value
	elif isinstance(value, dict):
		for key, inner in value.items():
			yield from texts(key)
			yield from texts(inner)
	elif isinstance(value, (list, tuple)):
		for inner in value:
			yield from texts(inner)


def code_paths() -> list[str]:
	return [text for value in HOOKS.values() for text in texts(value) if text.startswith("cs_retention.")]


@pytest.mark.parametrize("dotted", code_paths())
def test_a_hook_leads_to_code(dotted: str) -> None:
	assert defines(dotted)


@pytest.mark.parametrize(
	"dotted", [f"{patch}.execute" for patch in patches()] or ["cs_retention.__version__"]
)
def test_a_patch_leads_to_code(dotted: str) -> None:
	assert defines(dotted)


def test_files_named_by_hooks_exist() -> None:
	named = [text for value in HOOKS.values() for text in texts(value) if text.startswith("public/")]
	assert [name for name in named if not (APP / name).exists()] == []


def test_document_events_belong_to_doctypes_that_exist() -> None:
	assert set(HOOKS.get("doc_events", {})) <= host.DOCTYPES | set(doctypes())


def test_a_scheduled_job_is_registered_once_under_a_name_no_other_app_has() -> None:
	"""Frappe names a job by the last two parts of its path; of two jobs of a name the later one deletes the former."""
	paths = [text for text in texts(HOOKS["scheduler_events"]) if text.startswith("cs_retention.")]
	names = [".".join(path.split(".")[-2:]) for path in paths]
	assert len(set(names)) == len(names) == 6
	assert all(name.split(".")[0].startswith("retention_") for name in names)


def test_the_hooks_of_our_own_lead_from_a_lower_room_to_a_higher_one() -> None:
	assert HOOKS["retention_policy"] == "cs_retention.churn_retention.policies.load_policy"
	assert HOOKS["retention_say"] == [
		"cs_retention.star_levels.scheduled.open_scheduled_review",
		"cs_retention.churn_retention.scheduled.open_quarterly_backtest",
		"cs_retention.churn_retention.case_night.work_on_cases",
		"cs_retention.churn_retention.alerts.tell_who_answers",
		"cs_retention.churn_retention.signal_evidence.keep_evidence",
		"cs_retention.retention_reports.bulletin.make_due_bulletins",
		"cs_retention.retention_reports.scheduled.open_quarterly_reports",
	]
	assert HOOKS["retention_heard"] == ["cs_retention.churn_retention.heard.enter_signal"]
	assert HOOKS["retention_health_words"] == ["cs_retention.churn_retention.backtest_words.say_health"]


def test_erpnext_is_required_by_a_name_that_needs_no_network() -> None:
	assert HOOKS["required_apps"] == ["frappe/erpnext"]
	assert HOOKS["export_python_type_annotations"] is True


def test_every_fixture_in_hooks_is_filtered() -> None:
	assert all(isinstance(entry, dict) and entry["filters"] for entry in HOOKS["fixtures"])

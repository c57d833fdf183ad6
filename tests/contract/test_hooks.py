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


def test_nothing_runs_by_schedule_yet() -> None:
	assert "scheduler_events" not in HOOKS


def test_erpnext_is_required_by_a_name_that_needs_no_network() -> None:
	assert HOOKS["required_apps"] == ["frappe/erpnext"]
	assert HOOKS["export_python_type_annotations"] is True


def test_every_fixture_in_hooks_is_filtered() -> None:
	assert all(isinstance(entry, dict) and entry["filters"] for entry in HOOKS["fixtures"])

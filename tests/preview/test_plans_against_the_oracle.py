"""Whole plans of random branches, walked day by day by an oracle that shares no code (tests/support/plan_oracle.py)."""

from datetime import date

import pytest
from click.testing import CliRunner
from plan_oracle import Plan, violations
from random_exports import KINDS, write_exports

from cs_retention.preview.command import main


@pytest.mark.parametrize(
	("seed", "as_of"),
	[
		(1, date(2026, 9, 21)),
		(2, date(2024, 2, 29)),
		(3, date(2025, 12, 31)),
		(4, date(2026, 10, 3)),
		(5, date(2026, 11, 4)),
	],
)
def test_plan_of_a_random_branch_keeps_quotas_windows_gaps_and_even_loads(tmp_path, seed, as_of):
	folder, out = write_exports(tmp_path / "exports", seed, 200, as_of), tmp_path / "out"
	files = [argument for kind in KINDS for argument in (f"--{kind}", str(folder / f"{kind}.csv"))]
	run = CliRunner().invoke(
		main, ["preview", *files, "--as-of", str(as_of), "--days", "28", "--out", str(out)]
	)
	assert run.exit_code == 0, run.output
	plan = Plan(folder, out, as_of, 28)
	assert len(plan.rows) > 200
	assert list(violations(plan)) == []

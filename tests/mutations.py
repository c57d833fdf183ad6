"""Put thirty faults into a copy of the checkout, one at a time, and tell which of them the tests find.

Exit status 0: the tests pass without a fault, and at least 28 faults were found. `--only` tries those whose name has a
word in it.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))

from mutations import MUTATIONS, Mutation  # noqa: E402

LEAST_FOUND = 28
SECONDS = 600
"""A run of tests that takes longer hangs, which is noticed as well."""

PASSED, FAILED = 0, 1
LEFT_BEHIND = (
	".git",
	".venv",
	".work",
	".hypothesis",
	"__pycache__",
	".pytest_cache",
	".mypy_cache",
	"node_modules",
)
FIRST_FAILURE = re.compile(r"^(?:FAILED|ERROR) (?:\S*/)?(\w+\.py(?:::\w+)+)", re.MULTILINE)


def run_tests(checkout: Path, tests: Iterable[str]) -> tuple[int | None, str]:
	"""Run test files until the first failure; return the exit status, None for a hang, and what was printed."""
	# Without compiled files: a fault may have the length and the time of what it replaces.
	environment = os.environ | {"PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1"}
	command = [
		*(sys.executable, "-m", "pytest", "-q", "-x", "--no-header", "--hypothesis-seed=0"),
		*("-p", "no:cacheprovider", f"--rootdir={checkout}"),
		*(str(checkout / "tests" / name) for name in tests),
	]
	try:
		done = subprocess.run(
			command,
			cwd=checkout,
			env=environment,
			timeout=SECONDS,
			capture_output=True,
			text=True,
			check=False,
		)
	except subprocess.TimeoutExpired:
		return None, ""
	return done.returncode, done.stdout


def noticed_by(checkout: Path, mutation: Mutation) -> str | None:
	"""Return the test that notices a mutation, None when none does; a run that could not be made ends all."""
	file = checkout / "cs_retention" / mutation.file
	whole = file.read_text(encoding="utf-8")
	file.write_text(whole.replace(mutation.text, mutation.replacement), encoding="utf-8")
	try:
		status, output = run_tests(checkout, mutation.tests)
	finally:
		file.write_text(whole, encoding="utf-8")
	if status is None:
		return f"no end within {SECONDS} s"
	if status not in (PASSED, FAILED):
		sys.exit(f"{mutation.name}: the tests could not be run\n{output}")
	found = FIRST_FAILURE.search(output)
	return (found[1] if found else "a test") if status == FAILED else None


def copied(folder: Path) -> Path:
	"""Return a copy of the checkout, without what is made from it."""
	checkout = folder / "checkout"
	shutil.copytree(ROOT, checkout, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
	return checkout


def read_arguments() -> argparse.Namespace:
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--only", default="", help="a word in the names of the faults to try")
	return parser.parse_args()


def main() -> int:
	"""Print a Markdown table of faults and what noticed them."""
	only = read_arguments().only
	chosen = [mutation for mutation in MUTATIONS if only in mutation.name]
	if not chosen:
		sys.exit(f"no fault has {only!r} in its name")
	# Debian keeps servers out of the path of ordinary users.
	os.environ["PATH"] += os.pathsep + os.pathsep.join(("/usr/sbin", "/sbin"))
	with tempfile.TemporaryDirectory() as folder:
		checkout = copied(Path(folder))
		files = sorted({name for mutation in chosen for name in mutation.tests})
		status, output = run_tests(checkout, files)
		if status != PASSED:
			sys.exit(f"the tests do not pass without a fault\n{output}")
		print("| fault | in | noticed by |\n|---|---|---|", flush=True)
		survived = 0
		for mutation in chosen:
			by = noticed_by(checkout, mutation)
			survived += by is None
			print(
				f"| {mutation.name} | `{mutation.file}` | {f'`{by}`' if by else '**survived**'} |", flush=True
			)
	print(f"\n{len(chosen) - survived} of {len(chosen)} found")
	may_survive = 0 if only else len(MUTATIONS) - LEAST_FOUND
	return 0 if survived <= may_survive else 1


if __name__ == "__main__":
	sys.exit(main())

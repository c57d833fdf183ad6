"""Run every tier of tests this machine can run and end with a table of what ran and what did not, and why.

With --evidence and some tiers only, the others stand for what they showed last, if that was of cs_retention/ as it is.

Exit status 0: every tier that could run passed (with --strict: and every tier could run).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

import evidence

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))

import first_release  # noqa: E402

WORK = ROOT / ".work"
MINUTES = 70
SHARE_OF_TRIALS = "0.25"
"""What FAULT_SCALE is where all tiers are run for a change; evidence, and a tier by its name, make all trials."""
SIDE_BY_SIDE = 2
SERVER_PROGRAMS = ("mariadbd", "mariadb-install-db")
BENCH_PROGRAMS = (*SERVER_PROGRAMS, "mariadb", "mariadb-dump", "redis-server")


@dataclass(frozen=True)
class Tier:
	"""One folder of tests: what it needs, the extra arguments of its run, about how many minutes it takes on two cores.

	A tier of `when_asked` is run where it is named, and is no part of the others.
	"""

	name: str
	missing: Callable[[Path], str | None]
	on_bench: bool = False
	arguments: tuple[str, ...] = ()
	minutes: int = 1
	when_asked: bool = False


@dataclass(frozen=True)
class Result:
	"""What a tier did; `reason` says why it did not run."""

	tier: str
	tests: int = 0
	passed: int = 0
	status: int = 0
	reason: str | None = None


def nothing_missing(_bench: Path) -> str | None:
	"""Python alone is enough."""
	return None


def missing_server(_bench: Path) -> str | None:
	"""Say which program of a MariaDB server is not on the path."""
	return missing_programs(SERVER_PROGRAMS)


def missing_bench(bench: Path) -> str | None:
	"""Say what a bench with ERPNext 15 and a test run on it lacks."""
	python = bench / "env/bin/python"
	if not python.exists():
		return f"no bench at {shown(bench)} (BENCH=path)"
	if not (bench / "apps/erpnext/erpnext").is_dir():
		return f"no ERPNext in {shown(bench)}"
	return missing_modules(python, ("frappe", "erpnext", "pytest")) or missing_programs(BENCH_PROGRAMS)


def missing_browser(bench: Path) -> str | None:
	"""Say what the bench and a browser on it lack."""
	if reason := missing_bench(bench):
		return reason
	if not (bench / "sites/assets/assets.json").exists():
		return "the bench's assets are not built (bench build)"
	return missing_modules(bench / "env/bin/python", ("playwright",)) or missing_programs(("chromium",))


def missing_history(bench: Path) -> str | None:
	"""Say what the bench lacks, or the checkout's history."""
	return missing_bench(bench) or first_release.missing_history()


def missing_programs(names: tuple[str, ...]) -> str | None:
	absent = [name for name in names if not shutil.which(name)]
	return f"not on the path: {', '.join(absent)}" if absent else None


def missing_modules(python: Path, names: tuple[str, ...]) -> str | None:
	found = subprocess.run(
		[python, "-c", f"import {', '.join(names)}"], capture_output=True, text=True, cwd="/"
	)
	return None if found.returncode == 0 else f"the bench's Python: {found.stderr.strip().splitlines()[-1]}"


ENGINE_COVERAGE = (
	"--cov=cs_retention.engine",
	"--cov-branch",
	"--cov-fail-under=100",
	"--cov-report=term-missing:skip-covered",
)
# Frappe and what it pins warn of Python versions to come.
ON_BENCH = ("-W", "ignore::DeprecationWarning")
TIERS = (
	Tier("engine", nothing_missing, arguments=ENGINE_COVERAGE),
	Tier("preview", nothing_missing),
	Tier("contract", nothing_missing),
	Tier("database", missing_server, minutes=2),
	Tier("fault", missing_server, minutes=9),
	Tier("site", missing_bench, on_bench=True, arguments=ON_BENCH, minutes=18),
	Tier("workers", missing_bench, on_bench=True, arguments=ON_BENCH, minutes=11),
	Tier("browser", missing_browser, on_bench=True, arguments=ON_BENCH, minutes=20),
	Tier("host", missing_bench, on_bench=True, arguments=ON_BENCH, when_asked=True),
	Tier("upgrade", missing_history, on_bench=True, arguments=ON_BENCH, when_asked=True),
)


def every_window(tier: Tier) -> Tier:
	"""Return the tier as it runs for evidence: screens in every language at every width."""
	return replace(tier, arguments=(*tier.arguments, "--every-window")) if tier.name == "browser" else tier


def shown(path: Path) -> str:
	"""Return the path as a reader types it."""
	return str(path).replace(str(Path.home()), "~", 1)


def run_tiers(tiers: list[Tier], bench: Path) -> list[Result]:
	"""Run tiers, two side by side and the longest first, and return their results in order."""
	longest_first = sorted(tiers, key=lambda tier: -tier.minutes)
	with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as pool:
		results = list(pool.map(lambda tier: run_tier(tier, bench), longest_first))
	return sorted(results, key=lambda result: [tier.name for tier in tiers].index(result.tier))


def run_tier(tier: Tier, bench: Path) -> Result:
	"""Run one tier as a pytest run of its own, or say why it cannot run here."""
	if reason := tier.missing(bench):
		print(f"\n=== {tier.name}: NOT RUN: {reason}", flush=True)
		return Result(tier.name, reason=reason)
	junit = WORK / "junit" / f"{tier.name}.xml"
	junit.unlink(missing_ok=True)
	seen = evidence.tree_hash()
	python = bench / "env/bin/python" if tier.on_bench else Path(sys.executable)
	command = [
		*(str(python), "-m", "pytest", "-q", str(ROOT / "tests" / tier.name)),
		*(f"--rootdir={ROOT}", f"--junit-xml={junit}", *tier.arguments),
	]
	began = time.monotonic()
	status, output = run(command, bench)
	# In one piece, for the tier beside it prints as well.
	print(f"\n=== {tier.name}, {time.monotonic() - began:.0f} s\n{output}", flush=True)
	tests, passed = count(junit)
	seen_of(tier.name).write_text(seen if status == 0 else "", encoding="utf-8")
	return Result(tier.name, tests, passed, status)


def seen_of(tier: str) -> Path:
	"""Return the file with the tree hash of the package that a tier last passed on; empty after a failure."""
	return WORK / "junit" / f"{tier}.tree"


def is_chosen(tier: Tier, named: list[str] | None) -> bool:
	"""Return whether a tier is run where some are named, or none."""
	return tier.name in named if named else not tier.when_asked


def last_results(tiers: list[Tier]) -> list[Result]:
	"""Return what tiers showed last; one that is run when asked may have nothing to show."""
	results = {tier: last_result(tier) for tier in tiers}
	return [result for tier, result in results.items() if not (tier.when_asked and result.reason)]


def last_result(tier: Tier) -> Result:
	"""Return what a tier showed last, if it passed on the package as it is now."""
	file = seen_of(tier.name)
	if not file.exists() or file.read_text(encoding="utf-8") != evidence.tree_hash():
		return Result(tier.name, reason="has not passed on this cs_retention/")
	return Result(tier.name, *count(WORK / "junit" / f"{tier.name}.xml"))


def run(command: list[str], bench: Path) -> tuple[int, str]:
	"""Run a command in the checkout and return its exit status, 124 when it took too long, and what it printed."""
	environment = os.environ | {"BENCH": str(bench), "COVERAGE_FILE": str(WORK / "coverage")}
	# Not every process is to compile what it imports anew; what was compiled is kept here, beside no source.
	environment |= {"PYTHONPYCACHEPREFIX": str(WORK / "compiled"), "PYTHONDONTWRITEBYTECODE": ""}
	kept = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
	try:
		done = subprocess.run(command, cwd=ROOT, env=environment, timeout=60 * MINUTES, check=False, **kept)
	except subprocess.TimeoutExpired as error:
		return 124, f"{printed(error.stdout)}\nstopped after {MINUTES} minutes"
	return done.returncode, done.stdout


def printed(output: bytes | str | None) -> str:
	"""Return what a command printed until it was stopped."""
	return output.decode(errors="replace") if isinstance(output, bytes) else output or ""


def count(junit: Path) -> tuple[int, int]:
	"""Return the tests of a JUnit file and how many of them passed."""
	if not junit.exists():
		return 0, 0
	suites = list(ElementTree.parse(junit).getroot().iter("testsuite"))
	total = sum(int(suite.get("tests", 0)) for suite in suites)
	not_passed = sum(
		int(suite.get(kind, 0)) for suite in suites for kind in ("failures", "errors", "skipped")
	)
	return total, total - not_passed


def table(results: list[Result]) -> str:
	"""Return the closing table."""
	rows = [("tier", "tests", "passed", "not run because")]
	for result in results:
		ran = (str(result.tests), str(result.passed), "")
		rows.append((result.tier, *(("-", "-", result.reason) if result.reason else ran)))
	return "\n".join(f"{row[0]:<10}{row[1]:>7}{row[2]:>8}  {row[3]}".rstrip() for row in rows)


def verdict(results: list[Result], strict: bool) -> list[str]:
	"""Return what makes the run fail, one sentence each; none when it passed."""
	ran = [result for result in results if not result.reason]
	problems = [f"{result.tier}: failed (exit status {result.status})" for result in ran if result.status]
	if strict:
		problems += [f"{result.tier}: did not run ({result.reason})" for result in results if result.reason]
	return problems


def read_arguments() -> argparse.Namespace:
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--bench", type=Path, default=Path("~/frappe-bench"), help="a bench with ERPNext 15")
	parser.add_argument("--strict", action="store_true", help="fail when a tier did not run")
	parser.add_argument("--evidence", action="store_true", help="write docs/evidence when everything passed")
	parser.add_argument(
		"--tier", action="append", choices=[tier.name for tier in TIERS], help="only this one"
	)
	return parser.parse_args()


def main() -> int:
	arguments = read_arguments()
	# Debian keeps servers out of the path of ordinary users.
	os.environ["PATH"] += os.pathsep + os.pathsep.join(("/usr/sbin", "/sbin"))
	bench = arguments.bench.expanduser().resolve()
	tiers = [tier for tier in TIERS if (ROOT / "tests" / tier.name).is_dir()]
	chosen = [tier for tier in tiers if is_chosen(tier, arguments.tier)]
	screenshots = WORK / "screenshots"
	if any(tier.name == "browser" for tier in chosen):
		evidence.empty_folder(screenshots)
	if not (arguments.evidence or arguments.tier):
		os.environ.setdefault("FAULT_SCALE", SHARE_OF_TRIALS)
	results = run_tiers([every_window(tier) for tier in chosen] if arguments.evidence else chosen, bench)
	if arguments.evidence:
		results = [*results, *last_results([tier for tier in tiers if tier not in chosen])]
	problems = verdict(results, arguments.strict)
	if arguments.evidence and not problems:
		counts = {result.tier: result.passed for result in results}
		evidence.write(bench, counts, WORK / "junit", screenshots)
	print(f"\n{table(results)}\n\n{evidence.last_run()}")
	for problem in problems:
		print(f"FAILED {problem}")
	return 1 if problems else 0


if __name__ == "__main__":
	sys.exit(main())

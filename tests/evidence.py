"""What a run on a real bench leaves behind in docs/evidence, and whether it still speaks of this code."""

from __future__ import annotations

import hashlib
import json
import platform
import re
import shutil
import subprocess
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EVIDENCE = ROOT / "docs/evidence"
VERSIONS = EVIDENCE / "versions.json"
ON_BENCH = ("site", "browser")


def empty_folder(folder: Path) -> Path:
	"""Return the folder, made anew."""
	shutil.rmtree(folder, ignore_errors=True)
	folder.mkdir(parents=True)
	return folder


def tree_hash(folder: Path = ROOT / "cs_retention") -> str:
	"""Return one SHA-256 over names and contents of the package as it lies in the work tree."""
	digest = hashlib.sha256()
	for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
		if path.is_file() and "__pycache__" not in path.parts:
			name = path.relative_to(folder).as_posix()
			digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
	return digest.hexdigest()


def write(bench: Path, passed: Mapping[str, int], junit: Path, screenshots: Path) -> None:
	"""Replace docs/evidence by what this run showed: JUnit files, versions with tree hash, screenshots."""
	empty_folder(EVIDENCE)
	(EVIDENCE / "junit").mkdir()
	for tier in passed:
		text = (junit / f"{tier}.xml").read_text(encoding="utf-8")
		(EVIDENCE / "junit" / f"{tier}.xml").write_text(without_machine(text, bench), encoding="utf-8")
	shutil.copytree(screenshots, EVIDENCE / "screenshots")
	VERSIONS.write_text(json.dumps(versions(bench, passed), indent="\t") + "\n", encoding="utf-8")


def without_machine(text: str, bench: Path) -> str:
	"""Return the text of a JUnit file without host name and paths of the machine."""
	text = re.sub(r' hostname="[^"]*"', "", text)
	for path, word in ((ROOT, "."), (bench, "BENCH"), (Path.home(), "~")):
		text = text.replace(str(path), word)
	return text


def versions(bench: Path, passed: Mapping[str, int]) -> dict[str, object]:
	"""Return date, versions, tree hash and passed tests per tier."""
	python = bench / "env/bin/python"
	return {
		"date": datetime.now(timezone.utc).date().isoformat(),
		"python": platform.python_version(),
		"bench_python": output([str(python), "-c", "import platform; print(platform.python_version())"]),
		"frappe": app_version(bench, "frappe"),
		"erpnext": app_version(bench, "erpnext"),
		"mariadb": re.sub(r".*?(\d+\.\d+\.\d+).*", r"\1", output(["mariadbd", "--no-defaults", "--version"])),
		"passed": dict(passed),
		"cs_retention": tree_hash(),
	}


def output(command: list[str]) -> str:
	"""Return what a command prints."""
	return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def app_version(bench: Path, app: str) -> str:
	"""Return the version an app of the bench states."""
	text = (bench / "apps" / app / app / "__init__.py").read_text(encoding="utf-8")
	found = re.search(r'^__version__ = "(.+?)"', text, re.MULTILINE)
	if not found:
		raise ValueError(f"{app}/__init__.py states no __version__")
	return found[1]


def last_run() -> str:
	"""Return one line on the last run on a real bench and whether the package is unchanged since."""
	if not VERSIONS.exists():
		return "evidence: no run on a real bench is recorded (make evidence BENCH=path)"
	seen = json.loads(VERSIONS.read_text(encoding="utf-8"))
	unchanged = seen["cs_retention"] == tree_hash()
	counts = ", ".join(f"{tier} {seen['passed'][tier]}" for tier in ON_BENCH)
	return (
		f"evidence: last run on a real bench {seen['date']}, Frappe {seen['frappe']}, ERPNext {seen['erpnext']},"
		f" passed: {counts}, all tiers {sum(seen['passed'].values())};"
		f" cs_retention/ {'is unchanged since' if unchanged else 'has changed since: STALE'}"
	)

"""The first release of the app, taken out of the checkout's own history."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
COMMIT = "a4b089bed736adb9257c2caed1d9104f08f6c121"
USE = Path(__file__).with_name("use_first_release.py")


def missing_history() -> str | None:
	"""Say that the history does not reach back to the first release."""
	found = subprocess.run(
		["git", "cat-file", "-e", f"{COMMIT}^{{commit}}"], cwd=CHECKOUT, capture_output=True
	)
	if found.returncode == 0:
		return None
	return f"the first release ({COMMIT[:7]}) is not in this checkout's history (git fetch --unshallow)"


def unpack(folder: Path) -> Path:
	"""Write the first release into a folder and return it."""
	folder.mkdir()
	archive = subprocess.run(["git", "archive", COMMIT], cwd=CHECKOUT, check=True, stdout=subprocess.PIPE)
	subprocess.run(["tar", "-x", "-C", str(folder)], check=True, input=archive.stdout)
	return folder


def doctypes_of(checkout: Path) -> dict[str, bool]:
	"""Return the DocTypes of a version of the app, and whether each is a Single."""
	files = (checkout / "cs_retention").glob("*/doctype/*/*.json")
	documents = [json.loads(file.read_text(encoding="utf-8")) for file in files]
	return {document["name"]: bool(document.get("issingle")) for document in documents}

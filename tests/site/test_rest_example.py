"""The example of docs/rest.md, command by command, against a served site: what it shows is what is answered."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import private_mariadb
import pytest
from private_bench import CHECKOUT, PrivateBench

SITE, DAY = "example.localhost", "2026-11-24"
DOCUMENT = CHECKOUT / "docs/rest.md"
SUPPORT = CHECKOUT / "tests/support"
STEP = re.compile(r"```sh\n(?P<command>.*?)```\n\n```json\n(?P<answer>.*?)```", re.DOTALL)
NAME = re.compile(r"[0-9a-z]{10,13}")
"""Names of records, which are another on every site."""


@pytest.fixture(scope="module")
def environment(bench: PrivateBench, installed_dump: Path) -> Iterator[dict[str, str]]:
	"""What the commands need: the address of a site whose clock stands, the tokens of account manager east and of who
	may create Call Logs."""
	bench.restore(SITE, installed_dump)
	printed = bench.python(str(SUPPORT / "make_called.py"), SITE, DAY)
	port = private_mariadb.free_port()
	server = private_mariadb.start_process(
		[str(bench.source / "env/bin/python"), str(SUPPORT / "serve_stopped.py"), SITE, str(port), DAY],
		cwd=bench.sites,
		env=bench.environment,
	)
	address = f"http://127.0.0.1:{port}"
	private_mariadb.wait_for(lambda: urlopen(f"{address}/api/method/ping"), URLError, server)
	tokens = json.loads(printed.splitlines()[-1])
	users = {"TOKEN": tokens["east"], "PHONE": tokens["administrator"]}
	yield {"SITE": address, "PATH": os.environ["PATH"], **users}
	private_mariadb.stop(server)


def test_the_example_answers_as_the_document_says(environment: dict[str, str]) -> None:
	text = DOCUMENT.read_text(encoding="utf-8")
	steps = list(STEP.finditer(text))
	assert len(steps) == text.count("```sh") == 8
	for step in steps:
		printed = subprocess.run(
			["bash", "-c", step["command"]], env=environment, capture_output=True, text=True, check=True
		)
		answer = json.loads(printed.stdout)
		write(step, answer)
		missing = list(differences(json.loads(step["answer"]), readable(answer)))
		assert missing == [], json.dumps(readable(answer), indent=2)
		environment["CALLBACK"] = next_call(answer) or environment.get("CALLBACK", "")


def write(step: re.Match[str], answer: Any) -> None:
	"""Keep what was answered beside the pictures, from where it goes into the document."""
	folder = CHECKOUT / ".work/rest-example"
	folder.mkdir(parents=True, exist_ok=True)
	file = folder / f"{step.start():05d}.json"
	file.write_text(json.dumps(readable(answer), indent=2, ensure_ascii=False), encoding="utf-8")


def readable(answer: dict[str, Any]) -> dict[str, Any]:
	"""Return an answer with the messages, which Frappe packs as text in text, unpacked."""
	packed = answer.get("_server_messages")
	unpacked = [json.loads(each)["message"] for each in json.loads(packed)] if packed else []
	return {**answer, "_server_messages": unpacked} if packed else answer


def next_call(answer: dict[str, Any]) -> str | None:
	"""Return the name of the call in a list of one."""
	rows = answer.get("data")
	return rows[0]["name"] if isinstance(rows, list) else None


def differences(shown: Any, given: Any, path: str = "") -> Iterator[str]:
	"""Yield where an answer lacks or contradicts what the document shows of it; the document may leave things out."""
	if isinstance(shown, dict) and isinstance(given, dict):
		for key, value in shown.items():
			yield from differences(value, given.get(key, "(missing)"), f"{path}.{key}")
	elif isinstance(shown, list) and isinstance(given, list) and len(shown) == len(given):
		for place, value in enumerate(shown):
			yield from differences(value, given[place], f"{path}[{place}]")
	elif shown != given and not (NAME.fullmatch(str(shown)) and NAME.fullmatch(str(given))):
		yield f"{path}: {shown!r} is {given!r}"

"""A site behind a loopback server, called through REST as one person or another."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import private_mariadb
import requests
from private_bench import CHECKOUT, PrivateBench

SERVE = CHECKOUT / "tests/browser/serve_site.py"
RUN = "import runpy, sys; _, folder, script, *sys.argv[1:] = sys.argv; sys.path.insert(0, folder); runpy.run_path(f'{folder}/{script}', run_name='__main__')"
Call = Callable[..., requests.Response]


def filled(bench: PrivateBench, dump: Path, site: str, script: str) -> dict[str, str]:
	"""Restore a site, let a script of this folder fill it, and return the API tokens by persona that it prints."""
	bench.restore(site, dump)
	printed = bench.play(RUN, str(CHECKOUT / "tests/support"), script, site)
	return json.loads(printed.splitlines()[-1])


@contextmanager
def served(bench: PrivateBench, site: str, tokens: dict[str, str]) -> Iterator[Call]:
	"""Serve a site; yield what calls it as a persona, or as nobody: call(persona, method, path, **arguments of requests)."""
	port = private_mariadb.free_port()
	python = str(bench.source / "env/bin/python")
	server = private_mariadb.start_process(
		[python, str(SERVE), site, str(port)], cwd=bench.sites, env=bench.environment
	)
	address = f"http://127.0.0.1:{port}"
	private_mariadb.wait_for(lambda: urlopen(f"{address}/api/method/ping"), URLError, server)

	def as_persona(persona: str | None, method: str, path: str, **arguments: Any) -> requests.Response:
		headers = {"Authorization": f"token {tokens[persona]}"} if persona else {}
		return requests.request(method, f"{address}/api/{path}", headers=headers, timeout=60, **arguments)

	yield as_persona
	private_mariadb.stop(server)

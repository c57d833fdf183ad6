"""Requests through Frappe's own application in this process, as one person or another; nothing a request writes stays."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from typing import Any

from private_bench import PrivateBench
from werkzeug.test import Client, TestResponse

Wire = Callable[..., TestResponse]


@contextmanager
def wired(bench: PrivateBench, site: str, tokens: dict[str, str]) -> Iterator[Wire]:
	"""Yield what sends a request to the site as a persona: wire(persona, method, path, **arguments of werkzeug's client).

	A request would be committed as always, but its connection closes without it and the server rolls back. How often it
	asked to be committed stands in `commits` of the answer.
	"""
	import frappe.app
	from frappe.database.database import Database

	client, asked = Client(frappe.app.application), []
	kept = frappe.app._site, frappe.app._sites_path, Database.commit
	frappe.app._site, frappe.app._sites_path = site, str(bench.sites)
	Database.commit = lambda self, *arguments, **named: asked.append(1)

	def wire(persona: str, method: str, path: str, **arguments: Any) -> TestResponse:
		asked.clear()
		headers = {"Authorization": f"token {tokens[persona]}"}
		answer = Context().run(client.open, f"/api/{path}", method=method, headers=headers, **arguments)
		answer.commits = len(asked)
		return answer

	yield wire
	frappe.app._site, frappe.app._sites_path, Database.commit = kept


def messages(answer: TestResponse) -> list[str]:
	"""Return what an answer tells the person."""
	said = json.loads(answer.get_data(as_text=True)).get("_server_messages")
	return [json.loads(each)["message"] for each in json.loads(said)] if said else []

"""A mail server and a gateway for texts on loopback ports that do as they are told, and remember what they were given."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

HANG = 3.0
"""Seconds that a server which hangs lets its client wait."""


class MailServer(socketserver.ThreadingTCPServer):
	"""Speaks as much SMTP as a sender needs. `behave(number)` tells what to do with the mail of that number.

	"take" it; answer "421" or "550"; "drop" the connection once it was taken; "hang" before the answer.
	"""

	allow_reuse_address = True
	daemon_threads = True

	def __init__(self, behave: Callable[[int], str] = lambda _number: "take"):
		self.behave = behave
		self.taken: list[Message] = []
		self.number = 0
		self.lock = threading.Lock()
		super().__init__(("127.0.0.1", 0), _MailSession)

	@property
	def port(self) -> int:
		return self.server_address[1]

	def next_number(self) -> int:
		with self.lock:
			self.number += 1
			return self.number

	def copies(self, header: str = "Message-Id") -> dict[str, int]:
		"""Return how often each mail was taken."""
		found = [mail[header] for mail in self.taken]
		return {key: found.count(key) for key in found}


class _MailSession(socketserver.StreamRequestHandler):
	server: MailServer

	def handle(self) -> None:
		self.say("220 ready")
		while line := self.rfile.readline():
			verb = line.strip().upper().split(b" ")[0].split(b":")[0]
			if verb == b"QUIT":
				self.say("221 bye")
				return
			if verb != b"DATA":
				self.say("250 ok")
			elif not self.take():
				return

	def take(self) -> bool:
		"""Take one mail as told; false when the connection is to end."""
		self.say("354 go on")
		text = bytearray()
		while (line := self.rfile.readline()) not in (b".\r\n", b""):
			text += line.removeprefix(b".") if line.startswith(b"..") else line
		act = self.server.behave(self.server.next_number())
		if act in ("421", "550"):
			self.say({"421": "421 too busy", "550": "550 no such mailbox"}[act])
			return act == "550"
		with self.server.lock:
			self.server.taken.append(message_from_bytes(bytes(text), policy=policy.default))
		if act == "hang":
			time.sleep(HANG)
		if act == "take":
			self.say("250 taken")
		return act == "take"

	def say(self, line: str) -> None:
		self.wfile.write(line.encode() + b"\r\n")


class TextGateway(ThreadingHTTPServer):
	"""A gateway that takes texts by GET or POST. `behave(number)` tells what to do with the text of that number.

	"take" it, or answer with a status such as "400"; "drop" the connection once it was taken; "hang".
	"""

	daemon_threads = True

	def __init__(self, behave: Callable[[int], str] = lambda _number: "take"):
		self.behave = behave
		self.taken: list[dict[str, str]] = []
		self.asked = 0
		super().__init__(("127.0.0.1", 0), _GatewayRequest)

	@property
	def url(self) -> str:
		return f"http://127.0.0.1:{self.server_address[1]}/send"


class _GatewayRequest(BaseHTTPRequestHandler):
	server: TextGateway

	def do_GET(self) -> None:
		self.take(self.path.partition("?")[2])

	def do_POST(self) -> None:
		self.take(self.rfile.read(int(self.headers["Content-Length"])).decode())

	def take(self, form: str) -> None:
		self.server.asked += 1
		act = self.server.behave(self.server.asked)
		if act.isdigit():
			self.send_error(int(act))
			return
		self.server.taken.append({key: values[0] for key, values in parse_qs(form).items()})
		if act == "hang":
			time.sleep(HANG)
		if act == "take":
			self.send_response(200)
			self.send_header("Content-Length", "2")
			self.end_headers()
			self.wfile.write(b"ok")
		else:
			self.close_connection = True

	def log_message(self, *_: Any) -> None:
		"""Print nothing."""


@contextmanager
def serving(server: Any) -> Iterator[Any]:
	"""Let a server answer in a thread."""
	thread = threading.Thread(target=server.serve_forever, daemon=True)
	thread.start()
	try:
		yield server
	finally:
		server.shutdown()
		server.server_close()
		thread.join()

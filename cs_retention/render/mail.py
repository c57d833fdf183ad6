"""A mail as the queue keeps it: plain text, and the same inside the frame that the site gives its mails."""

from __future__ import annotations

import re
from base64 import encodebytes
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from hashlib import sha256
from html import escape

SUBJECT, CONTENT = "retention-mail-subject", "retention-mail-content"
"""What a frame has where subject and text of a mail go."""

LINK = re.compile(r"https?://[^\s<>]+[^\s<>.,;:!?)。，；：！？）]")
BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Letter:
	"""What stands in one mail. `key` becomes its Message-Id, so that a mail delivered twice is known for one."""

	key: str
	sender: str
	reply_to: str
	recipient: str
	subject: str
	body: str
	written_at: datetime
	has_files: bool = False
	"""Whether the queue adds files when it sends the mail."""


def message_id(key: str, domain: str) -> str:
	"""Return the Message-Id of the message of a key, without brackets."""
	return f"{sha256(key.encode()).hexdigest()[:32]}@{domain}"


def mail_text(letter: Letter, frame: str, domain: str) -> str:
	"""Return a mail with its headers; `written_at` carries its zone, `frame` is HTML with SUBJECT and CONTENT.

	Written by hand, for a sweep writes mails by the ten thousand and `email.message` takes forty times as long.
	"""
	html = frame.replace(SUBJECT, escape(letter.subject)).replace(CONTENT, as_html(letter.body))
	name = message_id(letter.key, domain)
	boundary, outer = (f"={kind}{name.partition('@')[0]}=" for kind in ("", "all-"))
	headers = {
		"Subject": encoded(letter.subject),
		"From": encoded(letter.sender),
		"To": encoded(letter.recipient),
		"Reply-To": encoded(letter.reply_to),
		"Date": format_datetime(letter.written_at),
		"Message-Id": f"<{name}>",
		"MIME-Version": "1.0",
	}
	kind = f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n'
	told = f"\r\n--{boundary}".join([kind, part("plain", letter.body), part("html", html)])
	told += f"\r\n--{boundary}--\r\n"
	head = "".join(f"{field}: {value}\r\n" for field, value in headers.items())
	if not letter.has_files:
		return head + told
	mixed = f'Content-Type: multipart/mixed; boundary="{outer}"\r\n'
	return f"{head}{mixed}\r\n--{outer}\r\n{told}\r\n--{outer}--\r\n"


def encoded(text: str) -> str:
	"""Return the text of a header in signs that every mail server takes."""
	return text if text.isascii() else Header(text, "utf-8").encode(linesep="\r\n")


def part(kind: str, text: str) -> str:
	"""Return a text as a part of a mail, readable as it stands where it is plain English."""
	data = text.encode()
	how, lines = (
		("quoted-printable", b2a_qp(data)) if text.isascii() else ("base64", encodebytes(data).rstrip())
	)
	told = lines.decode().replace("\r\n", "\n").replace("\n", "\r\n")
	return f'\r\nContent-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: {how}\r\n\r\n{told}'


def as_html(text: str) -> str:
	"""Return a text as paragraphs of HTML in which nothing but web addresses has a meaning."""
	paragraphs = BLANK_LINES.split(text.replace("\r\n", "\n").strip())
	return "".join(f"<p>{_lines(paragraph)}</p>" for paragraph in paragraphs)


def _lines(paragraph: str) -> str:
	parts: list[str] = []
	place = 0
	for found in LINK.finditer(paragraph):
		address = escape(found.group())
		parts += [escape(paragraph[place : found.start()]), f'<a href="{address}">{address}</a>']
		place = found.end()
	return "".join([*parts, escape(paragraph[place:])]).replace("\n", "<br>")

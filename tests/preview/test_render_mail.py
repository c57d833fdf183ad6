"""A mail as any mail program reads it: what was written comes out, and nothing else."""

from datetime import datetime, timezone
from email import message_from_string, policy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_retention.render.mail import CONTENT, SUBJECT, Letter, as_html, mail_text, message_id

FRAME = f"<html><title>{SUBJECT}</title><body>{CONTENT}</body></html>"
AT = datetime(2026, 11, 26, 8, tzinfo=timezone.utc)
LINES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=140)
TEXTS = st.lists(LINES, min_size=1, max_size=6).map("\n".join)


def read(subject="Hello", body="Hello", **changes):
	usual = {"key": "k", "sender": "Branch <shop@example.com>", "reply_to": "shop@example.com"}
	letter = Letter(
		**{**usual, "recipient": "a@example.com", "written_at": AT, **changes}, subject=subject, body=body
	)
	return message_from_string(mail_text(letter, FRAME, "example.com"), policy=policy.SMTP)


def content(mail, kind):
	return mail.get_body((kind,)).get_content().replace("\r\n", "\n")


def test_headers():
	mail = read("Grüße 问候" * 8)
	assert mail["Subject"] == "Grüße 问候" * 8
	assert (mail["From"], mail["To"], mail["Reply-To"]) == (
		"Branch <shop@example.com>",
		"a@example.com",
		"shop@example.com",
	)
	assert mail["Message-Id"] == f"<{message_id('k', 'example.com')}>"
	assert mail["Date"].datetime == AT
	assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
	assert not mail.defects and not any(part.defects for part in mail.iter_parts())


def test_the_message_id_is_the_keys():
	assert message_id("a", "x") == message_id("a", "x") != message_id("b", "x")


@settings(deadline=None)
@given(subject=LINES.filter(str.strip), body=TEXTS)
def test_what_was_written_is_what_is_read(subject, body):
	mail = read(subject, body)
	assert content(mail, "plain") == body
	assert " ".join(mail["Subject"].split()) == " ".join(subject.split())
	assert set(mail.keys()) == {
		*("Subject", "From", "To", "Reply-To", "Date", "Message-Id", "MIME-Version", "Content-Type")
	}


@settings(deadline=None)
@given(body=st.one_of(TEXTS, st.text("a =.-\n", max_size=300)))
def test_lines_are_as_short_as_mail_servers_want_them(body):
	letter = Letter("k", "s@example.com", "s@example.com", "a@example.com", "Hello", body or "a", AT)
	lines = mail_text(letter, FRAME, "example.com").split("\r\n")
	assert all(len(line) <= 998 and "\n" not in line and line.isascii() for line in lines)


@pytest.mark.parametrize(
	("text", "html"),
	[
		("a & <b>", "<p>a &amp; &lt;b&gt;</p>"),
		("a\nb\n\n\nc ", "<p>a<br>b</p><p>c</p>"),
		(
			"See https://x.example/a?b=1&c=2.",
			'<p>See <a href="https://x.example/a?b=1&amp;c=2">https://x.example/a?b=1&amp;c=2</a>.</p>',
		),
		('javascript:alert(1) "', "<p>javascript:alert(1) &quot;</p>"),
		(
			'https://x.example/"onclick=alert(1)',
			'<p><a href="https://x.example/&quot;onclick=alert(1">https://x.example/&quot;onclick=alert(1</a>)</p>',
		),
	],
)
def test_nothing_but_addresses_means_anything(text, html):
	assert as_html(text) == html
	assert html in content(read(body=text), "html")


def test_the_subject_is_text_in_the_frame():
	assert "<title>&lt;b&gt;</title>" in content(read("<b>"), "html")


def test_a_mail_that_files_go_with_holds_its_texts_as_one_part():
	mail = read("Report", "the quarter 季度", has_files=True)
	assert mail.get_content_type() == "multipart/mixed" and not mail.defects
	(told,) = mail.iter_parts()
	assert told.get_content_type() == "multipart/alternative" and not told.defects
	assert [part.get_content_type() for part in told.iter_parts()] == ["text/plain", "text/html"]
	assert content(mail, "plain").strip() == "the quarter 季度"
	mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="report.pdf")
	assert [part.get_filename() for part in mail.iter_attachments()] == ["report.pdf"]

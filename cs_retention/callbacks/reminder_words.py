"""What reminders say, each in its reader's language: plain text, for the bell and for mails."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from frappe import _

from cs_retention.engine.reminders import Digest, DigestPart, DueCall, Item, Section, WeekOf
from cs_retention.render import formats


def digest_subject(digest: Digest, lang: str) -> str:
	"""Return how much there is to do today, in a line."""
	counts = [section_words(section, part.count, lang).format(part.count) for section, part in digest.items()]
	return _("Today: {0}", lang).format(listed(counts, lang))


def listed(parts: Iterable[str], lang: str) -> str:
	"""Return parts in a row, as a sentence lists them."""
	return ("，" if lang == "zh" else ", ").join(parts)


def section_words(section: Section, count: int, lang: str) -> str:
	"""Return the words of a section, with a place for its count."""
	return {
		Section.OVERDUE: _("{0} overdue", lang, context="Customer Callback"),
		Section.TODAY: _("{0} to call", lang),
		Section.PROMISES: _("{0} promise" if count == 1 else "{0} promises", lang),
		Section.COVERING: _("{0} for colleagues", lang),
	}[section]


def digest_text(
	digest: Digest, reader: str, called: Mapping[str, str], today: date, link: str, lang: str
) -> str:
	"""Return the digest of a reader as the text of a mail."""
	paragraphs = [
		part_text(
			section_title(section, lang),
			part,
			[row_text(row, reader, called, today, lang) for row in part.rows],
			lang,
		)
		for section, part in digest.items()
	]
	return "\n\n".join([*paragraphs, _("Your desk: {0}", lang).format(link)])


def section_title(section: Section, lang: str) -> str:
	"""Return what a section is headed with, with a place for its count."""
	return {
		Section.OVERDUE: _("Overdue calls: {0}", lang),
		Section.TODAY: _("Calls of today: {0}", lang),
		Section.PROMISES: _("Promises due: {0}", lang),
		Section.COVERING: _("Calls for colleagues: {0}", lang),
	}[section]


def part_text(title: str, part: DigestPart, rows: Sequence[str], lang: str) -> str:
	"""Return a section with its first rows, and how many more there are."""
	more = part.count - len(rows)
	left = [_("and {0} more", lang).format(more)] if more else []
	return "\n".join([title.format(part.count), *(f"- {row}" for row in (*rows, *left))])


def row_text(row: Item, reader: str, called: Mapping[str, str], today: date, lang: str) -> str:
	"""Return one call or promise: the customer, since when it is late, at what time, for whom it is made."""
	late = late_words(row.due_date, today, lang)
	if not isinstance(row, DueCall):
		return " · ".join(words(row.customer_name, late, row.promise))
	at = f"{row.due_time:%H:%M}" if row.due_time else ""
	manager = row.account_manager
	is_covered = manager and manager != reader
	for_whom = _("for {0}", lang).format(called.get(manager, manager)) if is_covered else ""
	return " · ".join(words(row.customer_name, late, at, for_whom))


def words(*parts: str) -> Iterator[str]:
	"""Yield the parts that say something, in one line each."""
	return (" ".join(part.split()) for part in parts if part)


def late_words(due: date, today: date, lang: str) -> str:
	"""Return since when something is late; nothing for what is due today."""
	return _("due {0}", lang).format(formats.short_day(due, lang)) if due < today else ""


def nudge_subject(call: DueCall, lang: str) -> str:
	"""Return that a call is to be made at its time."""
	return _("Call {0} at {1}", lang).format(call.customer_name, f"{call.due_time:%H:%M}")


def escalation_subject(part: DigestPart, lang: str) -> str:
	"""Return how many calls are late."""
	return _("Calls that nobody made: {0}", lang).format(part.count)


def escalation_text(part: DigestPart, called: Mapping[str, str], days: int, link: str, lang: str) -> str:
	"""Return late calls as the text of a mail."""
	rows = [
		" · ".join(
			words(
				row.customer_name,
				_("due {0}", lang).format(formats.short_day(row.due_date, lang)),
				called.get(row.responsible, row.responsible),
			)
		)
		for row in part.rows
		if isinstance(row, DueCall)
	]
	title = _("Overdue for more than {0} working days: {1}", lang).format(days, "{0}")
	return "\n\n".join([part_text(title, part, rows, lang), _("The list: {0}", lang).format(link)])


def week_subject(label: str, lang: str) -> str:
	"""Return which week a digest speaks of."""
	return _("Callbacks of {0}", lang).format(formats.period(label, lang))


def week_text(weeks: Sequence[WeekOf], called: Mapping[str, str], link: str, lang: str) -> str:
	"""Return the week of everybody as the text of a mail, and of all together."""
	total = WeekOf("", *(sum(getattr(week, name) for week in weeks) for name in WeekOf.__slots__[1:]))
	lines = [week_line(_("All together", lang), total, lang)]
	lines += [week_line(called.get(week.person, week.person), week, lang) for week in weeks]
	return "\n\n".join(["\n".join(f"- {line}" for line in lines), _("The team: {0}", lang).format(link)])


def week_line(name: str, week: WeekOf, lang: str) -> str:
	"""Return one person's week in a line."""
	said = _(
		"{0} due, {1} made, {2} not reached or missed; open: overdue calls {3}, overdue promises {4}", lang
	)
	return f"{name}: {said.format(week.due, week.done, week.unreached, week.overdue, week.promises)}"

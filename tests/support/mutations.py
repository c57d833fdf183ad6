"""Thirty faults that may creep into the app, each with the tests that must notice it (RELIABILITY, section 4.3).

A mutation replaces a text that stands once in its file. `tests/mutations.py` applies them one at a time.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
	"""One fault: what it is, in which file of cs_retention, what is replaced by what, the test files of `tests` to run."""

	name: str
	file: str
	text: str
	replacement: str
	tests: tuple[str, ...]


LEDGER = "nightly/ledger.py"
LEDGER_TESTS = ("preview/test_night_ledger.py",)

MUTATIONS = (
	Mutation(
		"a fencing token is not looked at",
		LEDGER,
		'found = {"status": ChunkStatus.CLAIMED.value, "token": chunk.token}',
		'found = {"status": ChunkStatus.CLAIMED.value}',
		LEDGER_TESTS,
	),
	Mutation(
		"a phase opens while chunks of the one before are at work",
		LEDGER,
		"if not held or any(states.get(status) for status in UNFINISHED):",
		"if not held or states.get(OPEN):",
		LEDGER_TESTS,
	),
	Mutation(
		"a stale claim is never taken over",
		LEDGER,
		"OR (status = %(claimed)s AND heartbeat < %(stale)s))",
		"OR (status = %(claimed)s AND status = %(open)s AND heartbeat < %(stale)s))",
		LEDGER_TESTS,
	),
	Mutation(
		"a run with a failed chunk goes on to its next phase",
		LEDGER,
		"if states.get(ChunkStatus.FAILED.value):",
		"if states.get(ChunkStatus.DROPPED.value):",
		LEDGER_TESTS,
	),
	Mutation(
		"a night that is superseded keeps its chunks",
		LEDGER,
		"WHERE run = %(run)s AND status IN (%(open)s, %(claimed)s)",
		"WHERE run = %(run)s AND status IN (%(open)s)",
		(*LEDGER_TESTS, "database/test_night_agrees.py"),
	),
	Mutation(
		"a chunk is finished and not committed",
		"nightly/worker.py",
		"self.ledger.finish(chunk, night.work(chunk))\n\t\tself.ledger.store.commit()",
		"self.ledger.finish(chunk, night.work(chunk))",
		(*LEDGER_TESTS, "database/test_night_agrees.py"),
	),
	Mutation(
		"a chunk is tried once more than allowed",
		"nightly/worker.py",
		"for attempt in range(RETRIES):",
		"for attempt in range(RETRIES + 1):",
		LEDGER_TESTS,
	),
	Mutation(
		"one bad customer fails its whole chunk",
		"nightly/worker.py",
		"is_cut = not self.ledger.store.is_passing(error) and chunk.phase in HALVES",
		"is_cut = self.ledger.store.is_passing(error) and chunk.phase in HALVES",
		LEDGER_TESTS,
	),
	Mutation(
		"who declined all mails of the site gets one",
		"nightly/outbox.py",
		"refused = [waiting for waiting in batch if fold(waiting.recipient) in declined]",
		"refused = [waiting for waiting in batch if waiting.recipient in declined and not declined]",
		("database/test_outbox_sweep.py",),
	),
	Mutation(
		"a text that may have gone out is sent again",
		"nightly/outbox.py",
		"doubtful.append((waiting, said_by(error)))",
		"failed.append((waiting, said_by(error)))",
		("database/test_outbox_sweep.py",),
	),
	Mutation(
		"a claim counts though another was faster",
		"store/mysql.py",
		"return any(self._execute(query, [name, *found.values(), *taken.values()]))",
		"return True",
		("database/test_store_mariadb.py",),
	),
	Mutation(
		"the night writes over a callback that a person ended meanwhile",
		"store/mysql.py",
		"target += f\" AND t.`{still}` > ''\"",
		"target += f\" AND (t.`{still}` > '' OR t.`{still}` IS NULL)\"",
		("database/test_store_mariadb.py", "database/test_night_and_calls.py"),
	),
	Mutation(
		"cancelled invoices count as bought",
		"facts/invoices.py",
		"posted = (invoice.docstatus == 1) &",
		"posted = (invoice.docstatus >= 1) &",
		("preview/test_facts.py",),
	),
	Mutation(
		"the first day of a year's window counts twice",
		"facts/invoices.py",
		"amounts = Case().when(invoice.posting_date <= after, 0)",
		"amounts = Case().when(invoice.posting_date < after, 0)",
		("preview/test_facts.py",),
	),
	Mutation(
		"customers whom B alone looks after are nobody's",
		"facts/people.py",
		"named = selected(customer.account_manager) | (unmanaged & selected(customer.retention_backup_manager))",
		"named = selected(customer.account_manager)",
		("preview/test_facts.py",),
	),
	Mutation(
		"a message of the house, or a contact withdrawn, is the last word",
		"facts/touches.py",
		'stands = (touch.touch_date <= parameter("as_of")) & touch.outcome.isin(BY_PEOPLE)',
		'stands = touch.touch_date <= parameter("as_of")',
		("preview/test_facts.py",),
	),
	Mutation(
		"working days are counted one too far",
		"engine/workdays.py",
		"for _ in range(abs(count)):",
		"for _ in range(abs(count) + 1):",
		("engine/test_workdays.py",),
	),
	Mutation(
		"a make-up working day on a weekend is free",
		"engine/workdays.py",
		"mask |= _bits(calendar.work, first, days)",
		"mask &= ~_bits(calendar.work, first, days)",
		("engine/test_workdays.py",),
	),
	Mutation(
		"the key of a duty is without its period",
		"engine/duties.py",
		'return f"{SOURCES[kind].prefix}|{state}|{label}"',
		'return f"{SOURCES[kind].prefix}|{state}"',
		("engine/test_obligations.py", "preview/test_nights_in_a_row.py"),
	),
	Mutation(
		"a contact cap lets one more through",
		"engine/contact_decisions.py",
		"if len(counted) < room:",
		"if len(counted) <= room:",
		("engine/test_contact_decisions.py",),
	),
	Mutation(
		"a message leaves in the first minute of the quiet hours",
		"engine/contact_policy.py",
		"if hour >= begin:",
		"if hour > begin:",
		("engine/test_contact_policy.py",),
	),
	Mutation(
		"consent that is needed and was never given is not asked for",
		"engine/consent.py",
		"if rule is ConsentRule.NEEDED and not last:",
		"if rule is ConsentRule.NOT_NEEDED and not last:",
		("engine/test_contact_decisions.py",),
	),
	Mutation(
		"a message is tried for ever",
		"engine/outbox.py",
		"timedelta(minutes=PAUSES[tries - 1]) if tries <= len(PAUSES) else None",
		"timedelta(minutes=PAUSES[min(tries, len(PAUSES)) - 1])",
		("engine/test_outbox.py",),
	),
	Mutation(
		"a restored database is not noticed",
		"engine/outbox.py",
		"return outside > stored",
		"return outside < stored",
		("engine/test_outbox.py",),
	),
	Mutation(
		"a failed night begins by itself without limit",
		"engine/night.py",
		"and is_newest and (by_person or attempts < MOST_ATTEMPTS)",
		"and is_newest",
		("engine/test_night.py",),
	),
	Mutation(
		"an offer is made to who may not be talked round",
		"engine/retention_offers.py",
		"if not rule.allows_offers:",
		"if not rule.allows_offers and rule.clock_days is None:",
		("engine/test_retention_offers.py",),
	),
	Mutation(
		"the yearly limit of offers lets one more through",
		"engine/retention_offers.py",
		"if len(counted) >= policy.offers_per_year:",
		"if len(counted) > policy.offers_per_year:",
		("engine/test_retention_offers.py",),
	),
	Mutation(
		"points are rounded half down",
		"engine/steps.py",
		"(200 * numerator + denominator) // (2 * denominator)",
		"(200 * numerator + denominator - 1) // (2 * denominator)",
		("engine/test_star_rating_points.py",),
	),
	Mutation(
		"callback completion is upside down",
		"engine/kpi.py",
		"return Ratio(results.get(CallResult.IN_TIME, 0), sum(results.values()))",
		"return Ratio(sum(results.values()), results.get(CallResult.IN_TIME, 0))",
		("engine/test_kpi.py",),
	),
	Mutation(
		"new customers make up for lost ones in customer retention",
		"engine/kpis.py",
		"return Quotient(int(row.is_active and not row.is_new), int(row.was_active))",
		"return Quotient(int(row.is_active), int(row.was_active))",
		("engine/test_kpis.py",),
	),
)

"""The sources of obligations tried out on the settings form: what each adds to the calls of the book, and to whose."""

from typing import Any

import frappe
from frappe.utils import getdate

from cs_retention.cs_retention.people import full_names
from cs_retention.cs_retention.retention_night import load_rules
from cs_retention.cs_retention.settings import SETTINGS
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.vocabulary import ObligationSource
from cs_retention.nightly.obligation_trial import Added, SourcesTrial, try_sources
from cs_retention.render.wording import added_calls


@frappe.whitelist(methods=["GET"])
def try_settings() -> dict[str, Any]:
	"""Return what every source adds, by source and person, under the settings as they are stored; nothing is written.

	`days` is how far the plan reaches. A source that could not be switched on as it is has no figures.
	"""
	frappe.get_doc(SETTINGS).check_permission("write")
	policy = load_rules()
	trial = try_sources(open_store(), policy, getdate())
	names = full_names({person for rows in trial.added.values() for person in rows if person})
	on = policy.obligations.sources_on()
	return {
		"days": trial.days,
		"sources": [
			{
				"source": source.value,
				"is_on": source in on,
				**figures(trial, source, trial.in_all(source), source in on),
				"people": [
					{
						"person": person,
						"name": names.get(person, person),
						**figures(trial, source, row, source in on),
					}
					for person, row in sorted(trial.added.get(source, {}).items())
				],
			}
			for source in trial.tried
		],
	}


def figures(trial: SourcesTrial, source: ObligationSource, added: Added, is_on: bool) -> dict[str, Any]:
	"""Return the figures of a source, with the sentence they come to."""
	per_week = trial.per_week(source, added)
	return {
		"duties": added.duties,
		"calls": added.calls,
		"per_week": float(per_week),
		"words": added_calls(per_week, is_on, frappe.local.lang),
	}

"""Festivals: the public holidays of a country that were chosen, and own dates."""

from __future__ import annotations

from datetime import date, timedelta

import holidays

from cs_retention.engine.obligation_policy import FestivalPolicy

ONE_DAY = timedelta(days=1)
LANGUAGE = "en_US"


def festival_days(policy: FestivalPolicy, first: date, last: date) -> tuple[tuple[date, str], ...]:
	"""Return date and name of the festivals from `first` to `last`, in order; one of several days is its first day."""
	found = {(day, name) for day, name in policy.own_days() if first <= day <= last}
	if policy.names:
		chosen = {name.casefold() for name in policy.names}
		found.update(
			(day, name)
			for day, name in public_holidays(policy.country, first, last)
			if name.casefold() in chosen
		)
	return tuple(sorted(found))


def public_holidays(country: str, first: date, last: date) -> list[tuple[date, str]]:
	"""Return first day and English name of the public holidays that begin from `first` to `last`; none of no country."""
	if country not in holidays.list_supported_countries():
		return []
	years = range((first - ONE_DAY).year, last.year + 1)
	days = holidays.country_holidays(country, years=years, observed=False, language=LANGUAGE)
	return [
		(day, name)
		for day in sorted(days)
		for name in days.get_list(day)
		if first <= day <= last and name not in days.get_list(day - ONE_DAY)
	]


def names_of(country: str, year: int) -> list[str]:
	"""Return the names of a country's public holidays in a year, in order of their first days."""
	found = public_holidays(country, date(year, 1, 1), date(year, 12, 31))
	return list(dict.fromkeys(name for _, name in found))

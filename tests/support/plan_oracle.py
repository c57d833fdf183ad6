"""Walks a written plan day by day: quotas, windows, working days, gaps, loads. Shares no code with the package."""

import csv
from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

ONE_DAY = timedelta(days=1)


def read(path):
	with open(path, encoding="utf-8-sig", newline="") as file:
		return list(csv.DictReader(file))


class Calendar:
	def __init__(self, folder):
		path = Path(folder) / "holidays.csv"
		rows = read(path) if path.exists() else []
		self.off = {date.fromisoformat(row["date"]) for row in rows if row["type"] == "off"}
		self.work = {date.fromisoformat(row["date"]) for row in rows if row["type"] == "work"}
		self.away = defaultdict(set)
		path = Path(folder) / "absences.csv"
		for row in read(path) if path.exists() else []:
			day = date.fromisoformat(row["from_date"])
			while day <= date.fromisoformat(row["to_date"]):
				self.away[row["owner"]].add(day)
				day += ONE_DAY

	def works(self, day, person=None):
		if person is not None and day in self.away[person]:
			return False
		return day in self.work or (day.weekday() < 5 and day not in self.off)


class Plan:
	"""The files of one preview, read back."""

	def __init__(self, book, out, as_of, days):
		self.as_of, self.horizon_end = as_of, as_of + timedelta(days=days - 1)
		self.calendar = Calendar(book)
		self.customers = {row["name"]: row for row in read(Path(book) / "customers.csv")}
		self.ratings = {row["customer"]: row for row in read(Path(out) / "ratings.csv")}
		self.bands = {row["customer"]: row["band"] for row in read(Path(out) / "churn.csv")}
		self.planned = defaultdict(list)
		self.rows = read(Path(out) / "callbacks.csv")
		for row in self.rows:
			for name in ("due_date", "window_start", "window_end"):
				row[name] = date.fromisoformat(row[name])
			self.planned[row["customer"]].append(row)
		self.missing = defaultdict(list)
		for row in read(Path(out) / "overflow.csv"):
			span = date.fromisoformat(row["period_start"]), date.fromisoformat(row["period_end"])
			self.missing[row["customer"]].append((*span, int(row["missing"]), row["reason"]))
		self.made = defaultdict(set)
		path = Path(book) / "contacts.csv"
		for row in read(path) if path.exists() else []:
			day = date.fromisoformat(row["date"])
			if row["outcome"] in ("Reached", "Visited") and day <= as_of:
				self.made[row["customer"]].add(day)

	def cadence(self, customer):
		"""(kind, quota, most, gap) of a customer."""
		rating = self.ratings[customer]
		if rating["key_account"] == "1":
			return "week", 1, 1, 3
		if rating["level"] == "Five Star":
			quota = {"Watch": 2, "At Risk": 3, "Critical": 3}.get(self.bands[customer], 1)
			return "month", quota, 3, 5
		return "month", 1, 1, 5

	def periods(self, kind):
		"""Every period the horizon touches, whole."""
		day, found = self.as_of, []
		while day <= self.horizon_end:
			if kind == "week":
				start = day - timedelta(days=day.weekday())
				end = start + timedelta(days=6)
			else:
				start = day.replace(day=1)
				end = (start + timedelta(days=32)).replace(day=1) - ONE_DAY
			found.append((start, end))
			day = end + ONE_DAY
		return found


def violations(plan):
	"""Every sentence that must not be true of the plan."""
	return [
		*_places(plan),
		*_quotas(plan),
		*_gaps(plan),
		*(f"{person}: {problem}" for person, problem in uneven(plan)),
	]


def _places(plan):
	for row in plan.rows:
		what = f"{row['customer']} on {row['due_date']} by {row['owner']}"
		problems = (
			(row["window_start"] <= row["due_date"] <= row["window_end"], "outside its window"),
			(row["due_date"] >= plan.as_of, "in the past"),
			(plan.calendar.works(row["due_date"], row["owner"]), "no working day of the person"),
			(plan.calendar.works(row["window_start"]), "its window starts on a day off"),
			(plan.calendar.works(row["window_end"]), "its window ends on a day off"),
			(row["owner"] == _responsible(plan, row), f"should be called by {_responsible(plan, row)}"),
			(
				(row["within_horizon"] == "1") == (row["due_date"] <= plan.horizon_end),
				"wrong about the horizon",
			),
		)
		yield from (f"{what}: {problem}" for is_fine, problem in problems if not is_fine)


def _responsible(plan, row):
	"""A, unless A works on no day of the window and B does."""
	customer, days = plan.customers[row["customer"]], _days(row["window_start"], row["window_end"])
	people = [customer["account_manager"], customer.get("retention_backup_manager")]
	can = [person for person in people if person and any(plan.calendar.works(day, person) for day in days)]
	return can[0] if can else None


def _quotas(plan):
	for customer in plan.ratings:
		kind, quota, most, _ = plan.cadence(customer)
		for start, end in plan.periods(kind):
			made = sum(start <= day <= end for day in plan.made[customer])
			planned = sum(start <= row["due_date"] <= end for row in plan.planned[customer])
			missing = sum(n for s, e, n, _ in plan.missing[customer] if (s, e) == (start, end))
			what = (
				f"{customer}, {start} to {end}: {made} made, {planned} planned, {missing} missing of {quota}"
			)
			if made + planned + missing < quota:
				yield f"{what}: not accounted for"
			alone = sum(
				start <= row["due_date"] <= end and row["purposes"] == "Visit"
				for row in plan.planned[customer]
			)
			if planned and made + planned - alone > max(most, made):
				yield f"{what}: too many"
			if missing and made + planned + missing > quota:
				yield f"{what}: more missing than owed"


def _gaps(plan):
	for customer, rows in plan.planned.items():
		gap = plan.cadence(customer)[3]
		last = max(plan.made[customer], default=None)
		# A visit whose quarter ends may break the gap, and then says so.
		waived = {
			row["due_date"] for row in rows if "Visit" in row["purposes"] and "no plan keeps" in row["reason"]
		}
		days = sorted(row["due_date"] for row in rows)
		if last is not None:
			days.insert(0, last)
		for before, after in pairwise(days):
			if (after - before).days < gap and not waived & {before, after}:
				yield f"{customer}: {before} and {after} are closer than {gap} days"
		windows = sorted((row["window_start"], row["window_end"]) for row in rows)
		for (_, end), (start, _) in pairwise(windows):
			if (start - end).days < gap:
				yield f"{customer}: windows ending {end} and starting {start} are closer than {gap} days"


def uneven(plan):
	"""Yield (person, chain) wherever moving calls along a chain of days would make the loads more even."""
	for person in sorted({row["owner"] for row in plan.rows}):
		rows = [row for row in plan.rows if row["owner"] == person]
		windows = [
			(
				row["due_date"],
				[d for d in _days(row["window_start"], row["window_end"]) if plan.calendar.works(d, person)],
			)
			for row in rows
		]
		load = Counter(day for day, _ in windows)
		reach = defaultdict(set)
		for day, days in windows:
			reach[day].update(days)
		for start in sorted(load):
			light = _lightest(start, reach, load)
			if load[light] <= load[start] - 2:
				yield person, f"{start} has {load[start]}, {light} has {load[light]} and could take one"


def _lightest(start, reach, load):
	seen, queue = {start}, [start]
	while queue:
		for day in reach[queue.pop()]:
			if day not in seen:
				seen.add(day)
				queue.append(day)
	return min(seen, key=lambda day: (load[day], day))


def _days(start, end):
	return [start + timedelta(days=n) for n in range((end - start).days + 1)]

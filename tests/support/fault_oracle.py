"""What must hold of a book after any fault, found by walking rows and days; shares no code with the package.

I2 one open callback per key; I4, I6, I7 the plan against plan_oracle; I8 stars against oracle, with grace and
overrides written once more; I10 one applied rating per state and date. I1 and I12 are of the ledger.
"""

import json
from collections import Counter, defaultdict
from datetime import date, timedelta

import plan_oracle
from fault_branch import FRIDAY, MONDAY, overrides
from oracle import Book as Truth

CAPACITY = 20
ORDER = ("Five Star", "Four Star", "Three Star", "Two Star", "One Star", "New")
TERMINAL = {"Done", "Skipped", "Failed"}


def ledger_problems(cursor, due=MONDAY):
	"""I1: a row for every date since Friday, each in one terminal state; I12: no chunk waits or is claimed."""
	cursor.execute("SELECT site_date, status, reasons, error FROM `tabRetention Run` WHERE job = 'Night'")
	rows = cursor.fetchall()
	found = Counter(row[0] for row in rows)
	wanted = {FRIDAY + timedelta(days=number) for number in range((due - FRIDAY).days + 1)}
	yield from (
		f"I1: {found[day]} rows for {day}"
		for day in sorted(wanted | set(found))
		if found[day] != (day in wanted)
	)
	for day, status, reasons, error in rows:
		if (
			status not in TERMINAL
			or (status == "Skipped" and not reasons)
			or (status == "Failed" and not error)
		):
			yield f"I1: {day} is {status} without its reason or its end"
	if ("Done",) not in [row[1:2] for row in rows if row[0] == due]:
		yield f"I1: {due} is not Done"
	cursor.execute(
		"SELECT phase, first_key, status FROM `tabRetention Run Chunk` WHERE status NOT IN ('Done', 'Dropped')"
	)
	yield from (f"I12: chunk {row}" for row in cursor.fetchall())


def key_problems(cursor):
	"""I2: an open key stands once, I10: so does an applied rating of a state and a date."""
	for number, query in (
		(
			"I2",
			"SELECT open_key, COUNT(*) c FROM `tabCustomer Callback` WHERE status = 'Planned' GROUP BY 1 HAVING c > 1",
		),
		(
			"I2",
			"SELECT name, open_key FROM `tabCustomer Callback` WHERE (status = 'Planned') <> (open_key IS NOT NULL)",
		),
		(
			"I10",
			"SELECT state, as_of, COUNT(*) c FROM `tabStar Rating` WHERE status = 'Applied' GROUP BY 1, 2 HAVING c > 1",
		),
		("I10", "SELECT customer, COUNT(*) c FROM `tabCustomer Retention State` GROUP BY 1 HAVING c > 1"),
		(
			"I10",
			"SELECT r.customer, r.level, s.star_level FROM `tabStar Rating` r JOIN `tabCustomer Retention State` s"
			" ON s.name = r.state WHERE r.as_of = s.reviewed_on AND r.level <> s.star_level",
		),
		(
			"I8",
			"SELECT c.name FROM `tabCustomer` c JOIN `tabCustomer Retention State` s ON s.customer = c.name"
			" WHERE NOT (c.retention_star_level <=> s.star_level AND c.retention_health_band <=> s.health_band)",
		),
	):
		cursor.execute(query)
		yield from (f"{number}: {row}" for row in cursor.fetchall())


def star_problems(cursor, folder):
	"""I8: the level in force is what the invoices give on Monday, settled with the level before and with overrides."""
	truth = Truth(folder, MONDAY)
	populations = truth.populations()
	in_force = {customer: level for customer, level, until in overrides() if until >= MONDAY}
	before = _rows(cursor, "pristine.`tabCustomer Retention State`")
	after = _rows(cursor, "`tabCustomer Retention State`")
	yield from (f"I8: {name} has no state" for name in sorted(truth.customers.keys() - after.keys()))
	for name, row in sorted(after.items()):
		points = truth.rating(truth.customers[name], populations)
		score = sum(points.values()) if points else None
		rated = truth.level(score) if points else "New"
		own, below = _settled(rated, before.get(name))
		expected = in_force.get(name, own), own, below, float(score or 0)
		found = row["star_level"], row["own_level"], row["interim_below"], float(row["score"])
		if found != expected:
			yield f"I8: {name} has {found}, not {expected}"


def _settled(rated, before):
	"""(own level, interim ratings below it) after an interim review: a first fall is spared until the level expires."""
	own = before["own_level"] if before and before["rated_on"] else "New"
	if ORDER.index(rated) <= ORDER.index(own):
		return rated, 0
	falls = before["interim_below"] + 1
	return (rated, 0) if falls >= 2 or before["rating_valid_until"] < MONDAY else (own, falls)


def _rows(cursor, table):
	cursor.execute(f"SELECT * FROM {table}")
	columns = [column[0] for column in cursor.description]
	rows = (dict(zip(columns, row, strict=True)) for row in cursor.fetchall())
	return {row["customer"]: row for row in rows}


class StoredPlan(plan_oracle.Plan):
	"""The plan as the database holds it, in the shape that plan_oracle walks."""

	def __init__(self, cursor, folder, as_of, days=28):
		self.as_of, self.horizon_end = as_of, as_of + timedelta(days=days - 1)
		self.calendar = plan_oracle.Calendar(folder)
		self.customers = {row["name"]: row for row in plan_oracle.read(folder / "customers.csv")}
		states = _rows(cursor, "`tabCustomer Retention State`")
		self.ratings = {
			name: {"key_account": str(row["is_key_account"]), "level": row["star_level"]}
			for name, row in states.items()
		}
		self.bands = {name: row["health_band"] for name, row in states.items()}
		self.rows = list(self._callbacks(cursor))
		self.planned = defaultdict(list)
		for row in self.rows:
			self.planned[row["customer"]].append(row)
		self.missing = defaultdict(list)
		for name, row in states.items():
			for short in json.loads(row["plan_shortfall"] or "[]"):
				span = date.fromisoformat(short["from"]), date.fromisoformat(short["to"])
				self.missing[name].append((*span, short["missing"], short["cause"]))
		self.before = _rows(cursor, "pristine.`tabCustomer Retention State`")
		self.made = defaultdict(set)
		cursor.execute(
			"SELECT customer, touch_date FROM `tabCustomer Touch` WHERE outcome IN ('Reached', 'Visited')"
		)
		for customer, day in cursor.fetchall():
			if day <= as_of:
				self.made[customer].add(day)

	def cadence(self, customer):
		"""(kind, quota, most, gap): who fell from five stars keeps the larger right for the month of the night tried."""
		now = super().cadence(customer)
		if self.as_of != MONDAY or customer not in self.fallen:
			return now
		quota = {"Watch": 2, "At Risk": 3, "Critical": 3}.get(self.bands[customer], 1)
		return "month", quota, 3, 5

	@property
	def fallen(self):
		"""Customers who were five stars before the night and are called less often now."""
		was = {name for name, row in self.before.items() if row["star_level"] == "Five Star"}
		return {
			name for name in was & self.ratings.keys() if super(StoredPlan, self).cadence(name)[0] == "month"
		}

	def of_one_quota(self):
		"""Leave out who fell, on nights whose horizon reaches beyond the month in which that larger right holds."""
		if self.as_of != MONDAY:
			self.ratings = {name: row for name, row in self.ratings.items() if name not in self.fallen}
		return self

	def as_bound(self):
		"""Shrink the window of a date that people were shown to that day, which leaves its neighbours more room."""
		for row in self.rows:
			if row["is_committed"]:
				row["window_start"] = row["window_end"] = row["due_date"]
		return self

	def _callbacks(self, cursor):
		cursor.execute(
			"SELECT c.customer, c.due_date, c.window_start, c.window_end, c.responsible, c.is_committed, c.reasons,"
			" GROUP_CONCAT(p.kind ORDER BY p.idx) FROM `tabCustomer Callback` c"
			" JOIN `tabCustomer Callback Purpose` p ON p.parent = c.name WHERE c.status = 'Planned' GROUP BY c.name"
		)
		for customer, due, start, end, person, is_committed, reasons, kinds in cursor.fetchall():
			yield {
				"customer": customer,
				"due_date": due,
				"window_start": start,
				"window_end": end,
				"owner": person,
				"is_committed": is_committed,
				"purposes": kinds,
				"reason": reasons,
				"within_horizon": str(int(due <= self.horizon_end)),
			}


def plan_problems(cursor, folder, as_of=MONDAY):
	"""I4, I6, I7: places, quotas, gaps and evenness by plan_oracle, and nobody above capacity."""
	plan = StoredPlan(cursor, folder, as_of)
	loads = Counter((row["owner"], row["due_date"]) for row in plan.rows)
	yield from (f"I7: {key} has {load}" for key, load in sorted(loads.items()) if load > CAPACITY)
	yield from (f"I4: {problem}" for problem in plan_oracle._places(plan))
	yield from (f"I7: {person}: {problem}" for person, problem in plan_oracle.uneven(plan.as_bound()))
	yield from (f"I4: {problem}" for problem in plan_oracle._gaps(plan))
	yield from (f"I4: {problem}" for problem in plan_oracle._quotas(plan.of_one_quota()))

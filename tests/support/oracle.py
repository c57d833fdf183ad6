"""The rules once more, written from the rules alone and sharing no code with the package.

It reads the same CSV files a user gives to the command line and walks over rows and days, slowly and plainly.
"""

import csv
import statistics
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

STARS = [("Five Star", 85), ("Four Star", 70), ("Three Star", 50), ("Two Star", 30), ("One Star", 0)]
CLOSED = {"Closed", "Resolved"}
SERIOUS = {"serious", "urgent", "high", "严重"}


def months_later(day, months):
	year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
	for last in range(day.day, 27, -1):
		try:
			return date(year, month + 1, last)
		except ValueError:
			continue
	return date(year, month + 1, day.day)


def read(path):
	if path is None or not Path(path).exists():
		return None
	with open(path, encoding="utf-8-sig", newline="") as file:
		return list(csv.DictReader(file))


def step(value, table):
	"""Points of the last lower bound not above the value."""
	points = None
	for bound, given in table:
		if value >= bound:
			points = given
	return points


def below(value, table, rest):
	"""Points of the first upper bound not below the value."""
	for bound, given in table:
		if value <= bound:
			return given
	return rest


@dataclass
class Customer:
	name: str
	row: dict
	invoices: list = field(default_factory=list)
	contracts: list = field(default_factory=list)
	contacts: list = field(default_factory=list)
	issues: list = field(default_factory=list)
	groups: set = field(default_factory=set)

	def days(self, after=date.min):
		return sorted(
			{i["day"] for i in self.invoices if not i["return"] and i["net"] > 0 and i["day"] > after}
		)

	def revenue(self, after, until, company=None):
		return sum(
			(
				i["net"]
				for i in self.invoices
				if after < i["day"] <= until and company in (None, i["company"])
			),
			Decimal(0),
		)


class Book:
	def __init__(self, folder, as_of):
		self.as_of = as_of
		folder = Path(folder)
		self.customers = {
			row["name"]: Customer(row["name"], row)
			for row in read(folder / "customers.csv")
			if row.get("disabled") not in ("1", "Yes")
		}
		self._invoices(read(folder / "invoices.csv"))
		items = read(folder / "items.csv")
		self.knows_items = bool(items)
		parents = {i["name"]: c for c in self.customers.values() for i in c.invoices if not i["return"]}
		for row in items or []:
			if row["parent"] in parents and row["item_group"]:
				parents[row["parent"]].groups.add(row["item_group"])
		for customer, row in self._rows(folder / "contracts.csv"):
			end = date.fromisoformat(row["end_date"]) if row["end_date"] else None
			customer.contracts.append((date.fromisoformat(row["start_date"]), end))
		for customer, row in self._rows(folder / "contacts.csv", "date"):
			customer.contacts.append((date.fromisoformat(row["date"]), row))
		for customer, row in self._rows(folder / "issues.csv", "opening_date"):
			serious = (row.get("severity") or "").lower() in SERIOUS
			day = date.fromisoformat(row["opening_date"])
			customer.issues.append((day, serious, row["status"] not in CLOSED))

	def _rows(self, path, day=None):
		"""Rows of customers in the book, those dated after as_of left out."""
		for row in read(path) or []:
			customer = self.customers.get(row["customer"])
			if customer and (day is None or date.fromisoformat(row[day]) <= self.as_of):
				yield customer, row

	def _invoices(self, rows):
		for row in rows:
			day = date.fromisoformat(row["posting_date"])
			if row["customer"] not in self.customers or row["docstatus"] != "1" or day > self.as_of:
				continue
			self.customers[row["customer"]].invoices.append(
				{
					"name": row["name"],
					"day": day,
					"company": row["company"],
					"due": date.fromisoformat(row["due_date"]) if row["due_date"] else None,
					"net": Decimal(row["base_net_total"]),
					"open": Decimal(row["outstanding_amount"] or 0),
					"return": row["is_return"] == "1",
				}
			)

	def year_ago(self):
		return months_later(self.as_of, -12)

	def contract(self, customer):
		"""(running?, end of commitment or None, open-ended?, earliest start)"""
		running = [
			(s, e) for s, e in customer.contracts if s <= self.as_of and (e is None or e >= self.as_of)
		]
		ends = [e for _, e in running if e is not None]
		start = min((s for s, _ in customer.contracts), default=None)
		return bool(running), max(ends, default=None), any(e is None for _, e in running), start

	def overdue(self, customer):
		late = [
			i
			for i in customer.invoices
			if not i["return"] and i["open"] > 0 and i["due"] and i["due"] < self.as_of
		]
		return sum((i["open"] for i in late), Decimal(0)), min((i["due"] for i in late), default=None)

	def is_rated(self, customer):
		days = customer.days()
		return bool(days) and months_later(days[0], 6) <= self.as_of

	def low_satisfaction(self, customer, after=date.min):
		told = [(day, int(row["satisfaction"])) for day, row in customer.contacts if row.get("satisfaction")]
		if not told:
			return False
		last = max(day for day, _ in told)
		return last > after and min(score for day, score in told if day == last) <= 2

	def unreached(self, customer):
		"""Attempts without an answer since the last contact reached, and whether the latest word is a refusal."""
		reached = max(
			(d for d, r in customer.contacts if r["outcome"] in ("Reached", "Visited")), default=date.min
		)
		since = [(d, r["outcome"]) for d, r in customer.contacts if d > reached]
		last = max((d for d, _ in since), default=None)
		return sum(outcome == "Not Reached" for _, outcome in since), any(
			outcome == "Refused" for d, outcome in since if d == last
		)

	def populations(self):
		found = defaultdict(list)
		for customer in self.customers.values():
			if self.is_rated(customer):
				for company in {i["company"] for i in customer.invoices if not i["return"] and i["net"] > 0}:
					found[company].append(customer.revenue(self.year_ago(), self.as_of, company))
		return found

	def rating(self, customer, populations):
		"""Points per factor, or None for a customer that is New."""
		if not self.is_rated(customer):
			return None
		running, end, _, _ = self.contract(customer)
		billed = running or customer.row.get("retention_billed") == "1"
		points = {"revenue": self._revenue_points(customer, populations)}
		if billed:
			points["frequency"] = self._commitment_points(end)
		else:
			days = len(customer.days(self.year_ago()))
			points["frequency"] = step(days, [(0, 0), (1, 4), (2, 8), (4, 12), (7, 16), (12, 20)])
		first = customer.days()[0]
		years = max(n for n in range(60) if months_later(first, 12 * n) <= self.as_of)
		points["tenure"] = step(years, [(0, 0), (1, 3), (2, 5), (3, 8), (5, 10)])
		points["payment"] = self._payment_points(customer)
		recent = [serious for day, serious, _ in customer.issues if day > self.year_ago()]
		lost = sum(6 if serious else 3 for serious in recent) + (2 if self.low_satisfaction(customer) else 0)
		points["service"] = max(0, 10 - lost)
		points["breadth"] = step(len(customer.groups), [(0, 0), (1, 1), (2, 2), (3, 3), (5, 5)])
		if not self.knows_items:
			points = {factor: Fraction(value) * Fraction(100, 95) for factor, value in points.items()}
			points["breadth"] = 0
		return {factor: self._two_decimals(value) for factor, value in points.items()}

	def _two_decimals(self, value):
		value = Fraction(value)
		return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(
			Decimal("0.01"), ROUND_HALF_UP
		)

	def _revenue_points(self, customer, populations):
		best = Fraction(0)
		for company in {i["company"] for i in customer.invoices if not i["return"] and i["net"] > 0}:
			own = customer.revenue(self.year_ago(), self.as_of, company)
			if own > 0:
				others = populations[company]
				best = max(best, Fraction(40 * sum(1 for other in others if other <= own), len(others)))
		return best

	def _commitment_points(self, end):
		if end is None:
			return 8
		if end >= months_later(self.as_of, 12):
			return 20
		return 16 if end >= months_later(self.as_of, 6) else 12

	def _payment_points(self, customer):
		amount, oldest = self.overdue(customer)
		if amount == 0:
			return 15
		revenue = customer.revenue(self.year_ago(), self.as_of)
		if revenue <= 0:
			return 0
		share = Fraction(amount) / Fraction(revenue)
		points = below(share, [(Fraction(5, 100), 12), (Fraction(15, 100), 8), (Fraction(30, 100), 4)], 0)
		return min(points, 8) if (self.as_of - oldest).days > 60 else points

	def level(self, score):
		return next(name for name, bound in STARS if score >= bound)

	def median_gap(self):
		gaps = []
		for customer in self.customers.values():
			days = customer.days()
			if len(days) > 1:
				gaps.append(Fraction((days[-1] - days[0]).days, len(days) - 1))
		return statistics.median(gaps) if gaps else Fraction(30)

	def health(self, customer, gap):
		"""(card, health, parts) or ("Free Buyer", None, {}) for a prospect."""
		running, *_ = self.contract(customer)
		if running or customer.row.get("retention_billed") == "1":
			return "Contract Customer", *self._contract_card(customer)
		return "Free Buyer", *self._free_card(customer, gap)

	def _free_card(self, customer, gap):
		days = customer.days()
		if not days:
			return None, {}
		since, repeats = (self.as_of - days[-1]).days, len(days) - 1
		own = ((days[-1] - days[0]).days + 2 * gap) / (repeats + 2)
		half = Fraction(1, 2)
		parts = {
			"recency": below(
				Fraction(since) / gap,
				[(half, 40), (1, 34), (Fraction(3, 2), 28), (2, 22), (3, 14), (4, 6)],
				0,
			),
			"lateness": below(Fraction(since) / own, [(half, 30), (1, 25), (2, 18), (3, 10), (5, 4)], 0),
			"repeats": step(repeats, [(0, 0), (1, 8), (2, 13), (3, 18), (5, 24), (10, 30)]),
		}
		return max(0, sum(parts.values()) - self.deductions(customer)), parts

	def deductions(self, customer):
		month_ago = self.as_of - timedelta(days=30)
		recent = [serious for day, serious, _ in customer.issues if day > month_ago]
		total = 12 if any(recent) else 8 if len(recent) >= 2 else 0
		total += 5 if self.low_satisfaction(customer) else 0
		total += 5 if self.unreached(customer)[0] >= 2 else 0
		now = customer.revenue(self.year_ago(), self.as_of)
		before = customer.revenue(months_later(self.as_of, -24), self.year_ago())
		total += 8 if before > 0 and 2 * now <= before else 0
		return min(30, total)

	def _contract_card(self, customer):
		_, end, open_ended, start = self.contract(customer)
		bills = customer.revenue(months_later(self.as_of, -3), self.as_of)
		before = customer.revenue(months_later(self.as_of, -6), months_later(self.as_of, -3))
		if before > 0:
			table = [
				(Fraction(1), 25),
				(Fraction(9, 10), 21),
				(Fraction(3, 4), 14),
				(Fraction(1, 2), 6),
			]
			ratio = Fraction(bills) / Fraction(before)
			trend = next((points for bound, points in table if ratio >= bound), 0)
		else:
			trend = 25 if bills > 0 else 0
		_, oldest = self.overdue(customer)
		quarter = [(s, o) for day, s, o in customer.issues if day > self.as_of - timedelta(days=90)]
		days = customer.days()
		since = start or (days[0] if days else None)
		parts = {
			"bill_trend": trend,
			"commitment": self._commitment_left(end, open_ended),
			"arrears": 20
			if oldest is None
			else below((self.as_of - oldest).days, [(15, 15), (30, 9), (60, 3)], 0),
			"service": self._service(customer, quarter),
			"tenure": next(
				(p for m, p in ((36, 10), (12, 7), (6, 5)) if since and months_later(since, m) <= self.as_of),
				3,
			),
			"contact": self._contact(customer),
		}
		return min(sum(parts.values()), self._missing_bill_cap(days, start)), parts

	def _commitment_left(self, end, open_ended):
		if open_ended:
			return 12
		left = (end - self.as_of).days if end else 0
		return 20 if left > 180 else 14 if left > 60 else 6 if left > 0 else 4

	def _service(self, customer, quarter):
		if any(serious for serious, _ in quarter) or self.low_satisfaction(
			customer, self.as_of - timedelta(days=90)
		):
			return 0
		if not quarter:
			return 15
		return 10 if len(quarter) == 1 and not quarter[0][1] else 4

	def _contact(self, customer):
		missed, refused = self.unreached(customer)
		return 0 if refused else {0: 10, 1: 6}.get(missed, 2)

	def _missing_bill_cap(self, days, start):
		anchor = days[-1] if days else start
		if anchor is None:
			return 100
		late = (self.as_of - months_later(anchor, 1)).days
		return 19 if late >= 45 else 39 if late >= 15 else 100


def band(health):
	if health is None:
		return "Prospect"
	return (
		"Healthy" if health >= 60 else "Watch" if health >= 40 else "At Risk" if health >= 20 else "Critical"
	)

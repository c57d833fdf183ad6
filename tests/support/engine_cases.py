"""A customer as the engine is told about it, with what a test does not care about left at its best."""

from datetime import date

from cs_retention.engine.customer import CustomerFacts

AS_OF = date(2026, 11, 20)


def rated_customer(**changes):
	"""Return a customer of six years without a fault, who earned 1,000 in one company; `revenue` sets both sums."""
	revenue = changes.pop("revenue", 1000.0)
	facts = {
		"customer": "Customer",
		"first_purchase": date(2020, 11, 20),
		"last_purchase": date(2026, 11, 10),
		"purchase_days": 40,
		"purchase_days_12m": 12,
		"revenue_12m": revenue,
		"revenue_12m_by_company": (("East", revenue),),
		"item_groups": 5,
	}
	return CustomerFacts(**{**facts, **changes})


def contract_customer(**changes):
	"""Return a contract customer of two years with the contract far from its end and nothing wrong."""
	facts = {
		"has_contract": True,
		"contract_start": date(2024, 11, 20),
		"contract_end": date(2027, 11, 20),
		"first_purchase": date(2024, 12, 1),
		"last_purchase": date(2026, 11, 1),
		"purchase_days": 24,
		"purchase_days_12m": 12,
		"revenue_3m": 300.0,
		"revenue_prior_3m": 300.0,
	}
	return rated_customer(**{**facts, **changes})

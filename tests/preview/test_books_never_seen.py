"""Health ranks the customers of books that it was not made for, and few of their signals are raised for nothing."""

from contextlib import closing
from datetime import date

import pytest

from benchmarks.ranking import UNTIL, judge_book, open_book, read_purchases, signal_rates, simulated
from cs_retention.engine.ranking import Verdict
from cs_retention.engine.workdays import add_months

CUSTOMERS = 1500


@pytest.mark.parametrize("seed", [11, 12, 13])
@pytest.mark.parametrize(("law", "least"), [("BG/NBD", 0.7), ("Pareto/NBD", 0.755)])
def test_who_buys_again_is_told_on_books_by_published_laws_of_buying(law, least, seed):
	with closing(open_book(simulated(law, seed, CUSTOMERS))) as store:
		card = judge_book(store, add_months(UNTIL, -6), UNTIL)
		assert card.verdict is Verdict.RANKS
		assert float(card.ranking.auc) >= least
		shares = [band.share for band in card.bands if band.customers >= 20]
		assert shares[0] > shares[-1]


def test_a_rule_speaks_of_a_small_part_of_such_a_book():
	with closing(open_book(simulated("Pareto/NBD", 11, CUSTOMERS))) as store:
		rates = signal_rates(store, UNTIL)
		assert rates
		assert set(rates) <= {"Lateness", "Revenue Halved", "Looks Billed"}
		assert all(count < CUSTOMERS / 8 for count in rates.values())


def test_a_file_of_purchases_is_a_book(tmp_path):
	path = tmp_path / "purchases.csv"
	path.write_text("customer,date,amount\nCorner shop,2026-10-01,20\nCorner shop,2026-11-01,30.5\n", "utf-8")
	assert read_purchases(path) == {
		"Corner shop": [(date(2026, 10, 1), 20.0), (date(2026, 11, 1), 30.5)],
	}

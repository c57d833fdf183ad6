"""Whole books through import, facts, engine and store, against the rules written once more (tests/support/oracle.py)."""

from datetime import date

import pytest
from oracle import Book as OracleBook
from oracle import band
from random_exports import KINDS, write_exports

from cs_retention.engine.policy import Policy
from cs_retention.facts.book import page_of, pages
from cs_retention.nightly.basis import read_basis
from cs_retention.nightly.rate import RateCounts, rate_page
from cs_retention.preview.book import fill_book, opened
from cs_retention.preview.listings import read_standings

MONDAY, LEAP_DAY, MONTH_END, YEAR_END = (
	date(2026, 9, 21),
	date(2024, 2, 29),
	date(2026, 3, 31),
	date(2025, 12, 31),
)


def rate_book(book, as_of):
	basis = read_basis(book.store, Policy(), as_of)
	counts = RateCounts()
	for page in pages(book.store, 100):
		rate_page(book.store, page_of(page), basis, Policy(), counts)
	book.store.commit()
	return basis, counts


@pytest.mark.parametrize(
	("seed", "as_of", "items"),
	[(1, MONDAY, True), (2, LEAP_DAY, True), (3, MONTH_END, False), (4, YEAR_END, True)],
)
def test_ratings_and_health_of_a_random_branch_are_the_oracles_to_the_point(tmp_path, seed, as_of, items):
	folder = write_exports(tmp_path / "exports", seed, 250, as_of, items)
	files = {kind: folder / f"{kind}.csv" for kind in KINDS if (folder / f"{kind}.csv").exists()}
	path = tmp_path / "book.sqlite"
	fill_book(path, files, {}, lambda read: None)
	truth = OracleBook(folder, as_of)
	populations, gap = truth.populations(), truth.median_gap()
	with opened(path, is_written=True) as book:
		basis, counts = rate_book(book, as_of)
		assert basis.gap == gap
		assert counts.customers == counts.states_added == len(truth.customers)
		standings = list(read_standings(book.store, as_of))
		_, again = rate_book(book, as_of)
	assert again.rows_written == 0
	assert {row.customer for row in standings} == set(truth.customers)
	for row in standings:
		customer = truth.customers[row.customer]
		points = truth.rating(customer, populations)
		if points is None:
			assert (row.level.value, row.score) == ("New", None)
		else:
			score = sum(points.values())
			assert (row.points, row.score, row.level.value) == (points, score, truth.level(score)), (
				row.customer
			)
		card, health, parts = truth.health(customer, gap)
		assert (row.card, row.health, row.band.value) == (card, health, band(health)), row.customer
		assert row.parts["parts"] == parts, row.customer

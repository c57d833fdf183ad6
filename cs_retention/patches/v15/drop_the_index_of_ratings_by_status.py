"""Ratings are found by review and state; the index that had the status between the two is of no use any more."""

from cs_retention.setup.indexes import drop_index


def execute() -> None:
	"""Drop it where an earlier version made it."""
	drop_index("Star Rating", "ratings_of_review")

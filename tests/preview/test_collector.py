import gc

import pytest

from cs_retention.nightly.collector import collector_paused


@pytest.fixture(autouse=True)
def collecting():
	gc.enable()
	yield
	gc.enable()


def test_the_collector_rests_during_the_work_and_goes_on_afterwards():
	with collector_paused():
		assert not gc.isenabled()
	assert gc.isenabled()


def test_it_goes_on_after_an_error():
	@collector_paused()
	def fail():
		raise ValueError

	for _time in range(2):
		with pytest.raises(ValueError):
			fail()
		assert gc.isenabled()


def test_a_collector_that_was_off_stays_off():
	gc.disable()
	with collector_paused(), collector_paused():
		assert not gc.isenabled()
	assert not gc.isenabled()

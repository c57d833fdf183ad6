"""A database that trials are made on, one after another: the branch as it stands before the night, put back each time."""

import os
from datetime import datetime, timedelta

import pymysql
from fault_branch import FRIDAY, MONDAY, fill_store
from fault_state import LEDGER, WRITTEN
from sabotage import WatchedStore, Wire

from cs_retention.engine.night import NightPolicy
from cs_retention.engine.policy import Policy
from cs_retention.nightly.ledger import Ledger, name_of
from cs_retention.nightly.phases import Night
from cs_retention.nightly.run import run_night
from cs_retention.nightly.worker import Worker
from cs_retention.preview.book import book_tables
from cs_retention.store.base import Authorship
from cs_retention.store.mariadb import MariaDBStore

PRISTINE = "pristine"
PAGE = 170
"""Customers to a chunk, so that rating and planning have several."""

OPENED = datetime(2026, 11, 2, 4, 0)
LATER = timedelta(minutes=20)
"""So long after a chunk was taken it may be taken over."""

SECONDS_TO_WAIT_FOR_A_LOCK = 3


def make_pristine(address, folder):
	"""Fill the database that every trial begins with: the branch after Friday's night, a few customers new since."""
	store = MariaDBStore({**address, "database": PRISTINE}, authorship(), book_tables())
	store.create_tables()
	fill_store(store, folder)
	store.create_indexes()
	newcomers = "name LIKE %(some)s"
	kept = list(store.rows(f"SELECT * FROM `tabCustomer` WHERE {newcomers}", {"some": "%3"}))
	columns = [column.name for column in book_tables()["Customer"].columns]
	order = [name for (name, *_) in store.rows("SHOW COLUMNS FROM `tabCustomer`")]
	assert sorted(order) == sorted(columns)
	store.change(f"DELETE FROM `tabCustomer` WHERE {newcomers}", {"some": "%3"})
	run_night(store, Policy(), FRIDAY)
	store.insert_rows("Customer", order, kept)
	_make_calls(store)
	run = ("name", "job", "site_date", "status", "phase", "attempts")
	store.insert_rows("Retention Run", run, [(name_of(FRIDAY), "Night", FRIDAY, "Done", "Say", 1)])
	store.commit()
	store.close()


def _make_calls(store):
	"""Make most of the calls planned until Monday; some customers are not reached."""
	due = """SELECT customer, channel FROM `tabCustomer Callback`
		WHERE status = 'Planned' AND due_date < %(monday)s ORDER BY customer, due_date"""
	outcomes = ("Reached", "Reached", "Not Reached", "Reached")
	calls = [
		(customer, FRIDAY, channel, outcomes[place % 4], "Manual")
		for place, (customer, channel) in enumerate(store.rows(due, {"monday": MONDAY}))
		if place % 5
	]
	fields = ("customer", "touch_date", "channel", "outcome", "source")
	store.insert_rows("Customer Touch", fields, calls)


def authorship():
	return Authorship(now=datetime.now)


class Slot:
	"""A database of its own for the trials of one process."""

	def __init__(self, address):
		self.address = {**address, "database": f"slot_{os.getpid()}"}
		with self.root() as root:
			cursor = root.cursor()
			cursor.execute(f"CREATE DATABASE {self.address['database']}")
			cursor.execute(f"USE {self.address['database']}")
			for doctype in book_tables():
				cursor.execute(f"CREATE TABLE `tab{doctype}` LIKE {PRISTINE}.`tab{doctype}`")
				cursor.execute(f"INSERT INTO `tab{doctype}` SELECT * FROM {PRISTINE}.`tab{doctype}`")

	def root(self):
		"""Return a connection that commits every statement."""
		server = {key: value for key, value in self.address.items() if key != "database"}
		return pymysql.connect(autocommit=True, **server)

	def cursor(self):
		"""Return a cursor over the slot's database."""
		connection = self.root()
		connection.select_db(self.address["database"])
		return connection.cursor()

	def put_back(self):
		"""Put every table that a night writes back to what it was."""
		with self.cursor() as cursor:
			for doctype in (*WRITTEN, *LEDGER):
				cursor.execute(f"DELETE FROM `tab{doctype}`")
				cursor.execute(f"INSERT INTO `tab{doctype}` SELECT * FROM {PRISTINE}.`tab{doctype}`")
			cursor.connection.close()

	def open(self, wire=None):
		"""Open a store over the slot's database."""
		store = WatchedStore(self.address, authorship(), book_tables(), wire or Wire())
		seconds = {"seconds": SECONDS_TO_WAIT_FOR_A_LOCK}
		list(store.rows("SET SESSION innodb_lock_wait_timeout = %(seconds)s", seconds))
		return store


def wake(store, now=OPENED, due=MONDAY, policy=None, night=Night, **options):
	"""Do what an hourly wake and its worker do: open what is due, begin a failed run again, work; return the ending."""
	ledger = Ledger(store, lambda: now)
	name = name_of(due)
	ledger.open_dates(due, NightPolicy(), lambda: policy or Policy())
	ledger.begin_again(name, by_person=True)
	return worker(ledger, name, night, **options).work()


def worker(ledger, name, night=Night, stops=(), **options):
	"""Return a worker who does not sleep long."""

	def open_night(run):
		basis = lambda: ledger.basis_of(run.name)  # noqa: E731
		options = {"stops": stops, "chunk": PAGE, "night_before": ledger.night_before}
		return night(ledger.store, ledger.rules_of(run.name), run.as_of, basis, **options)

	usual = {"sleep": lambda seconds: sleep(min(seconds, 0.02)), "patience": 30}
	return Worker(ledger, name, open_night, **{**usual, **options})


from time import sleep  # noqa: E402

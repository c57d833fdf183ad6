"""A MariaDB store whose every statement and commit is counted, so that something can happen at one of them."""

from pymysql.cursors import Cursor

from cs_retention.store.mariadb import MariaDBStore


class Wire:
	"""Counts what is sent once it is armed.

	`at_statement` is called with the number and the text of every statement before it is sent, `at_commit` with the
	number of every commit and whether it has been made.
	"""

	def __init__(self, at_statement=None, at_commit=None):
		self.statements = self.commits = 0
		self.is_armed = False
		self.at_statement, self.at_commit = at_statement, at_commit
		wire = self

		class WatchedCursor(Cursor):
			def execute(self, query, args=None):
				wire.sent(query)
				return super().execute(query, args)

		self.cursor_class = WatchedCursor

	def sent(self, query):
		if self.is_armed:
			self.statements += 1
			if self.at_statement:
				self.at_statement(self.statements, query)

	def committing(self, is_made):
		if self.is_armed:
			self.commits += not is_made
			if self.at_commit:
				self.at_commit(self.commits, is_made)


class WatchedStore(MariaDBStore):
	"""A store over a wire, armed once it is open."""

	def __init__(self, address, authorship, tables, wire):
		self.wire = wire
		super().__init__({**address, "cursorclass": wire.cursor_class}, authorship, tables)
		wire.is_armed = True

	def commit(self):
		self.wire.committing(False)
		super().commit()
		self.wire.committing(True)

	def connection_id(self):
		return self._connection.thread_id()

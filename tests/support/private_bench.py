"""A bench of our own beside a real one: its apps and environment linked, everything else made and thrown away.

The real bench lends Frappe, ERPNext and their Python; this checkout is linked in as one more app. Sites, settings,
logs, Redis and MariaDB are ours, so no other site, queue or database of the bench ever hears of us.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import inspect
import json
import os
import pickle
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import private_mariadb
import redis
from private_mariadb import Server

CHECKOUT = Path(__file__).resolve().parents[2]
COMPANY = Path(__file__).with_name("set_up_company.py")
SCENE_SERVER = Path(__file__).with_name("scene_server.py")
LENT_APPS = ("frappe", "erpnext")
DEPENDENCIES = ("pygal", "importlib_metadata", "lazy_importer", "zipp")
"""Packages that installing the app brings to a bench and the lent environment may lack."""
APP = "cs_retention"
COMPILED = CHECKOUT / ".work/compiled"
"""Where Python keeps what it compiled, so that not every process compiles Frappe and ERPNext anew; nothing beside sources."""
INSTALLED = CHECKOUT / ".work/installed"
SECONDS_OF_A_DAY = 86400
READ_EVERY_META = """
import sys, frappe
frappe.init(site=sys.argv[1]); frappe.connect()
for doctype in frappe.get_all("DocType", pluck="name"):
	frappe.get_meta(doctype)
"""
SITE_FOLDERS = ("public/files", "private/backups", "private/files", "locks", "logs")


class BenchCommandError(Exception):
	"""A command of the bench that failed, with what it printed."""


@dataclass
class Redis:
	"""A Redis of our own on a loopback port, which can be stopped and started again, empty."""

	folder: Path
	port: int
	process: subprocess.Popen[bytes] | None = None

	def start(self) -> None:
		"""Start it and wait until it answers."""
		here = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--dir", str(self.folder)]
		self.process = private_mariadb.start_process(["redis-server", *here])
		private_mariadb.wait_for(self.connect, OSError, self.process)

	def connect(self) -> None:
		"""Raise OSError while it does not listen."""
		socket.create_connection(("127.0.0.1", self.port), timeout=1).close()

	def client(self) -> redis.Redis:
		"""Return a connection."""
		return redis.Redis(port=self.port)

	def stop(self) -> None:
		"""Stop it; what was in it is gone."""
		if self.process:
			private_mariadb.stop(self.process)
		self.process = None


class Scenes:
	"""Pieces of Python run one after the other on a bench, in forks of a process that imported Frappe once."""

	def __init__(self, python: Path, sites: Path, environment: dict[str, str]) -> None:
		self.out = sites / "scene.out"
		self.process = subprocess.Popen(
			[str(python), str(SCENE_SERVER)],
			**{"cwd": sites, "env": environment, "text": True},
			**{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE},
		)

	def play(self, code: str, arguments: tuple[str, ...]) -> tuple[int, str]:
		"""Return the exit status of the code and what it printed."""
		scene = {"code": code, "arguments": arguments, "out": str(self.out)}
		print(json.dumps(scene), file=self.process.stdin, flush=True)
		answer = self.process.stdout.readline()
		if not answer:
			raise BenchCommandError(f"the scenes' process ended with {self.process.wait()}")
		return int(answer), self.out.read_text(encoding="utf-8")

	def stop(self) -> None:
		"""Let the process end."""
		self.process.stdin.close()
		self.process.wait()


@dataclass(frozen=True)
class PrivateBench:
	"""The throw-away bench in `folder`, standing on the real one in `source`; the app on it lies in `checkout`."""

	folder: Path
	source: Path
	server: Server
	redis: Redis
	checkout: Path = CHECKOUT
	scenes: list[Scenes] = field(default_factory=list)

	@property
	def sites(self) -> Path:
		"""The folder of sites; Frappe wants to be run in it."""
		return self.folder / "sites"

	@property
	def environment(self) -> dict[str, str]:
		"""Environment of processes on this bench: its root, and the checkout before anything installed."""
		return os.environ | {
			"FRAPPE_BENCH_ROOT": str(self.folder),
			"PYTHONPATH": os.pathsep.join(map(str, (self.checkout, self.packages))),
			"PYTHONPYCACHEPREFIX": str(COMPILED),
			"PYTHONDONTWRITEBYTECODE": "",
		}

	@property
	def packages(self) -> Path:
		"""The folder of what the app needs beside the lent environment."""
		return self.folder / "packages"

	def with_checkout(self, checkout: Path) -> PrivateBench:
		"""Return this bench with another version of the app on it; what the one before left in Redis is gone."""
		for link in (self.folder / "apps" / APP, self.sites / "assets" / APP):
			link.unlink()
		link_checkout(self.folder, checkout)
		self.redis.stop()
		self.redis.start()
		return replace(self, checkout=checkout, scenes=[])

	def python(self, *arguments: str) -> str:
		"""Run the bench's Python in the sites folder and return what it printed."""
		done = subprocess.run(
			[str(self.source / "env/bin/python"), *arguments],
			**{"cwd": self.sites, "env": self.environment, "stdin": subprocess.DEVNULL},
			**{"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True},
		)
		if done.returncode:
			raise BenchCommandError(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}")
		return done.stdout

	def play(self, code: str, *arguments: str) -> str:
		"""Run code as `python -c` would, without importing Frappe anew, and return what it printed."""
		if not self.scenes:
			self.scenes.append(Scenes(self.source / "env/bin/python", self.sites, self.environment))
		status, printed = self.scenes[0].play(code, arguments)
		if status:
			raise BenchCommandError(f"{code}\nwith {arguments} ended with {status}:\n{printed}")
		return printed

	def frappe(self, site: str, *arguments: str) -> str:
		"""Run `bench --site SITE ...` and return what it printed."""
		return self.python("-m", "frappe.utils.bench_helper", "frappe", "--site", site, *arguments)

	def sql(self, site: str, query: str) -> list[tuple]:
		"""Return the rows of a statement on the site's database, past every cache of Frappe."""
		connection = self.server.connect(database_of(site))
		try:
			with connection.cursor() as cursor:
				cursor.execute(query)
				return list(cursor.fetchall())
		finally:
			connection.close()

	def dump(self, site: str, file: Path) -> None:
		"""Write the site's database to `file`, whole or not at all."""
		part = file.with_suffix(f".{os.getpid()}.part")
		with part.open("wb") as out:
			self.client("mariadb-dump", "--single-transaction", "--quick", database_of(site), stdout=out)
		part.rename(file)

	def restore(self, site: str, file: Path) -> None:
		"""Make `site` anew from a dump: database, its user and the site's folder."""
		database, password = database_of(site), secrets.token_hex(12)
		connection = self.server.connect()
		with connection.cursor() as cursor:
			cursor.execute(f"CREATE OR REPLACE DATABASE `{database}`")
			cursor.execute(f"CREATE OR REPLACE USER `{database}`@'127.0.0.1' IDENTIFIED BY '{password}'")
			cursor.execute(f"GRANT ALL ON `{database}`.* TO `{database}`@'127.0.0.1'")
		connection.close()
		with file.open("rb") as dump:
			self.client("mariadb", database, stdin=dump)
		for folder in SITE_FOLDERS:
			(self.sites / site / folder).mkdir(parents=True, exist_ok=True)
		config = {"db_name": database, "db_password": password, "db_type": "mariadb"}
		write_json(self.sites / site / "site_config.json", config)
		if metas_of(file).exists():
			with self.redis.client() as cache:
				cache.delete(f"{database}|doctype_meta")
				cache.hset(f"{database}|doctype_meta", mapping=pickle.loads(metas_of(file).read_bytes()))

	def client(self, program: str, *arguments: str, **files) -> None:
		"""Run a client program of MariaDB as root."""
		where = ["--no-defaults", "--host=127.0.0.1", f"--port={self.server.port}", "--user=root"]
		environment = os.environ | {"MYSQL_PWD": self.server.password}
		subprocess.run([program, *where, *arguments], env=environment, check=True, **files)


def keep_compiled() -> None:
	"""Let this process, too, keep what it compiles."""
	sys.pycache_prefix, sys.dont_write_bytecode = str(COMPILED), False


@contextmanager
def started(folder: Path, source: Path, in_memory: bool = False) -> Iterator[PrivateBench]:
	"""Yield a bench in `folder` with its servers running, its databases in memory if wished; they are stopped afterwards."""
	link_apps(folder, source)
	link_packages(folder / "packages")
	server = private_mariadb.start(folder, in_memory)
	redis = Redis(folder, private_mariadb.free_port())
	redis.start()
	write_settings(folder / "sites", server.port, redis.port)
	bench = PrivateBench(folder, source, server, redis)
	try:
		yield bench
	finally:
		for scenes in bench.scenes:
			scenes.stop()
		redis.stop()
		server.stop()


def link_apps(folder: Path, source: Path) -> None:
	"""Lay out a bench: links to the lent apps, environment and built assets, and to this checkout."""
	for name in ("apps", "sites/assets", "logs", "config/pids"):
		(folder / name).mkdir(parents=True)
	for app in LENT_APPS:
		(folder / "apps" / app).symlink_to(source / "apps" / app)
	(folder / "env").symlink_to(source / "env")
	for asset in (source / "sites/assets").glob("*"):
		(folder / "sites/assets" / asset.name).symlink_to(asset)
	link_checkout(folder, CHECKOUT)
	(folder / "sites/apps.txt").write_text("\n".join((*LENT_APPS, APP)) + "\n")


def link_checkout(folder: Path, checkout: Path) -> None:
	"""Link a version of the app, and what of it a browser is served."""
	(folder / "apps" / APP).symlink_to(checkout)
	(folder / "sites/assets" / APP).symlink_to(checkout / APP / "public")


def link_packages(folder: Path) -> None:
	"""Link the app's dependencies out of the checkout's own environment, where the bench's Python has none of them."""
	folder.mkdir()
	for name in DEPENDENCIES:
		if importlib.util.find_spec(name) is None:
			found = [*CHECKOUT.glob(f".venv/lib/python3*/site-packages/{name}")]
			if not found:
				raise FileNotFoundError(f"{name} is in no environment; make the checkout's own: make test")
			(folder / name).symlink_to(found[0])
			for about in found[0].parent.glob(f"{name}-*.dist-info"):
				(folder / about.name).symlink_to(about)


def write_settings(sites: Path, database_port: int, redis_port: int) -> None:
	"""Write the settings all sites share; the mail server is named so that Frappe finds a sender, and never asked."""
	redis = f"redis://127.0.0.1:{redis_port}"
	settings = {
		**{"db_host": "127.0.0.1", "db_port": database_port},
		**{"redis_cache": redis, "redis_queue": redis, "redis_socketio": redis},
		**{"mail_server": "localhost", "auto_email_id": "retention@example.com", "mute_emails": 1},
		**{"developer_mode": 0, "pause_scheduler": 1},
	}
	write_json(sites / "common_site_config.json", settings)


def prepared_dump(bench: PrivateBench) -> Path:
	"""Return the dump of a site with ERPNext and a company; made once per pair of versions, about a minute.

	Whoever comes while another makes it waits.
	"""
	file = cache_folder() / f"site-{prepared_key(bench)}.sql"
	with locked(file):
		if not file.exists():
			print(f"preparing a site with ERPNext for {file.name}, once", file=sys.stderr, flush=True)
			make_prepared_site(bench, "prepared.localhost")
			bench.dump("prepared.localhost", file)
	return file


def installed_dump(bench: PrivateBench, prepared: Path) -> Path:
	"""Return the dump of a site with ERPNext and the app as it lies in the checkout, installed today; made once for all tiers."""
	key = hashlib.sha256(f"{prepared.name} {date.today()} {inspect.getsource(installed_dump)}".encode())
	for path in sorted(path for path in (CHECKOUT / APP).rglob("*") if path.is_file()):
		if "__pycache__" not in path.parts:
			key.update(f"\0{path.relative_to(CHECKOUT)}\0".encode() + path.read_bytes())
	INSTALLED.mkdir(parents=True, exist_ok=True)
	file = INSTALLED / f"{key.hexdigest()[:24]}.sql"
	with locked(file):
		if not file.exists():
			for old in INSTALLED.iterdir():
				if old.stat().st_mtime < time.time() - SECONDS_OF_A_DAY:
					old.unlink()
			bench.restore("installed.localhost", prepared)
			bench.frappe("installed.localhost", "install-app", APP)
			bench.play(READ_EVERY_META, "installed.localhost")
			with bench.redis.client() as cache:
				metas = cache.hgetall(f"{database_of('installed.localhost')}|doctype_meta")
			metas_of(file).write_bytes(pickle.dumps(metas))
			bench.dump("installed.localhost", file)
	return file


def metas_of(dump: Path) -> Path:
	"""Return the file with what Frappe has read of every DocType of a dump: the sites made from it begin with that."""
	return dump.with_suffix(".metas")


@contextmanager
def locked(file: Path) -> Iterator[None]:
	"""Let only one process at a time make a file."""
	with file.with_suffix(".lock").open("w") as lock:
		fcntl.flock(lock, fcntl.LOCK_EX)
		yield


def make_prepared_site(bench: PrivateBench, site: str) -> None:
	"""Make a new site with ERPNext and the company of ERPNext's own tests."""
	root = ["--db-root-username", "root", "--db-root-password", bench.server.password]
	passwords = ["--admin-password", secrets.token_hex(12), "--db-name", database_of(site)]
	bench.frappe(site, "new-site", site, *root, *passwords, "--install-app", "erpnext")
	bench.python(str(COMPANY), site)


def prepared_key(bench: PrivateBench) -> str:
	"""Return a key that changes with the apps' versions, the fiscal year and how the site is prepared."""
	parts = [*(version_of(bench.source, app) for app in LENT_APPS), str(date.today().year)]
	how = inspect.getsource(make_prepared_site) + COMPANY.read_text(encoding="utf-8")
	return "-".join((*parts, hashlib.sha256(how.encode()).hexdigest()[:12]))


def version_of(source: Path, app: str) -> str:
	"""Return the version that the bench's app states."""
	text = (source / "apps" / app / app / "__init__.py").read_text(encoding="utf-8")
	return re.findall(r'^__version__ = "(.+?)"', text, re.MULTILINE)[0]


def cache_folder() -> Path:
	"""Return the folder outside the checkout that keeps prepared dumps between runs."""
	folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / APP
	folder.mkdir(parents=True, exist_ok=True)
	return folder


def database_of(site: str) -> str:
	"""Return the database name of one of our sites."""
	return re.sub(r"\W", "_", f"_{site}")


def write_json(file: Path, content: dict) -> None:
	file.write_text(json.dumps(content, indent="\t") + "\n", encoding="utf-8")


def traces_of_us(source: Path) -> list[str]:
	"""Return whatever of this app, or of our sites, lies in the real bench."""
	traces = [
		str(path)
		for path in (source / "apps" / APP, *(source / "sites").glob("*retention*"))
		if path.exists()
	]
	packages = source.glob("env/lib/python3*/site-packages/*retention*")
	listed = APP in (source / "sites/apps.txt").read_text(encoding="utf-8").split()
	return sorted([*traces, *map(str, packages), *(["sites/apps.txt"] if listed else [])])

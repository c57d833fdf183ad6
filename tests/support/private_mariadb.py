"""A MariaDB server of our own: fresh data folder, free loopback port, gone with the process that started it."""

from __future__ import annotations

import ctypes
import getpass
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql

SECONDS_TO_START = 60
IN_MEMORY = Path("/dev/shm")
ROOM = 6 * 2**30
"""Bytes that must be free in memory for a server to keep its data there: several run side by side."""
FAST = (
	"--innodb-flush-log-at-trx-commit=0",
	"--innodb-doublewrite=0",
	"--innodb-buffer-pool-size=256M",
	"--innodb-log-file-size=64M",
	"--skip-log-bin",
)
AS_FRAPPE_WANTS_IT = ("--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_ci")


@dataclass(frozen=True)
class Server:
	"""A running server; `root` may do everything, from the loopback address only."""

	port: int
	password: str
	process: subprocess.Popen[bytes]
	data: Path

	def connect(self, database: str | None = None) -> pymysql.connections.Connection:
		"""Return a connection as root that commits every statement."""
		return pymysql.connect(
			host="127.0.0.1",
			port=self.port,
			user="root",
			password=self.password,
			database=database,
			autocommit=True,
		)

	def stop(self) -> None:
		"""Stop the server and wait until it is gone, and its data with it."""
		stop(self.process)
		shutil.rmtree(self.data)


def start(folder: Path, in_memory: bool = False) -> Server:
	"""Return a running server whose log and socket lie in `folder`, and its data too unless memory has room for it."""
	data = folder_in_memory() if in_memory and has_room() else folder / "mariadb"
	password = secrets.token_hex(16)
	# A server that starts deletes what other servers have in a shared folder of temporary files.
	temporary = folder / "temporary"
	temporary.mkdir()
	# A server run by root must be told so.
	user = f"--user={getpass.getuser()}"
	common = ["--no-defaults", f"--datadir={data}", f"--tmpdir={temporary}", user]
	install = ["mariadb-install-db", *common, "--auth-root-authentication-method=normal", "--skip-test-db"]
	subprocess.run(install, check=True, capture_output=True)
	first = folder / "first.sql"
	first.write_text(
		f"CREATE OR REPLACE USER root@'127.0.0.1' IDENTIFIED BY '{password}';"
		"\nGRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;\n"
	)
	port = free_port()
	here = [
		"--bind-address=127.0.0.1",
		f"--port={port}",
		f"--socket={folder}/mariadb.sock",
		"--skip-name-resolve",
	]
	files = [f"--init-file={first}", f"--log-error={folder}/mariadb.log", f"--pid-file={folder}/mariadb.pid"]
	process = start_process(["mariadbd", *common, *here, *files, *AS_FRAPPE_WANTS_IT, *FAST])
	server = Server(port, password, process, data)
	wait_for(lambda: server.connect().close(), pymysql.err.OperationalError, process)
	return server


def has_room() -> bool:
	"""Return whether there is a file system in memory with room enough, and memory for it."""
	if not (IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK)):
		return False
	memory = dict(line.split(":") for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines())
	available = int(memory["MemAvailable"].split()[0]) * 1024
	return min(available, shutil.disk_usage(IN_MEMORY).free) > ROOM


def folder_in_memory() -> Path:
	"""Return a new folder in memory named after this process; those of processes that were killed are removed."""
	for left in IN_MEMORY.glob("cs_retention-*-*"):
		if not Path("/proc", left.name.split("-")[1]).exists():
			shutil.rmtree(left, ignore_errors=True)
	return Path(tempfile.mkdtemp(prefix=f"cs_retention-{os.getpid()}-", dir=IN_MEMORY))


def start_process(command: list[str], **where: Any) -> subprocess.Popen[bytes]:
	"""Start a server that dies with us, so that a killed test run leaves none behind."""
	silent = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
	return subprocess.Popen(command, preexec_fn=die_with_parent, **silent, **where)


def die_with_parent() -> None:
	"""Ask the kernel (PR_SET_PDEATHSIG) to end this process when the one that started it ends."""
	ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def wait_for(attempt: Callable[[], object], error: type[Exception], process: subprocess.Popen[bytes]) -> None:
	"""Repeat `attempt` until it raises no `error`."""
	end = time.monotonic() + SECONDS_TO_START
	while True:
		try:
			attempt()
			return
		except error:
			if process.poll() is not None or time.monotonic() > end:
				raise
			time.sleep(0.05)


def stop(process: subprocess.Popen[bytes]) -> None:
	"""End a process we started and wait for it."""
	process.terminate()
	try:
		process.wait(timeout=30)
	except subprocess.TimeoutExpired:
		process.kill()
		process.wait()


@contextmanager
def read_only(server: Server) -> Iterator[None]:
	"""Let a server refuse to write for anybody but its root."""
	root = server.connect()
	root.cursor().execute("SET GLOBAL read_only = 1")
	try:
		yield
	finally:
		root.cursor().execute("SET GLOBAL read_only = 0")
		root.close()


def free_port() -> int:
	"""Return a loopback port nobody listens on now."""
	with socket.socket() as probe:
		probe.bind(("127.0.0.1", 0))
		return int(probe.getsockname()[1])

"""The store's engine: one lock, one writer on one thread, readers that cannot write.

SQLite in WAL mode corrupts itself, in versions that are everywhere, when two connections write or checkpoint at
once (its "WAL-reset" fault, mended in 3.51.3); so exactly one connection of one process ever writes. DDL outlives a
rollback on the driver's defaults; so BEGIN is ours.
"""

import asyncio
import fcntl
import json
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError

from monitor import failpoints
from monitor.errors import StoreBusy, StoreError

P = ParamSpec("P")
T = TypeVar("T")

# "NWSM", in the header of the file: how a database of ours is told from somebody else's.
APPLICATION_ID = 0x4E57534D
FILE = "monitor.sqlite3"
LOCK = "monitor.lock"


@dataclass(frozen=True, slots=True)
class _Job:
    """One transaction for the writer; `name` is what a failpoint knows it by."""

    future: Future[Any]
    name: str
    work: Callable[[Connection], Any]


class Store:
    """The database of one data folder.

    `Store.open(folder)` takes the folder's lock and may write; `Store.look(folder)` only reads, beside a running
    service too. Raises StoreBusy where another process has the lock, StoreError where the file cannot be used.
    """

    def __init__(self, folder: Path, lock: int | None) -> None:
        self.path = folder / FILE
        self._lock = lock
        self._readers = _engine(self.path, readonly=True)
        self._reading = ThreadPoolExecutor(2, "store-read")
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    @classmethod
    def open(cls, folder: Path) -> "Store":
        """Take the lock, create or migrate the database, start the writer."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = take_lock(folder)
        try:
            if not (folder / FILE).exists():
                _create(folder / FILE)
            _check_header(folder / FILE)
            writer = _engine(folder / FILE, readonly=False)
            _migrate(writer, folder / FILE)
        except BaseException:
            os.close(lock)
            raise
        store = cls(folder, lock)
        store._thread = threading.Thread(target=store._write_all, args=(writer,), name="store-write", daemon=True)
        store._thread.start()
        return store

    @staticmethod
    def exists(folder: Path) -> bool:
        """Say whether there is a database in this folder yet."""
        return (folder / FILE).exists()

    @classmethod
    def look(cls, folder: Path) -> "Store":
        """Open for reading only. Raises StoreError where there is no database yet."""
        path = folder / FILE
        if not cls.exists(folder):
            raise StoreError(f"{path}: there is no database yet; run `monitor once` or `monitor run` first")
        _check_header(path)
        store = cls(folder, None)
        store._require_current()
        return store

    async def write(self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run one query in one transaction on the writer's thread and return what it returned."""
        return await asyncio.wrap_future(self._submit(query, *args, **kwargs))

    def write_now(self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do the same from a thread without a loop."""
        return self._submit(query, *args, **kwargs).result()

    async def read(self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run one query on a connection that cannot write, off the loop's thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._reading, lambda: self.read_now(query, *args, **kwargs))

    def read_now(self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do the same in the calling thread."""
        with self._readers.connect() as connection:
            return query(connection, *args, **kwargs)

    def close(self) -> None:
        """Finish what was handed to the writer, then let go of file and lock."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()
            self._thread = None
        self._reading.shutdown()
        self._readers.dispose()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _submit(self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        if self._thread is None:
            raise StoreError("this store was opened for reading only")
        future: Future[T] = Future()
        name = f"{query.__module__.rpartition('.')[2]}.{getattr(query, '__name__', 'query')}"
        self._jobs.put(_Job(future, name, lambda connection: query(connection, *args, **kwargs)))
        return future

    def _write_all(self, engine: Engine) -> None:
        """Own the one writing connection until told to stop; an error is its caller's, never the writer's end."""
        while (job := self._jobs.get()) is not None:
            if not job.future.set_running_or_notify_cancel():
                continue
            try:
                with engine.begin() as connection:
                    result = job.work(connection)
                    failpoints.reach(f"{job.name} before commit")
            except BaseException as error:  # noqa: BLE001 - it is handed to the caller
                job.future.set_exception(error)
            else:
                failpoints.reach(f"{job.name} after commit")
                job.future.set_result(result)
        engine.dispose()

    def _require_current(self) -> None:
        with self._readers.connect() as connection:
            have = MigrationContext.configure(connection).get_current_revision()
        want = ScriptDirectory.from_config(_alembic()).get_current_head()
        if have != want:
            raise StoreError(
                f"{self.path}: its tables are of version {have}, this program wants {want}; "
                "run `monitor once` or restart the service of this version first"
            )


def take_lock(folder: Path) -> int:
    """Take the data folder's lock for this process and return its descriptor; the system drops it when we end.

    Raises StoreBusy naming the process that has it.
    """
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    for last in (False, False, True):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if last:
                owner = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
                os.close(descriptor)
                raise StoreBusy(f"{folder}: process {owner} is already running on this folder") from None
            time.sleep(0.05)  # somebody may only be looking, see `lock_owner`
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    return descriptor


def lock_owner(folder: Path) -> str | None:
    """Return the id of the process that has a data folder's lock, None where nobody has."""
    try:
        descriptor = os.open(folder / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
    else:
        return None
    finally:
        os.close(descriptor)


def _engine(path: Path, *, readonly: bool) -> Engine:
    address = f"sqlite:///file:{path}?mode={'ro' if readonly else 'rwc'}&uri=true"
    engine = create_engine(
        address,
        json_serializer=lambda value: json.dumps(value, ensure_ascii=False),
        connect_args={"timeout": 5.0, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        if not readonly:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute("PRAGMA synchronous = FULL")
            path.chmod(0o600)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")

    return engine


def _check_header(path: Path) -> None:
    """Refuse a file that is not our database before anything opens it for writing."""
    with path.open("rb") as file:
        header = file.read(100)
    if not header.startswith(b"SQLite format 3\0"):
        raise StoreError(
            f"{path}: this is not a database of ours (or it is damaged); it was left untouched. "
            "Move it away, or put a backup in its place"
        )
    if (found := int.from_bytes(header[68:72], "big")) != APPLICATION_ID:
        raise StoreError(
            f"{path}: this database belongs to another program (application id {found:#x}); left untouched"
        )


def _create(path: Path) -> None:
    """Make a new database beside its place and move it there whole: a file in place is never half made."""
    made = path.with_suffix(".new")
    for leftover in path.parent.glob(made.name + "*"):
        leftover.unlink()
    engine = _engine(made, readonly=False)
    _migrate(engine, made)
    engine.dispose()
    made.replace(path)


def _alembic() -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def _migrate(engine: Engine, path: Path) -> None:
    """Bring the tables to this program's version in one transaction: killed at any statement, nothing has happened."""
    config = _alembic()
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(
            f"{path}: it was written by a newer version of this program ({error}); left untouched. Install that version"
        ) from error
    except DatabaseError as error:
        raise StoreError(
            f"{path}: the database cannot be used ({error.orig}); left untouched. Put a backup in its place"
        ) from error


def integrity(connection: Connection) -> str:
    """Return "ok", or what SQLite finds wrong with the file."""
    return str(connection.execute(text("PRAGMA quick_check")).scalar_one())


def answers(connection: Connection) -> bool:
    """Say that the database answers."""
    return bool(connection.execute(text("SELECT 1")).scalar_one())

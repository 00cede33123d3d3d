"""The store's engine: one lock, one writer, files that are ours or refused untouched."""

import os
import sqlite3
import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select, text

from monitor.errors import StoreBusy, StoreError
from monitor.store import Store
from monitor.store.engine import FILE, _alembic, integrity, lock_owner
from monitor.store.tables import metadata, sources


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path)
    yield opened
    opened.close()


def test_a_new_folder_gets_a_sound_database_that_only_its_owner_can_read(store, tmp_path):
    assert store.read_now(integrity) == "ok"
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_a_second_owner_is_refused_and_told_the_first_ones_process(store, tmp_path):
    with pytest.raises(StoreBusy, match=str(os.getpid())):
        Store.open(tmp_path)
    assert lock_owner(tmp_path) == str(os.getpid())


def test_the_lock_of_a_killed_owner_is_free(tmp_path):
    program = (
        "import os, sys, pathlib; from monitor.store import Store;"
        "s = Store.open(pathlib.Path(sys.argv[1])); os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False).returncode == -9
    assert lock_owner(tmp_path) is None
    Store.open(tmp_path).close()


def test_looking_changes_nothing_and_cannot_write(store, tmp_path):
    looker = Store.look(tmp_path)
    with pytest.raises(StoreError, match="reading only"):
        looker.write_now(lambda connection: connection.execute(text("DELETE FROM sources")))
    with pytest.raises(Exception, match="readonly"):
        looker.read_now(lambda connection: connection.execute(text("DELETE FROM sources")))
    looker.close()


def test_looking_where_nothing_ever_ran_says_what_to_do(tmp_path):
    with pytest.raises(StoreError, match="monitor once"):
        Store.look(tmp_path)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "not a database of ours"), (b"hello, I am a text file" * 20, "not a database of ours")],
    ids=["zero bytes", "a text file"],
)
def test_a_file_that_is_no_database_is_refused_untouched(tmp_path, content, words):
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(StoreError, match=words):
        Store.open(tmp_path)
    assert (tmp_path / FILE).read_bytes() == content
    assert lock_owner(tmp_path) is None


def test_somebody_elses_database_is_refused_untouched(tmp_path):
    with sqlite3.connect(tmp_path / FILE) as theirs:
        theirs.execute("CREATE TABLE recipes (title TEXT)")
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(StoreError, match="another program"):
        Store.open(tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


def test_a_newer_database_is_refused_untouched(tmp_path):
    Store.open(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    newer.close()
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(StoreError, match="newer version"):
        Store.open(tmp_path)
    assert (tmp_path / FILE).read_bytes() == before
    with pytest.raises(StoreError, match="9999"):
        Store.look(tmp_path)


def test_a_database_damaged_inside_is_refused(tmp_path):
    Store.open(tmp_path).close()
    whole = bytearray((tmp_path / FILE).read_bytes())
    whole[100:4096] = b"\xff" * 3996
    (tmp_path / FILE).write_bytes(whole)
    with pytest.raises(StoreError, match="backup"):
        Store.open(tmp_path)
    assert (tmp_path / FILE).read_bytes() == whole


def test_a_write_that_fails_leaves_nothing_and_the_writer_goes_on(store):
    def half(connection):
        connection.execute(text("INSERT INTO sources (id, next_due, added) VALUES ('a', '2026-01-01', '2026-01-01')"))
        raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"):
        store.write_now(half)
    assert store.read_now(lambda connection: connection.execute(select(sources.c.id)).all()) == []


def test_closing_finishes_what_was_handed_over(tmp_path):
    store = Store.open(tmp_path)
    insert = "INSERT INTO sources (id, next_due, added) VALUES (:id, '2026-01-01', '2026-01-01')"
    jobs = [store._submit(lambda connection, n=n: connection.execute(text(insert), {"id": str(n)})) for n in range(50)]
    store.close()
    assert all(job.done() for job in jobs)
    looker = Store.look(tmp_path)
    assert len(looker.read_now(lambda connection: connection.execute(select(sources.c.id)).all())) == 50
    looker.close()


def test_the_migrations_make_exactly_the_tables_the_queries_are_written_for(store):
    """One head, and nothing that the tables say is missing from what the migrations made."""

    def differences(connection):
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": False}), metadata)

    assert len(ScriptDirectory.from_config(_alembic()).get_heads()) == 1
    assert store.read_now(differences) == []

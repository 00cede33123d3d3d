"""The service as a process: it does the main job until SIGTERM, then ends within seconds with nothing lost."""

import asyncio
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from monitor import newsroom
from monitor.errors import StoreError
from monitor.newsroom import Part
from monitor.store import Store
from monitor.store.audit import audit

MONITOR = (sys.executable, "-c", "from monitor.cli import main; main()")


@contextmanager
def service(folder):
    process = subprocess.Popen([*MONITOR, "run"], cwd=folder, stderr=(folder / "log").open("wb"))
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


async def until(condition, seconds=60.0):
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.1)


async def end_of(process, seconds=10.0):
    async with asyncio.timeout(seconds):
        while process.poll() is None:
            await asyncio.sleep(0.05)
    return process.returncode


async def command(folder, name):
    """Run a command to its end; in a thread, since the sites it reads are served by this very loop."""
    return await asyncio.to_thread(
        subprocess.run, [*MONITOR, name], cwd=folder, capture_output=True, check=False, timeout=90
    )


async def once(folder):
    done = await command(folder, "once")
    assert done.returncode == 0, done.stderr.decode()


def books(folder):
    store = Store.look(folder / "data")
    try:
        return store.read_now(audit)
    finally:
        store.close()


def flags_found(folder):
    try:
        return books(folder).flags["passed"]
    except StoreError:
        return 0  # the database is not there yet


async def test_the_service_does_the_main_job_and_stops_when_told(tmp_path):
    async with newsroom.serve(newsroom.load()) as running:
        (tmp_path / "config.yaml").write_text(running.config(tmp_path), encoding="utf-8")
        with service(tmp_path) as process:
            await until(lambda: flags_found(tmp_path) > 5)
            process.send_signal(signal.SIGTERM)
            assert await end_of(process) == 0, (tmp_path / "log").read_text()
    assert books(tmp_path).faults == ()
    log = (tmp_path / "log").read_text()
    assert "service stopped" in log
    assert "Traceback" not in log


async def test_a_stop_in_the_middle_of_a_crawl_loses_nothing(tmp_path):
    """Whatever hangs, the stop does not wait for it; what was not fetched is pending and is fetched next time."""
    async with newsroom.serve(newsroom.load()) as running:
        (tmp_path / "config.yaml").write_text(running.config(tmp_path), encoding="utf-8")
        slow = running.site("meridian-dispatch")
        slow.hang(on=Part.ARTICLES)
        with service(tmp_path) as process:
            await until(lambda: any(hit.site == slow.id and hit.status == 0 for hit in running.log))
            process.send_signal(signal.SIGTERM)
            assert await end_of(process) == 0, (tmp_path / "log").read_text()
        found = books(tmp_path)
        assert found.faults == ()
        assert found.addresses["pending"] > 0
        slow.heal()
        await once(tmp_path)
        assert books(tmp_path).addresses["pending"] == 0
        assert books(tmp_path).faults == ()


async def test_a_kill_at_any_moment_loses_nothing(tmp_path):
    async with newsroom.serve(newsroom.load()) as running:
        (tmp_path / "config.yaml").write_text(running.config(tmp_path), encoding="utf-8")
        for asked in (15, 40, 70):
            with service(tmp_path) as process:
                await until(lambda asked=asked: len(running.log) > asked or flags_found(tmp_path) > 20)
                process.kill()
                process.wait()
            assert books(tmp_path).faults == ()
        await once(tmp_path)
    found = books(tmp_path)
    assert found.faults == ()
    assert found.addresses["pending"] == 0


async def test_a_second_service_on_the_same_folder_leaves_at_once(tmp_path):
    async with newsroom.serve(newsroom.load()) as running:
        (tmp_path / "config.yaml").write_text(running.config(tmp_path), encoding="utf-8")
        with service(tmp_path) as process:
            await until((tmp_path / "data" / "monitor.lock").exists)
            await until(lambda: "service started" in (tmp_path / "log").read_text())
            second = await command(tmp_path, "run")
            assert second.returncode == 1
            assert f"process {process.pid}" in second.stderr.decode()


def test_a_config_with_faults_starts_nothing(tmp_path):
    (tmp_path / "config.yaml").write_text("sources: {}\nwatchlist: {}\n", encoding="utf-8")
    done = subprocess.run([*MONITOR, "run"], cwd=tmp_path, capture_output=True, check=False, timeout=20)
    assert done.returncode == 2
    assert b"watchlist" in done.stdout
    assert not (tmp_path / "data").exists()


pytestmark = pytest.mark.timeout(120)

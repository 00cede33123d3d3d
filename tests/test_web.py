"""Health and metrics: read from the store, on loopback only, for loopback names only."""

from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from monitor import web
from monitor.store import Store
from monitor.web import Pulse


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path)
    yield opened
    opened.close()


async def ask(store, path, *, ended=timedelta(), **options):
    pulse = Pulse({"think": datetime.now(UTC) - ended}, workers_lost=3)
    async with (
        web.serving(("127.0.0.1", 0), store, lambda: pulse) as port,
        aiohttp.ClientSession() as client,
        client.request(options.pop("method", "GET"), f"http://127.0.0.1:{port}{path}", **options) as answer,
    ):
        return answer.status, await answer.text()


async def test_a_service_whose_loop_turns_is_healthy(store):
    assert await ask(store, "/healthz") == (200, "ok\n")


async def test_a_service_whose_rounds_end_is_ready_and_one_that_is_stuck_says_where(store):
    assert await ask(store, "/readyz") == (200, "ready\n")
    assert await ask(store, "/readyz", ended=timedelta(hours=2)) == (503, "stuck: think\n")


async def test_metrics_are_what_the_ledger_says(store):
    status, text = await ask(store, "/metrics")
    assert status == 200
    assert 'news_monitor_addresses{fate="pending"} 0.0' in text
    assert 'news_monitor_workers_lost{state="lost"} 3.0' in text
    assert 'news_monitor_round_age_seconds{round="think"}' in text


async def test_p37_a_page_that_reaches_loopback_by_a_name_of_its_own_is_refused(store):
    status, _ = await ask(store, "/metrics", headers={"Host": "rebound.example:8080"})
    assert status == 421


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_p37_nothing_can_be_changed(store, method):
    status, _ = await ask(store, "/metrics", method=method)
    assert status == 405


async def test_p37_what_is_not_there_tells_nothing(store):
    status, text = await ask(store, "/../../etc/passwd")
    assert status == 404
    assert "monitor" not in text

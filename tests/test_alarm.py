"""The operator hears of a source once when it turns bad, once when it is well again, and never in between."""

import email
import email.policy
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from monitor import alarm, daemon, ready
from monitor.health import Result
from monitor.store import Store, ledger, sources
from monitor.workers import Workers

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
CONFIG = """
sources:
{sources}
watchlists:
  accords:
    any: accord
recipients:
  ana:
    email: ana@example.org
    timezone: Europe/Paris
  ops:
    email: ops@example.org
    timezone: America/Caracas
digests:
  morning:
    watchlists: accords
    to: ana
mail:
  transport: folder
{operator}
"""


@pytest.fixture(scope="module")
def workers():
    pool = Workers(1, preload=daemon.PRELOAD)
    yield pool
    pool.stop()


@asynccontextmanager
async def shop(folder, workers, count=20, operator="operator: ops"):
    listed = "\n".join(
        f"  s{number}:\n    name: Outlet {number}\n    url: https://s{number}.example/\n"
        f"    feeds: https://s{number}.example/feed"
        for number in range(count)
    )
    (folder / "config.yaml").write_text(CONFIG.format(sources=listed, operator=operator), encoding="utf-8")
    config = ready.load(folder / "config.yaml")
    store = Store.open(config.data)
    try:
        async with daemon.shop(config, store, workers) as opened:
            yield opened
    finally:
        store.close()


async def poll(opened, moment, broken):
    """Let every source be asked once; `broken` says which fail, and why."""
    for source in opened.config.sources:
        reason = broken.get(source.id, "")
        result = Result.FAILED if reason else Result.NOTHING_NEW
        one = sources.Poll(source.id, source.listings[0].url, moment, result, reason, items=0 if reason else 20)
        await opened.store.write(sources.record_poll, one)


def words(message):
    letter = email.message_from_bytes(message.raw, policy=email.policy.default)
    return letter["To"], letter["Subject"], letter.get_body(("plain",)).get_content().replace("\r\n", "\n")


async def test_p29_of_twenty_sources_the_five_that_break_are_named_once(tmp_path, workers):
    """Promise 29: broken in five ways, told in one mail, by exactly their names, and once more when they recover."""
    ways = ("dns", "http 403", "challenge page: a robot check", "tls", "html instead of a feed: a login page")
    broken = {f"s{number}": why for number, why in zip((1, 4, 7, 12, 19), ways, strict=True)}
    mails = []
    async with shop(tmp_path, workers) as opened:
        for turn in range(20):
            moment = NOW + turn * QUARTER
            await poll(opened, moment, broken if 2 <= turn < 8 else {})
            if (message := await alarm.tell(opened, moment)) is not None:
                mails.append((turn, message))
        queued = await opened.store.read(ledger.listed)
    assert [turn for turn, _ in mails] == [4, 15], "well again is told once it stays so"
    assert {mail.message.message_id for mail in queued} == {message.message_id for _, message in mails}
    for _, message in mails:
        to, _, text = words(message)
        assert to == "ops@example.org"
        named = {f"s{number}" for number in range(20) if f"Outlet {number}\n" in text}
        assert named == broken.keys()
    _, subject, text = words(mails[0][1])
    assert "and 3 more" in subject
    for said in ("does not resolve", "refuses us", "bot challenge", "certificate", "a web page where its feed was"):
        assert said in text.replace("\n  ", " ")
    assert "-04" in text, "moments are in the reader's zone"
    assert "well again" in words(mails[1][1])[1]


async def test_a_mail_that_was_queued_is_not_composed_again_after_a_restart(tmp_path, workers):
    async with shop(tmp_path, workers, 3) as opened:
        for turn in range(3):
            await poll(opened, NOW + turn * QUARTER, {"s0": "http 404"})
        first = await alarm.tell(opened, NOW + 3 * QUARTER)
    async with shop(tmp_path, workers, 3) as opened:
        assert first is not None
        assert await alarm.tell(opened, NOW + 4 * QUARTER) is None


async def test_nobody_is_told_where_the_config_names_no_operator(tmp_path, workers):
    async with shop(tmp_path, workers, 3, operator="") as opened:
        for turn in range(4):
            await poll(opened, NOW + turn * QUARTER, {"s0": "http 404"})
        assert await alarm.tell(opened, NOW + 4 * QUARTER) is None
        assert await opened.store.read(ledger.listed) == ()


async def test_what_a_site_says_cannot_change_the_mail(tmp_path, workers):
    """A reason may quote a page: it stays one line, and is no HTML."""
    why = "not a feed: <img src=x onerror=alert(1)>\r\nBcc: everyone@example.org"
    async with shop(tmp_path, workers, 3) as opened:
        for turn in range(3):
            await poll(opened, NOW + turn * QUARTER, {"s0": why, "s1": f"odd\r\n{why}"})
        message = await alarm.tell(opened, NOW + 3 * QUARTER)
    letter = email.message_from_bytes(message.raw, policy=email.policy.default)
    assert letter["Bcc"] is None
    assert "<img" not in letter.get_body(("html",)).get_content()


async def test_the_operator_s_mail_is_delivered_like_any_other(tmp_path, workers):
    async with shop(tmp_path, workers, 3) as opened:
        for turn in range(3):
            await poll(opened, NOW + turn * QUARTER, {"s0": "http 404"})
        await alarm.tell(opened, NOW + 3 * QUARTER)
        done = await daemon.rounds.deliver(opened, daemon.mail_transport(opened.config), everything=True)
    assert done == {"sent": 1}
    assert len(list((tmp_path / "data" / "mail").glob("**/*.eml"))) == 1

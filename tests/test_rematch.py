"""An edit tried on the archive: hits gained and lost, how much mail that makes, and what is kept of it."""

import json
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from monitor import ready, rematch, rounds
from monitor.cli.rematching import rematch as command
from monitor.errors import MonitorError, StoreBusy
from monitor.health import Result
from monitor.jobs import match_articles, read_article
from monitor.records import Article, Entry, Flag
from monitor.rounds import Shop
from monitor.store import Store, addresses, archive, flags, ledger, sources, stories
from monitor.store.audit import audit
from monitor.workers import Workers

NOW = datetime.now(UTC).replace(microsecond=0)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
CONFIG = """
data: data
sources:
  herald: {name: The Herald, url: "http://herald.example/", front_pages: ["http://herald.example/"]}
watchlists:
  metals:
    name: Metals
    any: |
      %s
recipients:
  ana: {email: ana@example.org}
digests:
  morning: {watchlists: [metals], to: [ana], at: "07:30"}
alerts:
  flash: {watchlists: [metals], to: [ana], at_least: 0.1}
"""
# Three events that have nothing in common.
TOLD = {
    "a": "In Salta, 400 people will work at the Rincón site from May, governor Gustavo Sáenz said.",
    "b": "Kitwe loses its oldest shaft after a flood; 1,200 miners were sent home by Mopani in Zambia.",
    "c": "Traders in Shanghai blame weak sales of batteries: a tonne costs 9 % less than in January.",
}


@pytest.fixture(scope="module")
def workers():
    pool = Workers(preload=("monitor.jobs",))
    yield pool
    pool.stop()


def configured(folder, *terms):
    (folder / "config.yaml").write_text(CONFIG % "\n      ".join(terms), encoding="utf-8")
    return ready.load(folder / "config.yaml")


@contextmanager
def opened(folder, workers, *terms):
    config = configured(folder, *terms)
    store = Store.open(config.data)
    try:
        yield Shop(config, store, workers)
    finally:
        store.close()


def publish(shop, slug, title, *, days_ago=2):
    """Store an article that was first seen some days ago, and let no watchlist read it."""
    moment = NOW - timedelta(days=days_ago)
    url = f"herald.example/{slug}"
    poll = sources.Poll("herald", "http://herald.example/", moment, Result.NOTHING_NEW)
    shop.store.write_now(addresses.learn, poll, [(url, Entry(f"http://{url}"))])
    text = f"{title}. {TOLD.get(slug, 'The ministry says so.')}"
    article = Article(f"http://{url}", title=title, text=text, language="en", source="herald")
    shop.store.write_now(addresses.store, url, url, article, now=moment)


async def a_read_archive(shop):
    """Two stories of lithium, one of copper, all read by the watchlists some time ago and told."""
    await rounds.adopt(shop)
    publish(shop, "a", "Lithium mine opens", days_ago=3)
    publish(shop, "b", "Copper mine closes", days_ago=2)
    publish(shop, "c", "Lithium prices fall", days_ago=1)
    waiting = shop.store.read_now(flags.unmatched, 10)
    found = match_articles(shop.config.watchlists, (), tuple(one.article for one in waiting))
    shop.store.write_now(flags.keep, list(zip(waiting, found, strict=True)), (), NOW - timedelta(days=1))
    await rounds.group(shop)


def compared(shop, since=BEGINNING, watchlists=None):
    return rematch.compare(shop, watchlists or shop.config.watchlists, since, lambda _done, _total: None)


def titles(hits):
    return [hit.item.article.title for hit in hits]


def everything(store):
    return [
        store.read_now(lambda c, name=name: c.exec_driver_sql(f"SELECT * FROM {name}").all())
        for name in ("flags", "owed", "members", "stories", "subscriptions", "messages")
    ]


async def test_a_comparison_tells_what_an_edit_gains_and_loses_and_writes_nothing(tmp_path, workers):
    with opened(tmp_path, workers, "lithium") as shop:
        await a_read_archive(shop)
    with opened(tmp_path, workers, "copper", "prices") as shop:
        before = everything(shop.store)
        found = compared(shop)
        assert everything(shop.store) == before
    (change,) = found.changes
    assert (found.articles, found.unread) == (3, 0)
    assert titles(change.gained) == ["Copper mine closes"]
    assert titles(change.lost) == ["Lithium mine opens"]
    assert change.kept == 1
    assert [(hit.before is None, hit.after is None) for hit in (*change.gained, *change.lost)] == [
        (True, False),
        (False, True),
    ]


async def test_stories_and_mails_a_day_are_counted_before_and_after(tmp_path, workers):
    with opened(tmp_path, workers, "lithium") as shop:
        await a_read_archive(shop)
    with opened(tmp_path, workers, "lithium", "copper") as shop:
        found = compared(shop)
    days = found.days
    assert days == pytest.approx(3, abs=0.1)
    assert found.changes[0].stories == (pytest.approx(2 / days), pytest.approx(3 / days))
    # A day's digest has one story to tell, or none; each story is an alert too.
    assert [round(mails * days) for mails in found.mails] == [2 + 2, 3 + 3]


async def test_only_the_days_and_the_watchlist_asked_for_are_read(tmp_path, workers):
    with opened(tmp_path, workers, "lithium") as shop:
        await a_read_archive(shop)
    with opened(tmp_path, workers, "copper") as shop:
        found = compared(shop, since=NOW - timedelta(days=1, hours=1))
    assert found.articles == 1
    assert titles(found.changes[0].lost) == ["Lithium prices fall"]
    assert found.changes[0].gained == ()


async def test_what_is_new_is_owed_to_the_digest_as_one_batch_and_never_to_an_alert(tmp_path, workers):
    with opened(tmp_path, workers, "lithium") as shop:
        await a_read_archive(shop)
    with opened(tmp_path, workers, "copper") as shop:
        found = compared(shop)
        assert await rematch.adopt(shop, shop.config.watchlists, BEGINNING, found) == 1
        pending = shop.store.read_now(ledger.pending, "digest:morning", "ana")
        told = shop.store.read_now(stories.read, [one.story for one in pending])
        assert [one.article.title for story in told for one in story.tellings] == ["Copper mine closes"]
        assert shop.store.read_now(ledger.pending, "alert:flash", "ana") == ()
        assert shop.store.read_now(audit).faults == ()


async def test_what_was_flagged_stays_and_doing_it_again_changes_nothing(tmp_path, workers):
    with opened(tmp_path, workers, "lithium") as shop:
        await a_read_archive(shop)
    with opened(tmp_path, workers, "copper") as shop:
        await rematch.adopt(shop, shop.config.watchlists, BEGINNING, compared(shop))
        assert shop.store.read_now(flags.count) == 3
        kept = everything(shop.store)
        assert await rematch.adopt(shop, shop.config.watchlists, BEGINNING, compared(shop)) == 0
        assert everything(shop.store) == kept


async def test_a_near_miss_of_the_old_wording_is_forgotten(tmp_path, workers):
    with opened(tmp_path, workers, "lithium") as shop:
        await a_read_archive(shop)
        item = shop.store.read_now(archive.batch, BEGINNING, 0, 10)[1]
        near = Flag("metals", 0.3, passed=False)
        shop.store.write_now(archive.keep, [(item, (near,))], BEGINNING, ["metals"], (), NOW)
        assert len(shop.store.read_now(stories.near_misses, ["metals"], BEGINNING, 9)) == 1
        await rematch.adopt(shop, shop.config.watchlists, BEGINNING, compared(shop))
        assert shop.store.read_now(stories.near_misses, ["metals"], BEGINNING, 9) == ()


async def test_articles_nobody_has_read_yet_or_whose_publisher_took_them_back_are_left_alone(tmp_path, workers):
    with opened(tmp_path, workers, "lithium") as shop:
        await a_read_archive(shop)
        publish(shop, "d", "Copper prices rise", days_ago=0)
        shop.store.write_now(lambda c: c.exec_driver_sql("UPDATE articles SET gone = fetched WHERE id = 1") and None)
    with opened(tmp_path, workers, "copper") as shop:
        found = compared(shop)
        assert found.articles == 2
        assert titles(found.changes[0].gained) == ["Copper mine closes"]
        assert titles(found.changes[0].lost) == ["Lithium prices fall"]


async def test_a_term_in_most_of_a_sources_stories_is_told_as_furniture(tmp_path, workers):
    with opened(tmp_path, workers, "ministry") as shop:
        await rounds.adopt(shop)
        for number in range(20):
            publish(shop, str(number), f"Story {number}")
        shop.store.write_now(lambda c: c.exec_driver_sql("UPDATE articles SET matched = fetched") and None)
        ((source, fault),) = compared(shop).furniture
    assert (source, fault.key, fault.index) == ("herald", "any", 0)
    assert "20 of 20" in fault.message


def test_the_job_tells_the_flags_a_round_would_give(tmp_path):
    config = configured(tmp_path, "lithium")
    article = Article("", title="Lithium mine opens", text="Lithium mine opens.", language="en")
    reading = read_article(config.watchlists, (), article)
    assert (reading.flags,) == match_articles(config.watchlists, (), (article,))
    assert len(reading.terms) == 1


async def test_a_preview_runs_beside_a_service_which_makes_writing_refuse(tmp_path, workers, capsys):
    with opened(tmp_path, workers, "lithium") as shop:
        await a_read_archive(shop)
        configured(tmp_path, "copper")
        command(tmp_path / "config.yaml", preview=True, as_json=True)
        answer = json.loads(capsys.readouterr().out)
        with pytest.raises(StoreBusy, match="already running"):
            command(tmp_path / "config.yaml")
    assert answer["preview"] is True
    assert [hit["title"] for hit in answer["watchlists"][0]["gained"]] == ["Copper mine closes"]
    assert answer["watchlists"][0]["gained"][0]["outlet"] == "The Herald"
    with pytest.raises(MonitorError, match="no watchlist 'gold'"):
        command(tmp_path / "config.yaml", watchlist="gold")


async def test_the_command_says_what_it_kept(tmp_path, workers):
    with opened(tmp_path, workers, "lithium") as shop:
        await a_read_archive(shop)
    configured(tmp_path, "copper")
    program = [sys.executable, "-c", "from monitor.cli.app import main; main()", "rematch"]
    done = subprocess.run(program, capture_output=True, cwd=tmp_path, check=True, text=True)
    assert "metals: 1 gained, 2 lost, 0 as before" in done.stdout
    assert "1 new flags kept" in done.stdout

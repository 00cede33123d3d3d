"""Whether anything published is missed: `python benchmarks/growing_feeds.py [--feeds N] [--steps N] [--seconds N]`.

N scripted feeds on loopback grow step by step: single items and bursts, items that are edited, feeds whose order
changes, links with new trackers every time, servers that answer 304, servers that answer 304 though there is news and
never change their ETag, and servers that say 429. A crawl in a process of its own reads them round after round, and is
killed in the middle of every third round. In the end every item ever listed must be stored exactly once, every edit
must be known, and the books must balance; exits with 1 where they do not.
"""

import argparse
import asyncio
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import islice
from pathlib import Path

from aiohttp import web

from monitor import daemon, due, ready
from monitor.crawl import StoreDesk, crawl_run
from monitor.records import Article
from monitor.store import Store
from monitor.store.audit import audit
from monitor.store.rows import ARTICLE, article_of
from monitor.workers import Workers
from spiders.gate import Gate

PORT = 18081
# Enough that a burst is still listed after three rounds that came to nothing.
LISTED = 120
BURST = 25
ROUND_SECONDS = 120.0
BEGAN = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
WORDS = ("accord", "oil", "gas", "ships", "nickel", "ferry", "school", "court", "harvest", "vote", "bridge", "rain")


def hosts(count: int) -> list[str]:
    return list(islice((f"127.4.{high}.{low}" for high in range(1, 255) for low in range(1, 255)), count))


MANNERS = ("plain", "bursts", "edits", "reorders", "lies", "trackers", "429")


@dataclass
class Item:
    """One article: what its page says now."""

    number: int
    day: int
    revision: int = 0

    @property
    def path(self) -> str:
        """Where its page stands."""
        return f"/2026/03/story-{self.number}-of-the-day-{10_000 + self.number}"

    def text(self, host: str) -> str:
        """Return what its page says now."""
        chance = random.Random(f"{host}{self.number}")
        words = " ".join(chance.choices(WORDS, k=60))
        return f"Story {self.number} of {host} tells of {words}. This is revision {self.revision} of it."


@dataclass
class Feed:
    """One scripted site."""

    host: str
    manner: str
    items: list[Item] = field(default_factory=list)
    step: int = 0
    refusing: bool = False

    def grow(self, step: int, chance: random.Random) -> None:
        """Let a step pass: something is published, something is edited."""
        self.step = step
        for _ in range(BURST if self.manner == "bursts" and step % 4 == 1 else chance.randint(0, 2)):
            self.items.append(Item(len(self.items), step))
        if self.manner == "edits" and self.items:
            chance.choice(self.items).revision = step
        self.refusing = self.manner == "429" and step % 3 == 0

    def etag(self) -> str:
        """Return the feed's tag."""
        return '"always"' if self.manner == "lies" else f'"{self.step}"'

    def listing(self) -> str:
        """Return the feed as it is now."""
        shown = self.items[-LISTED:]
        if self.manner == "reorders":
            shown = random.sample(shown, len(shown))
        rows = []
        for item in shown:
            tail = f"?utm_source=feed&utm_campaign={self.step}" if self.manner == "trackers" else ""
            updated = format_datetime(BEGAN + timedelta(days=item.day, minutes=item.revision))
            rows.append(
                f"<item><title>Story {item.number} of {self.host}</title><link>{item.path}{tail}</link>"
                f"<guid isPermaLink='false'>{item.number}-{self.step}</guid><pubDate>{updated}</pubDate>"
                f"<a:updated xmlns:a='http://www.w3.org/2005/Atom'>"
                f"{(BEGAN + timedelta(days=item.day, minutes=item.revision)).isoformat()}</a:updated></item>"
            )
        return f'<rss version="2.0"><channel><title>{self.host}</title>{"".join(rows)}</channel></rss>'

    def answer(self, request: web.BaseRequest) -> web.Response:
        """Answer as this site does."""
        if request.path == "/robots.txt":
            return web.Response(status=404)
        if self.refusing and random.random() < 0.5:
            return web.Response(status=429, headers={"Retry-After": "1"})
        if request.path == "/feed.xml":
            headers = {"ETag": self.etag()}
            if request.headers.get("If-None-Match") == self.etag():
                return web.Response(status=304, headers=headers)
            return web.Response(text=self.listing(), content_type="application/rss+xml", headers=headers)
        item = next((item for item in self.items if item.path == request.path), None)
        if item is None:
            return web.Response(status=404)
        body = f"<h1>Story {item.number} of {self.host}</h1><p>{item.text(self.host)}</p>"
        return web.Response(text=f"<html><body><article>{body}</article></body></html>", content_type="text/html")


class Web:
    """All sites, served from a thread with a loop of its own."""

    def __init__(self, count: int, manners: tuple[str, ...] = MANNERS) -> None:
        self.feeds = {host: Feed(host, manners[number % len(manners)]) for number, host in enumerate(hosts(count))}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._runner = asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(30)

    async def _start(self) -> web.ServerRunner:
        async def answer(request: web.BaseRequest) -> web.StreamResponse:
            return self.feeds[request.host.partition(":")[0]].answer(request)

        runner = web.ServerRunner(web.Server(answer), shutdown_timeout=0)
        await runner.setup()
        for host in self.feeds:
            await web.TCPSite(runner, host, PORT).start()
        return runner

    def stop(self) -> None:
        """End it."""
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)


def config_text(feeds: dict[str, Feed]) -> str:
    lines = ["sources:"]
    for number, host in enumerate(feeds):
        base = f"http://{host}:{PORT}"
        lines += [f"  feed-{number}:", f"    url: {base}/", f"    feeds: {base}/feed.xml"]
        lines += ["    allow_private: true", "    spacing: 0s"]
    return "\n".join([*lines, "watchlists:", "  accords:", "    any: accord", ""])


async def one_round(folder: Path) -> None:
    """Read every source once: what the killed process does."""
    config = ready.load(folder / "config.yaml")
    store = Store.open(config.data)
    workers = Workers(preload=daemon.PRELOAD)
    try:
        async with daemon.shop(config, store, workers):
            desk = StoreDesk(store, workers, config.sources, once=True)
            await crawl_run(desk, config, Gate()).run()
    finally:
        workers.stop()
        store.close()


def crawl(folder: Path, kill_after: float | None) -> bool:
    """Run a round in a process group of its own; kill it after so long. Returns whether it came to its end."""
    program = [sys.executable, __file__, "--round", str(folder)]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(program, stdout=log, stderr=log, start_new_session=True)
        try:
            code = process.wait(kill_after or ROUND_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return False
    if code != 0:
        raise SystemExit(f"a round failed with {code}: see\n{(folder / 'log').read_text(encoding='utf-8')[-3000:]}")
    return True


def judge(folder: Path, feeds: dict[str, Feed]) -> list[str]:
    """Compare what is stored with what was published."""
    store = Store.look(folder / "data")
    try:
        rows = store.read_now(lambda connection: connection.execute(ARTICLE[0].table.select()).all())
        books = store.read_now(audit)
    finally:
        store.close()
    articles: list[Article] = [article_of(row) for row in rows]
    told = Counter(article.url for article in articles)
    texts = {article.url: article.text for article in articles}
    wanted = {f"http://{feed.host}:{PORT}{item.path}": (feed, item) for feed in feeds.values() for item in feed.items}
    faults = [f"missed: {url} ({feed.manner})" for url, (feed, _) in wanted.items() if url not in told]
    faults += [f"stored {count} times: {url}" for url, count in told.items() if count > 1]
    faults += [f"stored, but never published: {url}" for url in told.keys() - wanted.keys()]
    faults += [
        f"edit not known: {url}"
        for url, (_, item) in wanted.items()
        if item.revision and f"revision {item.revision} " not in texts.get(url, "")
    ]
    return [*faults, *books.faults, *([f"{books.addresses['pending']} pending"] if books.addresses["pending"] else [])]


def play(folder: Path, sites: Web, steps: int, seconds: float) -> list[str]:
    chance = random.Random(7)
    (folder / "config.yaml").write_text(config_text(sites.feeds), encoding="utf-8")
    began, ended, killed = time.monotonic(), 0, 0
    for step in range(1, steps + 1):
        if time.monotonic() - began > seconds:
            print(f"the time was up after {step - 1} steps")
            break
        for feed in sites.feeds.values():
            feed.grow(step, chance)
        came_to_its_end = crawl(folder, chance.uniform(2.0, 6.0) if step % 3 == 0 else None)
        ended, killed = ended + came_to_its_end, killed + (not came_to_its_end)
    for feed in sites.feeds.values():
        feed.refusing = False
    # A server whose validators lie is found out by a request without them, every so many polls.
    for _ in range(due.FULL_REQUEST_EVERY + 2):
        if time.monotonic() - began > 2 * seconds:
            print("the time was up before every lie could be found out")
            break
        ended += crawl(folder, None)
    published = sum(len(feed.items) for feed in sites.feeds.values())
    print(f"{len(sites.feeds)} feeds, {published} items, {ended} rounds to their end, {killed} killed")
    return judge(folder, sites.feeds)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument(
        "--seconds", type=float, default=1200.0, help="begin no further step after so long, nor round after twice"
    )
    parser.add_argument("--round", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if arguments.round:
        asyncio.run(one_round(arguments.round))
        return 0
    sites = Web(arguments.feeds)
    try:
        with tempfile.TemporaryDirectory() as folder:
            faults = play(Path(folder), sites, arguments.steps, arguments.seconds)
    finally:
        sites.stop()
    print("\n".join(faults[:40]) or "every item stored once, none missed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

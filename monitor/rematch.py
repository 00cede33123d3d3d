"""Trying an edit of the watchlists on the archive: what is gained and lost by it, and how much mail that would be.

Takes a config, a store and workers; shows every article kept to the watchlists again, on all cores, and compares with
what is stored. `compare` only reads, beside a running service too; `adopt` keeps the outcome, which needs the store's
lock. Old articles never raise an alert: what is new among them is owed to the digests, as one batch.
"""

from bisect import bisect_right
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import structlog

from monitor import due, jobs, rounds
from monitor.config import Config
from monitor.match import Reading, TermFault, compile_watchlists
from monitor.records import Alert, Article, Digest, Watchlist, WhenEmpty
from monitor.rounds import Shop
from monitor.store import archive, stories

log = structlog.get_logger(__name__)

AT_ONCE = 64
ARTICLE_SECONDS = 10.0
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hit:
    """A watchlist's verdict on an article, before and now: scores (None: not even a near miss) and whether it passed.

    `story` names the story the article belongs to, or would.
    """

    watchlist: str
    item: archive.Archived
    before: float | None
    was: bool
    after: float | None
    now: bool
    story: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What an edit changes for one watchlist; `stories` are those flagged a day, before and after."""

    watchlist: str
    kept: int
    gained: tuple[Hit, ...]
    lost: tuple[Hit, ...]
    stories: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The archive, read again.

    `unread` articles are those that no worker survived. `mails` are those a day to all recipients, before and after,
    as far as the schedule tells. `furniture` pairs a source with a term that stands in most of its stories. `results`
    are what the watchlists say now.
    """

    articles: int
    unread: int
    days: float
    changes: tuple[Change, ...]
    mails: tuple[float, float]
    furniture: tuple[tuple[str, TermFault], ...]
    results: tuple[tuple[archive.Archived, jobs.Flags], ...] = field(repr=False)


@dataclass(slots=True)
class _Reread:
    """What has been read so far: articles, their texts let go, with their flags; by source, how often terms stand."""

    results: list[tuple[archive.Archived, jobs.Flags]] = field(default_factory=list)
    unread: int = 0
    articles: Counter[str] = field(default_factory=Counter)
    terms: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, item: archive.Archived, reading: Reading) -> None:
        source = item.article.source
        self.results.append((replace(item, article=replace(item.article, text="", summary="")), reading.flags))
        self.articles[source] += 1
        self.terms[source].update(reading.terms)


def compare(
    shop: Shop, watchlists: tuple[Watchlist, ...], since: datetime, progress: Callable[[int, int], None]
) -> Comparison:
    """Show the articles first seen since a moment to these watchlists, and compare with what is stored.

    `progress` is told how many articles are read, of how many.
    """
    total, first = shop.store.read_now(archive.extent, since)
    reread = _Reread()
    for done in _read(shop, watchlists, since, reread):
        progress(done, total)
    moment = rounds.now()
    began = first or moment
    days = max(1.0, (moment - began) / _DAY)
    hits = _in_stories(shop, _hits(shop, watchlists, since, reread))
    was, now = [hit for hit in hits if hit.was], [hit for hit in hits if hit.now]
    asked = [one.id for one in watchlists]
    return Comparison(
        len(reread.results),
        reread.unread,
        days,
        tuple(_changes(hits, asked, days)),
        (
            _mails(shop.config, [(hit, hit.before or 0.0) for hit in was], began, moment) / days,
            _mails(shop.config, [(hit, hit.after or 0.0) for hit in now], began, moment) / days,
        ),
        tuple(_furniture(shop.config, watchlists, reread)),
        tuple(reread.results),
    )


async def adopt(shop: Shop, watchlists: tuple[Watchlist, ...], since: datetime, found: Comparison) -> int:
    """Keep what a comparison found, in one transaction, group it, and return how many flags passed newly.

    Nothing is sent: the next digests tell it.
    """
    await rounds.adopt(shop)
    followers = [one for one in rounds.subscriptions(shop.config) if one.channel.startswith("digest:")]
    asked = [one.id for one in watchlists]
    fresh = await shop.store.write(archive.keep, found.results, since, asked, followers, rounds.now())
    await rounds.group(shop)
    return fresh


def _read(shop: Shop, watchlists: tuple[Watchlist, ...], since: datetime, reread: _Reread) -> Iterator[int]:
    """Read the archive on all cores, and yield how many articles are done, now and then."""
    asked: deque[archive.Archived] = deque()
    job = partial(jobs.read_article, watchlists, shop.config.concepts)

    def articles() -> Iterator[Article]:
        for item in _archive(shop, since):
            asked.append(item)
            yield item.article

    answers = shop.workers.map_ordered(job, articles(), chunk=AT_ONCE, seconds=ARTICLE_SECONDS)
    for done, answer in enumerate(answers, 1):
        item = asked.popleft()
        if isinstance(answer, Exception):
            log.warning("article not read", url=item.article.url, reason=str(answer))
            reread.unread += 1
        else:
            reread.add(item, answer)
        if done % AT_ONCE == 0:
            yield done


def _archive(shop: Shop, since: datetime) -> Iterator[archive.Archived]:
    last = 0
    while found := shop.store.read_now(archive.batch, since, last, AT_ONCE):
        yield from found
        last = found[-1].id


def _hits(shop: Shop, watchlists: tuple[Watchlist, ...], since: datetime, reread: _Reread) -> list[Hit]:
    """Pair what is stored with what is said now. A list that was not asked keeps what it said."""
    items = {item.id: item for item, _ in reread.results}
    before = shop.store.read_now(archive.stored, since)
    after = {(item.id, flag.watchlist): flag for item, found in reread.results for flag in found}
    configured = {one.id for one in shop.config.watchlists}
    silent = configured - {one.id for one in watchlists}
    hits = []
    for key in sorted({*before, *after}):
        number, watchlist = key
        if number in items:
            old = before.get(key)
            new = old if watchlist in silent else after.get(key)
            hits.append(
                Hit(
                    watchlist,
                    items[number],
                    old.score if old else None,
                    old is not None and old.passed,
                    new.score if new else None,
                    new is not None and new.passed,
                )
            )
    return hits


def _in_stories(shop: Shop, hits: list[Hit]) -> list[Hit]:
    """Say of each hit to which story it belongs; articles that are in none yet are grouped as they would be."""
    homeless = sorted({hit.item.id for hit in hits if hit.now and hit.item.story is None})
    joined = _joined(shop, homeless) if homeless else {}
    return [replace(hit, story=joined.get(hit.item.id) or f"{hit.item.story or f'of {hit.item.id}'}") for hit in hits]


def _joined(shop: Shop, numbers: Sequence[int]) -> dict[int, str]:
    """Map new articles to the stories, old or new, that grouping would put them into; without a worker, each alone."""
    wanted = shop.store.read_now(archive.by_id, numbers)
    sketches = shop.workers.map_ordered(jobs.sketch_articles, [(one.article,) for one in wanted], chunk=AT_ONCE)
    new = tuple(
        (one.id, None, one.first_seen, made[0])
        for one, made in zip(wanted, sketches, strict=True)
        if not isinstance(made, Exception)
    )
    oldest = min((one.first_seen for one in wanted), default=rounds.now())
    known = tuple(
        (one.article, one.story, one.seen, one.sketch)
        for one in shop.store.read_now(stories.grouped, oldest - rounds.STORY_LIVES)
    )
    joining = partial(jobs.group_members, known=known)
    for joins in shop.workers.map_ordered(joining, [new], chunk=1, seconds=rounds.GROUP_SECONDS):
        if not isinstance(joins, Exception):
            return {article: f"{story or f'of {root}'}" for article, story, root, _ in joins}
        log.warning("articles not grouped", reason=str(joins))
    return {}


def _changes(hits: list[Hit], asked: Sequence[str], days: float) -> Iterator[Change]:
    """Yield what changes for each list asked, and for those that are configured no more."""
    lists = dict.fromkeys([*asked, *(hit.watchlist for hit in hits if hit.was and not hit.now)])
    for watchlist in lists:
        own = [hit for hit in hits if hit.watchlist == watchlist]
        yield Change(
            watchlist,
            sum(hit.was and hit.now for hit in own),
            tuple(hit for hit in own if hit.now and not hit.was),
            tuple(hit for hit in own if hit.was and not hit.now),
            (
                len({hit.story for hit in own if hit.was}) / days,
                len({hit.story for hit in own if hit.now}) / days,
            ),
        )


def _mails(config: Config, scored: Iterable[tuple[Hit, float]], since: datetime, until: datetime) -> int:
    """Count the mails that hits with these scores make.

    A digest's: one for each slot that has something to tell, or is sent empty. An alert's: one for each story that is
    sure enough.
    """
    hits = list(scored)
    zones = {recipient.id: ZoneInfo(recipient.timezone) for recipient in config.recipients}
    followed = {(one.channel, one.recipient, one.watchlist): one for one in rounds.subscriptions(config)}
    mails = 0
    for digest in config.digests:
        for name in digest.to:
            follows = ((followed.get((rounds.channel_name(digest), name, hit.watchlist)), hit.item) for hit, _ in hits)
            told = (item for one, item in follows if one and one.takes(item.article.source, item.article.language))
            mails += _slots(digest, zones[name], sorted(item.first_seen for item in told), since, until)
    return mails + sum(len(_told_at_once(alert, hits)) * len(alert.to) for alert in config.alerts)


def _slots(digest: Digest, zone: ZoneInfo, moments: Sequence[datetime], since: datetime, until: datetime) -> int:
    """Count a digest's slots that have something to tell, or are sent empty."""
    sent, last = 0, 0
    for slot in due.slots(digest, zone, since, until):
        place = bisect_right(moments, slot.moment)
        sent += place > last or digest.when_empty is WhenEmpty.SEND
        last = place
    return sent


def _told_at_once(alert: Alert, hits: Iterable[tuple[Hit, float]]) -> set[str]:
    return {
        hit.story
        for hit, score in hits
        if hit.watchlist in alert.watchlists and score >= alert.at_least and not hit.item.baseline
    }


def _furniture(config: Config, watchlists: tuple[Watchlist, ...], reread: _Reread) -> Iterator[tuple[str, TermFault]]:
    """Yield the terms that stand in most of a source's stories, which are probably part of its pages."""
    matcher = compile_watchlists(watchlists, config.concepts)
    for source, articles in sorted(reread.articles.items()):
        for fault in matcher.boilerplate(reread.terms[source], articles):
            yield source, fault

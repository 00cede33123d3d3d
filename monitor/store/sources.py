"""Sources, their listings, what each poll gave, and robots.txt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from sqlalchemy import Connection, Row, and_, case, delete, extract, func, select, update

from monitor.health import Attempt, Result, lies_on_the_way
from monitor.records import Entry, Kind, Listing, Source
from monitor.store.rows import entry_of, insert
from monitor.store.tables import addresses, holds, listings, polls, robots, sources
from monitor.urls import registrable_host

POLLS_KEPT = timedelta(days=35)
POLLS_WHOLE = timedelta(days=2)
# An address waits for its page at most this long; see `turn`.
PENDING_A_TURN = 500
# Polls looked back over for the last that was answered.
_LOOKED_BACK = 2_000
# So many of a source's last addresses teach which links of its front page lead to articles.
_TAUGHT_BY = 2_000
# Reasons that say what a page is; the others say only that it could not be had.
_NO_ARTICLE = frozenset(("no article", "not html", "empty page"))


@dataclass(frozen=True, slots=True)
class KnownListing:
    """A listing and what is known of it.

    `since_full` counts the polls since one without validators; `lies` says that its validators once stayed the same
    while its content changed.
    """

    listing: Listing
    etag: str = ""
    last_modified: str = ""
    since_full: int = 0
    lies: bool = False
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """An address to be fetched, with the validators of its last fetch where there was one."""

    entry: Entry
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class TurnState:
    """What a source's turn starts from. `baseline` says that its first crawl has not ended yet."""

    listings: tuple[KnownListing, ...]
    pending: tuple[Waiting, ...]
    baseline: bool


@dataclass(frozen=True, slots=True)
class Poll:
    """What one poll of a listing gave; `full` says that it was asked for without validators."""

    source: str
    url: str
    at: datetime
    result: Result
    detail: str = ""
    items: int = 0
    new: int = 0
    newest: datetime | None = None
    full: bool = False


def adopt(connection: Connection, configured: Sequence[Source], now: datetime) -> None:
    """Make rows for sources and listings that are new in the config; forget listings that left it.

    What is known of addresses and articles stays, whatever happens to their source.
    """
    if not configured:
        return
    connection.execute(
        insert(connection, sources).on_conflict_do_nothing(),
        [{"id": source.id, "next_due": now, "added": now} for source in configured],
    )
    rows = [
        {"source": source.id, "url": listing.url, "kind": listing.kind.value, "origin": "config"}
        for source in configured
        for listing in source.listings
    ]
    if rows:
        connection.execute(insert(connection, listings).on_conflict_do_nothing(), rows)
    for source in configured:
        named = [listing.url for listing in source.listings]
        # What was looked for yields to what is configured.
        left = ("config", "looked for") if named else ("config",)
        gone = and_(listings.c.source == source.id, listings.c.url.not_in(named), listings.c.origin.in_(left))
        connection.execute(delete(listings).where(gone))


def due(connection: Connection, ids: Sequence[str], now: datetime) -> tuple[str, ...]:
    """Return which of these sources are due, longest waiting first."""
    rows = connection.execute(
        select(sources.c.id).where(sources.c.next_due <= now).order_by(sources.c.next_due, sources.c.id)
    )
    wanted = set(ids)
    return tuple(row.id for row in rows if row.id in wanted)


def next_due(connection: Connection) -> dict[str, datetime]:
    """Return when each known source is due."""
    return {row.id: row.next_due for row in connection.execute(select(sources.c.id, sources.c.next_due))}


def make_due(connection: Connection, ids: Sequence[str], now: datetime) -> None:
    """Let these sources be due now."""
    connection.execute(update(sources).where(sources.c.id.in_(ids)).values(next_due=now))


def begin_turn(connection: Connection, source: str, now: datetime) -> TurnState:
    """Note that a source's turn begins and return what it starts from."""
    connection.execute(update(sources).where(sources.c.id == source).values(last_started=now))
    own = and_(listings.c.source == source, listings.c.origin != "index")
    # A turn ends after its time; what it did not reach comes first in the next one.
    known = connection.execute(select(listings).where(own).order_by(listings.c.checked.nulls_first(), listings.c.url))
    waiting = connection.execute(
        select(addresses.c.entry, addresses.c.etag, addresses.c.last_modified)
        .where(addresses.c.source == source, addresses.c.due <= now)
        .order_by(addresses.c.due, addresses.c.id)
        .limit(PENDING_A_TURN)
    )
    ended = connection.execute(select(sources.c.baseline).where(sources.c.id == source)).scalar_one_or_none()
    return TurnState(
        tuple(_known(row) for row in known),
        tuple(Waiting(entry_of(row.entry), row.etag, row.last_modified) for row in waiting),
        ended is None,
    )


def known_listings(connection: Connection, source: str, found: Sequence[Listing]) -> tuple[KnownListing, ...]:
    """Return these listings of a source, with what is known of those that were asked for before."""
    query = select(listings).where(listings.c.source == source, listings.c.url.in_([item.url for item in found]))
    known = {row.url: _known(row) for row in connection.execute(query)}
    return tuple(known.get(item.url, KnownListing(item)) for item in found)


def _known(row: Row[Any]) -> KnownListing:
    listing = Listing(Kind(row.kind), row.url)
    return KnownListing(listing, row.etag, row.last_modified, row.since_full, row.lies, row.failures)


def published_lately(connection: Connection, source: str, limit: int = 50) -> tuple[datetime, ...]:
    """Return when a source's last addresses were first seen, newest first: how often it publishes."""
    query = select(addresses.c.first_seen).where(addresses.c.source == source)
    rows = connection.execute(query.order_by(addresses.c.id.desc()).limit(limit))
    return tuple(row.first_seen for row in rows)


def failures(connection: Connection, source: str) -> int:
    """Return how many polls in a row the source's best listing has failed."""
    query = select(func.min(listings.c.failures)).where(listings.c.source == source, listings.c.origin != "index")
    return int(connection.execute(query).scalar_one() or 0)


def end_turn(connection: Connection, source: str, now: datetime, next_due: datetime, *, read: bool) -> None:
    """Note that a source's turn ended and when the next one is due; `read` says whether a listing could be read.

    The first turn that read one ends the baseline once no address of it waits any more.
    """
    values = {"last_ended": now, "next_due": next_due}
    connection.execute(update(sources).where(sources.c.id == source).values(values))
    if read and not _baseline_waits(connection, source):
        connection.execute(
            update(sources).where(sources.c.id == source, sources.c.baseline.is_(None)).values(baseline=now)
        )


def _baseline_waits(connection: Connection, source: str) -> bool:
    waiting = select(func.count()).where(
        addresses.c.source == source, addresses.c.baseline, addresses.c.fate == "pending", addresses.c.attempts == 0
    )
    return bool(connection.execute(waiting).scalar_one())


def add_listings(connection: Connection, source: str, found: Sequence[Listing], origin: str) -> None:
    """Keep listings that a site was found to have ("looked for") or that an index names ("index")."""
    if found:
        connection.execute(
            insert(connection, listings).on_conflict_do_nothing(),
            [{"source": source, "url": item.url, "kind": item.kind.value, "origin": origin} for item in found],
        )


def record_poll(connection: Connection, poll: Poll, etag: str = "", last_modified: str = "") -> None:
    """Keep what a poll gave; validators are kept only with what they validate."""
    failed = poll.result is Result.FAILED
    changes: dict[str, object] = {
        "polls": listings.c.polls + 1,
        "since_full": 0 if poll.full else listings.c.since_full + 1,
        "checked": poll.at,
        "failures": listings.c.failures + 1 if failed else 0,
    }
    if not failed and poll.result is not Result.UNCHANGED:
        changes |= {"etag": etag, "last_modified": last_modified}
    if poll.new:
        changes["changed"] = poll.at
        if poll.full and (etag or last_modified):  # the same tag over other content, or the same date
            same = listings.c.etag == etag if etag else listings.c.last_modified == last_modified
            changes["lies"] = case((same, True), else_=listings.c.lies)
    if poll.newest is not None:
        changes["newest"] = poll.newest
    its = and_(listings.c.source == poll.source, listings.c.url == poll.url)
    connection.execute(update(listings).where(its).values(changes))
    connection.execute(
        polls.insert().values(
            source=poll.source,
            url=poll.url,
            at=poll.at,
            result=poll.result.value,
            detail=poll.detail,
            items=poll.items,
            new=poll.new,
            newest=poll.newest,
        )
    )


def attempts(connection: Connection, since: datetime) -> dict[str, tuple[Attempt, ...]]:
    """Return what each source's polls gave after `since`, oldest first: what its health is judged by."""
    by_source: dict[str, list[Attempt]] = {}
    for row in connection.execute(select(polls).where(polls.c.at > since).order_by(polls.c.at, polls.c.id)):
        by_source.setdefault(row.source, []).append(_attempt(row))
    return {source: tuple(found) for source, found in by_source.items()}


@dataclass(frozen=True, slots=True)
class Silence:
    """What was asked for since anything last answered, as (host, reason) pairs, and how many hosts were lately.

    `since` is that last answer, or the first failure where there was no answer.
    """

    since: datetime
    failures: tuple[tuple[str, str], ...]
    watched: int


def silence(connection: Connection, since: datetime) -> Silence:
    """Return what has failed since anything last answered, looking back to `since`, newest first."""
    rows = connection.execute(
        select(polls.c.url, polls.c.at, polls.c.result, polls.c.detail)
        .where(polls.c.at > since)
        .order_by(polls.c.at.desc(), polls.c.id.desc())
        .limit(_LOOKED_BACK)
    ).all()
    failed = list(takewhile(lambda row: not Result(row.result).answered, rows))
    answered = rows[len(failed)].at if len(failed) < len(rows) else None
    return Silence(
        answered or min((row.at for row in failed), default=since),
        tuple((registrable_host(row.url), row.detail) for row in failed),
        len({registrable_host(row.url) for row in rows}),
    )


def forgive(connection: Connection, since: datetime, soon: datetime) -> None:
    """Count what failed from `since` on before a site spoke as our own outage; its sources are due at `soon` again.

    A robots.txt that could not be had is forgotten with it: else the sites stay shut when we are back.
    """
    ours = and_(polls.c.at >= since, polls.c.result == Result.FAILED.value)
    rows = connection.execute(select(polls.c.id, polls.c.source, polls.c.url, polls.c.detail).where(ours)).all()
    forgiven = [row for row in rows if lies_on_the_way(row.detail)]
    for row in forgiven:
        connection.execute(update(polls).where(polls.c.id == row.id).values(result=Result.CUT_OFF.value))
        its = and_(listings.c.source == row.source, listings.c.url == row.url, listings.c.failures > 0)
        connection.execute(update(listings).where(its).values(failures=listings.c.failures - 1))
    for name in {row.source for row in forgiven}:
        late = and_(sources.c.id == name, sources.c.next_due > soon)
        connection.execute(update(sources).where(late).values(next_due=soon))
    connection.execute(delete(robots).where(robots.c.text.is_(None)))


def teachers(connection: Connection, source: str, since: datetime) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return a source's addresses first seen after `since` that held an article, and those that held none."""
    rows = connection.execute(
        select(addresses.c.url, addresses.c.fate, addresses.c.reason)
        .where(addresses.c.source == source, addresses.c.first_seen > since, addresses.c.fate != "pending")
        .order_by(addresses.c.id.desc())
        .limit(_TAUGHT_BY)
    ).all()
    held = tuple(row.url for row in rows if row.fate in ("stored", "duplicate"))
    return held, tuple(row.url for row in rows if row.fate == "refused" and row.reason in _NO_ARTICLE)


def known_since(connection: Connection) -> dict[str, datetime]:
    """Return when each source became known."""
    return {row.id: row.added for row in connection.execute(select(sources.c.id, sources.c.added))}


def history(connection: Connection, source: str, since: datetime) -> tuple[Attempt, ...]:
    """Return what one source's polls gave after `since`, oldest first."""
    own = select(polls).where(polls.c.source == source, polls.c.at > since).order_by(polls.c.at, polls.c.id)
    return tuple(_attempt(row) for row in connection.execute(own))


def _attempt(row: Row[Any]) -> Attempt:
    return Attempt(row.at, row.url, Result(row.result), row.detail, row.items, row.new, row.newest)


def prune_polls(connection: Connection, now: datetime) -> None:
    """Forget polls older than any judgement needs, and of older ones without event all but one an hour.

    A thousand sources asked every quarter of an hour would leave three million rows.
    """
    connection.execute(delete(polls).where(polls.c.at < now - POLLS_KEPT))
    quiet = and_(
        polls.c.at < now - POLLS_WHOLE,
        polls.c.result.in_((Result.UNCHANGED.value, Result.NOTHING_NEW.value, Result.CUT_OFF.value)),
    )
    hourly = (polls.c.source, polls.c.url, func.date(polls.c.at), extract("hour", polls.c.at))
    kept = select(func.min(polls.c.id)).where(quiet).group_by(*hourly)
    connection.execute(delete(polls).where(quiet, polls.c.id.not_in(kept)))


def robots_of(connection: Connection, origin: str) -> tuple[str | None, datetime] | None:
    """Return what an origin said in its robots.txt (None: it could not be had), and until when that holds."""
    row = connection.execute(select(robots).where(robots.c.origin == origin)).one_or_none()
    return None if row is None else (row.text, row.until)


def keep_robots(connection: Connection, origin: str, text: str | None, until: datetime) -> None:
    """Keep what an origin said."""
    values = {"text": text, "until": until}
    connection.execute(
        insert(connection, robots)
        .values(origin=origin, **values)
        .on_conflict_do_update(index_elements=["origin"], set_=values)
    )


def held(connection: Connection, host: str) -> datetime | None:
    """Return until when a registrable host asked to be left alone."""
    return connection.execute(select(holds.c.until).where(holds.c.host == host)).scalar_one_or_none()


def hold(connection: Connection, host: str, until: datetime) -> None:
    """Keep that a registrable host asked to be left alone."""
    connection.execute(
        insert(connection, holds)
        .values(host=host, until=until)
        .on_conflict_do_update(index_elements=["host"], set_={"until": until})
    )

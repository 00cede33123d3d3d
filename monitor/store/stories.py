"""Stories: which articles tell one event, and reading them back whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, select

from monitor.records import Article, Status, Story, Telling
from monitor.store.rows import ARTICLE, article_of, flag_of, insert
from monitor.store.tables import articles, flags, members, messages, owed, stories


@dataclass(frozen=True, slots=True)
class Member:
    """A flagged article as grouping sees it: its sketch, and the story it belongs to (None: none yet)."""

    article: int
    story: int | None
    seen: datetime
    sketch: bytes


def unsketched(connection: Connection, limit: int) -> tuple[tuple[int, Any], ...]:
    """Return flagged articles without a sketch, as (id, Article)."""
    flagged = select(flags.c.article).where(flags.c.passed)
    rows = connection.execute(
        select(articles.c.id, *ARTICLE)
        .where(articles.c.id.in_(flagged), articles.c.sketch.is_(None))
        .order_by(articles.c.id)
        .limit(limit)
    )
    return tuple((row.id, article_of(row)) for row in rows)


def keep_sketches(connection: Connection, sketches: Mapping[int, bytes]) -> None:
    """Keep the sketches of these articles."""
    for number, sketch in sketches.items():
        connection.execute(articles.update().where(articles.c.id == number).values(sketch=sketch))


def forget_sketches(connection: Connection, since: datetime) -> None:
    """Drop the sketches that grouping would look at, so that they are made again.

    They are those of articles first seen after `since`, and of those that belong to no story yet.
    """
    placed = select(members.c.article)
    connection.execute(
        articles.update()
        .where(articles.c.sketch.is_not(None), (articles.c.first_seen > since) | articles.c.id.not_in(placed))
        .values(sketch=None)
    )


def any_ungrouped(connection: Connection) -> bool:
    """Say whether a flagged article belongs to no story yet."""
    query = (
        select(flags.c.id)
        .outerjoin(members, members.c.article == flags.c.article)
        .where(flags.c.passed, members.c.article.is_(None))
    )
    return connection.execute(query.limit(1)).first() is not None


def ungrouped(connection: Connection, limit: int | None = None) -> tuple[Member, ...]:
    """Return sketched, flagged articles that belong to no story yet, in the order they were first seen."""
    flagged = select(flags.c.article).where(flags.c.passed)
    rows = connection.execute(
        select(articles.c.id, articles.c.first_seen, articles.c.sketch)
        .outerjoin(members, members.c.article == articles.c.id)
        .where(articles.c.id.in_(flagged), articles.c.sketch.is_not(None), members.c.article.is_(None))
        .order_by(articles.c.first_seen, articles.c.id)
        .limit(limit)
    )
    return tuple(Member(row.id, None, row.first_seen, row.sketch) for row in rows)


def grouped(connection: Connection, since: datetime, until: datetime | None = None) -> tuple[Member, ...]:
    """Return the members of stories that were first seen after `since` and, where it is given, not after `until`."""
    query = (
        select(articles.c.id, articles.c.first_seen, articles.c.sketch, members.c.story)
        .join(members, members.c.article == articles.c.id)
        .where(articles.c.first_seen > since, articles.c.sketch.is_not(None))
    )
    if until is not None:
        query = query.where(articles.c.first_seen <= until)
    rows = connection.execute(query.order_by(articles.c.first_seen, articles.c.id))
    return tuple(Member(row.id, row.story, row.first_seen, row.sketch) for row in rows)


def join(connection: Connection, joins: Sequence[tuple[int, int | None, int, tuple[str, ...]]], now: datetime) -> None:
    """Put articles into stories: (article, story or None, the article that begins the story, reasons)."""
    begun: dict[int, int] = {}
    for article, story, root, reasons in joins:
        if story is None and root not in begun:
            key = connection.execute(stories.insert().values(begun=now)).inserted_primary_key
            assert key is not None
            begun[root] = key[0]
        connection.execute(
            insert(connection, members)
            .values(article=article, story=begun[root] if story is None else story, reasons=list(reasons), joined=now)
            .on_conflict_do_nothing()
        )


def flagged(
    connection: Connection,
    *,
    watchlist: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[Story, ...]:
    """Return the stories flagged in a span of time, newest first, each with all its flagged tellings."""
    query = select(members.c.story).join(flags, and_(flags.c.article == members.c.article, flags.c.passed))
    if watchlist is not None:
        query = query.where(flags.c.watchlist == watchlist)
    if since is not None:
        query = query.where(flags.c.found > since)
    if until is not None:
        query = query.where(flags.c.found <= until)
    numbers = sorted({row.story for row in connection.execute(query)}, reverse=True)
    return read(connection, numbers)


def read(
    connection: Connection, numbers: Sequence[int], *, recipient: str | None = None, watchlists: Sequence[str] = ()
) -> tuple[Story, ...]:
    """Return these stories whole, in this order.

    With a recipient, each telling says whether a mail to that recipient already tells it, and each story its status
    and the mail that began its thread. With watchlists, only their flags are shown.
    """
    if not numbers:
        return ()
    tellings: dict[int, dict[int, Telling]] = {}
    told = _told(connection, numbers, recipient) if recipient is not None else {}
    for row in _tellings(connection, numbers, watchlists):
        kept = tellings.setdefault(row.story, {})
        before = kept.get(row.article_id)
        kept[row.article_id] = Telling(
            article_id=row.article_id,
            article=_marked(article_of(row), edited=row.update),
            outlet=row.source,
            first_seen=row.first_seen,
            flags=(*(before.flags if before else ()), flag_of(row)),
            told=row.article_id in told,
            baseline=row.baseline,
            gone=row.gone is not None,
        )
    return tuple(_story(number, tellings[number], told) for number in numbers if number in tellings)


def _marked(article: Article, *, edited: bool) -> Article:
    """Mark an article that matched only after an edit: it may be older than it seems."""
    return replace(article, marks=(*article.marks, "edited")) if edited else article


def _story(number: int, tellings: Mapping[int, Telling], told: Mapping[int, Any]) -> Story:
    first = min((told[article] for article in tellings if article in told), key=lambda row: row.id, default=None)
    lineup = tuple(tellings.values())
    if first is None:
        return Story(number, lineup)
    return Story(
        id=number,
        tellings=lineup,
        status=Status.TOLD if all(one.told for one in lineup) else Status.UPDATE,
        root_message_id=first.message_id,
        told_at=first.created,
        told_by_alert=first.channel.startswith("alert:"),
    )


def _tellings(connection: Connection, numbers: Sequence[int], watchlists: Sequence[str]) -> Sequence[Any]:
    query = (
        select(
            articles.c.id.label("article_id"),
            articles.c.first_seen,
            articles.c.baseline,
            articles.c.gone,
            *ARTICLE,
            members.c.story,
            flags.c.watchlist,
            flags.c.score,
            flags.c.passed,
            flags.c.evidence,
            flags.c.parts,
            flags.c.concepts,
            flags.c.update,
        )
        .join(members, members.c.article == articles.c.id)
        .join(flags, and_(flags.c.article == articles.c.id, flags.c.passed))
        .where(members.c.story.in_(numbers))
        .order_by(articles.c.first_seen, articles.c.id, flags.c.id)
    )
    if watchlists:
        query = query.where(flags.c.watchlist.in_(watchlists))
    return connection.execute(query).all()


def _told(connection: Connection, numbers: Sequence[int], recipient: str) -> dict[int, Any]:
    """Map the articles of these stories that a mail to this recipient tells to the first such mail."""
    rows = connection.execute(
        select(flags.c.article, messages.c.id, messages.c.message_id, messages.c.created, messages.c.channel)
        .join(owed, owed.c.flag == flags.c.id)
        .join(messages, messages.c.id == owed.c.message)
        .join(members, members.c.article == flags.c.article)
        .where(members.c.story.in_(numbers), owed.c.recipient == recipient, messages.c.state != "parked")
        .order_by(messages.c.id)
    )
    told: dict[int, Any] = {}
    for row in rows:
        told.setdefault(row.article, row)
    return told


def near_misses(connection: Connection, watchlists: Sequence[str], since: datetime, limit: int) -> tuple[Telling, ...]:
    """Return the best articles that only just did not pass, found after `since`."""
    rows = connection.execute(
        select(
            articles.c.id.label("article_id"),
            articles.c.first_seen,
            articles.c.baseline,
            *ARTICLE,
            flags.c.watchlist,
            flags.c.score,
            flags.c.passed,
            flags.c.evidence,
            flags.c.parts,
            flags.c.concepts,
        )
        .join(flags, flags.c.article == articles.c.id)
        .where(~flags.c.passed, flags.c.watchlist.in_(watchlists), flags.c.found > since)
        .order_by(flags.c.score.desc(), flags.c.id)
        .limit(limit)
    )
    return tuple(
        Telling(row.article_id, article_of(row), row.source, row.first_seen, (flag_of(row),), baseline=row.baseline)
        for row in rows
    )


def volume(connection: Connection, watchlists: Sequence[str], since: datetime) -> tuple[datetime, ...]:
    """Return the moments at which flags of these watchlists passed, after `since`."""
    rows = connection.execute(
        select(flags.c.found).where(flags.c.passed, flags.c.watchlist.in_(watchlists), flags.c.found > since)
    )
    return tuple(row.found for row in rows)

"""Amendments: what became of an article after a reader was told of it, owed to each such reader once.

An article is retracted when its page is gone, and changed when an edit gave one of its figures another value. Who is
told of it, and by which channel, is whoever was told of the article, by the channel that told first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from monitor.records import Article
from monitor.store.rows import ARTICLE, article_of, insert
from monitor.store.tables import amendments, articles, flags, members, messages, owed, versions

RETRACTED, CHANGED = "retracted", "changed"

# Of what, what it was, what it is now; the first is "" where nobody knows what is counted.
Change = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Amendment:
    """One amendment that a channel owes a recipient."""

    id: int
    article: int
    story: int
    kind: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Edited:
    """A flagged article whose edit nobody has weighed yet: what it said first, and what it says since `at`."""

    version: int
    article_id: int
    before: Article
    after: Article
    at: datetime


def any_gone(connection: Connection) -> bool:
    """Say whether somebody was told of an article whose page is gone, and is not owed that yet."""
    return connection.execute(_gone().limit(1)).first() is not None


def retract(connection: Connection, now: datetime) -> None:
    """Owe a retraction to all who were told of an article whose page is gone."""
    for row in connection.execute(_gone()).all():
        _owe(connection, row, RETRACTED, 0, (), now)


def _gone() -> Any:
    owed_already = select(amendments.c.id).where(
        amendments.c.article == flags.c.article,
        amendments.c.recipient == owed.c.recipient,
        amendments.c.kind == RETRACTED,
    )
    told = _told().join(articles, articles.c.id == flags.c.article)
    return told.where(articles.c.gone.is_not(None), ~owed_already.exists())


def uncompared(connection: Connection, limit: int) -> tuple[Edited, ...]:
    """Return edited articles that the watchlists have read, each with the oldest text not compared so far."""
    flagged = select(flags.c.article).where(flags.c.passed)
    rows = connection.execute(
        select(
            versions.c.version,
            versions.c.article.label("number"),
            versions.c.title.label("old_title"),
            versions.c.text.label("old_text"),
            articles.c.fetched,
            *ARTICLE,
        )
        .join(articles, articles.c.id == versions.c.article)
        .where(~versions.c.compared, articles.c.matched.is_not(None), versions.c.article.in_(flagged))
        .order_by(versions.c.article, versions.c.version)
        .limit(limit)
    )
    oldest: dict[int, Edited] = {}
    for row in rows:
        after = article_of(row)
        before = Article(after.url, row.old_title, row.old_text, language=after.language)
        oldest.setdefault(row.number, Edited(row.version, row.number, before, after, row.fetched))
    return tuple(oldest.values())


def compared(connection: Connection, results: Sequence[tuple[Edited, tuple[Change, ...]]], now: datetime) -> None:
    """Note what edits changed, and owe it to all who were told of the article before it was edited."""
    for edited, changes in results:
        connection.execute(update(versions).where(versions.c.article == edited.article_id).values(compared=True))
        if not changes:
            continue
        before = _told().where(flags.c.article == edited.article_id, messages.c.created < edited.at)
        for row in connection.execute(before).all():
            _owe(connection, row, CHANGED, edited.version, changes, now)


def _told() -> Any:
    """Select who was told of which article by which channel, the first mail first."""
    return (
        select(flags.c.article, owed.c.recipient, owed.c.channel)
        .join(owed, owed.c.flag == flags.c.id)
        .join(messages, messages.c.id == owed.c.message)
        .where(messages.c.state != "parked")
        .order_by(messages.c.id)
    )


def _owe(connection: Connection, row: Any, kind: str, version: int, changes: tuple[Change, ...], now: datetime) -> None:
    connection.execute(
        insert(connection, amendments)
        .values(
            article=row.article,
            kind=kind,
            version=version,
            recipient=row.recipient,
            channel=row.channel,
            changes=[list(change) for change in changes],
            state="pending",
            since=now,
        )
        .on_conflict_do_nothing()
    )


def pending(connection: Connection, channel: str, recipient: str) -> tuple[Amendment, ...]:
    """Return the amendments that a channel owes a recipient and no message tells yet."""
    rows = connection.execute(
        select(amendments.c.id, amendments.c.article, members.c.story, amendments.c.kind, amendments.c.changes)
        .join(members, members.c.article == amendments.c.article)
        .where(
            amendments.c.channel == channel,
            amendments.c.recipient == recipient,
            amendments.c.state == "pending",
            amendments.c.message.is_(None),
        )
        .order_by(amendments.c.id)
    )
    return tuple(
        Amendment(row.id, row.article, row.story, row.kind, tuple((a, b, c) for a, b, c in row.changes)) for row in rows
    )


def tell(connection: Connection, numbers: Sequence[int], message: int) -> None:
    """Note that a message tells these amendments."""
    connection.execute(update(amendments).where(amendments.c.id.in_(numbers)).values(message=message))


def end(connection: Connection, message: int, state: str) -> None:
    """Note how the message that tells amendments ended: "delivered" or "parked"."""
    connection.execute(update(amendments).where(amendments.c.message == message).values(state=state))

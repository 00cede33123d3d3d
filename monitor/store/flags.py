"""Flags: which articles wait for the watchlists, what they were given, and to whom each flag is owed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, tuple_, update

from monitor.records import Article, Flag
from monitor.store.rows import ARTICLE, article_of, flag_of, flag_row, insert
from monitor.store.tables import articles, flags, owed, subscriptions

# A new subscription begins with what was flagged in the day before it, so that a first digest is not empty.
BEGINS_WITH = timedelta(days=1)
# The mark of an article that could not be matched: the matcher failed or was killed on it.
UNMATCHABLE = "not matched"
UNSUBSCRIBED = "no longer subscribed"


@dataclass(frozen=True, slots=True)
class Unmatched:
    """An article version that no watchlist has read yet."""

    id: int
    version: int
    article: Article


@dataclass(frozen=True, slots=True)
class Subscription:
    """One recipient who follows one watchlist by one channel ("digest:ID" or "alert:ID").

    `at_least` is the score from which a flag is owed; `fresh_only` leaves out what a source's first crawl found.
    `sources` and `languages` narrow it where they are not empty: what they leave out is parked, with that reason.
    """

    channel: str
    recipient: str
    watchlist: str
    at_least: float = 0.0
    fresh_only: bool = False
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    def takes(self, source: str, language: str | None) -> bool:
        """Say whether an article of this source and language is within it."""
        return (not self.sources or source in self.sources) and (
            not self.languages or (language or "").partition("-")[0] in self.languages
        )


def unmatched(connection: Connection, limit: int) -> tuple[Unmatched, ...]:
    """Return articles no watchlist has read in this version, oldest first."""
    rows = connection.execute(
        select(articles.c.id, articles.c.version, *ARTICLE)
        .where(articles.c.matched.is_(None))
        .order_by(articles.c.id)
        .limit(limit)
    )
    return tuple(Unmatched(row.id, row.version, article_of(row)) for row in rows)


def keep(
    connection: Connection,
    results: Sequence[tuple[Unmatched, tuple[Flag, ...] | None]],
    subscribed: Sequence[Subscription],
    now: datetime,
) -> int:
    """Keep what the watchlists said of these articles and what is owed for it; return how many new flags passed.

    An article that changed again since it was read is left for the next round. A flag is owed once: a later version
    that is flagged again only refreshes its evidence. None for an article no watchlist could read: it is marked, and
    the audit counts it.
    """
    fresh = 0
    for item, found in results:
        row = connection.execute(
            select(articles.c.version, articles.c.baseline).where(articles.c.id == item.id)
        ).one_or_none()
        if row is None or row.version != item.version:
            continue
        if found is None:
            marks = [*item.article.marks, UNMATCHABLE]
            connection.execute(update(articles).where(articles.c.id == item.id).values(matched=now, marks=marks))
            continue
        for flag in found:
            fresh += _keep_one(connection, item, flag, subscribed, baseline=row.baseline, now=now)
        connection.execute(update(articles).where(articles.c.id == item.id).values(matched=now))
    return fresh


def _keep_one(
    connection: Connection,
    item: Unmatched,
    flag: Flag,
    subscribed: Sequence[Subscription],
    *,
    baseline: bool,
    now: datetime,
) -> int:
    columns = flag_row(flag)
    before = connection.execute(
        select(flags.c.id, flags.c.passed, flags.c.score).where(
            flags.c.article == item.id, flags.c.watchlist == flag.watchlist
        )
    ).one_or_none()
    if before is None:
        key = connection.execute(
            flags.insert().values(
                article=item.id, found=now, baseline=baseline and item.version == 1, update=item.version > 1, **columns
            )
        ).inserted_primary_key
        assert key is not None
        number = key[0]
    else:
        number = before.id
        if before.passed and not flag.passed:
            return 0  # what was flagged stays flagged: it may have been told
        newly = flag.passed and not before.passed
        columns |= {"found": now, "update": True, "baseline": False} if newly else {}
        connection.execute(update(flags).where(flags.c.id == number).values(columns))
        if before.passed:
            risen = [one for one in subscribed if before.score < one.at_least]  # an alert that asks for more
            owe(connection, number, flag, risen, baseline=False, now=now)
            return 0
    if not flag.passed:
        return 0
    owe(connection, number, flag, subscribed, baseline=baseline and item.version == 1, now=now)
    return 1


def owe(
    connection: Connection,
    number: int,
    flag: Flag,
    subscribed: Sequence[Subscription],
    *,
    baseline: bool,
    now: datetime,
) -> None:
    """Note to whom a flag is owed; where a digest's sources or languages leave it out, parked with that reason."""
    rows = []
    where = select(articles.c.source, articles.c.language).join(flags, flags.c.article == articles.c.id)
    told = connection.execute(where.where(flags.c.id == number)).one()
    for one in subscribed:
        if one.watchlist != flag.watchlist or flag.score < one.at_least or (baseline and one.fresh_only):
            continue
        within = one.takes(told.source, told.language)
        rows.append(
            {
                "flag": number,
                "recipient": one.recipient,
                "channel": one.channel,
                "state": "pending" if within else "parked",
                "reason": "" if within else "not among its sources or languages",
                "since": now,
            }
        )
    if rows:
        connection.execute(insert(connection, owed).on_conflict_do_nothing(), rows)


def subscribe(connection: Connection, wanted: Sequence[Subscription], now: datetime) -> None:
    """Bring the subscriptions to what the config says.

    A new one is owed the passed flags of the last day; what a cancelled one still waits for is parked, with the
    reason. Flags already composed into a mail stay with that mail.
    """
    key = tuple_(subscriptions.c.channel, subscriptions.c.recipient, subscriptions.c.watchlist)
    have = {tuple(row) for row in connection.execute(select(*key.clauses))}
    want = {(one.channel, one.recipient, one.watchlist): one for one in wanted}
    for triple, one in want.items():
        if triple not in have:
            connection.execute(
                subscriptions.insert().values(
                    channel=one.channel, recipient=one.recipient, watchlist=one.watchlist, since=now
                )
            )
            _revive(connection, one)
            recent = connection.execute(
                select(flags).where(
                    flags.c.watchlist == one.watchlist, flags.c.passed, flags.c.found > now - BEGINS_WITH
                )
            )
            for row in recent.all():
                if not one.fresh_only:  # an alert is for what happens from now on
                    owe(connection, row.id, flag_of(row), [one], baseline=row.baseline, now=now)
    for channel, recipient, watchlist in have - set(want):
        connection.execute(
            subscriptions.delete().where(
                subscriptions.c.channel == channel,
                subscriptions.c.recipient == recipient,
                subscriptions.c.watchlist == watchlist,
            )
        )
        its = select(flags.c.id).where(flags.c.watchlist == watchlist)
        connection.execute(
            update(owed)
            .where(
                owed.c.channel == channel,
                owed.c.recipient == recipient,
                owed.c.state == "pending",
                owed.c.message.is_(None),
                owed.c.flag.in_(its),
            )
            .values(state="parked", reason=UNSUBSCRIBED)
        )


def _revive(connection: Connection, one: Subscription) -> None:
    """Owe again what was parked when this subscription was cancelled: whoever comes back has missed it."""
    its = select(flags.c.id).where(flags.c.watchlist == one.watchlist)
    connection.execute(
        update(owed)
        .where(
            owed.c.channel == one.channel,
            owed.c.recipient == one.recipient,
            owed.c.reason == UNSUBSCRIBED,
            owed.c.flag.in_(its),
        )
        .values(state="pending", reason="")
    )


def subscribed_since(connection: Connection, channel: str, recipient: str) -> datetime | None:
    """Return when a recipient first followed anything by this channel."""
    query = select(func.min(subscriptions.c.since)).where(
        subscriptions.c.channel == channel, subscriptions.c.recipient == recipient
    )
    since: datetime | None = connection.execute(query).scalar_one()
    return since


def count(connection: Connection) -> int:
    """Return how many flags passed."""
    return int(connection.execute(select(func.count()).where(flags.c.passed)).scalar_one())

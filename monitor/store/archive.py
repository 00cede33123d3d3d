"""The archive as an edited watchlist sees it: articles read before, what was flagged in them, what is flagged now.

Read are the articles whose text is still kept and that their publisher has not taken back; those no watchlist has read
yet are for the next round.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select, update

from monitor.records import Article, Flag
from monitor.store.flags import Subscription, owe
from monitor.store.rows import ARTICLE, article_of, flag_row
from monitor.store.tables import articles, flags, members


@dataclass(frozen=True, slots=True)
class Archived:
    """An article of the archive; `story` is the one it belongs to, None where nothing was flagged in it yet."""

    id: int
    article: Article
    first_seen: datetime
    baseline: bool
    story: int | None


@dataclass(frozen=True, slots=True)
class Stored:
    """What a watchlist said of an article when it was read last."""

    id: int
    score: float
    passed: bool


Verdict = tuple[int, str]
"""An article and a watchlist."""


def _readable(since: datetime) -> ColumnElement[bool]:
    kept = or_(articles.c.text != "", articles.c.summary != "")
    return and_(articles.c.first_seen >= since, articles.c.matched.is_not(None), articles.c.gone.is_(None), kept)


def extent(connection: Connection, since: datetime) -> tuple[int, datetime | None]:
    """Return how many articles there are to read again since a moment, and when the first was seen."""
    row = connection.execute(select(func.count(), func.min(articles.c.first_seen)).where(_readable(since))).one()
    return int(row[0]), row[1]


def by_id(connection: Connection, numbers: Sequence[int]) -> tuple[Archived, ...]:
    """Return these articles."""
    found: list[Archived] = []
    for start in range(0, len(numbers), 500):
        found += _archived(connection, articles.c.id.in_(numbers[start : start + 500]))
    return tuple(found)


def batch(connection: Connection, since: datetime, after: int, limit: int) -> tuple[Archived, ...]:
    """Return the next articles whose id is larger than `after`, in the order of their ids."""
    return _archived(connection, and_(_readable(since), articles.c.id > after), limit)


def _archived(connection: Connection, wanted: ColumnElement[bool], limit: int | None = None) -> tuple[Archived, ...]:
    rows = connection.execute(
        select(articles.c.id, articles.c.first_seen, articles.c.baseline, members.c.story, *ARTICLE)
        .outerjoin(members, members.c.article == articles.c.id)
        .where(wanted)
        .order_by(articles.c.id)
        .limit(limit)
    )
    return tuple(Archived(row.id, article_of(row), row.first_seen, row.baseline, row.story) for row in rows)


def stored(connection: Connection, since: datetime, watchlists: Sequence[str] = ()) -> dict[Verdict, Stored]:
    """Return what these watchlists, or all there ever were, said of the articles there are to read again."""
    query = (
        select(flags.c.id, flags.c.article, flags.c.watchlist, flags.c.score, flags.c.passed)
        .join(articles, articles.c.id == flags.c.article)
        .where(_readable(since))
    )
    if watchlists:
        query = query.where(flags.c.watchlist.in_(watchlists))
    rows = connection.execute(query)
    return {(row.article, row.watchlist): Stored(row.id, row.score, row.passed) for row in rows}


def keep(
    connection: Connection,
    results: Sequence[tuple[Archived, tuple[Flag, ...]]],
    since: datetime,
    watchlists: Sequence[str],
    followers: Sequence[Subscription],
    now: datetime,
) -> int:
    """Keep what watchlists say of articles read again, owe their followers what passed newly, and return how many did.

    What was flagged stays flagged: it may have been told. A near miss that is none any more is forgotten. A new flag
    counts as found when its article was, so that charts show when things happened, not when a list was edited.
    """
    before = stored(connection, since, watchlists)
    fresh = 0
    for item, found in results:
        for flag in found:
            old = before.get((item.id, flag.watchlist))
            number = _kept(connection, item, flag, old)
            if flag.passed and not (old is not None and old.passed):
                owe(connection, number, flag, followers, baseline=item.baseline, now=now)
                fresh += 1
    said = {item.id: {flag.watchlist for flag in found} for item, found in results}
    near = (key for key, old in before.items() if not old.passed)
    _forget(connection, (before[key].id for key in near if key[0] in said and key[1] not in said[key[0]]))
    return fresh


def _kept(connection: Connection, item: Archived, flag: Flag, old: Stored | None) -> int:
    """Insert or refresh a flag and return its id; one that passed is never taken back."""
    columns = flag_row(flag)
    if old is None:
        key = connection.execute(
            flags.insert().values(article=item.id, found=item.first_seen, baseline=item.baseline, **columns)
        ).inserted_primary_key
        assert key is not None
        return int(key[0])
    if flag.passed or not old.passed:
        connection.execute(update(flags).where(flags.c.id == old.id).values(columns))
    return old.id


def _forget(connection: Connection, numbers: Iterable[int]) -> None:
    gone = list(numbers)
    for start in range(0, len(gone), 500):
        connection.execute(delete(flags).where(flags.c.id.in_(gone[start : start + 500])))

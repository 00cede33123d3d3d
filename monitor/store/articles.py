"""Articles kept over time: their texts go at last, what proves that they were seen stays."""

from datetime import datetime

from sqlalchemy import Connection, and_, delete, select, update

from monitor.store.tables import articles, flags, owed, versions


def forget_texts(connection: Connection, before: datetime) -> int:
    """Forget the text of articles first seen before a moment, and return of how many.

    Title, address, fingerprint and flags stay. An article that somebody is still owed keeps its text.
    """
    awaited = (
        select(owed.c.flag)
        .join(flags, flags.c.id == owed.c.flag)
        .where(flags.c.article == articles.c.id, owed.c.state == "pending")
    )
    old = and_(articles.c.first_seen < before, articles.c.text != "", articles.c.matched.is_not(None))
    numbers = list(connection.execute(select(articles.c.id).where(old, ~awaited.exists())).scalars())
    for start in range(0, len(numbers), 500):
        part = numbers[start : start + 500]
        connection.execute(delete(versions).where(versions.c.article.in_(part)))
        connection.execute(update(articles).where(articles.c.id.in_(part)).values(text="", summary=""))
    return len(numbers)

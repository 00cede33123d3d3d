"""Every address ever told of: pending, or exactly one of stored, duplicate, refused.

What a listing told is committed, as pending, together with the listing's validators and before any page is fetched:
otherwise a crash and the next 304 would hide it for ever.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Row, select, update

from monitor.due import recheck_at
from monitor.health import Result
from monitor.records import Article, Entry, Fate, Listing, Outcome
from monitor.store.rows import article_row, entry_row, insert
from monitor.store.sources import Poll, add_listings, record_poll
from monitor.store.tables import addresses, articles, versions

# How many times a page that cannot be had just now is asked for before it is refused with its last reason.
TRIES = 5

_WORDS = re.compile(r"\w+")


def learn(
    connection: Connection,
    poll: Poll,
    found: Sequence[tuple[str, Entry]],
    *,
    looked_for: Sequence[Listing] = (),
    parts: Sequence[Listing] = (),
    etag: str = "",
    last_modified: str = "",
    baseline: bool = False,
) -> tuple[Entry, ...]:
    """Keep what one poll told, in one transaction, and return the entries that were not known, now pending.

    `found` pairs each entry with its address's identity. A known address whose listing now shows a later update
    falls due again. `looked_for` are listings found for a source whose config names none,
    `parts` those that a sitemap index names.
    """
    told = dict(reversed(found))  # of two entries for one address the first counts
    known = _known(connection, list(told))
    new = {identity: entry for identity, entry in told.items() if identity not in known}
    if new:
        connection.execute(
            insert(connection, addresses).on_conflict_do_nothing(),
            [
                {
                    "identity": identity,
                    "url": entry.url,
                    "source": poll.source,
                    "entry": entry_row(entry),
                    "first_seen": poll.at,
                    "fate": Fate.PENDING.value,
                    "due": poll.at,
                    "baseline": baseline,
                }
                for identity, entry in reversed(new.items())
            ],
        )
    for identity, row in known.items():
        if row.fate == Fate.STORED and _changed(row, told[identity]):
            changes = {"entry": entry_row(told[identity]), "due": poll.at}
            connection.execute(update(addresses).where(addresses.c.id == row.id).values(changes))
    add_listings(connection, poll.source, looked_for, "looked for")
    add_listings(connection, poll.source, parts, "index")
    result = Result.NEW if new else poll.result
    record_poll(connection, replace(poll, result=result, new=len(new)), etag, last_modified)
    return tuple(reversed(new.values()))


def _known(connection: Connection, identities: list[str]) -> dict[str, Row[tuple[object, ...]]]:
    rows: dict[str, Row[tuple[object, ...]]] = {}
    for start in range(0, len(identities), 500):
        part = identities[start : start + 500]
        query = select(addresses.c.id, addresses.c.identity, addresses.c.fate, addresses.c.entry)
        rows |= {row.identity: row for row in connection.execute(query.where(addresses.c.identity.in_(part)))}
    return rows


def _changed(row: Row[tuple[object, ...]], entry: Entry) -> bool:
    """Say whether a listing shows a change: a later update, or another title."""
    then = row.entry
    now = entry_row(entry)
    return any(now.get(key) and now.get(key) != then.get(key) for key in ("updated", "title"))


def store(
    connection: Connection,
    asked: str,
    identity: str,
    article: Article,
    *,
    now: datetime,
    etag: str = "",
    last_modified: str = "",
) -> Outcome:
    """Keep an article under its address (`asked`, an identity) and return the address's outcome.

    `identity` is that of the article itself, by its canonical address. The same article under another address, or
    the same text from the same source, is a duplicate; another text under the same address is a new version.
    """
    address = connection.execute(select(addresses).where(addresses.c.identity == asked)).one()
    validators = {"etag": etag, "last_modified": last_modified}
    connection.execute(update(addresses).where(addresses.c.id == address.id).values(validators))
    print_ = fingerprint(article)
    if address.article is not None and address.fate == Fate.STORED:
        _revise(connection, address, article, print_, now)
        return Outcome(address.url, Fate.STORED)
    same = connection.execute(
        select(articles.c.id)
        .where(
            (articles.c.identity == identity)
            | ((articles.c.source == article.source) & (articles.c.fingerprint == print_))
        )
        .order_by(articles.c.id)
        .limit(1)
    ).scalar_one_or_none()
    if same is not None:
        _end(connection, address, Fate.DUPLICATE, "", same)
        return Outcome(address.url, Fate.DUPLICATE)
    made = connection.execute(
        articles.insert().values(
            identity=identity,
            fingerprint=print_,
            first_seen=address.first_seen,
            fetched=now,
            baseline=address.baseline,
            **article_row(article),
        )
    ).inserted_primary_key
    assert made is not None
    _end(connection, address, Fate.STORED, "", made[0], due=_recheck(address, 1))
    return Outcome(address.url, Fate.STORED)


def fingerprint(article: Article) -> str:
    """Return what stays the same under a cosmetic edit: a hash of the words of title and text, not their dress."""
    words = _WORDS.findall(f"{article.title}\n{article.text}".casefold())
    return hashlib.blake2b(" ".join(words).encode(), digest_size=16).hexdigest()


def _revise(
    connection: Connection, address: Row[tuple[object, ...]], article: Article, print_: str, now: datetime
) -> None:
    then = connection.execute(select(articles).where(articles.c.id == address.article)).one()
    fetches = address.fetches + 1
    again = {"fetches": fetches, "attempts": 0, "due": _recheck(address, fetches)}
    connection.execute(update(addresses).where(addresses.c.id == address.id).values(again))
    if then.fingerprint == print_ or not article.text:
        return
    connection.execute(
        versions.insert().values(
            article=then.id, version=then.version, title=then.title, text=then.text, fetched=then.fetched
        )
    )
    connection.execute(
        update(articles)
        .where(articles.c.id == then.id)
        .values(fingerprint=print_, fetched=now, version=then.version + 1, matched=None, **article_row(article))
    )


def _recheck(address: Row[tuple[object, ...]], fetches: int) -> datetime | None:
    """Return when a stored article is fetched again after its nth fetch, None when it is left alone."""
    return recheck_at(address.first_seen, fetches - 1)


def unchanged(connection: Connection, asked: str) -> Outcome:
    """Note that a stored article was asked for again and has not changed."""
    address = connection.execute(select(addresses).where(addresses.c.identity == asked)).one()
    again = {"fetches": address.fetches + 1, "attempts": 0, "due": _recheck(address, address.fetches + 1)}
    connection.execute(update(addresses).where(addresses.c.id == address.id).values(again))
    return Outcome(address.url, Fate(address.fate))


def refuse(connection: Connection, asked: str, reason: str, now: datetime) -> Outcome:
    """Note that a page holds no article or may not be had. A stored article keeps its fate: it may be gone."""
    address = connection.execute(select(addresses).where(addresses.c.identity == asked)).one()
    if address.fate == Fate.STORED:
        if reason in ("http 404", "http 410"):
            gone = articles.c.id == address.article
            connection.execute(update(articles).where(gone, articles.c.gone.is_(None)).values(gone=now))
        again = {"fetches": address.fetches + 1, "due": _recheck(address, address.fetches + 1)}
        connection.execute(update(addresses).where(addresses.c.id == address.id).values(again))
        return Outcome(address.url, Fate.STORED, reason)
    _end(connection, address, Fate.REFUSED, reason, None)
    return Outcome(address.url, Fate.REFUSED, reason)


def postpone(
    connection: Connection,
    asked: str,
    reason: str,
    due: datetime,
    now: datetime,
    last_resort: tuple[str, Article] | None = None,
) -> Outcome:
    """Note that a page cannot be had just now. After TRIES times it is refused with the last reason.

    `last_resort` is what the listing alone tells of it, as (identity, Article): kept instead of a refusal.
    """
    address = connection.execute(select(addresses).where(addresses.c.identity == asked)).one()
    if address.fate == Fate.PENDING and address.attempts + 1 >= TRIES:
        if last_resort is not None:
            return store(connection, asked, *last_resort, now=now)
        return refuse(connection, asked, reason, now)
    again = {"attempts": address.attempts + 1, "due": due, "reason": reason}
    connection.execute(update(addresses).where(addresses.c.id == address.id).values(again))
    return Outcome(address.url, Fate(address.fate), reason)


def _end(
    connection: Connection,
    address: Row[tuple[object, ...]],
    fate: Fate,
    reason: str,
    article: int | None,
    due: datetime | None = None,
) -> None:
    connection.execute(
        update(addresses)
        .where(addresses.c.id == address.id)
        .values(fate=fate.value, reason=reason, article=article, due=due, fetches=address.fetches + 1, attempts=0)
    )

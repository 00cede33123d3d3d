"""Every address ever told of: pending, or exactly one of stored, duplicate, refused.

What a listing told is committed, as pending, together with the listing's validators and before any page is fetched:
otherwise a crash and the next 304 would hide it for ever.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from monitor.due import recheck_at
from monitor.health import Result
from monitor.records import Article, Entry, Fate, Listing, Outcome
from monitor.store.likeness import headlines_agree, same_page, texts_agree
from monitor.store.rows import article_row, entry_row, insert
from monitor.store.sources import Poll, add_listings, record_poll
from monitor.store.tables import addresses, articles, versions

# How many times a page that cannot be had just now is asked for before it is refused with its last reason: the pauses
# double (`monitor.due`), so that a site may be down for most of a day and nothing of it is missed.
TRIES = 8
# After so many, what the listing told is kept as the article; its later re-checks may still find the page.
TRIES_TOLD = 3
# An item that is told again, revised, under another address is told again within this.
REVISED_WITHIN = timedelta(days=1)

# Why an address nobody may fetch any more is refused; told of again by another source, it is pending again.
SOURCE_LEFT = "source left the config"
# Marks of an article made of what a listing told.
STAND_INS = frozenset(("feed only", "text unavailable"))
# Beside an entry, which listing told it.
LISTING = "listing"

_WORDS = re.compile(r"\w+")
# So many of a source's articles of the last day are looked at for one that this revises.
_MOST_RECENT = 300


def abandon(connection: Connection, configured: Sequence[str]) -> None:
    """Settle what waits for a source that the config no longer has."""
    orphans = (addresses.c.fate == Fate.PENDING.value) & addresses.c.source.not_in(configured)
    values = {"fate": Fate.REFUSED.value, "reason": SOURCE_LEFT, "due": None}
    connection.execute(update(addresses).where(orphans).values(values))


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
    left = {
        row.id: told[identity]
        for identity, row in known.items()
        if row.fate == Fate.REFUSED and row.reason == SOURCE_LEFT
    }
    for number in left:
        changes = {"fate": Fate.PENDING.value, "reason": "", "due": poll.at, "source": poll.source}
        connection.execute(update(addresses).where(addresses.c.id == number).values(changes))
    if new:
        connection.execute(
            insert(connection, addresses).on_conflict_do_nothing(),
            [
                {
                    "identity": identity,
                    "url": entry.url,
                    "source": poll.source,
                    "entry": entry_row(entry) | {LISTING: poll.url},
                    "first_seen": poll.at,
                    "fate": Fate.PENDING.value,
                    "due": poll.at,
                    "baseline": baseline,
                }
                for identity, entry in reversed(new.items())
            ],
        )
    for identity, row in known.items():
        if row.fate == Fate.STORED and _changed(row.entry, told[identity], poll.url):
            changes = {"entry": entry_row(told[identity]) | {LISTING: poll.url}, "due": poll.at}
            connection.execute(update(addresses).where(addresses.c.id == row.id).values(changes))
    add_listings(connection, poll.source, looked_for, "looked for")
    add_listings(connection, poll.source, parts, "index")
    fresh = (*reversed(new.values()), *left.values())
    result = Result.NEW if fresh else poll.result
    record_poll(connection, replace(poll, result=result, new=len(fresh)), etag, last_modified)
    return fresh


def _known(connection: Connection, identities: list[str]) -> dict[str, Row[tuple[object, ...]]]:
    rows: dict[str, Row[tuple[object, ...]]] = {}
    for start in range(0, len(identities), 500):
        part = identities[start : start + 500]
        columns = (addresses.c.id, addresses.c.identity, addresses.c.fate, addresses.c.reason, addresses.c.entry)
        query = select(*columns)
        rows |= {row.identity: row for row in connection.execute(query.where(addresses.c.identity.in_(part)))}
    return rows


def _changed(then: dict[str, Any], entry: Entry, listing: str) -> bool:
    """Say whether a listing shows a change: a later update, or another title than this same listing gave before.

    A feed and a sitemap of one source often name an article differently: that is no change.
    """
    now = entry_row(entry)
    if now.get("updated") and then.get("updated"):
        return bool(now["updated"] > then["updated"])
    return then.get(LISTING) == listing and bool(now.get("title")) and now.get("title") != then.get("title")


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
    the same text from the same source, is a duplicate; another text under the same address is a new version, and so
    is an agency's revision under another one. An address that a site claims for unlike articles is not believed.
    """
    address = connection.execute(select(addresses).where(addresses.c.identity == asked)).one()
    validators = {"etag": etag, "last_modified": last_modified}
    connection.execute(update(addresses).where(addresses.c.id == address.id).values(validators))
    print_ = fingerprint(article)
    if address.article is not None and address.fate == Fate.STORED:
        _revise(connection, address, article, print_, now)
        return Outcome(address.url, Fate.STORED)
    same, believed = _same(connection, identity, article, print_, now)
    if same is not None:
        if same.fingerprint != print_ and article.text:
            _new_version(connection, same.id, article, print_, now)
        _end(connection, address, Fate.DUPLICATE, "", same.id)
        return Outcome(address.url, Fate.DUPLICATE)
    if not believed:
        identity, article = _own_identity(connection, address), replace(article, url=address.url)
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


def _same(
    connection: Connection, identity: str, article: Article, print_: str, now: datetime
) -> tuple[Row[*tuple[Any, ...]] | None, bool]:
    """Return the stored article that this one is, if any, and whether its claimed identity may be believed."""
    columns = select(articles.c.id, articles.c.title, articles.c.text, articles.c.fingerprint)
    of_source = columns.where(articles.c.source == article.source)
    claimed = connection.execute(columns.where(articles.c.identity == identity)).one_or_none()
    if claimed is not None and (
        claimed.fingerprint == print_ or same_page(article.title, article.text, claimed.title, claimed.text)
    ):
        return claimed, True
    twin = connection.execute(of_source.where(articles.c.fingerprint == print_).limit(1)).one_or_none()
    if twin is not None:
        return twin, True
    recent = select(articles.c.id, articles.c.title).where(
        articles.c.source == article.source, articles.c.first_seen > now - REVISED_WITHIN
    )
    for row in connection.execute(recent.order_by(articles.c.id.desc()).limit(_MOST_RECENT)).all():
        if headlines_agree(article.title, row.title):
            then = connection.execute(columns.where(articles.c.id == row.id)).one()
            if texts_agree(article.title, article.text, then.title, then.text):
                return then, True
    return None, claimed is None


def _own_identity(connection: Connection, address: Row[tuple[object, ...]]) -> str:
    """Return an identity of the address's own: another article may have claimed the address for its canonical one."""
    taken = connection.execute(select(articles.c.id).where(articles.c.identity == address.identity)).first()
    return f"{address.identity}#{address.id}" if taken else str(address.identity)


def fingerprint(article: Article) -> str:
    """Return what stays the same under a cosmetic edit: a hash of the words of title and text, not their dress."""
    words = _WORDS.findall(f"{article.title}\n{article.text}".casefold())
    return hashlib.blake2b(" ".join(words).encode(), digest_size=16).hexdigest()


def _revise(
    connection: Connection, address: Row[tuple[object, ...]], article: Article, print_: str, now: datetime
) -> None:
    fetches = address.fetches + 1
    again = {"fetches": fetches, "attempts": 0, "due": _recheck(address, fetches)}
    connection.execute(update(addresses).where(addresses.c.id == address.id).values(again))
    then = select(articles.c.id, articles.c.fingerprint).where(articles.c.id == address.article)
    kept = connection.execute(then).one()
    # What a listing tells stands in for a page that was never had; it does not undo one that was.
    if kept.fingerprint != print_ and article.text and not STAND_INS & set(article.marks):
        _new_version(connection, kept.id, article, print_, now)


def _new_version(connection: Connection, number: int, article: Article, print_: str, now: datetime) -> None:
    """Let an article say something else from now on, what it said before put away; the watchlists read it again."""
    then = connection.execute(select(articles).where(articles.c.id == number)).one()
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


def attempts(connection: Connection, asked: str) -> int:
    """Return how many times in a row an address's page could not be had."""
    return int(connection.execute(select(addresses.c.attempts).where(addresses.c.identity == asked)).scalar_one())


def refuse(connection: Connection, asked: str, reason: str, now: datetime) -> Outcome:
    """Note that a page holds no article or may not be had. A stored article keeps its fate: it may be gone."""
    address = connection.execute(select(addresses).where(addresses.c.identity == asked)).one()
    if address.fate == Fate.STORED:
        if reason in ("http 404", "http 410"):
            gone = articles.c.id == address.article
            connection.execute(update(articles).where(gone, articles.c.gone.is_(None)).values(gone=now))
        again = {"fetches": address.fetches + 1, "attempts": 0, "due": _recheck(address, address.fetches + 1)}
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
    *,
    counted: bool = True,
) -> Outcome:
    """Note that a page cannot be had just now. After TRIES times it is refused with the last reason.

    `last_resort` is what the listing alone tells of it, as (identity, Article): kept after TRIES_TOLD times. An
    attempt that is not `counted` was our own outage.
    """
    address = connection.execute(select(addresses).where(addresses.c.identity == asked)).one()
    attempts = address.attempts + counted
    if address.fate == Fate.PENDING and last_resort is not None and attempts >= TRIES_TOLD:
        return store(connection, asked, *last_resort, now=now)
    if attempts >= TRIES:  # a stored article's re-check ends with this one
        return refuse(connection, asked, reason, now)
    again = {"attempts": attempts, "due": due, "reason": reason}
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

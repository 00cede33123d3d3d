"""The command `rematch`: what an edit of the watchlists would change, or changes, in the archive."""

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption
from monitor.errors import MonitorError

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.records import Watchlist
    from monitor.rematch import Change, Comparison, Hit
    from monitor.rounds import Shop

# Nothing was seen before.
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command()(rematch)


def rematch(
    config: ConfigOption = DEFAULT_CONFIG,
    days: Annotated[int | None, typer.Option(help="Only articles of the last so many days.", min=1)] = None,
    watchlist: Annotated[str | None, typer.Option(help="Only this watchlist.", metavar="ID")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show what would change, and write nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Run the watchlists over the stored archive; what is new goes into the next digests, never into an alert."""
    from monitor import ready
    from monitor.cli import show

    loaded = ready.load(config)
    lists = _lists(loaded, watchlist)
    since = datetime.now(UTC) - timedelta(days=days) if days else _BEGINNING
    with _shop(loaded, writes=not preview) as shop:
        from monitor import rematch as archive

        with show.steps("stories read again") as progress:
            found = archive.compare(shop, lists, since, progress)
        fresh = None if preview else asyncio.run(archive.adopt(shop, lists, since, found))
    if as_json:
        show.as_json(_answer(loaded, found, fresh))
    else:
        _print(loaded, found, fresh)


def _lists(loaded: "Config", wanted: str | None) -> "tuple[Watchlist, ...]":
    found = tuple(one for one in loaded.watchlists if wanted in (None, one.id))
    if not found:
        raise MonitorError(f"there is no watchlist {wanted!r} in {loaded.path}")
    return found


@contextlib.contextmanager
def _shop(loaded: "Config", *, writes: bool) -> "Iterator[Shop]":
    """Open store and workers; to write, the lock comes first, so that it is refused at once beside a service."""
    from monitor.store import Store

    store = Store.open(loaded.data) if writes else Store.look(loaded.data)
    try:
        from monitor.daemon import PRELOAD
        from monitor.rounds import Shop
        from monitor.workers import Workers

        workers = Workers(preload=PRELOAD)
        try:
            yield Shop(loaded, store, workers)
        finally:
            workers.stop()
    finally:
        store.close()


def _answer(loaded: "Config", found: "Comparison", fresh: int | None) -> dict[str, Any]:
    return {
        "preview": fresh is None,
        "articles": found.articles,
        "unread": found.unread,
        "days": round(found.days, 2),
        "mails_a_day": _pair(found.mails),
        "watchlists": [
            {
                "watchlist": change.watchlist,
                "kept": change.kept,
                "gained": [_hit(loaded, hit) for hit in change.gained],
                "lost": [_hit(loaded, hit) for hit in change.lost],
                "stories_a_day": _pair(change.stories),
            }
            for change in found.changes
        ],
        "probably_furniture": [
            {
                "source": source,
                "watchlist": fault.watchlist,
                "term": _term(loaded, fault.watchlist, fault.key, fault.index),
                "why": fault.message,
            }
            for source, fault in found.furniture
        ],
    }


def _pair(numbers: tuple[float, float]) -> dict[str, float]:
    return {"before": round(numbers[0], 2), "after": round(numbers[1], 2)}


def _hit(loaded: "Config", hit: "Hit") -> dict[str, Any]:
    return {
        "title": hit.item.article.title,
        "url": hit.item.article.url,
        "outlet": _outlet(loaded, hit.item.article.source),
        "language": hit.item.article.language,
        "first_seen": hit.item.first_seen,
        "score": {"before": hit.before, "after": hit.after},
    }


def _outlet(loaded: "Config", source: str) -> str:
    return next((one.name for one in loaded.sources if one.id == source), source)


def _term(loaded: "Config", watchlist: str, key: str, index: int | None) -> str:
    """Return a term as it is written under a watchlist's key ("any", "all.NAME")."""
    written = next(one for one in loaded.watchlists if one.id == watchlist)
    head, _, side = key.partition(".")
    terms = dict(written.sides)[side] if head == "all" else written.any
    return terms[index] if index is not None else ""


def _print(loaded: "Config", found: "Comparison", fresh: int | None) -> None:
    from monitor.cli import show

    print(f"{found.articles} stories read again, first seen within {found.days:.1f} days")
    if found.unread:
        print(f"{found.unread} could not be read and stay as they are")
    for change in found.changes:
        _print_change(loaded, change)
    if found.furniture:
        columns = ("source", "watchlist", "term", "why it is probably no part of the stories")
        rows = [
            (_outlet(loaded, source), one.watchlist, _term(loaded, one.watchlist, one.key, one.index), one.message)
            for source, one in found.furniture
        ]
        show.table("", columns, rows)
    if fresh is None:
        print(f"mails a day: {found.mails[0]:.2f} before, {found.mails[1]:.2f} after; nothing was written")
    else:
        print(f"{fresh} new flags kept; the next digests tell them. What was flagged before stays")


def _print_change(loaded: "Config", change: "Change") -> None:
    from monitor.cli import show

    before, after = change.stories
    head = f"{change.watchlist}: {len(change.gained)} gained, {len(change.lost)} lost, {change.kept} as before"
    print(f"{head}; stories a day: {before:.2f} before, {after:.2f} after")
    rows = [("+", hit) for hit in change.gained] + [("-", hit) for hit in change.lost]
    if rows:
        show.table("", ("", "score", "first seen", "outlet", "title"), [_row(loaded, *row) for row in rows])


def _row(loaded: "Config", sign: str, hit: "Hit") -> tuple[str, ...]:
    scores = ("-" if score is None else f"{score:.2f}" for score in (hit.before, hit.after))
    article = hit.item.article
    return (sign, " → ".join(scores), f"{hit.item.first_seen:%Y-%m-%d}", _outlet(loaded, article.source), article.title)

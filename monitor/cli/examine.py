"""Commands that look and change nothing: explain, stories, status, audit."""

import asyncio
import csv
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from monitor.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption
from monitor.errors import MonitorError

if TYPE_CHECKING:
    from monitor.records import Story

SinceOption = Annotated[str | None, typer.Option(help="From when: a date, a moment, or an age such as 7d.")]
UntilOption = Annotated[str | None, typer.Option(help="Until when: likewise.")]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    for command in (explain, stories, status, audit):
        app.command()(command)


def explain(
    page: Annotated[str, typer.Argument(help="An address, or a saved page.", metavar="URL-or-FILE")],
    config: ConfigOption | None = None,
    paste: Annotated[bool, typer.Option("--paste", help="Print the example to add to must_not_match.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Extract and match one page, and tell for every rule why it did or did not hold."""
    from monitor import lines, ready
    from monitor.cli import explaining
    from monitor.crawl import fetch_pages
    from monitor.workers import Workers

    loaded = ready.load_or_starter(config)
    is_address = page.startswith(("http://", "https://"))
    fetched = asyncio.run(fetch_pages((page,), loaded))[page] if is_address else None
    workers = Workers(1, preload=("monitor.lines",))
    try:
        explained = asyncio.run(
            workers.run(lines.explain_page, loaded.watchlists, loaded.concepts, page, fetched, seconds=30.0)
        )
    finally:
        workers.stop()
    if explained.error and not as_json:
        raise MonitorError(f"{page}: {explained.error}")
    if paste:
        print(explaining.example(explained.article))
    elif as_json:
        explaining.as_json(explained)
    else:
        explaining.as_text(explained)


def stories(
    config: ConfigOption = DEFAULT_CONFIG,
    watchlist: Annotated[str | None, typer.Option(help="Only this watchlist's.")] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Answer in CSV, a line an article.")] = False,
) -> None:
    """List flagged stories, newest first."""
    from monitor.cli import show
    from monitor.config import load
    from monitor.store import Store
    from monitor.store import stories as queries

    loaded = load(config)
    if watchlist is not None and watchlist not in {one.id for one in loaded.watchlists}:
        raise MonitorError(f"there is no watchlist {watchlist!r} in {config}")
    store = Store.look(loaded.data)
    try:
        found = store.read_now(queries.flagged, watchlist=watchlist, since=_moment(since), until=_moment(until))
    finally:
        store.close()
    names = {source.id: source.name for source in loaded.sources}
    if as_json:
        show.as_json([_story(story, names) for story in found])
    elif as_csv:
        _csv(found, names)
    else:
        show.table("", ("story", "first seen", "outlets", "languages", "score", "headline"), [_line(s) for s in found])


def _story(story: "Story", names: dict[str, str]) -> dict[str, Any]:
    return {
        "story": story.id,
        "articles": [
            {
                "url": one.article.url,
                "title": one.article.title,
                "outlet": names.get(one.outlet, one.outlet),
                "language": one.article.language,
                "published": one.article.published,
                "first_seen": one.first_seen,
                "credited": [{"name": credit.name, "url": credit.url} for credit in one.article.credited],
                "flags": [
                    {
                        "watchlist": flag.watchlist,
                        "score": round(flag.score, 4),
                        "evidence": [{"text": each.text, "terms": list(each.terms)} for each in flag.evidence],
                    }
                    for flag in one.flags
                ],
            }
            for one in story.tellings
        ],
    }


def _line(story: "Story") -> tuple[object, ...]:
    first = story.tellings[0]
    return (
        story.id,
        f"{first.first_seen:%Y-%m-%d %H:%M}",
        len({one.outlet for one in story.tellings}),
        " ".join(sorted({one.article.language or "?" for one in story.tellings})),
        f"{max(flag.score for one in story.tellings for flag in one.flags):.2f}",
        first.article.title,
    )


def _csv(found: "tuple[Story, ...]", names: dict[str, str]) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(("story", "watchlist", "score", "first_seen", "published", "outlet", "language", "title", "url"))
    for story in found:
        for one in story.tellings:
            for flag in one.flags:
                article = one.article
                writer.writerow(
                    (
                        story.id,
                        flag.watchlist,
                        f"{flag.score:.4f}",
                        one.first_seen.isoformat(),
                        article.published.isoformat() if article.published else "",
                        names.get(one.outlet, one.outlet),
                        article.language or "",
                        _inert(article.title),
                        article.url,
                    )
                )


def _inert(cell: str) -> str:
    """Keep a spreadsheet from running a title that begins like a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell


def status(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Tell what runs, what is next and when, how sources do, what waits; exit 1 where something is wrong."""
    from monitor.cli import standing
    from monitor.config import load

    loaded = load(config)
    found = standing.standing(loaded, datetime.now(UTC))
    standing.print_standing(found, as_json=as_json)
    if found.wrong:
        raise typer.Exit(1)


def audit(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Prove that nothing is unaccounted for; exit 1 where the books do not balance."""
    from monitor.cli import show
    from monitor.config import load
    from monitor.store import Store
    from monitor.store.audit import audit as proof

    loaded = load(config)
    store = Store.look(loaded.data)
    try:
        found = store.read_now(proof)
    finally:
        store.close()
    if as_json:
        show.as_json(asdict(found) | {"balanced": not found.faults})
    else:
        rows: list[tuple[str, object]] = [
            ("addresses", found.addresses["total"]),
            *((f"  {fate}", number) for fate, number in found.addresses.items() if fate != "total"),
            *((f"    {reason}", number) for reason, number in sorted(found.reasons.items())),
            ("articles", found.articles),
            ("  waiting for the watchlists", found.unmatched),
            ("  that could not be matched", found.unmatchable),
            *((f"flags, {kind}", number) for kind, number in found.flags.items()),
            ("stories", found.stories),
            *((f"flags owed to recipients, {state}", number) for state, number in found.owed.items()),
            *((f"mails, {state}", number) for state, number in sorted(found.messages.items())),
        ]
        show.table("", ("what", "how many"), rows)
        for fault in found.faults:
            print(f"fault: {fault}")
        print("the books balance" if not found.faults else "the books do not balance")
    if found.faults:
        raise typer.Exit(1)


def _moment(text: str | None) -> datetime | None:
    """Read a date, a moment (UTC without offset) or an age ("7d", "12h") as a moment."""
    if text is None:
        return None
    units = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
    if text[:-1].isdigit() and text[-1:] in units:
        try:
            return datetime.now(UTC) - timedelta(**{units[text[-1]]: int(text[:-1])})
        except OverflowError as error:
            raise typer.BadParameter(f"{text!r} is longer than time is reckoned here") from error
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no date, moment or age; write 2026-11-24, or 7d") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo("UTC"))

"""A mail to whoever runs the service: which sources turned bad, and which are well again.

Plain by design: it has no template that could fail, and is in English like the command line and the config's faults.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from html import escape

from monitor.digest import inert
from monitor.digest.plain import wrap
from monitor.records import Letter

# A subject names so many sources and counts the others.
_NAMED = 2


@dataclass(frozen=True, slots=True)
class Change:
    """What a source turned into: `state` in a word ("failing"), "" where it is well again; `since` is aware."""

    name: str
    url: str
    state: str = ""
    why: str = ""
    since: datetime | None = None


def notice(changes: Sequence[Change], zone: tzinfo) -> Letter:
    """Return the mail that tells of these changes, moments in the reader's zone."""
    bad = [change for change in changes if change.state]
    well = [change for change in changes if not change.state]
    parts = [
        (title, [_lines(change, zone) for change in part])
        for title, part in (("Turned bad", bad), ("Well again", well))
        if part
    ]
    return Letter(_subject(bad, well), _text(parts), _html(parts))


def _subject(bad: Sequence[Change], well: Sequence[Change]) -> str:
    said = [f"{_names(bad)}: {bad[0].state if len(bad) == 1 else 'not read'}"] if bad else []
    return "; ".join(said + ([f"{_names(well)}: well again"] if well else []))


def _names(changes: Sequence[Change]) -> str:
    named = ", ".join(inert.capped(change.name, 60) for change in changes[:_NAMED])
    others = len(changes) - _NAMED
    return f"{named} and {others} more" if others > 0 else named


def _lines(change: Change, zone: tzinfo) -> tuple[str, str, str]:
    since = f" since {change.since.astimezone(zone):%a %Y-%m-%d %H:%M %Z}" if change.since else ""
    state = f"{change.state}{since}: {inert.capped(change.why, 300)}" if change.state else "its listings are read again"
    return inert.capped(change.name, 100), state, inert.capped(change.url, 300)


_AFTER = "`monitor sources` shows how every source does. There is no further mail about one of these until it changes."


def _text(parts: Sequence[tuple[str, Sequence[tuple[str, str, str]]]]) -> str:
    blocks = []
    for title, lines in parts:
        blocks.append(title.upper())
        blocks += ["\n".join((name, wrap(state, "  "), f"  {url}")) for name, state, url in lines]
    return "\n\n".join([*blocks, wrap(_AFTER), ""])


def _html(parts: Sequence[tuple[str, Sequence[tuple[str, str, str]]]]) -> str:
    rows = []
    for title, lines in parts:
        rows.append(f"<h2>{escape(title)}</h2>")
        # The address stands as text: a link in a mail about a broken site invites to the site that broke it.
        rows += [
            f"<p><b>{escape(n)}</b><br>{escape(state)}<br><code>{escape(url)}</code></p>" for n, state, url in lines
        ]
    body = "\n".join([*rows, f"<p>{escape(_AFTER)}</p>"])
    head = '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Sources</title></head>'
    return f"{head}\n<body>\n{body}\n</body></html>\n"

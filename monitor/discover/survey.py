"""What a listing is worth as a source: how much it holds, how fresh it is, how often it publishes, in which language.

For people who choose among a site's feeds; nothing is decided by it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.records import Kind, Listed, Listing

# Where sites keep their feeds and sitemaps when they declare none; each costs a request, so only the usual ones.
_USUAL = (
    (Kind.FEED, ("feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml")),
    (Kind.SITEMAP, ("news-sitemap.xml", "sitemap-news.xml", "sitemap.xml", "sitemap_index.xml")),
)
_FUTURE = timedelta(days=1)  # an item dated later is dated wrong
_RATE_OVER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Survey:
    """A listing in figures.

    `newest` is the date of its newest dated item; `a_day` the mean number of items a day over those of the last
    month, None where fewer than two are dated. `full_text` says that most entries carry their article.
    """

    items: int
    language: str | None = None
    newest: datetime | None = None
    a_day: float | None = None
    full_text: bool = False


def survey(listed: Listed, now: datetime) -> Survey:
    """Return the figures of what was read from one listing."""
    dates = sorted(date for date in _dates(listed) if date <= now + _FUTURE)
    languages = [entry.language for entry in listed.entries if entry.language]
    return Survey(
        items=len(listed.entries),
        language=listed.language or (max(sorted(set(languages)), key=languages.count) if languages else None),
        newest=dates[-1] if dates else None,
        a_day=_rate([date for date in dates if date > dates[-1] - _RATE_OVER]),
        full_text=bool(listed.entries) and 2 * sum(bool(entry.text) for entry in listed.entries) > len(listed.entries),
    )


def usual_listings(url: str) -> tuple[Listing, ...]:
    """Return where the listings of the site or folder at `url` usually lie, to be tried where it declares none."""
    folder = url.partition("?")[0].partition("#")[0].rstrip("/")
    return tuple(Listing(kind, f"{folder}/{name}") for kind, names in _USUAL for name in names)


def _dates(listed: Listed) -> Iterable[datetime]:
    for entry in listed.entries:
        date = entry.published or entry.updated
        if date is not None:
            # Without an offset it is off by half a day at most: enough to tell a living feed from a dead one.
            yield date if date.tzinfo else date.replace(tzinfo=UTC)


def _rate(dates: list[datetime]) -> float | None:
    if len(dates) < 2 or dates[-1] == dates[0]:
        return None
    return (len(dates) - 1) / ((dates[-1] - dates[0]) / timedelta(days=1))

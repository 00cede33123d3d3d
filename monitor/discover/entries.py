"""One way to make an `Entry` from what any kind of listing says: addresses, lengths, texts, all in one shape."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.discover.markup import heading, plain
from monitor.records import Entry
from monitor.text import one_line, shorten
from monitor.urls import absolute, entry_address, without_trackers

# What one listing may hold. Real ones end at a few thousand; what is longer is a dump or an attack.
MOST_ENTRIES = 50_000
LONGEST_TITLE = 1_000
LONGEST_SUMMARY = 4_000
LONGEST_TEXT = 400_000
LONGEST_GUID = 1_000
MOST_AUTHORS = 20

# A summary of this many characters in several paragraphs is the article, put into the wrong element.
FULL_TEXT_FROM = 800

_EMAIL = re.compile(r"\(?<?\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+>?\)?")
_LEFT_OVER_ENTITY = re.compile(r"&\w+;")


@dataclass(frozen=True, slots=True)
class Raw:
    """What a listing says of one article, as it says it: text may be HTML, links relative, all of it missing.

    `paged` is False where the link is known to lead to no page of the entry's own.
    """

    link: str = ""
    title: str = ""
    summary: str = ""
    body: str = ""
    guid: str = ""
    language: str | None = None
    authors: Sequence[str] = ()
    published: datetime | None = None
    updated: datetime | None = None
    paged: bool = True


def entry(raw: Raw, listing: str, base: str = "") -> Entry | None:
    """Return the entry, or None where there is nothing to keep: no page to fetch, no word to read, not even an id.

    An entry without a page of its own keeps its words, under an address of its own in its listing or in the page it
    shares with others. Relative links are joined to `base`, else to the listing's own address.
    """
    title = shorten(heading(raw.title), LONGEST_TITLE)
    summary, text = _summary_and_text(raw)
    guid = one_line(raw.guid)[:LONGEST_GUID]
    page = _page(raw, base or listing)
    if raw.paged and page is not None:
        url = page
    else:
        if not (guid or _says_something(title) or summary or text):
            return None
        url = entry_address(page or listing, _key(guid, title, summary))
    return Entry(
        url=url,
        title=title,
        summary=summary,
        text=text,
        guid=guid,
        language=raw.language,
        authors=tuple(dict.fromkeys(name for author in raw.authors[:MOST_AUTHORS] if (name := _name(author)))),
        published=raw.published,
        updated=raw.updated,
    )


def without_shared_guids(raws: Sequence[Raw]) -> tuple[Raw, ...]:
    """Return items of one listing, those that share an id without it: it names no article."""
    times = Counter(raw.guid for raw in raws if raw.guid)
    return tuple(replace(raw, guid="") if times[raw.guid] > 1 else raw for raw in raws)


def _page(raw: Raw, base: str) -> str | None:
    """Return the address of the article's page: its link, else a GUID that is an address."""
    for candidate in (raw.link, raw.guid if re.match(r"\s*https?://", raw.guid) else ""):
        if candidate.strip() and (url := absolute(candidate, base)) is not None:
            return without_trackers(url)
    return None


def _summary_and_text(raw: Raw) -> tuple[str, str]:
    summary = plain(raw.summary)
    text = plain(raw.body) if raw.body and raw.body != raw.summary else ""
    if not text and len(summary) >= FULL_TEXT_FROM and "\n" in summary:
        text = summary
    return shorten(summary, LONGEST_SUMMARY), shorten(text, LONGEST_TEXT)


def _says_something(title: str) -> bool:
    """Return False for what is left of an entity that was not expanded."""
    return bool(title) and _LEFT_OVER_ENTITY.fullmatch(title) is None


def _name(author: str) -> str:
    """Return a person's or an outlet's name: without mail addresses, and not where it is a web address."""
    name = one_line(_EMAIL.sub(" ", heading(author[:500]))).strip(" ()<>,;")
    return "" if name.startswith(("http://", "https://", "www.")) else shorten(name, 200)


def _key(guid: str, title: str, summary: str) -> str:
    return hashlib.sha256("\0".join((guid,) if guid else (title, summary)).encode()).hexdigest()[:20]

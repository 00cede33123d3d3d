"""Lists of feeds as feed readers exchange them: OPML 2.0 (http://opml.org/spec2.opml), in and out."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import islice
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

from lxml import etree

from monitor.discover.charset import decode
from monitor.discover.languages import language
from monitor.discover.markup import heading
from monitor.discover.mending import mend
from monitor.errors import ListingRefused
from monitor.records import Kind, Listing, Source
from monitor.text import shorten
from monitor.urls import absolute, identity

MOST_OUTLINES = 10_000
_LONGEST_ID = 40


def read_opml(body: bytes) -> tuple[Source, ...]:
    """Return the feeds of an OPML file as sources, in its order, each once, with ids made of their names.

    Raises `ListingRefused` ("not opml") for anything else.
    """
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(mend(decode(body)).encode(), parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None or str(root.tag).lower() != "opml":
        raise ListingRefused("not opml", "the file is no OPML list of feeds")
    found: dict[str, Source] = {}
    taken: set[str] = set()
    for outline in islice(root.iter("outline"), MOST_OUTLINES):
        feed = absolute(outline.get("xmlUrl") or outline.get("xmlurl") or "")
        if feed is not None and identity(feed) not in found:
            found[identity(feed)] = _source(outline, feed, taken)
    return tuple(found.values())


def write_opml(sources: Iterable[Source], title: str) -> str:
    """Return the sources' feeds as OPML; front pages and sitemaps, which readers cannot use, are left out."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">']
    lines += [f"  <head><title>{_escaped(title)}</title></head>", "  <body>"]
    for source in sources:
        for listing in source.listings:
            if listing.kind is Kind.FEED:
                spoken = f" language={quoteattr(source.language)}" if source.language else ""
                lines.append(
                    f'    <outline type="rss" text={quoteattr(source.name)} xmlUrl={quoteattr(listing.url)}'
                    f" htmlUrl={quoteattr(source.url)}{spoken}/>"
                )
    return "\n".join([*lines, "  </body>", "</opml>", ""])


def source_id(name: str, url: str, taken: set[str]) -> str:
    """Return an id for a source, of its name or else its host, and note it in `taken`."""
    base = _slug(name) or _slug(urlsplit(url).hostname or "") or "source"
    chosen, number = base, 1
    while chosen in taken:
        number += 1
        chosen = f"{base}-{number}"
    taken.add(chosen)
    return chosen


def _source(outline: etree._Element, feed: str, taken: set[str]) -> Source:
    home = absolute(outline.get("htmlUrl") or "") or f"{urlsplit(feed).scheme}://{urlsplit(feed).netloc}/"
    name = shorten(heading(outline.get("title") or outline.get("text") or ""), 100) or urlsplit(home).netloc
    return Source(
        id=source_id(name, home, taken),
        name=name,
        url=home,
        listings=(Listing(Kind.FEED, feed),),
        language=language(outline.get("language")),
    )


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_ID].rstrip("-")


def _escaped(text: str) -> str:
    return quoteattr(text)[1:-1]

"""What a site declares of itself: the feeds its front page links, the sitemaps its robots.txt names."""

import re

from monitor.discover.documents import base_of, parse_html
from monitor.records import Kind, Listing
from monitor.urls import absolute

_FEED_TYPES = {
    "application/rss+xml": Kind.FEED,
    "application/atom+xml": Kind.FEED,
    "application/rdf+xml": Kind.FEED,
    "application/feed+json": Kind.FEED,
    "application/json+feed": Kind.FEED,
}
_SITEMAP_LINE = re.compile(r"\s*site-?map\s*:\s*(\S+)", re.IGNORECASE)
_COMMENTS = re.compile(r"/comments?/|[?&]comments|/comments?\.(?:xml|rss)|kommentare|comentarios", re.IGNORECASE)
# An anchor that leads to a feed, where no <link> does.
_FEED_ADDRESS = re.compile(
    r"(?:/(?:rss|feed|feeds|atom)(?:\.xml|\.php|\.aspx)?/?$)|\.rss$|[/_-](?:rss|atom)\.xml$|/feed\.(?:xml|json)$"
)
_MOST = 200


def find_listings(body: bytes, url: str, content_type: str = "") -> tuple[Listing, ...]:
    """Return the feeds and sitemaps a page declares, in its order; comment feeds, which hold no news, come last.

    What is not HTML declares nothing.
    """
    root = parse_html(body, content_type)
    if root is None:
        return ()
    base = base_of(root, url)
    found: dict[Listing, None] = {}
    for link in root.iterfind(".//link[@href]"):
        kind = _declared_kind(
            link.get("rel", "").lower().split(), link.get("type", "").lower().partition(";")[0].strip()
        )
        address = absolute(link.get("href"), base)
        if kind is not None and address is not None:
            found[Listing(kind, address)] = None
    if not any(listing.kind is Kind.FEED for listing in found):
        for anchor in root.iterfind(".//a[@href]"):
            address = absolute(anchor.get("href"), base)
            if address is not None and _FEED_ADDRESS.search(address.lower()):
                found[Listing(Kind.FEED, address)] = None
    return tuple(sorted(found, key=lambda listing: _COMMENTS.search(listing.url) is not None)[:_MOST])


def listings_in_robots(text: str, url: str) -> tuple[Listing, ...]:
    """Return the sitemaps that robots.txt, fetched at `url`, names; each once, in its order."""
    addresses = (
        absolute(match[1], url) for line in text.lstrip("\ufeff").splitlines() if (match := _SITEMAP_LINE.match(line))
    )
    return tuple(Listing(Kind.SITEMAP, address) for address in dict.fromkeys(addresses) if address)[:_MOST]


def _declared_kind(rel: list[str], media_type: str) -> Kind | None:
    if "sitemap" in rel:
        return Kind.SITEMAP
    if "alternate" in rel or "feed" in rel:
        # rel=alternate with application/json is a page's data, not a feed (WordPress sets it everywhere).
        return _FEED_TYPES.get(media_type, Kind.FEED if "feed" in rel and "alternate" not in rel else None)
    return None

"""What runs inside a worker process: picklable arguments in, records out, nothing written.

Each job opens bodies, calls its one stage and adds what the store will ask for (an address's identity). No Scrapy and
no SQL is loaded here: a worker stays small. Jobs raise what their stage raises.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from monitor.bodies import FEED_LIMIT, PAGE_LIMIT, unpack
from monitor.digest import Envelope, check_templates, compose, seal
from monitor.discover import Survey, find_listings, learn, read_listing, survey
from monitor.errors import ListingRefused
from monitor.extract import extract, from_entry
from monitor.group import Placed, Sketch, changed_figures, figures_of, group, lineage, named, sketch
from monitor.match import Explanation, Matcher, Reading, compile_watchlists
from monitor.records import (
    Article,
    Concept,
    Edition,
    Entry,
    Extraction,
    Flag,
    Kind,
    Lineage,
    Listing,
    Message,
    Page,
    Source,
    Story,
    Telling,
    Watchlist,
)
from monitor.urls import identity

__all__ = ["check_templates"]  # a job as it is

# Characters of headline and evidence; no sentence is a book.
FIGURES_WITHIN = 8_000

Flags = tuple[Flag, ...]
# A flagged article as grouping sees it: its id, its story or None, when it was first seen, its sketch.
PlacedRow = tuple[int, int | None, datetime, bytes]
# Where it belongs: its id, the story it joins or None, the article that begins a new one, the reasons.
JoinRow = tuple[int, int | None, int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Packed:
    """A body as it came, and what its headers said of it."""

    body: bytes
    encoding: str
    content_type: str
    url: str


@dataclass(frozen=True, slots=True)
class ListingRead:
    """What a listing told: entries with their addresses' identities, further listings, and its own wishes.

    `parts` are those a sitemap index names, `looked_for` those a front page declares where none was configured.
    """

    found: tuple[tuple[str, Entry], ...]
    parts: tuple[Listing, ...] = ()
    looked_for: tuple[Listing, ...] = ()
    ttl: timedelta | None = None
    newest: datetime | None = None


@dataclass(frozen=True, slots=True)
class SiteRead:
    """A listing in figures, and what it leads to: an index's parts, or what a front page declares."""

    survey: Survey
    title: str = ""
    listings: tuple[Listing, ...] = ()
    declared: tuple[Listing, ...] = ()


@dataclass(frozen=True, slots=True)
class PageRead:
    """An article and the identity of its own (canonical) address."""

    identity: str
    extraction: Extraction


def read_list(
    kind: Kind,
    packed: Packed,
    *,
    look: bool = False,
    taught: tuple[tuple[str, ...], tuple[str, ...]] = ((), ()),
) -> ListingRead:
    """Read a feed, sitemap or front page; `look` asks for the feeds and sitemaps it declares as well.

    A front page that declares feeds or sitemaps gives those instead of its links. `taught` are earlier addresses of
    the source that held an article, and that held none.
    """
    body = unpack(packed.body, packed.encoding, FEED_LIMIT)
    looked_for: tuple[Listing, ...] = ()
    if look:
        looked_for = tuple(item for item in find_listings(body, packed.url) if item.url != packed.url)
        if any(item.kind is not Kind.FRONT_PAGE for item in looked_for):
            return ListingRead((), looked_for=looked_for)
    listed = read_listing(kind, body, packed.url, packed.content_type, learn(*taught))
    if not listed.entries and not listed.listings and kind is Kind.FRONT_PAGE:
        raise ListingRefused("no items", "the page has no link that looks like an article's")
    moments = [entry.published for entry in listed.entries if entry.published and entry.published.tzinfo]
    return ListingRead(
        tuple((identity(entry.url), entry) for entry in listed.entries),
        parts=listed.listings,
        looked_for=looked_for,
        ttl=listed.ttl,
        newest=max(moments, default=None),
    )


def survey_listing(kind: Kind, packed: Packed, now: datetime, *, front: bool) -> SiteRead:
    """Read a listing for its figures; `front` asks a front page for the listings it declares as well.

    A front page without a link to an article may still declare a feed: it is read as empty then.
    """
    body = unpack(packed.body, packed.encoding, FEED_LIMIT)
    declared = find_listings(body, packed.url, packed.content_type) if front else ()
    try:
        listed = read_listing(kind, body, packed.url, packed.content_type)
    except ListingRefused:
        if not declared:
            raise
        return SiteRead(Survey(0), declared=declared)
    return SiteRead(survey(listed, now), listed.title, listed.listings, declared)


def read_page(
    packed: Packed, source: Source, entry: Entry, fetched: datetime, repeated: frozenset[int] = frozenset()
) -> PageRead:
    """Extract the article of a fetched page."""
    told = replace(entry, language=entry.language or source.language)
    page = replace(page_of(packed, fetched, entry.url), source=source.id, entry=told)
    extraction = extract(page, repeated)
    return PageRead(identity(extraction.article.url), extraction)


def page_of(packed: Packed, fetched: datetime, asked: str) -> Page:
    """Open a fetched page's body."""
    body = unpack(packed.body, packed.encoding, PAGE_LIMIT)
    return Page(url=packed.url, body=body, fetched=fetched, asked=asked, content_type=packed.content_type)


def read_entry(source: Source, entry: Entry, mark: str) -> tuple[str, Article] | None:
    """Make an article of what a listing alone tells, where that is more than a title; None where it is not."""
    if not entry.title or not (entry.text or entry.summary):
        return None
    told = replace(entry, language=entry.language or source.language)
    article = from_entry(told, source.id, entry.url)
    if mark not in article.marks:
        article = replace(article, marks=(*article.marks, mark))
    return identity(article.url), article


@lru_cache(maxsize=2)
def _matcher(watchlists: tuple[Watchlist, ...], concepts: tuple[Concept, ...]) -> Matcher:
    """Compile once a worker; the second place is for an edit that is being tried."""
    return compile_watchlists(watchlists, concepts)


def match_articles(
    watchlists: tuple[Watchlist, ...], concepts: tuple[Concept, ...], articles: tuple[Article, ...]
) -> tuple[Flags, ...]:
    """Show each article to all watchlists: its flags and near misses."""
    matcher = _matcher(watchlists, concepts)
    return tuple(matcher.match(article) for article in articles)


def read_article(watchlists: tuple[Watchlist, ...], concepts: tuple[Concept, ...], article: Article) -> Reading:
    """Show one article to all watchlists: its flags and near misses, and the terms that stand in it."""
    return _matcher(watchlists, concepts).read(article)


def explain_article(
    watchlists: tuple[Watchlist, ...], concepts: tuple[Concept, ...], article: Article
) -> tuple[Explanation, ...]:
    """Tell of each watchlist's every rule whether it held for an article, and why."""
    return _matcher(watchlists, concepts).explain(article)


def sketch_articles(articles: tuple[Article, ...]) -> tuple[bytes, ...]:
    """Make the evidence by which articles are grouped, as the store keeps it."""
    return tuple(sketch(article).to_bytes() for article in articles)


def group_members(new: tuple[PlacedRow, ...], known: tuple[PlacedRow, ...]) -> tuple[JoinRow, ...]:
    """Put new articles into stories beside those already placed."""
    joins = group(map(_placed, new), map(_placed, known))
    return tuple((join.article_id, join.story, join.root, join.reasons) for join in joins)


def _placed(row: PlacedRow) -> Placed:
    article, story, seen, evidence = row
    return Placed(article, story, seen, Sketch.from_bytes(evidence))


def compare_versions(pairs: tuple[tuple[Article, Article], ...]) -> tuple[tuple[tuple[str, str, str], ...], ...]:
    """Return what the edit of each article made of its figures, as (of what, before, now)."""
    return tuple(changed_figures(before, after) for before, after in pairs)


@dataclass(frozen=True, slots=True)
class Composed:
    """A sealed mail, and what whoever runs the service should know of how it was made."""

    message: Message
    notices: tuple[str, ...] = ()


def compose_message(edition: Edition, envelope: Envelope, templates: Path | None) -> Composed:
    """Render an edition with the user's templates and seal it."""
    known = replace(edition, stories=tuple(_researched(story, edition) for story in edition.stories))
    letter = compose(known, templates)
    return Composed(seal(letter, known, envelope), letter.notices)


def _researched(story: Story, edition: Edition) -> Story:
    """Add where a story comes from and the figures it names; what an edition brings along, as the sample does, stays.

    Grouping knows these, the digest shows them: neither stage may ask the other.
    """
    if story.lineage != Lineage():
        return story
    language = edition.recipient.language
    tellings = tuple(
        replace(
            one,
            figures=_figures(one),
            changes=tuple((named(what, language), before, now) for what, before, now in one.changes),
        )
        for one in story.tellings
    )
    return replace(story, tellings=tellings, lineage=lineage(tellings, language))


def _figures(telling: Telling) -> tuple[tuple[float, str], ...]:
    """Return the figures of what a mail can show of a telling; those of whole texts would hold up a large mail."""
    sentences = (evidence.text for flag in telling.flags for evidence in flag.evidence)
    return figures_of("\n".join((telling.article.title, *sentences))[:FIGURES_WITHIN], telling.article.language)

"""The nouns that travel between rooms: frozen, slotted, without behaviour beyond what they are.

Moments are aware datetimes in UTC unless a field says otherwise. Ids are the store's.
"""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from pathlib import Path


class Kind(StrEnum):
    """What sort of page lists a source's articles."""

    FEED = "feed"
    SITEMAP = "sitemap"
    FRONT_PAGE = "front_page"


@dataclass(frozen=True, slots=True)
class Listing:
    """One address that lists articles."""

    kind: Kind
    url: str


@dataclass(frozen=True, slots=True)
class Source:
    """A configured news source. `every` is None where polling adapts to how often it publishes.

    `user` and `password_file` are for HTTP basic authentication; the file is read when it is needed and never kept.
    """

    id: str
    name: str
    url: str
    listings: tuple[Listing, ...] = ()
    language: str | None = None
    every: timedelta | None = timedelta(minutes=15)
    spacing: timedelta = timedelta(seconds=5)
    allow_private: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    user: str | None = None
    password_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What a listing says of one article, before anything of it is fetched.

    `url` is absolute. `published` and `updated` are aware where the listing gave an offset, else naive.
    `text` is the body where the feed carries it (plain text, paragraphs joined by newlines).
    """

    url: str
    title: str = ""
    summary: str = ""
    text: str = ""
    guid: str = ""
    language: str | None = None
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """What reading one listing gave: its entries, further listings it points to, and what it says of itself.

    `ttl` is the publisher's own wish for the time between two polls.
    """

    entries: tuple[Entry, ...] = ()
    listings: tuple[Listing, ...] = ()
    title: str = ""
    language: str | None = None
    ttl: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One fetched page: the bytes after decompression, and where, when and why they were fetched.

    `url` is the address that answered (after redirects), `asked` the one that was asked for.
    `content_type` is the header as sent ("text/html; charset=utf-8"), which often lies.
    """

    url: str
    body: bytes
    fetched: datetime
    asked: str = ""
    content_type: str = ""
    source: str = ""
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Credit:
    """An outlet or agency that a text names as its origin; `url` is None where there is no link."""

    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """The clean text of one story as one outlet tells it.

    `text` is paragraphs joined by newlines. `published` and `modified` are aware where an offset is known, else
    naive; None where nothing believable was found. `language` is an ISO 639-1 code. `marks` says what a reader must
    know ("text unavailable", "partial", "feed only"). `origins` says where each field was found ("published":
    "json-ld"), as pairs.
    """

    url: str
    title: str = ""
    text: str = ""
    summary: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    language: str | None = None
    credited: tuple[Credit, ...] = ()
    marks: tuple[str, ...] = ()
    origins: tuple[tuple[str, str], ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Extraction:
    """An article and the 64-bit fingerprints of its page's text blocks, from which a site's furniture is learned."""

    article: Article
    blocks: tuple[int, ...] = ()


class Sensitivity(StrEnum):
    """How sure the matcher must be before it flags."""

    STRICT = "strict"
    BALANCED = "balanced"
    WIDE = "wide"


@dataclass(frozen=True, slots=True)
class Watchlist:
    """What one subject looks like, as its editor wrote it: terms are text, one each, not yet compiled.

    `sides` are the named groups of `all:`; `about` names sets of cue words or is empty.
    `sources` and `languages` narrow it; empty means all.
    """

    id: str
    name: str
    any: tuple[str, ...] = ()
    sides: tuple[tuple[str, tuple[str, ...]], ...] = ()
    about: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    sensitivity: Sensitivity = Sensitivity.BALANCED
    must_match: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Concept:
    """What a user adds to the lexicon: forms of a concept ("org:Sidor"), as (language, terms) pairs.

    The language is "" where the forms hold in every language.
    """

    id: str
    forms: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence that proves a flag, as it stands in the text, and the words in it that count, as they stand."""

    text: str
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """A watchlist's verdict on one article. `score` is 0 to 1; `passed` is False for a near miss.

    `parts` are the score's parts as (name, share) pairs; `concepts` the language-free things found, as written in a
    watchlist ("country:VE", "topic:arms").
    """

    watchlist: str
    score: float
    evidence: tuple[Evidence, ...] = ()
    passed: bool = True
    parts: tuple[tuple[str, float], ...] = ()
    concepts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person who gets mail. `timezone` is an IANA name, `language` that of the mail's frame."""

    id: str
    email: str
    timezone: str = "UTC"
    language: str = "en"


class WhenEmpty(StrEnum):
    """What a digest does in a window without stories."""

    SKIP = "skip"
    SEND = "send"


@dataclass(frozen=True, slots=True)
class Digest:
    """When, to whom and about what a digest goes out.

    `at` are local times in each recipient's zone; `days` are weekdays, Monday 0. `sources` and `languages` narrow what
    it tells; empty means all.
    """

    id: str
    watchlists: tuple[str, ...]
    to: tuple[str, ...]
    at: tuple[time, ...] = (time(7, 30),)
    days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    when_empty: WhenEmpty = WhenEmpty.SKIP
    name: str = ""
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """Which flags are told at once. `quiet` is a local span in which mail waits, as (from, to)."""

    id: str
    watchlists: tuple[str, ...]
    to: tuple[str, ...]
    at_least: float = 0.9
    quiet: tuple[time, time] | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """One outlet's article inside a story, with what was flagged in it.

    `told` says that a mail told it to this reader, `held` that an alert would have, had there not been too many.
    `figures` are the numbers its text names, as (value, as it stands): (1.5e9, "1,5 milliard"). `gone` says that its
    page was taken down, `changes` what an edit made of its figures since it was told, as (of what, before, now).
    """

    article_id: int
    article: Article
    outlet: str
    first_seen: datetime
    flags: tuple[Flag, ...] = ()
    told: bool = False
    baseline: bool = False
    figures: tuple[tuple[float, str], ...] = ()
    held: bool = False
    gone: bool = False
    changes: tuple[tuple[str, str, str], ...] = ()


class Status(StrEnum):
    """What a story is to this reader; TOLD where another mail told all of it already."""

    NEW = "new"
    UPDATE = "update"
    RETRACTED = "retracted"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Told:
    """One version of a figure: its value, the words of the first outlet that told it so, and all such outlets."""

    value: float
    text: str
    outlets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Disputed:
    """A count on which outlets disagree: of what ("agreement"), and its versions, the most often told first."""

    what: str
    versions: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a story comes from. `origins` counts the independent ones; 0 means that nobody has looked yet.

    `chain` is the longest way the news went, its origin first; empty where nobody credits anybody and no text is a
    copy.
    """

    origins: int = 0
    chain: tuple[str, ...] = ()
    disputed: tuple[Disputed, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """One event as several outlets tell it; tellings in the order we first saw them.

    `root_message_id` is the mail that first told it to this reader, for threading; `told_at` when that was made, and
    `told_by_alert` whether it was an alert.
    """

    id: int
    tellings: tuple[Telling, ...]
    status: Status = Status.NEW
    root_message_id: str | None = None
    lineage: Lineage = Lineage()
    told_at: datetime | None = None
    told_by_alert: bool = False


@dataclass(frozen=True, slots=True)
class Coverage:
    """The receipt of a window: what was due, read, failing, silent.

    `failing` and `silent` pair a source's name with why.
    """

    sources: int = 0
    read: int = 0
    articles: int = 0
    languages: tuple[str, ...] = ()
    failing: tuple[tuple[str, str], ...] = ()
    silent: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Edition:
    """All that one digest or alert is made from, for one recipient. The window is (since, until]."""

    channel: Digest | Alert
    recipient: Recipient
    watchlists: tuple[Watchlist, ...]
    since: datetime | None
    until: datetime
    stories: tuple[Story, ...] = ()
    near_misses: tuple[Telling, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)
    volume: tuple[tuple[str, int], ...] = ()
    next_at: datetime | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """A composed mail before it has an envelope: text and HTML say the same.

    `notices` are what whoever runs the service should know of how it was made (a template that could not be used).
    """

    subject: str
    text: str
    html: str
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """A mail whose bytes are final: Message-ID and Date are inside and are never made again."""

    message_id: str
    recipient: str
    address: str
    subject: str
    date: datetime
    raw: bytes


class Sent(StrEnum):
    """How an attempt to deliver ended; the state decides what happens next."""

    DELIVERED = "delivered"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The end of one attempt; `detail` is the server's or our own reason, for people."""

    message_id: str
    result: Sent
    detail: str = ""


class Fate(StrEnum):
    """What became of an address. Every address is pending or has exactly one of the other three."""

    PENDING = "pending"
    STORED = "stored"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """An address's fate and, where it was refused, why ("http 404", "robots.txt", "no article")."""

    url: str
    fate: Fate
    reason: str = ""

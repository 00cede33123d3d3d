"""What a spider asks and tells while it crawls: the protocol between fetching and everything that is kept.

A spider owns no memory. What is due, which validators an address has, what robots.txt said yesterday and what was
already fetched is the desk's; the spider brings bytes, still packed, and reasons. The daemon's desk stands on the
store and parses in worker processes; `spiders.memory.MemoryDesk` serves `scrapy crawl` and tests.

The contract that loses no address: every `Wanted` handed out in a `Turn` or `Found` ends in exactly one `fetched` or
`failed`, or stays untouched because the crawl stopped or the turn ended; then it is still pending. Every listing of a
`Turn` or `Found` ends in exactly one `listed`, or stays untouched likewise. `ended` is the last call for a turn, and
comes in every case but a kill. Calls for one turn may overlap; awaiting them is the spider's backpressure.

Reasons are short stable words for counting, see `Reason`; HTTP statuses are "http 404".
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from monitor.records import Entry, Listing, Source


class Reason:
    """Why something was not fetched, beside "http 404" and its like."""

    DNS = "dns"
    TLS = "tls"
    CONNECTION = "connection"
    TIMEOUT = "timeout"
    TOO_LARGE = "too large"
    TOO_MANY_REDIRECTS = "too many redirects"
    REFUSED_ADDRESS = "refused address"
    ROBOTS = "robots.txt"
    ROBOTS_UNREACHABLE = "robots.txt unreachable"
    BAD_ADDRESS = "bad address"
    ASKED_TO_WAIT = "asked to wait"
    BAD_ANSWER = "bad answer"
    NO_PASSWORD = "password file cannot be read"  # noqa: S105 - a reason, no password


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said of a body's version, to be sent back word for word; empty where it said nothing."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One article's page to fetch; with validators where it was fetched before."""

    entry: Entry
    validators: Validators = Validators()


@dataclass(frozen=True, slots=True)
class ListingState:
    """A listing to ask for. `full` asks without validators, to find out servers whose validators lie."""

    listing: Listing
    validators: Validators = Validators()
    full: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """A source whose time has come: its listings to ask for (may be none) and pages known but not yet fetched.

    Both are asked for in this order, as far as the turn's time goes: what waited longest belongs first. Pages that a
    listing tells of in this turn go before `pending`.
    """

    source: Source
    listings: tuple[ListingState, ...] = ()
    pending: tuple[Wanted, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a listing gave that is still to be fetched: pages, and further listings (a sitemap index's parts)."""

    pages: tuple[Wanted, ...] = ()
    listings: tuple[ListingState, ...] = ()


@dataclass(frozen=True, slots=True)
class Body:
    """A body as it came, still packed: `encoding` is its Content-Encoding, "" where there is none.

    `monitor.bodies.unpack` opens it, in a worker. `content_type` is the header as sent, which often lies.
    """

    packed: bytes = b""
    encoding: str = ""
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class ListingAnswer:
    """How asking for one listing ended: an answer with its status, or a `reason` why there is none (status 0).

    Statuses are 200 (a body to read), 304 (unchanged, no body) and every failing one, for which `reason` says "http
    503". `url` is the address that answered, `moved` the address to ask from now on where every redirect on the way
    was a permanent one, else "". `max_age` is Cache-Control's, `after` the wait a Retry-After asked for, both
    bounded; None where not said.
    """

    listing: Listing
    url: str
    fetched: datetime
    status: int = 0
    reason: str = ""
    body: Body = Body()
    validators: Validators = Validators()
    moved: str = ""
    max_age: timedelta | None = None
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """A page that answered with 200, or with 304 and no body where validators were sent and nothing changed.

    `url` is the address that answered, after redirects.
    """

    entry: Entry
    url: str
    fetched: datetime
    status: int = 200
    body: Body = Body()
    validators: Validators = Validators()


@dataclass(frozen=True, slots=True)
class Robots:
    """What one origin ("https://example.org:8443", without a default port) said in its robots.txt.

    `text` is its rules, "" where there are none (4xx), None where it could not be had: then nothing may be fetched.
    `until` is when to ask again; `reason` why it could not be had, for this crawl, and need not be kept.
    """

    origin: str
    text: str | None
    until: datetime
    reason: str = Reason.ROBOTS_UNREACHABLE


class Desk(Protocol):
    """All a spider needs of the rest of the product."""

    async def next_turn(self) -> Turn | None:
        """Wait for a source that is due; None when no more come and the crawl may end once it has drained.

        It is cancelled when the crawl stops. A source must not be given again before its turn `ended`.
        """

    async def robots(self, origin: str) -> Robots | None:
        """Return what is kept of an origin's robots.txt, also where it is out of date; None where nothing is."""

    async def keep_robots(self, robots: Robots) -> None:
        """Keep what an origin's robots.txt says, beyond this crawl."""

    async def held(self, host: str) -> datetime | None:
        """Return until when a registrable host asked to be left alone, None where it did not."""

    async def hold(self, host: str, until: datetime) -> None:
        """Keep that a registrable host asked to be left alone, beyond this crawl."""

    async def listed(self, turn: Turn, answer: ListingAnswer) -> Found:
        """Take a listing's answer: read it, commit its validators and its new addresses as pending, then return them.

        What cannot be read is the desk's to report; it returns an empty `Found`.
        """

    async def fetched(self, turn: Turn, page: FetchedPage) -> None:
        """Take a page. Returns when it may be forgotten here: that is what slows fetching down to reading."""

    async def failed(self, turn: Turn, entry: Entry, reason: str, *, retry: bool, after: timedelta | None) -> None:
        """Take that a page could not be had; `retry` says whether asking again later makes sense, `after` how soon."""

    async def ended(self, turn: Turn) -> None:
        """Take that nothing more of this turn will be asked for; what was not reported stays pending."""

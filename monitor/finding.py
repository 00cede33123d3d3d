"""Finding a site's listings: its front page, its robots.txt and the usual places asked politely, each read once.

Takes a site's address, gives what its feeds and sitemaps hold in figures, best first, for people who choose among
them. Owns the desk of that one visit; fetching, spacing and robots.txt are the spiders', as in any crawl.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from monitor import dial, jobs
from monitor.config import FetchConfig
from monitor.dial import DialPolicy
from monitor.discover import Survey, listings_in_robots, usual_listings
from monitor.errors import Refused, WorkerLost
from monitor.records import Kind, Listing, Page, Source
from monitor.urls import identity
from monitor.workers import Workers
from spiders.desk import Found, ListingAnswer, ListingState, Turn
from spiders.memory import MemoryDesk
from spiders.robots import origin
from spiders.run import CrawlRun

log = logging.getLogger(__name__)

# Listings asked for in one visit: at the usual spacing that is two minutes.
MOST_LISTINGS = 24
# Of a sitemap index the newest parts tell how often it publishes.
MOST_PARTS = 2
VISIT_SECONDS = 300.0
READ_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class FoundListing:
    """A listing that was asked for: what it holds, or the `reason` why it could not be read."""

    listing: Listing
    survey: Survey | None = None
    reason: str = ""
    named_by: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """What a visit found. `title` is the site's name for itself, `reason` why its front page could not be read."""

    source: Source
    title: str = ""
    reason: str = ""
    listings: tuple[FoundListing, ...] = ()


class FindDesk(MemoryDesk):
    """Wants one front page, then the listings that it and robots.txt name, or the usual ones; keeps what each holds."""

    def __init__(self, source: Source, workers: Workers, now: datetime) -> None:
        super().__init__((replace(source, listings=(Listing(Kind.FRONT_PAGE, source.url),)),), self._never)
        self._front = source.url
        self._workers = workers
        self._now = now
        self._asked = {identity(source.url)}
        self._named_by: dict[str, str] = {}
        self.title = ""
        self.reason = ""
        self.found: list[FoundListing] = []

    async def _never(self, page: Page) -> None:
        raise AssertionError(f"{page.url} was asked for, though no page was wanted")

    async def listed(self, turn: Turn, answer: ListingAnswer) -> Found:  # noqa: ARG002 - there is one turn
        """Read a listing in a worker; of the front page, go on to what the site names."""
        front = answer.listing.url == self._front
        try:
            read = await self._read(answer, front=front)
        except (Refused, WorkerLost) as refusal:
            self._note(FoundListing(answer.listing, reason=str(refusal)), front=front)
            return self._further((), front=front, answered=answer.url)
        self._note(FoundListing(answer.listing, read.survey), front=front)
        if not front:
            parts = read.listings[:MOST_PARTS]
            return self._states(parts, f"the index {answer.listing.url}")
        self.title = read.title
        return self._further(read.declared, front=True, answered=answer.url)

    async def _read(self, answer: ListingAnswer, *, front: bool) -> jobs.SiteRead:
        if answer.status != 200:
            raise Refused(answer.reason)
        packed = jobs.Packed(answer.body.packed, answer.body.encoding, answer.body.content_type, answer.url)
        return await self._workers.run(_read, answer.listing.kind, packed, self._now, front, seconds=READ_SECONDS)

    def _note(self, found: FoundListing, *, front: bool) -> None:
        self.found.append(replace(found, named_by=self._named_by.get(found.listing.url, "")))
        if front:
            self.reason = found.reason

    def _further(self, declared: Sequence[Listing], *, front: bool, answered: str) -> Found:
        """Return what to ask after the front page: what it declares, what robots.txt names, else the usual places."""
        if not front:
            return Found()
        robots = self._robots.get(origin(answered))
        named = listings_in_robots(robots.text or "", answered) if robots else ()
        states = (
            *self._states(declared, "its front page").listings,
            *self._states(named, "its robots.txt").listings,
        )
        if not states:
            states = self._states(usual_listings(answered), "a guess").listings
        return Found(listings=states)

    def _states(self, listings: Sequence[Listing], named_by: str) -> Found:
        fresh = []
        for listing in listings:
            key = identity(listing.url)
            if key not in self._asked and len(self._asked) <= MOST_LISTINGS:
                self._asked.add(key)
                self._named_by[listing.url] = named_by
                fresh.append(ListingState(listing))
        return Found(listings=tuple(fresh))


def _read(kind: Kind, packed: jobs.Packed, now: datetime, front: bool) -> jobs.SiteRead:
    return jobs.survey_listing(kind, packed, now, front=front)


async def visit(source: Source, workers: Workers, fetch: FetchConfig) -> Visit:
    """Visit a site politely and return what it lists; stands outside of any crawl, on the running loop."""
    desk = FindDesk(source, workers, datetime.now(UTC))
    async with dial.running():
        policy = DialPolicy.of((source,))
        await CrawlRun(desk, policy, contact=fetch.contact, proxy=fetch.proxy, turn_seconds=VISIT_SECONDS).run()
    return Visit(source, desk.title, desk.reason, tuple(sorted(desk.found, key=_rank)))


def _rank(found: FoundListing) -> tuple[object, ...]:
    """Put what is worth most first: readable, feeds before sitemaps before front pages, then the fullest."""
    survey = found.survey
    kinds = (Kind.FEED, Kind.SITEMAP, Kind.FRONT_PAGE)
    return (survey is None, kinds.index(found.listing.kind), -(survey.items if survey else 0), found.listing.url)


def worth(visited: Visit, now: datetime) -> tuple[FoundListing, ...]:
    """Return the listings to paste: living feeds, else living sitemaps, else the front page.

    A feed whose newest item is of last month is no source any more; one without dates is given the benefit.
    """
    living = [
        one
        for one in visited.listings
        if one.survey is not None
        and one.survey.items
        and not _dead(one.survey, now)
        and "the index" not in one.named_by
    ]
    for kind in (Kind.FEED, Kind.SITEMAP, Kind.FRONT_PAGE):
        if its := tuple(one for one in living if one.listing.kind is kind):
            return its
    return _indexes(visited)


def _indexes(visited: Visit) -> tuple[FoundListing, ...]:
    """Return the sitemap indexes, which hold nothing themselves but lead to parts that do."""
    parts = {one.named_by.removeprefix("the index ") for one in visited.listings if one.survey and one.survey.items}
    return tuple(one for one in visited.listings if one.listing.url in parts)


_DEAD_AFTER = timedelta(days=31)


def _dead(survey: Survey, now: datetime) -> bool:
    return survey.newest is not None and now - survey.newest > _DEAD_AFTER

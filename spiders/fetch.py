"""One address to its final answer: through the gate, robots.txt and every redirect, with nothing told to strangers.

Takes an errand (which source wants which address), gives an `Answer` with the body still packed, or raises
`NotFetched` with its reason. Every hop of a redirect is treated like the first: the address is checked, robots.txt
asked, its host's turn waited for. Does not care what is in a body, nor what becomes of it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from scrapy import Request
from scrapy.http import Response

from monitor import bodies
from monitor.dial import DialPolicy
from monitor.errors import Refused
from monitor.records import Source
from monitor.urls import registrable_host
from spiders import answers, robots
from spiders.addresses import askable
from spiders.answers import NotFetched, redirect
from spiders.credentials import own_headers
from spiders.desk import Body, Desk, Reason, Robots, Validators
from spiders.gate import Gate, Held, Rank
from spiders.handler import LEASH, Leash
from spiders.proxy import Proxy, may_pass_on

log = logging.getLogger(__name__)

# A request with all its redirects may take so long, waiting for its turns not counted.
REQUEST_SECONDS = 60.0
REDIRECTS = 5
# A host that says 429 without saying for how long is left alone for so long.
UNSAID_PATIENCE = timedelta(minutes=5)

_PERMANENT = frozenset((301, 308))
_ACCEPT = {
    Rank.ROBOTS: "text/plain, */*;q=0.1",
    Rank.LISTING: "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5",
    Rank.PAGE: "text/html, application/xhtml+xml, */*;q=0.5",
}
# What our own config decides, and may decide otherwise sooner than a robots.txt is asked for again.
_OURS = frozenset((Reason.REFUSED_ADDRESS, Reason.NO_PASSWORD))
_UNREACHABLE = _OURS | {Reason.DNS, Reason.TLS, Reason.CONNECTION, Reason.TIMEOUT}
_LIMITS = {Rank.ROBOTS: bodies.PAGE_LIMIT, Rank.LISTING: bodies.FEED_LIMIT, Rank.PAGE: bodies.PAGE_LIMIT}
# Origins whose robots.txt stays in memory; the desk remembers the rest.
_REMEMBERED = 1024


@dataclass(slots=True)
class Clock:
    """When a turn may start its last request, in the loop's time; it runs from the turn's first request on."""

    seconds: float
    until: float | None = None

    def start(self) -> None:
        """Start, unless it runs."""
        if self.until is None:
            self.until = asyncio.get_running_loop().time() + self.seconds


@dataclass(slots=True)
class Errand:
    """Which source wants which address, how urgently, and how long it took so far."""

    source: Source
    url: str
    rank: Rank
    clock: Clock
    validators: Validators = field(default_factory=Validators)
    spent: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of 200 or 304 (then without a body); `moved` is where every redirect on the way sent us for good."""

    url: str
    status: int
    body: Body
    validators: Validators
    moved: str = ""
    max_age: timedelta | None = None


@dataclass(slots=True)
class Fetcher:
    """Fetches for one crawl. `download` is Scrapy's: it gives a response or raises."""

    download: Callable[[Request], Awaitable[Response]]
    desk: Desk
    gate: Gate
    policy: DialPolicy
    user_agent: str
    proxy: Proxy | None = None
    seconds: float = REQUEST_SECONDS
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _robots: dict[str, Robots] = field(default_factory=dict)
    _asking: dict[str, asyncio.Lock] = field(default_factory=dict)
    _known_hosts: set[str] = field(default_factory=set)

    async def fetch(self, errand: Errand) -> Answer:
        """Return the final answer to an errand.

        Raises `NotFetched` with its reason, `spiders.gate.TimeUp` where the turn ended before its request began.
        """
        url, permanent = errand.url, True
        for _ in range(REDIRECTS + 1):
            spacing = await self._permitted(errand, url)
            response = await self._ask(errand, url, spacing)
            target = redirect(response, url)
            if target is None:
                return self._answer(response, errand, url if permanent and url != errand.url else "")
            permanent = permanent and response.status in _PERMANENT
            url = target
        raise NotFetched(Reason.TOO_MANY_REDIRECTS, retry=False)

    async def _permitted(self, errand: Errand, url: str) -> float:
        """Return the spacing owed to an address's host, or raise why it may not be asked for."""
        self._check(errand.source, url)
        rules = await self._rules(errand, robots.origin(url))
        if rules.text is None:
            again = rules.reason != Reason.REFUSED_ADDRESS
            after = max(rules.until - self.now(), timedelta(0)) if again else None
            raise NotFetched(rules.reason, retry=again, after=after)
        if not robots.allows(rules, url):
            raise NotFetched(Reason.ROBOTS, retry=False)
        return max(errand.source.spacing.total_seconds(), robots.delay(rules))

    def _check(self, source: Source, url: str) -> None:
        """Refuse what is no plain web address, and what another source opened for itself."""
        place = askable(url)
        if place is None:
            raise NotFetched(Reason.BAD_ADDRESS, retry=False)
        through_proxy = self.proxy is not None and not self.policy.opened(*place)
        if not self.policy.may_ask(source.id, *place) or (through_proxy and not may_pass_on(place[0])):
            raise NotFetched(Reason.REFUSED_ADDRESS, retry=False)

    async def _rules(self, errand: Errand, origin: str) -> Robots:
        """Return what an origin's robots.txt says, asking it at most once a day and never twice at a time."""
        async with self._asking.setdefault(origin, asyncio.Lock()):
            known = self._robots.get(origin) or await self.desk.robots(origin)
            if known is None or known.until <= self.now():
                known = await self._ask_robots(errand, origin)
                if known.reason not in _OURS:
                    await self.desk.keep_robots(known)
            self._remember(known)
        return known

    def _remember(self, known: Robots) -> None:
        if len(self._robots) >= _REMEMBERED:
            self._robots.clear()
            self._asking = {origin: lock for origin, lock in self._asking.items() if lock.locked()}
        self._robots[known.origin] = known

    async def _ask_robots(self, errand: Errand, origin: str) -> Robots:
        """Fetch a robots.txt; its redirects are followed to other hosts as well, and speak for this origin."""
        asking = Errand(errand.source, robots.address(origin), Rank.ROBOTS, errand.clock)
        url = asking.url
        try:
            for _ in range(REDIRECTS + 1):
                self._check(errand.source, url)
                response = await self._ask(asking, url, errand.source.spacing.total_seconds())
                target = redirect(response, url)
                if target is None:
                    return robots.judge(origin, response.status, _unpacked(response), self.now())
                url = target
        except NotFetched as end:
            if end.reason == Reason.ASKED_TO_WAIT:
                raise
            # Where the origin itself cannot be reached, why says more than that its robots.txt cannot.
            told = url == asking.url and end.reason in _UNREACHABLE
            return robots.judge(origin, 0, b"", self.now(), end.reason if told else Reason.ROBOTS_UNREACHABLE)
        except Refused:  # a body that cannot be unpacked
            return robots.judge(origin, 0, b"", self.now())
        return robots.judge(origin, 404, b"", self.now())  # RFC 9309, 2.3.1.2: five redirects are enough

    async def _ask(self, errand: Errand, url: str, spacing: float) -> Response:
        """Make one request in its host's turn."""
        host = registrable_host(url)
        await self._recall(host)
        try:
            async with self.gate.turn(host, errand.rank, spacing, errand.clock.until):
                errand.clock.start()
                response = await self._in_time(errand, self._request(errand, url))
        except Held as held:
            raise NotFetched(Reason.ASKED_TO_WAIT, retry=True, after=timedelta(seconds=held.seconds)) from None
        await self._heed(host, response)
        return response

    async def _in_time(self, errand: Errand, request: Request) -> Response:
        """Download within what is left of the errand's time; whoever lets go of this cuts the download."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(max(self.seconds - errand.spent, 0)):
                return await self.download(request)
        except Exception as failure:
            end = answers.failed(failure)
            if end.reason == Reason.BAD_ANSWER:
                log.warning("%s gave no answer for a reason unknown to us", request.url, exc_info=True)
            raise end from failure
        finally:
            errand.spent += loop.time() - began
            request.meta[LEASH].let_go()

    async def _recall(self, host: str) -> None:
        """Ask the desk once a crawl whether a host asked to be left alone."""
        if host not in self._known_hosts:
            self._known_hosts.add(host)
            until = await self.desk.held(host)
            if until is not None and until > self.now():
                self.gate.hold(host, (until - self.now()).total_seconds())

    async def _heed(self, host: str, response: Response) -> None:
        """Leave a host alone that asks for it."""
        if response.status not in (429, 503):
            return
        asked = answers.retry_after(response, self.now())
        if asked is None and response.status == 429:
            asked = UNSAID_PATIENCE
        if asked:
            self.gate.hold(host, asked.total_seconds())
            await self.desk.hold(host, self.now() + asked)

    def _request(self, errand: Errand, url: str) -> Request:
        headers = {
            "User-Agent": self.user_agent,
            "Accept": _ACCEPT[errand.rank],
            "Accept-Encoding": bodies.ACCEPTED,
        }
        if errand.source.language:
            headers["Accept-Language"] = f"{errand.source.language}, *;q=0.5"
        if errand.validators.etag:
            headers["If-None-Match"] = errand.validators.etag
        if errand.validators.last_modified:
            headers["If-Modified-Since"] = errand.validators.last_modified
        headers |= own_headers(errand.source, url)
        meta: dict[str, object] = {LEASH: Leash(), "download_maxsize": _LIMITS[errand.rank]}
        if self.proxy is not None:
            meta["proxy"] = self.proxy.url
            if self.proxy.authorization:
                headers["Proxy-Authorization"] = self.proxy.authorization
        return Request(url, headers=headers, meta=meta, dont_filter=True)

    def _answer(self, response: Response, errand: Errand, moved: str) -> Answer:
        status = 200 if response.status == 203 else response.status
        asked_whether_new = errand.validators != Validators()
        if status != 200 and not (status == 304 and asked_whether_new):
            raise answers.refused(response, self.now())
        return Answer(
            url=response.url,
            status=status,
            body=answers.body(response) if status == 200 else Body(),
            validators=answers.validators(response),
            moved=moved,
            max_age=answers.max_age(response),
        )


def _unpacked(response: Response) -> bytes:
    """Return a robots.txt's plain text: small, and needed here."""
    body = answers.body(response)
    return bodies.unpack(body.packed, body.encoding, bodies.PAGE_LIMIT)
